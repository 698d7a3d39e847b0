"""`alerting figures`: see how figures are read, which are due, where each stands."""

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alerting.cli.options import IsoDate, output_format, rules_option
from alerting.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from zoneinfo import ZoneInfo

    from alerting.app.authoring.source_view import ColumnView, SeriesView, SourceView
    from alerting.app.situation.series_record import RecordedFigure, SeriesRecord
    from alerting.domain.measure import Measure
    from alerting.domain.rule import RuleSet
    from alerting.reports.publication_calendar import AwaitedFigures

#: Series that are listed one by one; the rest is counted, and all are in the JSON.
_MOST_SERIES = 30
#: Characters of a heading that the table shows; all of them stand in the JSON.
_LONGEST_HEADING = 60


@click.group()
def command() -> None:
    """See what the sources of figures hold and how it is read, and carry all figures elsewhere."""


@command.command(
    epilog="\b\nExamples:\n  alerting figures columns calls\n"
    "  alerting figures columns figures/calls.csv --rules rules --format json\n\n"
    "\b\nExit status: 0 all is read, 1 something is refused or the source cannot be read, 2 there is no such source."
)
@click.argument("source")
@rules_option
@output_format("text", "json")
def columns(source: str, rules: Path, output_format: str) -> int:
    """Show how SOURCE is read: column by column, the series that come of it, and what is missing, unclaimed or refused.

    SOURCE is a key of `sources:`, or the path that a measure names as its source. What a file may hold is on the page
    that `alerting schema --figures` prints.
    """
    from alerting.app.figure_enquiries import FigureEnquiries
    from alerting.wiring import engine_of

    view = FigureEnquiries(engine_of(rules).enquiries).columns(source)
    if output_format == "json":
        import json

        click.echo(json.dumps(_plain(view), indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(view)))
    return int(view.has_errors)


