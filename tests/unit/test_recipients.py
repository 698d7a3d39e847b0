"""Whom a rule tells."""

from dataclasses import replace
from datetime import date

import pytest
from samples.rule_folders import sound_with

from alerting.domain.notify.recipients import recipients
from alerting.domain.rule import Notify, Status
from alerting.rulefile import load_rules

DAY = date(2020, 10, 15)
OWNERS = """\
areas:
  - id: west
    title: West
    parent: force
    owner: [{from: 2020-04, owner: north-commander}, {from: 2020-10-15, owner: [head, chief]}]
  - {id: east, title: East, parent: force, owner: [north-commander, head]}
"""


@pytest.fixture(scope="module")
def rules(tmp_path_factory):
    """North has its own commander, south has not; contact's head owns the topic of `calls` and its source."""
    return load_rules(sound_with(tmp_path_factory.mktemp("rules"))).rules


@pytest.mark.parametrize(
    ("names", "area", "told"),
    [
        pytest.param(("area_owner",), "north", ("north-commander",), id="the-area's-owner"),
        pytest.param(("area_owner",), "south", ("chief",), id="the-nearest-above-with-one"),
        pytest.param(("measure_owner",), "north", ("head",), id="the-topic's-owner"),
        pytest.param(("source_owner",), "north", ("head",), id="the-source's-owner"),
        pytest.param(("chief",), "north", ("chief",), id="somebody-by-id"),
        pytest.param(("measure_owner", "head", "area_owner"), "north", ("head", "north-commander"), id="each-once"),
        pytest.param(("nobody", "head"), "north", ("head",), id="who-is-not-known-is-skipped"),
    ],
)
def test_names_lead_to_owners(rules, names, area, told):
    rule = replace(rules.rules[0], notify=Notify(names=names))

    assert told == recipients(rule, "calls", area, rules, DAY)


@pytest.mark.parametrize(
    ("by_area", "area", "told"),
    [
        ({"force": ("chief",), "children": ("area_owner",)}, "force", ("chief",)),
        ({"force": ("chief",), "children": ("area_owner",)}, "north", ("north-commander",)),
        ({"north": ("head",), "children": ("area_owner",)}, "north", ("head",)),
        ({"north": ("head",), "default": ("chief",)}, "south", ("chief",)),
        ({"children": ("head",)}, "force", ()),
    ],
)
def test_an_area_s_own_key_counts_before_children_and_default(rules, by_area, area, told):
    rule = replace(rules.rules[0], notify=Notify(by_area=tuple(by_area.items())))

    assert told == recipients(rule, "calls", area, rules, DAY)


@pytest.mark.parametrize(("author", "told"), [("head", ("head",)), (None, ()), ("nobody", ())])
def test_a_rule_in_shadow_tells_its_author_only(rules, author, told):
    rule = replace(rules.rules[0], status=Status.SHADOW, author=author)

    assert told == recipients(rule, "calls", "north", rules, DAY)


@pytest.mark.parametrize(
    ("area", "day", "told"),
    [
        pytest.param("west", date(2020, 3, 31), ("chief",), id="before-its-first-step-the-area-above"),
        pytest.param("west", date(2020, 4, 1), ("north-commander",), id="from-the-step's-first-day"),
        pytest.param("west", date(2020, 10, 14), ("north-commander",), id="until-the-day-before-the-next"),
        pytest.param("west", date(2020, 10, 15), ("head", "chief"), id="several-from-a-day-on"),
        pytest.param("west", None, ("north-commander", "head", "chief"), id="all-who-ever-answer"),
        pytest.param("east", date(2020, 3, 31), ("north-commander", "head"), id="several-at-all-times"),
    ],
)
def test_an_area_is_answered_for_by_those_whose_day_it_is(tmp_path, area, day, told):
    dated = load_rules(sound_with(tmp_path, more=OWNERS)).rules
    rule = replace(dated.rules[0], notify=Notify(names=("area_owner",)))

    assert told == recipients(rule, "calls", area, dated, day)


def test_before_a_measure_s_first_step_its_topic_s_owner_is_told(tmp_path):
    more = """
measures:
  - id: waits
    title: Waits
    topic: contact
    unit: minutes
    better: lower
    every: month
    source: calls
    owner: [{from: 2020-10-15, owner: chief}]
"""
    dated = load_rules(sound_with(tmp_path, more=more)).rules
    rule = replace(dated.rules[0], notify=Notify(names=("measure_owner",)))

    told = [recipients(rule, "waits", "north", dated, day) for day in (date(2020, 10, 14), DAY)]

    assert [("head",), ("chief",)] == told
