"""What a peer sends is checked here for everything that needs no look at the record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from parley.crypto.keys import StatementPublic
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import body as bodies
from parley.record import statement, verdict
from parley.record.ahead import Ahead
from parley.record.channel import Channel
from parley.record.signatures import AT_ONCE, Pending, Signatures, Signed
from parley.record.statement import Statement


class Incoming(NamedTuple):
    """A statement whose signature, audience and body digest are right.

    ``body`` is the deterministic CBOR of its body, ``verdict`` the reason code for which it is
    void, where its body breaks the rules of its type. ``erased``: of the body only the digests of
    its fields are left, which counts for a desk alone that was set back.
    """

    statement: Statement
    body: bytes
    verdict: str | None
    erased: bool = False


class Refused(NamedTuple):
    """A statement that is kept out, and why.

    ``statement`` where the signature is right: it may still convict its author.
    """

    data: bytes
    reason: ParleyError
    statement: Statement | None = None


def check_signed(channel: Channel, author: int, data: bytes) -> Statement:
    """Verify one statement of ``author`` without its body: form, audience, signature.

    :raises ParleyError: with the reason why it must be kept out of the log.
    """
    parsed = _addressed(channel, data)
    key = channel.statement_key(author, parsed.envelope.epoch, parsed.kid)
    parsed.verify(channel.letter(author).party, key)
    return parsed


def _addressed(channel: Channel, data: bytes) -> Statement:
    parsed = statement.parse(data)
    if parsed.act.channel != channel.id:
        raise ParleyError(Reason.WRONG_AUDIENCE)
    return parsed


def check_body(parsed: Statement, body: bytes | None) -> Incoming:
    """Check the body of a verified statement.

    :raises ParleyError: with the reason why the statement must be kept out of the log.
    """
    if body is None:
        raise ParleyError(Reason.BODY_MISSING)
    opened, digest = bodies.opened(body)
    if digest != parsed.act.digest:
        raise ParleyError(Reason.BODY_MISSING if opened.absent else Reason.BODY_WRONG)
    if not opened.complete:
        if opened.fields:
            raise ParleyError(Reason.BODY_MISSING)
        # What was erased had no verdict against it: no house erases what shows why an act is void.
        return Incoming(parsed, body, None, erased=True)
    return Incoming(parsed, body, verdict.of(parsed.act, opened))


class ForgedError(Exception):
    """The statement at ``place`` of a batch was not signed by its author."""

    def __init__(self, place: int) -> None:
        super().__init__(place)
        self.place = place


class Checked:
    """A batch of statements, checked but for signatures that may still be under way.

    ``items`` are right as far as is known, up to ``refused``, the first that must be kept out.
    ``ahead`` checks what else was signed in their message.
    Nothing that was done with them may last before :meth:`confirm` has returned.
    """

    def __init__(
        self,
        items: list[Incoming],
        refused: Refused | None,
        ahead: Ahead,
        signatures: Sequence[_Part] = (),
    ) -> None:
        self.items = items
        self.refused = refused
        self.ahead = ahead
        self._signatures = signatures

    def confirm(self) -> None:
        """Wait for the signatures.

        :raises ForgedError: with the place of the first that does not hold. It may be that of
            ``refused``, behind the last item.
        :raises UnconfirmedError: one beside the statements does not hold.
        """
        self.ahead.confirm()
        for start, wait in self._signatures:
            place = wait()
            if place is not None:
                if start + place <= len(self.items):
                    raise ForgedError(start + place)
                return

    def before(self, place: int) -> Checked:
        """The batch up to the forged statement at ``place``."""
        forged = self.items[place].statement.data if place < len(self.items) else b""
        if place == len(self.items) and self.refused is not None:
            forged = self.refused.data
        refused = Refused(forged, ParleyError(Reason.SIGNATURE_INVALID))
        return Checked(self.items[:place], refused, self.ahead)


def check_all(
    channel: Channel,
    author: int,
    items: Sequence[tuple[bytes, bytes | None]],
    ahead: Ahead | None = None,
) -> Checked:
    """Verify statements in order, up to the first that must be kept out.

    Signatures are checked by ``ahead`` while this process looks at everything else, and goes on to
    work with what is right so far.
    """
    ahead = ahead or Ahead(Signatures(0))
    batch = _Batch(channel, author, ahead, len(items))
    refused: Refused | None = None
    for data, _body in items:
        try:
            batch.add(data)
        except ParleyError as error:
            refused = Refused(data, error)
            break
    batch.hand_over()
    good: list[Incoming] = []
    for parsed, (data, body) in zip(batch.parsed, items, strict=False):
        try:
            good.append(check_body(parsed, body))
        except ParleyError as error:
            refused = Refused(data, error, parsed)
            break
    return Checked(good, refused, ahead, batch.pending)


class _Part(NamedTuple):
    """Signatures that are checked together: where they start in the batch, and how to wait."""

    start: int
    wait: Pending


class _Batch:
    """Statements of one author, as far as their form, audience and names are right.

    Their signatures are checked part by part, from the moment that a part is complete.
    """

    def __init__(self, channel: Channel, author: int, ahead: Ahead, expected: int) -> None:
        self._channel = channel
        self._author = author
        self._party = channel.letter(author).party
        self._ahead = ahead
        self._expected = expected
        self._key: StatementPublic | None = None
        self._part: list[Signed] = []
        self.pending: list[_Part] = []
        self.parsed: list[Statement] = []

    def add(self, data: bytes) -> None:
        """Take one more statement.

        :raises ParleyError: with the reason why it must be kept out of the log.
        """
        parsed = _addressed(self._channel, data)
        key = self._channel.statement_key(self._author, parsed.envelope.epoch, parsed.kid)
        signed = Signed(*parsed.claimed(self._party, key))
        if key is not self._key or len(self._part) == AT_ONCE:
            self.hand_over()
            self._key = key
        self._part.append(signed)
        self.parsed.append(parsed)

    def hand_over(self) -> None:
        """Have the signatures checked that have come since the last call."""
        if self._part and self._key is not None:
            pending = self._ahead.check(self._key, self._part, of=self._expected)
            self.pending.append(_Part(len(self.parsed) - len(self._part), pending))
        self._part = []
