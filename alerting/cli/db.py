"""`alerting db`: look after the database."""

import click


@click.group("db")
def command() -> None:
    """Look after the database that ALERTING_DATABASE_URL names."""


@command.command(short_help="Bring the database to this version.")
def upgrade() -> None:
    """Bring the database to this version, making it where there is none.

    `alerting run` and `alerting serve` do this themselves; call it first where the service may not change tables.
    """
    from alerting.opening import open_store
    from alerting.settings import load_settings

    settings = load_settings()
    open_store(settings).close()
    click.echo(f"The database {settings.database_name} is at this version.")
