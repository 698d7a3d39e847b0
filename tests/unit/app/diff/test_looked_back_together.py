"""Two sets of rules are run side by side: what they share is read and judged once, and each tells what it would by itself."""

# ruff: noqa: E501 - YAML stands as people write it

import json
from datetime import date

import pytest
from samples.diffs import CALLS, compared, edited
from samples.rule_folders import written

from alerting.app.authoring.diff import looking_back
from alerting.app.authoring.diff.as_json import as_json
from alerting.app.situation import read_sources, situation
from alerting.conditions.outside_range import OutsideRange
from alerting.domain.backtest import DaySpan
from alerting.figures import panels

SPAN = DaySpan(first=date(2020, 3, 2), last=date(2020, 5, 13))
RULES = """
topics: [{id: contact, title: Contact, owner: head}]
areas:
  - {id: force, title: The force, owner: chief}
  - {id: north, title: North, parent: force, owner: commander}
owners:
  - {id: chief, name: Chief Constable, email: chief@example.org}
  - {id: head, name: Head of Contact, email: head@example.org}
  - {id: commander, name: "Commander, North", email: north@example.org}
roles: {operator: chief, maintainer: head, fallback: chief}
measures:
  - {id: calls, title: Answered, topic: contact, unit: percent, better: higher, every: month, target: 90, source: s, expected: 10 days}
sources: {s: {csv: f.csv, owner: head}}
rules:
  - {id: target, title: Too slow, measures: calls, when: {target_missed: {}}, severity: critical, notify: [area_owner, measure_owner], remind: weekly}
  - {id: low, title: Very low, measures: calls, when: {outside_range: {from: 75}}}
"""
RANGE = ("from: 75", "from: 85")
PAIRS = {
    "a-threshold": [RANGE],
    "a-target": [("target: 90", "target: 88")],
    "a-rule-more": [("rules:\n", "rules:\n  - {id: more, title: All, measures: calls, when: {target_missed: {at_least: 86}}}\n")],
    "a-rule-less-and-another-owner": [("  - {id: low, title: Very low, measures: calls, when: {outside_range: {from: 75}}}\n", ""), ("owner: commander", "owner: head")],
    "another-due-day": [("10 days", "20 days")],
}  # fmt: skip


@pytest.fixture
def folders(tmp_path):
    def made(*pairs):
        text = edited(RULES, pairs)
        return [
            written(tmp_path / name / "rules", {"rules.yaml": one, "f.csv": CALLS})
            for name, one in (("base", RULES), ("head", text))
        ]

    return made


@pytest.fixture
def counted(monkeypatch):
    """Notes how often figures are read, and of which days panels are built."""
    read, built = [], []
    reading, building = read_sources.read_figures, situation.build_panels
    monkeypatch.setattr(read_sources, "read_figures", lambda *args, **more: read.append(1) or reading(*args, **more))
    monkeypatch.setattr(situation, "build_panels", lambda *args: built.append(args[2]) or building(*args))
    return read, built


def _found(base, head):
    return json.loads(as_json(compared(base, head, SPAN)))


@pytest.mark.parametrize("pairs", PAIRS.values(), ids=PAIRS)
def test_it_finds_what_two_backtests_find_that_share_nothing(folders, monkeypatch, pairs):
    base, head = folders(*pairs)
    side_by_side = _found(base, head)
    monkeypatch.setattr(looking_back, "decided_by", lambda _: object())

    assert _found(base, head) == side_by_side
    assert side_by_side["notices"]["added"] or side_by_side["notices"]["removed"]


def test_what_both_sides_have_is_read_once_and_of_each_day_built_once(folders, counted):
    compared(*folders(RANGE), SPAN)

    read, built = counted
    assert len(read) == 1
    assert len(built) == len(set(built)) >= 5


def test_other_figures_are_read_and_built_for_each_side(folders, counted):
    compared(*folders(("10 days", "20 days")), SPAN)

    assert 2 == len(counted[0])


@pytest.mark.faults
def test_what_the_program_fails_at_on_one_side_is_not_told_on_the_other(folders, monkeypatch):
    judge = OutsideRange.judge

    def failing(self, block, numbers):
        if numbers["low"].max() > 80:
            raise RuntimeError("broken")
        return judge(self, block, numbers)

    monkeypatch.setattr(OutsideRange, "judge", failing)
    found = compared(*folders(RANGE), SPAN)

    before, after = ([one.subject for one in side.backtest.notices] for side in found.looked_back)
    assert not [subject for subject in before if "program failed" in subject]
    assert [subject for subject in after if "program failed" in subject]


@pytest.mark.faults
def test_what_the_program_fails_at_in_figures_is_told_on_both_sides(folders, monkeypatch):
    def failing(sheet, *_):
        if sheet.n_periods == 3:  # in April
            raise RuntimeError("broken")

    monkeypatch.setattr(panels, "mark_breaks", failing)
    found = compared(*folders(RANGE), SPAN)

    for side in found.looked_back:
        assert ["The program failed at 1 thing"] == [
            one.subject for one in side.backtest.notices if "program" in one.subject
        ]
