"""`RULES/tests/*.yaml` to rule tests, or to the problems that stand in the way."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path as FilePath
from pathlib import PurePosixPath
from typing import Any

from pydantic import ValidationError

from alerting.domain.period import PeriodKind
from alerting.domain.place import Place
from alerting.domain.problem import Problem
from alerting.domain.rule import RuleSet
from alerting.domain.rule_test import (
    ExpectedEvent,
    ExpectedFinding,
    GivenAcknowledgement,
    GivenFigures,
    RuleTest,
    judgeable,
)
from alerting.errors import UsageError
from alerting.rulefile.forms.context import Context, described
from alerting.rulefile.forms.rule_tests import FiguresForm, FindingForm, RuleTestForm
from alerting.rulefile.loading import skipped_file
from alerting.rulefile.mistakes import PathProblem, flaws_of, mistakes_in
from alerting.rulefile.tree import Path
from alerting.rulefile.yaml.cache import ParseCache
from alerting.rulefile.yaml.files import Text
from alerting.rulefile.yaml.rule_file import RuleFile, read_folder

FOLDER = "tests"
#: Keys of a finding that say which one is meant, not what it must be.
_NAMING = frozenset({"period", "rule", "measure", "area"})


def load_rule_tests(folder: FilePath, rules: RuleSet, shown: str) -> tuple[list[RuleTest], list[Problem]]:
    """Read every test of a rules folder; one with a mistake is left out and its problems are named.

    Args:
        shown: the rules folder as the user typed it, for places.

    Raises:
        UsageError: the folder of tests cannot be read.
    """
    tests: list[RuleTest] = []
    problems: list[Problem] = []
    if not (folder / FOLDER).is_dir():
        return tests, problems
    place = f"{shown.rstrip('/')}/{FOLDER}"
    try:
        files, skipped = read_folder(folder / FOLDER, place, ParseCache(None))
    except OSError as error:
        raise UsageError(f"{place} cannot be read: {error}") from error
    problems += [skipped_file(file, place) for file in skipped]
    context = _context(rules)
    for file in files:
        problems += flaws_of(file)
        found, mistakes = _tests_in(file, context, rules)
        tests += found
        problems += [mistake.problem() for mistake in mistakes]
    return tests, sorted(problems, key=lambda problem: problem.sort_key)


def rule_tests_in(text: str, shown: str, rules: RuleSet) -> tuple[list[RuleTest], list[Problem]]:
    """Read the tests in a text, as if it were a file called *shown*."""
    file = RuleFile(Text(relative=shown, raw=text.encode(), text=text), shown, ParseCache(None))
    tests, mistakes = _tests_in(file, _context(rules), rules)
    return tests, [*flaws_of(file), *(mistake.problem() for mistake in mistakes)]


def _context(rules: RuleSet) -> Context:
    declared = {
        "rule": {rule.id: None for rule in rules.rules}, "measure": dict.fromkeys(rules.measures),
        "area": dict.fromkeys(rules.areas.areas), "owner": dict.fromkeys(rules.owners),
    }  # fmt: skip
    titles = {
        "measure": _by_title({id_: measure.title for id_, measure in rules.measures.items()}),
        "area": _by_title({id_: area.title for id_, area in rules.areas.areas.items()}),
    }
    return Context(calendar=rules.calendar, declared=declared, titles=titles)


def _by_title(titles: Mapping[str, str]) -> dict[str, str]:
    """Return the ids by title, without titles that stand twice."""
    count = Counter(titles.values())
    return {title: id_ for id_, title in titles.items() if count[title] == 1}


def _tests_in(file: RuleFile, context: Context, rules: RuleSet) -> tuple[list[RuleTest], list[PathProblem]]:
    tests: list[RuleTest] = []
    mistakes: list[PathProblem] = []
    for key in file.value:
        if key != "tests":
            fix = "the only key here is tests:"
            message = f'unknown key "{key}"'
            mistakes.append(
                PathProblem(file=file, path=(key,), code="unknown-key", message=message, fix=fix, of_key=True)
            )
    items = file.value.get("tests", [])
    if not isinstance(items, list):
        message = f"expected a list, found {described(items)}"
        mistakes.append(PathProblem(file=file, path=("tests",), code="wrong-type", message=message))
        return tests, mistakes
    for index, item in enumerate(items):
        path: Path = ("tests", index)
        try:
            form = RuleTestForm.__pydantic_validator__.validate_python(item, context=context)
        except ValidationError as error:
            mistakes += mistakes_in(error, item, file, path, context)
            continue
        wrong = list(_wrong(form, file, path, rules))
        mistakes += wrong
        if not wrong:
            tests.append(_built(form, file, path))
    return tests, mistakes


def _wrong(form: RuleTestForm, file: RuleFile, path: Path, rules: RuleSet) -> Iterator[PathProblem]:
    """Find what each key alone does not show: figures that do not fit together, and a test of nothing."""
    if not form.figures:
        yield _mistake(file, (*path, "figures"), "a test needs figures", "give a measure, an area, from and values")
    if form.expect is None and not form.findings:
        fix = "write expect: with what must happen ([] for nothing), or findings:"
        yield _mistake(file, path, "the test expects nothing", fix, of_first_key=True)
    for n, one in enumerate(form.expect or ()):
        parts = PurePosixPath(one.mail or f"{FOLDER}/x.txt")
        if parts.parts[0] != FOLDER or ".." in parts.parts or parts.suffix != ".txt":
            message, fix = (
                f'"{one.mail}" is no file of mails',
                "write it like tests/mails/opened.txt, from the rules folder",
            )
            yield _mistake(file, (*path, "expect", n, "mail"), message, fix)
    given: set[tuple[str, str, PeriodKind, int, date | None]] = set()
    for n, figures in enumerate(form.figures):
        here = (*path, "figures", n)
        yield from _wrong_figures(figures, file, here, rules)
        first, length = figures.since, max((len(column) for column in _cells(figures).values()), default=0)
        days = figures.published or (None,) * length
        own = {
            (figures.measure, figures.area, first.kind, first.ordinal + later, day)
            for later, day in zip(range(length), days, strict=False)
        }
        if not given.isdisjoint(own):
            message = f"figures of {figures.measure} in {figures.area} are given twice for one period"
            yield _mistake(file, here, message, "keep one of them, or say by published: when the other became known")
        given |= own
    measures = judgeable((figures.measure for figures in form.figures), rules.measures).keys()
    tried = [rule for rule in rules.rules if form.rules is None or rule.id in form.rules]
    if form.figures and not any(measures & set(rule.measures) for rule in tried):
        fix = "give figures of a measure that the rules watch"
        yield _mistake(file, path, "no rule that is tried watches a measure given", fix, of_first_key=True)


def _wrong_figures(figures: FiguresForm, file: RuleFile, path: Path, rules: RuleSet) -> Iterator[PathProblem]:
    cells = _cells(figures)
    days = {} if figures.published is None else {"published": figures.published}
    lengths = {len(column) for column in (cells | days).values()}
    measure = rules.measures[figures.measure]
    if not {"value", "numerator"} & cells.keys():
        yield _mistake(file, path, "there are no figures", "write values:, or numerator: and denominator:")
    elif len(lengths) > 1:
        counts = ", ".join(f"{name}: {len(column)}" for name, column in (cells | days).items())
        yield _mistake(file, path, f"not one of each for every period: {counts}", "write _ where one is missing")
    elif ("numerator" in cells) != ("denominator" in cells):
        yield _mistake(file, path, "a numerator needs a denominator, and the other way round", None)
    if figures.since.kind.rank < measure.every.rank:
        message = f"{figures.measure} comes by {measure.every.value}; {figures.since} is finer"
        yield _mistake(file, (*path, "from"), message, None)
    if measure.of is not None:
        message, fix = f"{figures.measure} is made of two measures", "give those two figures"
        yield _mistake(file, (*path, "measure"), message, fix)


def _mistake(file: RuleFile, path: Path, message: str, fix: str | None, *, of_first_key: bool = False) -> PathProblem:
    return PathProblem(file=file, path=path, code="bad-value", message=message, fix=fix, of_first_key=of_first_key)


def _built(form: RuleTestForm, file: RuleFile, path: Path) -> RuleTest:
    def place(*steps: str | int) -> Place:
        return file.place((*path, *steps))

    return RuleTest(
        name=form.name, rules=form.rules, place=file.place((*path, "name")),
        figures=tuple(
            GivenFigures(
                measure=one.measure, area=one.area, first=one.since, cells=_cells(one), published=one.published or (),
                place=place("figures", n),
            )
            for n, one in enumerate(form.figures)
        ),
        acknowledge=tuple(
            GivenAcknowledgement(
                period=one.period, rule=one.rule, area=one.area, measure=one.measure, person=one.person,
                place=place("acknowledge", n),
            )
            for n, one in enumerate(form.acknowledge)
        ),
        expect=None if form.expect is None else tuple(
            ExpectedEvent(
                period=one.period, event=one.event, rule=one.rule, measure=one.measure, area=one.area, to=one.to,
                says=one.says_, mail=one.mail, reason=one.reason, place=place("expect", n),
            )
            for n, one in enumerate(form.expect)
        ),
        findings=tuple(
            ExpectedFinding(
                period=one.period, rule=one.rule, measure=one.measure, area=one.area, keys=_keys(one),
                place=place("findings", n),
            )
            for n, one in enumerate(form.findings)
        ),
    )  # fmt: skip


def _cells(figures: FiguresForm) -> dict[str, tuple[str, ...]]:
    """Return the columns that are given, in the form's order."""
    named = frozenset(("measure", "area", "since", "published"))
    columns = {
        "value" if name == "values" else name: getattr(figures, name)
        for name in type(figures).model_fields
        if name not in named
    }
    return {name: cells for name, cells in columns.items() if cells is not None}


def _keys(form: FindingForm) -> dict[str, Any]:
    """Return what the author wrote of a finding, explicit nulls included."""
    given = form.model_fields_set - _NAMING
    return {name: getattr(form, name) for name in type(form).model_fields if name in given}
