"""What a desk does that is written: each operation, prepared, run, and known to be done.

An operation has a stage made for it once: desks below one folder, brought to the moment before.
Every run begins with a copy of that folder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from unittest import mock

from sqlalchemy import select, update

from parley.application import (
    audit,
    channels,
    dossiers,
    draft_keeping,
    drafts,
    exchange,
    nondelivery,
    officers,
    offices,
    watch,
)
from parley.application.desk import Desk
from parley.application.writing import Writing
from parley.crypto import words
from parley.domain.act import ActType
from parley.domain.housekeeping import HouseAct
from parley.domain.posts import Post
from parley.kernel import ids
from parley.kernel.reasons import Reason
from parley.node import config as configs
from parley.node import desk as desks
from parley.node import folder as folders
from parley.node.config import Config
from parley.node.folder import Founding
from parley.record.channel import Channel
from parley.record.dossier import verify
from parley.record.freeze import Content
from parley.store import house_log, log, outbox, proofs, tables
from parley.store.database import Database
from parley.store.house_log import Sought
from parley.store.vault import SLOTS
from parley.wire import post
from tests.crash import seams
from tests.support.engines import ENGINES
from tests.support.pair import COSTS, OFFICERS, PASSPHRASE, START, Clock, Pair, inquiry

TEXT: Final = {
    "subject@en": "Unusual traffic",
    "incident@en": "Incident 7",
    "facts@en": "What was seen.",
    "questions/1/text@en": "Is the host yours?",
}
INQUIRY: Final = Writing("inquiry", TEXT, {"severity": "high"}, reply_wanted=86_400, precedence=2)
Facts = dict[str, Any]


@dataclass
class Stage:
    """Desks below ``folder``, opened: ``pair`` are the two that talk in this operation."""

    folder: Path
    desks: dict[str, Desk]
    facts: Facts
    clock: Clock

    @property
    def left(self) -> Desk:
        """The desk of the operation."""
        return self.desks["left"]

    @property
    def right(self) -> Desk:
        """Its peer."""
        return self.desks["right"]

    @property
    def pair(self) -> Pair:
        """The two as a pair, where they have a channel."""
        paths = (self.folder / "left", self.folder / "right")
        return Pair(self.left, self.right, self.facts["channel"], self.clock, paths)

    @property
    def channel(self) -> Channel:
        """The channel as the left desk knows it."""
        return self.pair.channel(self.left)


_open_database = folders.open_database
_databases: dict[tuple[Path, str], Database] = {}


def _warm(folder: Path, config: Config) -> Database:
    """The database of a folder, with all statements compiled that were compiled for it before.

    It was closed since, and has no connection: it may be another one by now.
    """
    key = (folder, configs.render(config))
    if key not in _databases:
        _databases[key] = _open_database(folder, config)
    return _databases[key]


@contextmanager
def opened(
    folder: Path, facts: Facts, *, only: str | None = None, confirmed: bool = True
) -> Iterator[Stage]:
    """Open the desks below ``folder``, or one of them; they start without help or this raises.

    ``confirmed``: as if each had already heard from the other since the start.
    """
    clock = Clock(facts.get("now", START))
    with ExitStack() as stack:
        stack.enter_context(seams.connections())
        stack.enter_context(mock.patch.object(folders, "open_database", _warm))
        found = {
            name: stack.enter_context(desks.opened(folder / name, PASSPHRASE, clock=clock))
            for name in ("left", "right")
            if only in {None, name}
            and (folder / name / "parley.toml").exists()
            and not (folder / name / ".founding").exists()
        }
        # No processes beside this one: it is forked.
        plain = {name: replace(desk, signatures=None) for name, desk in found.items()}
        if confirmed and "channel" in facts:
            for desk in plain.values():
                desk.contacts.confirm(facts["channel"])
        yield Stage(folder, plain, facts, clock)


def _nothing(_stage: Stage) -> None:
    """The stage is set."""


@dataclass(frozen=True)
class Operation:
    """One operation of the left desk.

    ``run`` returns what is acknowledged by it. ``done`` tells whether it took effect.
    ``repeated`` says what it answers once it is done: reasons of refusal, or that nothing changes;
    none: to run it again would be another one of its kind. ``held`` looks whether what was
    acknowledged is there. ``stage`` is the kind of stage: two desks with a channel, two desks, or
    one alone; ``after`` changes its folder once it is prepared and closed. ``settles``: the desks
    agree at the end by themselves.
    """

    name: str
    run: Callable[[Stage], Any]
    done: Callable[[Stage], bool]
    prepare: Callable[[Stage], None] = _nothing
    held: Callable[[Stage, Any], None] = lambda _stage, _said: None
    repeated: frozenset[Reason] | None = None
    stage: str = "channel"
    after: Callable[[Path, Facts], None] = lambda _folder, _facts: None
    engines: tuple[str, ...] = ENGINES
    settles: bool = True
    closed: bool = False

    @property
    def only(self) -> str | None:
        """Which desk alone is open while the operation runs; none for all."""
        return "right" if self.closed else None


HARMLESS: Final[frozenset[Reason]] = frozenset()
"""To run it again changes nothing and is not refused."""


def set_up(operation: Operation, folder: Path, facts: Facts) -> None:
    """Bring a stage of the operation's kind to the moment before it; completes ``facts``."""
    with opened(folder, facts) as stage:
        operation.prepare(stage)
        facts["now"] = stage.clock.now
    operation.after(folder, facts)


