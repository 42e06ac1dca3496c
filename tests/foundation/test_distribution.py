"""What a fresh clone installs: locked by hash, from no address, on the Python that is there."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ["run", "build", "dev"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def lock(name: str) -> str:
    return (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")


def pins(name: str) -> dict[str, str]:
    """Name and version of each package that a lock pins."""
    return dict(re.findall(r"^([a-z0-9][a-z0-9._-]*)==(\S+)", lock(name), re.MULTILINE))


def normal(requirement: str) -> str:
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name
    return re.sub(r"[-_.]+", "-", name[0]).lower()


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_address_and_no_path(name: str) -> None:
    assert not re.search(r"://|--index|--find-links|(?:^|\s)/\w", lock(name), re.MULTILINE)


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_has_hashes(name: str) -> None:
    entries = re.split(r"\n(?=[a-z0-9])", lock(name))
    entries = [entry for entry in entries if "==" in entry]
    assert len(entries) == len(pins(name)) > 0
    assert all("--hash=sha256:" in entry for entry in entries)


@pytest.mark.parametrize(
    ("name", "requirements"),
    [
        ("run", PROJECT["project"]["dependencies"]),
        ("run", PROJECT["project"]["optional-dependencies"]["postgresql"]),
        ("build", PROJECT["dependency-groups"]["build"]),
        ("build", PROJECT["build-system"]["requires"]),
        ("dev", PROJECT["dependency-groups"]["dev"]),
    ],
)
def test_every_requirement_is_locked(name: str, requirements: list[str]) -> None:
    assert {normal(requirement) for requirement in requirements} <= pins(name).keys()


def test_the_locks_agree_with_each_other() -> None:
    for one in LOCKS:
        for other in LOCKS:
            shared = pins(one).keys() & pins(other).keys()
            assert {key: pins(one)[key] for key in shared} == {
                key: pins(other)[key] for key in shared
            }


# --- Finding a Python -------------------------------------------------------------------------


def stand_in(
    folder: Path, name: str, *, version: str, ensurepip: bool = True, optimised: bool = True
) -> None:
    """A program that answers the questions of scripts/find-python as that Python would."""
    major, minor = version.split(".")
    fits = (int(major), int(minor)) >= (3, 11)
    script = folder / name
    script.write_text(
        "#!/bin/sh\n"
        'case "$2" in\n'
        f"*ensurepip*) exit {0 if ensurepip else 1} ;;\n"
        f"*optimizations*) exit {0 if optimised else 1} ;;\n"
        f"*) echo '{version} {script}'; exit {0 if fits else 1} ;;\n"
        "esac\n",
        "utf-8",
    )
    script.chmod(script.stat().st_mode | stat.S_IXUSR)


def find_python(*folders: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    cat = shutil.which("cat")
    assert cat
    (folders[0] / "cat").symlink_to(cat)
    return subprocess.run(
        ["/bin/sh", str(ROOT / "scripts" / "find-python")],
        env={"PATH": ":".join(map(str, folders)), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def test_the_newest_python_is_found(tmp_path: Path) -> None:
    stand_in(tmp_path, "python3.12", version="3.12")
    stand_in(tmp_path, "python3", version="3.11")
    result = find_python(tmp_path)
    assert result.stdout.strip() == str(tmp_path / "python3.12")


def test_a_python_that_is_named_goes_first(tmp_path: Path) -> None:
    stand_in(tmp_path, "python3.13", version="3.13")
    stand_in(tmp_path, "mine", version="3.11")
    result = find_python(tmp_path, PYTHON="mine")
    assert result.stdout.strip() == str(tmp_path / "mine")


def test_an_old_python_or_a_broken_name_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "python3.14").write_text("#!/bin/sh\necho 'no such version' >&2\nexit 127\n")
    (tmp_path / "python3.14").chmod(0o755)
    stand_in(tmp_path, "python3", version="3.10")
    result = find_python(tmp_path)
    assert result.returncode == 1
    assert "3.11 or later, and none was found" in result.stderr


def test_the_one_package_that_is_missing_is_named(tmp_path: Path) -> None:
    stand_in(tmp_path, "python3", version="3.11", ensurepip=False)
    result = find_python(tmp_path)
    assert result.returncode == 1
    assert "apt-get install python3.11-venv" in result.stderr


def test_a_complete_python_goes_before_a_newer_one_that_lacks_ensurepip(tmp_path: Path) -> None:
    stand_in(tmp_path, "python3.13", version="3.13", ensurepip=False)
    stand_in(tmp_path, "python3.11", version="3.11")
    assert find_python(tmp_path).stdout.strip() == str(tmp_path / "python3.11")


def test_a_python_without_optimisation_goes_behind_all_others(tmp_path: Path) -> None:
    """Also behind an older one, and one of the same name in a later folder of the path."""
    folders = tmp_path / "with spaces", tmp_path / "other"
    for folder in folders:
        folder.mkdir()
    stand_in(folders[0], "python3.13", version="3.13", optimised=False)
    stand_in(folders[0], "python3.11", version="3.11", optimised=False)
    stand_in(folders[1], "python3.11", version="3.11")
    result = find_python(*folders)
    assert result.stdout.strip() == str(folders[1] / "python3.11")
    assert f"{folders[0]}/python3.13 was built without optimisation" in result.stderr


def test_a_python_without_optimisation_is_taken_where_there_is_no_other(tmp_path: Path) -> None:
    stand_in(tmp_path, "python3.12", version="3.12", optimised=False)
    stand_in(tmp_path, "python3.11", version="3.11", optimised=False)
    result = find_python(tmp_path)
    assert (result.stdout.strip(), result.stderr) == (str(tmp_path / "python3.12"), "")


def test_a_python_that_is_named_is_taken_as_it_is(tmp_path: Path) -> None:
    stand_in(tmp_path, "python3.13", version="3.13")
    stand_in(tmp_path, "mine", version="3.11", optimised=False)
    result = find_python(tmp_path, PYTHON=str(tmp_path / "mine"))
    assert (result.stdout.strip(), result.stderr) == (str(tmp_path / "mine"), "")


def test_a_named_python_that_is_of_no_use_is_said(tmp_path: Path) -> None:
    stand_in(tmp_path, "python3.13", version="3.13")
    result = find_python(tmp_path, PYTHON="mine")
    assert result.stdout.strip() == str(tmp_path / "python3.13")
    assert "PYTHON=mine is no usable Python" in result.stderr


def test_the_real_python_is_found_where_it_runs() -> None:
    result = subprocess.run(
        ["/bin/sh", str(ROOT / "scripts" / "find-python")],
        env={**os.environ, "PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    assert Path(result.stdout.strip()).exists()


# --- Building ---------------------------------------------------------------------------------


def test_the_wheel_carries_compiled_catalogues_and_no_sources_of_them(tmp_path: Path) -> None:
    code = f"import hatchling.build; print(hatchling.build.build_wheel({str(tmp_path)!r}))"
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    wheel = tmp_path / result.stdout.strip().splitlines()[-1]
    names = zipfile.ZipFile(wheel).namelist()
    for language in ("ru", "ar"):
        assert f"parley/language/locale/{language}/LC_MESSAGES/parley.mo" in names
    assert "parley/py.typed" in names
    assert not [name for name in names if name.endswith((".po", ".pyc"))]


def test_the_makefile_needs_no_more_than_make_3_81() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    newer = r"^\.ONESHELL|!=|&:|\$\(file |\$\(let |\$\(intcmp |^\.SHELLFLAGS|::=|\.EXTRA_PREREQS"
    assert not re.findall(newer, makefile, re.MULTILINE)
    for target in ("demo", "test", "check", "bench", "bench-full", "campaign", "lock", "clean"):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)
