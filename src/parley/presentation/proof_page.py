"""The proof of one statement: in sentences for people, as a value for programs.

No text of the statement is in either, nor what it comes to in its case.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from parley.crypto import checkpoint, words
from parley.presentation import views
from parley.record import statement as statements

if TYPE_CHECKING:
    from parley.application.audit import Proof
    from parley.presentation.output import Output


def plain(proof: Proof) -> dict[str, Any]:
    """A proof with everything that a stranger's tool needs to check it; bytes in base64."""
    channel, entry = proof.channel, proof.entry
    author, other = channel.letter(entry.author), channel.letter(1 - entry.author)
    signing = channel.keyring(entry.author).epoch(entry.epoch)
    receipting = channel.keyring(1 - entry.author).epoch(
        proof.receipt_row.epoch if proof.receipt_row else 0
    )
    log = channel.keyring(entry.author).epoch(proof.checkpoint_epoch)
    cosigning = channel.keyring(1 - entry.author).epoch(proof.cosigner_epoch)
    origin = channel.origin(entry.author, proof.checkpoint_epoch)
    cosigner = checkpoint.cosigner(other.party)
    return {
        "statement": entry.leaf.hex(),
        "author": views.party(author),
        "receiver": views.party(other),
        "seq": entry.seq,
        "epoch": entry.epoch,
        "key_revoked": channel.keyring(entry.author).revoked(entry.epoch),
        "signed_at": entry.iat,
        "statement_cose": _base64(entry.data),
        "statement_key": signing.statement.raw.hex(),
        "receipt_cose": _base64(proof.receipt) if proof.receipt else None,
        "receipt_at": proof.receipt_row.iat if proof.receipt_row else None,
        "receipt_key": receipting.log.ed25519.raw.hex(),
        "checkpoint": proof.checkpoint,
        "checkpoint_vkey": checkpoint.log_vkey(origin, log.log),
        "cosigner_vkeys": [
            checkpoint.cosigner_vkey(cosigner, cosigning.log, post_quantum)
            for post_quantum in (False, True)
        ],
        "leaf_index": proof.leaf_index,
        "size": proof.size,
        "path": [node.hex() for node in proof.path],
    }


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def render(output: Output, proof: Proof) -> None:
    """Print what is proved of a statement, and by whose signature."""
    output.title(output.text("Statement {statement}", statement=proof.entry.leaf.hex()))
    for sentence in (
        signed(output, proof),
        received(output, proof),
        held(output, proof),
        not_agreed(output),
    ):
        output.say(sentence)


def sentences(output: Output, proof: Proof) -> list[str]:
    """The proof for a lawyer, in six sentences.

    Who said it, that it is whole, when it came, where it stands, what cannot be done to it any
    more, and what all that does not say.
    """
    return [
        signed(output, proof),
        output.text(
            "The signature is over a digest of every field of its text: not a character of it can "
            "be changed, and none added, without the signature failing."
        ),
        received(output, proof),
        held(output, proof),
        output.text(
            "Each statement of a side names the one before it by its digest, so that none can be "
            "put in, left out or moved without all later ones failing."
        ),
        output.text(
            "A receipt says that something arrived, and never that it was agreed to; and no "
            "signature says that what was signed is true."
        ),
    ]


def signed(output: Output, proof: Proof) -> str:
    """Who signed it, and when by the author's clock."""
    channel, entry = proof.channel, proof.entry
    return output.text(
        "{author} signed it as its statement number {seq} of this channel; "
        "its own clock said {time}.",
        author=channel.letter(entry.author).name(output.language),
        seq=entry.seq,
        time=output.time(entry.iat),
    )


def received(output: Output, proof: Proof) -> str:
    """Whether the other side has given a receipt for it, and when."""
    receiver = proof.channel.letter(1 - proof.entry.author).name(output.language)
    if proof.receipt_row is None:
        return output.text("{receiver} has given no receipt yet.", receiver=receiver)
    return output.text(
        "{receiver} signed a receipt that it stands in its record; its own clock said {time}.",
        receiver=receiver,
        time=output.time(proof.receipt_row.iat),
    )


def held(output: Output, proof: Proof) -> str:
    """Where it stands in its author's record, and what the other side has cosigned of that."""
    if proof.checkpoint is None:
        return output.text("No cosigned checkpoint covers it yet.")
    channel, author = proof.channel, proof.entry.author
    return output.text(
        "It is leaf {index} of {size} in the record of {author}, and {receiver} has "
        "cosigned that it holds every one of them.",
        index=proof.leaf_index,
        size=proof.size,
        author=channel.letter(author).name(output.language),
        receiver=channel.letter(1 - author).name(output.language),
    )


def not_agreed(output: Output) -> str:
    """What no receipt says."""
    return output.text("A receipt says that something arrived, and never that it was agreed to.")


def facts(output: Output, proof: Proof) -> list[tuple[str, str]]:
    """What the sentences say, as a table: with the keys, and the parties' fingerprints in words."""
    channel, entry = proof.channel, proof.entry
    author, other = channel.letter(entry.author), channel.letter(1 - entry.author)
    kid = statements.parse(entry.data).kid
    none = output.text("none is known")
    receipt = proof.receipt_row
    rows = [
        (output.text("Statement"), words.grouped_hex(entry.leaf)),
        (output.text("Signed by"), output.foreign(author.name(output.language))),
        (output.text("Fingerprint, words"), words.words(author.party)),
        (output.text("Signing key"), words.grouped_hex(kid)),
        (output.text("Signed"), output.time(entry.iat)),
        (output.text("Place in its author's chain"), str(entry.seq)),
        (
            output.text("Receipt by"),
            none if receipt is None else output.foreign(other.name(output.language)),
        ),
        (output.text("Fingerprint, words"), words.words(other.party)),
        (output.text("Received"), none if receipt is None else output.time(receipt.iat)),
    ]
    if receipt is not None:
        rows.append(
            (
                output.text("The receipt covers"),
                output.plural(
                    "the first {n} statement of its issuer's record",
                    "the first {n} statements of its issuer's record",
                    receipt.size,
                ),
            )
        )
    rows.append(
        (
            output.text("Cosigned checkpoint"),
            none
            if proof.checkpoint is None
            else output.text(
                "leaf {index:number} of {size:number}", index=proof.leaf_index, size=proof.size
            ),
        )
    )
    if channel.keyring(entry.author).revoked(entry.epoch):
        rows.append(
            (
                output.text("Revoked"),
                output.text("The key that signed this statement was revoked later."),
            )
        )
    return rows
