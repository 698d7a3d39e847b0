"""What `alerting test` says of the tests themselves, as text and for programs."""

import json
from collections.abc import Sequence
from typing import Any

from alerting.app.authoring.coverage import Case, Covered
from alerting.app.authoring.mutation import Mutated, PlaceOf, unnoticed
from alerting.app.authoring.write_rule_test import written_test
from alerting.domain.problem import Problem, ProblemSeverity
from alerting.evaluation.meaning import side_word
from alerting.rulefile.pages.machine_reports import entry


def mutation_problems(mutated: Sequence[Mutated], place_of: PlaceOf) -> list[Problem]:
    """Return each change that no test notices as something to mend, by place."""
    found = [unnoticed(mutant, place_of) for one in mutated for mutant in one.lived]
    return sorted(found, key=lambda problem: problem.sort_key)


def mutation_text(mutated: Sequence[Mutated], place_of: PlaceOf) -> str:
    """Return what lived, rule by rule; a rule that no test tries in one line."""
    lines: list[str] = []
    for one in mutated:
        if not one.tests:
            many = f"none of its {one.tried} changes is noticed"
            lines.append(f"{one.rule.place}: {one.rule.id}: no test tries it, so that {many}")
        elif one.lived:
            lines.append(f"{one.rule.place}: {one.rule.id}: {len(one.lived)} of {one.tried} changes are not noticed")
            lines += [f"    {place_of(m.section, m.id, m.keys)}: {m.words}" for m in one.lived]
    tried, lived = _counts(mutated)
    untried = sum(not one.tests for one in mutated)
    rules = f"; {untried} of {len(mutated)} rules have no test" if untried else ""
    total = f"{tried - lived} of {tried} changes are noticed, {lived} are not{rules}"
    return "\n".join([*lines, *([""] if lines else []), total])


def mutation_json(mutated: Sequence[Mutated], place_of: PlaceOf) -> str:
    """Return every change that lived, with its place and what stood there and stood there then."""
    lived: list[dict[str, Any]] = []
    for one in mutated:
        for mutant in one.lived:
            where = entry(unnoticed(mutant, place_of))
            lived.append(
                {
                    "rule": one.rule.id, **{key: where[key] for key in ("file", "line", "column")},
                    "section": mutant.section, "id": mutant.id, "key": mutant.key, "was": mutant.was, "now": mutant.now,
                    "message": where["message"],
                }
            )  # fmt: skip
    tried, living = _counts(mutated)
    rules = [
        {"rule": one.rule.id, "tests": one.tests, "changes": one.tried, "lived": len(one.lived)} for one in mutated
    ]
    found = {"changes": tried, "noticed": tried - living, "lived": lived, "rules": rules}
    return json.dumps(found, indent=2, ensure_ascii=False)


_IN_WORDS = {
    Case.FIRES: "a case that fires",
    Case.QUIET: "a case that is quiet",
    Case.ON_LINE: "a figure on its line",
    Case.BEYOND: "one unit beyond its line",
    Case.WITHIN: "one unit within its line",
    Case.FOR: "one period less than `for`",
    Case.CLEAR_AFTER: "one period less than `clear_after`",
}
_LINES = {1: "its upper line", -1: "its lower line"}
_LACKING = "test-lacking"


def coverage_problems(covered: Sequence[Covered]) -> list[Problem]:
    """Return each rule whose tests lack something as one thing to mend, at the rule."""
    return [
        Problem(
            place=one.rule.place,
            code=_LACKING,
            severity=ProblemSeverity.WARNING,
            message=f"{one.rule.id}: its tests lack {_lacking(one)}",
            fix="`alerting test --coverage` prints a test that has all of it",
        )
        for one in covered
        if one.lacking
    ]


def coverage_text(covered: Sequence[Covered]) -> str:
    """Return what the tests of each rule lack, each with a test to paste."""
    lines: list[str] = []
    for one in covered:
        if one.lacking:
            tests = f"its {one.tests} test{'s' * (one.tests != 1)} lack{'s' * (one.tests == 1)}"
            lines.append(
                f"{one.rule.place}: {one.rule.id}: {tests if one.tests else 'no test tries it; lacking are'} {_lacking(one)}"
            )
            lines += (
                ["", written_test(one.example)]
                if one.example is not None
                else ["    (no example could be made up)", ""]
            )
    whole = sum(not one.lacking for one in covered)
    return "\n".join([*lines, f"{whole} of {len(covered)} rules have tests that show all of them"])


def coverage_markdown(covered: Sequence[Covered]) -> str:
    """Return the same as a table for a pull request."""
    whole = sum(not one.lacking for one in covered)
    lines = [f"{whole} of {len(covered)} rules have tests that show all of them."]
    rows = [f"| `{one.rule.id}` | {one.tests} | {_lacking(one)} |" for one in covered if one.lacking]
    return "\n".join([*lines, *(["", "| rule | tests | lacking |", "| --- | --- | --- |", *rows] if rows else [])])


def coverage_json(covered: Sequence[Covered]) -> str:
    """Return for each rule how many tests it has, what they lack, and a test that would show it."""
    rules = [
        {
            "rule": one.rule.id, "file": one.rule.place.file, "line": one.rule.place.line,
            "column": one.rule.place.column, "tests": one.tests,
            "lacking": [{"case": case.value, "side": side_word(side)} for case, side in one.lacking],
            "example": None if one.example is None else written_test(one.example),
        }
        for one in covered
    ]  # fmt: skip
    found = {"complete": sum(not one.lacking for one in covered), "rules": rules}
    return json.dumps(found, indent=2, ensure_ascii=False)


def _lacking(one: Covered) -> str:
    """Say what lacks; at which of two lines, where the rule has two."""
    sides = {side for _, side in one.wanted if side}
    words = []
    for case, side in one.lacking:
        said = _IN_WORDS[case]
        words.append(f"{said} ({_LINES[side]})" if side and len(sides) > 1 else said)
    return ", ".join(words)


def _counts(mutated: Sequence[Mutated]) -> tuple[int, int]:
    return sum(one.tried for one in mutated), sum(len(one.lived) for one in mutated)
