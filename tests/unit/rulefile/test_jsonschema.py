"""The JSON Schema for editors: valid, takes what the loader takes, and grows with what scanning finds."""

from datetime import date

import pytest
from jsonschema import Draft202012Validator
from samples.rule_folders import BASE, RULES
from test_contract_example import MEASURES, OWNERS
from test_contract_example import RULES as EVERY_RULE

from alerting.conditions.registry import conditions
from alerting.limits.registry import limits_methods
from alerting.rulefile.pages.jsonschema import rule_file_schema
from alerting.rulefile.yaml.tree import parse


@pytest.fixture(scope="module")
def schema():
    return rule_file_schema()


def as_editors_see_it(value):
    """Editors know no days: an unquoted day is text."""
    if isinstance(value, dict):
        return {key: as_editors_see_it(part) for key, part in value.items()}
    if isinstance(value, list):
        return [as_editors_see_it(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value


def complaints(schema, text):
    validator = Draft202012Validator(schema)
    return [
        f"{list(error.path)}: {error.message}" for error in validator.iter_errors(as_editors_see_it(parse(text).value))
    ]


def test_it_is_a_valid_schema_of_its_draft(schema):
    assert "https://json-schema.org/draft/2020-12/schema" == schema["$schema"]
    Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize(
    "text", [BASE, RULES, MEASURES, OWNERS, EVERY_RULE], ids=["base", "rules", "measures", "owners", "every-rule"]
)
def test_it_takes_what_the_loader_takes(schema, text):
    assert [] == complaints(schema, text)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("title:", "titel:"),
        ("measures: calls", "measures: 5"),
        ("{target_missed: {}}", "{target_mised: {}}"),
        ("{target_missed: {}}", "{target_missed: {at_leest: 5}}"),
        ("{target_missed: {}}", "{any_of: [{not: {target_mised: {}}}]}"),
        ("{target_missed: {}}", "{outside_limits: {limits: {published: {x: 1}}}}"),
        ("{target_missed: {}}", "{run: {}}"),
        ("rules:", "ruls:"),
    ],
)
def test_it_refuses_what_the_loader_refuses(schema, before, after):
    assert [] != complaints(schema, RULES.replace(before, after))


def test_it_has_every_condition_and_limits_method_that_scanning_finds(schema):
    text = str(schema)

    assert [] == [key for key in (*conditions(), *limits_methods()) if f"'{key}'" not in text]


def test_every_key_is_described(schema):
    bare = [
        f"{name}.{key}"
        for name, form in schema["$defs"].items()
        for key, value in form.get("properties", {}).items()
        if "description" not in value
    ]

    assert [] == bare and all("description" in value for value in schema["properties"].values())
