"""Told is what a channel accepted: what counts from it, what is said of the rest, and one message after an outage."""

from dataclasses import replace
from datetime import date, datetime, time

import pytest
from samples.lives import LONDON, Life

from alerting.app.alerts.actions import list_alerts
from alerting.app.delivery.deliveries import done
from alerting.domain.notify.notice import DeliveryState
from alerting.domain.outbox import Deed
from alerting.opening import open_store

HEAD, CHIEF = "head", "chief"
ESCALATE = ", escalate: {after: 2 working days, to: chief}"


@pytest.fixture
def life(tmp_path):
    found = Life(tmp_path)
    found.delivers = False
    return found


def works(life, on):
    """Let the channel take what waits on a day."""
    with life.opened(on) as (engine, store):
        life.deliver(store, engine)


def ends(life, state, **facts):
    """End whatever waits in a state."""
    with life.opened("2020-01-01") as (_, store), store.begin() as transaction:
        for one in transaction.outbox.entries([DeliveryState.PENDING]):
            changed = replace(one.delivery, state=state, **facts)
            transaction.outbox.save_deed(changed, datetime(2020, 6, 3, 8, tzinfo=LONDON), "550 5.1.1 no such user")


def waiting(life):
    """The subjects of what waits."""
    with life.opened("2020-01-01") as (_, store):
        return [one.message.subject for one in store.deliveries() if one.state is DeliveryState.PENDING]


def waiting_ids(life):
    """The messages that wait."""
    with life.opened("2020-01-01") as (_, store):
        return [one.id for one in store.deliveries() if one.state is DeliveryState.PENDING]


def listed(life, on="2020-06-04"):
    day = date.fromisoformat(on)
    with life.opened(on) as (engine, store):
        (found,) = list_alerts(engine.rules, store, day, engine.clock.now(), ended=False, owner=None)
    return found


def test_what_waits_is_told_once_as_it_is_when_it_can_be(life):
    life.set(rule=", remind: daily")
    life.tick("2020-06-03", "2020-05 12")
    for day in ("2020-06-04", "2020-06-05", "2020-06-08"):
        assert life.tick(day) == [], "nobody is reminded of what they never heard"
    life.tick("2020-07-03", "2020-06 15")
    (subject,) = waiting(life)
    assert "15" in subject


def test_what_waits_is_laid_out_anew_only_where_it_says_something_else(life):
    life.tick("2020-06-03", "2020-05 12")
    life.tick("2020-07-03", "2020-06 15")
    first = waiting_ids(life)
    for day in ("2020-07-03", "2020-07-06", "2020-07-10"):
        assert life.tick(day) == []
        assert waiting_ids(life) == first
    life.tick("2020-07-13", "2020-06 16")
    (second,) = waiting_ids(life)
    assert second not in first
    life.rules = life.rules.replace("target: 10", "target: 11")
    life.tick("2020-07-14")
    (third,) = waiting_ids(life)
    assert third != second, "the figure is the same, and is held against another target"
    assert "target of 11" in life.message(HEAD)
    life.tick("2020-07-15")
    assert waiting_ids(life) == [third]


def test_what_waits_and_cannot_be_judged_today_goes_on_waiting_as_it_is(life):
    life.tick("2020-06-03", "2020-05 12")
    first = waiting_ids(life)
    life.tick("2020-06-04", {"2020-05": ""})
    assert [alert.is_open for alert in life.alerts()] == [True]
    assert waiting_ids(life) == first


def test_what_ended_before_anybody_heard_of_it_is_not_told_nor_its_end(life):
    life.tick("2020-06-03", "2020-05 12")
    assert life.tick("2020-07-03", "2020-06 8") == []
    assert waiting(life) == []


def test_an_end_that_waits_is_told_to_who_heard_of_the_beginning(life):
    life.tick("2020-06-03", "2020-05 12")
    works(life, "2020-06-03")
    assert life.tick("2020-07-03", "2020-06 8") == [(HEAD, "resolved", "force")]
    life.tick("2020-07-06")
    assert len(waiting(life)) == 1


def test_it_is_passed_on_so_long_after_it_was_accepted_and_not_after_it_was_made(life):
    life.set(head=ESCALATE)
    life.tick("2020-06-01", "2020-05 12")
    assert life.tick("2020-06-04") == []
    works(life, "2020-06-04")
    life.delivers = True
    assert life.tick("2020-06-05") == []
    assert life.tick("2020-06-08") == [(CHIEF, "escalated", "force")]
    assert "told on 4 June 2020" in life.message(CHIEF)


def test_a_reminder_comes_so_long_after_the_last_message_was_accepted(life):
    life.set(rule=", remind: weekly")
    life.tick("2020-06-03", "2020-05 12")
    works(life, "2020-06-08")
    life.delivers = True
    assert life.tick("2020-06-10") == []
    assert life.tick("2020-06-15") == [(HEAD, "reminded", "force")]
    assert "First told on 8 June 2020" in life.message(HEAD)


@pytest.mark.parametrize("state", [DeliveryState.REJECTED, DeliveryState.EXPIRED])
def test_a_refused_mailbox_is_tried_again_the_next_day_and_when_its_address_changes(life, state):
    life.tick("2020-06-03", "2020-05 12")
    ends(life, state)
    assert life.tick("2020-06-03") == [], "not again on the same day"
    life.rules = life.rules.replace("head@example.org", "head.2@example.org")
    assert life.tick("2020-06-03") == [(HEAD, "opened", "force")]
    ends(life, state)
    assert life.tick("2020-06-04") == [(HEAD, "opened", "force")]


