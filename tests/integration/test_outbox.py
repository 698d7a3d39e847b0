"""The outbox over hours and days: waits, expiry, order, leases, and who is told of what could not be told."""

import asyncio
from datetime import timedelta

import pytest
from samples.outbox import START, Outbox, Relay, failed, refuses, takes

from alerting.app.delivery.backoff import WAITS, wait_after
from alerting.app.delivery.deliver import deliver
from alerting.app.delivery.ledger import LEASE
from alerting.domain.notify.notice import Delivery, DeliveryState, Message, Notice, NoticeKind
from alerting.errors import AlertingError, DeliveryFailed

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


@pytest.mark.parametrize(("answered", "became"), [(True, ["expired"]), (False, ["pending"])])
def test_a_message_expires_where_its_channel_answers_whatever_its_answers_are_like(outbox, answered, became):
    outbox.queue("north", "south")
    busy = lambda address: DeliveryFailed("busy: come back later", answered=answered) if address[0] == "n" else None  # noqa: E731
    assert ["2"] == outbox.hand_over(busy)

    outbox.queue("south")
    assert ["3"] == outbox.hand_over(busy, after=timedelta(hours=25))

    assert became == [state for state in outbox.states() if state != "accepted"]


def test_an_answer_for_good_gives_a_message_up_where_others_are_taken(outbox):
    outbox.queue("north", "south")
    gone = lambda address: DeliveryFailed("gone", permanent=True, answered=True) if address[0] == "n" else None  # noqa: E731

    assert ["2"] == outbox.hand_over(gone)

    assert ["accepted", "rejected"] == sorted(outbox.states())


def test_somebody_who_asks_need_not_wait(outbox):
    outbox.queue("north")
    outbox.hand_over(refuses("451 later"))
    assert outbox.hand_over(takes, ignore_backoff=True) == ["1"]


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


