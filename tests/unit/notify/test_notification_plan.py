"""Who is told what on a day, from values alone."""

from datetime import timedelta

from samples.alerts import AT, CHIEF, DAY, NORTH, an_alert, an_event, given, the_rules, was_told

from alerting.domain.alert import AlertState, EventKind
from alerting.domain.measure import Match
from alerting.domain.notify.due_by_time import NEWLY_YOURS, SILENCE_OVER
from alerting.domain.notify.holding import HeldMessage, SuppressionReason
from alerting.domain.notify.notification_plan import plan_notifications
from alerting.domain.rule import Away, Owner, Remind, Silence, Status
from alerting.domain.severity import Severity

SILENCE = Silence(id="s", match=Match(rules=frozenset({"r"})), reason="works", since=None, until=DAY)


def told(plan):
    return [(one.person, one.owners, one.event.kind.value) for one in plan.planned]


def kept_back(plan):
    return [(one.owner, one.reason, one.by) for one in plan.suppressed]


def test_an_opening_is_told_whoever_answers_for_the_area():
    plan = plan_notifications(given(the_rules(), [an_alert()]), [an_event()])

    assert ([("north", ("north",), "opened")], [], ()) == (told(plan), kept_back(plan), plan.follow_ups)


def test_a_deputy_is_told_on_behalf_of_who_is_away():
    away = Owner(id="north", name="North", email="n@example.org", deputy="chief", away=(Away(since=DAY, until=DAY),))

    plan = plan_notifications(given(the_rules(owners=(CHIEF, away))), [an_event()])

    assert [("chief", ("north",), "opened")] == told(plan)


def test_whom_no_channel_reaches_is_named_with_the_reason():
    plan = plan_notifications(given(the_rules(), reachable=frozenset({"chief"})), [an_event()])

    assert ([], [("north", SuppressionReason.NO_ADDRESS, "north")]) == (told(plan), kept_back(plan))


def test_an_opening_that_nobody_answers_for_is_not_lost():
    plan = plan_notifications(given(the_rules(owners=(CHIEF,))), [an_event()])

    assert ([], [("", SuppressionReason.NOBODY, "")]) == (told(plan), kept_back(plan))


def test_a_silence_holds_back_and_is_named():
    plan = plan_notifications(given(the_rules(), silences=(SILENCE,)), [an_event()])

    assert ([], [("north", SuppressionReason.SILENCED, "s")]) == (told(plan), kept_back(plan))


def test_what_a_silence_kept_back_is_told_when_it_is_over():
    alert = an_alert(opened_at=AT - timedelta(days=3))
    held = HeldMessage(owner="north", reason=SuppressionReason.SILENCED, kind=EventKind.OPENED, at=alert.opened_at)

    plan = plan_notifications(given(the_rules(), [alert], held_before={alert.id: (held,)}), [])

    assert [("north", ("north",), "opened")] == told(plan)
    assert [SILENCE_OVER] == [event.reason for event in plan.follow_ups]


def test_what_is_held_back_for_the_same_cause_is_said_once():
    alert = an_alert(opened_at=AT - timedelta(days=3))
    held = HeldMessage(owner="north", reason=SuppressionReason.SILENCED, kind=EventKind.OPENED, at=alert.opened_at)

    plan = plan_notifications(given(the_rules(), [alert], held_before={alert.id: (held,)}, silences=(SILENCE,)), [])

    assert ([], [], ()) == (told(plan), kept_back(plan), plan.follow_ups)


def test_an_alert_that_got_worse_opens_for_who_has_not_heard_of_it():
    alert = an_alert(opened_at=AT - timedelta(days=3), severity=Severity.CRITICAL)
    worse = an_event(EventKind.WORSENED, alert)

    plan = plan_notifications(given(the_rules(), [alert]), [worse])

    assert [("north", ("north",), "opened")] == told(plan)
    assert [NEWLY_YOURS] == [event.reason for event in plan.follow_ups]


def test_an_end_is_told_all_who_were_told():
    alert = an_alert(opened_at=AT - timedelta(days=9), state=AlertState.RESOLVED)
    before = {alert.id: (was_told(9), was_told(2, "chief", owners=("north",), kind=EventKind.ESCALATED))}

    plan = plan_notifications(given(the_rules(), told=before), [an_event(EventKind.RESOLVED, alert)])

    assert [("north", ("north",), "resolved"), ("chief", ("north",), "resolved")] == told(plan)


def test_a_reminder_falls_due_by_the_days_since_the_last_message():
    alert = an_alert(opened_at=AT - timedelta(days=8), acknowledgement=None)
    rules = the_rules(owners=(CHIEF, Owner(id="north", name="North", email="n@example.org")), remind=Remind.WEEKLY)

    due = plan_notifications(given(rules, [alert], {alert.id: (was_told(7),)}), [])
    early = plan_notifications(given(rules, [alert], {alert.id: (was_told(6),)}), [])

    assert ([("north", ("north",), "reminded")], []) == (told(due), told(early))
    assert "First told on 8 October 2020; nobody has acknowledged it since." == due.follow_ups[0].reason


def test_what_nobody_takes_on_is_passed_on_after_working_days():
    alert = an_alert(opened_at=AT - timedelta(days=7))

    due = plan_notifications(given(the_rules(), [alert], {alert.id: (was_told(7),)}), [])
    early = plan_notifications(given(the_rules(), [alert], {alert.id: (was_told(6),)}), [])

    assert ([("chief", ("north",), "escalated")], []) == (told(due), told(early))
    assert "Commander, North was told on 8 October 2020; nobody has acknowledged it since." == due.follow_ups[0].reason


def test_an_alert_of_a_rule_in_shadow_ends_for_those_who_were_told_of_it():
    alert = an_alert(opened_at=AT - timedelta(days=3))
    rules = the_rules(owners=(CHIEF, NORTH), status=Status.SHADOW, author="chief")

    plan = plan_notifications(given(rules, [alert], {alert.id: (was_told(3),)}), [])

    assert ("north", ("north",), "withdrawn") in told(plan)
