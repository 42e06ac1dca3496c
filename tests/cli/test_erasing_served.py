"""Two served desks carry out by themselves what both sides agreed to erase."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from parley.node import folder as folders
from parley.node.config import Config, Listen
from parley.node.folder import Founding
from tests.cli.conftest import ASK, Houses
from tests.cli.test_erasure import release
from tests.support.engines import ENGINE
from tests.support.pair import COSTS, OFFICERS, PASSPHRASE

SECONDS = 120
LONG_SECONDS = 300


@pytest.fixture
def reachable(tmp_path: Path) -> Houses:
    """Two connected houses that answer where their letters say."""
    made = Houses(tmp_path)
    with ExitStack() as taken:
        sockets = [taken.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in made.sides]
        ports = [each.getsockname()[1] for each in sockets]
    for side, port in zip(made.sides, ports, strict=True):
        made.letters[side] = folders.found(
            tmp_path / side,
            Founding(
                side.upper(),
                {"en": f"CSIRT {side}"},
                ({"en": "Duty desk"},),
                (f"http://127.0.0.1:{port}",),
            ),
            PASSPHRASE,
            config=Config(
                desk=ENGINE.section_of_test(),
                peer=Listen("127.0.0.1", port),
                operations=Listen("127.0.0.1", 0),
            ),
            officers={**OFFICERS, "anton": "authoriser"},
            now=int(time.time()),
            costs=COSTS,
        )
    made.connect()
    return made


@pytest.mark.slow
@pytest.mark.timeout(LONG_SECONDS)
def test_served_desks_erase_and_claim_without_anybody(reachable: Houses, tmp_path: Path) -> None:
    houses = reachable
    case = str(houses.release("left", *ASK)["case"])
    ground = ("--ground", "sent-by-mistake")
    erasure = str(release(houses, "left", "erasure", "propose", "--case", case, *ground)["case"])
    release(houses, "right", "erasure", "consent", erasure)
    with ExitStack() as serving:
        served = []
        for side in houses.sides:
            log = serving.enter_context((tmp_path / f"{side}.log").open("w"))
            process = subprocess.Popen(
                [sys.executable, "-m", "parley", "serve", "--desk", side],
                stdout=subprocess.DEVNULL,
                stderr=log,
            )
            served.append(process)
            serving.callback(process.wait)
            serving.callback(process.kill)
        deadline = time.monotonic() + SECONDS
        for side in houses.sides:
            while len(claims := claims_of(houses, side)) < 2:
                assert time.monotonic() < deadline, f"{side} knows of {claims}"
                time.sleep(0.5)
        for process in served:
            process.terminate()
        assert [process.wait(SECONDS) for process in served] == [0, 0]
    for side in houses.sides:
        shown = houses.json("erasure", "show", erasure, desk=side, officer="dora")
        assert [body["state"] for body in shown["bodies"]] == ["deleted"]
        events = [json.loads(line) for line in (tmp_path / f"{side}.log").read_text().splitlines()]
        assert not [event for event in events if event["level"] == "error"]
        assert houses.json("fsck", desk=side)["ok"]


def claims_of(houses: Houses, side: str) -> list[str]:
    """Who, by what ``side`` knows, has claimed the deletion."""
    (listed,) = houses.json("erasure", "list", desk=side, officer="dora")
    return [claim["by"] for claim in listed["claims"]]