@command.command(
    epilog="\b\nExamples:\n  alerting figures export known.parquet\n"
    "  alerting figures export known.parquet --since 2024-04-01 --measures crime --fewer-than 5\n"
    "  then, in a rules folder on another machine:\n"
    "  sources: {calls: {parquet: known.parquet}, crime: {parquet: known.parquet}}\n\n"
    "\b\nExit status: 0 all is exported, 1 a source could not be read, or something in one is refused."
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@rules_option
@click.option("--since", metavar="DATE", type=IsoDate(), help="Only periods that end on this day or later.")
@click.option(
    "--measures", metavar="ID", multiple=True, help="Only this measure, or the items of this family; may be repeated."
)
@click.option(
    "--fewer-than",
    metavar="N",
    type=click.IntRange(min=2),
    help="Withhold counts from 1 to N - 1, and shares and rates of so few or of all but so few.",
)
def export(file: Path, rules: Path, *, since: date | None, measures: tuple[str, ...], fewer_than: int | None) -> int:
    """Write all figures that are known into FILE.parquet: with their days, sources, revisions, marks and notes.

    Where ticks have run for this folder, also what a source holds no more. A file of that name is replaced. It is read by
    `parquet:` sources, also by several at once, each of which takes its own measures.
    """
    from alerting.app.figure_enquiries import FigureEnquiries
    from alerting.app.situation.export import WantedFigures
    from alerting.wiring import engine_of
    from alerting.wording.plain import counted

    if file.suffix != ".parquet":
        raise UsageError(f"{file}: what is written is Parquet; name a file that ends in .parquet")
    wanted = WantedFigures(since=since, measures=measures or None, fewer_than=fewer_than)
    exported, reading = FigureEnquiries(engine_of(rules).enquiries).exported(wanted)
    _replaced(file, exported.content)
    for problem in reading.problems:
        if problem.is_error:
            click.echo(str(problem), err=True)
    withheld = f", {exported.withheld:,} of them withheld" if exported.withheld else ""
    click.echo(
        f"{file}: {exported.rows:,} figures of {counted(exported.measures, 'measure')} from"
        f" {counted(exported.sources, 'source')}{withheld}"
    )
    return int(reading.has_errors)


@command.command(
    epilog="\b\nExamples:\n  alerting figures due\n  alerting figures due --days 14 --format json\n"
    "  alerting figures due --format ics > due.ics   (for a calendar program)\n\n"
    "\b\nExit status: 0 all sources could be read, whatever is late; 1 one could not, or something in one is refused."
)
@rules_option
@click.option(
    "--days", metavar="N", type=click.IntRange(min=0, max=3_660), default=60, show_default=True, help="How far ahead."
)
@click.option("--as-of", metavar="DATE", type=IsoDate(), help="As if on this day.  [default: today]")
@output_format("text", "json", "ics")
def due(rules: Path, days: int, as_of: date | None, output_format: str) -> int:
    """Show which figures fall due on the next days, and which are late, by what their measures say (`expected:`).

    Figures that have come are left out. A series that is late has one line, for the first figure that is missing.
    """
    from alerting.app.figure_enquiries import FigureEnquiries
    from alerting.wiring import engine_of

    engine = engine_of(rules)
    today = as_of or engine.installation.today()
    awaited, reading = FigureEnquiries(engine.enquiries).due(today, today + timedelta(days=days))
    if output_format == "ics":
        from alerting.render.calendar_file import calendar_of

        click.echo(calendar_of(awaited, engine.rules, today), nl=False)
    elif output_format == "json":
        import json

        until = (today + timedelta(days=days)).isoformat()
        plain = {"as_of": today.isoformat(), "until": until, "due": [one.as_json() for one in awaited]}
        click.echo(json.dumps(plain, indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(_due_lines(awaited, engine.rules, days)))
    for problem in reading.problems:
        if problem.is_error:
            click.echo(str(problem), err=True)
    return int(reading.has_errors)


def _due_lines(awaited: "Sequence[AwaitedFigures]", rules: "RuleSet", days: int) -> list[str]:
    """Write a block for each day: what is late first."""
    from itertools import groupby

    from alerting.reports.publication_calendar import figures_line
    from alerting.wording.dates import day_words
    from alerting.wording.plain import counted, number

    if not any(measure.expected for measure in rules.measures.values()):
        return ["No measure says when its figures are due; give it `expected: 5 days`."]
    lines: list[str] = []
    for day, several in groupby(awaited, key=lambda one: one.day):
        those = list(several)
        lines += [f"{'Late since' if those[0].is_late else 'Due by'} {day_words(day)}"]
        lines += [f"  {figures_line(one, rules)}" for one in those] + [""]
    late = sum(len(one.areas) for one in awaited if one.is_late)
    to_come = sum(len(one.areas) for one in awaited) - late
    return [*lines, f"{counted(to_come, 'figure')} due in the next {counted(days, 'day')}, {number(late)} late."]


@command.command(
    epilog="\b\nExamples:\n  alerting figures show calls-answered town\n"
    "  alerting figures show crime/all north --since 2024-04-01 --format json\n\n"
    "\b\nExit status: 0 the sources could be read, 1 one could not, or something in one is refused, 2 no such measure or area."
)
@click.argument("measure")
@click.argument("area")
@rules_option
@click.option("--since", metavar="DATE", type=IsoDate(), help="Only periods that end on this day or later.")
@output_format("text", "json")
def show(measure: str, area: str, rules: Path, *, since: date | None, output_format: str) -> int:
    """Show the figures of MEASURE in AREA: where each stands, what it was before, and which tick read it.

    A figure that a source holds no more is shown where ticks of this folder have read it.
    """
    from alerting.app.figure_enquiries import FigureEnquiries
    from alerting.wiring import engine_of

    engine = engine_of(rules)
    record, reading = FigureEnquiries(engine.enquiries).record(measure, area)
    figures = [one for one in record.figures if since is None or one.period.last_day >= since]
    if output_format == "json":
        import json

        plain = {
            "accepted": [one.as_json() for one in record.accepted],
            "measure": measure,
            "area": area,
            "source": record.source,
            "figures": [one.as_json() for one in figures],
        }
        click.echo(json.dumps(plain, indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(_record_lines(record, figures, engine.rules, engine.installation.zone)))
    for problem in reading.problems:
        if problem.is_error and problem.source == record.source:
            click.echo(str(problem), err=True)
    return int(reading.has_errors)


def _record_lines(
    record: "SeriesRecord", figures: "Sequence[RecordedFigure]", rules: "RuleSet", zone: "ZoneInfo"
) -> list[str]:
    measure, area = rules.measures[record.measure], rules.areas[record.area]
    head = f"{measure.title}, {area.title}: {measure.unit.value} by {measure.every.value}"
    if not figures:
        made = f"; it is made of {measure.of.numerator} and {measure.of.denominator}" if measure.of else ""
        return [f"{head}.", f"No source holds a figure of it{made}."]
    heads = ["period", "figure", "published", "read by the tick of", "stands in"]
    rows = _aligned([heads, *(_record_row(one, measure, zone) for one in figures)])
    accepted = [
        f"{one.period}: {one.value:.15g} accepted by {one.person} on {one.at.astimezone(zone):%Y-%m-%d}: {one.reason}"
        for one in record.accepted
    ]
    return [f"{head}, from {record.source}", "", *rows, *([""] if accepted else []), *accepted]


def _record_row(one: "RecordedFigure", measure: "Measure", zone: "ZoneInfo") -> list[str]:
    return [
        str(one.period),
        _numbers(one, measure),
        "–" if one.published is None else one.published.isoformat(),
        "none yet" if one.read_at is None else f"{one.read_at.astimezone(zone):%Y-%m-%d %H:%M}",
        f"{one.file}, row {one.row}" if one.file else "no source any more",
    ]


def _numbers(one: "RecordedFigure", measure: "Measure") -> str:
    """Write a figure as it stands: its value, or what its parts make, or these by name; with its marks."""
    from alerting.domain.measure import Unit

    by_name = [f"{name} {x:.15g}" for name, x in one.numbers.items()]
    if one.value is None and one.numbers.keys() == {"numerator", "denominator"} and one.numbers["denominator"]:
        above, below = one.numbers["numerator"], one.numbers["denominator"]
        shown = f"{above / below:.1%}" if measure.unit is Unit.PERCENT else f"{above / below * measure.per:.4g}"
        by_name = [f"{shown} ({above:.15g} of {below:.15g})"]
    words = by_name if one.value is None else [f"{one.value:.15g}"]
    return " ".join([*words, *(f"({mark})" for mark in one.marks)]) or "empty"


@command.command(
    epilog="\b\nExample:\n  alerting figures accept calls-answered town 2020-04 --person performance-analyst"
    " --reason 'The line was cut for two weeks'\n\n"
    "\b\nExit status: 0 it is accepted, 2 no check holds it, or it cannot be."
)
@click.argument("measure")
@click.argument("area")
@click.argument("period")
@rules_option
@click.option("--person", "--by", required=True, metavar="OWNER", help="Who says so: an owner's id from the rules.")
@click.option(
    "--reason", "--why", required=True, metavar="WORDS", help="Why it is true; `alerting figures show` shows it."
)
def accept(measure: str, area: str, period: str, rules: Path, *, person: str, reason: str) -> None:
    """Let the figure of MEASURE in AREA and PERIOD through the checks that hold it: it is strange, but true.

    It is judged from the next tick on. When its source revises it, it is checked again.
    """
    from alerting.app.alerts.accept_figure import accept_figure
    from alerting.wiring import engine_of

    engine = engine_of(rules)
    with engine.state() as store:
        now = engine.now_in(store)
        reading = engine.enquiries.counting(now[0])
        click.echo(accept_figure(engine.rules, reading, store, (measure, area, period), (person, reason), now))


def _replaced(file: Path, content: bytes) -> None:
    """Write a file beside and put it in the place of the old one: whoever reads it meanwhile has the one or the other."""
    beside = file.with_name(f".{file.name}.part")
    try:
        beside.write_bytes(content)
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)


def _plain(view: "SourceView") -> dict[str, Any]:
    from dataclasses import asdict

    from alerting.rulefile.pages.machine_reports import entry

    plain = asdict(view)
    return plain | {"problems": [entry(problem) for problem in view.problems]}


def _lines(view: "SourceView") -> list[str]:
    if view.file is None:
        top = [f"  {line}" for line in view.top]
        begins = ["", "It begins:", *top] if top else []
        return [f"{view.source} cannot be read.", "", *map(str, view.problems), *begins]
    lines = [f"{view.file}: {view.rows:,} row{'s' * (view.rows != 1)} below the header", ""]
    lines += _table(["", "heading", "read as", "holds", "filled", "empty", "refused", "begins with"], view.columns)
    shown = view.series[:_MOST_SERIES]
    lines += ["", f"{len(view.series):,} series come of it{':' if shown else '.'}"]
    lines += [f"  {_of_series(one)}" for one in shown]
    if len(view.series) > len(shown):
        lines.append(f"  and {len(view.series) - len(shown):,} more (all of them: --format json)")
    if view.without_figures:
        lines += ["", f"No figure for: {', '.join(view.without_figures)}"]
    lines += ["", *map(str, view.problems)] if view.problems else ["", "Nothing is refused, unclaimed or odd."]
    return lines


def _of_series(one: "SeriesView") -> str:
    """Say what came of a series; what is withheld or provisional where something is."""
    counts = {"withheld": one.withheld, "provisional": one.provisional}
    of_them = "".join(f", {count:,} {what}" for what, count in counts.items() if count)
    return f"{one.measure}, {one.area}: {one.figures:,} by {one.every}{of_them}, {one.first} to {one.last}"


def _shortened(heading: str) -> str:
    """Return a heading as far as a table has room for it: some files write a paragraph there."""
    return heading if len(heading) <= _LONGEST_HEADING else f"{heading[:_LONGEST_HEADING]}…"


def _table(heads: list[str], columns: "tuple[ColumnView, ...]") -> list[str]:
    rows = [heads] + [
        [
            "" if one.column is None else str(one.column),
            _shortened(one.heading),
            _shortened(one.read_as or "–"),
            one.holds,
            f"{one.filled:,}",
            f"{one.empty:,}",
            f"{one.refused:,}",
            "; ".join(one.first),
        ]
        for one in columns
    ]
    return _aligned(rows, right={0, 4, 5, 6})


def _aligned(rows: list[list[str]], right: "Collection[int]" = ()) -> list[str]:
    """Return rows of cells as columns of equal width, some of them set to the right."""
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    return [
        "  ".join(
            cell.rjust(width) if n in right else cell.ljust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
