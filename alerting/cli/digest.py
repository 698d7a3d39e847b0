"""`alerting digest`: send each owner the regular summary."""

import asyncio
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import click

from alerting.cli.options import as_of, refuse_days_to_come, rules_folder, yes
from alerting.domain.rule import Presentation
from alerting.errors import UsageError

if TYPE_CHECKING:  # loaded where used, so that a slip in the options is told at once
    from alerting.app.digests.make import DigestPage
    from alerting.app.engine import Engine
    from alerting.domain.period import Period
    from alerting.figures.observations import Reading

#: The ids of digests, all where there is none, and how they are laid out, as each says where that is None.
Chosen: TypeAlias = tuple[Sequence[str], Presentation | None]

EPILOG = """\b
Examples:
  alerting digest rules
  alerting digest rules --id monday --as-of 2020-10-19
  alerting digest rules --out digests                      as pages, text and PDF; nothing is sent
  alerting digest rules --id monday --form scorecard --out board   two sheets of paper, a line a measure
  alerting digest rules --review                           once a month: rules in shadow, and rules to look at
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
@click.option(
    "--form",
    type=click.Choice(("digest", "scorecard")),
    help="How they are laid out.  [default: as each says]",
)
@click.option(
    "--review",
    is_flag=True,
    help="The month's page on rules: to authors what rules in shadow would have told, to the maintainer what to look at.",
)
@click.option("--draft", is_flag=True, help="Print the month's draft for the performance report: one line a topic.")
@click.option(
    "--period", metavar="MONTH", help="With --draft or --review: the month, like 2019-03.  [default: the newest over]"
)
@click.option(
    "--format",
    "output_format",
    type=click.Choice(("markdown", "text")),
    help="With --draft: how to print it.  [default: markdown]",
)
def command(  # noqa: PLR0913  # an option each
    rules: Path,
    as_of: date | None,
    ids: tuple[str, ...],
    out: Path | None,
    *,
    form: str | None,
    review: bool,
    draft: bool,
    period: str | None,
    output_format: str | None,
    yes: bool,
) -> int:
    """Send each owner one mail: what is new, worse, going on and over, what the figures say, and what was checked.

    Once a day at most. A topic stands in the summary and the draft by its `include:`.
    """
    from alerting.wiring import engine_of

    if draft and (out or ids or form or review):
        raise UsageError(
            "--draft prints one draft for the whole folder; it goes with neither --out nor --id, and has no --form"
        )
    if review and (ids or form):
        raise UsageError("--review is a page of its own; it goes with neither --id nor --form")
    if not draft and (output_format or (period and not review)):
        raise UsageError("--period and --format go with --draft")
    engine = engine_of(rules)
    if review:
        return _review(engine, as_of, period, out)
    if draft:
        return _print_draft(engine, as_of, period, output_format)
    if out is None:
        refuse_days_to_come(as_of, engine.installation.today(), yes=yes)
    _check(engine, ids)
    chosen = (ids, None if form is None else Presentation(form))
    return _send(engine, as_of, chosen) if out is None else _write(engine, as_of, chosen, out)


def _check(engine: "Engine", ids: Sequence[str]) -> None:
    """Name digests that there are not, before anything is opened."""
    from alerting.app.digests.make import digests_named

    digests_named(engine.rules, ids)


def _send(engine: "Engine", as_of: date | None, chosen: Chosen) -> int:
    from alerting.cli.run import print_delivery

    with engine.state() as store:
        report = engine.digest(store, as_of, *chosen)
        for problem in report.problems:
            print(problem, file=sys.stderr)
        for delivery in report.deliveries:
            print(
                f"Digest for {engine.rules.owners[delivery.owner].name} <{delivery.address}>: {delivery.message.subject}"
            )
        if report.no_pdf:
            print(f"No PDF of a scorecard: {report.no_pdf}.", file=sys.stderr)
        if report.already:
            print(f"Made already today: {len(report.already)}.", file=sys.stderr)
        delivery_report = asyncio.run(engine.deliver(store))
        print_delivery(delivery_report)
    return 1 if report.has_errors or delivery_report.waiting or delivery_report.rejected else 0


def _review(engine: "Engine", as_of: date | None, period: str | None, out: Path | None) -> int:
    """Send the month's page on rules to those who have not got it, or write it for all."""
    from alerting.app.digests.make import DigestPage
    from alerting.app.digests.rule_review import pages, run_review
    from alerting.cli.run import print_delivery
    from alerting.domain.period import PeriodKind
    from alerting.service.reviewing import chances

    own, rules = engine.installation, engine.rules
    day = as_of or own.today()
    month = _month(engine, period) or rules.calendar.newest_complete(day, PeriodKind.MONTH)
    with engine.state() as store:
        chance = chances(engine, store, day, own.instant(as_of))
        if out is not None:
            with store.begin() as state:
                made = list(pages(rules, state, month, day, own.message_defaults, chance))
            return max(
                (_write_page(DigestPage(digest="rules", owner=id_, message=m), out, None) for id_, m in made), default=0
            )
        for one in run_review(rules, store, month, day, own.instant(as_of), own.message_defaults, chance):
            print(f"Page on rules for {rules.owners[one.owner].name} <{one.address}>: {one.message.subject}")
        delivery_report = asyncio.run(engine.deliver(store))
        print_delivery(delivery_report)
    return 1 if delivery_report.waiting or delivery_report.rejected else 0


def _month(engine: "Engine", period: str | None) -> "Period | None":
    from alerting.domain.period import PeriodError, PeriodKind

    try:
        named = engine.rules.calendar.parse_exact(period) if period else None
    except PeriodError as error:
        raise UsageError(f"--period: {error}") from error
    if named is not None and named.kind is not PeriodKind.MONTH:
        raise UsageError(f"--period: {named} is no month; write it like 2019-03")
    return named


def _print_draft(engine: "Engine", as_of: date | None, period: str | None, output_format: str | None) -> int:
    from alerting.domain.period import PeriodError
    from alerting.render.draft import draft_as_markdown, draft_as_text

    try:
        named = engine.rules.calendar.parse_exact(period) if period else None
    except PeriodError as error:
        raise UsageError(f"--period: {error}") from error
    view, reading = engine.enquiries.draft(as_of, named)
    click.echo(draft_as_text(view) if output_format == "text" else draft_as_markdown(view), nl=False)
    return _told_faults(reading)


def _write(engine: "Engine", as_of: date | None, chosen: Chosen, out: Path) -> int:
    """Write every digest's files; where no tick has run yet, as they would be after a first one."""
    from alerting.render.printing import BROWSERS, browser

    program = browser(engine.settings.chromium)
    if program is None:
        names = ", ".join(BROWSERS)
        print(f"No PDF: there is no Chromium here ({names}); name one in ALERTING_CHROMIUM.", file=sys.stderr)
    with engine.digest_pages(as_of, *chosen) as (reading, pages):
        failed = sum(_write_page(page, out, program) for page in pages)
    return int(_told_faults(reading) or failed > 0)


def _told_faults(reading: "Reading") -> int:
    """Print one line for each fault of the program; return 1 where there is one, or an error in what was read."""
    for fault in reading.faults:
        print(fault.problem(), file=sys.stderr)
    return int(reading.has_errors or len(reading.faults) > 0)


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