# --- founding a desk, opening a channel ----------------------------------------------------------


def _run_found(stage: Stage) -> None:
    folders.found(
        stage.folder / "left",
        Founding("LEFT", {"en": "Left"}, ({"en": "Duty desk"},), ("http://127.0.0.1:1",)),
        PASSPHRASE,
        config=Config(desk=stage.facts["section"]),
        officers=OFFICERS,
        now=START,
        costs=COSTS,
    )


def _founded(stage: Stage) -> bool:
    left = stage.folder / "left"
    return (left / "parley.toml").exists() and not (left / ".founding").exists()


def _run_accept(stage: Stage) -> None:
    letter = stage.right.letter
    channels.accept(stage.left, letter.data, words.words(letter.party))


def _accepted(stage: Stage) -> bool:
    return bool(channels.standings(stage.left))


# --- in the house --------------------------------------------------------------------------------


def _stages(stage: Stage) -> list[str]:
    every = [
        *draft_keeping.every(stage.left, "dora"),
        *draft_keeping.every(stage.left, "dora", released=True),
    ]
    return [view.stage for view in every]


def _write(stage: Stage) -> None:
    view = drafts.write(stage.left, "dora", stage.channel, INQUIRY)
    stage.facts["drafted"] = view.id


def _run_submit(stage: Stage) -> None:
    drafts.submit(stage.left, "dora", stage.facts["drafted"], 1)


def _submit(stage: Stage) -> None:
    _write(stage)
    view = drafts.submit(stage.left, "dora", stage.facts["drafted"], 1)
    stage.facts["sha256"] = view.sha256


def _run_clear(stage: Stage) -> None:
    drafts.clear(stage.left, "lena", stage.facts["drafted"], stage.facts["sha256"])


def _clear(stage: Stage) -> None:
    _submit(stage)
    _run_clear(stage)


def _run_authorise(stage: Stage) -> bytes:
    signed = drafts.authorise(stage.left, "ada", stage.facts["drafted"], stage.facts["sha256"])
    assert signed is not None
    return signed.data


def _stands(stage: Stage, data: bytes) -> None:
    """What was signed for an officer stands in the record, byte for byte."""
    assert data in statements(stage.left, stage.facts["channel"])


def statements(desk: Desk, channel: bytes) -> list[bytes]:
    with desk.database.read() as connection:
        return [entry.data for entry in log.in_order(connection, channel)]


