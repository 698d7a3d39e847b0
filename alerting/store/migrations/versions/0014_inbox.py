"""Answers by mail: how tokens find their messages, mails that came, addresses that are doubted, and which way was used."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables, empty: messages of before carry no tokens."""
    op.add_column("alert_event", sa.Column("via", sa.Text()))
    op.create_table(
        "reference",
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("delivery_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["delivery.id"],
            name=op.f("fk_reference_delivery_id_delivery"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_reference")),
    )
    _mails()
    op.create_table(
        "doubt",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("delivery", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("over_at", sa.DateTime(timezone=True)),
        sa.Column("over_why", sa.Text()),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_doubt")),
    )
    op.create_index(op.f("ix_doubt_address"), "doubt", ["address"])


def _mails() -> None:
    op.create_table(
        "inbox",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("standing", sa.String(32), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("delivery", sa.Text()),
        sa.Column("owner", sa.Text()),
        sa.Column("person", sa.Text()),
        sa.Column("act", sa.Text()),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("comment", sa.Text()),
        sa.CheckConstraint(
            "standing IN ('acted', 'returned', 'noted', 'not acted on', 'aside', 'dropped')",
            name=op.f("ck_inbox_standing"),
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_inbox")),
        sa.UniqueConstraint("id", name=op.f("uq_inbox_id")),
        sa.UniqueConstraint("key", "token", name=op.f("uq_inbox_key_token")),
    )
    op.create_index(op.f("ix_inbox_delivery"), "inbox", ["delivery"])
    op.create_table(
        "inbox_place",
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("validity", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("uid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry", sa.String(16), nullable=False),
        sa.Column("shelf", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry"], ["inbox.id"], name=op.f("fk_inbox_place_entry_inbox"), initially="DEFERRED", deferrable=True
        ),
        sa.CheckConstraint("shelf IN ('done', 'aside')", name=op.f("ck_inbox_place_shelf")),
        sa.PrimaryKeyConstraint("mailbox", "validity", "uid", name=op.f("pk_inbox_place")),
    )
