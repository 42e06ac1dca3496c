"""The stage of the demonstration: two parties, each with a desk of its own, and their channel.

The officers act on their own desk's folder, through the use cases that every command and screen
goes through; what brings their statements to the other side is the process that serves the desk.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from parley.application import channels, sign_in
from parley.application.channels import Standing
from parley.application.desk import Desk
from parley.cli.demo.processes import LOOPBACK, Place, Supervisor, free_ports
from parley.crypto import words
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.node import desk as desks
from parley.node import folder as folders
from parley.node.config import Config, Listen
from parley.node.folder import Founding
from parley.node.web_config import WebSection
from parley.record.channel import Channel
from parley.record.letter import Letter
from parley.story import events, illustration
from parley.story.events import Story
from parley.story.illustration import Illustration

US: Final = "US"
RU: Final = "RU"
PARTIES: Final = (US, RU)

DRAFTER: Final = "drafter"
LEGAL: Final = "legal"
AUTHORISER: Final = "authoriser"
SECOND: Final = "second-authoriser"
CUSTODIAN: Final = "custodian"
DUTY: Final = "duty"
HEAD: Final = "head-of-office"
DEPUTY: Final = "deputy"
SUPERIOR: Final = "superior"
AUDITOR: Final = "auditor"
OFFICERS: Final[Mapping[str, str]] = {
    DRAFTER: "drafter",
    LEGAL: "legal-reviewer",
    AUTHORISER: "authoriser",
    SECOND: "authoriser",
    CUSTODIAN: "contacts-custodian",
    DUTY: "duty-officer",
    HEAD: "authoriser",
    DEPUTY: "authoriser",
    SUPERIOR: "authoriser",
    AUDITOR: "auditor",
}
"""The officers of each house, by what they do; nobody has a name."""

WAIT_SECONDS: Final = 60.0
"""How long anything may take: many times what it takes on a busy machine."""

_LOOK_SECONDS: Final = 0.02
_PASSPHRASE_BYTES: Final = 24
_PRIVATE: Final = 0o600


class Side:
    """One party: its folder, its open desk, and, once there is one, its channel to the other."""

    def __init__(self, place: Place, desk: Desk) -> None:
        self.code: Final = place.code
        self.place: Final = place
        self.desk: Final = desk
        self._channel: Channel | None = None

    @property
    def channel(self) -> Channel:
        """The channel to the other side, which has been opened."""
        if self._channel is None:
            raise ParleyError(Reason.CHANNEL_UNKNOWN)
        return self._channel

    @property
    def letter(self) -> Letter:
        """Our own letter."""
        return self.desk.letter

    @property
    def fingerprint(self) -> str:
        """Our own fingerprint in words, as it is read out on the telephone."""
        return words.words(self.letter.party)

    def accept(self, letter: Path, told: str) -> None:
        """Accept the other side's letter from a file, with the fingerprint that it told us.

        :raises ParleyError: as :func:`parley.application.channels.accept`.
        """
        self._channel = channels.accept(self.desk, letter.read_bytes(), told)

    def invitations(self) -> dict[str, str]:
        """A one-time link for each officer, by name, to set up a password or passkey with."""
        return {name: sign_in.link(self.desk, name).url(self.place.origin) for name in OFFICERS}

    def standing(self) -> Standing:
        """How the channel stands in our record."""
        return next(
            standing
            for standing in channels.standings(self.desk)
            if standing.channel.id == self.channel.id
        )


@dataclass(frozen=True)
class Stage:
    """Both sides, what they play, and the processes of their desks."""

    base: Path
    story: Story
    illustration: Illustration
    sides: Mapping[str, Side]
    supervisor: Supervisor

    def other(self, side: Side) -> Side:
        """The other side."""
        return next(each for each in self.sides.values() if each is not side)

    def letter_file(self, code: str) -> Path:
        """The file in which a side hands its letter over."""
        return self.base / f"{code}.letter"

    def wait(self, step: str, condition: Callable[[], bool], seconds: float = WAIT_SECONDS) -> None:
        """Wait until ``condition`` holds; ``step`` says what is waited for.

        :raises ParleyError: ``demo-stalled``, ``demo-desk-ended``.
        """
        deadline = time.monotonic() + seconds
        while not condition():
            self.supervisor.check()
            if time.monotonic() > deadline:
                raise ParleyError(Reason.DEMO_STALLED, step=step, seconds=int(seconds))
            time.sleep(_LOOK_SECONDS)

    def exchange_letters(self) -> None:
        """Each side writes its letter into a file; each accepts the other's and opens the channel.

        The fingerprint goes another way than the file, as by telephone.
        """
        for side in self.sides.values():
            self.letter_file(side.code).write_bytes(side.letter.data)
        for side in self.sides.values():
            other = self.other(side)
            side.accept(self.letter_file(other.code), other.fingerprint)

    def agreed(self) -> bool:
        """Whether both records agree to everything that either holds."""
        first, second = (side.standing() for side in self.sides.values())
        return (
            first.own == first.agreed_own == second.agreed_peer == second.peer
            and first.peer == first.agreed_peer == second.agreed_own == second.own
        )


@contextmanager
def set_up(base: Path, *, restarts: int = 3) -> Iterator[Stage]:
    """Found both desks in ``base``, open them, and serve them for as long as the block runs.

    ``restarts``: as of :class:`Supervisor`.

    :raises ParleyError: what founding, opening and serving a desk raise.
    """
    story, made_up = events.load(), illustration.load()
    places = _places(base)
    for place in places:
        _found(place, story, made_up)
    with ExitStack() as stack:
        sides = {
            place.code: Side(
                place,
                stack.enter_context(
                    desks.opened(place.folder, place.passphrase_file.read_bytes().rstrip())
                ),
            )
            for place in places
        }
        supervisor = stack.enter_context(Supervisor(places, restarts=restarts))
        yield Stage(base, story, made_up, sides, supervisor)


def _places(base: Path) -> tuple[Place, ...]:
    ports = iter(free_ports(3 * len(PARTIES)))
    return tuple(
        Place(
            code=code,
            folder=base / code,
            passphrase_file=base / f"{code}.passphrase",
            log=base / f"{code}.log",
            peer_port=next(ports),
            operations_port=next(ports),
            web_port=next(ports),
        )
        for code in PARTIES
    )


def _found(place: Place, story: Story, made_up: Illustration) -> None:
    """Make one side's desk. Its letter says, signed, that all of this is a demonstration."""
    passphrase = secrets.token_urlsafe(_PASSPHRASE_BYTES)
    place.passphrase_file.touch(_PRIVATE)
    place.passphrase_file.write_text(f"{passphrase}\n", "ascii")
    folders.found(
        place.folder,
        Founding(
            code=place.code,
            names=dict(story.parties[place.code].versions()),
            offices=(dict(made_up.offices[place.code].versions()),),
            endpoints=(place.endpoint,),
            demonstration=True,
        ),
        passphrase.encode(),
        config=Config(
            peer=Listen(LOOPBACK, place.peer_port),
            operations=Listen(LOOPBACK, place.operations_port),
            web=WebSection(LOOPBACK, place.web_port, place.origin),
        ),
        officers=OFFICERS,
        now=desks.now(),
    )