def _spend_segment(stage: Stage) -> None:
    """All keys of the vault's segment are used up: what is written next needs a new one."""
    with stage.left.database.write() as connection:
        connection.execute(update(tables.vault).values(used=SLOTS))


def _asked(stage: Stage) -> None:
    """The peer has asked something."""
    case = ids.new_case_id()
    stage.pair.append(stage.right, inquiry(stage.pair.channel(stage.right), case))
    stage.pair.settle()
    stage.facts["case"] = case


def _run_acknowledge(stage: Stage) -> bytes:
    return drafts.acknowledge(stage.left, "otto", stage.channel, stage.facts["case"]).data


def _acknowledged(stage: Stage) -> bool:
    with stage.left.database.read() as connection:
        return len(log.in_case(connection, stage.facts["channel"], stage.facts["case"])) == 2


# --- between desks -------------------------------------------------------------------------------


def _ask(stage: Stage) -> None:
    """Three acts wait for the peer, one of them void: nobody may close what he did not open."""
    _asked(stage)
    channel = stage.channel
    void = _bare(inquiry(channel, stage.facts["case"]), ActType.WITHDRAWAL)
    stage.pair.append(stage.left, void)
    for _ in range(2):
        stage.pair.append(stage.left, inquiry(channel, ids.new_case_id()))


def _bare(content: Content, type_: str) -> Content:
    """The content of a bare act of a type, in the same case and between the same offices."""
    return content._replace(type=type_, codes={}, values={}, reply_wanted=None, precedence=0)


def _counter(desk: Desk, channel: bytes) -> int:
    with desk.database.read() as connection:
        return outbox.one(connection, channel).counter


def _mark_counter(stage: Stage) -> None:
    _ask(stage)
    stage.facts["counter"] = _counter(stage.left, stage.facts["channel"])


def _run_compose(stage: Stage) -> int:
    outgoing = exchange.compose(stage.left, stage.facts["channel"], post_quantum=True)
    post.request(stage.left, outgoing)
    return outgoing.counter


def _composed(stage: Stage) -> bool:
    return _counter(stage.left, stage.facts["channel"]) > stage.facts["counter"]


def _never_again(stage: Stage, counter: int) -> None:
    """The number of a frame that has gone out is not given to another one."""
    assert _counter(stage.left, stage.facts["channel"]) >= counter


def _frame(stage: Stage) -> None:
    """A frame of the right desk is on its way to the left one, with all that a frame can bring."""
    channel = stage.pair.channel(stage.right)
    _asked_by_left(stage)
    void = _bare(inquiry(channel, stage.facts["case"]), ActType.WITHDRAWAL)
    stage.pair.append(stage.right, void)
    for _ in range(2):
        stage.pair.append(stage.right, inquiry(channel, ids.new_case_id()))
    # An answer of the left desk waits as well: the reply brings it.
    stage.pair.append(stage.left, inquiry(stage.channel, ids.new_case_id()))
    _write(stage)
    outgoing = exchange.compose(stage.right, stage.facts["channel"], post_quantum=True)
    data, digest = post.request(stage.right, outgoing)
    stage.facts |= {"frame": data, "digest": digest, "outgoing": outgoing}


def _asked_by_left(stage: Stage) -> None:
    case = ids.new_case_id()
    stage.pair.append(stage.left, inquiry(stage.channel, case))
    stage.pair.settle()
    stage.facts["case"] = case


def _run_take_in(stage: Stage) -> bytes:
    return post.answer(stage.left, stage.facts["frame"])


def _taken_in(stage: Stage) -> bool:
    return stage.facts["outgoing"].message.statements[-1].data in statements(
        stage.left, stage.facts["channel"]
    )


