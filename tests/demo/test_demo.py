"""The demonstration: what it says in three languages, what it proves, and what it leaves behind."""

from __future__ import annotations

import http.client
import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest

from parley.cli import errors
from parley.cli.demo import driver, stage
from parley.cli.demo.dossiers import Forgery, Kind
from parley.cli.demo.driver import Result
from parley.cli.demo.processes import is_healthy
from parley.cli.demo.stage import OFFICERS, PARTIES, Stage
from parley.cli.demo.transcript import Transcript
from parley.cli.options import Reader
from parley.cli.terminal import Terminal
from parley.domain import case as folds
from parley.language.catalogue import LANGUAGES
from parley.story import events, illustration

SECONDS = 240
REPLAYED = [event.id for event in events.load().events]
BANNERS = {
    "en": "Demonstration: no state took part.",
    "ru": "Демонстрация: ни одно государство в ней не участвовало.",
    "ar": "عرض توضيحي: لم تشارك فيه أي دولة.",
}
SILENT = {
    "en": "No statement in the sources.",
    "ru": "В источниках нет заявления.",
    "ar": "لا بيان في المصادر.",
}
ISOLATES = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069"))

pytestmark = [pytest.mark.slow, pytest.mark.timeout(SECONDS + 60)]


def environment(temporary: Path) -> dict[str, str]:
    """Everything temporary goes into ``temporary``, so that a test sees what is left there."""
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    return {**kept, "TMPDIR": str(temporary), "PYTHONUTF8": "1"}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "parley", "demo", *arguments]


def processes_in(transcript: str) -> list[int]:
    return [int(found) for found in re.findall(r"process (\d+), http", transcript)]


def assert_nothing_left(temporary: Path, transcript: str = "") -> None:
    assert list(temporary.iterdir()) == []
    for process in processes_in(transcript):
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


@pytest.fixture(scope="module")
def performed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stage, Result]]:
    """The demonstration, performed once without a word; its desks are still up."""
    output = Terminal(Reader(language="en", json=True))
    with stage.set_up(tmp_path_factory.mktemp("demo")) as staged:
        yield staged, driver.perform(staged, Transcript(output), output)


