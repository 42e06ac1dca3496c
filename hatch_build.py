"""Build hook: compile the catalogues of translated texts, so that a wheel speaks every language."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogueHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs before a wheel is built, also for an installation in place."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Write a ``.mo`` file beside each ``.po`` file."""
        sources = sorted(Path(self.root, "src/parley/language/locale").glob("*/*/*.po"))
        if not sources:
            raise FileNotFoundError("no catalogues under src/parley/language/locale")
        for source in sources:
            with source.open("rb") as file:
                catalogue = read_po(file)
            with source.with_suffix(".mo").open("wb") as file:
                write_mo(file, catalogue)
