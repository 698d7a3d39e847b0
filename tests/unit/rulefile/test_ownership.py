"""How owners of measures, topics and areas are written."""

from datetime import date

import pytest

from alerting.domain.ownership import OwnersFrom

APRIL, JULY = date(2020, 4, 1), date(2020, 7, 1)


def area(owner):
    return f"areas:\n  - {{id: west, title: West, parent: force, owner: {owner}}}\n"


@pytest.mark.parametrize(
    ("owner", "meant"),
    [
        ("head", (OwnersFrom(ids=("head",)),)),
        ("[head, chief, head]", (OwnersFrom(ids=("head", "chief")),)),
        (
            "[{from: 2020-07-01, owner: [head, chief]}, {from: 2020-04, owner: head}]",
            (OwnersFrom(since=APRIL, ids=("head",)), OwnersFrom(since=JULY, ids=("head", "chief"))),
        ),
    ],
)
def test_one_several_or_from_days_on(rules_of, owner, meant):
    assert meant == rules_of(more=area(owner)).areas["west"].owners


@pytest.mark.parametrize(
    ("owner", "said"),
    [
        ("[]", "error[bad-value]: an empty list names nobody"),
        ("[hed]", 'error[unknown-owner]: no owner "hed"; did you mean "head"?'),
        ("[{from: 2020-04, owner: hed}]", 'error[unknown-owner]: no owner "hed"; did you mean "head"?'),
        (
            "[{from: 2020-04, owner: head}, {from: 2020-04-01, owner: chief}]",
            "error[bad-value]: two owners begin on 2020-04-01; write both as one list, or remove one",
        ),
        (
            "{from: 2020-04, owner: head}",
            "error[wrong-type]: expected the id of an owner, or a list of ids, or a list of",
        ),
        ("[{owner: head}]", "error[missing-key]"),
    ],
)
def test_what_cannot_be_meant_is_said_at_its_place(check, owner, said):
    (problem,) = check(more=area(owner))

    assert said in str(problem)


def test_items_have_the_owners_of_their_measure_or_their_own(rules_of):
    more = """
measures:
  - id: waits
    title: Waits
    topic: contact
    unit: minutes
    better: lower
    every: month
    source: calls
    owner: [{from: 2020-04, owner: chief}]
    items: {urgent: Urgent, other: {title: Other, owner: [head, chief]}}
"""
    measures = rules_of(more=more).measures

    assert (OwnersFrom(since=APRIL, ids=("chief",)),) == measures["waits/urgent"].owners
    assert (OwnersFrom(ids=("head", "chief")),) == measures["waits/other"].owners