def _receipt_holds(stage: Stage, reply: bytes) -> None:
    """The reply that was handed out is worth what it says: the right desk takes it in whole.

    And whoever asks again is given the same receipts, byte for byte.
    """
    facts = stage.facts
    before = _receipts(stage.left, facts["channel"])
    assert before
    post.answer(stage.left, facts["frame"])
    assert _receipts(stage.left, facts["channel"]) == before
    settled = post.settle(stage.right, facts["outgoing"], facts["digest"], reply)
    assert settled.refusals == ()
    with stage.right.database.read() as connection:
        held = outbox.one(connection, facts["channel"]).receipted
        own = stage.pair.channel(stage.right).own_index
        assert held == log.chains(connection, facts["channel"])[own].count


def _receipts(desk: Desk, channel: bytes) -> list[Any]:
    with desk.database.read() as connection:
        own = desk.channel(connection, channel).own_index
        return proofs.receipts(connection, channel, own)


def _reply(stage: Stage) -> None:
    """A reply of the right desk is on its way to the left one."""
    _ask(stage)
    stage.pair.append(stage.right, inquiry(stage.pair.channel(stage.right), ids.new_case_id()))
    outgoing = exchange.compose(stage.left, stage.facts["channel"])
    data, digest = post.request(stage.left, outgoing)
    reply = post.answer(stage.right, data)
    stage.facts |= {"outgoing": outgoing, "digest": digest, "reply": reply}


def _run_settle(stage: Stage) -> int:
    facts = stage.facts
    post.settle(stage.left, facts["outgoing"], facts["digest"], facts["reply"])
    return _receipted(stage)


def _receipted(stage: Stage) -> int:
    with stage.left.database.read() as connection:
        return outbox.one(connection, stage.facts["channel"]).receipted


def _all_receipted(stage: Stage) -> bool:
    return _receipted(stage) == stage.facts["outgoing"].upto


def _no_less(stage: Stage, receipted: int) -> None:
    assert _receipted(stage) >= receipted


def _unheard(stage: Stage) -> None:
    """A statement was brought to nobody for longer than was agreed."""
    stage.pair.append(stage.left, inquiry(stage.channel, ids.new_case_id()))
    exchange.failed(stage.left, stage.facts["channel"], Reason.PEER_UNREACHABLE)
    stage.clock.now += 400 * 86_400


def _overdue(stage: Stage) -> None:
    """A question waits for us; nobody has looked for a week, and the view knows nothing of it."""
    _asked(stage)
    office = stage.left.letter.text.offices[0].id
    for held, name in ((Post.HOLDER, "dora"), (Post.DEPUTY, "lena"), (Post.HEAD, "ada")):
        offices.put(stage.left, office, held, name, by=None)
    stage.clock.now += 7 * 86_400


def _run_watch(stage: Stage) -> int:
    watch.tick(stage.left)
    return len(_steps(stage))


def _steps(stage: Stage) -> list[tuple[str, str]]:
    """Each step that is marked, with an officer who has the alert of it and the note of it."""
    with stage.left.database.read() as connection:
        marks = connection.execute(select(tables.raised_steps)).all()
        raised = connection.execute(select(tables.alerts.c.key, tables.alerts.c.officer)).all()
        sought = Sought(act=HouseAct.DEADLINE_ESCALATED.value)
        noted = house_log.newest(connection, sought, 100)
    told = [(mark.key, name) for mark in marks for name in mark.officers.split()]
    assert sorted((row.key, row.officer) for row in raised) == sorted(told)
    assert len(noted) == len(told)
    return told


def _steps_stand(stage: Stage, count: int) -> None:
    assert len(_steps(stage)) == count == 2 * 3


def _run_failed(stage: Stage) -> None:
    exchange.failed(stage.left, stage.facts["channel"], Reason.PEER_UNREACHABLE)


def _failure_noted(stage: Stage) -> bool:
    with stage.left.database.read() as connection:
        return outbox.one(connection, stage.facts["channel"]).attempts > 0


def _nondelivery_stated(stage: Stage) -> bool:
    with stage.left.database.read() as connection:
        last = outbox.last_event(connection, stage.facts["channel"])
    return last is not None and last.reason == Reason.NOT_RECEIPTED_IN_TIME.value


