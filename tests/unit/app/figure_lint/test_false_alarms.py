"""Owners of whom chance alone would open more than they allow."""

import re

import numpy as np
import pytest

LIMITED = "owners: [{id: head, name: Head, email: head@example.org, false_alarms: %s}]\n"
RULE = "  - {id: %s, title: R, measures: m, when: %s, notify: [head]%s}\n"
ROLLING = "{outside_limits: {limits: {rolling: {window: 12}}}}"
#: Noise, and twice in the last year far above: for two months, and for one.
NOISE = np.round(np.random.default_rng(11).normal(500, 20, 36))
NOISE[[27, 28, 33]] = 640
FIGURES = " ".join(f"{figure:g}" for figure in NOISE)


@pytest.fixture
def alarms(remarks):
    def run(limit, *rules, **options):
        told = ("code", "severity", "message", "fix", "file")
        asked = {"more": LIMITED % limit, "as_of": "2021-04-15", "told": told} | options
        return [one[1:] for one in remarks("".join(rules), FIGURES, **asked) if one[0] == "too-many-false-alarms"]

    return run


def test_an_owner_of_whom_chance_opens_more_than_is_allowed_is_a_warning(alarms):
    ((severity, message, fix, file),) = alarms("at most 0.5 per year", RULE % ("often", ROLLING, ""))
    assert ("warning", True) == (severity, file.endswith("more.yaml"))
    assert message.startswith("chance alone would open 0.0")
    assert "alerts a month of Head (give or take 0.0" in message
    assert 'more than the 0.5 a year that false_alarms allows; most by "often" (0.0' in message
    assert fix.startswith('`for: 2` on "often" brings 0.0')


def test_it_says_what_one_period_more_would_have_told_later_and_what_not_at_all(alarms):
    ((_, _, fix, _),) = alarms("at most 0.5 per year", RULE % ("often", ROLLING, ""))
    assert "and would not have told the exception of January 2021 at all (of 3 in two years, 2 not at all)" in fix


def test_an_exception_that_lasted_would_have_been_told_a_period_later(alarms):
    found = alarms("at most 0.5 per year", RULE % ("often", ROLLING, ""), as_of="2020-12-15")
    assert "would have told the exception of July 2020 one month later" in found[0][2]


def test_it_says_what_wider_limits_would_bring_and_would_have_told(alarms):
    """The exception of January 2021 stands within a year of two as far away, which have made its limits wide already."""
    ((_, _, fix, _),) = alarms("at most 0.5 per year", RULE % ("often", ROLLING, ""))
    found = re.search(r'; or `sigmas: 2.5` on "often" brings it to (0\.0\d+) and would not have told', fix)
    assert found is not None, fix
    assert float(found[1]) < 0.06
    assert fix.endswith("the exception of January 2021 at all (of 3 in two years, 1 not at all)")


def test_the_rules_that_bring_most_are_named_first(alarms):
    rare = RULE % ("rare", "{outside_limits: {limits: {rolling: {window: 12, sigmas: 3}}}}", "")
    ((_, message, fix, _),) = alarms("at most 0.1 per year", rare, RULE % ("often", ROLLING, ""))
    assert message.index('"often"') < message.index('"rare"')
    assert fix.index('"often"') < fix.index('"rare"')


@pytest.mark.parametrize(
    ("limit", "rule"),
    [
        pytest.param("at most 1 per month", RULE % ("r", ROLLING, ""), id="fewer-are-expected"),
        pytest.param("at most 1 per year", RULE % ("r", "{target_missed: {at_most: 900}}", ""), id="far-from-any-line"),
        pytest.param("at most 1 per year", RULE % ("r", ROLLING, ", status: shadow, author: head"), id="on-trial"),
        pytest.param(
            "at most 1 per year", (RULE % ("r", ROLLING, "")).replace("[head]", "[boss]"), id="told-to-another"
        ),
    ],
)
def test_nothing_is_said_where(alarms, limit, rule):
    assert [] == alarms(limit, rule)


@pytest.mark.parametrize("written", ["1 per month", "at most 0 per month", "at most 1 per fortnight", "3"])
def test_a_limit_is_written_as_at_most_so_many_per_so_long(remarks, written):
    found = remarks(RULE % ("r", ROLLING, ""), FIGURES, more=LIMITED % written)
    assert [("wrong-type", "error")] == [one[:2] for one in found if one[0] == "wrong-type"]


def test_a_folder_without_limits_is_not_looked_at(remarks, monkeypatch):
    from alerting.app.authoring.figure_lint import false_alarms

    monkeypatch.setattr(false_alarms, "chance_of", None)
    assert [] == [one for one in remarks(RULE % ("r", ROLLING, "")) if one[0] in ("too-many-false-alarms", "fault")]
