"""Which version of the tables a database has, and bringing it to ours."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, inspect, text

from alerting.errors import AlertingError, UsageError
from alerting.store.postgresql import one_at_a_time
from alerting.store.tables import SCHEMA, metadata


def revision_of(connection: Connection) -> str | None:
    """Return the version of the tables that are there; None for an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


@contextmanager
def rebuilding(connection: Connection) -> Iterator[None]:
    """Let tables be made anew: SQLite takes rows for lost whose table is dropped for a moment, and refuses at the commit.

    Set outside the transaction, as SQLite demands; `upgrade` looks at all references itself.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.driver_connection
    if driver is None:
        raise TypeError("the connection is closed")
    driver.execute("PRAGMA foreign_keys=OFF").close()
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON").close()


def upgrade(connection: Connection, place: str) -> None:
    """Bring the tables to this version, inside the open transaction; nothing to do is nothing done.

    Raises:
        UsageError: the database was written by a newer version of alerting.
    """
    revision = revision_of(connection)
    if revision == SCHEMA:
        return
    if connection.dialect.name == "postgresql":  # a writer on SQLite is alone as it is
        one_at_a_time(connection)
        revision = revision_of(connection)
        if revision == SCHEMA:
            return
    # Loaded here: nearly every start finds the tables up to date.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", "alerting.store:migrations")
    config.set_main_option("path_separator", "os")
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision is not None and revision not in known:
        raise newer(place, revision)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    if connection.dialect.name == "sqlite" and (lost := connection.exec_driver_sql("PRAGMA foreign_key_check").first()):
        raise AlertingError(
            f"the state database {place} cannot be brought to this version: a row of {lost[0]} refers to one of {lost[2]}"
            " that is not there; nothing was changed. Restore the newest good backup, or ask for help with this line"
        )


def create(connection: Connection) -> None:
    """Make the tables of this version in an empty database, at once: nobody asks how those of a state in memory came about."""
    metadata.create_all(connection)
    key = "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)"
    connection.execute(text(f"CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, {key})"))
    connection.execute(text("INSERT INTO alembic_version VALUES (:schema)"), {"schema": SCHEMA})


def check(connection: Connection, place: str) -> None:
    """Make sure that the tables are of this version.

    Raises:
        UsageError: they are missing, older or newer.
    """
    revision = revision_of(connection)
    if revision == SCHEMA:
        return
    # Versions are numbered, so what sorts after ours is newer.
    if revision is not None and revision > SCHEMA:
        raise newer(place, revision)
    found = "has no tables yet" if revision is None else f"has tables of the older version {revision}"
    raise UsageError(f"the state database {place} {found}; run `alerting db upgrade`")


def newer(place: str, revision: str) -> UsageError:
    """Return the error for a database from the future."""
    return UsageError(
        f"the state database {place} was written by a newer version of alerting (its tables are version {revision},"
        f" this one knows up to {SCHEMA}); install that version, or restore the backup made before it"
    )
