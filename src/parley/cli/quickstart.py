"""``parley quickstart``: two desks of one's own, a first inquiry, its answer, and their proof.

Every step is a command that is shown first; whoever wants to repeat it by hand can copy them all.
What is looked up in between (numbers, hashes, whether a receipt has come) is read from the desks.
"""

from __future__ import annotations

import secrets
import shlex
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple

from cyclopts import Parameter

from parley.cli import options
from parley.cli.options import Reader
from parley.cli.terminal import Terminal
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import foreign

if TYPE_CHECKING:
    from parley.application.channels import Standing
    from parley.application.desk import Desk
    from parley.cli.shell import Shell

FOLDER: Final = Path("parley-quickstart")
PASSPHRASE_FILE: Final = "passphrase"
_PASSPHRASE_BYTES: Final = 18
_WAIT_SECONDS: Final = 60.0
_LOOK_SECONDS: Final = 0.05

DRAFTER: Final = "drafter"
LEGAL: Final = "legal"
AUTHORISER: Final = "authoriser"
DUTY: Final = "duty"
OFFICERS: Final = (
    f"{DRAFTER}:drafter",
    f"{LEGAL}:legal-reviewer",
    f"{AUTHORISER}:authoriser",
    f"{DUTY}:duty-officer",
)


@Parameter(name="*")
@dataclass(frozen=True)
class Parties:
    """Who the two parties are."""

    code_a: Annotated[str, Parameter(help="short code of the first party")] = "NORTH"
    name_a: Annotated[str, Parameter(help="its name")] = "CSIRT North"
    code_b: Annotated[str, Parameter(help="short code of the second party")] = "SOUTH"
    name_b: Annotated[str, Parameter(help="its name")] = "CSIRT South"


PARTIES: Final = Parties()


class Side(NamedTuple):
    """One of the two desks: its folder is called ``desk``."""

    code: str
    name: str
    desk: str
    port: int
    operations_port: int
    web_port: int

    @property
    def letter(self) -> str:
        """The file of its letter."""
        return f"{self.desk}.letter"

    @property
    def dossier(self) -> str:
        """The file of its dossier."""
        return f"{self.desk}.dossier"


def quickstart(
    folder: Annotated[Path, Parameter(name="DIR", help="new folder for both desks")] = FOLDER,
    /,
    *,
    parties: Parties = PARTIES,
    reader: Reader = options.READER,
) -> None:
    """Two desks of one's own: a first inquiry, its answer, and the proof of both.

    Every command is shown before it is run, with a line on why, so that all of
    it can be repeated by hand. The desks are stopped at the end, and stay in
    their folder. One person plays both parties here: the letters say that it
    is a demonstration.
    """
    from parley.cli.shell import Interrupts, Shell

    output = Terminal(reader)
    if folder.exists() and any(folder.iterdir()):
        raise ParleyError(Reason.FOLDER_NOT_EMPTY, folder=str(folder))
    settings = {"PARLEY_PASSPHRASE_FILE": PASSPHRASE_FILE}
    if reader.language is not None:
        settings["PARLEY_LANGUAGE"] = output.language
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (
        Interrupts() as interrupts,
        Shell(output, folder.resolve(), settings, interrupts) as shell,
    ):
        run = _Run(output, shell, folder.resolve(), _sides(parties))
        result = run.everything()
    output.emit(result, lambda: _render_end(output, folder, run.sides))


