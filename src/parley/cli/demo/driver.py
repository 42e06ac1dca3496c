"""The demonstration from its first line to its last."""

from __future__ import annotations

import os
import shlex
import sys
import tempfile
import time
import webbrowser
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

from parley.cli import errors
from parley.cli.demo import dossiers, replay, stage, third
from parley.cli.demo.dossiers import Kind
from parley.cli.demo.inside import Inside
from parley.cli.demo.interruption import interruptible
from parley.cli.demo.replay import Played
from parley.cli.demo.stage import Stage
from parley.cli.demo.third import Verdict, agreement
from parley.cli.demo.transcript import Transcript
from parley.cli.terminal import Terminal
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.story import events
from parley.story.events import Event

EVIDENCE_FOLDER: Final = "evidence"

_PRIVATE: Final = 0o700
_LOOK_SECONDS: Final = 0.5
_DISPLAYS: Final = ("DISPLAY", "WAYLAND_DISPLAY")


class Result(NamedTuple):
    """How the demonstration came out."""

    channel: bytes
    case: bytes
    played: list[Played]
    inside: list[Inside]
    verdicts: list[Verdict]
    agreed: bool

    @property
    def good(self) -> bool:
        """Whether everything was verified, or refused, as it must be."""
        return (
            self.agreed
            and all(verdict.as_expected for verdict in self.verdicts)
            and not any(one.found for one in self.inside)
        )


def run(output: Terminal, *, keep: Path | None, stay: bool) -> int:
    """Run it; returns the exit code. ``stay`` keeps the desks up until Ctrl-C.

    :raises ParleyError: ``folder-not-empty``, ``demo-desk-ended``, ``demo-stalled``, and whatever
        a desk refuses.
    """
    transcript = Transcript(output)
    with interruptible(), _folder(keep) as base:
        transcript.opening()
        with _set_up(transcript, output, base) as staged:
            result = perform(staged, transcript, output)
            if stay:
                _stay(staged, transcript, result.case, kept=keep is not None)
    transcript.left(base, kept=keep is not None)
    if output.json:
        output.data(plain(result))
    return errors.DONE if result.good else errors.UNVERIFIED


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    """The folder for everything: a new one that is left, or one that goes in the end."""
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="parley-demo-") as folder:
            yield Path(folder)
        return
    if keep.exists() and (not keep.is_dir() or any(keep.iterdir())):
        raise ParleyError(Reason.FOLDER_NOT_EMPTY, folder=str(keep))
    keep.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
    yield keep.resolve()


@contextmanager
def _set_up(transcript: Transcript, output: Terminal, base: Path) -> Iterator[Stage]:
    with ExitStack() as stack:
        with transcript.busy(output.text("Setting up two desks")):
            staged = stack.enter_context(stage.set_up(base))
        yield staged


def perform(staged: Stage, transcript: Transcript, output: Terminal) -> Result:
    """Letters, channel, inquiry, dossiers, verification: everything that is told.

    :raises ParleyError: as :func:`run`.
    """
    transcript.desks(staged)
    staged.exchange_letters()
    transcript.letters(staged)
    with transcript.busy(output.text("Opening the channel")):
        staged.wait("genesis", staged.agreed)
    transcript.channel(staged)
    acts = _replay(staged, transcript, output)
    played = [one for one in acts if isinstance(one, Played)]
    with transcript.busy(output.text("Waiting until both records agree")):
        staged.wait("agreement", staged.agreed)
    case = played[0].case
    pins = [side.letter.party for side in staged.sides.values()]
    with transcript.busy(output.text("Exporting and verifying dossiers")):
        true = dossiers.export_all(staged, case)
        verified = third.verify_all(true, pins, output.language)
    transcript.dossiers(verified)
    with transcript.busy(output.text("Verifying forged copies")):
        forged = dossiers.forge(staged, true, played)
        refused = third.verify_all(forged, pins, output.language)
    transcript.forged(refused)
    result = Result(
        channel=next(iter(staged.sides.values())).channel.id,
        case=case,
        played=played,
        inside=[one for one in acts if isinstance(one, Inside)],
        verdicts=[*verified, *refused],
        agreed=_same_agreement(verified),
    )
    transcript.closing(good=result.good)
    return result


