"""The tables of what people said of topics, measures and figures; what they say of alerts are events."""

from sqlalchemy import Column, Double, Integer, Table, Text

from alerting.domain.comment import About
from alerting.store.columns import EnumText, Instant, PeriodText
from alerting.store.tables import metadata, one_of

comment = Table(
    "comment",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("about", EnumText(About), nullable=False),
    #: The id of the topic or measure.
    Column("subject", Text, nullable=False),
    Column("period", PeriodText, nullable=False),
    Column("person", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("words", Text, nullable=False),
    #: When and by whom it was taken back: it stays, and stands nowhere any more.
    Column("withdrawn_at", Instant),
    Column("withdrawn_by", Text),
    one_of("about", About),
)

#: Figures that people let through the checks of their measures.
accepted_figure = Table(
    "accepted_figure",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("measure", Text, nullable=False),
    Column("area", Text, nullable=False),
    Column("period", PeriodText, nullable=False),
    Column("value", Double, nullable=False),
    Column("person", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
)
