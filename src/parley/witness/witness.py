"""Taking checkpoints in: what is cosigned, what is refused, and what convicts a log.

Nobody is trusted: not the log, not whoever brings its checkpoint. One root a size is cosigned for
each log, each a continuation of the one before; what contradicts that is kept as evidence.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from parley.crypto import checkpoint, merkle, witnessing
from parley.crypto.checkpoint import Checkpoint
from parley.crypto.keys import LogKey
from parley.crypto.witnessing import Submission
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.evidence import format as fmt
from parley.record.evidence.format import ProofItem
from parley.record.letter import Letter
from parley.witness.state import Latest, WatchedLog, log_id

LOGS_AT_MOST: Final = 10_000

_NAME: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


class Witness:
    """One witness. ``folder`` holds one folder a log; ``clock`` gives seconds since the epoch, UTC.

    Threads may share it; processes may not.
    """

    def __init__(self, folder: Path, name: str, key: LogKey, clock: Callable[[], int]) -> None:
        self._folder = folder
        self._key = key
        self._clock = clock
        self._lock = threading.Lock()
        self._open: dict[str, WatchedLog] = {}
        self.name = name

    @property
    def vkeys(self) -> tuple[str, str]:
        """The verifier keys (signed-note): Ed25519, ML-DSA-44."""
        public = self._key.public
        return (
            checkpoint.cosigner_vkey(self.name, public, False),
            checkpoint.cosigner_vkey(self.name, public, True),
        )

    def add_log(self, letter: Letter, channel: bytes) -> WatchedLog:
        """Watch ``letter``'s party's log of a channel.

        :raises ParleyError: ``log-known``; ``desk-busy`` where there are too many.
        """
        origin = checkpoint.origin(letter.party, channel, 0)
        with self._lock:
            if len(self._names()) >= LOGS_AT_MOST:
                raise ParleyError(Reason.DESK_BUSY)
            return WatchedLog.add(self._folder / log_id(origin), origin, letter, self._clock())

    def logs(self) -> list[WatchedLog]:
        """All logs that are watched, the oldest first."""
        with self._lock:
            every = [WatchedLog.open(self._folder / name) for name in self._names()]
        return sorted(every, key=lambda log: (log.added_at, log.origin))

    def latest(self, name: str) -> str:
        """The newest checkpoint of a log (by :func:`state.log_id`), with our cosignatures.

        :raises ParleyError: ``log-unknown``.
        """
        with self._lock:
            kept = self._log(name).latest
        if kept is None:
            raise ParleyError(Reason.LOG_UNKNOWN)
        return kept.note + kept.lines

    def add_checkpoint(self, data: bytes) -> str:
        """Take a request of ``add-checkpoint``; the cosignatures, once they may leave.

        :raises ParleyError: ``submission-malformed``, ``checkpoint-malformed``, ``too-large``;
            ``log-unknown``; ``signature-missing``, ``signature-invalid``; ``submission-stale`` with
            the ``size`` that was cosigned last; ``log-forked``, the same where the root at this
            size is another; ``proof-invalid``.
        """
        submission = witnessing.parse(data)
        origin = checkpoint.parse_note(submission.note, limit=witnessing.NOTE_BYTES)[0].origin
        with self._lock:
            watched = self._log(log_id(origin))
        # Outside the lock: whoever has no key of the log holds up nobody.
        signed = checkpoint.verify_note(submission.note, origin, watched.letter.log_key)
        if submission.old > signed.size:
            raise ParleyError(Reason.SUBMISSION_MALFORMED)
        note = _own_part(submission.note, signed, watched)
        with self._lock:
            return self._take(watched, signed, note, submission)

    def _take(
        self, watched: WatchedLog, signed: Checkpoint, note: str, submission: Submission
    ) -> str:
        size, root = watched.head()
        self._look_for_second_root(watched, signed, note)
        if signed.size == size and signed.root != root:
            raise ParleyError(Reason.LOG_FORKED, size=size)
        if submission.old != size:
            raise ParleyError(Reason.SUBMISSION_STALE, size=size)
        try:
            merkle.verify_consistency(size, signed.size, root, signed.root, submission.proof)
        except ParleyError:
            self._look_for_other_history(watched, signed, note, submission)
            raise
        now = self._clock()
        lines = "".join(
            checkpoint.cosign(signed, self.name, self._key, now, post_quantum)
            for post_quantum in (False, True)
        )
        watched.advance(Latest(1, note, lines, now))
        return lines

    def _look_for_second_root(self, watched: WatchedLog, signed: Checkpoint, note: str) -> None:
        """Two signed roots of one size convict their log, whatever else the request says."""
        if signed.size > watched.head()[0]:
            return
        known = watched.note_at(signed.size)
        if known is not None and checkpoint.parse_note(known.encode())[0].root != signed.root:
            watched.keep_roots(known, note)

    def _look_for_other_history(
        self, watched: WatchedLog, signed: Checkpoint, note: str, submission: Submission
    ) -> None:
        """A path that leads to the new root from another old one convicts the log."""
        size, root = watched.head()
        before = watched.latest
        if before is None:
            return
        try:
            old, new = merkle.roots_from_consistency(size, signed.size, submission.proof)
        except ParleyError:
            return
        if new == signed.root and old != root:
            proof = ProofItem(fmt.PROOF_KIND, size, old, submission.proof)
            watched.keep_history(before.note, note, proof)

    def _log(self, name: str) -> WatchedLog:
        known = self._open.get(name)
        if known is None:
            # It may come from a URL, and must not lead out of the folder.
            if not _NAME.fullmatch(name):
                raise ParleyError(Reason.LOG_UNKNOWN)
            known = self._open[name] = WatchedLog.open(self._folder / name)
        return known

    def _names(self) -> list[str]:
        """The logs that are watched; one may have been added by a command meanwhile."""
        if not self._folder.is_dir():
            return []
        return [path.name for path in self._folder.iterdir() if (path / "log").is_file()]


def _own_part(note: bytes, signed: Checkpoint, watched: WatchedLog) -> str:
    """The note with the log's own signature alone: lines of others are not ours to keep."""
    _, lines = checkpoint.parse_note(note, limit=witnessing.NOTE_BYTES)
    key = watched.letter.log_key.ed25519.raw
    own = next(
        line
        for line in lines
        if checkpoint.made_by(line, signed.origin, checkpoint.ED25519_NOTE, key)
    )
    return f"{signed.body()}\n{own}"
