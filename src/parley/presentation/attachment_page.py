"""Attachments as a person reads them, and as a program does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from parley.language.marks import N_
from parley.presentation import acts

if TYPE_CHECKING:
    from parley.application.attachments import AttachmentView
    from parley.presentation.output import Output
    from parley.record.attachment import Commitment

QUARANTINED: Final = ".quarantined"

STATES: Final[Mapping[str, str]] = {
    "announced": N_("announced"),
    "arriving": N_("arriving"),
    "whole": N_("whole"),
    "refused": N_("refused"),
    "erased": N_("erased"),
}


def plain(view: AttachmentView) -> dict[str, Any]:
    """For programs."""
    return {
        "channel": view.channel.id.hex(),
        "case": view.case.hex(),
        "statement": view.leaf.hex(),
        "number": view.number,
        "own": view.own,
        "name": view.name,
        "hazard": view.hazard,
        "description": dict(view.description),
        "root": view.root.hex(),
        "size": view.size,
        "state": view.state.value,
        "held": view.held,
        "chunks": view.chunks,
        "reason": view.reason,
        "here": view.here,
    }


def state(output: Output, view: AttachmentView) -> str:
    """How far it is, with why where something is wrong."""
    said = output.text(STATES[view.state.value])
    if view.state == "arriving":
        said = output.text(
            "{state}: {held} of {chunks}", state=said, held=view.held, chunks=view.chunks
        )
    return f"{said}\n{acts.said(output, view.reason)}" if view.reason else said


def table(output: Output, views: Sequence[AttachmentView]) -> None:
    """Print attachments with their states."""
    output.table(
        [
            output.text("Statement"),
            output.text("Number"),
            output.text("From"),
            output.text("Name"),
            output.text("Bytes"),
            output.text("Inside"),
            output.text("How far"),
        ],
        [
            [
                acts.short(view.leaf),
                str(view.number),
                view.channel.own.text.code if view.own else view.channel.peer.text.code,
                output.foreign(view.name) if view.name else "\u2014",
                output.translator.number(view.size) if view.size else "\u2014",
                output.name(view.hazard) if view.hazard else "\u2014",
                state(output, view),
            ]
            for view in views
        ],
    )


def in_dossier(path: Path) -> Mapping[Commitment, Sequence[str]]:
    """What the statements of a dossier commit to, with their leaf hashes, once it is verified.

    :raises ParleyError: the errors of a dossier.
    """
    from parley.record.dossier import attached

    return attached.commitments(path)
