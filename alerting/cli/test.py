"""`alerting test`: try rules on figures that their author makes up."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alerting.cli.options import output_format, rules_folder
from alerting.domain.problem import Problem

if TYPE_CHECKING:
    from alerting.app.authoring.rule_tests import RuleTests
    from alerting.app.authoring.run_rule_tests import Tried


@click.command(
    epilog="""\b
Examples:
  alerting test rules
  alerting test rules --only "a miss opens it"     the tests whose name holds these words
  alerting test rules --format github              failures on the lines of a pull request
  alerting test rules --mutate                     which slips in a rule would no test notice?

\b
Exit status: 0 all passed (nothing is lacking), 1 a test failed or cannot be read (something is), 2 the rules folder cannot be used.
"""
)
@rules_folder
@output_format("text", "json", "github", "junit")
@click.option("--only", metavar="WORDS", help="Run only the tests whose name holds these words.")
@click.option("--mutate", is_flag=True, help="Change each rule on purpose and list the changes that no test notices.")
@click.pass_context
def command(ctx: click.Context, rules: Path, output_format: str, only: str | None, *, mutate: bool) -> None:
    """Run the rule tests of the rules folder RULES, in `RULES/tests/*.yaml`.

    A test gives figures and says what must happen: which alerts open and end, who is told, in which words. It runs the
    engine's own ticks, one a period, on the day after the period's figures are due; nothing is stored or sent.
    """
    from alerting.errors import UsageError
    from alerting.wiring import engine_of

    own = engine_of(rules).enquiries.rule_tests(rules.as_posix())
    tried, problems = own.try_out(only)
    if only is not None and not tried:
        raise UsageError(f'no test in {rules.as_posix()}/tests has "{only}" in its name')
    failures = [failure for one in tried for failure in one.failures]
    if mutate and not problems and not failures:
        ctx.exit(_mutate(own, output_format))
    if output_format == "text":
        _print_text(tried, problems, rules)
    elif report := _report(output_format, tried, [*problems, *failures]):
        click.echo(report)
    ctx.exit(int(bool(problems or failures)))


def _mutate(own: "RuleTests", output_format: str) -> int:
    from alerting.app.authoring import rule_test_pages as pages
    from alerting.rulefile.pages.machine_reports import as_github

    mutated, place_of = own.mutated(), own.places.place
    if output_format == "json":
        click.echo(pages.mutation_json(mutated, place_of))
    elif output_format == "github":
        click.echo(as_github(pages.mutation_problems(mutated, place_of)))
    else:
        click.echo(pages.mutation_text(mutated, place_of))
    return int(any(one.lived for one in mutated))


def _print_text(tried: Sequence["Tried"], problems: Sequence[Problem], rules: Path) -> None:
    from alerting.rulefile.pages.drawn_problem import drawn_all

    if not tried and not problems:
        click.echo(f"{rules.as_posix()}/tests: no tests; README.md shows how to write some")
        return
    if problems:
        click.echo(f"{drawn_all(problems)}\n")
    for one in tried:
        click.echo(f"{'failed' if one.failures else 'passed'}  {one.test.name}")
        for failure in one.failures:
            click.echo(f"        {failure.place}: {failure.message}{f'; {failure.fix}' if failure.fix else ''}")
    failed = sum(bool(one.failures) for one in tried)
    unread = f", {len(problems)} mistake{'s' * (len(problems) != 1)} in the tests" if problems else ""
    click.echo(f"\n{len(tried) - failed} passed, {failed} failed{unread}")


def _report(name: str, tried: Sequence["Tried"], problems: Sequence[Problem]) -> str:
    from alerting.rulefile.pages import machine_reports as reports

    if name == "github":
        return reports.as_github(problems)
    if name == "junit":
        return reports.tests_as_junit([(one.test.name, one.test.place, one.failures) for one in tried], problems)
    own = {id(failure) for one in tried for failure in one.failures}
    found = {
        "passed": sum(not one.failures for one in tried),
        "failed": sum(bool(one.failures) for one in tried),
        "tests": [
            {
                "name": one.test.name, "file": one.test.place.file, "line": one.test.place.line,
                "passed": not one.failures, "failures": [reports.entry(failure) for failure in one.failures],
            }
            for one in tried
        ],
        "problems": [reports.entry(problem) for problem in problems if id(problem) not in own],
    }  # fmt: skip
    return json.dumps(found, indent=2, ensure_ascii=False)
