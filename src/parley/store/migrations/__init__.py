"""Migrations of the tables (Alembic), run from inside the package: no ini file, no paths."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Connection

HEAD: Final = "0001"
"""The revision that this release needs."""


def upgrade(connection: Connection) -> None:
    """Bring the tables to :data:`HEAD`."""
    # Alembic is slow to import and needed only here.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
