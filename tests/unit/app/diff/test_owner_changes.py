"""Owners gained and lost, and series nobody is told of any more."""

from datetime import date

import pytest
from samples.rule_folders import BASE, RULES, SOUND, written

from alerting.app.authoring.diff.owner_changes import owner_changes
from alerting.rulefile import load_rules


@pytest.fixture
def compare(tmp_path):
    def compared(reporting=None, **after):
        base, head = (
            load_rules(written(tmp_path / side, {**SOUND, **files})).rules
            for side, files in (("base", {}), ("head", {f"{name}.yaml": text for name, text in after.items()}))
        )
        return owner_changes(base, head, date(2020, 10, 15), reporting)

    return compared


def test_the_same_rules_leave_every_owner_as_they_were(compare):
    found = compare()
    assert ((), ()) == (found.changed, found.uncovered)


def test_another_owner_of_an_area_gains_what_the_former_one_loses(compare):
    found = compare(base=BASE.replace("owner: north-commander}", "owner: head}"))

    assert [("head", (("calls", "north"),), ()), ("north-commander", (), (("calls", "north"),))] == [
        (one.owner.id, one.gained, one.lost) for one in found.changed
    ]
    assert () == found.uncovered


@pytest.mark.parametrize(
    ("after", "why"),
    [
        pytest.param({"rules": "rules: []\n"}, "no rule watches it", id="no-rule"),
        pytest.param(
            {"rules": RULES.replace("slowly\n", "slowly\n    status: off\n")}, "1 rule on it is not active", id="off"
        ),
        pytest.param(
            {"rules": RULES.replace("slowly\n", "slowly\n    status: shadow\n    author: head\n")},
            "1 rule on it is not active", id="shadow",
        ),
        pytest.param(
            {"rules": RULES.replace("measures: calls", "measures: calls\n    areas: [force]")},
            "no rule watches it there", id="areas",
        ),
        pytest.param(
            {"base": BASE.replace(", email: north@example.org", "")}, "those who would be told have no address", id="address",
        ),
    ],
)  # fmt: skip
def test_a_series_nobody_is_told_of_any_more_is_named_with_the_reason(compare, after, why):
    found = {one.series: one for one in compare(**after).uncovered}

    assert ("north-commander",) == found["calls", "north"].told_before
    assert why == found["calls", "north"].why
    assert ("calls", "force") not in found or why != "no rule watches it there"


def test_only_areas_of_which_there_are_figures_count_where_figures_are_at_hand(compare):
    reporting = {"calls": frozenset({"force"})}
    found = compare((reporting, reporting), rules="rules: []\n")
    assert [("calls", "force")] == [one.series for one in found.uncovered]


def test_an_owner_who_is_told_otherwise_is_named_with_what_is_new_of_them(compare):
    found = compare(
        base=BASE.replace(
            "email: head@example.org", "email: contact@example.org, mail_budget: 5 per day, deputy: chief"
        )
    )
    said = {one.owner.id: [change.words for change in one.changes] for one in found.changed}
    assert {
        "head": [
            "`email` head@example.org → contact@example.org", "`deputy` none → chief", "`mail_budget` none → 5 per day",
        ]
    } == said  # fmt: skip


def test_owners_that_are_new_and_gone_are_said_to_be(compare):
    after = BASE.replace("{id: head, name: Head of Contact", "{id: contact, name: Head of Contact").replace(
        "owner: head", "owner: contact"
    )
    assert {("contact", True, False), ("head", False, True)} == {
        (one.owner.id, one.is_new, one.is_gone) for one in compare(base=after).changed
    }
