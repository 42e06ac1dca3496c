"""What officers do at the web desk, for the crash table: coming in, choosing, typing, attaching."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from unittest import mock

import pytest

from parley.application import (
    alert_outbox,
    alerts,
    attaching,
    drafts,
    offices,
    passkeys,
    preferences,
    sessions,
    sign_in,
    uploading,
    watch,
)
from parley.application.desk import Desk
from parley.application.draft_keeping import DraftView, find
from parley.application.passkeys import Site
from parley.application.preferences import Preferences
from parley.application.uploading import Upload
from parley.crypto import merkle, passwords
from parley.domain.alerts import REPETITIONS
from parley.domain.posts import Post
from parley.kernel import ids
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.node.alert_config import SMTP
from parley.record import attachment
from parley.store import alerts as alert_rows
from parley.store import passkeys as passkey_rows
from parley.store import sessions as session_rows
from parley.store import sign_in as sign_in_rows
from tests.attachments.carrying import CHUNK, content, with_policy
from tests.crash.operations import HARMLESS, INQUIRY, TEXT, Operation, Stage
from tests.support.authenticator import Authenticator
from tests.support.pair import COSTS, inquiry

DORA: Final = "dora"
HERE: Final = {"client": "192.0.2.1", "agent": "Browser/1"}
ADDRESS: Final = HERE["client"]
SITE: Final = Site.of("https://desk.example")
_FREE: Final = 5
"""So many wrong passwords of one officer cost no waiting."""

# --- coming in -----------------------------------------------------------------------------------


def _run_link(stage: Stage) -> str:
    return sign_in.link(stage.left, DORA).token


def _has_link(stage: Stage) -> bool:
    with stage.left.database.read() as connection:
        return [row.officer for row in sign_in_rows.links(connection)] == [DORA]


def _link_opens(stage: Stage, token: str) -> None:
    """The link that was handed out is the one that stands."""
    with stage.left.database.read() as connection:
        assert sign_in_rows.link(connection, sessions.digest_of(token)) is not None


def _linked(stage: Stage) -> None:
    stage.facts["token"] = _run_link(stage)


def _run_with_link(stage: Stage) -> str:
    return sign_in.with_link(stage.left, stage.facts["token"], **HERE).token


def _sessions(stage: Stage) -> int:
    with stage.left.database.read() as connection:
        return len(session_rows.of_officer(connection, DORA))


def _is_in(stage: Stage, token: str) -> None:
    """The cookie that the browser was given opens the desk, of the right officer."""
    session = sessions.of(stage.left, token)
    assert session is not None
    assert session.officer == DORA


def _signed_in(stage: Stage) -> None:
    _linked(stage)
    signed = sign_in.with_link(stage.left, stage.facts["token"], **HERE)
    stage.facts |= {"session": signed.session, "key": Authenticator(SITE.origin)}


def _run_add_passkey(stage: Stage) -> bytes:
    key, session = stage.facts["key"], stage.facts["session"]
    asked = passkeys.register_options(stage.left, SITE, session, client=ADDRESS)
    made = key.make(asked)
    return passkeys.register(stage.left, SITE, session, made, "Key", client=ADDRESS).id


def _passkeys(stage: Stage) -> list[bytes]:
    with stage.left.database.read() as connection:
        return [row.id for row in passkey_rows.of_officer(connection, DORA)]


def _key_stands(stage: Stage, identifier: bytes) -> None:
    assert _passkeys(stage) == [identifier]


def _with_passkey(stage: Stage) -> None:
    _signed_in(stage)
    _run_add_passkey(stage)
    sessions.revoke_all(stage.left, DORA)


def _run_with_passkey(stage: Stage) -> str:
    asked = passkeys.options(stage.left, SITE, binding="cookie", client=ADDRESS)
    answer = stage.facts["key"].sign(asked)
    return passkeys.sign_in_with(stage.left, SITE, answer, binding="cookie", **HERE).token


def _two_sessions(stage: Stage) -> None:
    for _ in range(2):
        _signed_in(stage)


# --- locking out ---------------------------------------------------------------------------------


@contextmanager
def _cheap() -> Iterator[None]:
    """Passwords that cost little to compare."""
    with mock.patch.object(passwords.fits, "__defaults__", (COSTS,)):
        yield


def _guess(stage: Stage) -> Reason:
    try:
        with _cheap():
            sign_in.with_password(stage.left, DORA, "not the right one", **HERE)
    except ParleyError as error:
        if error.reason is not Reason.SIGN_IN_REFUSED:
            raise
        return error.reason
    raise AssertionError


def _guessed(stage: Stage) -> None:
    """One more wrong password, and the next has to wait."""
    for _ in range(_FREE - 1):
        _guess(stage)


def _tries(stage: Stage) -> int:
    with stage.left.database.read() as connection:
        row = sign_in_rows.failures(connection, sign_in._of_officer(DORA).key)
    return row.tries if row else 0


def _counted(stage: Stage, _answer: Reason) -> None:
    """Whoever was told that it is wrong has been counted, and has to wait."""
    assert _tries(stage) >= _FREE
    with pytest.raises(ParleyError) as caught:
        _guess(stage)
    assert caught.value.reason is Reason.SIGN_IN_WAITS


# --- reading and typing --------------------------------------------------------------------------

WANTED: Final = Preferences(language="ru", zone="Europe/Vienna")


def _chosen(stage: Stage) -> bool:
    return preferences.of_officer(stage.left, DORA) == WANTED


def _drafted(stage: Stage) -> None:
    view = drafts.write(stage.left, DORA, stage.channel, INQUIRY, unfinished=True)
    stage.facts["drafted"] = view.id


TYPED: Final = INQUIRY._replace(values=TEXT | {"facts@en": "What was seen, and"})


def _run_type(stage: Stage) -> int:
    given = (stage.left, DORA, stage.facts["drafted"], TYPED, 1)
    return drafts.revise(*given, unfinished=True).revision


def _draft(stage: Stage) -> DraftView:
    return find(stage.left, DORA, stage.facts["drafted"].hex())


def _typed_stands(stage: Stage, revision: int) -> None:
    kept = _draft(stage)
    assert (kept.revision, kept.writing.values["facts@en"]) == (revision, TYPED.values["facts@en"])


# --- attaching -----------------------------------------------------------------------------------

FILE: Final = content(3 * CHUNK - 100)
PARTS: Final = [FILE[at : at + CHUNK] for at in range(0, len(FILE), CHUNK)]
LEAVES: Final = b"".join(map(merkle.leaf_hash, PARTS))
LABEL: Final = attaching.Label("flows.csv", "none-known")


def _small(stage: Stage) -> Desk:
    """The desk, with chunks of 4 KiB, on whatever disk the tests run."""
    stage.left.chunks._keep_free = 0
    return with_policy(stage.left)


def _begin(stage: Stage) -> Upload:
    drafted = stage.facts["drafted"]
    return uploading.begin(_small(stage), DORA, drafted, len(FILE), LEAVES)


def _uploads(stage: Stage) -> list[Upload]:
    return uploading.unfinished(stage.left, _draft(stage))


def _goes_on(stage: Stage, upload: bytes) -> None:
    """Who asks again is told of the same upload, and of no other."""
    assert [one.id for one in _uploads(stage)] == [upload] == [_begin(stage).id]


def _begun(stage: Stage) -> None:
    _drafted(stage)
    stage.facts["upload"] = _begin(stage).id


def _take(stage: Stage, number: int) -> Upload:
    given = (stage.facts["drafted"], stage.facts["upload"], number * CHUNK, PARTS[number])
    return uploading.take(_small(stage), DORA, *given)


def _run_take(stage: Stage) -> bool:
    return _missing(_take(stage, 1)) == {0, 2}


def _missing(upload: Upload) -> set[int]:
    return {number for part in upload.missing for number in range(part[0], part[1] + 1)}


def _taken(stage: Stage) -> bool:
    return [_missing(one) for one in _uploads(stage)] == [{0, 2}]


def _chunk_stands(stage: Stage, come: bool) -> None:
    """It need not be sent again, and the others still come."""
    assert come
    assert _taken(stage)


def _all_but_one(stage: Stage) -> None:
    _begun(stage)
    for number in (0, 2):
        _take(stage, number)


def _run_last(stage: Stage) -> bool:
    return not _take(stage, 1).missing


def _all_there(stage: Stage) -> bool:
    return not _uploads(stage)


def _whole(stage: Stage, come: bool) -> None:
    """Who asks again is told that it is the same upload, and that nothing of it is missing."""
    assert come
    again = _begin(stage)
    assert (again.id, again.missing) == (stage.facts["upload"], ())


def _complete(stage: Stage) -> None:
    _all_but_one(stage)
    _take(stage, 1)


def _run_attach(stage: Stage) -> int:
    given = (stage.facts["drafted"], stage.facts["upload"], LABEL)
    return uploading.finish(_small(stage), DORA, *given)[1]


def _attached(stage: Stage) -> list[int]:
    return sorted(attachment.in_body(_draft(stage).writing.values))


def _attached_once(stage: Stage, number: int) -> None:
    assert _attached(stage) == [number] == [1]


# --- alerts --------------------------------------------------------------------------------------

_MAIL: Final = ("mail", SMTP)


def _raised(stage: Stage) -> None:
    """Otto is to be told of a question that waits."""
    alerts.add_route(stage.left, "otto", _MAIL, "otto@example.org", 0, frozenset({_MAIL}))
    office = stage.left.letter.text.offices[0].id
    offices.put(stage.left, office, Post.HOLDER, "otto", by=None)
    stage.pair.append(stage.right, inquiry(stage.pair.channel(stage.right), ids.new_case_id()))
    stage.pair.settle()
    stage.clock.now += 7 * 86_400
    watch.tick(stage.left)
    stage.facts["brought"] = []


def _run_tell(stage: Stage) -> list[str]:
    """Bring what is due; whose claim a killed process has left is brought once that runs out."""
    found = alert_outbox.claim(stage.left, 20)
    if not found and not _told(stage):
        stage.clock.now += alert_outbox.CLAIM_MS // 1000 + 1
        found = alert_outbox.claim(stage.left, 20)
    for one in found:
        assert alert_outbox.settle(stage.left, one, None, 0.5, REPETITIONS)
    return [one.name for one in found]


def _tellings(stage: Stage) -> list[Any]:
    with stage.left.database.read() as connection:
        every = [one.id for one in alert_rows.of_officer(connection, "otto", every=True)]
        return alert_rows.tellings(connection, every)


def _told(stage: Stage) -> bool:
    found = _tellings(stage)
    return bool(found) and all(one.told > 0 for one in found)


def _told_once(stage: Stage, names: list[str]) -> None:
    """Each alert was told, once, under a name of its own."""
    assert 0 < len(names) == len(set(names)) <= len(_tellings(stage))
    assert {one.told for one in _tellings(stage)} == {1}


OFFICE: Final = (
    Operation("make a link to sign in", _run_link, _has_link, held=_link_opens),
    Operation(
        "sign in with a link",
        _run_with_link,
        lambda stage: _sessions(stage) == 1,
        prepare=_linked,
        held=_is_in,
        repeated=frozenset({Reason.SIGN_IN_LINK_OVER}),
    ),
    Operation(
        "add a passkey",
        _run_add_passkey,
        lambda stage: len(_passkeys(stage)) == 1,
        prepare=_signed_in,
        held=_key_stands,
        repeated=frozenset({Reason.PASSKEY_KNOWN}),
    ),
    Operation(
        "sign in with a passkey",
        _run_with_passkey,
        lambda stage: _sessions(stage) == 1,
        prepare=_with_passkey,
        held=_is_in,
    ),
    Operation(
        "end all sessions",
        lambda stage: sessions.revoke_all(stage.left, DORA),
        lambda stage: _sessions(stage) == 0,
        prepare=_two_sessions,
        repeated=HARMLESS,
    ),
    Operation(
        "lock out who guesses",
        _guess,
        lambda stage: _tries(stage) >= _FREE,
        prepare=_guessed,
        held=_counted,
        repeated=frozenset({Reason.SIGN_IN_WAITS}),
    ),
    Operation(
        "choose how to read",
        lambda stage: preferences.choose(stage.left, DORA, WANTED),
        _chosen,
        repeated=HARMLESS,
    ),
    Operation(
        "keep what was typed so far",
        _run_type,
        lambda stage: _draft(stage).revision == 2,
        prepare=_drafted,
        held=_typed_stands,
        repeated=frozenset({Reason.DRAFT_CHANGED}),
    ),
    Operation(
        "begin to upload a file",
        lambda stage: _begin(stage).id,
        lambda stage: len(_uploads(stage)) == 1,
        prepare=_drafted,
        held=_goes_on,
        repeated=HARMLESS,
    ),
    Operation(
        "take a chunk of an upload",
        _run_take,
        _taken,
        prepare=_begun,
        held=_chunk_stands,
        repeated=HARMLESS,
    ),
    Operation(
        "take the last chunk of an upload",
        _run_last,
        _all_there,
        prepare=_all_but_one,
        held=_whole,
        repeated=HARMLESS,
    ),
    Operation(
        "attach an upload",
        _run_attach,
        lambda stage: _attached(stage) == [1],
        prepare=_complete,
        held=_attached_once,
        repeated=HARMLESS,
    ),
    Operation(
        "tell of an alert", _run_tell, _told, prepare=_raised, held=_told_once, repeated=HARMLESS
    ),
)
