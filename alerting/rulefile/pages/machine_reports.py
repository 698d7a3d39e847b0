"""Problems for programs: JSON, GitHub's workflow commands, SARIF and JUnit."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from alerting.domain.place import Place
from alerting.domain.problem import Problem, ProblemSeverity

_SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_GITHUB = {ProblemSeverity.ERROR: "error", ProblemSeverity.WARNING: "warning", ProblemSeverity.NOTE: "notice"}


def as_json(problems: Sequence[Problem]) -> str:
    """Return `{"problems": [...]}`, as the contract has it."""
    return json.dumps({"problems": [entry(problem) for problem in problems]}, indent=2, ensure_ascii=False)


def entry(problem: Problem) -> dict[str, Any]:
    """Return one problem's keys, as the contract has them."""
    return {
        "file": problem.place.file,
        "line": problem.place.line,
        "column": problem.place.column,
        "code": problem.code,
        "severity": problem.severity.value,
        "message": problem.message,
        "fix": problem.fix,
    }


def as_github(problems: Sequence[Problem]) -> str:
    """Return one workflow command a problem, which puts it on its line of a pull request."""
    return "\n".join(_command(problem) for problem in problems)


def _command(problem: Problem) -> str:
    place = problem.place
    values = {"file": place.file, "line": place.line, "col": place.column, "title": problem.code}
    properties = ",".join(f"{name}={_property(str(value))}" for name, value in values.items())
    return f"::{_GITHUB[problem.severity]} {properties}::{_command_text(_with_fix(problem))}"


def _command_text(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _command_text(text).replace(":", "%3A").replace(",", "%2C")


def as_sarif(problems: Sequence[Problem], meanings: Mapping[str, str]) -> str:
    """Return a SARIF 2.1.0 log, for code scanning; `meanings` has each code with what it means."""
    codes = sorted({problem.code for problem in problems})
    rules = [{"id": code, "shortDescription": {"text": meanings[code]}} for code in codes]
    driver = {"name": "alerting check", "rules": rules}
    results = [_result(problem, codes.index(problem.code)) for problem in problems]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)


def _result(problem: Problem, index: int) -> dict[str, Any]:
    location = {
        "artifactLocation": {"uri": quote(problem.place.file)},
        "region": {"startLine": problem.place.line, "startColumn": problem.place.column},
    }
    return {
        "ruleId": problem.code,
        "ruleIndex": index,
        "level": problem.severity.value,
        "message": {"text": _with_fix(problem)},
        "locations": [{"physicalLocation": location}],
    }


def as_junit(problems: Sequence[Problem]) -> str:
    """Return a JUnit report: a failed test for each error, a passed one with output for everything else."""
    errors = sum(problem.severity is ProblemSeverity.ERROR for problem in problems)
    cases = [_case(problem) for problem in problems] or ['  <testcase classname="rules" name="no problems"/>']
    head = f'<testsuite name="alerting check" tests="{len(cases)}" failures="{errors}" errors="0" skipped="0">'
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *cases, "</testsuite>"])


def _case(problem: Problem) -> str:
    name = f"{problem.place.line}:{problem.place.column} {problem.code}"
    head = f"  <testcase classname={_attribute(problem.place.file)} name={_attribute(name)}>"
    text = _xml(str(problem))
    if problem.severity is ProblemSeverity.ERROR:
        body = f"<failure type={_attribute(problem.code)} message={_attribute(problem.message)}>{text}</failure>"
    else:
        body = f"<system-out>{text}</system-out>"
    return f"{head}{body}</testcase>"


def tests_as_junit(tests: Sequence[tuple[str, Place, Sequence[Problem]]], problems: Sequence[Problem]) -> str:
    """Return a JUnit report of rule tests: one case a test, with its name, place and failures; and one a mistake in them."""
    own = {id(failure) for _, _, failures in tests for failure in failures}
    cases = []
    for name, place, failures in tests:
        head = f'  <testcase classname={_attribute(place.file)} name={_attribute(name)} line="{place.line}">'
        bodies = [
            f"<failure type={_attribute(one.code)} message={_attribute(one.message)}>{_xml(str(one))}</failure>"
            for one in failures
        ]
        cases.append(f"{head}{''.join(bodies)}</testcase>")
    unread = [problem for problem in problems if id(problem) not in own]
    cases += [_case(problem) for problem in unread]
    failed = sum(bool(failures) for _, _, failures in tests) + len(unread)
    head = f'<testsuite name="alerting test" tests="{len(cases)}" failures="{failed}" errors="0" skipped="0">'
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *cases, "</testsuite>"])


def _xml(text: str) -> str:
    """Escape, and drop what XML 1.0 cannot hold at all."""
    return escape("".join(c for c in text if c.isprintable() or c in "\t\n"))


def _attribute(text: str) -> str:
    return quoteattr("".join(c for c in text if c.isprintable()))


def _with_fix(problem: Problem) -> str:
    return f"{problem.message}; {problem.fix}" if problem.fix else problem.message
