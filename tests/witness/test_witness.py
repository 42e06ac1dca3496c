"""A witness between two desks: what it cosigns, what it is shown, and what it shows."""

from __future__ import annotations

import asyncio
import io
import secrets
from pathlib import Path

import httpx2
import pytest

from parley.application import audit, channels, dossiers, evidence
from parley.application.evidence import Claim
from parley.crypto import checkpoint, merkle, witnessing
from parley.crypto.checkpoint import Checkpoint
from parley.crypto.keys import LogKey
from parley.crypto.witnessing import Submission
from parley.kernel.errors import ParleyError
from parley.node import witness as node
from parley.record.dossier import tamper
from parley.record.dossier import verify as dossier
from parley.record.evidence import verify as verifier
from parley.store import log, witnesses
from parley.store.witnesses import ContactRow, WitnessingRow
from parley.wire.rates import Rate
from parley.wire.witnesses import Submitter
from parley.witness.endpoint import Bounds, Endpoint
from parley.witness.state import log_id
from tests.conftest import Require
from tests.support.pair import COSTS, inquiry
from tests.witness.conftest import NAME, Third


def say(third: Third, count: int = 1) -> None:
    """The left desk says something, and it arrives."""
    desks = third.desks
    for _ in range(count):
        desks.append(desks.left, inquiry(desks.channel(desks.left), secrets.token_bytes(16)))
    desks.settle()


def kept(third: Third, mine: bool = True) -> list[WitnessingRow]:
    """What the left desk keeps of the witness' cosignatures, over its own or the peer's log."""
    channel = third.desks.channel(third.desks.left)
    owner = channel.own_index if mine else channel.peer_index
    with third.desks.left.database.read() as connection:
        return witnesses.newest(connection, channel.id, owner)


def contact(third: Third) -> ContactRow:
    with third.desks.left.database.read() as connection:
        (row,) = witnesses.contacts(connection, third.desks.channel_id)
    return row


def test_both_logs_are_cosigned_from_either_side(third: Third) -> None:
    left, right = third.desks.left, third.desks.right
    third.submit(left)
    assert [row.kind for row in kept(third)] == [4, 6]
    assert [row.size for row in kept(third, mine=False)] == [2, 2]
    assert contact(third).reason is None
    say(third, 3)
    third.submit(left)
    assert kept(third)[0].size == 2, "at most once a minute"
    third.desks.clock.now += 60
    third.submit(right)  # it brings both logs first, the left desk's as well
    third.submit(left)
    assert {row.size for row in (*kept(third), *kept(third, mine=False))} == {5}
    assert third.watched(left).head()[0] == 5
    assert {status for _, status in third.asked} <= {200, 409}
    third.asked.clear()
    third.desks.clock.now += 60
    third.submit(left)
    assert third.asked == [], "what is cosigned already is not asked for again"


def test_it_goes_on_from_its_files_and_never_signs_a_smaller_log(third: Third) -> None:
    left = third.desks.left
    say(third, 4)
    leaves = third.leaves(left)
    assert third.post(third.request(left, leaves)).status_code == 200
    third.reopen()
    smaller = third.post(third.request(left, leaves[:3]))
    assert (smaller.status_code, smaller.content) == (409, b"6\n")
    assert smaller.headers["content-type"] == "text/x.tlog.size"
    again = third.post(third.request(left, leaves, 6, proof=[]))
    assert again.status_code == 200
    signed = Checkpoint(third.origin(left), 6, merkle.root(leaves))
    both = witnessing.accept(again.content, signed, third.watcher.keys)
    assert [one.kind for one in both] == [4, 6]
    shown = third.ask("GET", f"/checkpoint/{log_name(third)}").content
    assert checkpoint.parse_note(shown)[0] == signed


def log_name(third: Third) -> str:
    return log_id(third.origin(third.desks.left))


def forked(leaves: list[bytes]) -> list[bytes]:
    """The same log with another last leaf."""
    return [*leaves[:-1], bytes(32)]


def convicted(third: Third, desk_fingerprint: bytes, path: Path) -> Claim:
    report = verifier.verify(path, pins=[desk_fingerprint])
    assert report.convicted.fingerprint == desk_fingerprint.hex()
    assert report.convicted.pinned
    return report.claim


def test_two_roots_of_one_size_are_kept_as_evidence_and_not_cosigned(third: Third) -> None:
    left = third.desks.left
    leaves = third.leaves(left)
    assert third.post(third.request(left, leaves)).status_code == 200
    answer = third.post(third.request(left, forked(leaves), len(leaves), proof=[]))
    assert (answer.status_code, answer.content) == (409, b"2\n")
    (path,) = third.watched(left).forks()
    assert convicted(third, left.letter.party, path) is Claim.ROOTS
    third.post(third.request(left, forked(leaves), len(leaves), proof=[]))
    assert len(third.watched(left).forks()) == 1, "the same proof is kept once"


