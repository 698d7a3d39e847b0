"""Messages that come back: whose address is doubted, who is told, and what ends the doubt."""

import pytest
from samples.answers import Correspondence, reply, report

from alerting.cli import main
from alerting.domain.inbox import Standing
from alerting.domain.notify.notice import DeliveryState

ALERT = "r/m/force/2020-05"


@pytest.fixture
def life(tmp_path, dovecot, request):
    name = "".join(letter for letter in request.node.name if letter.isalnum())[:60]
    with Correspondence(tmp_path, dovecot, name, rule=", remind: daily", more="roles: {fallback: chief}") as found:
        yield found


@pytest.fixture
def sent(life):
    """The notice that the head was sent on 2 June, with its envelope."""
    life.tick("2020-06-02", "2020-05 14")
    (one,) = life.post.mails
    return one


def doubted(life):
    with life.opened("2020-01-01") as (_, store), store.begin() as state:
        return [(one.address, one.words) for one in state.doubts.standing()]


def test_a_message_that_comes_back_doubts_its_address_and_the_fallback_hears_once(life, sent, capsys, monkeypatch):
    life.arrives(report(sent), report(sent, says="550 5.1.1 gone for good"))
    entries = life.read("2020-06-02")
    (told,) = life.post.to("chief")

    assert [Standing.RETURNED] * 2 == [one.standing for one in entries]
    assert [("head@example.org", "550 5.1.1 gone for good")] == doubted(life)
    assert "Head of Performance <head@example.org> (returned)" in (text := told.get_body(("plain",)).get_content())
    assert "550 5.1.1 gone" in text
    monkeypatch.setenv("ALERTING_STATE_DIR", str(life.state))
    main(["deliveries", "list"])
    assert "doubted   head@example.org of head" in (said := capsys.readouterr().out)
    assert "550 5.1.1 gone for good" in said
    life.set(more='roles: {fallback: chief}\ndigests: [{id: monday, every: "monday 07:30", to: [head]}]')
    assert "Messages to Head of Performance <head@example.org>" in life.digest("2020-06-08")
    assert "They have come back since 2 June 2020: 550 5.1.1 gone for good" in life.digest("2020-06-09")


def test_the_envelope_leads_back_to_the_message_and_the_reply_address_does_not(life, sent):
    back, _, mail = sent
    assert back != mail["Reply-To"]
    assert back.startswith("alerts+")

    life.arrives(report((str(mail["Reply-To"]), "head@example.org", mail)))
    (entry,) = life.read("2020-06-02")
    assert (Standing.NOTED, []) == (entry.standing, doubted(life))


def test_a_report_of_a_strangers_making_doubts_nobody(life, sent):
    """Without a token, or of another's address: only the address that the message went to can be doubted."""
    back, _, mail = sent
    life.arrives(report(("alerts@example.org", "north@example.org", mail)))
    life.read("2020-06-02")
    assert [] == doubted(life)
    life.arrives(report((back, "north@example.org", mail)))
    life.read("2020-06-02")
    assert ["head@example.org"] == [address for address, _ in doubted(life)]


def test_a_delay_is_noted_only(life, sent):
    life.arrives(report(sent, action="delayed", status="4.4.1", says="421 4.4.1 try later"))
    (entry,) = life.read("2020-06-02")

    assert (Standing.NOTED, []) == (entry.standing, doubted(life))
    assert "delayed: 421 4.4.1 try later" in entry.outcome


def test_failed_is_failed_whatever_its_status(life, sent):
    life.arrives(report(sent, status="4.4.1", says="connect timed out"))
    life.read("2020-06-02")

    assert [("head@example.org", "connect timed out")] == doubted(life)


def test_a_later_message_that_stays_away_for_a_day_ends_the_doubt(life, sent):
    life.arrives(report(sent))
    life.read("2020-06-02")
    life.tick("2020-06-03")
    life.read("2020-06-03")
    assert 1 == len(doubted(life))
    life.read("2020-06-05")

    assert [] == doubted(life)


def test_a_later_message_that_came_back_too_ends_nothing(life, sent):
    life.arrives(report(sent))
    life.read("2020-06-02")
    life.tick("2020-06-03")
    later = [one for one in life.post.mails if one[1] == "head@example.org"][-1]
    life.arrives(report(later))
    life.read("2020-06-03")
    life.read("2020-06-05")

    assert 1 == len(doubted(life))


def test_whoever_answers_is_there(life, sent):
    life.arrives(report(sent), reply(sent[2], "ok"))
    life.read("2020-06-02")

    assert [] == doubted(life)


def test_what_is_too_large_goes_once_more_without_its_pictures(life):
    life.tick("2020-06-02", "2020-01 5, 2020-02 6, 2020-03 7, 2020-04 6, 2020-05 14")
    (sent,) = life.post.mails
    with life.opened("2020-06-02") as (_, store):
        before = next(one for one in store.deliveries() if one.owner == "head")
    assert before.message.pictures
    life.arrives(report(sent, status="5.3.4", says="552 5.3.4 message too large"))
    life.read("2020-06-02")
    again = life.post.to("head")

    assert [] == doubted(life)
    assert [True, False] == ["image/png" in mail.as_string() for mail in again]
    with life.opened("2020-06-02") as (_, store):
        after = next(one for one in store.deliveries() if one.owner == "head" and one.id == before.id)
    assert DeliveryState.ACCEPTED is after.state
    life.arrives(report(life.post.mails[-1], status="5.3.4", says="552 5.3.4 message too large"))
    life.read("2020-06-02")
    assert ["head@example.org"] == [address for address, _ in doubted(life)]
