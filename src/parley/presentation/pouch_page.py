"""What ``parley pouch`` shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parley.kernel.reasons import Reason
from parley.presentation import acts

if TYPE_CHECKING:
    from parley.application.carriage import Packed, Taken
    from parley.presentation.output import Output
    from parley.record.channel import Channel
    from parley.store.pouches import PouchRow
    from parley.wire.pouch import Found, Written

Plain = dict[str, Any]


def plain_packed(channel: Channel, written: list[Written]) -> Plain:
    """What was packed for one peer."""
    return {
        "channel": channel.id.hex(),
        "peer": channel.peer.text.code,
        "files": [
            {
                **_plain_row(one.row),
                "receipts": one.receipts,
                "bytes": one.size,
            }
            for one in written
        ],
    }


def plain_opened(found: list[Found], replies: list[tuple[Channel, list[Written]]]) -> Plain:
    """What became of files that were opened, and what was packed in answer."""
    return {
        "files": [_plain_found(one) for one in found],
        "replies": [plain_packed(channel, written) for channel, written in replies],
    }


def plain_noted(packed: Packed, there: bool) -> Plain:
    """A file that was packed once."""
    return {
        "channel": packed.channel.id.hex(),
        "peer": packed.channel.peer.text.code,
        **_plain_row(packed.row),
        "arrived": packed.arrived,
        "there": there,
    }


def render_packed(output: Output, channel: Channel, written: list[Written]) -> None:
    """What was packed, and what to do with it."""
    count = sum(one.row.upto - one.row.first_seq for one in written)
    output.say(
        output.plural(
            "Packed for {code}: {n} statement, and our receipts and cosignatures.",
            "Packed for {code}: {n} statements, and our receipts and cosignatures.",
            count,
            code=channel.peer.text.code,
        )
    )
    for one in written:
        output.say(output.foreign(str(one.path)), indent=4)
    output.say(
        output.text(
            "Whoever carries it sees who writes to whom, how much and when. "
            "There they run parley pouch open, and send their answer back."
        )
    )


def render_opened(
    output: Output, found: list[Found], replies: list[tuple[Channel, list[Written]]]
) -> None:
    """What became of each file."""
    if not found:
        output.say(output.text("There is no file *.pouch in it."))
    for one in found:
        output.say(output.foreign(str(one.path)))
        for line in fate(output, one):
            output.say(line, indent=4)
    for channel, written in replies:
        render_packed(output, channel, written)


def render_list(output: Output, packed: list[tuple[Packed, bool]]) -> None:
    """What was packed, and how it stands."""
    if not packed:
        output.say(output.text("No packed file is noted."))
        return
    output.table(
        [
            output.text("File"),
            output.text("For"),
            output.text("Statements"),
            output.text("Packed"),
            output.text("How it stands"),
        ],
        [
            [
                output.foreign(one.row.path),
                one.channel.peer.text.code,
                str(one.row.upto - one.row.first_seq),
                output.time(one.row.packed_at),
                standing(output, one, there),
            ]
            for one, there in packed
        ],
    )
    if any(one.arrived for one, _there in packed):
        output.next_steps("parley pouch clear")


def render_cleared(output: Output, gone: int, left: int) -> None:
    """How much is gone, and how much is not."""
    output.say(output.plural("{n} file was cleared.", "{n} files were cleared.", gone))
    if left:
        output.say(
            output.plural(
                "{n} file stays: no receipt has come for what is in it.",
                "{n} files stay: no receipt has come for what is in them.",
                left,
            )
        )


def _plain_row(row: PouchRow) -> Plain:
    return {
        "file": row.path,
        "counter": row.counter,
        "first": row.first_seq,
        "statements": row.upto - row.first_seq,
        "sha256": row.digest.hex(),
        "packed_at": row.packed_at,
    }


def _plain_found(found: Found) -> Plain:
    taken, error = found.taken, found.error
    return {
        "file": str(found.path),
        "taken": taken is not None,
        "reason": error.reason.value if error else None,
        "details": error.details if error else {},
        "channel": taken.channel.id.hex() if taken else None,
        "peer": taken.channel.peer.text.code if taken else None,
        "statements": taken.fresh if taken else 0,
        "receipted": taken.receipted if taken else 0,
        "news": taken.progress if taken else False,
        "kept_out": [refusal.reason for refusal in taken.refusals] if taken else [],
        "refused": [refusal.reason for refusal in taken.refused] if taken else [],
        "halted": taken.halted if taken else False,
        "chunks": taken.chunks if taken else 0,
    }


def fate(output: Output, found: Found) -> list[str]:
    """What became of one file, a sentence a line."""
    taken, error = found.taken, found.error
    if taken is not None:
        return _brought(output, taken)
    if error is None:
        return []
    if error.reason is Reason.POUCH_OWN:
        return [output.text("It is ours, for the other desk: left as it is.")]
    what, todo = output.translator.reason(error)
    return [f"{what} [{error.reason.value}]", todo]


def _brought(output: Output, taken: Taken) -> list[str]:
    code = taken.channel.peer.text.code
    lines: list[str] = []
    if taken.halted:
        lines.append(output.text("It has halted the channel. See parley status."))
    elif not taken.progress:
        lines.append(output.text("Nothing new from {code}.", code=code))
    if taken.chunks:
        lines.append(
            output.plural(
                "{n} part of attachments from {code}.",
                "{n} parts of attachments from {code}.",
                taken.chunks,
                code=code,
            )
        )
    if taken.fresh:
        lines.append(
            output.plural(
                "{n} new statement of {code}.",
                "{n} new statements of {code}.",
                taken.fresh,
                code=code,
            )
        )
    if taken.receipted:
        lines.append(
            output.plural(
                "{code} has receipted {n} statement of ours.",
                "{code} has receipted {n} statements of ours.",
                taken.receipted,
                code=code,
            )
        )
    if taken.progress and not (taken.fresh or taken.receipted):
        lines.append(output.text("{code} has cosigned our record.", code=code))
    lines += [
        output.text("Kept out: {why}", why=acts.said(output, refusal.reason))
        for refusal in taken.refusals
    ]
    lines += [
        output.text("{code} kept out of ours: {why}", code=code, why=acts.said(output, one.reason))
        for one in taken.refused
    ]
    return lines


def standing(output: Output, packed: Packed, there: bool) -> str:
    """How a packed file stands; ``there``: it still lies where it was written."""
    if packed.arrived:
        return output.text("receipted; the file can go") if there else output.text("receipted")
    if there:
        return output.text("no receipt yet")
    return output.text("not there any more; no receipt yet")
