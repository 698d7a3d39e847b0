"""What of a rule's exceptions its keepers should look at."""

from dataclasses import replace
from datetime import timedelta

import pytest
from samples.alerts import AT, an_alert, the_rules

from alerting.domain.alert import AlertState, SeriesKey
from alerting.domain.period import Calendar
from alerting.domain.rule import Status
from alerting.domain.rule_record import Doubt, WhatBecame, records

SINCE = AT - timedelta(days=365)
NOTHING = WhatBecame(told=(), silenced=(), acted=(), doubted=())


def month(text):
    return Calendar().parse_exact(text)


def alerts(*areas, rule="r", opened="2020-08", resolved="2020-09"):
    """Make an alert in each area, which is over."""
    return [
        an_alert(
            key=SeriesKey(rule=rule, measure="m", area=area), opened=month(opened), resolved=month(resolved),
            state=AlertState.RESOLVED,
        )
        for area in areas
    ]  # fmt: skip


def doubts(found, became=NOTHING, watched=SINCE, **rule):
    """Return what is to be looked at of each of two rules."""
    (one,) = the_rules(**rule).rules
    rules = (one, replace(one, id="s"))
    by_rule = {"r": watched, "s": AT}
    return {one.rule: list(one.doubts()) for one in records(rules, found, SINCE, became, by_rule)}


def ids(found):
    return {alert.id for alert in found}


@pytest.mark.parametrize(
    ("became", "expected"),
    [
        pytest.param({"told": 3}, [Doubt.NOBODY_ACTED], id="nobody-acted"),
        pytest.param({"told": 3, "acted": 1}, [], id="somebody-acted-once"),
        pytest.param({"told": 2}, [], id="few-were-told"),
        pytest.param({"silenced": 3}, [Doubt.SILENCED], id="always-silenced"),
        pytest.param({"silenced": 2, "told": 1}, [], id="silenced-but-once"),
        pytest.param({"told": 3, "acted": 3, "doubted": 3}, [Doubt.FALSE], id="doubted"),
        pytest.param({"told": 3, "acted": 3, "false_alarms": 3}, [], id="counted-by-themselves"),
        pytest.param({"told": 3, "acted": 3, "doubted": 2}, [], id="few-were-doubted"),
    ],
)
def test_what_became_of_three_exceptions_decides(became, expected):
    found = alerts("a", "b", "c")
    names = [alert.id for alert in found]
    sets = {
        name: set(names[: became.get(name, 0)]) for name in ("told", "silenced", "acted", "doubted", "false_alarms")
    }

    assert expected == doubts(found, WhatBecame(**sets))["r"]


def test_two_exceptions_say_nothing_of_a_rule():
    found = alerts("a", "b")

    assert [] == doubts(found, replace(NOTHING, told=ids(found)))["r"]


def test_a_rule_that_never_fired_is_named_where_it_was_watched_all_the_time():
    assert {"r": [Doubt.NEVER_FIRED], "s": []} == doubts([])


def test_what_opened_before_is_not_counted():
    (old,) = alerts("a")

    assert [Doubt.NEVER_FIRED] == doubts([replace(old, opened_at=SINCE - timedelta(days=1))])["r"]


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        pytest.param({}, [Doubt.BESIDE], id="opened-with-it"),
        pytest.param({"opened": "2020-05"}, [Doubt.BESIDE], id="stood-already"),
        pytest.param({"opened": "2020-05", "resolved": "2020-08"}, [], id="was-over"),
        pytest.param({"opened": "2020-09", "resolved": "2020-10"}, [], id="came-later"),
    ],
)
def test_a_rule_whose_every_exception_stands_beside_another_s_is_named(other, expected):
    found = alerts("a", "b", "c") + alerts("a", "b", "c", "d", rule="s", **other)

    assert expected == doubts(found)["r"]


def test_one_exception_by_itself_is_enough_not_to_be_named():
    found = alerts("a", "b", "c", "d") + alerts("a", "b", "c", rule="s")

    assert {"r": [], "s": [Doubt.BESIDE]} == doubts(found)


def test_rules_in_shadow_are_not_looked_at():
    assert {} == doubts([], status=Status.SHADOW)
