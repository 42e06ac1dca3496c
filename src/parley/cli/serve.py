"""``parley serve``: the desk answers its peers and delivers, until it is told to end."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from parley.cli import access, options
from parley.cli.options import Opening
from parley.cli.terminal import Terminal

if TYPE_CHECKING:
    from parley.node.config import Listen
    from parley.node.serve import Serving


def serve(
    *,
    workers: Annotated[
        int,
        Parameter(
            validator=Number(gte=1, lte=64),
            help="processes that share the work; more than one needs a desk on PostgreSQL",
        ),
    ] = 1,
    opening: Opening = options.OPENING,
) -> None:
    """Serve the desk until SIGINT (Ctrl-C) or SIGTERM.

    One line on standard output says when the desk answers, and where. Log
    lines go to standard error, one JSON object a line, without secrets. The
    port for operations answers /healthz and /metrics on this machine alone.
    """
    from parley.node import config, logs
    from parley.node import serve as serving
    from parley.node import workers as several

    output = Terminal(opening)
    folder = options.folder_of(opening)
    config.load(folder)
    passphrase = access.passphrase(opening, output)
    logs.set_up()

    def ready(at: Serving) -> None:
        _announce(output, folder, at)

    if workers == 1:
        serving.serve(folder, passphrase, ready)
    else:
        several.serve(folder, passphrase, ready, workers)


def _announce(output: Terminal, folder: Path, ready: Serving) -> None:
    peer, operations = _url(ready.peer), _url(ready.operations)

    def say() -> None:
        output.say(
            output.text(
                "The desk in {folder} answers: peers at {peer}, operations at {operations}.",
                folder=str(folder),
                peer=peer,
                operations=operations,
            )
        )
        if ready.web is not None:
            output.say(output.text("Officers reach it at {web}.", web=ready.web))

    plain = {"desk": str(folder), "peer": peer, "operations": operations, "pid": os.getpid()}
    output.emit({**plain, "web": ready.web}, say)


def _url(address: Listen) -> str:
    host = f"[{address.host}]" if ":" in address.host else address.host
    return f"http://{host}:{address.port}"
