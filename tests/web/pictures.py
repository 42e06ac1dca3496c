"""Pictures of the main pages for README and docs, in three languages: ``make pictures``.

The desks are those of the demonstration after the whole story; every page says so.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from playwright.sync_api import sync_playwright

from parley.application import cases, draft_doing
from parley.application.draft_doing import Which
from parley.cli.demo.stage import AUTHORISER, DUTY
from tests.web import story
from tests.web.chromium import WANTED, find
from tests.web.desks import Desks, People, served
from tests.web.looking import SMALL

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures" / "desk"
LANGUAGES = ("en", "ru", "ar")
MOST_BYTES = 150_000
_COLOURS = 64


class Picture(NamedTuple):
    """A picture: its name, the page, as whom, and in what kind of window.

    ``{inquiry}`` and the like in the address stand for the first case of that kind, ``{draft}`` for
    the one that was frozen last.
    """

    name: str
    path: str
    officer: str | None = DUTY
    width: int = 1280
    height: int = 860
    dark: bool = False


PICTURES = (
    Picture("today", "/"),
    Picture("today-small", "/", width=SMALL, height=720),
    Picture("today-dark", "/", dark=True),
    Picture("cases", "/cases"),
    Picture("case", "/cases/{inquiry}", height=1400),
    Picture("proof", "/cases/{inquiry}/acts/{act}/proof"),
    Picture("writing", "/drafts/{draft}", officer=AUTHORISER, height=1100),
    Picture("proposal", "/proposals/{proposal}"),
    Picture("meetings", "/meetings"),
    Picture("understandings", "/understandings"),
    Picture("contacts", "/contacts"),
    Picture("record", "/record/{channel}"),
    Picture("sign-in", "/sign-in", officer=None),
)


def places(desks: Desks) -> dict[str, str]:
    """What stands for the names in the addresses of pictures."""
    desk = desks.us.desk
    found: dict[str, str] = {}
    for one in cases.summaries(desk, DUTY):
        found.setdefault(one.row.kind, one.row.case_id.hex())
    found["channel"] = desks.pair.channel_id.hex()
    case = bytes.fromhex(found["inquiry"])
    shown = cases.show(desk, desks.pair.channel(desk), case, DUTY)
    found["act"] = shown.acts[-1].entry.leaf.hex()
    others = draft_doing.under_way(desk, AUTHORISER, Which.OTHERS, count=50).views
    found["draft"] = next(one.id.hex() for one in others if one.sha256)
    return found


def take(chromium: str, folder: Path, target: Path) -> list[Path]:
    """Take all pictures of the desks whose template is in ``folder``; where they are."""
    taken: list[Path] = []
    with served(folder, folder.parent / "served") as desks, sync_playwright() as playwright:
        people = People(playwright.chromium.launch(executable_path=chromium))
        known = places(desks)
        for language in LANGUAGES:
            for picture in PICTURES:
                path = target / f"{picture.name}-{language}.png"
                place = picture.path.format_map(known)
                path.write_bytes(_taken(people, desks, picture._replace(path=place), language))
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
    page.goto(picture.path)
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
