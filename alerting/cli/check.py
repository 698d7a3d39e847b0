"""`alerting check`: every problem of a rules folder in one run."""

from collections.abc import Callable, Sequence
from pathlib import Path

import click

from alerting.cli.options import output_format, rules_folder
from alerting.domain.problem import Problem, ProblemSeverity

#: How bad a problem must be to count, the worst first.
LEVELS = ("error", "warning", "note")


@click.command(
    epilog="""\b
Examples:
  alerting check rules
  alerting check rules --format github      problems on the lines of a pull request
  alerting check rules --fail-on warning    strict

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
@click.pass_context
def command(ctx: click.Context, rules: Path, output_format: str, fail_on: str) -> None:
    """Check the rules folder RULES: name every problem with its file, line, column and fix.

    Errors refuse the folder. Warnings are probably not what you want. Notes are for information: keys that this version
    does not act on yet.
    """
    from alerting.render.template_check import template_problems
    from alerting.rulefile import load_rules
    from alerting.rulefile.summary import counted_problems, summed_up
    from alerting.settings import load_settings

    settings = load_settings()
    shown = rules.as_posix()
    loaded = load_rules(rules, shown_as=shown, figures=settings.figures, cache_dir=settings.cache_dir / "rules")
    own = () if loaded.unusable else template_problems(rules, loaded.rules, shown)
    problems = sorted((*loaded.problems, *own), key=lambda problem: (*problem.sort_key, problem.message))
    if output_format == "text":
        _print_text(problems)
        rest = counted_problems(problems)
        click.echo(f"{shown}: {rest}" if loaded.rules is None else summed_up(loaded.rules, shown, problems))
    elif report := _report(output_format)(problems):  # workflow commands are none where there is no problem
        click.echo(report)
    ctx.exit(2 if loaded.unusable else int(_counts(problems, fail_on)))


def _print_text(problems: Sequence[Problem]) -> None:
    from alerting.rulefile.drawing import drawn_all

    if problems:
        click.echo(f"{drawn_all(problems)}\n")


def _report(name: str) -> Callable[[Sequence[Problem]], str]:
    from alerting.rulefile import reports

    makers = {
        "json": reports.as_json,
        "github": reports.as_github,
        "sarif": reports.as_sarif,
        "junit": reports.as_junit,
    }
    return makers[name]


def _counts(problems: Sequence[Problem], fail_on: str) -> bool:
    counted = {ProblemSeverity(level) for level in LEVELS[: LEVELS.index(fail_on) + 1]}
    return any(problem.severity in counted for problem in problems)
