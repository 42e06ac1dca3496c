"""The record, and the views that are folded from it."""

import sqlalchemy as sa
from alembic import op


def create() -> None:
    """Make these tables."""
    _parties()
    _log()
    _proofs()
    _witnesses()
    _views()


def _parties() -> None:
    op.create_table(
        "letters",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("party", sa.LargeBinary(), nullable=False),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_letters")),
    )
    op.create_index(op.f("ix_letters_party"), "letters", ["party"], unique=False)
    op.create_table(
        "channels",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("own_letter", sa.LargeBinary(), nullable=False),
        sa.Column("peer_letter", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channels")),
    )
    op.create_table(
        "key_statements",
        sa.Column("party", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("party", "number", name=op.f("pk_key_statements")),
    )
    op.create_table(
        "epochs",
        sa.Column("channel", sa.LargeBinary(), nullable=False),
        sa.Column("member", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "member", "epoch", name=op.f("pk_epochs")),
    )


def _log() -> None:
    op.create_table(
        "chains",
        sa.Column("channel", sa.LargeBinary(), nullable=False),
        sa.Column("author", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=True),
        sa.Column("iat", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "author", name=op.f("pk_chains")),
    )
    op.create_table(
        "trees",
        sa.Column("channel", sa.LargeBinary(), nullable=False),
        sa.Column("owner", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("own", sa.BigInteger(), nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "owner", name=op.f("pk_trees")),
    )
    op.create_table(
        "statements",
        sa.Column("channel", sa.LargeBinary(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("case_id", sa.LargeBinary(), nullable=False),
        sa.Column("case_seq", sa.BigInteger(), nullable=False),
        sa.Column("author_index", sa.BigInteger(), nullable=False),
        sa.Column("iat", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "position", name=op.f("pk_statements")),
        sa.UniqueConstraint(
            "channel", "author", "seq", "epoch", name=op.f("uq_statements_channel_author_seq_epoch")
        ),
        sa.UniqueConstraint("channel", "leaf", name=op.f("uq_statements_channel_leaf")),
    )
    op.create_index(
        "ix_statements_channel_case_id",
        "statements",
        ["channel", "case_id", "position"],
        unique=False,
    )
    op.create_table(
        "bodies",
        sa.Column("channel", sa.LargeBinary(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("segment", sa.BigInteger(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "position", name=op.f("pk_bodies")),
        sa.UniqueConstraint("segment", "slot", name=op.f("uq_bodies_segment_slot")),
    )


def _proofs() -> None:
    op.create_table(
        "receipts",
        sa.Column("channel", sa.LargeBinary(), nullable=False),
        sa.Column("issuer", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("first_seq", sa.BigInteger(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("iat", sa.BigInteger(), nullable=False),
        sa.Column("arrived_at", sa.BigInteger(), nullable=False),
        sa.Column("protected", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "issuer", "size", name=op.f("pk_receipts")),
    )
    op.create_index(
        "ix_receipts_channel_issuer_last_seq",
        "receipts",
        ["channel", "issuer", "last_seq"],
        unique=False,
    )
    op.create_table(
        "checkpoints",
        sa.Column("channel", sa.LargeBinary(), nullable=False),
        sa.Column("owner", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "owner", "size", name=op.f("pk_checkpoints")),
    )
    op.create_table(
        "cosignatures",
        sa.Column("channel", sa.LargeBinary(), nullable=False),
        sa.Column("owner", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("cosigner", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("timestamp", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "channel", "owner", "size", "cosigner", "kind", name=op.f("pk_cosignatures")
        ),
    )
    op.create_index(
        "ix_cosignatures_channel_owner_kind",
        "cosignatures",
        ["channel", "owner", "kind", "size"],
        unique=False,
    )


def _witnesses() -> None:
    op.create_table(
        "witnessings",
        sa.Column("channel", sa.LargeBinary(), nullable=False),
        sa.Column("owner", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("witness", sa.Text(), nullable=False),
        sa.Column("kind", sa.Integer(), nullable=False),
        sa.Column("timestamp", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "channel", "owner", "size", "witness", "kind", name=op.f("pk_witnessings")
        ),
    )
    op.create_table(
        "witness_contacts",
        sa.Column("channel", sa.LargeBinary(), nullable=False),
        sa.Column("witness", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("channel", "witness", name=op.f("pk_witness_contacts")),
    )


def _views() -> None:
    op.create_table(
        "cases",
        sa.Column("channel", sa.LargeBinary(), nullable=False),
        sa.Column("case_id", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("acts", sa.BigInteger(), nullable=False),
        sa.Column("last_position", sa.BigInteger(), nullable=False),
        sa.Column("about", sa.LargeBinary(), nullable=True),
        sa.Column("precedence", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.BigInteger(), nullable=True),
        sa.Column("last_day", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "channel", name=op.f("pk_cases")),
    )
    is_about = sa.text("about IS NOT NULL")
    op.create_index(
        "ix_cases_about",
        "cases",
        ["channel", "about"],
        unique=False,
        sqlite_where=is_about,
        postgresql_where=is_about,
    )
    op.create_index("ix_cases_kind", "cases", ["kind", "opened_at", "case_id"], unique=False)
    op.create_index(
        "ix_cases_listed",
        "cases",
        ["opened_at", "case_id", "kind", "status", "channel", "precedence"],
        unique=False,
    )
    has_days = sa.text("first_day IS NOT NULL")
    op.create_index(
        "ix_cases_days",
        "cases",
        ["kind", "first_day", "case_id", "last_day", "channel"],
        unique=False,
        sqlite_where=has_days,
        postgresql_where=has_days,
    )
    op.create_table(
        "standing_acts",
        sa.Column("channel", sa.LargeBinary(), nullable=False),
        sa.Column("author", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("void", sa.Text(), nullable=True),
        sa.Column("reference", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("channel", "author", "seq", name=op.f("pk_standing_acts")),
    )
    op.create_index(
        "ix_standing_acts_reference",
        "standing_acts",
        ["channel", "author", "reference"],
        unique=False,
    )
    op.create_index("ix_standing_acts_type", "standing_acts", ["channel", "type"], unique=False)
