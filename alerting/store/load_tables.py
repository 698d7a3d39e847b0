"""The tables of loads."""

from sqlalchemy import Column, String, Table, Text

from alerting.store.columns import Instant
from alerting.store.tables import metadata

#: Loads that somebody said are there.
loaded_post = Table(
    "loaded_post",
    metadata,
    Column("source", Text, primary_key=True),
    #: The name that its sender gave it; empty: the last one without a name.
    Column("load", Text, primary_key=True),
    Column("posted_at", Instant, nullable=False),
)

#: How the loads of sources with `complete` stand.
source_load = Table(
    "source_load",
    metadata,
    Column("source", Text, primary_key=True),
    #: Digest of what it held when it was last looked at, and when that was first seen.
    Column("content", String(32), nullable=False),
    Column("seen", Instant, nullable=False),
    #: Digest of the last whole load, and when it was taken; NULL: there was none yet.
    Column("whole", String(32)),
    Column("whole_at", Instant),
    #: Since when there is a load that is not whole; NULL: there is none.
    Column("since", Instant),
)
