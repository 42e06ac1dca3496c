"""From what an officer wrote to an act that the case's rules allow."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqlalchemy import Connection

from parley.application import erasure_rules, mandates
from parley.application.writing import Writing
from parley.domain import case as folds
from parley.domain.act import Act, ActType, Code
from parley.domain.body import check_body, check_each_value, parse_path
from parley.domain.case import Case
from parley.domain.catalogue import spec_of
from parley.domain.header import PAP_COLOURS, TLP_LABELS
from parley.domain.kinds.inquiry_state import Inquiry
from parley.domain.kinds.proposal_text import PENDING
from parley.domain.shape import CodeKind, FieldKind, Opens, Scope, TypeSpec
from parley.kernel import text
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import freeze as freezing
from parley.record import replay, statement, verdict
from parley.record.body import Value
from parley.record.channel import Channel
from parley.record.freeze import Content, Frozen
from parley.record.statement import Handling
from parley.store import log, proofs, views

_NUMBERED = re.compile(r"[a-z-]+/([0-9]+)/")


def prepare(
    connection: Connection, channel: Channel, writing: Writing, *, unfinished: bool = False
) -> Writing:
    """Put what was typed in order and fill in what follows from it.

    ``unfinished``: what is still missing is not refused; freezing does that.

    :raises ParleyError: ``type-unknown``, ``case-unknown``, ``act-out-of-place`` (a type that
        desks make by themselves), ``code-invalid`` for marks of handling that there are not, the
        rules of text and of the type's body.
    """
    spec = spec_of(writing.type)
    if spec.scope == Scope.CHANNEL:
        raise ParleyError(Reason.ACT_OUT_OF_PLACE, type=writing.type)
    if writing.tlp not in TLP_LABELS:
        raise ParleyError(Reason.CODE_INVALID, type=writing.type, code="tlp")
    if writing.pap is not None and writing.pap not in PAP_COLOURS:
        raise ParleyError(Reason.CODE_INVALID, type=writing.type, code="pap")
    state = _state(connection, channel, writing, spec)
    values = {path: _cleaned(writing.type, path, v) for path, v in writing.values.items()}
    codes = _codes(spec, writing.codes, values, state)
    (check_each_value if unfinished else check_body)(writing.type, codes, values)
    reference = writing.reference
    if reference is None and state is not None:
        reference = reference_in(spec, state, channel.own_index)
    ours, theirs = offices_of(connection, channel, reference)
    return writing._replace(
        values=values,
        codes=codes,
        reference=reference,
        from_office=writing.from_office or ours,
        to_offices=writing.to_offices or theirs,
    )


def offices_of(
    connection: Connection, channel: Channel, reference: bytes | None
) -> tuple[bytes, tuple[bytes, ...]]:
    """Our office and theirs, by the statement that an act refers to: nobody types an address.

    Where there is none, or its offices are not those of the letters, the first one of each letter.
    """
    own, peer = ([office.id for office in one.text.offices] for one in (channel.own, channel.peer))
    entry = log.by_leaf(connection, channel.id, reference) if reference is not None else None
    if entry is None:
        return own[0], (peer[0],)
    act = statement.parse(entry.data).act
    senders = (act.from_office,)
    own_act = entry.author == channel.own_index
    ours, theirs = (senders, act.to_offices) if own_act else (act.to_offices, senders)
    found = tuple(office for office in theirs if office in peer)
    return next((one for one in ours if one in own), own[0]), found or (peer[0],)


def acknowledgement(
    connection: Connection, channel: Channel, case: bytes, values: Mapping[str, Value]
) -> Writing:
    """The acknowledgement of the peer's newest asking that has none.

    :raises ParleyError: ``case-unknown``, ``nothing-asked``, ``already-acknowledged``.
    """
    row = views.case(connection, channel.id, case)
    if row is None:
        raise ParleyError(Reason.CASE_UNKNOWN)
    state = replay.case_of(row).substance
    if not isinstance(state, Inquiry):
        raise ParleyError(Reason.NOTHING_ASKED)
    waiting = [asking for asking in state.askings if asking.acknowledged is None]
    asking = (waiting or state.askings)[-1]
    covering = proofs.receipts_covering(
        connection, channel.id, channel.own_index, asking.seq, asking.seq
    )
    entry = log.by_leaf(connection, channel.id, asking.id)
    if entry is None:
        raise ParleyError(Reason.INTERNAL, fact="an asking without its statement")
    office, _theirs = offices_of(connection, channel, asking.id)
    writing = Writing(
        type=ActType.ACKNOWLEDGEMENT.value,
        values=dict(values),
        codes={
            "received-at": covering[0].iat if covering else entry.recorded_at,
            "handling-office": office.hex(),
        },
        case=case,
        reference=asking.id,
        precedence=asking.precedence,
    )
    return prepare(connection, channel, writing)


def freeze(connection: Connection, channel: Channel, writing: Writing) -> Frozen:
    """Fix the bytes of a prepared writing. Its basis is what the case holds now.

    :raises ParleyError: ``shape-invalid`` and the rules of the type.
    """
    if writing.case is None or writing.from_office is None:
        raise ParleyError(Reason.INTERNAL, fact="a writing that was not prepared")
    row = views.case(connection, channel.id, writing.case)
    chains = replay.case_of(row).chains if row else ()
    return freezing.freeze(
        channel,
        Content(
            case=writing.case,
            type=writing.type,
            from_office=writing.from_office,
            to_offices=writing.to_offices,
            reference=writing.reference,
            basis=tuple(chain[-1].id for chain in chains if chain),
            legal_basis=writing.legal_basis,
            precedence=writing.precedence,
            handling=Handling(writing.tlp, writing.pap),
            reply_wanted=writing.reply_wanted,
            codes=writing.codes,
            values=writing.values,
        ),
    )


def check(connection: Connection, channel: Channel, frozen: Frozen, now: int) -> None:
    """Refuse an act that would be void if it were signed now, or that the house forbids.

    :raises ParleyError: with the reason.
    """
    header = statement.parse_act(frozen.act_bytes)
    verdict.check(header.type, header.codes, frozen.body)
    erasure_rules.check(connection, channel, header, now)
    chains = log.chains(connection, channel.id)
    own, peer = channel.own_index, channel.peer_index
    counts = {own: chains[own].count, peer: chains[peer].count}
    act = Act(
        id=bytes(32),
        author=own,
        seq=counts[own],
        seen=(counts[0], counts[1]),
        type=header.type,
        from_office=header.from_office,
        to_offices=header.to_offices,
        reference=header.reference,
        basis=header.basis,
        precedence=header.precedence,
        reply_wanted=header.reply_wanted,
        codes=header.codes,
        iat=now,
    )
    row = views.case(connection, channel.id, header.case)
    state = replay.case_of(row) if row else folds.empty(2)
    folds.decide(state, act, now)
    mandates.check(connection, channel, header)


def _state(
    connection: Connection, channel: Channel, writing: Writing, spec: TypeSpec
) -> Case | None:
    if writing.case is None:
        if spec.opens == Opens.NEVER:
            raise ParleyError(Reason.CASE_UNKNOWN)
        return None
    row = views.case(connection, channel.id, writing.case)
    if row is None:
        if spec.opens == Opens.NEVER:
            raise ParleyError(Reason.CASE_UNKNOWN)
        return None
    return replay.case_of(row)


def _cleaned(type_: str, path: str, value: Value) -> Value:
    """A text as it was typed, in normal form; everything else as it is."""
    if not isinstance(value, str):
        return value
    place = parse_path(type_, path)
    if place.is_status or place.rule.kind not in (FieldKind.TEXT, FieldKind.LINE):
        return value
    return text.clean_entry(value, line=place.rule.kind == FieldKind.LINE)


def _codes(
    spec: TypeSpec,
    given: Mapping[str, Code],
    values: Mapping[str, Value],
    state: Case | None,
) -> dict[str, Code]:
    """``given``, with the codes that follow from the case, and the counts that do from the text."""
    codes = {**folds.fill(state, spec.type), **given} if state is not None else dict(given)
    for rule in spec.codes:
        if rule.name not in codes and rule.kind == CodeKind.COUNT:
            count = len(_numbers(spec, rule.name, values))
            if rule.required or count:
                codes[rule.name] = count
        if rule.name not in codes and rule.kind == CodeKind.DIGESTS:
            numbers = sorted({int(number) for _, number in _numbers(spec, rule.name, values)})
            if numbers:
                codes[rule.name] = tuple((number, PENDING) for number in numbers)
    return codes


def _numbers(spec: TypeSpec, name: str, values: Mapping[str, Value]) -> set[tuple[str, str]]:
    """The numbered items of the text that the code ``name`` announces: group and number."""
    groups = {rule.path.split("/")[0] for rule in spec.fields if rule.per == name}
    return {
        (path.split("/")[0], found.group(1))
        for path in values
        if (found := _NUMBERED.match(path)) and path.split("/")[0] in groups
    }


def reference_in(spec: TypeSpec, state: Case, own: int) -> bytes | None:
    """The newest act of the case that an act of this type by member ``own`` may refer to."""
    for entry in reversed(state.acts):
        ours = spec.reference_other and entry.author == own
        if entry.void is None and entry.type in spec.reference and not ours:
            return entry.id
    return None
