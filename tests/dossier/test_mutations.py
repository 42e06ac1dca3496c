"""Whatever is changed in a dossier is refused, and the reason says what is wrong."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.crypto.keys import LogKey, StatementKey
from parley.kernel import cbor
from parley.kernel.reasons import Reason
from parley.record.dossier import format as fmt
from parley.record.dossier import tamper
from parley.record.dossier.tamper import items_of, joined
from tests.dossier.conftest import Made
from tests.dossier.forge import agreed, check, decoded, edited, forged, places, refused

KINDS = {
    fmt.HEADER_KIND: "left",
    fmt.LETTER_KIND: "left",
    fmt.STATEMENT_KIND: "left",
    fmt.RECEIPT_KIND: "left",
    fmt.CHECKPOINT_KIND: "left",
    fmt.PROOF_KIND: "case",
    fmt.FULL_RECEIPT_KIND: "case",
    fmt.END_KIND: "left",
    fmt.MARK_KIND: "left",
}


# --- bytes -----------------------------------------------------------------------------------


@given(data=st.data())
def test_no_byte_can_be_changed(made: Made, data: st.DataObject) -> None:
    file = data.draw(st.sampled_from([made.left, made.case]))
    at = data.draw(st.integers(0, len(file) - 1))
    bits = data.draw(st.integers(1, 255))
    with refused():
        check(file[:at] + bytes((file[at] ^ bits,)) + file[at + 1 :])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("where", [0, 0.2, 0.4, 0.6, 0.8, 1])
def test_no_byte_of_any_kind_of_item_can_be_changed(made: Made, kind: int, where: float) -> None:
    file: bytes = getattr(made, KINDS[kind])
    for item in items_of(file):
        if item[1] == kind:
            start = file.index(item)
            with refused():
                check(tamper.flip_byte(file, start + int(where * (len(item) - 1))))


@given(data=st.data())
def test_a_dossier_cannot_end_early(made: Made, data: st.DataObject) -> None:
    length = data.draw(st.integers(0, len(made.left) - 1))
    with refused(Reason.DOSSIER_TRUNCATED):
        check(made.left[:length])


@pytest.mark.parametrize("tail", [b"\x00", b"\x40", b"\x42\x81\x07", b"more"])
def test_nothing_can_be_appended(made: Made, tail: bytes) -> None:
    with refused(Reason.DOSSIER_TRAILING):
        check(made.left + tail)


def test_two_dossiers_are_not_one(made: Made) -> None:
    with refused(Reason.DOSSIER_TRAILING):
        check(made.left + made.left)


@given(st.binary(max_size=200))
def test_what_is_no_dossier_is_refused(data: bytes) -> None:
    with refused():
        check(data)


# --- statements ------------------------------------------------------------------------------


@pytest.mark.parametrize("number", range(17))
def test_no_statement_can_be_dropped(made: Made, number: int) -> None:
    # Before the end: a place in the chain, a leaf of a signed root, or what the end counts.
    with refused(
        Reason.CHAIN_GAP,
        Reason.SEEN_AHEAD,
        Reason.DOSSIER_STATEMENT_MISSING,
        Reason.SIGNATURE_INVALID,
    ):
        check(tamper.drop_statement(made.left, number))


@pytest.mark.parametrize("number", range(16))
def test_even_the_exporter_cannot_drop_a_statement(made: Made, number: int) -> None:
    def drop(items: list[bytes]) -> None:
        del items[places(items, fmt.STATEMENT_KIND)[number]]

    with refused():
        check(forged(made.left, made.left_key, drop))


def test_the_exporters_last_statement_can_be_left_out_and_is_then_not_claimed(made: Made) -> None:
    def drop(items: list[bytes]) -> None:
        # With the checkpoint that covers it; nobody else has signed for either.
        del items[places(items, fmt.STATEMENT_KIND)[-1] : -1]

    report = check(forged(made.left, made.left_key, drop))
    assert report.statements == sum(made.counts) - 1


@pytest.mark.parametrize("first", range(16))
def test_no_two_statements_can_be_swapped(made: Made, first: int) -> None:
    with refused(
        Reason.CHAIN_GAP,
        Reason.SEEN_AHEAD,
        Reason.SEEN_WRONG,
        Reason.DOSSIER_STATEMENT_MISSING,
        Reason.DOSSIER_OUT_OF_PLACE,
    ):
        check(tamper.swap_statements(made.left, first, first + 1))
    with refused():
        check(tamper.swap_statements(made.left, first, 16 - first if first != 8 else 0))


@pytest.mark.parametrize("number", range(17))
def test_no_statement_can_stand_there_twice(made: Made, number: int) -> None:
    def double(items: list[bytes]) -> None:
        at = places(items, fmt.STATEMENT_KIND)[number]
        items.insert(at, items[at])

    with refused(Reason.CHAIN_GAP):
        check(forged(made.left, made.left_key, double))


@pytest.mark.parametrize("number", range(5))
def test_the_statements_of_a_case_can_neither_be_dropped_nor_swapped(
    made: Made, number: int
) -> None:
    def drop(items: list[bytes]) -> None:
        at = places(items, fmt.STATEMENT_KIND)[number]
        del items[at]

    def drop_with_proofs(items: list[bytes]) -> None:
        at = places(items, fmt.STATEMENT_KIND)
        del items[at[number] : [*at, len(items) - 1][number + 1]]

    with refused():
        check(forged(made.case, made.left_key, drop))
    if number < 4:  # the last one of each author can be left out: later ones may always exist
        with refused(Reason.CHAIN_BROKEN):
            check(forged(made.case, made.left_key, drop_with_proofs))


def test_a_statement_of_another_case_is_refused(made: Made) -> None:
    stranger = next(
        item
        for item in items_of(made.left)
        if item[1] == fmt.STATEMENT_KIND and item not in items_of(made.case)
    )

    def add(items: list[bytes]) -> None:
        items.insert(-1, stranger)

    with refused(Reason.CASE_WRONG):
        check(forged(made.case, made.left_key, add))


def test_a_statement_is_its_authors(made: Made) -> None:
    def other(value: list[Any]) -> None:
        value[1] = 1 - value[1]

    with refused(Reason.KEY_UNKNOWN, Reason.STATEMENT_INCONSISTENT):
        check(edited(made.left, made.left_key, fmt.STATEMENT_KIND, 3, other))


# --- bodies ----------------------------------------------------------------------------------


def _alter(value: list[Any]) -> None:
    value[3][1][0][2] = "Something else"


def _add(value: list[Any]) -> None:
    value[3][1].append([bytes(16), "remarks@en", "More"])


def _repeat(value: list[Any]) -> None:
    value[3][1].append(value[3][1][0])


def _leave_out(value: list[Any]) -> None:
    del value[3][1][0]


def _salt(value: list[Any]) -> None:
    value[3][1][0][0] = bytes(16)


@pytest.mark.parametrize("change", [_alter, _add, _repeat, _leave_out, _salt])
def test_a_body_is_the_one_that_was_signed(made: Made, change: Any) -> None:
    with refused(Reason.BODY_WRONG, Reason.BODY_MALFORMED):
        check(edited(made.left, made.left_key, fmt.STATEMENT_KIND, 2, change))


# --- what was signed of the logs ---------------------------------------------------------------


def test_a_receipt_is_of_its_root_alone(made: Made) -> None:
    def swap(items: list[bytes]) -> None:
        at = [
            place
            for place in places(items, fmt.RECEIPT_KIND)
            if decoded(items[place])[1] == decoded(items[places(items, fmt.RECEIPT_KIND)[0]])[1]
        ][:2]
        first, second = (decoded(items[place]) for place in at)
        first[4:6], second[4:6] = second[4:6], first[4:6]
        for place, value in zip(at, (first, second), strict=True):
            items[place] = cbor.encode(value)

    with refused(Reason.SIGNATURE_INVALID) as caught:
        check(forged(made.left, made.left_key, swap))
    assert caught.value.details["item"] == places(items_of(made.left), fmt.RECEIPT_KIND)[0]


def test_a_receipts_signature_cannot_be_another(made: Made) -> None:
    def forge(value: list[Any]) -> None:
        value[5] = made.left_key.sign(value[4])

    for which in range(len(places(items_of(made.left), fmt.RECEIPT_KIND))):
        with refused(Reason.SIGNATURE_INVALID):
            check(edited(made.left, made.left_key, fmt.RECEIPT_KIND, which, forge))


@pytest.mark.parametrize("change", [(2, 1), (2, -1), (3, 1), (3, -1), (2, 1 << 40)])
def test_a_receipt_is_of_its_size_alone(made: Made, change: tuple[int, int]) -> None:
    def forge(value: list[Any]) -> None:
        value[change[0]] += change[1]

    with refused(
        Reason.DOSSIER_STATEMENT_MISSING, Reason.DOSSIER_OUT_OF_PLACE, Reason.SIGNATURE_INVALID
    ):
        check(edited(made.left, made.left_key, fmt.RECEIPT_KIND, 2, forge))


def test_a_full_receipt_is_of_its_statement_alone(made: Made) -> None:
    def swap(items: list[bytes]) -> None:
        first, second = places(items, fmt.FULL_RECEIPT_KIND)[:2]
        items[first], items[second] = items[second], items[first]

    with refused(Reason.SIGNATURE_INVALID, Reason.PROOF_INVALID, Reason.DOSSIER_OUT_OF_PLACE):
        check(forged(made.case, made.left_key, swap))


def test_a_proof_is_of_its_statement_alone(made: Made) -> None:
    def swap(items: list[bytes]) -> None:
        first, *_, last = places(items, fmt.PROOF_KIND)
        items[first], items[last] = items[last], items[first]

    with refused(Reason.ROOT_WRONG, Reason.PROOF_INVALID):
        check(forged(made.case, made.left_key, swap))


def test_a_checkpoint_of_other_statements_is_refused(made: Made) -> None:
    with refused(Reason.DOSSIER_STATEMENT_MISSING, Reason.DOSSIER_OUT_OF_PLACE, Reason.ROOT_WRONG):
        check(
            edited(
                made.left,
                made.left_key,
                fmt.CHECKPOINT_KIND,
                0,
                lambda value: value.__setitem__(2, value[2] + 1),
            )
        )


def _drop_cosignatures(items: list[bytes]) -> None:
    for at in places(items, fmt.CHECKPOINT_KIND):
        value = decoded(items[at])
        head, _, lines = value[3].partition("\n\n")
        origin = head.split("\n")[0]
        own = [line for line in lines.splitlines() if line.startswith(f"\N{EM DASH} {origin} ")]
        value[3] = f"{head}\n\n{own[0]}\n"
        items[at] = cbor.encode(value)


@pytest.mark.parametrize("name", ["left", "case"])
def test_without_cosignatures_no_agreement_is_claimed(made: Made, name: str) -> None:
    file: bytes = getattr(made, name)
    with refused(Reason.SIGNATURE_INVALID):
        check(forged(file, None, _drop_cosignatures))
    report = check(forged(file, made.left_key, _drop_cosignatures))
    assert agreed(report) == {"LEFT": 0, "RIGHT": 0}
    assert agreed(report, post_quantum=True) == {"LEFT": 0, "RIGHT": 0}


def test_a_cosignature_cannot_be_the_owners_own(made: Made) -> None:
    def forge(items: list[bytes]) -> None:
        at, *_ = places(items, fmt.CHECKPOINT_KIND)
        value = decoded(items[at])
        head, _, lines = value[3].partition("\n\n")
        own = next(line for line in lines.splitlines() if head.split("\n")[0] in line)
        name = value[3].rpartition("\N{EM DASH} ")[2].split(" ")[0]
        value[3] = f"{head}\n\n{own}\n\N{EM DASH} {name} {own.split(' ')[2]}\n"
        items[at] = cbor.encode(value)

    with refused(Reason.SIGNATURE_MISSING, Reason.CHECKPOINT_MALFORMED):
        check(forged(made.left, made.left_key, forge))


def test_a_claim_about_the_others_log_is_compared_with_the_mark(made: Made) -> None:
    def drop(items: list[bytes]) -> None:
        for at in reversed(places(items, fmt.MARK_KIND)):
            del items[at]

    report = check(forged(made.left, made.left_key, drop))
    assert report.statements == sum(made.counts)
    assert report.claims_unchecked > 0


# --- frame -------------------------------------------------------------------------------------


def test_a_letter_cannot_be_replaced(made: Made) -> None:
    def repeat(items: list[bytes]) -> None:
        items[2] = items[1]

    def swap(items: list[bytes]) -> None:
        items[1], items[2] = items[2], items[1]

    with refused(Reason.LETTER_OWN):
        check(forged(made.left, made.left_key, repeat))
    with refused(Reason.DOSSIER_LETTERS):
        check(forged(made.left, made.left_key, swap))


@pytest.mark.parametrize("place", [4, 6, 7, 9])
def test_the_header_is_of_this_channel(made: Made, place: int) -> None:
    def change(value: list[Any]) -> None:
        old = value[place]
        value[place] = {bytes: bytes(32), str: "other", bool: True}[type(old)]

    with refused(Reason.DOSSIER_LETTERS):
        check(edited(made.left, made.left_key, fmt.HEADER_KIND, 0, change))


def test_a_later_version_is_refused_as_such(made: Made) -> None:
    later = edited(
        made.left, made.left_key, fmt.HEADER_KIND, 0, lambda value: value.__setitem__(2, 2)
    )
    with refused(Reason.VERSION_UNSUPPORTED):
        check(later)


def test_the_end_is_signed_by_the_exporter(made: Made) -> None:
    with refused(Reason.KEY_MISMATCH):
        check(joined(items_of(made.left), made.right_key))
    with refused(Reason.KEY_MISMATCH):
        check(joined(items_of(made.left), LogKey.generate()))
    stranger = StatementKey.generate()

    def forge(value: list[Any]) -> None:
        value[4] = stranger.sign(fmt.END_CONTEXT + value[2])

    items = items_of(made.left)
    value = decoded(items[-1])
    forge(value)
    file = b"".join(fmt.frame(item) for item in [*items[:-1], cbor.encode(value)])
    with refused(Reason.SIGNATURE_INVALID):
        check(file)


def test_the_end_counts_the_items(made: Made) -> None:
    def add(items: list[bytes]) -> None:
        items.insert(-1, items[places(items, fmt.MARK_KIND)[0]])

    with refused(Reason.DOSSIER_OUT_OF_PLACE):
        check(forged(made.left, made.left_key, add))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("left", fmt.PROOF_KIND),
        ("left", fmt.FULL_RECEIPT_KIND),
        ("case", fmt.RECEIPT_KIND),
        ("case", fmt.MARK_KIND),
        ("left", fmt.HEADER_KIND),
        ("left", fmt.LETTER_KIND),
        ("case", fmt.CHECKPOINT_KIND),
    ],
)
def test_items_stand_where_they_belong(made: Made, name: str, kind: int) -> None:
    source = made.left if kind in (fmt.RECEIPT_KIND, fmt.MARK_KIND) else made.case
    item = next(item for item in items_of(source) if item[1] == kind)
    file: bytes = getattr(made, name)
    with refused(Reason.DOSSIER_OUT_OF_PLACE):
        check(forged(file, made.left_key, lambda items: items.insert(-1, item)))
