"""A desk on PostgreSQL from the command line, and what is said where the server will not do."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.cli.conftest import Houses
from tests.support.postgres import Server

SECONDS = 20


@pytest.fixture
def url(server: Server) -> Iterator[str]:
    """The URL of an empty database."""
    with server.database() as made:
        yield made


def test_a_desk_is_made_on_a_server_and_only_one_in_a_database(
    empty: Houses, url: str, tmp_path: Path
) -> None:
    made = ("--party", "CSIRT North", "--database", url, "--json")
    assert empty.run("init", "north", *made).code == 0
    assert empty.json("status", desk="north")["channels"] == []
    assert not (tmp_path / "north" / "desk.db").exists()
    assert (tmp_path / "north" / "parley.toml").stat().st_mode & 0o777 == 0o600
    again = empty.run("init", "south", *made)
    assert (again.code, again.error["reason"]) == (1, "database-taken")
    assert not (tmp_path / "south" / "parley.toml").exists()


@pytest.mark.parametrize(
    "database",
    ["mysql://desk:secret@host/desk", "desk:secret", "postgresql://desk:secret@host:x/d"],
)
def test_another_database_is_refused_without_its_password(empty: Houses, database: str) -> None:
    result = empty.run("init", "north", "--party", "N", "--code", "N", "--database", database)
    assert result.code in {1, 2}
    assert "secret" not in result.out + result.err


def test_a_server_that_does_not_answer_is_named(empty: Houses, tmp_path: Path) -> None:
    url = f"postgresql://desk:secret@/desk?host={tmp_path}"
    result = empty.run("init", "north", "--party", "N", "--code", "N", "--database", url)
    assert result.code == 1
    assert f"{tmp_path}/desk" in result.err
    assert "secret" not in result.out + result.err


def test_a_server_that_does_not_sync_is_refused(empty: Houses, url: str) -> None:
    def set_fsync(value: str) -> None:
        server.execute(f"ALTER SYSTEM SET fsync = {value}".encode())
        server.execute("SELECT pg_reload_conf()")
        deadline = time.monotonic() + SECONDS
        while server.execute("SHOW fsync").fetchone() != (value,):
            assert time.monotonic() < deadline
            time.sleep(0.05)

    with psycopg.connect(url, autocommit=True) as server:
        set_fsync("off")
        try:
            result = empty.run(
                "init", "north", "--party", "N", "--code", "N", "--database", url, "--json"
            )
        finally:
            set_fsync("on")
    assert (result.code, result.error["reason"]) == (1, "database-not-durable")