class _Run:
    """One quickstart."""

    def __init__(
        self, output: Terminal, shell: Shell, folder: Path, sides: tuple[Side, Side]
    ) -> None:
        self._output = output
        self._shell = shell
        self._folder = folder
        self.sides = sides

    def everything(self) -> dict[str, Any]:
        """All steps in their order; what they came to."""
        from parley.cli.shell import keep_secret

        output, shell = self._output, self._shell
        passphrase = secrets.token_urlsafe(_PASSPHRASE_BYTES)
        keep_secret(self._folder / PASSPHRASE_FILE, passphrase)
        shell.explain(
            output.text(
                "Both desks lie in one folder; a passphrase for both was drawn into {file}.",
                file=PASSPHRASE_FILE,
            )
        )
        shell.begin()
        self._found()
        fingerprints = self._exchange_letters()
        with _opened(self._folder, self.sides, passphrase.encode()) as desks:
            self._serve()
            case = self._ask(desks)
            self._answer(desks, case)
            self._close(desks, case)
            self._prove(case, fingerprints)
        return {
            "verified": True,
            "folder": str(self._folder),
            "case": case,
            "desks": [
                {
                    "code": side.code,
                    "desk": side.desk,
                    "peer": f"http://127.0.0.1:{side.port}",
                    "fingerprint": words,
                    "dossier": side.dossier,
                }
                for side, words in zip(self.sides, fingerprints, strict=True)
            ],
            "commands": shell.lines,
        }

    def _found(self) -> None:
        self._shell.explain(
            self._output.text(
                "Each party makes a desk: keys, letter of credence, database, officers."
            )
        )
        for side in self.sides:
            self._shell.run(
                *("init", side.desk, "--party", side.name, "--code", side.code),
                *("--endpoint", f"http://127.0.0.1:{side.port}", "--port", str(side.port)),
                *("--operations-port", str(side.operations_port)),
                *("--web-port", str(side.web_port), "--demonstration"),
                *(part for officer in OFFICERS for part in ("--officer", officer)),
            )

    def _exchange_letters(self) -> tuple[str, str]:
        """Letters out and in; returns the fingerprints, in words."""
        from parley.application import channels
        from parley.crypto import words
        from parley.kernel import limits

        first, second = self.sides
        self._shell.explain(self._output.text("Each writes its letter to a file and sends it."))
        found: list[str] = []
        for side in self.sides:
            self._shell.run("letter", "export", side.letter, "--desk", side.desk)
            data = (self._folder / side.letter).read_bytes()[: limits.LETTER_BYTES]
            found.append(words.words(channels.inspect(data).party))
        self._shell.explain(
            self._output.text(
                "Each compares the other's fingerprint by telephone, and accepts the letter."
            )
        )
        for side, other, fingerprint in (
            (first, second, found[1]),
            (second, first, found[0]),
        ):
            self._shell.run(
                *("letter", "accept", other.letter, "--desk", side.desk),
                *("--fingerprint", fingerprint),
            )
        return found[0], found[1]

    def _serve(self) -> None:
        self._shell.explain(self._output.text("Both desks answer from now on, in the background."))
        for side in self.sides:
            self._shell.serve(side.desk, side.operations_port)

    def _ask(self, desks: tuple[Desk, Desk]) -> str:
        """The first inquiry; returns the number of its case."""
        output, side = self._output, self.sides[0]
        self._shell.explain(
            output.text("{party} asks: a drafter writes, and freezes the text.", party=side.name)
        )
        self._shell.run(
            *("inquiry", "ask", "--desk", side.desk, "--officer", DRAFTER, "--submit"),
            *("--subject", output.text("Scans from your network")),
            *("--incident", output.text("Scans of our name servers")),
            *("--facts", output.text("Since Monday, 192.0.2.7 has been scanning our servers.")),
            *("--question", output.text("Who operates 192.0.2.7?")),
            *("--question", output.text("Since when has it been in use?")),
            *("--severity", "moderate", "--precedence", "priority", "--reply-wanted", "60d"),
        )
        case = self._approve(desks[0], side)
        self._settle(desks)
        self._shell.run("status", "--desk", side.desk)
        return case[:12]

    def _answer(self, desks: tuple[Desk, Desk], case: str) -> None:
        output, side = self._output, self.sides[1]
        self._shell.explain(
            output.text(
                "{party} sees what has come; its duty officer alone acknowledges it.",
                party=side.name,
            )
        )
        self._shell.run("inbox", "--desk", side.desk, "--officer", DUTY)
        self._shell.run("inquiry", "acknowledge", case, "--desk", side.desk, "--officer", DUTY)
        self._shell.explain(output.text("{party} answers, question by question.", party=side.name))
        answers = (
            f"1 answered: {output.text('A university; the machine had been taken over.')}",
            f"2 unknown: {output.text('Its records do not reach back so far.')}",
        )
        self._shell.run(
            *("inquiry", "answer", case, "--detailed", "--desk", side.desk),
            *("--officer", DRAFTER, "--submit"),
            *(part for answer in answers for part in ("--answer", answer)),
        )
        self._approve(desks[1], side)
        self._settle(desks)

    def _close(self, desks: tuple[Desk, Desk], case: str) -> None:
        output, side = self._output, self.sides[0]
        self._shell.explain(output.text("{party} reads the answer and closes.", party=side.name))
        self._shell.run("case", "show", case, "--desk", side.desk, "--officer", DUTY)
        self._shell.run(
            *("inquiry", "close", case, "--result", "satisfied", "--desk", side.desk),
            *("--officer", DRAFTER, "--submit"),
        )
        self._approve(desks[0], side)
        self._settle(desks)

    def _prove(self, case: str, fingerprints: tuple[str, str]) -> None:
        output = self._output
        self._shell.explain(
            output.text("Each side writes a dossier, after one more contact for the newest proofs.")
        )
        for side in self.sides:
            self._shell.run(
                *("dossier", "export", case, "--refresh", "--desk", side.desk, "--officer", DUTY),
                *("-o", side.dossier),
            )
        self._shell.explain(
            output.text("Anybody verifies them: without a desk, without a passphrase, offline.")
        )
        for side in self.sides:
            pins = (part for words in fingerprints for part in ("--pin", words))
            self._shell.run("dossier", "verify", side.dossier, *pins)

    def _approve(self, desk: Desk, side: Side) -> str:
        """Legal clearance and authorisation of the one draft there is; returns its case."""
        from parley.application import draft_keeping
        from parley.crypto import words

        view = draft_keeping.every(desk, LEGAL)[0]
        if view.sha256 is None:
            raise ParleyError(Reason.INTERNAL, fact="a draft that was not frozen")
        draft, approved = view.id.hex()[:12], words.words(view.sha256)
        self._shell.explain(
            self._output.text(
                "A lawyer clears exactly these bytes, a third officer authorises them: "
                "now they are signed and sent."
            )
        )
        for step, officer in (("clear", LEGAL), ("authorise", AUTHORISER)):
            self._shell.run(
                *("draft", step, draft, "--desk", side.desk, "--officer", officer),
                *("--sha256", approved),
            )
        return view.case.hex()

    def _settle(self, desks: tuple[Desk, Desk]) -> None:
        """Wait until both sides hold everything and have receipted it.

        :raises ParleyError: ``quickstart-failed`` where that takes too long.
        """
        from parley.application import channels

        def settled() -> bool:
            first, second = (channels.standings(desk)[0] for desk in desks)
            return _agrees(first, second) and _agrees(second, first)

        deadline = time.monotonic() + _WAIT_SECONDS
        while not settled():
            if time.monotonic() > deadline:
                raise ParleyError(Reason.QUICKSTART_FAILED, command="parley serve")
            time.sleep(_LOOK_SECONDS)


