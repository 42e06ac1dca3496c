"""``parley key``: new keys, revoked keys, and the other parties' keys."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from parley.cli import access, examples, files, options
from parley.cli.options import Opening, Reader
from parley.cli.terminal import Terminal
from parley.kernel import limits
from parley.presentation import key_page
from parley.record.keyring import KeyKind, KeyReason

if TYPE_CHECKING:
    from parley.application.desk import Desk

Identity = Annotated[
    Path | None,
    Parameter(help="file of the identity key; identity.keys in the desk's folder if absent"),
]
IdentityPassphrase = Annotated[
    Path | None,
    Parameter(
        help="file with the passphrase of the identity key [env: PARLEY_IDENTITY_PASSPHRASE_FILE, "
        "PARLEY_IDENTITY_PASSPHRASE]; that of the desk if absent"
    ),
]
Why = Annotated[KeyReason, Parameter(help="why, as the other parties will read it")]
Months = Annotated[int, Parameter(help="so many monthly sealing keys are drawn at once")]
StatementFile = Annotated[
    Path | None,
    Parameter(name=["--output", "-o"], help="new file; CODE-keys-N.keys if absent"),
]

app = App(name="key", help="New keys, revoked keys, and the other parties' keys.")


@app.command(help_epilogue=examples.of("key show"))
def show(*, opening: Opening = options.OPENING) -> None:
    """Show our keys and those of every other party, and how long they last."""
    from parley.application import keys

    output = Terminal(opening)
    with access.opened(opening, output) as desk:
        states, now = keys.states(desk), desk.clock()
    output.emit(
        [key_page.plain(state) for state in states],
        lambda: key_page.render(output, states, now),
    )


@app.command(help_epilogue=examples.of("key rotate"))
def rotate(
    *,
    identity: Identity = None,
    identity_passphrase_file: IdentityPassphrase = None,
    reason: Why = KeyReason.ROUTINE,
    months: Months = 12,
    output: StatementFile = None,
    opening: Opening = options.OPENING,
) -> None:
    """Replace all working keys, as planned: once a year, or when staff has changed.

    What the old keys signed stands. Their private halves are destroyed at once.
    """
    _change(KeyKind.ROTATION, reason, months, output, (identity, identity_passphrase_file), opening)


@app.command(help_epilogue=examples.of("key revoke"))
def revoke(
    *,
    identity: Identity = None,
    identity_passphrase_file: IdentityPassphrase = None,
    reason: Why = KeyReason.COMPROMISED,
    months: Months = 12,
    output: StatementFile = None,
    opening: Opening = options.OPENING,
) -> None:
    """Replace all working keys because somebody may have them, or because they are lost.

    What the other side holds by the time it learns of this stands; nothing else
    that the old keys sign counts from then on. In each channel the desk signs
    again when the other side has said what it holds.
    """
    _change(
        KeyKind.REVOCATION, reason, months, output, (identity, identity_passphrase_file), opening
    )


@app.command(help_epilogue=examples.of("key sealing"))
def sealing(
    *,
    identity: Identity = None,
    identity_passphrase_file: IdentityPassphrase = None,
    months: Months = 12,
    output: StatementFile = None,
    opening: Opening = options.OPENING,
) -> None:
    """Draw sealing keys for the months to come, and nothing else.

    Each is used for a month. Thirty days after its last day the desk destroys
    it, and nobody can open any more what was sealed to it.
    """
    _change(
        KeyKind.SEALING,
        KeyReason.ROUTINE,
        months,
        output,
        (identity, identity_passphrase_file),
        opening,
    )


@app.command(help_epilogue=examples.of("key request"))
def request(
    kind: Annotated[KeyKind, Parameter(help="rotation, revocation or sealing")],
    file: Annotated[Path, Parameter(name="FILE", help="new file; - is standard output")],
    /,
    *,
    reason: Why = KeyReason.ROUTINE,
    months: Months = 12,
    opening: Opening = options.OPENING,
) -> None:
    """Draw new keys, and write what the identity key is to sign on another machine.

    The file holds public keys alone. The private ones wait on this desk; what
    waited there before is destroyed.
    """
    from parley.application import keys

    output = Terminal(opening)
    files.check_new(file)
    with access.opened(opening, output) as desk:
        data, text = keys.request(desk, kind, reason, months=months)
    files.write_new(file, data)
    if file != files.STREAM:
        output.emit(
            {"file": str(file), **key_page.plain_text(text)},
            lambda: key_page.render_request(output, file, text),
        )


@app.command(help_epilogue=examples.of("key sign"))
def sign(
    file: Annotated[Path, Parameter(name="FILE", help="what parley key request wrote")],
    statement: Annotated[Path, Parameter(name="STATEMENT", help="new file for the key statement")],
    /,
    *,
    identity: Annotated[Path, Parameter(help="file of the identity key")],
    identity_passphrase_file: IdentityPassphrase = None,
    reader: Reader = options.READER,
) -> None:
    """Sign a request with the identity key. No desk is needed, and no network.

    Compare what is shown with what the desk showed when it made the request.
    """
    from parley.application import keys
    from parley.node import folder as folders

    output = Terminal(reader)
    text = keys.read_request(files.read(file, limits.KEY_STATEMENT_BYTES))
    files.check_new(statement)
    passphrase = access.identity_passphrase(identity_passphrase_file, output)
    key = folders.unlock_identity(files.read(identity, limits.LETTER_BYTES), passphrase)
    made = keys.signed(text, key)
    files.write_new(statement, made.data)
    output.emit(
        {"file": str(statement), **key_page.plain_statement(made)},
        lambda: key_page.render_signed(output, statement, made),
    )


@app.command(help_epilogue=examples.of("key install"))
def install(
    file: Annotated[Path, Parameter(name="STATEMENT", help="our own key statement")],
    /,
    *,
    without_keys: Annotated[
        bool,
        Parameter(negative="", help="keep it alone: its private keys are here already, or lost"),
    ] = False,
    opening: Opening = options.OPENING,
) -> None:
    """Take a key statement of ours into use, with the keys that the desk drew for it.

    A database that is older than desk.keys lacks key statements: install them one
    after the other, --without-keys. Where the keys are lost, revoke them next.
    """
    from parley.application import keys

    output = Terminal(opening)
    data = files.read(file, limits.KEY_STATEMENT_BYTES)
    with access.opened(opening, output, newer_keys=without_keys) as desk:
        installed = keys.install(desk, data, without_keys=without_keys)
    output.emit(
        key_page.plain_installed(installed),
        lambda: key_page.render_installed(output, installed),
    )


@app.command(help_epilogue=examples.of("key accept"))
def accept(
    statements: Annotated[
        tuple[Path, ...], Parameter(name="STATEMENT", negative="", help="key statements, any order")
    ],
    /,
    *,
    opening: Opening = options.OPENING,
) -> None:
    """Take in key statements of another party that came as files.

    A desk sends them by itself. Files are for one whose old keys nobody has.
    """
    from parley.application import keys

    output = Terminal(opening)
    items = [files.read(file, limits.KEY_STATEMENT_BYTES) for file in statements]
    with access.opened(opening, output) as desk:
        ring = keys.accept(desk, items)
    made = ring.statements[-1]
    output.emit(
        key_page.plain_statement(made),
        lambda: key_page.render_accepted(output, ring),
    )


@app.command(help_epilogue=examples.of("key export"))
def export(
    number: Annotated[int, Parameter(name="NUMBER", help="of the key statement, from 1")],
    file: Annotated[Path, Parameter(name="FILE", help="new file; - is standard output")],
    /,
    *,
    opening: Opening = options.OPENING,
) -> None:
    """Write a key statement of ours to a file, for a party that our desk cannot reach."""
    from parley.application import keys

    output = Terminal(opening)
    with access.opened(opening, output) as desk:
        made = keys.own_statement(desk, number)
    files.write_new(file, made.data)
    if file != files.STREAM:
        output.emit(
            {"file": str(file), **key_page.plain_statement(made)},
            lambda: output.say(output.text("The key statement stands in {file}.", file=str(file))),
        )


@app.command(name="not-us", help_epilogue=examples.of("key not-us"))
def not_us(
    statements: Annotated[
        tuple[str, ...],
        Parameter(name="STATEMENT", negative="", help="start of its identifier"),
    ],
    /,
    *,
    opening: Opening = options.OPENING,
) -> None:
    """State that a thief made statements in our name, before we revoked the key.

    They stand in both records and keep their effect; what we say stands beside
    them, in cases and dossiers.
    """
    from parley.application import audit, keys

    output = Terminal(opening)
    with access.opened(opening, output) as desk:
        found = [audit.find(desk, None, prefix) for prefix in statements]
        channel = found[0][0]
        made = keys.disown(desk, channel, [entry.leaf for _channel, entry in found])
    leaves = [entry.leaf.hex() for _channel, entry in found]
    output.emit(
        {"statement": made.leaf.hex(), "disowned": leaves},
        lambda: output.say(
            output.plural(
                "{n} statement in our name is disowned on the record.",
                "{n} statements in our name are disowned on the record.",
                len(leaves),
            )
        ),
    )


@app.command(help_epilogue=examples.of("key offline"))
def offline(
    file: Annotated[Path, Parameter(name="FILE", help="new file, on another medium")],
    /,
    *,
    identity_passphrase_file: Annotated[
        Path | None, Parameter(help="file with the new passphrase of the identity key")
    ] = None,
    opening: Opening = options.OPENING,
) -> None:
    """Move the identity key out of the desk's folder, under a passphrase of its own."""
    from parley.node import folder as folders

    output = Terminal(opening)
    folder = options.folder_of(opening)
    own = access.passphrase(opening, output)
    new = access.identity_passphrase(identity_passphrase_file, output)
    files.check_new(file)
    folders.move_identity(folder, own, file, new)
    output.emit(
        {"file": str(file)},
        lambda: output.say(
            output.text(
                "The identity key stands in {file}, and no longer on this desk. Keep two copies, "
                "in two places, and the passphrase in a third.",
                file=str(file),
            )
        ),
    )


