"""A PostgreSQL server of one's own, for measurements and tests, where its programs are found.

The programs are looked for in PATH and where Debian, Red Hat and Homebrew put them. The cluster is
made in a temporary folder, listens on a socket in that folder alone, and syncs every commit.
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
from typing import Final

WANTED: Final = "a PostgreSQL server (on Debian, as root: apt-get install postgresql)"

_PLACES: Final = (
    "usr/lib/postgresql/*/bin",
    "usr/pgsql-*/bin",
    "opt/homebrew/opt/postgresql*/bin",
    "usr/local/opt/postgresql*/bin",
)
_PREFIX: Final = "parley-pg-"
_OWNER: Final = "owner"
_USERS: Final = ("postgres", "nobody")
_SETTINGS: Final = {
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
    folders = [Path(found).resolve().parent] if found else []
    for pattern in _PLACES:
        folders += sorted(Path("/").glob(pattern), reverse=True)
    return next((f for f in folders if (f / "initdb").exists() and (f / "postgres").exists()), None)


@contextmanager
def cluster(within: Path | None = None) -> Iterator[str]:
    """A new cluster below ``within``; its URL. As root it runs as another user.

    :raises LookupError: the programs are not found.
    """
    folder = programs()
    if folder is None:
        raise LookupError(WANTED)
    place = within or Path("/tmp")  # noqa: S108 - a folder of its own is made in it
    user = _user()
    _sweep(folder, place, user)
    with ExitStack() as stack:
        # Not below TMPDIR: a socket's path has about a hundred characters at the most.
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=_PREFIX, dir=place)))
        if user is not None:
            shutil.chown(home, user)
        home.chmod(0o755)
        (home / _OWNER).write_text(str(os.getpid()))
        data = home / "data"
        _run(
            folder / "initdb",
            *("-D", data, "-U", "parley", "-A", "trust", "-E", "UTF8", "--locale=C"),
            *("--no-sync", "--no-instructions"),
            user=user,
        )
        settings = {**_SETTINGS, "unix_socket_directories": str(home)}
        options = " ".join(f"-c {name}={value!r}" for name, value in settings.items())
        _run(
            folder / "pg_ctl",
            *("-D", data, "-w", "-t", "60", "-l", home / "log", "-o", options, "start"),
            user=user,
        )
        stop = (folder / "pg_ctl", "-D", data, "-m", "immediate", "stop")
        stack.callback(_run, *stop, user=user)
        yield f"postgresql://parley@/postgres?host={home}"


def _sweep(programs_: Path, place: Path, user: str | None) -> None:
    """Remove clusters whose owner was killed before it could."""
    for home in place.glob(f"{_PREFIX}*"):
        try:
            owner = int((home / _OWNER).read_text())
            os.kill(owner, 0)
        except ProcessLookupError:
            stop = ("-D", home / "data", "-m", "immediate", "stop")
            with suppress(RuntimeError):
                _run(programs_ / "pg_ctl", *stop, user=user)
            shutil.rmtree(home, ignore_errors=True)
        except (OSError, ValueError):
            continue


def _run(*command: str | Path, user: str | None) -> None:
    done = subprocess.run(  # noqa: S603 - programs of PostgreSQL
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


@cache
def _user() -> str | None:
    """Whom the server runs as; PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in _USERS if name in known)
