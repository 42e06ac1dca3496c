"""A PostgreSQL server for tests: a private one where its programs are found, or one by URL.

``PARLEY_TEST_POSTGRES`` may name a server (``postgresql://role@host/postgres``) whose role may make
databases. Otherwise the programs are looked for in PATH and where Debian, Red Hat and Homebrew put
them, and a cluster is made in a temporary folder. It listens on a socket in that folder alone.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path

import psycopg
from psycopg import sql

from parley.store import tables
from parley.store.migrations import HEAD

VARIABLE = "PARLEY_TEST_POSTGRES"
WANTED = (
    "a PostgreSQL server (install it, on Debian as root: apt-get install postgresql;"
    f" or name one with {VARIABLE}=postgresql://role@host/postgres)"
)

_PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
)
_USERS = ("postgres", "nobody")
_ROOM = 4 << 30
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0777",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "autovacuum": "off",
    "checkpoint_timeout": "1h",
    "max_wal_size": "1GB",
    "log_min_messages": "fatal",
}


def programs() -> Path | None:
    """The folder with ``initdb`` and ``postgres``; the newest where there are several."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else []
    for pattern in _PLACES:
        folders += sorted(Path("/").glob(pattern.lstrip("/")), reverse=True)
    return next((f for f in folders if (f / "initdb").exists() and (f / "postgres").exists()), None)


def is_there() -> bool:
    """Whether :class:`Server` can be started."""
    return bool(os.environ.get(VARIABLE)) or programs() is not None


class Server:
    """Hands out databases. A database that was given back is emptied and handed out again."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._free: list[str] = []
        self._made = 0

    def url_of(self, name: str) -> str:
        """The URL of one database of this server."""
        head, _, query = self._url.partition("?")
        head = head[: head.rindex("/")] + f"/{name}"
        return f"{head}?{query}" if query else head

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of an empty database, for as long as the block runs."""
        name = self._free.pop() if self._free else self._make()
        yield self.url_of(name)
        if self._emptied(name):
            self._free.append(name)

    @contextmanager
    def copy(self, url: str) -> Iterator[str]:
        """The URL of a copy of one of this server's databases, to which nobody is connected."""
        name = self._make(template=url.partition("?")[0].rpartition("/")[2])
        yield self.url_of(name)
        self._run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _make(self, template: str = "template1") -> str:
        self._made += 1
        name = f"parley_test_{os.getpid()}_{self._made}"
        command = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._run(command.format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def _emptied(self, name: str) -> bool:
        """Empty all tables; false where a test has changed more than rows."""
        with suppress(psycopg.Error), psycopg.connect(self.url_of(name), autocommit=True) as to:
            found = to.execute("SELECT version_num FROM alembic_version").fetchall()
            # Quicker than TRUNCATE for tables of some rows.
            for table in tables.metadata.sorted_tables:
                to.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table.name)))
            return found == [(HEAD,)]
        return False

    def drop_all(self) -> None:
        """Drop what was made."""
        for number in range(1, self._made + 1):
            name = sql.Identifier(f"parley_test_{os.getpid()}_{number}")
            self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

    def _run(self, query: sql.Composed) -> None:
        with psycopg.connect(self._url, autocommit=True) as to:
            to.execute(query)


@contextmanager
def server() -> Iterator[Server]:
    """A server to make databases in, for as long as the block runs."""
    named = os.environ.get(VARIABLE)
    if named:
        made = Server(named)
        try:
            yield made
        finally:
            made.drop_all()
        return
    folder = programs()
    if folder is None:
        raise LookupError(WANTED)
    with cluster(folder) as url:
        yield Server(url)


@contextmanager
def cluster(programs_: Path) -> Iterator[str]:
    """A cluster of its own in a temporary folder; its URL. As root it runs as another user."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pg-", dir=_roomy())))
        user = _user()
        if user is not None:
            shutil.chown(home, user)
        home.chmod(0o755)
        data = home / "data"
        _run(
            programs_ / "initdb",
            *("-D", data, "-U", "parley", "-A", "trust", "-E", "UTF8", "--locale=C"),
            *("--no-sync", "--no-instructions"),
            user=user,
        )
        settings = {**_SETTINGS, "unix_socket_directories": str(home)}
        options = " ".join(f"-c {name}={value!r}" for name, value in settings.items())
        _run(
            programs_ / "pg_ctl",
            *("-D", data, "-w", "-t", "60", "-l", home / "log", "-o", options, "start"),
            user=user,
        )
        stop = (programs_ / "pg_ctl", "-D", data, "-m", "immediate", "stop")
        stack.callback(_run, *stop, user=user)
        yield f"postgresql://parley@/postgres?host={home}"


def _run(*command: str | Path, user: str | None) -> None:
    done = subprocess.run(
        [str(part) for part in command],
        user=user,
        group=pwd.getpwnam(user).pw_gid if user else None,
        extra_groups=[] if user else None,
        cwd="/",
        # Whatever else the server inherits would be held open by it.
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} ended with {done.returncode}")


def _roomy() -> Path:
    """Where the cluster lies: in memory where there is room, as the suite commits all the time.

    Not below TMPDIR: a socket's path has about a hundred characters at the most.
    """
    memory = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
    if memory.is_dir() and shutil.disk_usage(memory).free > _ROOM:
        return memory
    return Path("/tmp")  # noqa: S108


@cache
def _user() -> str | None:
    """Whom the server runs as; PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in _USERS if name in known)
