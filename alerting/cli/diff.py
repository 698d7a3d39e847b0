"""`alerting diff`: say what a change of rules does, and to whom."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alerting.cli.options import chosen_folder, output_format, progress
from alerting.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from alerting.app.authoring.diff.difference import Difference
    from alerting.app.authoring.diff.sides import Side
    from alerting.app.engine import Engine
    from alerting.domain.backtest import DaySpan
    from alerting.domain.rule import RuleSet
    from alerting.figures.observations import Reading


@click.command(
    epilog="""\b
Examples:
  alerting diff main                        the folder as it stands against the branch main
  alerting diff main my-branch              two revisions
  alerting diff rules-of-last-year rules    two folders
  alerting diff main --from 2019-10 --until 2020-09
  alerting diff main --figures known.parquet     on what production knows (`alerting figures export`)
  alerting diff main --no-figures           the rules alone
  alerting diff HEAD --roll-over            what the next financial year's limits will be
  alerting diff main --format markdown      the comment for a pull request, never over 60 kB

\b
Exit status: 0 nothing to look at, 1 somebody should look (the reasons stand first), 2 a side cannot be used.
"""
)
@click.argument("base")
@click.argument("head", required=False)
@click.option(
    "--rules",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The rules folder, where a side is no folder.  [default: ALERTING_RULES, else rules]",
)
@click.option("--from", "since", metavar="DAY|PERIOD", help="The first day.  [default: 24 months before the last]")
@click.option("--until", metavar="DAY|PERIOD", help="The last day.  [default: today]")
@click.option("--figures", type=click.Path(path_type=Path), metavar="FILE", help="A file of `figures export`.")
@click.option("--no-figures", is_flag=True, help="Compare the rules alone: read no figures and look at no notices.")
@click.option("--roll-over", is_flag=True, help="Say also what HEAD's limits are from the next financial year on.")
@output_format("text", "json", "markdown", "github")
def command(
    base: str,
    head: str | None,
    rules: Path | None,
    since: str | None,
    until: str | None,
    figures: Path | None,
    output_format: str,
    **asked: bool,
) -> int:
    """Compare the rules at BASE with those at HEAD (without it, the rules folder as it stands).

    Each is a folder, or a git revision of the repository that the rules folder is in: a branch, a tag, a commit. Where a
    folder has the name of a branch, `refs/heads/NAME` is the branch. The work tree is not touched.

    Both are run over the same span of the past, as `alerting backtest` does, on the same figures: those of HEAD where it is a
    folder, else of the rules folder as it stands, which is said. What would have been told otherwise stands by owner and month.
    """
    from alerting.app.authoring.backtest import LookingBack
    from alerting.app.authoring.diff.difference import difference
    from alerting.app.authoring.diff.sides import sides
    from alerting.app.installation import Installation
    from alerting.opening import SystemClock
    from alerting.settings import load_settings
    from alerting.wiring import engine_on

    if asked["no_figures"] and (asked["roll_over"] or figures is not None):
        other = "--roll-over" if asked["roll_over"] else "--figures"
        raise UsageError(f"--no-figures and {other} do not go together: leave out one of them")
    settings = load_settings()
    are_folders = head is not None and Path(base).is_dir() and Path(head).is_dir()
    folder = Path(head) if head is not None and are_folders else chosen_folder(None, rules)
    with sides(base, head, folder, settings) as (before, after):
        own = folder if after.is_passing else after.folder
        installation = Installation(rules=after.rules, settings=settings, folder=own, clock=SystemClock())
        engine = engine_on(installation)
        span = LookingBack(installation, engine.ports).span(since, until)
        if asked["no_figures"]:
            found = difference(before, after, span)
        else:
            found = _looked_back(engine, before, after, span, figures, roll_over=asked["roll_over"])
        click.echo(_printed(output_format)(found), nl=False)
    for problem in found.problems:
        print(problem, file=sys.stderr)
    return int(bool(found.reasons))


def _looked_back(
    engine: "Engine", before: "Side", after: "Side", span: "DaySpan", figures: Path | None, *, roll_over: bool
) -> "Difference":
    from alerting.app.authoring.diff.difference import FiguresUsed
    from alerting.app.authoring.diff.looking_back import Comparison
    from alerting.wiring import engine_on

    own = engine.installation

    def read(rules: "RuleSet") -> "Reading":
        return engine_on(replace(own, rules=rules)).enquiries.read()

    with progress(span.n_days, "Looking back") as bar:

        def on_day(day: "date") -> None:
            bar.update((day - span.first).days + 1 - bar.pos)

        comparison = Comparison(
            installation=own, ports=engine.ports, read=read, figures=figures, on_day=on_day, roll_over=roll_over
        )
        found = comparison.of(before, after, span)
    if found.looked_back is None and found.rolled_over is None:
        return found
    revision = after.shown if after.is_passing and figures is None else None
    path = figures or own.settings.figures or own.folder
    return replace(found, figures=FiguresUsed(path=path, is_export=figures is not None, revision=revision))


def _printed(name: str) -> "Callable[[Difference], str]":
    if name == "json":
        from alerting.app.authoring.diff.as_json import as_json as printed
    elif name == "markdown":
        from alerting.app.authoring.diff.as_markdown import as_markdown as printed
    elif name == "github":
        from alerting.app.authoring.diff.as_github import as_github as printed
    else:
        from alerting.app.authoring.diff.as_text import as_text as printed
    return printed