def test_an_old_root_that_is_shown_late_is_known(third: Third) -> None:
    left = third.desks.left
    leaves = third.leaves(left)
    third.post(third.request(left, leaves))
    say(third, 5)
    grown = third.leaves(left)
    assert third.post(third.request(left, grown, len(leaves))).status_code == 200
    third.reopen()
    assert third.post(third.request(left, forked(leaves))).status_code == 409
    (path,) = third.watched(left).forks()
    assert convicted(third, left.letter.party, path) is Claim.ROOTS


def test_a_log_that_does_not_continue_convicts_itself_by_its_proof(third: Third) -> None:
    left = third.desks.left
    say(third, 4)
    leaves = third.leaves(left)[:5]
    third.post(third.request(left, leaves))
    other = [*forked(leaves), *third.leaves(left)[5:]]
    answer = third.post(third.request(left, other, len(leaves)))
    assert answer.status_code == 422
    (path,) = third.watched(left).forks()
    assert convicted(third, left.letter.party, path) is Claim.HISTORY
    assert third.watched(left).head()[0] == 5


# --- a desk between peer and witness --------------------------------------------------------------


def test_a_peer_that_shows_the_witness_another_log_is_found_and_halted(third: Third) -> None:
    """Split view: the right desk's log as the left one knows it, and another for the witness."""
    left, right = third.desks.left, third.desks.right
    third.post(third.request(right, forked(third.leaves(right))))
    third.submit(left)
    assert contact(third).reason == "fork-root"
    (standing,) = channels.standings(left)
    assert (standing.state, standing.reason) == ("halted", "fork-root")
    (proof,) = evidence.every(left, "audit")
    report = verifier.verify(io.BytesIO(evidence.as_bytes(left, proof)))
    assert (report.claim, report.convicted.code) == (Claim.ROOTS, "RIGHT")
    (path,) = third.watched(right).forks()
    assert convicted(third, right.letter.party, path) is Claim.ROOTS, "the witness has it too"


def test_a_root_that_the_peer_showed_to_the_witness_alone_convicts_by_history(
    third: Third,
) -> None:
    """At a size at which we hold no checkpoint of the peer's; a later one of ours contradicts."""
    left, right = third.desks.left, third.desks.right
    say(third, 3)
    third.post(third.request(right, forked(third.leaves(right)[:3])))
    third.submit(left)
    assert contact(third).reason == "fork-root"
    (proof,) = evidence.every(left, "audit")
    assert proof.claim in (Claim.HISTORY, Claim.ROOTS)
    report = verifier.verify(io.BytesIO(evidence.as_bytes(left, proof)))
    assert report.convicted.code == "RIGHT"


def test_somebody_who_signs_with_our_key_is_found(third: Third) -> None:
    left = third.desks.left
    third.post(third.request(left, forked(third.leaves(left))))
    third.submit(left)
    assert contact(third).reason == "own-log-forked"
    assert channels.standings(left)[0].state == "open"


def test_a_witness_that_is_ahead_of_us_says_that_we_were_set_back(third: Third) -> None:
    left = third.desks.left
    third.post(third.request(left, [*third.leaves(left), bytes(32)]))
    third.submit(left)
    assert contact(third).reason == "witness-ahead"


class Liar:
    """A witness that answers what it likes."""

    def __init__(self, third: Third, status: int, content: bytes, note: bytes = b"") -> None:
        self._third = third
        self._answers = {"/add-checkpoint": (status, content)}
        self._note = note

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        status, content = self._answers.get(request.url.path, (200, self._note))
        return httpx2.Response(status, stream=httpx2.ByteStream(content))


@pytest.mark.parametrize(
    ("status", "content"),
    [
        (200, b""),
        (200, b"\xff" * 100),
        (200, b"x" * 200_000),
        (200, b"\xe2\x80\x94 witness.example/parley AAAA\n"),
        (409, b"not a size\n"),
        (409, b"0\n"),
        (409, b"1\n"),
        (409, b"-1\n"),
        (409, b"2\n"),
        (422, b""),
    ],
)
def test_a_witness_that_lies_changes_nothing(third: Third, status: int, content: bytes) -> None:
    left = third.desks.left
    liar = Liar(third, status, content, note=b"garbage")
    submitter = Submitter(third.desk(left), transport=httpx2.MockTransport(liar))
    submitter.submit_due()
    submitter.close()
    assert contact(third).reason == "witness-wrong"
    assert kept(third) == []
    assert channels.standings(left)[0].state == "open"


def test_a_witness_that_makes_a_fork_up_convicts_nobody_but_itself(third: Third) -> None:
    """It shows a root of the right desk's log that the right desk has never signed."""
    left, right = third.desks.left, third.desks.right
    forged = Checkpoint(third.origin(right), 2, bytes(32))
    note = checkpoint.sign_note(forged, LogKey.generate()).encode()
    submitter = Submitter(
        third.desk(left), transport=httpx2.MockTransport(Liar(third, 422, b"", note))
    )
    submitter.submit_due()
    submitter.close()
    assert contact(third).reason == "witness-wrong"
    assert evidence.every(left, "audit") == []


def exported(third: Third, folder: Path) -> bytes:
    left = third.desks.left
    dossiers.export(left, "otto", third.desks.channel(left), folder / "it.dossier")
    return (folder / "it.dossier").read_bytes()


