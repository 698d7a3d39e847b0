"""Nothing that a folder declares may become another without a word: each field of each thing declared is named when it differs."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date, timedelta
from enum import Enum

import pytest
from samples.rule_folders import BASE, RULES, SOUND, written

from alerting.app.authoring.diff.difference import difference
from alerting.app.authoring.diff.sides import Side
from alerting.domain.area import AreaSelector, AreaTree
from alerting.domain.backtest import DaySpan
from alerting.domain.measure import Match
from alerting.domain.ownership import OwnersFrom
from alerting.domain.rule import Away, RuleSet
from alerting.rulefile import load_rules

DAY = date(2020, 10, 15)
MORE = """
channels: {pager: {folder: {}}}
holds: [{id: hold, match: {measures: [calls]}, from: 2020-01-01, until: 2020-02-01, reason: Moved}]
breaks: [{id: break, match: {measures: [calls]}, on: 2020-01-01, reason: Counted anew}]
notes: [{id: note, match: {measures: [calls]}, from: 2020-01-01, say: A strike}]
exclusions: [{id: gone, match: {measures: [calls]}, from: 2019-01-01, until: 2019-02-01, reason: Wrong}]
silences: [{id: quiet, match: {measures: [calls]}, until: 2020-12-01, reason: Known}]
digests: [{id: week, to: [chief], every: "mon 07:00"}]
"""
#: Places, and what comes of other fields, which are named themselves.
OF_NO_MATTER = {
    "RuleSet": {"folder", "version"},
    "Rule": {"place", "text", "digest", "id", "former_id"},
    "Measure": {"id", "where", "item_of"},
    "Source": {"id", "place", "secrets"},
    "Channel": {"id", "place", "by_address"},
    "Silence": {"id", "person", "made_at"},
}
#: Lists whose things are compared by their ids.
NAMED = ("measures", "topics", "sources", "owners", "channels")
LISTED = ("holds", "breaks", "notes", "exclusions", "silences", "digests", "rules")
SINGLE = ("roles", "schedule")


@pytest.fixture(scope="module")
def rules(tmp_path_factory):
    folder = written(tmp_path_factory.mktemp("rules"), SOUND | {"base.yaml": BASE + MORE, "rules.yaml": RULES})
    loaded = load_rules(folder)
    assert loaded.rules is not None, loaded.problems
    return loaded.rules


def is_named(base, head, folder):
    sides = (Side(rules=one, folder=folder, shown="x") for one in (base, head))
    return not difference(*sides, DaySpan(first=DAY, last=DAY)).is_empty


#: How another value of a sort is made; of several sorts that a value is, the first counts.
ANOTHER = {
    bool: lambda value: not value,
    Enum: lambda value: next(one for one in type(value) if one is not value),
    int: lambda value: value + 1,
    float: lambda value: value + 1,
    str: lambda value: f"{value}x",
    date: lambda value: value + timedelta(days=1),
    tuple: lambda value: value[:-1] or ("x",) * (not value),
    frozenset: lambda value: value ^ {"x"},
    Mapping: lambda value: {**value, "x": "y"},
    type(None): lambda _: "x",
}


def other(value):
    """Return a value of the same sort that is another."""
    made = next((make for sort, make in ANOTHER.items() if isinstance(value, sort)), value_with_another)
    return made(value)


def value_with_another(value):
    """Change the first field of a value that can be."""
    name = next(field.name for field in fields(value) if field.compare)
    return replace(value, **{name: other(getattr(value, name))})


def changed_sets(rules):
    """Yield what was changed with a set in which it is."""
    for section in (*NAMED, *LISTED, *SINGLE, "areas"):
        held = getattr(rules, section)
        things = list(held.areas.values()) if section == "areas" else list(held.values()) if section in NAMED else held
        for place, thing in [(0, held)] if section in SINGLE else enumerate(things):
            for field in fields(thing):
                name = f"{type(thing).__name__}.{field.name}"
                if field.name in OF_NO_MATTER.get(type(thing).__name__, {"id"}):
                    continue
                new = replace(thing, **{field.name: OTHER.get(name, other)(getattr(thing, field.name))})
                yield (
                    f"{section}/{getattr(thing, 'id', '')}: {name}",
                    replace(rules, **{section: put(held, place, new)}),
                )


def put(held, place, new):
    """Return a section with one thing in the place of another."""
    if isinstance(held, AreaTree):
        areas = list(held.areas.values())
        return AreaTree.of([*areas[:place], new, *areas[place + 1 :]])
    if isinstance(held, Mapping):
        return {**held, new.id: new}
    return (*held[:place], new, *held[place + 1 :]) if isinstance(held, tuple) else new


#: Where a value must be one that the folder knows.
OTHER = {
    "Rule.measures": lambda _: ("crime/all",),
    "Rule.areas": lambda _: AreaSelector(ids=("north",)),
    "Rule.notify": lambda notify: replace(notify, names=("chief",)),
    "Rule.when": lambda when: replace(when, at_least=95.0),
    "Measure.areas": lambda _: AreaSelector(ids=("north",)),
    "Measure.topic": lambda _: "other",
    "Owner.away": lambda _: (Away(since=DAY, until=DAY),),
    "Owner.mail_budget": lambda _: (5, "day"),
    "Owner.false_alarms": lambda _: (1.0, "month"),
    "Rule.review_after": lambda _: (3, "month"),
    "Digest.about": lambda _: Match(measures=frozenset({"calls"})),
    "Area.owners": lambda _: (OwnersFrom(ids=("head",)),),
}


def test_each_field_of_what_a_folder_declares_is_named_when_it_differs(rules, tmp_path):
    tried = {name: is_named(rules, head, tmp_path) for name, head in changed_sets(rules)}

    assert [] == [name for name, named in tried.items() if not named]
    assert 150 < len(tried)
    classes = {name.split(": ")[1].split(".")[0] for name in tried}
    assert {
        "Rule",
        "Measure",
        "Area",
        "Owner",
        "Source",
        "Channel",
        "Window",
        "Silence",
        "Digest",
        "Schedule",
    } <= classes


def test_every_section_of_a_set_is_compared(rules, tmp_path):
    done = {*NAMED, *LISTED, *SINGLE, "areas", *OF_NO_MATTER["RuleSet"]}
    assert {"calendar"} == {field.name for field in fields(RuleSet)} - done
    starts = replace(rules.calendar, starts=1)
    assert is_named(rules, replace(rules, calendar=starts), tmp_path)
    for section in (*NAMED, *LISTED):
        held = getattr(rules, section)
        empty = type(held)() if isinstance(held, tuple) else {}
        if section not in ("measures", "owners"):  # rules and areas name these; their own tests take them away
            assert is_named(rules, replace(rules, **{section: empty}), tmp_path), section
