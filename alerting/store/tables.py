"""The tables of the state database.

What happened (`alert_event`, `notice`, `attempt`, `tick`) is only ever added to; what stands now (`alert`,
`delivery`) is updated in the same transaction. Foreign keys are checked at the commit, so the order of writes inside
one does not matter.
"""

from enum import Enum

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from alerting.domain.alert import AlertState, EventKind
from alerting.domain.notify.holding import SuppressionReason
from alerting.domain.notify.notice import DeliveryState, NoticeKind
from alerting.domain.refusal import Stage
from alerting.domain.severity import Severity
from alerting.domain.silencing import SilenceDeedKind
from alerting.store.columns import EnumText, Instant, PeriodText, word_of

#: The migration that these tables are the outcome of.
SCHEMA = "0019"

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def one_of(column: str, members: type[Enum]) -> CheckConstraint:
    """Let a column hold the words of an enum's members alone."""
    words = ", ".join(f"'{word_of(member)}'" for member in members)
    return CheckConstraint(f"{column} IN ({words})", name=column)


def to(column: str) -> ForeignKey:
    """Refer to another table's column; that is checked at the commit."""
    return ForeignKey(column, deferrable=True, initially="DEFERRED")


def _standing() -> tuple[Column[object], ...]:
    """Make the columns that say how an alert stands: now (`alert`), and right after each event (`alert_event`)."""
    return (
        Column("state", EnumText(AlertState), nullable=False),
        Column("severity", EnumText(Severity), nullable=False),
        Column("period", PeriodText, nullable=False),
        Column("value", Double),
        Column("consecutive", Integer, nullable=False),
        Column("opened_at", Instant, nullable=False),
        Column("changed_at", Instant, nullable=False),
        Column("resolved", PeriodText),
        Column("band", Text),
        Column("worst_severity", EnumText(Severity)),
        Column("worst_band", Text),
    )


tick = Table(
    "tick",
    metadata,
    Column("id", Text, primary_key=True),
    Column("as_of", Date, nullable=False),
    Column("at", Instant, nullable=False),
    Column("rules_version", Text, nullable=False),
    Column("counts", JSON, nullable=False),
    #: The instant of the schedule it was for; NULL: somebody asked for it. One instant has one tick.
    Column("due_at", Instant),
    #: When it was undone; its events are those that people were told of.
    Column("undone_at", Instant),
    Index(None, "as_of", "at"),
    Index("uq_tick_due_at", "due_at", unique=True),
)

alert = Table(
    "alert",
    metadata,
    Column("id", Text, primary_key=True),
    Column("rule", Text, nullable=False),
    Column("measure", Text, nullable=False),
    Column("area", Text, nullable=False),
    Column("opened", PeriodText, nullable=False),
    *_standing(),
    Column("acknowledged_by", Text),
    Column("acknowledged_at", Instant),
    Column("acknowledged_until", Date),
    #: Fingerprint of the figures up to `period`.
    Column("figures", Text),
    one_of("state", AlertState),
    one_of("severity", Severity),
    Index(None, "state"),
    Index(None, "changed_at"),
    Index(None, "rule", "measure", "area"),
)
# One series has one open alert under one rule, whatever goes wrong elsewhere. So it is on PostgreSQL too, where the first
# migration makes it: saying so here would load that dialect at every start.
Index(
    "uq_alert_one_open",
    alert.c.rule,
    alert.c.measure,
    alert.c.area,
    unique=True,
    sqlite_where=alert.c.state == AlertState.OPEN,
)

alert_event = Table(
    "alert_event",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", String(32), nullable=False),
    Column("tick_id", to("tick.id"), nullable=False),
    Column("alert_id", to("alert.id"), nullable=False),
    Column("kind", EnumText(EventKind), nullable=False),
    Column("at", Instant, nullable=False),
    *_standing(),
    Column("finding", JSON(none_as_null=True)),
    Column("reason", Text),
    Column("headline", Text),
    #: Whether it got worse by jumping to the other side of its line.
    Column("turned", Boolean, nullable=False, server_default=false()),
    Column("person", Text),
    #: By which way they said it, where that is not by command.
    Column("via", Text),
    #: Whether they say that it is a false alarm; NULL: they do not speak of that.
    Column("false_alarm", Boolean),
    #: The text of the rule as it was then.
    Column("rule_text", to("rule_text.digest")),
    UniqueConstraint("id"),
    one_of("kind", EventKind),
    one_of("state", AlertState),
    one_of("severity", Severity),
    Index(None, "at"),
    Index(None, "alert_id"),
    Index(None, "tick_id"),
)

