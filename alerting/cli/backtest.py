"""`alerting backtest`: say what the rules would have told over a span of the past."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alerting.cli.options import output_format, progress, rules_folder, some_rules

if TYPE_CHECKING:
    from alerting.domain.backtest import Backtest
    from alerting.domain.rule import RuleSet


@click.command(
    epilog="""\b
Examples:
  alerting backtest rules                                     the last two years
  alerting backtest rules --from 2018-10 --until 2020-09      days or periods, both included
  alerting backtest rules --rule calls-999-target             of one rule alone, which is quicker
  alerting backtest rules --figures known.parquet             figures that `figures export` wrote, in place of the sources'
  alerting backtest rules --format html > backtest.html       a page with a timeline and the notices

\b
Exit status: 0 done, 1 a source could not be read or has rows that are refused, 2 wrong usage or a folder that cannot be used.
"""
)
@rules_folder
@click.option("--from", "since", metavar="DAY|PERIOD", help="The first day.  [default: 24 months before the last]")
@click.option("--until", metavar="DAY|PERIOD", help="The last day.  [default: today]")
@some_rules
@click.option("--figures", type=click.Path(path_type=Path), metavar="FILE", help="A file of `figures export`.")
@output_format("text", "json", "html", "markdown")
def command(
    rules: Path,
    since: str | None,
    until: str | None,
    only_rules: tuple[str, ...],
    figures: Path | None,
    output_format: str,
) -> int:
    """Say what the rules of RULES would have found and told over a span of the past; nothing is stored or sent.

    Ticks run in memory on every day on which something may happen. Figures count from the days that their sources give; those
    without one from the day after they are due, and it says which. Nobody takes anything on, so that everything is passed on
    and repeated as the rules say.
    """
    from alerting.app.authoring.backtest import LookingBack
    from alerting.wiring import engine_of_some

    engine = engine_of_some(rules, only_rules)
    looking_back = LookingBack(engine.installation, engine.ports)
    span = looking_back.span(since, until)
    reading = engine.enquiries.read() if figures is None else looking_back.reading_of(figures)
    with progress(span.n_days, "Looking back") as bar:
        found = looking_back.over(span, reading, lambda day: bar.update((day - span.first).days + 1 - bar.pos))
    click.echo(_PRINTERS[output_format](found, engine.rules), nl=False)
    for problem in reading.problems if figures is None else ():
        if problem.is_error:
            print(problem, file=sys.stderr)
    return 1 if reading.failed else 0


def _as_text(found: "Backtest", rules: "RuleSet") -> str:
    from alerting.render.backtest.as_text import backtest_text

    return backtest_text(found, rules)


def _as_json(found: "Backtest", _: "RuleSet") -> str:
    import json

    from alerting.render.backtest.as_json import backtest_json

    return f"{json.dumps(backtest_json(found), indent=2, ensure_ascii=False)}\n"


def _as_page(found: "Backtest", rules: "RuleSet") -> str:
    from alerting.render.backtest.as_page import backtest_page

    return backtest_page(found, rules)


def _as_markdown(found: "Backtest", rules: "RuleSet") -> str:
    from alerting.render.backtest.as_markdown import backtest_markdown

    return backtest_markdown(found, rules)


_PRINTERS: "dict[str, Callable[[Backtest, RuleSet], str]]" = {
    "text": _as_text,
    "json": _as_json,
    "html": _as_page,
    "markdown": _as_markdown,
}
