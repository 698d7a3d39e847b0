"""Mail budgets beside what the past shows: the times in which they were used up while more was to be told, before and after."""

import json
from datetime import date, timedelta

import pytest
from samples.diffs import compared
from samples.rule_folders import written

from alerting.app.authoring.diff.as_json import as_json
from alerting.app.authoring.diff.as_markdown import as_markdown
from alerting.app.authoring.diff.as_text import as_text
from alerting.domain.backtest import DaySpan
from alerting.render.backtest.as_json import backtest_json
from alerting.render.backtest.as_markdown import backtest_markdown
from alerting.render.backtest.as_text import backtest_text
from alerting.render.markdown import inline

RULES = """\
topics: [{id: t, title: Topic, owner: head}]
areas: [{id: north, title: North, owner: north}]
owners:
  - {id: head, name: Head, email: head@example.org}
  - {id: north, name: "Commander, North", email: north@example.org, mail_budget: 2 per week}
roles: {operator: head, maintainer: head}
measures: [{id: m, title: Late, topic: t, unit: number, better: lower, every: day, source: f.csv}]
rules: [{id: late, title: Many late, measures: m, when: {outside_range: {to: 50}}, remind: never}]
"""
#: Of the week from 5 October three mornings have something new: an exception, its end, and another. That one ends in the next week.
FIRST = date(2020, 9, 28)
LATE = [*[10] * 7, 60, 10, *[60] * 9, 45, 45]
SPAN = DaySpan(first=date(2020, 10, 4), last=date(2020, 10, 18))
TOLD = "the mail budget of 2 per week is used up in 1 week (2020-10-05); what is more waits"


def folder(place, rules=RULES):
    rows = (f"m,north,{FIRST + timedelta(days=n)},{value}" for n, value in enumerate(LATE))
    return written(place / "rules", {"r.yaml": rules, "f.csv": "\n".join(("measure,area,period,value", *rows)) + "\n"})


def compare(tmp_path, before, after):
    heads = [RULES.replace("mail_budget: 2 per week", f"mail_budget: {said}") for said in (before, after)]
    return compared(folder(tmp_path / "base", heads[0]), folder(tmp_path / "head", heads[1]), SPAN)


def north(backtest):
    return next(one for one in backtest.budget if one.owner == "north")


def said_of(found, line):
    assert [f"  {line}"] == [one for one in as_text(found).splitlines() if "mail budget" in one and "`" not in one]
    assert inline(line) in as_markdown(found)


def test_weeks_in_which_more_is_to_be_told_than_the_budget_allows_are_named_and_compared(tmp_path):
    found = compare(tmp_path, "2 per week", "1 per week")

    before, after = found.backtests
    assert ((2, "week"), [date(2020, 10, 5)]) == (north(before).mail_budget, [one.first for one in north(before).over])
    assert [date(2020, 10, 5), date(2020, 10, 12)] == [one.first for one in north(after).over]
    assert ("north", date(2020, 10, 8)) in before.waited
    assert f"Commander, North: {TOLD}" in backtest_text(before, found.base.rules)
    assert inline(f"Commander, North: {TOLD}") in backtest_markdown(before, found.base.rules)
    plain = [one for one in backtest_json(before)["budget"] if one["owner"] == "north"]
    assert [("2 per week", ["2020-10-05"])] == [(one["mail_budget"], one["over_mail_budget"]) for one in plain]
    assert "north would get more mail than their budget in 1 more week" in found.reasons
    now = "the mail budget of 1 per week is used up in 2 weeks (2020-10-05 and 2020-10-12); what is more waits"
    said_of(found, f"Commander, North: {now} (before: {TOLD})")
    budget = {one["owner"]: one for one in json.loads(as_json(found))["budget"]}
    assert ["2020-10-05"] == budget["north"]["before"]["over_mail_budget"]


@pytest.mark.exhaustive
def test_a_budget_that_is_large_enough_is_said_to_be(tmp_path):
    found = compare(tmp_path, "2 per week", "5 per week")

    said_of(found, f"Commander, North: the mail budget is never used up (before: {TOLD})")
    assert not any("budget" in reason for reason in found.reasons)
