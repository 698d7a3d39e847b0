"""What only figures show of a rules folder: faults of the program, sources that fail, and checks that look at verdicts."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from alerting.app.authoring.figure_lint import Check, JudgedFolder, checks
from alerting.app.authoring.made_up_figures import anywhere, made_up
from alerting.app.authoring.representatives import representatives
from alerting.app.situation.situation import evaluate_panels
from alerting.charts.words import alt_text
from alerting.domain.alert import SeriesKey
from alerting.domain.fault import Faults, Work
from alerting.domain.finding import Finding, State
from alerting.domain.place import Place
from alerting.domain.problem import NO_FILE, Problem, ProblemSeverity
from alerting.domain.rule import RuleSet
from alerting.evaluation.budget.kept import NOTHING_KEPT, KeepsRates
from alerting.evaluation.findings import findings
from alerting.evaluation.found import Found
from alerting.figures.observations import Reading
from alerting.figures.panels import build_panels
from alerting.reports.chart_of_series import ChartMaker
from alerting.rulefile.lint import RuleProblem
from alerting.rulefile.placing import Placing

#: The code of a source that cannot be read, and those by which `check` names its file without reading it.
FAILED, BY_FILE = "source-failed", ("missing-figures", "unreadable-figures")
#: The code of a source that is read, and of which no measure has a figure.
EMPTY = "no-figures"


def figure_problems(
    rules: RuleSet,
    placing: Placing,
    reading: Reading,
    as_of: date,
    known: Sequence[Problem],
    kept: KeepsRates = NOTHING_KEPT,
) -> Iterator[Problem]:
    """Judge the folder's figures as `evaluate` does, and yield what that shows.

    Args:
        placing: where remarks on the rules stand.
        reading: every source, read once.
        known: the problems of the rules alone.
        kept: what knows what chance does, where that was tried before.
    """
    faults = reading.faults
    whole = Place(file=rules.folder, line=1, column=1)
    work = Work(sort="folder", id=rules.folder, done="judged", place=whole)
    judged = faults.attempt(work, lambda: _judged(rules, reading, as_of, kept))
    if judged is not None:
        yield from _of_figures((*reading.problems, *judged.panels.problems), rules.folder, known)
        for name, check in checks().items():
            yield from _checked(name, check, judged, placing, faults)
    if _try(work, representatives(rules, anywhere(rules)), as_of, faults):
        _try(work, rules, as_of, faults)  # so that every rule is named
    yield from (fault.problem(whole) for fault in faults)


def _judged(rules: RuleSet, reading: Reading, as_of: date, kept: KeepsRates) -> JudgedFolder:
    """Judge the newest period of each series and put into words what is not normal, as `evaluate` does, and as subjects."""
    panels = build_panels(reading, rules, as_of)
    newest = evaluate_panels(rules, panels, every_period=False)
    _put_into_words(findings(newest))
    return JudgedFolder(rules=rules, reading=reading, panels=panels, newest=newest, kept=kept)


def _try(work: Work, rules: RuleSet, as_of: date, faults: Faults) -> bool:
    """Try rules on made-up figures; say whether that brought up faults."""
    before = len(faults)
    for made in made_up(rules, as_of):
        faults.attempt(work, partial(_tried, rules, made, as_of, faults))
    return len(faults) > before


def _tried(rules: RuleSet, made: Reading, as_of: date, faults: Faults) -> None:
    """Judge made-up figures, put every verdict into words, and describe a chart of an exception under each kind of condition."""
    panels = build_panels(replace(made, faults=faults), rules, as_of)
    newest = evaluate_panels(rules, panels, every_period=False)
    charts, described = ChartMaker(newest), set()
    for found in _put_into_words(findings(newest, text="all")):
        kind = type(found.condition)
        if kind not in described:
            described.add(kind)
            faults.attempt(_charted(found.finding, rules), partial(_describe, charts, found.finding))


def _describe(charts: ChartMaker, finding: Finding) -> None:
    """Describe the chart of a finding as a message would have it, without drawing it."""
    chart = charts.chart(SeriesKey(rule=finding.rule, measure=finding.measure, area=finding.area), finding.period)
    if chart is not None:
        alt_text(chart, finding.text)


def _charted(finding: Finding, rules: RuleSet) -> Work:
    place = next(rule.place for rule in rules.rules if rule.id == finding.rule)
    return Work(sort="chart of rule", id=finding.rule, done="drawn", place=place, rule=finding.rule)


def _put_into_words(made: list[Found]) -> list[Found]:
    """Write exceptions in a line and for subjects, and return them."""
    exceptions = [found for found in made if found.finding.state is State.EXCEPTION]
    for found in exceptions:
        _ = found.headline, found.brief
    return exceptions


def _checked(name: str, check: Check, judged: JudgedFolder, placing: Placing, faults: Faults) -> Iterator[Problem]:
    """Run one check; what it found before it failed counts for nothing."""
    work = Work(sort="check", id=name, done="made")
    for found in faults.attempt(work, lambda: list(check(judged))) or ():
        problem = placing.problem(found) if isinstance(found, RuleProblem) else found
        if problem is not None:
            yield problem


def _of_figures(problems: Iterable[Problem], folder: str, known: Sequence[Problem]) -> Iterator[Problem]:
    """Name sources that fail, and count what is wrong in the figures of each file: `evaluate` lists it."""
    by_file = {(problem.place.file, problem.place.line) for problem in known if problem.code in BY_FILE}
    of_file: dict[str, list[Problem]] = {}
    for problem in problems:
        if problem.code == FAILED:
            said = (problem.place.file, problem.place.line) in by_file  # at the key that names it
            if not (said or (by_file and problem.about == NO_FILE)):
                yield problem
        else:
            of_file.setdefault(problem.place.file, []).append(problem)
    for file, several in of_file.items():
        yield _counted(file, several, folder)


def _counted(file: str, several: Sequence[Problem], folder: str) -> Problem:
    """Say in one line how much is wrong in the figures of a file, and whether nothing came of it."""
    counts = Counter(problem.severity for problem in several if problem.code != EMPTY)
    refused, others = counts[ProblemSeverity.ERROR], counts.total() - counts[ProblemSeverity.ERROR]
    parts = [f"{refused:,} refused or contradictory"] if refused else []
    parts += [f"{others:,} {'other ' * bool(refused)}remark{'s' * (others != 1)}"] if others else []
    empty = any(problem.code == EMPTY for problem in several)
    doubtful = empty or refused or counts[ProblemSeverity.WARNING]
    what = "no measure has a figure from it" if empty else "the figures in it are not all in order"
    return Problem(
        place=Place(file=file, line=1, column=1),
        code="wrong-figures",
        severity=ProblemSeverity.WARNING if doubtful else ProblemSeverity.NOTE,
        message=f"{what}: {' and '.join(parts)}" if parts else what,
        fix=f"`alerting evaluate {folder}` names each",
    )