def _replay(staged: Stage, transcript: Transcript, output: Terminal) -> list[Played | Inside]:
    _write_evidence(staged)
    transcript.story()
    played: list[Played | Inside] = []
    acts = replay.play(staged)
    while True:
        with transcript.busy(output.text("Waiting for the next act")):
            one = next(acts, None)
        if one is None:
            return played
        if isinstance(one, Inside):
            transcript.inside(staged, one)
        else:
            transcript.act(staged, one)
        played.append(one)


def _write_evidence(staged: Stage) -> None:
    """The synthetic files whose hashes the inquiry names, for whoever wants to compare them."""
    folder = staged.base / EVIDENCE_FOLDER
    folder.mkdir()
    for act in staged.illustration.acts:
        for item in act.evidence:
            (folder / item.file).write_text(item.content, "utf-8", newline="\n")


def _same_agreement(verdicts: Sequence[Verdict]) -> bool:
    """Whether both sides' dossiers of the channel prove the same agreement, and to everything."""
    found = [
        (agreement(verdict.report), [author["statements"] for author in verdict.report["authors"]])
        for verdict in verdicts
        if verdict.report is not None and verdict.dossier.kind is Kind.CHANNEL
    ]
    return (
        len(found) == len(stage.PARTIES)
        and all(each == found[0] for each in found)
        and all([count for _, count in agreed] == counts for agreed, counts in found)
    )


def _stay(staged: Stage, transcript: Transcript, case: bytes, *, kept: bool) -> None:
    links = {code: side.invitations() for code, side in staged.sides.items()}
    try:
        transcript.staying(staged, _program(), case, links, kept=kept)
        _show(links)
        while True:
            staged.supervisor.check()
            time.sleep(_LOOK_SECONDS)
    except KeyboardInterrupt:
        return  # that is how it is meant to end


def _show(links: Mapping[str, Mapping[str, str]]) -> None:
    """Open the desks in a browser where there is one with windows, signed in as one officer."""
    if sys.platform != "darwin" and not any(map(os.environ.get, _DISPLAYS)):
        return
    # That no browser opens is no fault of the demonstration: the links are on the screen.
    with suppress(webbrowser.Error):
        for officers in links.values():
            webbrowser.open(officers[stage.DUTY])


def _program() -> str:
    """How this Parley is called from a shell."""
    called = Path(sys.argv[0])
    if called.name == "parley":
        return shlex.quote(str(called))
    return f"{shlex.quote(sys.executable)} -m parley"


def _by_event(played: Sequence[Played]) -> list[tuple[Event, list[Played]]]:
    """The story's events in the order in which they were replayed, each with its acts."""
    found: dict[str, tuple[Event, list[Played]]] = {}
    for one in played:
        if one.event is not None:
            found.setdefault(one.event.id, (one.event, []))[1].append(one)
    return list(found.values())


def _events(result: Result) -> list[dict[str, Any]]:
    """All events, in the order of the story."""
    found = {event.id: _event(event, acts) for event, acts in _by_event(result.played)}
    for one in result.inside:
        found[one.event.id] = {
            "id": one.event.id,
            "type": one.act.type,
            "from": one.author.code,
            "to": None,
            "statements": [],
            "house": [one.entry.leaf.hex()],
        }
    return [found[event.id] for event in events.load().events if event.id in found]


def _event(event: Event, acts: Sequence[Played]) -> dict[str, Any]:
    first = acts[0]
    return {
        "id": event.id,
        "type": first.act.type,
        "from": first.author.code,
        "to": first.reader.code,
        "case": first.case.hex(),
        "statements": [one.leaf.hex() for one in acts],
    }


def plain(result: Result) -> dict[str, Any]:
    """The result for a program: events by the story's ids, with the statements that replay them."""
    return {
        "verified": result.good,
        "demonstration": True,
        "channel": result.channel.hex(),
        "case": result.case.hex(),
        "agreement": next(
            (dict(agreement(one.report)) for one in result.verdicts if one.report is not None), None
        ),
        "events": _events(result),
        "illustrations": [
            {
                "type": one.act.type,
                "from": one.author.code,
                "to": one.reader.code,
                "statements": [one.leaf.hex()],
            }
            for one in result.played
            if one.event is None
        ],
        "dossiers": [
            {
                "party": verdict.dossier.side,
                "of": verdict.dossier.kind.value,
                "forgery": verdict.dossier.forgery.value if verdict.dossier.forgery else None,
                "verified": verdict.report is not None,
                "reason": verdict.reason,
                "agreement": (
                    dict(agreement(verdict.report)) if verdict.report is not None else None
                ),
            }
            for verdict in result.verdicts
        ],
    }
