"""A peer with its own keys and other software, and what its victim has afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

import msgspec

from parley.application import audit, cases, channels, evidence, exchange
from parley.application.desk import Desk
from parley.application.message import WISH_RETURN, Message, Sent, SentReceipt
from parley.crypto import checkpoint, receipt
from parley.crypto.checkpoint import Checkpoint
from parley.kernel import cbor, ids
from parley.record import body as bodies
from parley.record import heads, statement
from parley.record.channel import Channel
from parley.record.evidence import verify as verifier
from parley.record.evidence.format import Claim
from parley.record.freeze import Content, Frozen
from parley.record.heads import Heads
from parley.record.statement import ACT_VERSION, ActHeader, Envelope, Seen, Statement
from parley.store import log, proofs
from parley.wire import frame as frames
from parley.wire import post
from tests.support.pair import Pair, inquiry

replace = msgspec.structs.replace


def signed(desks: Pair, message: Message, counter: int) -> bytes:
    """A message in a frame of the right desk with this number, with its word on heads."""
    channel, key = desks.channel(desks.right), desks.right.keys.statement
    said = Heads(
        version=1,
        channel=channel.id,
        author=channel.own.party,
        recipient=channel.peer.party,
        held=message.held,
        own=message.own,
        lost=bool(message.wishes & WISH_RETURN),
        answers=message.answers,
    )
    whole = replace(message, word=heads.sign(said, key))
    data, _digest = frames.seal(whole, channel, key, counter, now=desks.clock())
    return data


@dataclass
class Hostile:
    """Speaks for the right desk with its real keys, and says what it likes to the left."""

    desks: Pair

    def message(self, **changes: object) -> Message:
        """What the right desk would honestly say now, with changes."""
        outgoing = exchange.compose(self.desks.right, self.desks.channel_id)
        return replace(outgoing.message, **changes)

    def sealed(self, message: Message) -> bytes:
        """A message in a frame of the right desk, with its word on heads."""
        return signed(self.desks, message, 99)

    def say(self, message: Message) -> Message:
        """Send a message; the left desk's answer, opened."""
        reply = frames.parse(post.answer(self.desks.left, self.sealed(message)))
        return frames.open_message(reply, reply.header(), self.desks.right.keys)

    def refused(self, message: Message) -> list[str]:
        return [refusal.reason for refusal in self.say(message).refusals]

    def envelope(self, case: bytes) -> Envelope:
        """The envelope that the right desk's next statement in ``case`` must have."""
        channel = self.desks.channel(self.desks.right)
        with self.desks.right.database.read() as connection:
            chains = log.chains(connection, channel.id)
            own, peer = chains[channel.own_index], chains[channel.peer_index]
            heads = log.case_heads(connection, channel.id, [case], channel.own_index)
            known = proofs.checkpoint(connection, channel.id, channel.peer_index)
        assert known is not None
        case_seq, case_prev = heads.get(case, (0, None))
        seen = Seen(peer.count, peer.leaf, known.size, known.root)
        return Envelope(0, own.count, own.leaf, (seen,), case_seq, case_prev)

    def sign(
        self,
        change: Callable[[Envelope], Envelope] = lambda envelope: envelope,
        *,
        case: bytes | None = None,
        iat: int | None = None,
        content: Content | None = None,
    ) -> Sent:
        """An inquiry, or ``content``, in an envelope of one's choice."""
        case = content.case if content else case or ids.new_case_id()
        right = self.desks.right
        channel = self.desks.channel(right)
        frozen = act_of(channel, content or inquiry(channel, case))
        data = statement.sign(
            frozen.act_bytes,
            change(self.envelope(case)),
            party=channel.own.party,
            key=right.keys.statement,
            iat=right.clock() if iat is None else iat,
        )
        return Sent(data, frozen.body.encode())

    @property
    def standing(self) -> channels.Standing:
        """How the left desk sees the channel."""
        every = channels.standings(self.desks.left)
        (found,) = [one for one in every if one.channel.id == self.desks.channel_id]
        return found

    def show(self, *sent: Sent) -> list[str]:
        """Send statements and nothing else; the reasons of what was refused."""
        return self.refused(self.message(statements=sent, checkpoint=None))

    def speak(self, desk: Desk) -> Statement:
        """An honest inquiry of ``desk``, signed and not delivered."""
        return self.desks.append(desk, inquiry(self.desks.channel(desk), ids.new_case_id()))

    def note(self, size: int, root: bytes) -> str:
        """A checkpoint of the right desk's log, as its key signs whatever it is given."""
        right = self.desks.right
        channel = self.desks.channel(right)
        origin = channel.origin(channel.own_index, 0)
        return checkpoint.sign_note(Checkpoint(origin, size, root), right.keys.log)

    def our_leaf(self, seq: int) -> bytes | None:
        """The leaf of the left desk's own statement ``seq``."""
        channel = self.desks.channel(self.desks.left)
        with self.desks.left.database.read() as connection:
            return log.leaf_at(connection, channel.id, channel.own_index, seq)

    @property
    def size(self) -> int:
        """The size of the right desk's log that its last checkpoint covers."""
        note = self.message().checkpoint
        assert note is not None
        return checkpoint.parse_note(note.encode())[0].size

    # --- what the victim has -----------------------------------------------------------------

    def unharmed(self, *, own: int = 1, peer: int = 1, state: str = "open") -> None:
        """The left desk's record holds so many statements of either, and every byte verifies."""
        found = self.standing
        assert (found.own, found.peer, found.state) == (own, peer, state)
        assert audit.fsck(self.desks.left).faults == ()

    def quarantine(self) -> list[str]:
        """Why statements were refused and kept, the oldest first."""
        return [row.reason for _, row in evidence.quarantined(self.desks.left, "audit")]

    def convicted(self) -> Claim:
        """How the one proof that the left desk keeps convicts the right one, verified offline."""
        (kept,) = evidence.every(self.desks.left, "audit")
        party = self.desks.right.letter.party
        report = verifier.verify(BytesIO(evidence.as_bytes(self.desks.left, kept)), pins=[party])
        assert report.convicted.fingerprint == party.hex()
        assert report.convicted.pinned
        return report.claim

    def voids(self, case: bytes) -> list[str | None]:
        """Why the acts of a case are void, as the left desk sees them."""
        shown = cases.show(self.desks.left, self.desks.channel(self.desks.left), case, "otto")
        return [act.void for act in shown.acts]

    def notices(self) -> list[tuple[bytes | None, object]]:
        """The void acts that the left desk has told the right one of: which, and why."""
        channel = self.desks.channel(self.desks.left)
        with self.desks.left.database.read() as connection:
            entries = log.in_case(connection, channel.id, channel.standing_case)
        acts = [statement.parse(e.data).act for e in entries if e.author == channel.own_index]
        return [(a.reference, a.codes["reason"]) for a in acts if a.type == "void-notice"]


def act_of(channel: Channel, content: Content) -> Frozen:
    """An act's bytes and body, whatever our own catalogue says of it."""
    body = bodies.salted(content.values)
    asked = content._asdict()
    del asked["values"]
    header = ActHeader(version=ACT_VERSION, channel=channel.id, digest=body.digest(), **asked)
    return Frozen(cbor.encode_model(header), body)


def seen(envelope: Envelope, **changes: object) -> Envelope:
    return replace(envelope, seen=(replace(envelope.seen[0], **changes),))


def false_receipt(hostile: Hostile, size: int, root: bytes = bytes(32)) -> SentReceipt:
    """A receipt of the right desk over ``root`` at ``size``."""
    right = hostile.desks.right
    protected = receipt.protected(
        right.keys.log.public.kid,
        ids.party_uri(right.letter.party),
        ids.channel_uri(hostile.desks.channel_id),
        right.clock(),
    )
    return SentReceipt(size, protected, receipt.sign_root(protected, root, right.keys.log))
