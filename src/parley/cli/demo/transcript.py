"""The transcript of the demonstration, for a person at a terminal or for a file."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.text import Text as Styled

from parley.cli.demo import dossiers, lines
from parley.cli.demo.dossiers import Dossier, Forgery, Kind
from parley.cli.demo.inside import Inside
from parley.cli.demo.lines import Line, Origin
from parley.cli.demo.replay import Played
from parley.cli.demo.stage import DUTY, Stage
from parley.cli.demo.third import Report, Verdict, agreement
from parley.cli.terminal import Terminal

STEPS: Final = 6

_INDENT: Final = 4


class Transcript:
    """Tells what happens, as it happens. Says nothing where a program reads the result."""

    def __init__(self, output: Terminal) -> None:
        self._output = output
        self._step = 0

    @contextmanager
    def busy(self, what: str) -> Iterator[None]:
        """Show that ``what`` is under way; nothing may be printed inside the block."""
        if self._output.json or not sys.stdout.isatty():
            yield
            return
        with Console(file=sys.stdout, markup=False, emoji=False).status(Styled(what)):
            yield

    def opening(self) -> None:
        """What this is, and what it is not."""
        output = self._output
        self.banner()
        self._say(
            output.text(
                "Two desks, each in a process of its own, replay what two public documents of 2017 "
                "tell."
            )
        )
        self._say(
            output.text(
                "What the documents tell stands with whoever says so: a claim stays a claim. What "
                "they do not tell is marked as illustration. The days of the story are those of "
                "the documents; all other times are those of this demonstration."
            )
        )

    def banner(self) -> None:
        """What has to stand wherever the demonstration is shown: at its ends and at each step."""
        self._say(self._output.text("Demonstration: no state took part."), style="reverse")

    def desks(self, stage: Stage) -> None:
        """Where both desks lie and answer."""
        output = self._output
        self._heading(output.text("Two desks"))
        for side in stage.sides.values():
            self._say(
                output.text(
                    "{party} ({code}): process {pid}, {endpoint}, {folder}",
                    party=side.letter.name(output.language),
                    code=side.code,
                    pid=stage.supervisor.pid(side.code),
                    endpoint=side.place.endpoint,
                    folder=str(side.place.folder),
                ),
                indent=_INDENT,
            )

    def letters(self, stage: Stage) -> None:
        """The letters, and the fingerprints that were compared."""
        output = self._output
        self._heading(output.text("Letters of credence, exchanged as files"))
        for side in stage.sides.values():
            self._say(
                output.text(
                    "{code}: {file}. Its signed letter says that this is a demonstration.",
                    code=side.code,
                    file=str(stage.letter_file(side.code)),
                ),
                indent=_INDENT,
            )
            self._say(
                output.text(
                    "{code}: fingerprint, compared here as two officers do it by telephone: "
                    "{fingerprint}",
                    code=side.code,
                    fingerprint=side.fingerprint,
                ),
                indent=_INDENT,
            )

    def channel(self, stage: Stage) -> None:
        """The channel is open on both sides."""
        output = self._output
        self._heading(output.text("The channel"))
        side = next(iter(stage.sides.values()))
        self._say(
            output.text(
                "The channel {id} is open. Each side has stated its terms and holds the other's "
                "receipt for that.",
                id=lines.short(side.channel.id),
            ),
            indent=_INDENT,
        )

    def story(self) -> None:
        """The story begins."""
        self._heading(self._output.text("The story"))

    def act(self, stage: Stage, played: Played) -> None:
        """One act: what is told, what is illustration, what the desks did."""
        output = self._output
        mark = stage.illustration.mark
        illustration = mark.in_language(output.language)
        heading = output.text(
            "{type:name}: {author} to {recipient}",
            type=played.act.type,
            author=played.author.code,
            recipient=played.reader.code,
        )
        self._say()
        self._say(heading if played.event else f"{illustration}: {heading}", style="bold")
        names = {
            Origin.SOURCES: output.text("Sources"),
            Origin.ILLUSTRATION: illustration,
            Origin.DESK: output.text("Illustration, desk"),
        }
        self._lines([(names[line.origin], line) for line in lines.of_act(output, mark, played)])

    def inside(self, stage: Stage, done: Inside) -> None:
        """An act inside one house."""
        output = self._output
        self._say()
        self._say(
            output.text(
                "{type:name}: inside {author}", type=done.act.type, author=done.author.code
            ),
            style="bold",
        )
        names = {
            Origin.SOURCES: output.text("Sources"),
            Origin.DESK: output.text("Illustration, desk"),
        }
        sources = stage.story.source_of(done.event)
        self._lines([(names[line.origin], line) for line in lines.of_inside(output, sources, done)])

    def dossiers(self, verdicts: Sequence[Verdict]) -> None:
        """What each side exported, and what the third party says of it."""
        output = self._output
        self._heading(output.text("Dossiers, verified by a third party"))
        self._say(
            output.text(
                "Each dossier was verified in a process of its own, with a copy of the file and "
                "both fingerprints: no desk, no key, no configuration, no address."
            ),
            indent=_INDENT,
        )
        for verdict in verdicts:
            self._verdict(self._named(verdict.dossier), verdict)
            if verdict.report is not None:
                self._agreement(verdict.report)

    def forged(self, verdicts: Sequence[Verdict]) -> None:
        """What the third party says of forged copies."""
        self._heading(self._output.text("Forged copies, refused by the same third party"))
        for verdict in verdicts:
            self._verdict(self._named(verdict.dossier), verdict)

    def closing(self, *, good: bool) -> None:
        """How it came out."""
        output = self._output
        self._say()
        if good:
            self._say(
                output.text(
                    "Both sides' dossiers were verified, both records agree, and every forged "
                    "copy was refused."
                ),
                style="bold green",
            )
        else:
            self._say(
                output.text("Not everything came out as it must; see above."), style="bold red"
            )
        self.banner()

    def staying(
        self,
        stage: Stage,
        program: str,
        case: bytes,
        links: Mapping[str, Mapping[str, str]],
        *,
        kept: bool,
    ) -> None:
        """What there is to try while the desks stay up; ``links`` by party and officer."""
        output = self._output
        self._say()
        self._say(output.text("Both desks stay up until you press Ctrl-C."), style="bold")
        if not kept:
            self._say(output.text("Then their folders are removed; --keep would keep them."))
        for code, officers in links.items():
            self._say()
            self._say(
                output.text(
                    "The desk of {code} in a browser: {origin}. Each of these links signs one "
                    "officer in, once:",
                    code=code,
                    origin=stage.sides[code].place.origin,
                )
            )
            for name, link in officers.items():
                # As it stands: a terminal opens no link that was broken over two lines.
                output.raw(f"{link}  {name}\n")
        self._say()
        self._say(output.text("Meanwhile, in another terminal, try:"))
        place = next(iter(stage.sides.values())).place
        dossier = stage.base / dossiers.FOLDER / dossiers.name(place.code)
        for command in (
            f"export PARLEY_DESK={shlex.quote(str(place.folder))}",
            f"export PARLEY_PASSPHRASE_FILE={shlex.quote(str(place.passphrase_file))}",
            f"{program} status",
            f"{program} case show {lines.short(case)} --officer {DUTY}",
            f"{program} dossier verify {shlex.quote(str(dossier))}",
        ):
            self._say(command, indent=_INDENT)

    def left(self, folder: Path, *, kept: bool) -> None:
        """What becomes of the folder."""
        output = self._output
        if kept:
            self._say(
                output.text(
                    "Both desks have ended. Everything is kept in {folder}.", folder=str(folder)
                )
            )
        else:
            self._say(output.text("Both desks have ended; their folders are removed."))

    def _agreement(self, report: Report) -> None:
        """How far both records agree, by the dossier's word."""
        output = self._output
        (first, p), (second, q) = agreement(report)
        self._say(
            output.text(
                "Both records agree to ({p}, {q}): the first {p} statements of {first}, the first "
                "{q} of {second}.",
                p=p,
                q=q,
                first=first,
                second=second,
            ),
            indent=2 * _INDENT,
        )

    def _verdict(self, what: str, verdict: Verdict) -> None:
        output = self._output
        if verdict.report is not None:
            line = output.text("{what}: verified.", what=what)
        elif verdict.reason is not None:
            line = output.text(
                "{what}: refused [{reason}]. {sentence}",
                what=what,
                reason=verdict.reason,
                sentence=verdict.what,
            )
        else:
            line = output.text(
                "{what}: the verification itself failed. {sentence}",
                what=what,
                sentence=verdict.what,
            )
        self._say(line, style="" if verdict.as_expected else "bold red", indent=_INDENT)

    def _named(self, dossier: Dossier) -> str:
        output, desk = self._output, dossier.side
        match dossier.forgery:
            case Forgery.BYTE_FLIPPED:
                return output.text("Dossier of {desk}, one byte flipped", desk=desk)
            case Forgery.STATEMENT_DROPPED:
                return output.text("Dossier of {desk}, one statement dropped", desk=desk)
            case Forgery.STATEMENTS_SWAPPED:
                return output.text("Dossier of {desk}, two statements swapped", desk=desk)
        if dossier.kind is Kind.CHANNEL:
            return output.text("Dossier of {desk} on the channel", desk=desk)
        return output.text("Dossier of {desk} on the case", desk=desk)

    def _heading(self, title: str) -> None:
        self._step += 1
        self._say()
        line = self._output.text("Step {n} of {of}: {title}", n=self._step, of=STEPS, title=title)
        self._say(line, style="bold underline")
        self.banner()

    def _lines(self, rows: Sequence[tuple[str, Line]]) -> None:
        """Lines with their origins: as columns where a terminal runs from left to right."""
        output = self._output
        if output.json:
            return
        if sys.stdout.isatty() and output.translator.direction == "ltr":
            output.facts([(name, line.text) for name, line in rows], indent=_INDENT)
            return
        for name, line in rows:
            output.say(f"{name}: {line.text}", indent=_INDENT)

    def _say(self, line: str = "", *, style: str = "", indent: int = 0) -> None:
        if not self._output.json:
            self._output.say(line, style=style, indent=indent)
