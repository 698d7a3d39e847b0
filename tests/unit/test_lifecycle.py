"""Every state an alert can be in × everything figures can say of it: what is told, and how it stands afterwards."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from alerting.domain.alert import Acknowledgement, Alert, AlertEvent, AlertState, EventKind, SeriesKey
from alerting.domain.lifecycle import RULE_CHANGED, OpenFinding, SeriesStatus, transitions
from alerting.domain.period import Calendar
from alerting.domain.severity import Severity

AT = datetime(2020, 10, 15, 7, tzinfo=UTC)
NOW = datetime(2020, 11, 15, 7, tzinfo=UTC)
KEY = SeriesKey(rule="r", measure="m", area="a")
JUNE, AUGUST, SEPTEMBER, OCTOBER = (Calendar().parse_exact(f"2020-{month}") for month in ("06", "08", "09", "10"))
BANDS = ("black", "red", "amber", "green")
ACK = Acknowledgement(person="head", at=AT)

OPEN = Alert(
    key=KEY, opened=AUGUST, state=AlertState.OPEN, severity=Severity.WARNING, period=SEPTEMBER, value=12.0,
    consecutive=2, opened_at=AT, changed_at=AT, band="red", worst_severity=Severity.WARNING, worst_band="red",
    figures="then",
)  # fmt: skip
STATES = {
    "never": None,
    "open": OPEN,
    "acknowledged": replace(OPEN, acknowledgement=ACK),
    "resolved": replace(OPEN, state=AlertState.RESOLVED, resolved=OCTOBER),
    "corrected": replace(OPEN, state=AlertState.RESOLVED),
    "withdrawn": replace(OPEN, state=AlertState.WITHDRAWN),
}


def exceptional(**transitions):
    facts = {
        "opened": AUGUST, "period": OCTOBER, "value": 13.0, "consecutive": 3, "severity": Severity.WARNING, "band": "red",
        "bands": BANDS,
    }  # fmt: skip
    return OpenFinding(**(facts | transitions))


OUTLOOKS = {
    "nothing": SeriesStatus(exceptional=None),
    "goes on": SeriesStatus(exceptional=exceptional()),
    "severer": SeriesStatus(exceptional=exceptional(severity=Severity.CRITICAL)),
    "worse band": SeriesStatus(exceptional=exceptional(band="black")),
    "better band": SeriesStatus(exceptional=exceptional(band="amber")),
    "opened earlier, revised": SeriesStatus(exceptional=exceptional(opened=JUNE), revised=True),
    "opened earlier, by rule": SeriesStatus(exceptional=exceptional(opened=JUNE)),
    "judged otherwise, revised": SeriesStatus(exceptional=exceptional(period=SEPTEMBER, band="amber"), revised=True),
    "judged otherwise, by rule": SeriesStatus(exceptional=exceptional(period=SEPTEMBER, band="amber")),
    "cleared": SeriesStatus(exceptional=None, cleared=OCTOBER),
    "cleared and open anew": SeriesStatus(exceptional=exceptional(opened=OCTOBER), cleared=SEPTEMBER),
    "revoked, revised": SeriesStatus(exceptional=None, revoked=True, revised=True),
    "revoked, by rule": SeriesStatus(exceptional=None, revoked=True),
    "opened later": SeriesStatus(exceptional=exceptional(opened=OCTOBER + 1, period=OCTOBER + 1)),
}
#: What ended a resolved alert is exceptional now, where the alert would stand; but for these.
OUTLOOKS = {name: replace(now, end_is_exceptional=True) for name, now in OUTLOOKS.items()} | {
    "its end is gone": SeriesStatus(exceptional=exceptional(), revised=True),
    "its end is gone, a later one came": SeriesStatus(exceptional=exceptional(period=OCTOBER + 1), revised=True),
    "only patience grew": SeriesStatus(exceptional=exceptional(), end_is_exceptional=False),
}
OPENED, W, C, R = "opened", "worsened", "corrected", "resolved"
#: outlook -> what is told in each state: never, open, acknowledged, resolved, corrected, withdrawn.
TABLE = {
    "nothing": ("", "", "", "", "", ""),
    "goes on": (OPENED, "", "", OPENED, OPENED, OPENED),
    "severer": (OPENED, W, W, OPENED, OPENED, OPENED),
    "worse band": (OPENED, W, W, OPENED, OPENED, OPENED),
    "better band": (OPENED, "", "", OPENED, OPENED, OPENED),
    "opened earlier, revised": (OPENED, C, C, C, OPENED, OPENED),
    "opened earlier, by rule": (OPENED, "", "", OPENED, OPENED, OPENED),
    "judged otherwise, revised": (OPENED, C, C, C, OPENED, OPENED),
    "judged otherwise, by rule": (OPENED, "", "", OPENED, OPENED, OPENED),
    "cleared": ("", R, R, "", "", ""),
    "cleared and open anew": (OPENED, f"{R} {OPENED}", f"{R} {OPENED}", OPENED, OPENED, OPENED),
    "revoked, revised": ("", C, C, C, "", ""),
    "revoked, by rule": ("", C, C, "", "", ""),
    "opened later": (OPENED, "", "", OPENED, OPENED, OPENED),
    "its end is gone": (OPENED, "", "", "", OPENED, OPENED),
    "its end is gone, a later one came": (OPENED, "", "", OPENED, OPENED, OPENED),
    "only patience grew": (OPENED, "", "", "", OPENED, OPENED),
}


def test_the_table_is_whole():
    assert TABLE.keys() == OUTLOOKS.keys()
    assert {len(row) for row in TABLE.values()} == {len(STATES)}


@pytest.mark.parametrize("outlook", OUTLOOKS)
@pytest.mark.parametrize("state", STATES)
def test_what_is_told_in_each_state(state, outlook):
    told = transitions(KEY, STATES[state], OUTLOOKS[outlook], NOW)
    expected = TABLE[outlook][list(STATES).index(state)]
    assert " ".join(change.kind.value for change in told if change.kind) == expected


@pytest.mark.parametrize("outlook", OUTLOOKS)
@pytest.mark.parametrize("state", STATES)
def test_the_same_again_tells_nothing(state, outlook):
    """However it stood, a second tick on the same figures changes nothing that people see."""
    now = OUTLOOKS[outlook]
    told = transitions(KEY, STATES[state], now, NOW)
    if not told:
        return
    newest = told[-1].alert
    # The figures are those that the first tick took down: nothing is revised, and what ended has ended.
    again = replace(now, revised=False, cleared=None, revoked=now.revoked and newest.is_open)
    assert [change.kind for change in transitions(KEY, newest, again, NOW) if change.kind] == []


def stands(state, outlook):
    return transitions(KEY, STATES[state], OUTLOOKS[outlook], NOW)[-1].alert


@pytest.mark.parametrize("outlook", ["severer", "worse band"])
def test_getting_worse_ends_an_acknowledgement(outlook):
    assert stands("acknowledged", outlook).acknowledgement is None


@pytest.mark.parametrize("outlook", ["goes on", "better band", "opened earlier, revised"])
def test_nothing_else_ends_it_while_the_alert_stands(outlook):
    assert stands("acknowledged", outlook).acknowledgement == ACK


def test_an_alert_keeps_its_id_when_its_opening_moves():
    alert = stands("open", "opened earlier, revised")
    assert (alert.id, alert.opened) == ("r/m/a/2020-08", JUNE)


def test_worse_than_the_worst_is_told_once():
    worst = stands("open", "worse band")
    better = transitions(KEY, worst, SeriesStatus(exceptional=exceptional(band="amber", period=OCTOBER + 1)), NOW)[
        -1
    ].alert
    again = transitions(KEY, better, SeriesStatus(exceptional=exceptional(band="black", period=OCTOBER + 2)), NOW)[-1]
    assert (again.kind, again.alert.worst_band) == (None, "black")


def test_who_changed_the_rule_is_not_blamed_on_the_figures():
    (change,) = transitions(KEY, OPEN, OUTLOOKS["revoked, by rule"], NOW)
    assert change.reason == RULE_CHANGED


def test_an_acknowledgement_lapses_after_its_last_day():
    mark = replace(ACK, until=date(2020, 11, 30))
    assert [mark.holds(day) for day in (date(2020, 11, 30), date(2020, 12, 1))] == [True, False]


def test_a_reopened_alert_stands_again_under_its_id():
    alert = stands("resolved", "opened earlier, revised")
    assert (alert.state, alert.resolved, alert.id) == (AlertState.OPEN, None, "r/m/a/2020-08")
    assert transitions(KEY, STATES["resolved"], OUTLOOKS["opened earlier, revised"], NOW)[0].kind is EventKind.CORRECTED


@pytest.mark.parametrize("state", ["open", "acknowledged"])
@pytest.mark.parametrize(
    ("sides", "kind", "reason"),
    [
        pytest.param((1, -1), W, "It has jumped to the other side: above in September 2020, below in October 2020.", id="down"),
        pytest.param((-1, 1), W, "It has jumped to the other side: below in September 2020, above in October 2020.", id="up"),
        pytest.param((1, 1), None, None, id="the-same-side"),
        pytest.param((0, -1), None, None, id="from-no-side"),
        pytest.param((1, 0), None, None, id="to-no-side"),
    ],
)  # fmt: skip
def test_a_jump_to_the_other_side_is_news_and_ends_an_acknowledgement(state, sides, kind, reason):
    """A milder severity on the other side does not take the news away."""
    for severity in (Severity.INFO, Severity.WARNING):
        now = SeriesStatus(exceptional=exceptional(severity=severity), sides=sides)
        (change,) = transitions(KEY, STATES[state], now, NOW)
        assert (change.kind, change.reason) == (kind, reason)
        kept = None if kind else STATES[state].acknowledgement
        assert change.alert.acknowledgement == kept


def test_an_event_that_jumped_is_told_from_one_that_got_worse_alone():
    told = AlertEvent(
        kind=EventKind.WORSENED,
        alert=OPEN,
        finding=None,
        at=NOW,
        reason="The rule was changed; under it this is critical.",
    )
    now = SeriesStatus(exceptional=exceptional(), sides=(1, -1))
    (change,) = transitions(KEY, OPEN, now, NOW)

    assert replace(told, turned=change.turned).has_turned
    assert not replace(told, reason=change.reason).has_turned
    assert not replace(told, kind=EventKind.REMINDED, turned=change.turned).has_turned
