"""The first tables: ticks, alerts and their events, notices, deliveries and their attempts, digests."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_WORD = sa.String(32)
_PERIOD = sa.String(32)
_STATES = "state IN ('open', 'resolved', 'withdrawn')"
_SEVERITIES = "severity IN ('info', 'warning', 'critical')"
_DELIVERY_STATES = "state IN ('pending', 'accepted', 'rejected')"


def upgrade() -> None:
    """Make the tables."""
    _ticks_and_digests()
    _alerts()
    _events()
    _notices()
    _deliveries()
    _attempts()


def _to(table: str, column: str, referred: str, key: str = "id") -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{referred}")
    return sa.ForeignKeyConstraint([column], [f"{referred}.{key}"], name=name, deferrable=True, initially="DEFERRED")


def _ticks_and_digests() -> None:
    op.create_table(
        "tick",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("rules_version", sa.Text(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tick")),
    )
    op.create_index(op.f("ix_tick_as_of_at"), "tick", ["as_of", "at"])
    op.create_table(
        "digest",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("window", sa.Text(), nullable=False),
        sa.Column("since", _INSTANT),
        sa.Column("until", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("digest", "owner", "window", name=op.f("pk_digest")),
    )


def _alerts() -> None:
    op.create_table(
        "alert",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("opened", _PERIOD, nullable=False),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("severity", _WORD, nullable=False),
        sa.Column("period", _PERIOD, nullable=False),
        sa.Column("value", sa.Double()),
        sa.Column("consecutive", sa.Integer(), nullable=False),
        sa.Column("opened_at", _INSTANT, nullable=False),
        sa.Column("changed_at", _INSTANT, nullable=False),
        sa.Column("resolved", _PERIOD),
        sa.Column("band", sa.Text()),
        sa.CheckConstraint(_STATES, name=op.f("ck_alert_state")),
        sa.CheckConstraint(_SEVERITIES, name=op.f("ck_alert_severity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
    )
    series = ["rule", "measure", "area"]
    op.create_index(op.f("ix_alert_state"), "alert", ["state"])
    op.create_index(op.f("ix_alert_rule_measure_area"), "alert", series)
    is_open = sa.text("state = 'open'")
    op.create_index("uq_alert_one_open", "alert", series, unique=True, sqlite_where=is_open, postgresql_where=is_open)


def _events() -> None:
    op.create_table(
        "alert_event",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("tick_id", sa.Text(), nullable=False),
        sa.Column("alert_id", sa.Text(), nullable=False),
        sa.Column("kind", _WORD, nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("severity", _WORD, nullable=False),
        sa.Column("period", _PERIOD, nullable=False),
        sa.Column("value", sa.Double()),
        sa.Column("consecutive", sa.Integer(), nullable=False),
        sa.Column("opened_at", _INSTANT, nullable=False),
        sa.Column("changed_at", _INSTANT, nullable=False),
        sa.Column("resolved", _PERIOD),
        sa.Column("band", sa.Text()),
        sa.Column("finding", sa.JSON()),
        sa.Column("reason", sa.Text()),
        sa.CheckConstraint(
            "kind IN ('opened', 'worsened', 'corrected', 'resolved', 'withdrawn')", name=op.f("ck_alert_event_kind")
        ),
        sa.CheckConstraint(_STATES, name=op.f("ck_alert_event_state")),
        sa.CheckConstraint(_SEVERITIES, name=op.f("ck_alert_event_severity")),
        _to("alert_event", "tick_id", "tick"),
        _to("alert_event", "alert_id", "alert"),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_alert_event")),
        sa.UniqueConstraint("id", name=op.f("uq_alert_event_id")),
    )
    for column in ("at", "alert_id", "tick_id"):
        op.create_index(op.f(f"ix_alert_event_{column}"), "alert_event", [column])


def _notices() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", _WORD, nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("also_told", sa.JSON(), nullable=False),
        sa.CheckConstraint("kind IN ('exceptions', 'digest', 'source_trouble')", name=op.f("ck_notice_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index(op.f("ix_notice_owner_at"), "notice", ["owner", "at"])
    op.create_table(
        "notice_event",
        sa.Column("notice_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.String(32), nullable=False),
        _to("notice_event", "notice_id", "notice"),
        _to("notice_event", "event_id", "alert_event"),
        sa.PrimaryKeyConstraint("notice_id", "position", name=op.f("pk_notice_event")),
    )
    op.create_index(op.f("ix_notice_event_event_id"), "notice_event", ["event_id"])


def _deliveries() -> None:
    op.create_table(
        "payload",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_payload")),
    )
    op.create_table(
        "delivery",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("notice_id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("payload", sa.String(64), nullable=False),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_reply", sa.Text()),
        sa.CheckConstraint(_DELIVERY_STATES, name=op.f("ck_delivery_state")),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_delivery_attempts")),
        _to("delivery", "notice_id", "notice"),
        _to("delivery", "payload", "payload", key="digest"),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_delivery")),
        sa.UniqueConstraint("id", name=op.f("uq_delivery_id")),
        sa.UniqueConstraint("notice_id", "channel", "address", name=op.f("uq_delivery_notice_id_channel_address")),
    )
    op.create_index(op.f("ix_delivery_state_seq"), "delivery", ["state", "seq"])
    op.create_index(op.f("ix_delivery_payload"), "delivery", ["payload"])


def _attempts() -> None:
    op.create_table(
        "attempt",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("delivery_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("reply", sa.Text()),
        sa.CheckConstraint(_DELIVERY_STATES, name=op.f("ck_attempt_state")),
        _to("attempt", "delivery_id", "delivery"),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_attempt")),
    )
    op.create_index(op.f("ix_attempt_delivery_id"), "attempt", ["delivery_id"])