def _agrees(one: Standing, other: Standing) -> bool:
    """Whether the other side holds all of ours, and we hold its receipts and cosignature."""
    whole = one.agreed_own == one.own and one.agreed_peer == one.peer
    return one.receipted == one.own == other.peer and whole


def _sides(parties: Parties) -> tuple[Side, Side]:
    from parley.cli.demo.processes import free_ports

    ports = free_ports(6)
    return (
        Side(parties.code_a, parties.name_a, parties.code_a.lower(), *ports[:3]),
        Side(parties.code_b, parties.name_b, parties.code_b.lower(), *ports[3:]),
    )


@contextmanager
def _opened(
    folder: Path, sides: tuple[Side, Side], passphrase: bytes
) -> Iterator[tuple[Desk, Desk]]:
    """Both desks, to be read from."""
    from parley.node import desk as desks

    with ExitStack() as stack:
        first, second = (
            stack.enter_context(desks.opened(folder / side.desk, passphrase)) for side in sides
        )
        yield first, second


def _render_end(output: Terminal, folder: Path, sides: tuple[Side, Side]) -> None:
    output.say()
    output.title(output.text("Both dossiers hold. The desks have been stopped, and are kept."))
    output.say(output.text("To start them again, each in a terminal of its own:"))
    output.say(foreign.bare(f"cd {shlex.quote(str(folder))}"), indent=4)
    output.say(f"export PARLEY_PASSPHRASE_FILE={PASSPHRASE_FILE}", indent=4)
    for side in sides:
        output.say(f"parley serve --desk {shlex.quote(side.desk)}", indent=4)
    output.say(output.text("With a party of your own, start with parley init --help."))
