"""Pictures of the main pages for README and docs, in three languages: ``make pictures``.

The desks are those of the demonstration after the whole story; every page says so.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from parley.cli.demo.stage import DUTY
from tests.web import story
from tests.web.chromium import WANTED, find
from tests.web.desks import Desks, People, served
from tests.web.looking import SMALL

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures" / "desk"
LANGUAGES = ("en", "ru", "ar")
MOST_BYTES = 150_000
_COLOURS = 64


def at(path: str) -> Callable[[Page, Desks], None]:
    """Go to a page by its path."""

    def go(page: Page, _desks: Desks) -> None:
        page.goto(path)

    return go


class Picture(NamedTuple):
    """A picture: its name, how to get there, as whom, and in what kind of window."""

    name: str
    go: Callable[[Page, Desks], None]
    officer: str | None = DUTY
    width: int = 1280
    height: int = 860
    dark: bool = False


PICTURES = (
    Picture("today", at("/")),
    Picture("today-small", at("/"), width=SMALL, height=720),
    Picture("today-dark", at("/"), dark=True),
)


def take(chromium: str, folder: Path, target: Path) -> list[Path]:
    """Take all pictures of the desks whose template is in ``folder``; where they are."""
    taken: list[Path] = []
    with served(folder, folder.parent / "served") as desks, sync_playwright() as playwright:
        people = People(playwright.chromium.launch(executable_path=chromium))
        for language in LANGUAGES:
            for picture in PICTURES:
                path = target / f"{picture.name}-{language}.png"
                path.write_bytes(_taken(people, desks, picture, language))
                taken.append(path)
        people.leave()
    return taken


def _taken(people: People, desks: Desks, picture: Picture, language: str) -> bytes:
    page = people.sit(
        desks.us,
        picture.officer,
        language,
        width=picture.width,
        height=picture.height,
        dark=picture.dark,
    )
    picture.go(page, desks)
    page.wait_for_load_state("networkidle")
    data = small(page.screenshot())
    if len(data) > MOST_BYTES:
        raise SystemExit(f"{picture.name}-{language}.png has {len(data)} bytes")
    return data


def small(data: bytes) -> bytes:
    """A picture with few colours: pages have few."""
    packed = BytesIO()
    with Image.open(BytesIO(data)) as image:
        few = image.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
        few.save(packed, "PNG", optimize=True)
    return packed.getvalue()


def main() -> None:
    """Take them all anew."""
    chromium = find()
    if chromium is None:
        raise SystemExit(f"Pictures need {WANTED}")
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="parley-pictures-") as made:
        story.build(Path(made) / "story")
        for path in take(chromium, Path(made) / "story", FOLDER):
            sys.stdout.write(f"{os.path.relpath(path)} {path.stat().st_size}\n")


if __name__ == "__main__":
    main()
