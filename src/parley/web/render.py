"""Templates: texts in the reader's language, everything escaped, others' texts kept apart."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from parley.language.isolate import tame
from parley.paper.model import direction_of, passage
from parley.presentation import acts

_DIGITS: Final = 12


def make(template: str, facts: Mapping[str, Any]) -> str:
    """The page that ``template`` makes of ``facts``."""
    return _environment().get_template(template).render(facts)


@cache
def _environment() -> Environment:
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=PackageLoader("parley.web"),
    )
    environment.filters["line"] = tame
    environment.filters["piece"] = piece
    environment.filters["runs"] = direction_of
    environment.filters["short"] = acts.short
    environment.filters["hex"] = bytes.hex
    environment.filters["unhex"] = bytes.fromhex
    environment.filters["groups"] = groups
    environment.globals["static"] = static
    environment.globals["passage"] = passage
    environment.globals["icons"] = static("icons.svg")
    environment.tests["block"] = lambda block, kind: type(block).__name__ == kind
    return environment


def groups(digest: bytes) -> list[str]:
    """A hash in groups of four digits."""
    text = digest.hex()
    return [text[at : at + 4] for at in range(0, len(text), 4)]


def piece(text: str) -> str:
    """A part of a party's text as it stands in it, with its line ends, made harmless."""
    return "\n".join(tame(line) for line in text.split("\n"))


@cache
def static(name: str) -> str:
    """The address of a file of ours: with its hash, so that a browser may keep it for good."""
    data = files("parley.web").joinpath("static", name).read_bytes()
    return f"/static/{sha256(data).hexdigest()[:_DIGITS]}/{name}"