# --- files for others, views ---------------------------------------------------------------------


def _target(stage: Stage) -> Path:
    return stage.folder / "channel.dossier"


def _run_export(stage: Stage) -> bytes:
    return dossiers.export(stage.left, "otto", stage.channel, _target(stage)).digest


def _exported(stage: Stage) -> bool:
    """The file is there, and then it is whole."""
    if not _target(stage).exists():
        return False
    verify.verify(_target(stage), workers=0)
    return True


def _dossier_is(stage: Stage, digest: bytes) -> None:
    assert verify.verify(_target(stage), workers=0).digest == digest.hex()


def _add_officer(stage: Stage) -> None:
    officers.add(stage.left, "nora", ["drafter"])


OPERATIONS: Final = (
    Operation(
        "found a desk",
        _run_found,
        _founded,
        repeated=frozenset({Reason.FOLDER_NOT_EMPTY}),
        stage="alone",
    ),
    Operation(
        "accept a letter",
        _run_accept,
        _accepted,
        repeated=frozenset({Reason.CHANNEL_EXISTS}),
        stage="letters",
    ),
    Operation(
        "add an officer",
        _add_officer,
        lambda stage: any(one.name == "nora" for one in officers.every(stage.left)),
        repeated=HARMLESS,
    ),
    Operation("write a draft", _write, lambda stage: _stages(stage) == ["drafted"]),
    Operation(
        "write a draft, new segment",
        _write,
        lambda stage: _stages(stage) == ["drafted"],
        prepare=_spend_segment,
    ),
    Operation(
        "submit a draft",
        _run_submit,
        lambda stage: _stages(stage) == ["frozen"],
        prepare=_write,
        repeated=frozenset({Reason.DRAFT_CHANGED, Reason.DRAFT_STAGE}),
    ),
    Operation(
        "clear a draft",
        _run_clear,
        lambda stage: _stages(stage) == ["cleared"],
        prepare=_submit,
        repeated=frozenset({Reason.DRAFT_STAGE}),
    ),
    Operation(
        "authorise: sign and append",
        _run_authorise,
        lambda stage: _stages(stage) == ["released"],
        prepare=_clear,
        held=_stands,
        repeated=frozenset({Reason.DRAFT_STAGE, Reason.AUTHORISED_ALREADY}),
    ),
    Operation(
        "acknowledge: sign and append",
        _run_acknowledge,
        _acknowledged,
        prepare=_asked,
        held=_stands,
        repeated=frozenset({Reason.ALREADY_ACKNOWLEDGED}),
    ),
    Operation(
        "compose a request", _run_compose, _composed, prepare=_mark_counter, held=_never_again
    ),
    Operation(
        "take a request in",
        _run_take_in,
        _taken_in,
        prepare=_frame,
        held=_receipt_holds,
        repeated=HARMLESS,
    ),
    Operation(
        "take a reply in",
        _run_settle,
        _all_receipted,
        prepare=_reply,
        held=_no_less,
        repeated=HARMLESS,
    ),
    Operation(
        "raise what is due",
        _run_watch,
        lambda stage: len(_steps(stage)) > 0,
        prepare=_overdue,
        held=_steps_stand,
        repeated=HARMLESS,
    ),
    Operation("note a failed delivery", _run_failed, _failure_noted, prepare=_ask),
    Operation(
        "state non-delivery",
        lambda stage: nondelivery.state_overdue(stage.left),
        _nondelivery_stated,
        prepare=_unheard,
        repeated=HARMLESS,
    ),
    Operation(
        "export a dossier",
        _run_export,
        _exported,
        prepare=_ask,
        held=_dossier_is,
        repeated=HARMLESS,
    ),
    Operation(
        "rebuild the views",
        lambda stage: audit.rebuild(stage.left),
        lambda _stage: True,
        prepare=_ask,
        repeated=HARMLESS,
    ),
)
