"""Answers that come in pieces, too many at once or not at all, from servers that would take several commands at once."""

import asyncio
from datetime import UTC, datetime

import pytest
from samples.channels import mail_context
from samples.smtp_server import Do, InTurn, Relay, Wait, run, script

from alerting.domain.notify.notice import Delivery, Message
from alerting.domain.rule import Channel
from alerting.errors import DeliveryFailed
from notifiers.email import Email

AT = datetime(2020, 10, 15, 7, tzinfo=UTC)
SEVERAL = ["250-here", "250 PIPELINING"]
TAKEN, WAITS, REFUSED, ALL_WAIT = "taken", "waits", "refused", "all wait"


def an_email(url):
    context = mail_context(
        channel=Channel(id="email", kind="email", settings={"connections": 1}), smtp_url=url,
        mail_from="alerts@example.org", reply_to=None, out_dir=None,
    )  # fmt: skip
    return Email(context)


async def fate(way, name, **options):
    message = Message(subject="subject", text="text", html="<p>html</p>")
    delivery = Delivery(
        id=name, notice_id="n1", owner=name, channel="email", address=f"{name}@example.org",
        message_id=f"{name}@example.org", message=message,
    )  # fmt: skip
    try:
        await way.send(delivery, message, at=AT, **options)
    except DeliveryFailed as failure:
        kind = REFUSED if failure.permanent else ALL_WAIT if failure.channel else WAITS
        return kind + ", may be there" * failure.unknown
    return TAKEN


def sent(*scripts, count=1, **options):
    """Send so many messages one after the other; return their fates, the recipients taken and what was said on each line."""

    async def all_sent():
        async with Relay(scripts) as server:
            async with an_email(server.url()) as way:
                kinds = [await fate(way, f"owner{n}", **options) for n in range(count)]
            taken = [one.recipient.removeprefix("RCPT TO:<").split("@")[0] for one in server.ledger]
            return kinds, taken, [[said.split(" ")[0] for said in heard] for heard in server.heard]

    return run(all_sent())


@pytest.mark.parametrize("hello", [SEVERAL, "250 here"], ids=["together", "one-by-one"])
def test_nothing_is_said_of_the_message_before_both_are_accepted_and_it_is_noted(hello):
    seen = []

    async def sent_and_seen():
        async with Relay((script(EHLO=hello, RCPT=[Wait(5), "250 ok"]),)) as server:

            async def look():
                await asyncio.sleep(5)
                seen.extend(said.split(" ")[0] for said in server.heard[0])

            async with an_email(server.url()) as way:
                return await fate(way, "owner", before_data=look)

    assert (TAKEN, ["EHLO", "MAIL", "RCPT"]) == (run(sent_and_seen()), seen)


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param({"MAIL": "451 later", "RCPT": "503 no sender"}, id="put-off"),
        pytest.param({"MAIL": "550 5.7.1 not you", "RCPT": "503 no sender"}, id="refused"),
        pytest.param({"MAIL": "550 5.7.1 not you", "RCPT": "250 ok"}, id="refused-though-the-recipient-is-not"),
        pytest.param({"MAIL": ["421 bye", Do.CLOSE]}, id="421"),
        pytest.param({"MAIL": Do.CLOSE}, id="hangs-up"),
        pytest.param({"MAIL": Do.SILENCE}, id="silence"),
        pytest.param({"MAIL": "garbage"}, id="garbage"),
    ],
)
def test_a_sender_that_is_not_taken_keeps_everything_waiting_whatever_is_said_of_the_recipient(steps):
    kinds, taken, lines = sent(script(EHLO=SEVERAL, **steps))

    assert ([ALL_WAIT], []) == (kinds, taken)
    assert all("DATA" not in line for line in lines)