def test_what_is_told_twice_on_a_day_is_another_message(life):
    life.tick("2020-06-03", "2020-05 12")
    ends(life, DeliveryState.REJECTED)
    life.rules = life.rules.replace("head@example.org", "head.2@example.org")
    life.tick("2020-06-03", at=time(9))
    ends(life, DeliveryState.REJECTED)
    life.rules = life.rules.replace("head.2@example.org", "head.3@example.org")
    life.tick("2020-06-03", at=time(10))
    with life.opened("2020-06-03") as (_, store):
        assert len({one.message_id for one in store.deliveries()}) == 3


def test_a_tick_that_is_done_anew_on_a_day_names_its_messages_alike(life, tmp_path):
    other = Life(tmp_path / "other")
    other.delivers = False
    life.tick("2020-06-03", "2020-05 12", at=time(7))
    other.tick("2020-06-03", "2020-05 12", at=time(11))
    (one,), (again,) = life.report.deliveries, other.report.deliveries
    assert one.message_id == again.message_id
    other.tick("2020-06-03", "2020-05 15", at=time(12))
    assert one.message_id != other.report.deliveries[0].message_id, "it says something else"


def test_who_was_refused_hears_of_no_end_and_nothing_is_passed_on_as_if_they_had(life):
    life.set(head=ESCALATE)
    life.tick("2020-06-03", "2020-05 12")
    for day in ("2020-06-04", "2020-06-05", "2020-06-08", "2020-06-09"):
        ends(life, DeliveryState.REJECTED)
        assert life.tick(day) == [(HEAD, "opened", "force")]
    ends(life, DeliveryState.REJECTED)
    assert life.tick("2020-07-03", "2020-06 8") == []


def test_the_list_says_who_was_told_whose_message_waits_and_whose_was_refused(life):
    life.tick("2020-06-03", "2020-05 12")
    found = listed(life)
    assert ((), (HEAD,), ()) == (found.told, found.waiting, found.refused)
    ends(life, DeliveryState.REJECTED)
    found = listed(life)
    assert ((), (), (HEAD,)) == (found.told, found.waiting, found.refused)
    life.delivers = True
    life.tick("2020-06-04")
    found = listed(life)
    assert ((HEAD,), (), ()) == (found.told, found.waiting, found.refused)


def test_a_budget_counts_what_was_accepted(life):
    life.set(head=", mail_budget: 1 per day", rule=", notify: [head]")
    life.tick("2020-06-03", "2020-05 12")
    ends(life, DeliveryState.REJECTED)
    life.tick("2020-06-03", "2020-05 12", area="north")
    (one,) = (d for d in life.report.deliveries if d.owner == HEAD)
    assert one.not_before is None


def test_what_may_have_arrived_is_not_told_anew_and_its_end_is(life):
    life.tick("2020-06-03", "2020-05 12")
    ends(life, DeliveryState.HELD, unanswered_attempts=2)
    assert life.tick("2020-06-04") == []
    assert life.tick("2020-07-03", "2020-06 8") == [(HEAD, "resolved", "force")]


def test_a_copy_of_what_is_over_is_not_sent_its_end_alone_is(life):
    life.tick("2020-06-03", "2020-05 12")
    ends(life, DeliveryState.PENDING, unanswered_attempts=1)
    assert life.tick("2020-07-03", "2020-06 8") == [(HEAD, "resolved", "force")]
    (subject,) = waiting(life)
    assert subject.startswith("Resolved")


def test_the_end_of_what_may_have_arrived_is_told_though_it_waits_for_long(life):
    life.tick("2020-06-03", "2020-05 12")
    ends(life, DeliveryState.PENDING, unanswered_attempts=1)
    life.tick("2020-07-03", "2020-06 8")
    life.tick("2020-07-06")
    (subject,) = waiting(life)
    assert subject.startswith("Resolved")


def test_a_copy_of_which_something_still_stands_is_sent(life):
    life.set(rule=", notify: [head]")
    life.figures[("north", "2020-05")] = "12"
    life.tick("2020-06-03", "2020-05 12")
    ends(life, DeliveryState.PENDING, unanswered_attempts=1)
    assert life.tick("2020-07-03", "2020-06 8") == [(HEAD, "resolved", "force")]
    assert len(waiting(life)) == 2


def test_what_is_dropped_though_it_may_have_arrived_is_told_anew(life):
    life.tick("2020-06-03", "2020-05 12")
    ends(life, DeliveryState.HELD, unanswered_attempts=2)
    with life.opened("2020-06-03") as (_, store), store.begin() as state:
        done(state.outbox, Deed.DROP, [], datetime(2020, 6, 3, 9, tzinfo=LONDON), person=None, reason=None)
    assert life.tick("2020-06-04") == [(HEAD, "opened", "force")]


def test_a_mailbox_that_puts_a_message_off_has_it_expire_though_more_comes_on_top(life):
    life.set(rule=", notify: [head]")
    life.tick("2020-06-03", "2020-05 12")
    store = open_store(life.engine(date(2020, 6, 3)).settings)
    (first,) = store.deliveries()
    (claimed,) = store.queue.claim("t", first.expires_at, first.expires_at - first.expires_at, 1)
    tried = replace(claimed, attempts=1, put_off=1, not_before=None)
    store.queue.write("t", first.expires_at, first.expires_at - first.expires_at, [], [(tried, first.expires_at)])
    store.close()
    life.tick("2020-06-03", "2020-05 12", area="north")
    (folded,) = (one for one in life.report.deliveries if one.owner == HEAD)
    assert folded.expires_at == first.expires_at
