"""The tables of the first release."""

from parley.store.migrations.first import (
    alerts,
    attachments,
    clocks,
    courier,
    erasure,
    house,
    record,
    register,
    search,
    sign_in,
    trouble,
)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make all tables."""
    record.create()
    courier.create()
    house.create()
    search.create()
    register.create()
    trouble.create()
    alerts.create()
    erasure.create()
    clocks.create()
    attachments.create()
    sign_in.create()
