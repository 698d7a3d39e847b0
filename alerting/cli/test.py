"""`alerting test`: try rules on figures that their author makes up."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alerting.cli.options import as_of, output_format, progress, rules_folder
from alerting.domain.problem import Problem

if TYPE_CHECKING:
    from alerting.app.authoring.rule_tests import RuleTests
    from alerting.app.authoring.run_rule_tests import Tried
    from alerting.app.engine import Engine


@click.command(
    epilog="""\b
Examples:
  alerting test rules
  alerting test rules --only "a miss opens it"     the tests whose name holds these words
  alerting test rules --format github              failures on the lines of a pull request
  alerting test rules --coverage                   what do the tests of each rule not show?
  alerting test rules --mutate                     which slips in a rule would no test notice?
  alerting test rules --record calls-999-target --area west-mercia --from 2020-04 --until 2020-09
  alerting test rules --record calls-999-target --into tests/calls.yaml   the newest episode, as a test more

\b
Exit status: 0 all passed (nothing is lacking), 1 a test failed or cannot be read (something is), 2 the rules folder cannot be used.
"""
)
@rules_folder
@output_format("text", "json", "github", "junit", "markdown")
@click.option("--only", metavar="WORDS", help="Run only the tests whose name holds these words.")
@click.option("--update", is_flag=True, help="Write the whole mails that tests name with `mail:`.")
@click.option("--mutate", is_flag=True, help="Change each rule on purpose and list the changes that no test notices.")
@click.option("--coverage", is_flag=True, help="List what the tests of each rule do not show, with a test that does.")
@click.option("--rule", "of", metavar="RULE", help="With --coverage and --mutate: of this rule alone.")
@click.option("--record", "rule", metavar="RULE", help="Write a test from an episode in the figures.")
@click.option("--area", metavar="AREA", help="With --record: in this area.  [default: where the newest episode is]")
@click.option("--measure", metavar="MEASURE", help="With --record: of this measure.")
@click.option("--from", "since", metavar="PERIOD", help="With --record: the first period.  [default: before it began]")
@click.option("--until", metavar="PERIOD", help="With --record: the last period.  [default: that ended it]")
@click.option(
    "--into", metavar="FILE", help="With --record: put it behind the tests of RULES/FILE, like tests/calls.yaml."
)
@as_of
@click.pass_context
def command(
    ctx: click.Context,
    /,
    rules: Path,
    output_format: str,
    only: str | None,
    as_of: date | None,
    *,
    mutate: bool,
    coverage: bool,
    update: bool,
    **recording: str | None,
) -> None:
    """Run the rule tests of the rules folder RULES, in `RULES/tests/*.yaml`.

    A test gives figures and says what must happen: which alerts open and end, who is told, in which words. It runs the
    engine's own ticks, one a period, on the day after the period's figures are due; nothing is stored or sent.
    """
    from alerting.errors import UsageError
    from alerting.wiring import engine_of

    _check_format(output_format, coverage=coverage, mutate=mutate)
    engine = engine_of(rules)
    own = engine.enquiries.rule_tests(rules.as_posix())
    if recording["rule"] is not None:
        ctx.exit(_record(engine, own, recording, as_of))
    tried, problems = own.try_out(only, update=update)
    if only is not None and not tried:
        raise UsageError(f'no test in {rules.as_posix()}/tests has "{only}" in its name')
    failures = [failure for one in tried for failure in one.failures]
    if (mutate or coverage) and not problems and not failures:
        ctx.exit((_mutate if mutate else _coverage)(own, output_format, recording["of"]))
    if output_format == "text":
        _print_text(tried, problems, rules)
    elif report := _report(output_format, tried, [*problems, *failures]):
        click.echo(report)
    ctx.exit(int(bool(problems or failures)))


def _check_format(name: str, *, coverage: bool, mutate: bool) -> None:
    """Refuse a format that what is asked for has not."""
    from alerting.errors import UsageError

    if coverage and mutate:
        raise UsageError("--coverage and --mutate are two questions; ask one at a time")
    if name == "markdown" and not coverage:
        raise UsageError("--format markdown is for --coverage")
    if name == "junit" and (coverage or mutate):
        raise UsageError("--format junit is for the tests themselves, without --coverage and --mutate")


def _record(engine: "Engine", own: "RuleTests", recording: Mapping[str, str | None], as_of: date | None) -> int:
    from alerting.app.authoring.record import Asked
    from alerting.app.authoring.write_rule_test import HEAD, written_test

    reading = engine.enquiries.counting(as_of)
    into, episode = (
        recording["into"],
        {key: value or None for key, value in recording.items() if key not in ("into", "of")},
    )
    test = own.record(Asked(**episode), reading, as_of or engine.installation.today())
    if into is None:
        click.echo(HEAD + written_test(test), nl=False)
    else:
        click.echo(f'{own.add(test, into).as_posix()}: "{test.name}" added')
    return 0


def _coverage(own: "RuleTests", output_format: str, rule: str | None) -> int:
    from alerting.app.authoring import rule_test_pages as pages
    from alerting.rulefile.pages.machine_reports import as_github

    with progress(own.n_asked(rule), "Looking at tests") as bar:
        covered = own.covered(rule, lambda: bar.update(1))
    if output_format == "json":
        click.echo(pages.coverage_json(covered))
    elif output_format == "markdown":
        click.echo(pages.coverage_markdown(covered))
    elif output_format == "github":
        click.echo(as_github(pages.coverage_problems(covered)))
    else:
        click.echo(pages.coverage_text(covered))
    return int(any(one.lacking for one in covered))


def _mutate(own: "RuleTests", output_format: str, rule: str | None) -> int:
    from alerting.app.authoring import rule_test_pages as pages
    from alerting.rulefile.pages.machine_reports import as_github

    with progress(own.n_asked(rule), "Changing rules") as bar:
        mutated, place_of = own.mutated(rule, lambda: bar.update(1)), own.places.place
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
