"""The rule folder that travels with the software."""

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from test_jsonschema import complaints

from alerting.domain.problem import ProblemSeverity
from alerting.rulefile import load_rules
from alerting.rulefile.pages.jsonschema import rule_file_schema

SHIPPED = Path(__file__).parents[3] / "rules"


def test_it_passes_without_a_warning():
    problems = load_rules(SHIPPED, shown_as="rules").problems

    assert [] == [str(problem) for problem in problems if problem.severity is not ProblemSeverity.NOTE]


def test_it_has_the_measures_and_rules_that_it_promises():
    rules = load_rules(SHIPPED).rules

    assert len(rules.measures) >= 60 and len(rules.rules) >= 100


@pytest.fixture(scope="module")
def schema():
    found = rule_file_schema()
    Draft202012Validator.check_schema(found)
    return found


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_editors_find_nothing_wrong_with_it(path, schema):
    assert [] == complaints(schema, path.read_text(encoding="utf-8"))