@pytest.mark.parametrize(
    ("step", "kind"),
    [
        pytest.param("550 5.1.1 who?", REFUSED, id="550"),
        pytest.param("451 4.7.1 greylisted", WAITS, id="451"),
        pytest.param("552 5.2.2 mailbox full", WAITS, id="552"),
        pytest.param(Do.CLOSE, WAITS, id="hangs-up"),
        pytest.param(Do.SILENCE, WAITS, id="silence"),
        pytest.param("garbage", WAITS, id="garbage"),
    ],
)
def test_a_recipient_that_is_not_taken_is_this_messages_matter_alone(step, kind):
    kinds, taken, _ = sent(script(EHLO=SEVERAL, RCPT=InTurn(step, "250 ok")), script(EHLO=SEVERAL), count=2)

    assert ([kind, TAKEN], ["owner1"]) == (kinds, taken)


def test_a_message_too_big_is_refused_alone_and_the_line_goes_on():
    kinds, taken, lines = sent(script(EHLO=SEVERAL, MAIL=InTurn("552 5.3.4 too big", "250 ok")), count=2)

    assert ([REFUSED, TAKEN], ["owner1"]) == (kinds, taken)
    assert [["EHLO", "MAIL", "RSET", "MAIL", "RCPT", "DATA", "QUIT"]] == lines


def test_a_sender_refused_on_a_line_that_was_used_before_is_offered_on_a_new_one():
    first = script(EHLO=SEVERAL, MAIL=InTurn("250 ok", "451 later"))

    kinds, taken, lines = sent(first, script(EHLO=SEVERAL), count=2)

    assert ([TAKEN, TAKEN], ["owner0", "owner1"]) == (kinds, taken)
    assert 2 == len(lines)


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param({"MAIL": [b"25", Wait(1), b"0 o", Wait(1), b"k\r", Wait(1), b"\n"]}, id="in-pieces"),
        pytest.param({"MAIL": b"250-so\r\n250-be\r\n250 it\r\n", "RCPT": b"250-it\r\n250 is\r\n"}, id="several-lines"),
        pytest.param({"MAIL": [b"250-so\r\n", Wait(1), b"250 be it\r\n"]}, id="second-line-late"),
        pytest.param({"MAIL": b"250\r\n", "RCPT": b"250\n"}, id="no-words"),
        pytest.param({"DATA": [b"35", Wait(1), b"4-go\r\n", Wait(1), b"354 on\r\n"]}, id="go-on-in-pieces"),
        pytest.param({"dot": [b"2", Wait(1), b"50-taken\r\n", Wait(1), b"250 as 7B3F\r\n"]}, id="taken-in-pieces"),
    ],
)
def test_answers_are_understood_in_whatever_pieces_they_come(steps):
    kinds, taken, lines = sent(script(EHLO=SEVERAL, **steps), count=2)

    assert ([TAKEN, TAKEN], ["owner0", "owner1"]) == (kinds, taken)
    assert 1 == len(lines)


@pytest.mark.parametrize("extra", [b"250 ok\r\n250 ok\r\n", b"250 ok\r\n250 ok\r\n250 ok\r\n"])
def test_an_answer_too_many_is_never_taken_for_that_of_a_refused_recipient(extra):
    steps = script(EHLO=SEVERAL, MAIL=extra, RCPT="550 5.1.1 who?", DATA="503 no recipient")

    kinds, taken, _ = sent(steps)

    assert TAKEN not in kinds
    assert [] == taken


def test_a_message_whose_noting_fails_is_called_off_and_the_line_goes_on():
    class Stop(Exception):
        pass

    async def refuse():
        raise Stop

    async def called_off():
        async with Relay((script(EHLO=SEVERAL),)) as server, an_email(server.url()) as way:
            with pytest.raises(Stop):
                await fate(way, "first", before_data=refuse)
            return await fate(way, "second"), [said.split(" ")[0] for said in server.heard[0]]

    assert (TAKEN, ["EHLO", "MAIL", "RCPT", "RSET", "MAIL", "RCPT", "DATA"]) == run(called_off())


def test_a_server_that_floods_the_line_with_answers_is_left():
    flood = b"250 ok\r\n" * 20_000

    kinds, taken, _ = sent(script(EHLO=SEVERAL, RCPT=flood), script(EHLO=SEVERAL), count=2)

    assert ([WAITS, TAKEN], ["owner1"]) == (kinds, taken)
