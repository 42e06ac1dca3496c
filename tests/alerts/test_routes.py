"""The three routes, each against a real receiver: what is sent, refused, bounded."""

from __future__ import annotations

import hmac
import json
import os
import socket
import threading
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.node import alert_config, config
from parley.wire import alert_command
from parley.wire.alert_command import Command, Program
from parley.wire.alert_mail import Mail, MailServer
from parley.wire.alert_text import Message
from parley.wire.alert_webhook import Hook, Webhook
from parley.wire.dialling import Timeouts
from tests.alerts.receivers import (
    PASSWORD,
    USER,
    Hooked,
    MailBox,
    authenticator,
    certified,
)

NOW = 1_790_000_000
MESSAGE = Message(
    "00aa.1.1", "ru", "Срочно", "Оповещение 00aa", b'{"alert":"00aa"}', "anna@example.org"
)


def refused(act: Callable[[], object]) -> ParleyError:
    with pytest.raises(ParleyError) as caught:
        act()
    return caught.value


def server(box: MailBox, **more: object) -> MailServer:
    given: dict[str, object] = {"security": "none", "sender": "desk@example.org", **more}
    return MailServer("127.0.0.1", box.port, **given)  # type: ignore[arg-type]


# --- mail ----------------------------------------------------------------------------------------


def test_a_mail_has_a_name_that_stays_and_asks_for_no_automatic_answer() -> None:
    with MailBox().running() as box:
        for _ in range(2):
            Mail(server(box)).tell(MESSAGE, NOW)
        first, second = box.taken
    assert first["Message-ID"] == second["Message-ID"] == "<00aa.1.1@example.org>"
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["Date"] == second["Date"]
    assert (first["To"], first["From"]) == ("anna@example.org", "desk@example.org")
    assert first.get_payload(decode=True).decode().strip() == MESSAGE.text
    assert box.recipients == ["anna@example.org"] * 2


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_goes_under_a_certificate_that_is_verified(security: str, tmp_path: Path) -> None:
    context, authority = certified(tmp_path)
    options = {"tls_context": context} if security == "starttls" else {"ssl_context": context}
    with MailBox(**options).running() as box:
        trusting = server(box, security=security, ca_file=str(authority))
        Mail(trusting).tell(MESSAGE, NOW)
        error = refused(lambda: Mail(trusting._replace(ca_file=None)).tell(MESSAGE, NOW))
        assert error.reason is Reason.ALERT_UNREACHABLE
        assert error.details == {"fact": "SSLCertVerificationError"}
        named = trusting._replace(host="localhost")
        assert refused(lambda: Mail(named).tell(MESSAGE, NOW)).reason is Reason.ALERT_UNREACHABLE
    assert len(box.taken) == 1


def test_mail_is_never_sent_in_the_open_where_tls_was_asked_for() -> None:
    with MailBox().running() as box:
        error = refused(lambda: Mail(server(box, security="starttls")).tell(MESSAGE, NOW))
    assert error.reason is Reason.ALERT_REFUSED
    assert not box.taken


def test_a_login_is_made_and_a_wrong_password_is_in_no_error(tmp_path: Path) -> None:
    context, authority = certified(tmp_path)
    box = MailBox(tls_context=context, authenticator=authenticator, auth_required=True)
    with box.running():
        known = server(
            box,
            security="starttls",
            ca_file=str(authority),
            user=USER.decode(),
            password=PASSWORD.decode(),
        )
        Mail(known).tell(MESSAGE, NOW)
        error = refused(lambda: Mail(known._replace(password="wrong one")).tell(MESSAGE, NOW))
        stranger = known._replace(user=None, password=None)
        assert refused(lambda: Mail(stranger).tell(MESSAGE, NOW)).details == {"status": 530}
    assert (error.reason, error.details) == (Reason.ALERT_REFUSED, {"status": 535})
    assert "wrong one" not in str(error)
    assert len(box.taken) == 1


def test_a_server_that_says_a_letter_now_and_then_holds_nobody_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        over = threading.Event()

        def drip() -> None:
            connection, _ = listening.accept()
            with connection:
                while not over.wait(0.05):
                    try:
                        connection.sendall(b"2")
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        slow = MailServer("127.0.0.1", listening.getsockname()[1], "none", "desk@example.org")
        began = time.monotonic()
        error = refused(lambda: Mail(slow, 0.4).tell(MESSAGE, NOW))
        over.set()
        thread.join()
    assert error.reason in {Reason.ALERT_UNREACHABLE, Reason.ALERT_REFUSED}
    assert time.monotonic() - began < 10


# --- webhooks ------------------------------------------------------------------------------------


def test_a_webhook_gets_exact_bytes_under_a_key() -> None:
    with Hooked().running() as hook:
        Webhook(Hook(hook.url, b"shared")).tell(MESSAGE, NOW)
    ((headers, body),) = hook.taken
    assert body == MESSAGE.data
    assert headers["Idempotency-Key"] == "00aa.1.1"
    at, _, made = headers["Parley-Signature"].partition(", v1=")
    assert at == f"t={NOW}"
    assert made == hmac.new(b"shared", f"{NOW}.".encode() + body, sha256).hexdigest()


@pytest.mark.parametrize("status", [301, 302, 307, 400, 500])
def test_a_webhook_that_answers_anything_else_has_not_taken_it(status: int) -> None:
    with Hooked().running() as elsewhere, Hooked().running() as hook:
        hook.status, hook.headers = status, {"location": elsewhere.url}
        error = refused(lambda: Webhook(Hook(hook.url, b"k")).tell(MESSAGE, NOW))
        assert (error.reason, error.details) == (Reason.ALERT_REFUSED, {"status": status})
        assert not elsewhere.taken


