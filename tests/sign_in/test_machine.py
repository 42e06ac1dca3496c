"""Officers, an administrator and strangers sign in and out: who is in is who should be.

A state machine over a real desk. It keeps a second book of who may come in with what, written down
as the rules are told in ``docs/sign-in.md``, and compares after every step.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from parley.application import house_record, officers, passkeys, sessions, sign_in
from parley.application.passkeys import Site
from parley.application.sessions import Session, Signed
from parley.domain.sign_in import Way
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from tests.support.authenticator import Authenticator
from tests.support.pair import copied

HOUR, DAY = 3600, 86_400
NAMES = st.sampled_from(["dora", "lena", "ada"])
CLIENTS = st.sampled_from(["192.0.2.1", "192.0.2.2", "2001:db8::1"])
PASSWORDS = st.sampled_from(["correct horse battery", "staple and battery", "a third password"])
WHICH = st.integers(0, 5)
SITE = Site.of("https://desk.example")


Made = TypeVar("Made")


def outcome(act: Callable[[], Made]) -> Made | Reason:
    """What came of it, or why nothing did."""
    try:
        return act()
    except ParleyError as error:
        return error.reason


@dataclass
class In:
    """A session, as it ought to be."""

    signed: Signed
    officer: str
    made_at: int
    seen_at: int
    confirmed_at: int
    ended: bool = False


class OneDesk(RuleBasedStateMachine):
    """See the module."""

    template: Path

    @initialize()
    def begin(self) -> None:
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.desks = self.stack.enter_context(copied(self.template, folder / "pair"))
        self.desk, self.clock = self.desks.left, self.desks.clock
        self.inside: list[In] = []
        self.links: dict[str, tuple[str, int]] = {}
        self.used: set[str] = set()
        self.passwords: dict[str, str] = {}
        self.keys: dict[str, Authenticator] = {}
        self.retired: set[str] = set()
        self.failed: dict[str, list[int]] = {}

    def teardown(self) -> None:
        if hasattr(self, "desk"):
            assert house_record.faults(self.desk) == []
        if hasattr(self, "stack"):
            self.stack.close()

    @property
    def now(self) -> int:
        return self.clock.now

    # --- the second book -------------------------------------------------------------------------

    def holds(self, one: In) -> bool:
        return (
            not one.ended and self.now < one.made_at + 12 * HOUR and self.now < one.seen_at + HOUR
        )

    def enters(self, signed: Signed, officer: str, way: Way) -> None:
        assert (signed.session.officer, signed.session.way) == (officer, way)
        self.inside.append(In(signed, officer, self.now, self.now, self.now))

    def one(self, which: int) -> In | None:
        return self.inside[which % len(self.inside)] if self.inside else None

    def session(self, which: int) -> tuple[In, Session] | None:
        """One that is open, as a page would have it."""
        one = self.one(which)
        if one is None:
            return None
        held = sessions.of(self.desk, one.signed.token)
        assert (held is not None) is self.holds(one)
        if held is None:
            return None
        if self.now - one.seen_at >= 60:
            one.seen_at = self.now
        return one, held

    def waits(self, *whose: str) -> bool:
        """Whether an attempt is not looked at; else it is counted."""
        for key in whose:
            count, last = self.failed.get(key, [0, 0])
            if self.now - last >= HOUR:
                continue
            free = 5 if key.startswith("officer") else 30
            if count >= free and self.now < last + min(15 * 2 ** (count - free), 900):
                return True
        for key in whose:
            count, last = self.failed.get(key, [0, 0])
            self.failed[key] = [1 if self.now - last >= HOUR else count + 1, self.now]
        return False

    def forgiven(self, *whose: str) -> None:
        for key in whose:
            if key.startswith("officer") or self.failed[key][0] <= 1:
                self.failed.pop(key, None)
            else:
                self.failed[key][0] -= 1

    # --- what people do --------------------------------------------------------------------------

    @rule(name=NAMES, by=st.sampled_from(["boss", None]))
    def make_link(self, name: str, by: str | None) -> None:
        made = outcome(lambda: sign_in.link(self.desk, name, by=by))
        if isinstance(made, Reason):
            assert made is Reason.OFFICER_UNKNOWN
            assert name in self.retired
            return
        assert name not in self.retired
        for token, (whose, _) in self.links.items():
            if whose == name:
                self.used.add(token)
        self.links[made.token] = (name, self.now + DAY)

    @rule(which=WHICH, client=CLIENTS)
    def use_link(self, which: int, client: str) -> None:
        if not self.links:
            return
        token, (name, until) = list(self.links.items())[which % len(self.links)]
        whose = f"client {client}"
        waits = self.waits(whose)
        opens = token not in self.used and self.now < until and name not in self.retired
        signed = outcome(lambda: sign_in.with_link(self.desk, token, client=client, agent="x"))
        if isinstance(signed, Reason):
            assert signed is (Reason.SIGN_IN_WAITS if waits else Reason.SIGN_IN_LINK_OVER)
            assert waits or not opens
            return
        assert opens
        assert not waits
        self.used.add(token)
        self.forgiven(whose)
        self.enters(signed, name, Way.LINK)

    @rule(name=NAMES, password=PASSWORDS, client=CLIENTS, times=st.sampled_from([1, 1, 6]))
    def try_password(self, name: str, password: str, client: str, times: int) -> None:
        for _ in range(times):
            whose = (f"officer {name}", f"client {client}")
            waits = self.waits(*whose)
            right = self.passwords.get(name) == password and name not in self.retired
            signed = outcome(
                lambda: sign_in.with_password(self.desk, name, password, client=client, agent="x")
            )
            if isinstance(signed, Reason):
                assert signed is (Reason.SIGN_IN_WAITS if waits else Reason.SIGN_IN_REFUSED)
                assert waits or not right
                continue
            assert right
            assert not waits
            self.forgiven(*whose)
            self.enters(signed, name, Way.PASSWORD)

    @rule(which=WHICH, password=PASSWORDS)
    def set_password(self, which: int, password: str) -> None:
        found = self.session(which)
        if found is None:
            return
        one, held = found
        recent = self.now < one.confirmed_at + 900
        why = outcome(lambda: sign_in.set_password(self.desk, held, password))
        if why is not None:
            assert why is Reason.CONFIRMATION_NEEDED
            assert not recent
            return
        assert recent
        self.passwords[one.officer] = password
        for other in self.inside:
            other.ended = other.ended or (other.officer == one.officer and other is not one)

    @rule(which=WHICH)
    def add_passkey(self, which: int) -> None:
        found = self.session(which)
        if found is None or found[0].officer in self.keys:
            return
        one, held = found
        key = Authenticator(SITE.origin, identifier=one.officer.encode() * 5)
        offered = outcome(
            lambda: passkeys.register_options(self.desk, SITE, held, client="192.0.2.9")
        )
        if isinstance(offered, Reason):
            assert offered is Reason.CONFIRMATION_NEEDED
            assert self.now >= one.confirmed_at + 900
            return
        passkeys.register(self.desk, SITE, held, key.make(offered), "k", client="192.0.2.9")
        self.keys[one.officer] = key

    @rule(name=NAMES)
    def use_passkey(self, name: str) -> None:
        key = self.keys.get(name)
        if key is None:
            return
        asked = passkeys.options(self.desk, SITE, binding="b", client="192.0.2.9")
        signed = outcome(
            lambda: passkeys.sign_in_with(
                self.desk, SITE, key.sign(asked), binding="b", client="192.0.2.9", agent="x"
            )
        )
        if isinstance(signed, Reason):
            assert signed in {Reason.PASSKEY_REFUSED, Reason.SIGN_IN_WAITS}
            assert name in self.retired or signed is Reason.SIGN_IN_WAITS
            return
        assert name not in self.retired
        self.enters(signed, name, Way.PASSKEY)

    @rule(which=WHICH, password=PASSWORDS)
    def confirm(self, which: int, password: str) -> None:
        found = self.session(which)
        if found is None:
            return
        one, held = found
        whose = (f"officer {one.officer}", "client 192.0.2.8")
        waits = self.waits(*whose)
        right = self.passwords.get(one.officer) == password
        sure = outcome(
            lambda: sign_in.confirm_with_password(self.desk, held, password, client="192.0.2.8")
        )
        if isinstance(sure, Reason):
            assert sure is (Reason.SIGN_IN_WAITS if waits else Reason.CONFIRMATION_REFUSED)
            assert waits or not right
            return
        assert right
        assert not waits
        self.forgiven(*whose)
        sessions.require_confirmed(sure, self.now)
        one.confirmed_at = one.seen_at = self.now

    @rule(which=WHICH, by=st.sampled_from(["boss", "dora", "lena"]))
    def revoke(self, which: int, by: str) -> None:
        one = self.one(which)
        if one is None:
            return
        name = one.signed.session.name
        why = outcome(lambda: sessions.revoke(self.desk, by, one.officer, name))
        if why is Reason.ROLE_FORBIDS:
            assert by not in {"boss", one.officer}
        elif why is not None:
            assert by in self.retired or not self.holds(one)
        if why is not None:
            return
        assert by in {"boss", one.officer}
        one.ended = True

    @rule(which=WHICH)
    def sign_out(self, which: int) -> None:
        found = self.session(which)
        if found is not None:
            sessions.sign_out(self.desk, found[1])
            found[0].ended = True

    @rule(name=NAMES)
    def retire(self, name: str) -> None:
        officers.retire(self.desk, name, by="boss")
        self.retired.add(name)
        self.passwords.pop(name, None)
        self.keys.pop(name, None)
        self.used |= {token for token, (whose, _) in self.links.items() if whose == name}
        for one in self.inside:
            one.ended = one.ended or one.officer == name

    @rule(name=NAMES)
    def take_back(self, name: str) -> None:
        officers.add(self.desk, name, ["drafter"], by="boss")
        self.retired.discard(name)

    @rule(seconds=st.sampled_from([1, 15, 60, 899, 900, 3599, HOUR, 11 * HOUR, DAY]))
    def wait(self, seconds: int) -> None:
        self.clock.now += seconds

    @invariant()
    def who_is_in_is_who_should_be(self) -> None:
        if not hasattr(self, "desk"):
            return
        for name in ("dora", "lena", "ada"):
            wanted = {
                one.signed.session.name
                for one in self.inside
                if one.officer == name and self.holds(one)
            }
            if name not in self.retired:
                found = {one.name for one in sessions.every(self.desk, name)}
                assert found == wanted
            else:
                assert not wanted


def test_who_is_in_is_who_should_be(template: Path) -> None:
    run(template, examples=6, steps=25)


@pytest.mark.campaign
@pytest.mark.timeout(3600)
def test_who_is_in_is_who_should_be_at_length(template: Path) -> None:
    run(template, examples=300, steps=60)


def run(template: Path, examples: int, steps: int) -> None:
    OneDesk.template = template
    run_state_machine_as_test(
        OneDesk,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
