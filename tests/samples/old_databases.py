"""Databases as older versions wrote them: a row in every table."""

import re
import zlib
from datetime import UTC, date, datetime

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Boolean, Date, DateTime, Double, Integer, LargeBinary, MetaData, inspect
from sqlalchemy.types import JSON

AT, DAY = datetime(2020, 7, 2, 7, tzinfo=UTC), date(2020, 7, 2)
#: Values by column where no check says which words there are; of all others any value of the type will do.
VALUES = {
    "worst_severity": "warning", "reason": "silenced", "pictures": [["chart", "one"]], "troubles": ["late"], "owners": ["one"],
    "finding": None, "headers": {}, "also_told": {}, "counts": {"normal": 1}, "sizes": {"rows": 1}, "undone_at": None,
    "folded": None,
    "body": zlib.compress(b'{"text": "", "html": "", "headers": {}}'),
}  # fmt: skip
PERIODS = {"period", "opened", "resolved"}


def config(connection):
    found = Config()
    found.set_main_option("script_location", "alerting.store:migrations")
    found.set_main_option("path_separator", "os")
    found.attributes["connection"] = connection
    return found


REVISIONS = sorted(script.revision for script in ScriptDirectory.from_config(config(None)).walk_revisions())


def allowed_words(connection, table):
    """The first word that each check of a table allows its column."""
    checks = (check["sqltext"] for check in inspect(connection).get_check_constraints(table))
    found = (re.match(r"\W*(\w+).*?'(\w+)'", check, re.DOTALL) for check in checks)
    return {match[1]: match[2] for match in found if match is not None}


def a_value(column, words):
    """A value for a column as an older version wrote it; what refers to another table refers to its one row."""
    if column.name in words:
        return words[column.name]
    if column.name in VALUES:
        return VALUES[column.name]
    kinds = {
        Boolean: True, Integer: 1, Double: 88.0, DateTime: AT, Date: DAY, LargeBinary: b"rows", JSON: {"a": 1},
    }  # fmt: skip
    for kind, value in kinds.items():
        if isinstance(column.type, kind):
            return value
    return "2020-06" if column.name in PERIODS else "one"


def fill(connection):
    """Write a row into each table that there is."""
    there = MetaData()
    there.reflect(connection)
    for table in there.sorted_tables:
        if table.name != "alembic_version":
            words = allowed_words(connection, table.name)
            connection.execute(table.insert(), {column.name: a_value(column, words) for column in table.columns})
    return {table.name for table in there.sorted_tables} - {"alembic_version"}
