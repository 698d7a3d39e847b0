"""Of most units nothing is below 0, so that no limit of theirs is either."""

import pytest


@pytest.mark.parametrize(
    ("unit", "least"),
    [
        ("count", 0.0), ("percent", 0.0), ("rate", 0.0), ("seconds", 0.0), ("minutes", 0.0), ("days", 0.0),
        ("number", None), ("currency", None), ("seconds, minimum: -60", -60.0), ("days, minimum: null", None),
    ],
)  # fmt: skip
def test_the_least_value_of_a_unit(rules_of, unit, least):
    base = f"""
topics: [{{id: contact, title: Contact, owner: head}}]
areas: [{{id: force, title: The force, kind: policing, owner: head}}]
owners: [{{id: head, name: Head of Contact, email: head@example.org}}]
sources: {{calls: {{csv: figures/calls.csv, owner: head}}}}
measures: [{{id: calls, title: Calls, topic: contact, unit: {unit}, better: lower, every: month, source: calls}}]
"""
    rule = "rules: [{id: r, title: R, measures: calls, when: {above_upper_limit: {limits: {xmr: {}}}}}]\n"
    assert rules_of(base=base, rules=rule).measures["calls"].minimum == least