def test_what_a_webhook_answers_is_read_no_further_than_a_little() -> None:
    with Hooked().running() as hook:
        hook.status, hook.reply = 200, b"x" * 5_000_000
        Webhook(Hook(hook.url, b"k")).tell(MESSAGE, NOW)
    assert len(hook.taken) == 1


def test_a_webhook_that_is_not_there_or_says_nothing_is_unreachable() -> None:
    hook = Hooked()
    error = refused(lambda: Webhook(Hook(hook.url, b"k")).tell(MESSAGE, NOW))
    assert error.reason is Reason.ALERT_UNREACHABLE
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        patient = Timeouts(connect=1.0, idle=0.3, total=0.5)
        error = refused(lambda: Webhook(Hook(url, b"k"), patient).tell(MESSAGE, NOW))
    assert error.reason is Reason.ALERT_UNREACHABLE


def test_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with Hooked().running() as proxy, Hooked().running() as hook:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        Webhook(Hook(hook.url, b"k")).tell(MESSAGE, NOW)
    assert (len(hook.taken), len(proxy.taken)) == (1, 0)


# --- commands ------------------------------------------------------------------------------------


def test_a_command_gets_json_and_nothing_of_our_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARLEY_PASSPHRASE", "correct horse")
    script = f"env > {tmp_path}/env; cat > {tmp_path}/in; pwd > {tmp_path}/cwd"
    Command(Program(("/bin/sh", "-c", script))).tell(MESSAGE, NOW)
    assert json.loads((tmp_path / "in").read_bytes()) == {"alert": "00aa"}
    named = {line.partition("=")[0] for line in (tmp_path / "env").read_text().splitlines()}
    assert named <= {*alert_command.ENVIRONMENT, "PWD", "SHLVL", "_", "OLDPWD"}
    assert (tmp_path / "cwd").read_text() == "/\n"


def test_no_shell_reads_what_stands_in_the_arguments(tmp_path: Path) -> None:
    argument = f"$(touch {tmp_path}/made); `touch {tmp_path}/made`"
    Command(Program(("/bin/echo", argument))).tell(MESSAGE, NOW)
    assert not (tmp_path / "made").exists()


def test_a_command_that_fails_lacks_or_does_not_end(tmp_path: Path) -> None:
    error = refused(lambda: Command(Program(("/bin/sh", "-c", "exit 3"))).tell(MESSAGE, NOW))
    assert (error.reason, error.details) == (Reason.ALERT_COMMAND_FAILED, {"fact": "exit 3"})
    error = refused(lambda: Command(Program((str(tmp_path / "none"),))).tell(MESSAGE, NOW))
    assert error.details == {"fact": "FileNotFoundError"}
    script = f"sleep 60 & echo $! > {tmp_path}/child; sleep 60"
    began = time.monotonic()
    error = refused(lambda: Command(Program(("/bin/sh", "-c", script), 1)).tell(MESSAGE, NOW))
    assert error.details == {"fact": "timeout"}
    assert time.monotonic() - began < 20
    child = int((tmp_path / "child").read_text())
    for _ in range(200):
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            break
        if Path(f"/proc/{child}/stat").exists() and (
            Path(f"/proc/{child}/stat").read_text().split()[2] == "Z"
        ):
            break
        time.sleep(0.02)
    else:
        pytest.fail("what the command started is still there")


# --- configuration -------------------------------------------------------------------------------

SMTP = '[alerts.smtp]\nhost = "127.0.0.1"\nsender = "desk@example.org"\n'
HOOK = '[[alerts.webhook]]\nname = "pager"\nkey-file = "key"\nurl = '


@pytest.mark.parametrize(
    "section",
    [
        SMTP.replace("127.0.0.1", "mail.example.org") + 'security = "none"',
        SMTP + 'user = "desk"',
        SMTP + 'security = "sometimes"',
        SMTP.replace("desk@example.org", "no address"),
        HOOK + '"http://pager.example.org/"',
        HOOK + '"https://user:secret@pager.example.org/"',
        HOOK + '"file:///etc/passwd"',
        f'{HOOK}"https://a.example/"\n{HOOK}"https://b.example/"',
        '[[alerts.command]]\nname = "bell"\nargv = ["ring"]',
        '[[alerts.command]]\nname = "bell"\nargv = []',
        "[alerts.flash]\nevery = 1\nmost = 3\npasses-on = 60",
        "[alerts]\nunknown = 1",
    ],
)
def test_what_cannot_be_meant_is_refused(section: str) -> None:
    assert refused(lambda: config.parse(section)).reason is Reason.CONFIG_INVALID


def test_secrets_stand_in_files_that_nobody_else_reads(tmp_path: Path) -> None:
    made = config.parse(f'{HOOK}"https://pager.example.org/"')
    path = tmp_path / "key"
    for prepare in (
        lambda: None,
        lambda: path.write_text("secret\n"),
        lambda: (path.write_text("\n"), path.chmod(0o600)),
        lambda: (path.write_bytes(b"\xff\n"), path.chmod(0o600)),
    ):
        prepare()
        if path.exists() and path.read_bytes() == b"secret\n":
            path.chmod(0o640)
        assert refused(lambda: made.alerts.routes(tmp_path)).reason is Reason.SECRET_FILE_UNFIT
    path.write_text("secret\nmore")
    assert alert_config.read_secret(path) == "secret"
    assert set(made.alerts.routes(tmp_path).tellers) == {("webhook", "pager")}
