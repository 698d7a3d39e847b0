"""Whom a rule tells."""

from dataclasses import replace

import pytest
from samples.rule_folders import sound_with

from alerting.domain.notify.recipients import recipients
from alerting.domain.rule import Notify, Status
from alerting.rulefile import load_rules


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

    assert told == recipients(rule, "calls", area, rules)


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

    assert told == recipients(rule, "calls", area, rules)


@pytest.mark.parametrize(("author", "told"), [("head", ("head",)), (None, ()), ("nobody", ())])
def test_a_rule_in_shadow_tells_its_author_only(rules, author, told):
    rule = replace(rules.rules[0], status=Status.SHADOW, author=author)

    assert told == recipients(rule, "calls", "north", rules)