def told(staged: Stage, result: Result, language: str) -> None:
    """Print the transcript of what was performed."""
    transcript = Transcript(Terminal(Reader(language=language)))
    transcript.opening()
    transcript.desks(staged)
    transcript.letters(staged)
    transcript.channel(staged)
    transcript.story()
    for one in result.played:
        transcript.act(staged, one)
    for done in result.inside:
        transcript.inside(staged, done)
    transcript.dossiers([one for one in result.verdicts if one.dossier.forgery is None])
    transcript.forged([one for one in result.verdicts if one.dossier.forgery is not None])
    transcript.closing(good=result.good)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_transcript_keeps_claims_and_illustration_apart(
    performed: tuple[Stage, Result], language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told(*performed, language)
    text = capsys.readouterr().out.translate(ISOLATES)
    lines = text.splitlines()
    assert lines[0] == lines[-1] == BANNERS[language]
    story, made_up = events.load(), illustration.load()
    for event_id in REPLAYED:
        event = story.event(event_id)
        for told_text in (event.facts, event.claimant, event.date_is, story.source_of(event)):
            assert told_text.in_language(language) in text
    procedure = [act for act in made_up.acts if act.event is None]
    assert text.count(SILENT[language]) == len(procedure)
    mark = made_up.mark.in_language(language)
    for act in made_up.acts:
        every = [] if act.inside else [*act.wording(), made_up.note(act)]
        for one in every:
            bare = one.in_language(language).removeprefix(f"{mark}: ")
            found = [line for line in lines if line.endswith(f" {bare}")]
            assert found
            assert all(line.strip().startswith(mark) for line in found)


def test_lines_of_an_act_are_from_the_sources_or_marked(
    performed: tuple[Stage, Result], capsys: pytest.CaptureFixture[str]
) -> None:
    staged, result = performed
    transcript = Transcript(Terminal(Reader(language="en")))
    for one in result.played:
        transcript.act(staged, one)
    for line in capsys.readouterr().out.splitlines():
        if line.startswith("    "):
            assert line.strip().startswith(("Sources: ", "Illustration: ", "Illustration, desk: "))


def test_everything_is_verified_and_every_forgery_refused(
    performed: tuple[Stage, Result],
) -> None:
    _staged, result = performed
    assert result.good
    true = [one for one in result.verdicts if one.dossier.forgery is None]
    assert {(one.dossier.side, one.dossier.kind) for one in true} == {
        (party, kind) for party in PARTIES for kind in Kind
    }
    forged = [one for one in result.verdicts if one.dossier.forgery is not None]
    assert {(one.dossier.side, one.dossier.forgery) for one in forged} == {
        (party, forgery) for party in PARTIES for forgery in Forgery
    }
    assert all(one.report is None and one.reason for one in forged)


def test_both_axes_and_the_receipt_stand_in_both_records(
    performed: tuple[Stage, Result],
) -> None:
    _staged, result = performed
    statuses = {one.event.id: folds.status(one.state) for one in result.played if one.event}
    assert statuses["inquiry-2016"] == "asked"
    assert statuses["preliminary-2016"] == "preliminary-answered"
    assert statuses["detailed-2017"] == "answered"
    assert statuses["hamburg-understanding"] == "unilateral"
    assert statuses["step-back-2017"] == statuses["recall-2017"] == "disputed"
    for one in result.played:
        assert one.sent.receipt is not None
        assert one.opened.opened is not None
        assert one.opened.body == one.sent.body


def test_a_recusal_holds_in_the_house_and_nobody_lifts_it(
    performed: tuple[Stage, Result],
) -> None:
    _staged, result = performed
    recused, challenged = result.inside
    assert (recused.act.type, challenged.act.type) == ("recusal", "recusal-challenge")
    for done in (recused, challenged):
        assert not done.found
        assert done.listed < done.held
    assert challenged.entry.entry.officer == stage.SUPERIOR
    assert challenged.entry.position > recused.entry.position


def test_755_contacts_are_revoked_by_one_statement(performed: tuple[Stage, Result]) -> None:
    _staged, result = performed
    (revocation,) = [one for one in result.played if one.act.type == "contact-revocation"]
    assert revocation.event is not None
    (revoked,) = revocation.opened.statement.act.codes["contacts"]
    assert revoked == (1, revocation.event.count)
    assert revocation.sent.receipt is not None


def test_the_register_has_what_each_side_declared(performed: tuple[Stage, Result]) -> None:
    """The dinner was declared by one side, which denies that it was secret; nobody else spoke."""
    _staged, result = performed
    statuses = {one.event.id: folds.status(one.state) for one in result.played if one.event}
    assert statuses["dinner-2017"] == "informal-by-one"
    (denial,) = [one for one in result.played if one.event and one.event.id == "secret-denial-2017"]
    (dinner,) = [one for one in result.played if one.event and one.event.id == "dinner-2017"]
    assert denial.opened.statement.act.codes["about"] == dinner.case.hex()


def test_a_verification_that_fails_otherwise_is_no_refusal(
    performed: tuple[Stage, Result], tmp_path: Path
) -> None:
    """A forged copy counts as refused only where the verifier gave the reason."""
    verdict = performed[1].verdicts[-1]
    assert verdict.as_expected
    assert not verdict._replace(reason=None).as_expected
    assert not verdict._replace(report={}).as_expected


def test_json_is_one_object_with_the_ids_of_the_story(
    performed: tuple[Stage, Result],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    staged, result = performed
    monkeypatch.setattr(stage, "set_up", lambda _base: nullcontext(staged))
    monkeypatch.setattr(driver, "perform", lambda *_given: result)
    json_alone = Terminal(Reader(language="en", json=True))
    assert driver.run(json_alone, keep=tmp_path / "kept", stay=False) == errors.DONE
    said = capsys.readouterr()
    assert said.err == ""
    found: dict[str, Any] = json.loads(said.out)
    assert found["verified"] is True
    story = events.load()
    assert [event["id"] for event in found["events"]] == REPLAYED
    for event in found["events"]:
        told = story.event(event["id"])
        assert (event["type"], event["from"], event["to"]) == (told.type, told.by, told.to)
        leaves = event["statements"] if told.to else event["house"]
        assert leaves
        assert all(re.fullmatch(r"[0-9a-f]{64}", leaf) for leaf in leaves)
    statements = sum(len(event["statements"]) for event in found["events"])
    assert sum(found["agreement"].values()) == statements + len(found["illustrations"]) + 2
    monkeypatch.setattr(driver, "perform", lambda *_given: result._replace(agreed=False))
    other = driver.run(json_alone, keep=tmp_path / "other", stay=False)
    assert (other, json.loads(capsys.readouterr().out)["verified"]) == (errors.UNVERIFIED, False)


def test_what_is_kept_is_for_its_owner_alone(performed: tuple[Stage, Result]) -> None:
    kept = performed[0].base
    for party in PARTIES:
        for private in (kept / party / "desk.keys", kept / f"{party}.passphrase"):
            assert private.stat().st_mode & 0o077 == 0
        assert (kept / "dossiers" / f"{party}-case.dossier").is_file()


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "something").touch()
    done = subprocess.run(
        command("--exit", "--keep", str(tmp_path)),
        env=environment(tmp_path),
        capture_output=True,
        check=False,
        timeout=SECONDS,
    )
    assert done.returncode == errors.REFUSED
    assert b"folder-not-empty" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["something"]


@contextmanager
def running(temporary: Path, *arguments: str, stdout: int = subprocess.PIPE) -> Iterator[Any]:
    process = subprocess.Popen(
        command(*arguments),
        env=environment(temporary),
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def read(descriptor: int) -> bytes:
    """What there is to read; nothing at the end, which a terminal tells as an error."""
    try:
        return os.read(descriptor, 65536)
    except OSError:
        return b""


def read_until(descriptor: int, wanted: str) -> str:
    """What a process prints, up to and with ``wanted``."""
    deadline = time.monotonic() + SECONDS
    said = b""
    while wanted.encode() not in said:
        ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
        part = read(descriptor) if ready else b""
        assert part, said.decode("utf-8", "replace")
        said += part
    return said.decode("utf-8", "replace")


@pytest.mark.parametrize(
    ("number", "code", "step"),
    [
        (signal.SIGINT, errors.INTERRUPTED, "Step 2"),
        pytest.param(signal.SIGTERM, 143, "Step 4", marks=pytest.mark.campaign),
    ],
)
def test_nothing_is_left_where_it_is_told_to_end(
    tmp_path: Path, number: signal.Signals, code: int, step: str
) -> None:
    with running(tmp_path, "--exit") as process:
        said = read_until(process.stdout.fileno(), step)
        assert len(processes_in(said)) == 2
        process.send_signal(number)
        process.send_signal(number)  # who is impatient presses twice
        assert process.wait(SECONDS) == code
    assert_nothing_left(tmp_path, said)


def to_sign_in(host: str, port: int) -> bool:
    """Whether a web desk answers, and has whoever comes sign in."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    with closing(connection):
        connection.request("GET", "/", headers={"host": f"{host}:{port}"})
        answer = connection.getresponse()
        return answer.status == 303 and answer.getheader("location") == "/sign-in"


def test_at_a_terminal_the_desks_stay_up_until_ctrl_c(tmp_path: Path) -> None:
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    try:
        with running(tmp_path, stdout=theirs) as process:
            os.close(theirs)
            said = read_until(ours, "PARLEY_PASSPHRASE_FILE=")
            assert "Ctrl-C" in said
            ports = [
                int(port)
                for config in tmp_path.glob("parley-demo-*/*/parley.toml")
                for port in re.findall(r"(?s)\[operations\].*?port = (\d+)", config.read_text())
            ]
            assert len(ports) == 2
            assert all(is_healthy(port) for port in ports)
            links = re.findall(r"http://(us|ru)\.localhost:(\d+)/sign-in/link#[\w-]{43}", said)
            assert len(links) == 2 * len(OFFICERS)
            assert len(set(links)) == 2
            for code, port in set(links):
                assert to_sign_in(f"{code}.localhost", int(port))
            process.send_signal(signal.SIGINT)
            end = read_until(ours, "removed")
            assert process.wait(SECONDS) == 0
    finally:
        os.close(ours)
    assert "Interrupted" not in end
    assert not any(is_healthy(port) for port in ports)
    assert_nothing_left(tmp_path)
