"""`alerting check`: name every problem in a rules folder, with line and fix."""

import gc
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from alerting.cli.options import as_of, output_format, rules_folder
from alerting.domain.problem import Problem, ProblemSeverity

if TYPE_CHECKING:
    from alerting.domain.rule import RuleSet
    from alerting.rulefile.loading import Loaded
    from alerting.settings import Settings

#: How bad a problem must be to count, the worst first.
LEVELS = ("error", "warning", "note")


@click.command(
    epilog="""\b
Examples:
  alerting check rules
  alerting check rules --format github      problems on the lines of a pull request
  alerting check rules --fail-on warning    strict
  alerting check rules --no-figures         the rule files alone: nothing is read or judged

\b
Exit status: 0 no errors (or what --fail-on says), 1 problems found, 2 there is no such folder or it holds no rules.
"""
)
@rules_folder
@output_format("text", "json", "github", "sarif", "junit")
@click.option(
    "--fail-on",
    type=click.Choice(LEVELS),
    default="error",
    show_default=True,
    help="Exit with 1 from this severity on.",
)
@click.option("--no-figures", is_flag=True, help="Look at the rule files alone: read no figures and judge nothing.")
@click.option(
    "--shorts", is_flag=True, help="List what subjects call measures whose title is long and that have no short."
)
@as_of
@click.pass_context
def command(
    ctx: click.Context,
    rules: Path,
    output_format: str,
    fail_on: str,
    as_of: date | None,
    *,
    no_figures: bool,
    shorts: bool,
) -> None:
    """Check the rules folder RULES: name every problem with its file, line, column and fix.

    Errors refuse the folder. Warnings are probably not what you want. Notes are for information: keys that this version
    does not act on yet.

    Every rule is also judged once, on the folder's figures. What is wrong in the figures themselves is counted here and named
    by `alerting evaluate`.

    Owners are followed for twelve months from today or --as-of on: days on which nobody would be told are a warning.
    """
    from alerting.rulefile import load_rules
    from alerting.rulefile.lacking import lacking
    from alerting.rulefile.pages.summary import counted_problems, made_shorts, summed_up
    from alerting.rulefile.yaml.rule_file import collector_off
    from alerting.settings import load_settings

    shown = rules.as_posix()
    with collector_off():  # nothing that is made here is garbage before the end
        settings = load_settings()
        loaded = load_rules(rules, shown_as=shown, figures=settings.figures, cache_dir=settings.cache_dir / "rules")
        own = () if loaded.unusable else _of_templates(rules, loaded.rules, shown)
        more = () if loaded.unusable or no_figures else _with_figures(loaded, settings, rules, as_of)
        further = () if loaded.rules is None else lacking(loaded.rules, shown)
        absent = _absences(loaded, as_of)
        problems = sorted(
            (*loaded.problems, *own, *more, *further, *absent), key=lambda problem: (*problem.sort_key, problem.message)
        )
        gc.freeze()  # nor need the interpreter look for any in it on its way out
    if output_format == "text":
        _print_text(problems)
        rest = counted_problems(problems)
        for line in () if loaded.rules is None else made_shorts(loaded.rules, every=shorts):
            click.echo(line)
        click.echo(f"{shown}: {rest}" if loaded.rules is None else summed_up(loaded.rules, shown, problems))
    elif report := _report(output_format)(problems):  # workflow commands are none where there is no problem
        click.echo(report)
    ctx.exit(2 if loaded.unusable else int(_counts(problems, fail_on)))


def _of_templates(folder: Path, rules: "RuleSet | None", shown: str) -> Sequence[Problem]:
    """Try the folder's templates; most have none, and need not wait for what tries them."""
    from alerting.render.own_templates.files import template_files

    if not template_files(folder):
        return ()
    from alerting.render.own_templates.check import template_problems

    return template_problems(folder, rules, shown)


def _with_figures(loaded: "Loaded", settings: "Settings", folder: Path, as_of: date | None) -> Iterator[Problem]:
    """Read and judge the folder's figures, where its rules can be used at all."""
    from alerting.app.authoring.check_figures import figure_problems
    from alerting.app.installation import Installation
    from alerting.app.situation.chance_files import ChanceFiles
    from alerting.app.situation.posted_loads import unheard_posts
    from alerting.opening import SystemClock
    from alerting.wiring import engine_on

    if loaded.rules is None or loaded.placing is None:
        return
    own = Installation(rules=loaded.rules, settings=settings, folder=folder, clock=SystemClock())
    enquiries = engine_on(own).enquiries
    yield from enquiries.missing_secrets()
    yield from unheard_posts(loaded.rules, is_listening=settings.listen is not None)
    reading = enquiries.read()
    kept, day = ChanceFiles.beside(settings.cache_dir), as_of or own.today()
    yield from figure_problems(loaded.rules, loaded.placing, reading, day, loaded.problems, kept)


def _absences(loaded: "Loaded", as_of: date | None) -> Iterator[Problem]:
    """Look for days of the year to come on which nobody hears of something."""
    from alerting.rulefile.absent_owners import absences

    if loaded.rules is None or loaded.placing is None:
        return
    today = as_of or datetime.now(ZoneInfo(loaded.rules.schedule.timezone)).date()
    for remark in absences(loaded.rules, today):
        problem = loaded.placing.problem(remark)
        yield from () if problem is None else (problem,)


def _print_text(problems: Sequence[Problem]) -> None:
    from alerting.rulefile.pages.drawn_problem import drawn_all

    if problems:
        click.echo(f"{drawn_all(problems)}\n")


def _report(name: str) -> Callable[[Sequence[Problem]], str]:
    from alerting.rulefile.pages import machine_reports as reports

    if name == "sarif":
        from alerting.app.authoring.codes import all_codes

        return partial(reports.as_sarif, meanings=all_codes())
    return {"json": reports.as_json, "github": reports.as_github, "junit": reports.as_junit}[name]


def _counts(problems: Sequence[Problem], fail_on: str) -> bool:
    counted = {ProblemSeverity(level) for level in LEVELS[: LEVELS.index(fail_on) + 1]}
    return any(problem.severity in counted for problem in problems)
