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
from parley.record import keyring as keyrings
from parley.record.evidence import format as fmt
from parley.record.evidence.format import ProofItem
from parley.record.keyring import Epoch
from parley.record.letter import Letter
from parley.witness.state import Latest, WatchedLog, alias_of, log_id

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
            ``log-unknown``; ``key-unknown``; ``epoch-closed`` for keys that are in use no more;
            ``signature-missing``, ``signature-invalid``; ``submission-stale`` with the ``size``
            that was cosigned last; ``log-forked``, the same where the root at this size is another;
            ``proof-invalid``.
        """
        submission = witnessing.parse(data)
        origin = checkpoint.parse_note(submission.note, limit=witnessing.NOTE_BYTES)[0].origin
        with self._lock:
            watched = self._log(log_id(origin))
            epoch = watched.ring.epoch(checkpoint.parse_origin(origin)[2])
        # Outside the lock: whoever has no key of the log holds up nobody.
        signed = checkpoint.verify_note(submission.note, origin, epoch.log)
        if submission.old > signed.size:
            raise ParleyError(Reason.SUBMISSION_MALFORMED)
        note = _own_part(submission.note, signed, epoch)
        with self._lock:
            return self._take(watched, signed, note, submission)

    def add_keys(self, name: str, data: bytes) -> None:
        """Take the next key statement of the party whose log has this name (:func:`state.log_id`).

        The log goes on under the new keys, from what was cosigned under the old ones. What is known
        already changes nothing. Whoever brings it: the identity key in the letter vouches for it.

        :raises ParleyError: ``log-unknown``; ``keys-gap``, ``keys-broken``, ``keys-malformed``,
            ``wrong-audience``, ``key-mismatch``, ``signature-invalid``, ``too-large``.
        """
        statement = keyrings.read(data)
        with self._lock:
            watched = self._log(name)
            before = watched.ring
        known = 1 <= statement.text.number <= before.number
        if known and before.conflicts(statement) is not None:
            raise ParleyError(Reason.KEYS_BROKEN, number=statement.text.number)
        # Outside the lock, as above.
        ring = before if known else before.extended(statement)
        with self._lock:
            if ring is not watched.ring and watched.ring is before:
                watched.extend(ring)
            party, channel, _ = checkpoint.parse_origin(watched.origin)
            for epoch in watched.ring.epochs[1:]:
                watched.alias(checkpoint.origin(party, channel, epoch.number))

    def _take(
        self, watched: WatchedLog, signed: Checkpoint, note: str, submission: Submission
    ) -> str:
        _expect_keys_in_use(watched, signed)
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
        known = watched.note_at(signed.origin, signed.size)
        if known is not None and checkpoint.parse_note(known.encode())[0].root != signed.root:
            watched.keep_roots(known, note)

    def _look_for_other_history(
        self, watched: WatchedLog, signed: Checkpoint, note: str, submission: Submission
    ) -> None:
        """A path that leads to the new root from another old one convicts the log.

        It does so under one key: between two, it is refused and proves nothing to others.
        """
        size, root = watched.head()
        before = watched.latest
        if before is None or before.signed.origin != signed.origin:
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
            of = alias_of(self._folder / name)
            known = WatchedLog.open(self._folder / name) if of is None else self._log(of)
            self._open[name] = known
        return known

    def _names(self) -> list[str]:
        """The logs that are watched; one may have been added by a command meanwhile."""
        if not self._folder.is_dir():
            return []
        return [path.name for path in self._folder.iterdir() if (path / "log").is_file()]


def _expect_keys_in_use(watched: WatchedLog, signed: Checkpoint) -> None:
    """Refuse a signature by keys that the log has left behind, or that were revoked.

    :raises ParleyError: ``epoch-closed``.
    """
    epoch = checkpoint.parse_origin(signed.origin)[2]
    latest = watched.latest
    reached = 0 if latest is None else checkpoint.parse_origin(latest.signed.origin)[2]
    if epoch < reached or watched.ring.revoked(epoch):
        raise ParleyError(Reason.EPOCH_CLOSED, epoch=epoch)


def _own_part(note: bytes, signed: Checkpoint, epoch: Epoch) -> str:
    """The note with the log's own signature alone: lines of others are not ours to keep."""
    _, lines = checkpoint.parse_note(note, limit=witnessing.NOTE_BYTES)
    key = epoch.log.ed25519.raw
    own = next(
        line
        for line in lines
        if checkpoint.made_by(line, signed.origin, checkpoint.ED25519_NOTE, key)
    )
    return f"{signed.body()}\n{own}"