def _change(
    kind: KeyKind,
    reason: KeyReason,
    months: int,
    target: Path | None,
    identity: tuple[Path | None, Path | None],
    opening: Opening,
) -> None:
    """Draw, sign and install in one go, where the identity key is at hand."""
    from parley.application import keys
    from parley.node import folder as folders

    output = Terminal(opening)
    if target is not None:
        files.check_new(target)
    file, passphrase_file = identity
    with access.opened(opening, output) as desk:
        place = file or options.folder_of(opening) / folders.IDENTITY_FILE
        sealed = files.read(place, limits.LETTER_BYTES)
        passphrase = access.identity_passphrase(passphrase_file, output, opening)
        key = folders.unlock_identity(sealed, passphrase)
        data, _text = keys.request(desk, kind, reason, months=months)
        made = keys.signed(keys.read_request(data), key)
        target = target or _unused(desk, made.text.number)
        # Before it is used: whatever happens then, it can be installed again.
        files.write_new(target, made.data)
        installed = keys.install(desk, made.data)
    output.emit(
        {"file": str(target), **key_page.plain_installed(installed)},
        lambda: key_page.render_installed(output, installed, target),
    )


def _unused(desk: Desk, number: int) -> Path:
    return Path(f"{desk.letter.text.code}-keys-{number}.keys")
