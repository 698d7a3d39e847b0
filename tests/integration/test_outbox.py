"""The outbox over hours and days: waits, expiry, order, leases, and who is told of what could not be told."""

import asyncio
from datetime import timedelta

import pytest
from samples.outbox import START, Outbox, Relay, refuses, takes

from alerting.app.deliver import LEASE, MOST_UNKNOWN, WAITS, deliver, wait_after
from alerting.domain.notice import Delivery, DeliveryState

HOUR = timedelta(hours=1)


@pytest.fixture
def outbox(database_url):
    found = Outbox(database_url)
    yield found
    found.store.close()


@pytest.mark.parametrize("case", [pytest.param("C.2 #40", id="40")])
def test_what_is_put_off_is_tried_again_later_and_later(outbox, case):
    outbox.queue("north")
    greylisted = refuses("451 4.7.1 greylisted")
    assert outbox.hand_over(greylisted) == []
    assert outbox.hand_over(takes, after=timedelta(seconds=20)) == [], "not yet"
    assert outbox.hand_over(takes, after=timedelta(minutes=1)) == ["1"]
    assert [(one.number, one.state) for one in outbox.store.attempts("d1")] == [(1, "pending"), (2, "accepted")], case


def test_somebody_who_asks_need_not_wait(outbox):
    outbox.queue("north")
    outbox.hand_over(refuses("451 later"))
    assert outbox.hand_over(takes, eager=True) == ["1"]


@pytest.mark.parametrize("failures", range(1, len(WAITS) + 3))
def test_waits_grow_to_an_hour_and_are_not_all_the_same(failures):
    longest = WAITS[min(failures, len(WAITS)) - 1]
    waits = {wait_after(failures) for _ in range(50)}
    assert longest / 2 <= min(waits) < max(waits) <= longest


def test_an_hour_of_refusals_costs_few_attempts(outbox):
    outbox.queue("north")
    asked = 0
    for _ in range(60):
        outbox.hand_over(refuses("452 4.2.2 mailbox full"), after=timedelta(minutes=1))
        asked += outbox.relay.asked.get("north@example.org", 0)
    assert 4 <= asked <= 8


@pytest.mark.parametrize("reply", ["450 4.2.0 for ever", "452 4.2.2 mailbox full"], ids=["44", "41"])
def test_after_a_day_it_is_given_up_and_somebody_else_is_told_once(outbox, reply):
    outbox.queue("north")
    told = []
    for _ in range(30):
        outbox.hand_over(refuses(reply), after=HOUR, undelivered=told.append)
    assert outbox.states() == ["expired"]
    assert [{became: [one.id for one, _ in several] for became, several in failures.items()} for failures in told] == [
        {"given up after waiting": ["d1"]}
    ]


def test_time_in_which_the_relay_takes_nothing_does_not_count(outbox):
    outbox.queue("north")
    for _ in range(40):
        outbox.hand_over(refuses("no route", channel=True), after=HOUR)
    assert outbox.states() == ["pending"]
    assert outbox.hand_over(refuses("450 not now"), after=HOUR) == []  # it answers again
    assert (outbox.states(), outbox.down()) == (["pending"], {"email": None})
    assert outbox.hand_over(takes, after=HOUR) == ["1"]


def test_a_silent_line_is_no_answer(outbox):
    outbox.queue("north")
    for _ in range(30):
        outbox.hand_over(refuses("the line broke"), after=HOUR)
    assert outbox.states() == ["pending"]


def test_one_failing_address_holds_up_nobody_else(outbox):
    outbox.queue("north", "south", "east")
    answer = refuses("550 5.1.1 unknown", at="south", permanent=True)
    told = []
    assert sorted(outbox.hand_over(answer, undelivered=told.append)) == ["1", "3"]
    assert outbox.states() == ["accepted", "rejected", "accepted"]
    assert list(told[0]) == ["refused"]


def test_a_channel_that_fails_is_asked_once_and_left_alone_for_a_while(outbox):
    outbox.queue(*(f"o{n}" for n in range(20)))
    outbox.hand_over(refuses("connection refused", channel=True))
    assert sum(outbox.relay.asked.values()) <= Relay.connections
    assert outbox.report.waiting == 20
    outbox.hand_over(takes, after=timedelta(seconds=20))
    assert outbox.relay.asked == {}, "the breaker is open"
    assert len(outbox.hand_over(takes, after=timedelta(minutes=1))) == 20
    assert outbox.down() == {"email": None}


