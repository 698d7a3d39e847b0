"""`alerting db`: look after the database."""

from datetime import date
from pathlib import Path

import click

from alerting.cli.options import IsoDate, as_of, rules_option


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


@command.command(
    short_help="Take out bodies and pictures of old messages, fold readings.",
    epilog="\b\nExamples:\n  alerting db prune --rules rules\n  alerting db prune --as-of 2021-11-01",
)
@rules_option
@as_of
def prune(rules: Path, as_of: date | None) -> None:
    """Take out bodies and pictures of messages older than the schedule's `keep:` (13 months where it says nothing).

    What was told, to whom and when, with its subject, is kept for ever; so are figures: what was read of a source at many
    times is folded into one record, of which every day's figures are told as before. A running service does this by itself
    each night.
    """
    from alerting.wiring import engine_of
    from alerting.wording.plain import counted

    engine = engine_of(rules)
    with engine.state() as store:
        day, pruned = engine.prune(store, as_of)
    messages, pictures = counted(pruned.messages, "message"), counted(pruned.pictures, "picture")
    click.echo(f"Taken out: the bodies of {messages} of before {day}, and {pictures}.")
    if pruned.folded.readings:
        records = counted(pruned.folded.records, "record")
        click.echo(f"Folded: {pruned.folded.readings:,} readings of sources into {records}; nothing of them is gone.")


@command.command(short_help="Say how large the database is, and what is in it.")
def size() -> None:
    """Say how large the database is, and what takes the room."""
    from alerting.opening import cache_size, sizes
    from alerting.settings import load_settings

    found = sizes()
    click.echo(
        f"The database {load_settings().database_name}" + (f" takes {_words(found.whole)}." if found.whole else ":")
    )
    for what, (rows, bytes_) in found.parts.items():
        click.echo(f"  {what:12}{rows:>12,}" + (f"  {_words(bytes_):>10}" if bytes_ else ""))
    if (cache := cache_size()) > 0:
        click.echo(
            f"The cache beside it takes {_words(cache)}, and may be deleted at any time: the next tick judges all."
        )


def _words(bytes_: int) -> str:
    """Return a size as people say it."""
    number = float(bytes_)
    for unit in ("B", "KiB", "MiB"):
        if number < 1024:
            return f"{number:,.0f} {unit}"
        number /= 1024
    return f"{number:,.1f} GiB"


@command.command(
    short_help="Undo the ticks after a day.",
    epilog="\b\nExamples:\n  alerting db rewind 2026-11-28            what would be undone?\n"
    "  alerting db rewind 2026-11-28 --yes",
)
@click.argument("day", type=IsoDate())
@click.option("--yes", is_flag=True, help="Do it; without, say what would be undone.")
def rewind(day: date, *, yes: bool) -> int:
    """Undo all ticks after DAY: after a tick for a day to come, say, or a clock that was wrong.

    Their events and alerts go, and what was read for them. What was sent stays sent: `alerting explain` marks it, and
    nobody is told twice of it. Messages that still wait are not sent. Stop the service first, or let it look again.
    """
    from alerting.opening import rewound
    from alerting.settings import load_settings
    from alerting.wording.plain import counted

    settings = load_settings()
    found = rewound(settings, day, keep=yes, waits=lambda said: click.echo(f"alerting: {said}", err=True))
    if found.newest is None:
        click.echo(f"There is no tick after {day} in {settings.database_name}; nothing to undo.")
        return 0
    click.echo(
        f"{'Undone' if yes else 'Would undo'}: {counted(found.ticks, 'tick')} after {day}, the newest of {found.newest};"
        f" {counted(found.events, 'event')} ({found.acts:,} of them acknowledgements and comments),"
        f" {counted(found.alerts, 'alert')} opened by nothing else, {counted(found.readings, 'reading')} of sources."
        f" Messages that were sent and stay sent: {found.sent:,}; that {'are' if yes else 'would'} not"
        f" {'' if yes else 'be '}sent any more: {found.unsent:,}."
    )
    if not yes:
        click.echo("Nothing was changed; add --yes to do it.")
    return 0 if yes else 1