def test_a_dossier_says_who_witnessed_what(third: Third, tmp_path: Path) -> None:
    say(third)
    third.submit(third.desks.left)
    data = exported(third, tmp_path)
    report = dossier.verify(io.BytesIO(data))
    assert {(one.name, one.size) for one in report.witnessed} == {(NAME, 3)}
    assert [one.post_quantum for one in report.witnessed] == [False, True] * 2
    key = third.key.public
    assert {one.key for one in report.witnessed} == {
        key.ed25519.kid.hex(),
        key.mldsa44.kid.hex(),
    }
    at = data.index(NAME.encode())
    for place in (at + 4, at + 40, at + 90):
        with pytest.raises(ParleyError):
            dossier.verify(io.BytesIO(tamper.flip_byte(data, place)))


def test_a_proof_of_one_statement_has_the_lines_of_the_witness(third: Third) -> None:
    say(third)
    third.submit(third.desks.left)
    left = third.desks.left
    with left.database.read() as connection:
        last = list(log.in_order(connection, third.desks.channel_id))[-1]
    note = audit.prove(left, third.desks.channel(left), last).checkpoint
    assert note is not None
    assert note.count(f"\N{EM DASH} {NAME} ") == 2


# --- garbage --------------------------------------------------------------------------------------


def test_garbage_is_refused_with_the_status_of_the_specification(third: Third) -> None:
    left = third.desks.left
    leaves = third.leaves(left)
    good = third.request(left, leaves)
    stranger = Checkpoint(third.origin(left), 2, merkle.root(leaves))
    forged = witnessing.render(
        Submission(0, (), checkpoint.sign_note(stranger, LogKey.generate()).encode())
    )
    unknown = Checkpoint("parley/v1/" + "0" * 64 + "/" + "0" * 64 + "/0", 1, bytes(32))
    elsewhere = witnessing.render(
        Submission(0, (), checkpoint.sign_note(unknown, left.keys.log).encode())
    )
    cases = [
        (b"", 400),
        (b"\xff" * 50, 400),
        (good[:-1], 400),
        (good.replace(b"old 0", b"old 00"), 400),
        (good.replace(b"old 0", b"old 3"), 400),
        (good.replace(b"old 0", b"old -1"), 400),
        (good.replace(b"old 0\n", b"old 0\nAAAA\n"), 400),
        (good.replace(b"old 0\n", b"old 0\n" + b"A" * 43 + b"=\n"), 422),
        (b"old 0\n" + (b"A" * 43 + b"=\n") * 64 + good[6:], 400),
        (b"x" * 40_000, 413),
        (forged, 403),
        (elsewhere, 404),
        (good, 200),
    ]
    for data, status in cases:
        assert third.post(data).status_code == status, data[:60]
    assert third.ask("GET", "/checkpoint/..").status_code == 404
    assert third.ask("GET", "/add-checkpoint").status_code == 404
    assert third.watched(left).forks() == []


def test_a_flood_of_one_address_is_bounded(third: Third) -> None:
    async def run() -> list[int]:
        bounds = Bounds(rate=Rate(burst=3, per_second=0))
        app = Endpoint(third.witness, lambda: 0.0, bounds).app()
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://witness") as http:
            return [(await http.post("/add-checkpoint", content=b"")).status_code for _ in "12345"]

    assert asyncio.run(run()) == [400, 400, 400, 429, 429]


def test_a_witness_that_has_forgotten_what_it_signed_signs_nothing(third: Third) -> None:
    left = third.desks.left
    third.post(third.request(left, third.leaves(left)))
    (third.folder / log_name(third) / "latest").write_bytes(b"\x00")
    third.reopen()
    assert third.post(third.request(left, third.leaves(left))).status_code == 500


def test_a_log_is_watched_once(third: Third) -> None:
    with pytest.raises(ParleyError, match="log-known"):
        third.witness.add_log(third.desks.left.letter, third.desks.channel_id)


def test_a_foreign_tool_verifies_what_the_witness_signs(third: Third, require: Require) -> None:
    signing = require.module("tlog_scales.signing")
    tlog = require.module("tlog_scales.tlog")
    left = third.desks.left
    third.submit(left)
    note = third.witness.latest(log_name(third))
    log_vkey = checkpoint.log_vkey(third.origin(left), left.letter.log_key)
    parsed = tlog.Checkpoint.from_text(note)
    for vkey in (log_vkey, *third.witness.vkeys):
        parsed.verify(signing.Vkey.from_string(vkey))


def test_a_name_is_no_partys(tmp_path: Path) -> None:
    for name in ("parley/v1/aa", "Upper", "a b", "", "x+y"):
        with pytest.raises(ParleyError, match="config-invalid"):
            node.found(tmp_path / "w", node.WitnessConfig(name), b"pass")
    made = node.found(tmp_path / "w", node.WitnessConfig(NAME), b"pass", costs=COSTS)
    assert node.opened(tmp_path / "w", b"pass").vkeys == made.vkeys
    assert made.logs() == []