def test_what_was_taken_is_not_sent_again_where_it_cannot_be_noted_that_the_channel_works(outbox, monkeypatch):
    outbox.queue("north")
    outbox.hand_over(refuses("connection refused", channel=True))

    def is_full(*_args, **_kwargs):
        raise AlertingError("database or disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(outbox.store.queue, "save_channel", is_full)
        with pytest.raises(AlertingError):
            outbox.hand_over(takes, after=HOUR)
    assert [] == outbox.hand_over(takes, after=HOUR)
    assert (["accepted"], {"email": None}) == (outbox.states(), outbox.down())


def lost_of(*names):
    """Break the line after the dot of these owners' messages."""
    return lambda address: failed("no answer after the dot", unknown=True) if address[:5] in names else None


def test_what_may_have_been_taken_is_repeated_over_its_time_and_then_held(outbox):
    told, tries = [], 0
    outbox.queue("north")
    for _ in range(36 * 2):
        outbox.queue("south")  # whose messages are taken: it is no outage
        outbox.hand_over(lost_of("north"), after=timedelta(minutes=30), undelivered=told.append)
        tries += outbox.relay.asked.get("north@example.org", 0)
        if outbox.states()[0] == "held":
            break
    assert outbox.clock.at - START > 23 * HOUR, "not before its time is over"
    assert 4 <= tries <= 12, "each may make one more of it"
    assert list(told[0]) == ["held, as it may have arrived"]
    assert outbox.hand_over(takes, after=HOUR, ignore_backoff=True) == []


def test_a_relay_that_cuts_every_line_holds_nothing_for_good_and_asks_little(outbox):
    told = []
    outbox.queue(*(f"own{n:02}" for n in range(30)))
    tried = 0
    for _ in range(10):
        outbox.hand_over(
            refuses("no answer after the dot", unknown=True), after=timedelta(minutes=1), undelivered=told.append
        )
        tried += sum(outbox.relay.asked.values())
        assert [one.id for one in outbox.report.ill] == ["email"]
    assert tried <= 16, "one event, not one a message"
    for _ in range(40):
        outbox.hand_over(refuses("no answer after the dot", unknown=True), after=HOUR)
    assert set(outbox.states()) == {"pending"}
    assert told == []
    outbox.hand_over(takes, after=9 * HOUR)
    assert set(outbox.states()) == {"accepted"}, "in one pass, as soon as it works"
    assert outbox.report.ill == ()


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
    assert outbox.hand_over(ignore_backoff=True) == ["2"], "and lets others pass"
    assert (outbox.report.waiting, outbox.report.postponed) == (0, 1)
    assert outbox.hand_over(after=HOUR) == ["1"]


# Two processes at once


def claim(outbox, token):
    return [one.id for one in outbox.store.queue.claim(token, outbox.clock.at, LEASE, 10)]


def test_what_one_has_claimed_the_other_leaves_alone(outbox):
    outbox.queue("north", "south")
    assert claim(outbox, "one") == ["d1", "d2"]
    assert outbox.hand_over(exclusive=False) == []


def test_a_claim_whose_lease_is_over_is_free_again_and_its_holder_may_not_hand_over(outbox):
    outbox.queue("north")
    claim(outbox, "one")
    (delivery,) = outbox.store.deliveries()
    outbox.outlive(LEASE)
    assert outbox.hand_over(exclusive=False) == ["1"]
    assert outbox.store.queue.write("one", outbox.clock.at, LEASE, [delivery], []) == set()


def test_what_was_being_handed_over_when_the_lease_ended_is_marked(outbox):
    outbox.queue("north")
    claim(outbox, "one")
    assert outbox.store.queue.write("one", outbox.clock.at, LEASE, list(outbox.store.deliveries()), []) == {"d1"}
    outbox.outlive(LEASE)
    assert outbox.hand_over(exclusive=False) == ["1 (possibly repeated)"]


def test_a_late_answer_changes_nothing_that_was_decided(outbox):
    outbox.queue("north")
    claim(outbox, "one")
    (delivery,) = outbox.store.deliveries()
    outbox.outlive(LEASE)
    outbox.hand_over(exclusive=False)
    late = Delivery(
        **{name: getattr(delivery, name) for name in delivery.__slots__} | {"state": DeliveryState.REJECTED}
    )
    outbox.store.queue.write("one", outbox.clock.at, LEASE, [], [(late, outbox.clock.at)])
    assert outbox.states() == ["accepted"]


def test_two_at_once_hand_each_message_over_once(outbox):
    outbox.queue(*(f"o{n}" for n in range(60)))
    relays = [Relay(takes), Relay(takes)]

    async def both():
        await asyncio.gather(
            *(
                deliver(outbox.store, {"email": relay}, outbox.clock, ignore_backoff=False, exclusive=False)
                for relay in relays
            )
        )

    asyncio.run(both())
    assert sorted(address for relay in relays for address, _ in relay.taken) == sorted(
        f"o{n}@example.org" for n in range(60)
    )


# Whose fault a refusal is


class Asked:
    """The fallback's message as the outbox sends it, to see whether anybody is taken."""

    def __init__(self, outbox, *channels):
        self.outbox, self.made, self.channels = outbox, 0, channels or ("email",)

    def __call__(self, failures, without):
        if "fallback" in without:
            return None
        self.made += 1
        id_ = f"note{self.made}"
        notice = Notice(id=id_, kind=NoticeKind.ENGINE, owner="fallback", at=self.outbox.clock.at)
        return notice, [
            Delivery(
                id=f"{id_}-{channel}", notice_id=id_, owner="fallback", channel=channel, address="fallback@example.org",
                message_id=f"{id_}-{channel}@example.org", message=Message(subject=id_, text="", html=""),
            )
            for channel in self.channels
        ]  # fmt: skip


UNKNOWN = "550 no such user"


def refusing(reply, *names):
    return lambda address: failed(reply, permanent=True) if not names or address.split("@")[0] in names else None


def test_where_nobody_elses_message_is_taken_the_fallbacks_tells_whose_fault_it_is(outbox):
    asked = Asked(outbox)
    outbox.queue("north")
    assert outbox.hand_over(refusing(UNKNOWN, "north"), ask=asked) == ["note1"]
    assert (outbox.states(), outbox.report.rejected, outbox.report.ill) == (["rejected", "accepted"], 1, ())


def test_a_relay_that_refuses_the_fallback_too_refuses_everybody_and_each_is_told_when_it_works(outbox):
    asked = Asked(outbox)
    outbox.queue("north", "south")
    outbox.hand_over(refusing(UNKNOWN), ask=asked)
    assert outbox.states() == ["pending", "pending", "cancelled"]
    assert [one.reply for one in outbox.report.ill] == [UNKNOWN]
    outbox.hand_over(refusing(UNKNOWN), ask=asked, after=HOUR)
    assert sorted(outbox.hand_over(takes, ask=asked, after=HOUR)) == ["1", "2"]
    assert {"accepted", "cancelled"} == set(outbox.states())


def test_that_everybody_is_said_not_to_exist_is_the_relays_fault_where_the_fallback_was_asked(outbox):
    outbox.queue("north", "south")
    outbox.hand_over(refusing("550 5.1.1 no such user"), ask=Asked(outbox))
    assert outbox.states() == ["pending", "pending", "cancelled"]
    assert sorted(outbox.hand_over(takes, after=HOUR)) == ["1", "2"]


@pytest.mark.parametrize("channels", [("email", "copies"), ("copies",)])
def test_over_another_channel_the_fallback_hears_only_what_is_known_to_be_lost(outbox, channels):
    copies, asked = Relay(takes), Asked(outbox, *channels)
    outbox.queue("north")
    outbox.hand_over(refusing(UNKNOWN), ask=asked, others={"copies": copies})
    assert (copies.taken, outbox.states()[0]) == ([], "pending"), "it waits for its relay"
    gone = refusing("550 5.1.1 no such user", "north")
    outbox.hand_over(gone, ask=asked, others={"copies": copies}, after=HOUR)
    assert ([("fallback@example.org", "note2")], "rejected") == (copies.taken, outbox.states()[0])


@pytest.mark.parametrize("reply", ["550 5.7.1 unable to relay", "554 5.3.2 system not accepting", "504 bad helo"])
def test_a_refusal_by_policy_is_the_relays_also_where_others_are_taken(outbox, reply):
    outbox.queue("south", "north")
    outbox.hand_over(refusing(reply, "north"))
    assert outbox.states() == ["accepted", "pending"]
    assert [one.reply for one in outbox.report.ill] == [reply]
    assert outbox.hand_over(takes, after=HOUR) == ["2"]


def test_a_refused_mailbox_is_told_to_somebody_else_once(outbox):
    asked = Asked(outbox)
    outbox.queue("north", "south")
    assert sorted(outbox.hand_over(refusing(UNKNOWN, "north"), ask=asked)) == ["2", "note1"]
    outbox.queue("north", "south")
    assert outbox.hand_over(refusing(UNKNOWN, "north"), ask=asked, after=HOUR) == ["4"]
    assert (asked.made, outbox.states()[0], outbox.states()[3]) == (1, "rejected", "rejected")


@pytest.mark.sampled(9)
@pytest.mark.parametrize("reply", ["421 4.3.2 closing", "451 4.7.1 greylisted", "451 later"])
def test_one_message_that_is_put_off_holds_up_nobody_and_expires(outbox, reply):
    asked = Asked(outbox)
    outbox.queue("north", "south", "east")
    putting_off = refuses(reply, at="north")
    assert sorted(outbox.hand_over(putting_off, ask=asked)) == ["2", "3"]
    assert outbox.report.ill == ()
    taken = []
    for _ in range(26):
        outbox.queue("south")
        taken += outbox.hand_over(putting_off, ask=asked, after=HOUR, ignore_backoff=True)
        assert outbox.report.ill == ()
    assert len(taken) == 26 + 1, "each at once, and the fallback's"
    assert outbox.states()[0] == "expired"


def test_a_second_message_that_is_put_off_the_same_way_is_the_relays(outbox):
    outbox.queue(*(f"o{n}" for n in range(12)))
    outbox.hand_over(refuses("421 4.3.2 closing"))
    assert sum(outbox.relay.asked.values()) <= Relay.connections + 1
    assert [one.reply for one in outbox.report.ill] == ["421 4.3.2 closing"]
    outbox.hand_over(refuses("421 4.3.2 closing"), after=30 * HOUR)
    assert sum(outbox.relay.asked.values()) == 1, "one finds out for all"
    assert set(outbox.states()) == {"pending"}, "and their time stands still"
    assert len(outbox.hand_over(takes, after=HOUR)) == 12


def test_full_mailboxes_among_others_that_take_mail_are_no_relay_that_is_down(outbox):
    outbox.queue("full1", "full2", "south")
    outbox.hand_over(takes)
    outbox.queue("south", "full1", "full2", "east")
    Relay.connections = 1
    try:
        assert outbox.hand_over(refuses("452 4.2.2 mailbox full", at="full")) == ["4", "7"]
    finally:
        Relay.connections = 4
    assert outbox.report.ill == ()


def test_where_all_goes_to_one_address_that_address_is_the_way_out(outbox):
    outbox.queue("north", "south")
    outbox.hand_over(refusing("550 5.1.1 no such user"), redirect_all_to="safe@example.org")
    assert (outbox.states(), len(outbox.report.ill)) == (["pending", "pending"], 1)


def test_the_operator_is_told_over_another_channel_once(outbox):
    told = []
    outbox.queue("north")
    for _ in range(3):
        outbox.hand_over(refuses("no route", channel=True), after=HOUR, ill=told.append)
    assert ["email"] == [one.id for one in told]


def test_what_a_round_says_of_its_refusals_waits_for_a_tick_that_holds_the_lock_for_long(outbox, monkeypatch):
    """Else what was refused would count as perhaps arrived, and nobody hear of it in that round."""
    how, begin, asked = [], outbox.store.begin, Asked(outbox, "email", "other")
    outbox.queue("north", "south", "east")
    monkeypatch.setattr(outbox.store, "begin", lambda **kw: how.append(kw) or begin(**kw))
    outbox.hand_over(refusing(UNKNOWN, "north"), ask=asked)
    outbox.queue("west")
    outbox.hand_over(refuses("no route", channel=True), ill=lambda _: asked({}, ()), after=HOUR)
    assert len(how) >= 3
    assert [kw for kw in how if kw != {"patient": True}] == [{}]  # what the test queues itself


def test_a_refusal_that_was_being_judged_when_the_process_ended_is_judged_again(outbox):
    def killed(*_):
        raise KeyboardInterrupt

    asked = Asked(outbox)
    outbox.queue("north")
    with pytest.raises(KeyboardInterrupt):
        outbox.hand_over(refusing(UNKNOWN, "north"), ask=killed)
    assert outbox.states() == ["pending"]
    assert outbox.hand_over(refusing(UNKNOWN, "north"), ask=asked) == ["note1"]
    assert outbox.states() == ["rejected", "accepted"]
