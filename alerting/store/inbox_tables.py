"""The tables of what comes back: tokens, mails, and addresses that are doubted."""

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, String, Table, Text, UniqueConstraint

from alerting.domain.inbox import Standing
from alerting.ports.mailbox import MailFolder
from alerting.store.columns import EnumText, Instant
from alerting.store.tables import metadata, one_of, to

#: By what a token in a mail that comes finds the message it belongs to.
reference = Table(
    "reference",
    metadata,
    Column("reference", String(16), primary_key=True),
    Column("delivery_id", to("delivery.id"), nullable=False),
)

inbox = Table(
    "inbox",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", String(16), nullable=False),
    #: Its Message-ID, else the digest of its bytes; and the token that led it to its message, "" where none did.
    Column("key", Text, nullable=False),
    Column("token", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("sender", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("standing", EnumText(Standing), nullable=False),
    Column("outcome", Text, nullable=False),
    Column("delivery", Text),
    Column("owner", Text),
    Column("person", Text),
    Column("act", Text),
    Column("items", JSON, nullable=False),
    Column("comment", Text),
    UniqueConstraint("id"),
    UniqueConstraint("key", "token"),
    one_of("standing", Standing),
    Index(None, "delivery"),
)

#: Where mails lay in the mailbox that were taken in.
inbox_place = Table(
    "inbox_place",
    metadata,
    Column("mailbox", Text, primary_key=True),
    Column("validity", BigInteger, primary_key=True, autoincrement=False),
    Column("uid", BigInteger, primary_key=True, autoincrement=False),
    Column("entry", to("inbox.id"), nullable=False),
    Column("shelf", EnumText(MailFolder), nullable=False),
    one_of("shelf", MailFolder),
)

#: Addresses from which messages came back; `over_at`: since when that counts no more.
doubt = Table(
    "doubt",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("address", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("delivery", Text, nullable=False),
    Column("since", Instant, nullable=False),
    Column("at", Instant, nullable=False),
    Column("words", Text, nullable=False),
    Column("over_at", Instant),
    Column("over_why", Text),
    Index(None, "address"),
)