@pytest.mark.parametrize("case", [pytest.param(number, id=str(number)) for number in (46, 47, 49, 51)])
def test_what_may_have_been_taken_is_repeated_marked_and_then_held(outbox, case):
    outbox.queue("north")
    lost = refuses("no answer after the dot", unknown=True)
    told = []
    outbox.hand_over(lost, undelivered=told.append)
    assert (outbox.states(), told) == (["pending"], [])
    for _ in range(MOST_UNKNOWN - 1):
        outbox.hand_over(lost, after=HOUR, undelivered=told.append)
    assert outbox.states() == ["held"], case
    assert list(told[0]) == ["held, as it may have arrived"]
    assert outbox.hand_over(takes, after=HOUR, eager=True) == []


def test_a_repeat_says_that_it_may_be_one(outbox):
    outbox.queue("north")
    outbox.hand_over(refuses("no answer after the dot", unknown=True))
    assert outbox.hand_over(takes, after=HOUR) == ["1 (possibly repeated)"]


def test_each_owners_messages_keep_their_order(outbox):
    outbox.queue("north", "south", "north")
    assert outbox.hand_over(refuses("451 later", at="north")) == ["2"]
    assert outbox.hand_over(takes, after=HOUR) == ["1", "3"]


def test_what_is_urgent_goes_first(outbox):
    outbox.queue("a", "b", "c")
    outbox.queue("d", urgent=True)
    Relay.connections = 1
    try:
        assert outbox.hand_over() == ["4", "1", "2", "3"]
    finally:
        Relay.connections = 4


def test_what_waits_for_its_readers_sake_waits_also_where_somebody_asks(outbox):
    outbox.queue("north", not_before=START + HOUR)
    outbox.queue("north", urgent=True)
    assert outbox.hand_over(eager=True) == ["2"], "and lets others pass"
    assert (outbox.report.waiting, outbox.report.postponed) == (0, 1)
    assert outbox.hand_over(after=HOUR) == ["1"]


# Two processes at once


def claim(outbox, token):
    return [one.id for one in outbox.store.claim(token, outbox.clock.at, LEASE, 10)]


def test_what_one_has_claimed_the_other_leaves_alone(outbox):
    outbox.queue("north", "south")
    assert claim(outbox, "one") == ["d1", "d2"]
    assert outbox.hand_over(alone=False) == []


def test_a_claim_whose_lease_is_over_is_free_again_and_its_holder_may_not_hand_over(outbox):
    outbox.queue("north")
    claim(outbox, "one")
    (delivery,) = outbox.store.deliveries()
    outbox.outlive(LEASE)
    assert outbox.hand_over(alone=False) == ["1"]
    assert outbox.store.write_outbox("one", outbox.clock.at, LEASE, [delivery], []) == set()


def test_what_was_being_handed_over_when_the_lease_ended_is_marked(outbox):
    outbox.queue("north")
    claim(outbox, "one")
    assert outbox.store.write_outbox("one", outbox.clock.at, LEASE, list(outbox.store.deliveries()), []) == {"d1"}
    outbox.outlive(LEASE)
    assert outbox.hand_over(alone=False) == ["1 (possibly repeated)"]


def test_a_late_answer_changes_nothing_that_was_decided(outbox):
    outbox.queue("north")
    claim(outbox, "one")
    (delivery,) = outbox.store.deliveries()
    outbox.outlive(LEASE)
    outbox.hand_over(alone=False)
    late = Delivery(
        **{name: getattr(delivery, name) for name in delivery.__slots__} | {"state": DeliveryState.REJECTED}
    )
    outbox.store.write_outbox("one", outbox.clock.at, LEASE, [], [(late, outbox.clock.at)])
    assert outbox.states() == ["accepted"]


def test_two_at_once_hand_each_message_over_once(outbox):
    outbox.queue(*(f"o{n}" for n in range(60)))
    relays = [Relay(takes), Relay(takes)]

    async def both():
        await asyncio.gather(
            *(deliver(outbox.store, {"email": relay}, outbox.clock, eager=False, alone=False) for relay in relays)
        )

    asyncio.run(both())
    assert sorted(address for relay in relays for address, _ in relay.taken) == sorted(
        f"o{n}@example.org" for n in range(60)
    )
