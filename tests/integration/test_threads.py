"""How a reader's mail program puts messages together: each refers to the message that first told its reader of the series."""

import pytest
from samples.lives import Life
from samples.outages import Relay, works

REST = "}, {id: q, title: Far too many, measures: m, when: {outside_range: {from: 0, to: 11}}"


@pytest.fixture
def life(tmp_path):
    """Two rules on one series; what is told is taken at once."""
    return Life(tmp_path, rule=", remind: weekly")


def sent(life, owner="head"):
    """The message of the last tick to somebody."""
    return next(one for one in life.report.deliveries if one.owner == owner)


def refers(delivery):
    """What a message answers, and all it refers to."""
    headers = dict(delivery.message.headers)
    return headers.get("In-Reply-To"), headers.get("References")


def id_of(delivery):
    return f"<{delivery.message_id}>"


def test_what_first_tells_of_a_series_refers_to_nothing(life):
    life.tick("2020-06-03", "2020-04 5, 2020-05 12")
    assert (None, None) == refers(sent(life))
    life.tick("2020-06-03", "2020-04 5, 2020-05 12", area="north")
    assert (None, None) == refers(sent(life, "north"))


def test_what_follows_refers_to_what_first_told_over_all_episodes(life):
    life.tick("2020-06-03", "2020-04 5, 2020-05 12")
    first = id_of(sent(life))
    for day, value in [("2020-06-10", None), ("2020-07-03", "2020-06 7"), ("2020-08-03", "2020-07 14")]:
        life.tick(day, value)
        assert (first, first) == refers(sent(life)), day


def test_a_mail_about_two_rules_refers_to_both_and_answers_the_topmost(life):
    life.set(rule=", remind: weekly, severity: critical")
    life.tick("2020-06-03", "2020-04 5, 2020-05 11")
    first = id_of(sent(life))
    life.set(rule=f", remind: weekly, severity: critical{REST}, remind: weekly")
    life.tick("2020-06-04", "2020-05 12")
    second = id_of(sent(life))
    assert (None, None) == refers(sent(life))
    life.tick("2020-06-11")

    assert 2 == len(life.report.notices[0].events)
    assert (first, f"{second} {first}") == refers(sent(life))


def test_each_reader_is_referred_to_a_message_of_their_own(life):
    life.set(head=", escalate: {after: 1 working days, to: chief}")
    life.tick("2020-06-03", "2020-04 5, 2020-05 12")
    to_head = id_of(sent(life))
    life.tick("2020-06-05")
    to_chief = id_of(sent(life, "chief"))
    assert (None, None) == refers(sent(life, "chief"))
    life.tick("2020-07-03", "2020-06 7")

    assert {"head": (to_head, to_head), "chief": (to_chief, to_chief)} == {
        one.owner: refers(one) for one in life.report.deliveries
    }


def test_a_message_that_nobody_took_is_not_referred_to(life):
    life.set(more="roles: {fallback: chief}")
    with Relay(lambda: None) as relay:
        life.smtp = relay.url
        relay.fails = lambda step, talk: "550 5.1.1 gone" if step == "RCPT" and talk.recipient[0] == "h" else None
        life.tick("2020-06-03", "2020-04 5, 2020-05 12")
        relay.fails = works
        life.tick("2020-06-10")
        assert (None, None) == refers(sent(life))
        second = id_of(sent(life))
        life.tick("2020-06-17")
        assert (second, second) == refers(sent(life))
        last = relay.taken[-1].mail
    assert (second, second) == (last["In-Reply-To"], last["References"])


def test_a_renamed_rule_goes_on_with_its_thread(life):
    life.tick("2020-06-03", "2020-04 5, 2020-05 12")
    first = id_of(sent(life))
    life.rules = life.rules.replace("{id: r, title", "{id: better, was: r, title")
    life.tick("2020-07-03", "2020-06 7")
    assert (first, first) == refers(sent(life))


def test_a_bundle_of_many_refers_to_no_more_than_a_header_holds(life):
    months = "2020-04 5, 2020-05 12"
    areas = [f"a{n}" for n in range(25)]
    declared = "".join(f"  - {{id: {one}, title: Area {one}, parent: force, owner: north}}\n" for one in areas)
    life.rules = life.rules.replace("measures:", f"{declared}measures:", 1)
    for area in areas:
        life.tick("2020-06-03", months, area=area)
    life.tick("2020-06-10")
    assert 20 == len(refers(sent(life, "north"))[1].split())
