"""`alerting digest`: send each owner the regular summary."""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from alerting.cli.options import as_of, refuse_days_to_come, rules_folder, yes
from alerting.errors import UsageError

if TYPE_CHECKING:  # loaded where used, so that a slip in the options is told at once
    from alerting.app.digests.make import DigestPage
    from alerting.domain.alert import AlertEvent
    from alerting.domain.rule import Digest
    from alerting.figures.observations import Reading
    from alerting.wiring import Engine

EPILOG = """\b
Examples:
  alerting digest rules
  alerting digest rules --id monday --as-of 2020-10-19
  alerting digest rules --out digests                      as pages, text and PDF; nothing is sent
  alerting digest rules --draft --period 2019-03 --format markdown > march.md
"""


@click.command(epilog=EPILOG)
@rules_folder
@as_of
@yes
@click.option(
    "--id", "ids", multiple=True, metavar="DIGEST", help="Only this digest; may be given again.  [default: all]"
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Write the digests into FOLDER as .html, .txt and, where there is Chromium, .pdf; store and send nothing.",
)
@click.option("--draft", is_flag=True, help="Print the month's draft for the performance report: one line a topic.")
@click.option("--period", metavar="MONTH", help="With --draft: the month, like 2019-03.  [default: the newest over]")
@click.option(
    "--format", "output_format", type=click.Choice(("markdown", "text")),
    help="With --draft: how to print it.  [default: markdown]",
)  # fmt: skip
def command(
    rules: Path, as_of: date | None, ids: tuple[str, ...], out: Path | None, draft: bool, period: str | None,
    output_format: str | None, yes: bool,
) -> int:  # fmt: skip
    """Send each owner one mail: what is new, worse, going on and over, what the figures say, and what was checked.

    Once a day at most. A topic stands in the summary and the draft by its `include:`.
    """
    from alerting.wiring import Engine

    if draft and (out or ids):
        raise UsageError("--draft prints one draft for the whole folder; it goes with neither --out nor --id")
    if not draft and (period or output_format):
        raise UsageError("--period and --format go with --draft")
    engine = Engine.of(rules)
    if draft:
        return _print_draft(engine, as_of, period, output_format)
    if out is None:
        refuse_days_to_come(as_of, engine.today(), yes=yes)
    return _send(engine, as_of, ids) if out is None else _write(engine, as_of, _chosen(engine, ids), out)


def _chosen(engine: "Engine", ids: Sequence[str]) -> "list[Digest]":
    from alerting.app.digests.make import digests_named

    known = {digest.id for digest in digests_named(engine.rules, ())}
    for id_ in ids:
        if id_ not in known:
            raise UsageError(f'no digest "{id_}"; there are {", ".join(sorted(known))}')
    return digests_named(engine.rules, ids)


def _send(engine: "Engine", as_of: date | None, ids: Sequence[str]) -> int:
    from alerting.cli.run import print_delivery

    _chosen(engine, ids)
    with engine.state() as store:
        report = engine.digest(store, as_of, ids)
        for problem in report.problems:
            print(problem, file=sys.stderr)
        for delivery in report.deliveries:
            print(
                f"Digest for {engine.rules.owners[delivery.owner].name} <{delivery.address}>: {delivery.message.subject}"
            )
        if report.already:
            print(f"Made already today: {len(report.already)}.", file=sys.stderr)
        delivery_report = asyncio.run(engine.deliver(store))
        print_delivery(delivery_report)
    return 1 if report.has_errors or delivery_report.waiting or delivery_report.rejected else 0


def _print_draft(engine: "Engine", as_of: date | None, period: str | None, output_format: str | None) -> int:
    from alerting.app.digests.draft import month_draft
    from alerting.domain.period import PeriodError
    from alerting.render.draft import draft_as_markdown, draft_as_text

    try:
        named = engine.rules.calendar.parse_exact(period) if period else None
    except PeriodError as error:
        raise UsageError(f"--period: {error}") from error
    reading = engine.counting(as_of)
    said = _said(engine) if engine.settings.has_state else []
    marking = engine.settings.protective_marking
    view = month_draft(engine.rules, reading, as_of or engine.today(), named, marking, said)
    click.echo(draft_as_text(view) if output_format == "text" else draft_as_markdown(view), nl=False)
    return _told_faults(reading)


def _said(engine: "Engine") -> "list[AlertEvent]":
    """Return what people said of alerts."""
    with engine.state() as store, store.begin() as state:
        return state.alerts.said()


def _write(engine: "Engine", as_of: date | None, digests: "Sequence[Digest]", out: Path) -> int:
    """Write every digest's files; where no tick has run yet, as they would be after a first one."""
    from alerting.app.digests.make import digest_pages
    from alerting.app.situation.known_figures import remembered
    from alerting.render.printing import BROWSERS, browser

    program = browser(engine.settings.chromium)
    if program is None:
        names = ", ".join(BROWSERS)
        print(f"No PDF: there is no Chromium here ({names}); name one in ALERTING_CHROMIUM.", file=sys.stderr)
    failed = 0
    with TemporaryDirectory(prefix="alerting-") as scratch:
        ticked = _ticked(engine, as_of, Path(scratch))
        reading, day, at = ticked.read(), as_of or ticked.today(), ticked.instant(as_of)
        with ticked.state() as store:
            with store.begin() as state:
                reading = remembered(reading, ticked.rules, state.readings, at, keep=False)
            for page in digest_pages(ticked.rules, reading, store, day, at, ticked.letterhead, digests):
                failed += _write_page(page, out, program)
    return int(_told_faults(reading) or failed > 0)


def _told_faults(reading: "Reading") -> int:
    """Print one line for each fault of the program; return 1 where there is one, or an error in what was read."""
    for fault in reading.faults:
        print(fault.problem(), file=sys.stderr)
    return int(reading.has_errors or len(reading.faults) > 0)


def _ticked(engine: "Engine", as_of: date | None, scratch: Path) -> "Engine":
    """Return the engine; where it has no state yet, one with a state in *scratch* in which a first tick has run."""
    from alerting.wiring import Engine

    if engine.settings.has_state:
        with engine.state() as store, store.begin() as state:
            if state.ticks.newest() is not None:
                return engine
    fresh = Engine(
        engine.rules, replace(engine.settings, state_dir=scratch, database_url=None), engine.folder,
        engine.clock,
    )  # fmt: skip
    with fresh.state() as store:
        fresh.tick(store, as_of)
    return fresh


def _write_page(page: "DigestPage", out: Path, program: Path | None) -> int:
    """Write one digest's files and print their names; return 1 where the browser failed."""
    from alerting.render.printing import page_of_message, print_pdf

    name = f"{page.digest}-{page.owner}"
    html, text, pdf = (out / f"{name}.{ending}" for ending in ("html", "txt", "pdf"))
    try:
        out.mkdir(parents=True, exist_ok=True)
        html.write_text(page_of_message(page.message), encoding="utf-8")
        text.write_text(page.message.text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write to {out}: {error.strerror}; name another folder with --out FOLDER") from error
    print(f"{html}: {page.message.subject}")
    if program is None:
        return 0
    why = print_pdf(html, pdf, program)
    if why is not None:
        print(f"No PDF of {html}: {why}.", file=sys.stderr)
    return int(why is not None)
