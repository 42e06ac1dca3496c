"""Processes of desks: one that cannot run is an error with its last words, and nothing is left."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from parley.cli.demo.processes import Place, Supervisor, free_ports
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason


def test_free_ports_are_below_those_of_clients_and_differ() -> None:
    ports = free_ports(8)
    assert len(set(ports)) == 8
    assert all(20_000 <= port < 32_000 for port in ports)


@pytest.mark.slow
def test_a_desk_that_cannot_run_is_given_up(tmp_path: Path) -> None:
    peer, operations = free_ports(2)
    (tmp_path / "passphrase").write_text("some words\n")
    place = Place(
        code="US",
        folder=tmp_path / "no-desk",
        passphrase_file=tmp_path / "passphrase",
        log=tmp_path / "US.log",
        peer_port=peer,
        operations_port=operations,
        web_port=0,
    )
    with pytest.raises(ParleyError) as raised, Supervisor([place], restarts=1):
        pytest.fail("there is nothing to serve")
    assert raised.value.reason is Reason.DEMO_DESK_ENDED
    assert raised.value.details["desk"] == "US"
    assert "parley init" in str(raised.value.details["fact"])
    assert "some words" not in str(raised.value.details)
    assert not [thread for thread in threading.enumerate() if thread.name == "supervisor"]
