"""What commands about keys show, as sentences and as plain values."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from parley.crypto import words
from parley.presentation import views

if TYPE_CHECKING:
    from parley.application.keys import Installed, KeyState
    from parley.presentation.output import Output
    from parley.record.keyring import Keyring, KeyStatement, KeyText

Plain = dict[str, Any]

WARNING_SECONDS: Final = 60 * 86_400
"""So long before the last sealing key ends its owner is reminded."""


def plain(state: KeyState) -> Plain:
    """One party's keys."""
    ring = state.keyring
    return {
        **views.party(state.letter),
        "number": ring.number,
        "epoch": ring.current.number,
        "statement_key": ring.current.statement.kid.hex(),
        "log_key": ring.current.log.kid.hex(),
        "sealing_until": state.sealing_until,
        "channels": state.channels,
        "open_in": state.open_in,
        "statements": [plain_statement(statement) for statement in ring.statements],
    }


def plain_statement(statement: KeyStatement) -> Plain:
    """A key statement."""
    return {"digest": statement.digest.hex(), **plain_text(statement.text)}


def plain_text(text: KeyText) -> Plain:
    """What a key statement says, or a request asks for."""
    return {
        "party": text.party.hex(),
        "number": text.number,
        "kind": text.kind.value,
        "reason": text.reason,
        "issued_at": text.issued_at,
        "sealing": [
            {"key": window.kid.hex(), "from": window.not_before, "to": window.not_after}
            for window in text.sealing
        ],
    }


def plain_installed(installed: Installed) -> Plain:
    """What came of a key statement of ours."""
    return {
        **plain_statement(installed.statement),
        "opened": installed.opened,
        "waiting": installed.waiting,
    }


def render(output: Output, states: list[KeyState], now: int) -> None:
    """Print everybody's keys."""
    for state in states:
        ring, letter = state.keyring, state.letter
        output.title(
            output.text(
                "Keys of {party} ({code})",
                party=letter.name(output.language),
                code=letter.text.code,
            )
        )
        rows = [
            (output.text("Fingerprint, words"), words.words(letter.party)),
            (output.text("Letter"), output.time(letter.text.issued_at)),
        ]
        rows += [_change(output, ring, number) for number in range(1, ring.number + 1)]
        until = output.text("until the first key statement")
        if state.sealing_until is not None:
            until = output.time(state.sealing_until)
        rows.append((output.text("Sealing keys last"), until))
        if state.open_in < state.channels:
            rows.append(
                (
                    output.text("In use"),
                    output.text("in {n} of {all} channels", n=state.open_in, all=state.channels),
                )
            )
        output.facts(rows, indent=4)
        output.say()
    last = states[0].sealing_until
    if last is None or last < now + WARNING_SECONDS:
        output.say(output.text("Draw sealing keys for the months to come:"))
        output.next_steps("parley key sealing")


def _change(output: Output, ring: Keyring, number: int) -> tuple[str, str]:
    text = ring.statements[number - 1].text
    return (
        output.text("Key statement {number}", number=number),
        output.text(
            "{kind:name} ({why:name}), {time}",
            kind=text.kind.value,
            why=text.reason,
            time=output.time(text.issued_at),
        ),
    )


def render_request(output: Output, file: Path, text: KeyText) -> None:
    """Print what was asked for, and what to do with it."""
    output.say(output.text("The request stands in {file}.", file=str(file)))
    _facts(output, text)
    output.next_steps(
        f"parley key sign {file} STATEMENT --identity identity.keys",
        "parley key install STATEMENT",
    )


def render_signed(output: Output, file: Path, statement: KeyStatement) -> None:
    """Print what was signed."""
    output.say(output.text("The key statement stands in {file}.", file=str(file)))
    _facts(output, statement.text)
    output.next_steps(f"parley key install {file}")


def render_installed(output: Output, installed: Installed, file: Path | None = None) -> None:
    """Print what came of a key statement."""
    output.title(output.text("The new keys are in use; the old signing keys are destroyed."))
    _facts(output, installed.statement.text)
    if installed.waiting:
        output.say(
            output.plural(
                "In {n} channel the desk signs again when the other side has said what it holds.",
                "In {n} channels the desk signs again when the other side has said what it holds.",
                installed.waiting,
            )
        )
    if file is not None:
        output.say(
            output.text(
                "The key statement stands in {file}: keep it with the identity key.",
                file=str(file),
            )
        )
    output.next_steps("parley key show", "parley status")


def render_accepted(output: Output, ring: Keyring) -> None:
    """Print that another party's key statements were taken in."""
    output.title(
        output.text("The keys of {party} are up to date.", party=ring.letter.name(output.language))
    )
    _facts(output, ring.statements[-1].text)


def _facts(output: Output, text: KeyText) -> None:
    ends = max(window.not_after for window in text.sealing)
    output.facts(
        [
            (output.text("Party"), words.words(text.party)),
            (output.text("Number"), str(text.number)),
            (output.text("What"), output.name(text.kind.value)),
            (output.text("Why"), output.name(text.reason)),
            (output.text("Sealing keys last"), output.time(ends)),
        ],
        indent=4,
    )
