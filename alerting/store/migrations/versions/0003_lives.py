"""Alerts that live over time: who acknowledged, what was held back, what was read when, and the outbox's leases."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_WORD = sa.String(32)
_DELIVERY_STATES = "state IN ('pending', 'accepted', 'rejected', 'expired', 'cancelled', 'held')"
_EVENT_KINDS = (
    "kind IN ('opened', 'worsened', 'corrected', 'resolved', 'withdrawn', 'reminded', 'escalated', 'acknowledged',"
    " 'commented')"
)
_NOTICE_KINDS = "kind IN ('exceptions', 'digest', 'source_trouble', 'engine')"


def upgrade() -> None:
    """Add what lives need; rows of before keep their meaning."""
    _new_tables()
    op.add_column("tick", sa.Column("due_at", _INSTANT))
    op.create_index("uq_tick_due_at", "tick", ["due_at"], unique=True)
    for table in ("alert", "alert_event"):
        op.add_column(table, sa.Column("worst_severity", _WORD))
        op.add_column(table, sa.Column("worst_band", sa.Text()))
    for column in (
        sa.Column("acknowledged_by", sa.Text()),
        sa.Column("acknowledged_at", _INSTANT),
        sa.Column("acknowledged_until", sa.Date()),
        sa.Column("figures", sa.Text()),
    ):
        op.add_column("alert", column)
    op.create_index(op.f("ix_alert_changed_at"), "alert", ["changed_at"])
    _wider_tables()
    # The last reply of what a crash cut short began so; from here on a count says it.
    op.execute("UPDATE delivery SET unknown = 1 WHERE state = 'pending' AND last_reply LIKE 'handing over%'")


def _to(table: str, column: str, referred: str, key: str = "id") -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{referred}")
    return sa.ForeignKeyConstraint([column], [f"{referred}.{key}"], name=name, deferrable=True, initially="DEFERRED")


def _wider_tables() -> None:
    """Take in new words, and columns that refer to other tables."""
    with op.batch_alter_table("alert_event") as table:
        table.drop_constraint(op.f("ck_alert_event_kind"), type_="check")
        table.create_check_constraint(op.f("ck_alert_event_kind"), _EVENT_KINDS)
        for name in ("headline", "person"):
            table.add_column(sa.Column(name, sa.Text()))
        table.add_column(sa.Column("rule_text", sa.String(64)))
        table.create_foreign_key(
            op.f("fk_alert_event_rule_text_rule_text"),
            "rule_text",
            ["rule_text"],
            ["digest"],
            deferrable=True,
            initially="DEFERRED",
        )
    with op.batch_alter_table("notice") as table:
        table.drop_constraint(op.f("ck_notice_kind"), type_="check")
        table.create_check_constraint(op.f("ck_notice_kind"), _NOTICE_KINDS)
        table.add_column(sa.Column("summary", sa.Text()))
    op.add_column("notice_event", sa.Column("owners", sa.JSON()))
    with op.batch_alter_table("delivery") as table:
        table.drop_constraint(op.f("ck_delivery_state"), type_="check")
        table.create_check_constraint(op.f("ck_delivery_state"), _DELIVERY_STATES)
        table.add_column(sa.Column("unknown", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("not_before", _INSTANT))
        table.add_column(sa.Column("expires_at", _INSTANT))
        table.add_column(sa.Column("urgent", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("token", sa.String(32)))
        table.add_column(sa.Column("lease_until", _INSTANT))
        table.add_column(sa.Column("handing_over", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index(op.f("ix_delivery_state_owner_channel"), "delivery", ["state", "owner", "channel"])
    with op.batch_alter_table("attempt") as table:
        table.drop_constraint(op.f("ck_attempt_state"), type_="check")
        table.create_check_constraint(op.f("ck_attempt_state"), _DELIVERY_STATES)


def _new_tables() -> None:
    op.create_table(
        "rule_text",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_rule_text")),
    )
    op.create_table(
        "channel",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("down_since", _INSTANT),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("next_try", _INSTANT),
        sa.Column("reply", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel")),
    )
    op.create_table(
        "suppression",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("event_id", sa.String(32), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("reason", _WORD, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        _to("suppression", "event_id", "alert_event"),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_suppression")),
    )
    op.create_index(op.f("ix_suppression_event_id"), "suppression", ["event_id"])
    _silences()
    _tables_of_sources()


def _silences() -> None:
    op.create_table(
        "silence",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silence")),
    )
    op.create_table(
        "watched",
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("since", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("rule", "measure", name=op.f("pk_watched")),
    )


def _tables_of_sources() -> None:
    op.create_table(
        "source",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("troubles", sa.JSON(), nullable=False),
        sa.Column("since", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
    )
    op.create_table(
        "reading",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("digest", sa.String(32), nullable=False),
        sa.Column("vanished", sa.Integer(), nullable=False),
        sa.Column("rows", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_reading")),
    )
    op.create_index(op.f("ix_reading_source_at"), "reading", ["source", "at"])
