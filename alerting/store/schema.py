"""Which version of the tables a database has, and bringing it to ours."""

from sqlalchemy import Connection, inspect, text

from alerting.errors import UsageError
from alerting.store.postgresql import one_at_a_time
from alerting.store.tables import SCHEMA


def revision_of(connection: Connection) -> str | None:
    """Return the version of the tables that are there; None for an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


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