notice = Table(
    "notice",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", EnumText(NoticeKind), nullable=False),
    Column("owner", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("also_told", JSON, nullable=False),
    Column("summary", Text),
    one_of("kind", NoticeKind),
    Index(None, "owner", "at"),
)

notice_event = Table(
    "notice_event",
    metadata,
    Column("notice_id", to("notice.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("event_id", to("alert_event.id"), nullable=False),
    #: The owners on whose behalf it was told; NULL: the notice's owner alone.
    Column("owners", JSON(none_as_null=True)),
    #: What the message says of it, to compare with, where it was told anew; NULL: what the event says.
    Column("says", Text),
    Index(None, "event_id"),
)

payload = Table(
    "payload",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("subject", Text, nullable=False),
    #: Text, HTML and headers as JSON, compressed; NULL: it was not kept any longer.
    Column("body", LargeBinary),
    #: [id, digest] of each picture; NULL: none.
    Column("pictures", JSON(none_as_null=True)),
)

picture = Table(
    "picture",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("png", LargeBinary, nullable=False),
)

delivery = Table(
    "delivery",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False),
    Column("notice_id", to("notice.id"), nullable=False),
    Column("owner", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("payload", to("payload.digest"), nullable=False),
    Column("state", EnumText(DeliveryState), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("last_reply", Text),
    Column("unknown", Integer, nullable=False, server_default="0"),
    Column("not_before", Instant),
    Column("expires_at", Instant),
    Column("urgent", Boolean, nullable=False, server_default=false()),
    #: Who is handing it over and until when nobody else does; `handing_over` once the server may have taken it.
    Column("token", String(32)),
    Column("lease_until", Instant),
    Column("handing_over", Boolean, nullable=False, server_default=false()),
    #: How often a server asked for another moment; and when it took the message, in the time of notices.
    Column("put_off", Integer, nullable=False, server_default="0"),
    Column("accepted_at", Instant),
    #: The address that took it instead of its own.
    Column("redirected_to", Text),
    UniqueConstraint("id"),
    UniqueConstraint("notice_id", "channel", "address"),
    one_of("state", DeliveryState),
    CheckConstraint("attempts >= 0", name="attempts"),
    Index(None, "state", "seq"),
    Index(None, "state", "owner", "channel"),
    Index(None, "payload"),
)

attempt = Table(
    "attempt",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("delivery_id", to("delivery.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("state", EnumText(DeliveryState), nullable=False),
    Column("reply", Text),
    one_of("state", DeliveryState),
    Index(None, "delivery_id"),
)

channel = Table(
    "channel",
    metadata,
    Column("id", Text, primary_key=True),
    #: Since when it takes nothing; NULL: it works.
    Column("down_since", Instant),
    Column("failures", Integer, nullable=False),
    Column("next_try", Instant),
    Column("reply", Text),
    #: At which step of a hand-over it failed.
    Column("stage", EnumText(Stage)),
)

suppression = Table(
    "suppression",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("event_id", to("alert_event.id"), nullable=False),
    Column("owner", Text, nullable=False),
    Column("reason", EnumText(SuppressionReason), nullable=False),
    #: The silence or the alert that holds it back.
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "event_id"),
)

silence = Table(
    "silence",
    metadata,
    Column("id", Text, primary_key=True),
    Column("rule", Text, nullable=False),
    Column("measure", Text, nullable=False),
    Column("area", Text, nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
)

#: What people did about silences; `until`: its last day from then on.
silence_deed = Table(
    "silence_deed",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("silence", Text, nullable=False),
    Column("kind", EnumText(SilenceDeedKind), nullable=False),
    Column("at", Instant, nullable=False),
    Column("person", Text, nullable=False),
    Column("until", Date, nullable=False),
    Column("reason", Text),
    one_of("kind", SilenceDeedKind),
    Index(None, "silence"),
)

rule_text = Table(
    "rule_text",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("rule", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("text", Text, nullable=False),
)

rules_in_use = Table(
    "rules_in_use",
    metadata,
    Column("place", Text, primary_key=True),
    Column("version", Text, nullable=False),
    Column("since", Instant, nullable=False),
    Column("seen", Instant, nullable=False),
)

watched = Table(
    "watched",
    metadata,
    Column("rule", Text, primary_key=True),
    Column("measure", Text, primary_key=True),
    Column("since", Instant, nullable=False),
)

source = Table(
    "source",
    metadata,
    Column("id", Text, primary_key=True),
    #: What its owner was told, one line each; empty: all was well.
    Column("troubles", JSON, nullable=False),
    Column("since", Instant, nullable=False),
)

reading = Table(
    "reading",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("source", Text, nullable=False),
    Column("at", Instant, nullable=False),
    #: Fingerprint of all that the source held then.
    Column("digest", String(32), nullable=False),
    #: How many figures of before it held no more.
    Column("vanished", Integer, nullable=False),
    #: What was new or different, as Parquet.
    Column("rows", LargeBinary, nullable=False),
    #: [instant, digest, vanished, number of rows, columns] of each batch that was folded into it; NULL: it is one.
    Column("folded", JSON(none_as_null=True)),
    Index(None, "source", "at"),
)

guard = Table(
    "guard",
    metadata,
    #: The rules folder or a source.
    Column("subject", Text, primary_key=True),
    #: What was counted in the last one in force.
    Column("sizes", JSON, nullable=False),
    #: Digest of a much smaller one that waits, and since when one was seen; NULL: none does.
    Column("refused", Text),
    Column("since", Instant),
    #: Digest of the smaller one that somebody accepted.
    Column("accepted", Text),
    #: The day on which all of a source with a window was read last, and a digest of what had been asked of it then.
    Column("whole_on", Date),
    Column("whole_of", Text),
)

digest = Table(
    "digest",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("owner", Text, primary_key=True),
    Column("window", Text, primary_key=True),
    Column("since", Instant),
    Column("until", Instant, nullable=False),
)
