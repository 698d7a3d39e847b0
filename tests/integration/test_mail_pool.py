"""Several messages on their way at once, and what happens right before one leaves."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest
from samples.channels import mail_context
from samples.smtp_server import Do, InTurn, Relay, Wait, run, script

from alerting.domain.notify.notice import Delivery, Message
from alerting.domain.rule import Channel
from alerting.errors import DeliveryFailed
from notifiers.email import Email
from notifiers.folder import Folder
from notifiers.smtp import connecting

AT = datetime(2020, 10, 15, 7, tzinfo=UTC)


class Stop(Exception):
    """What a caller may raise."""


def a_delivery(name="owner", text="text"):
    message = Message(subject="subject", text=text, html="<p>html</p>")
    return Delivery(
        id=name, notice_id="n1", owner=name, channel="email", address=f"{name}@example.org",
        message_id=f"{name}@example.org", message=message,
    )  # fmt: skip


def a_context(url, out_dir=None, **settings):
    return mail_context(
        channel=Channel(id="email", kind="email", settings=settings), smtp_url=url, mail_from="alerts@example.org",
        reply_to=None, out_dir=out_dir,
    )  # fmt: skip


async def send(way, name, *, text="text", **options):
    """Return the reply, or the failure."""
    delivery = a_delivery(name, text)
    try:
        return (await way.send(delivery, delivery.message, at=AT, **options)).reply
    except (DeliveryFailed, Stop) as failure:
        return failure


def recipients(server):
    return sorted(taken.recipient.removeprefix("RCPT TO:<").split("@")[0] for taken in server.ledger)


@pytest.mark.parametrize(
    ("settings", "at_once", "lines"), [({}, 4, 4), ({"connections": 1}, 1, 3), ({"connections": 8}, 8, 8)]
)
def test_so_many_messages_are_on_their_way_at_once(settings, at_once, lines):
    async def sent():
        async with Relay((script(dot=[Wait(1), "250 taken"]),)) as server:
            async with Email(a_context(server.url(), **settings)) as way:
                await asyncio.gather(*(send(way, f"owner{n:02}") for n in range(24)))
            return server.most_at_once, len(server.heard), recipients(server)

    assert (at_once, lines, [f"owner{n:02}" for n in range(24)]) == run(sent())


def test_a_connection_carries_ten_messages_at_most():
    async def sent():
        async with Relay((script(),)) as server:
            async with Email(a_context(server.url(), connections=1)) as way:
                for n in range(21):
                    await send(way, f"owner{n:03}")
            return [sum(said == "DATA" for said in heard) for heard in server.heard]

    assert [10, 10, 1] == run(sent())


@pytest.mark.parametrize(
    ("first", "pause_s", "between"),
    [
        pytest.param("250 ok", 0, [], id="what-was-taken-is-forgotten"),
        pytest.param("550 5.1.1 who?", 0, ["RSET"], id="what-was-refused-is-not"),
        pytest.param("250 ok", 5, ["RSET"], id="a-line-that-was-silent-is-asked-for-a-sign-of-life"),
    ],
)
def test_between_two_messages_the_server_is_told_to_forget_the_first_where_it_must_be(first, pause_s, between):
    async def sent():
        async with Relay((script(RCPT=InTurn(first, "250 ok")),)) as server:
            async with Email(a_context(server.url())) as way:
                await send(way, "first")
                await asyncio.sleep(pause_s)
                await send(way, "second")
            return [said.split(" ")[0] for said in server.heard[0]]

    data = ["DATA"] * first.startswith("250")
    assert ["EHLO", "MAIL", "RCPT", *data, *between, "MAIL", "RCPT", "DATA", "QUIT"] == run(sent())


def test_a_line_that_is_a_dot_does_not_end_the_message():
    text = "a\n.\n..\n.b\n\n.\nend\n"

    async def sent():
        async with Relay((script(),)) as server:
            async with Email(a_context(server.url())) as way:
                await send(way, "owner", text=text)
            return [taken.content for taken in server.ledger]

    (content,) = run(sent())

    read = message_from_bytes(content, policy=default).get_body(("plain",)).get_content()
    assert text == read.replace("\r\n", "\n")


def test_an_oddity_costs_one_connection_and_no_other_message():
    steps = script(dot=InTurn("250 taken", [Do.STORE, "nonsense"], "250 taken"))

    async def sent():
        async with Relay((steps,)) as server:
            async with Email(a_context(server.url(), connections=1)) as way:
                replies = [await send(way, f"owner{n}") for n in range(3)]
            return [getattr(reply, "unknown", reply) for reply in replies], len(server.heard)

    assert (["250 taken", True, "250 taken"], 2) == run(sent())


def test_three_lines_that_break_in_a_row_are_a_server_that_is_down_for_those_who_wait():
    async def sent():
        async with Relay((script(dot=[Wait(1), Do.CLOSE]),)) as server:
            async with Email(a_context(server.url(), connections=1)) as way:
                failures = await asyncio.gather(*(send(way, f"owner{n}") for n in range(9)))
            return [(one.channel, one.unknown) for one in failures], len(server.heard)

    found, lines = run(sent())

    assert [(False, True), (False, True), (True, True)] + [(True, False)] * 6 == found
    assert 3 == lines


def test_lines_that_break_now_and_then_are_no_server_that_is_down():
    steps = script(dot=InTurn(*[Do.CLOSE, Do.CLOSE, "250 taken"] * 3))

    async def sent():
        async with Relay((steps,)) as server, Email(a_context(server.url())) as way:
            found = [await send(way, f"owner{n}") for n in range(9)]
            return [getattr(one, "channel", "taken") for one in found]

    assert [False, False, "taken"] * 3 == run(sent())


def test_a_server_that_is_down_is_asked_again_by_whoever_comes_later():
    async def sent():
        scripts = (script(greeting=["421 busy", Do.CLOSE]), script())
        async with Relay(scripts) as server, Email(a_context(server.url())) as way:
            return [(await send(way, "first")).channel, await send(way, "second")]

    assert [True, "250 taken"] == run(sent())


def test_one_who_gives_up_waiting_leaves_the_turn_to_the_next():
    async def sent():
        async with Relay((script(dot=[Wait(10), "250 taken"]),)) as server:
            async with Email(a_context(server.url(), connections=1)) as way:
                first, second, third = (asyncio.create_task(send(way, name)) for name in ("first", "second", "third"))
                await asyncio.sleep(5)
                second.cancel()
                await asyncio.wait([first, second, third])
            return recipients(server)

    assert ["first", "third"] == run(sent())


def test_one_who_is_called_off_as_the_turn_comes_leaves_it_to_the_next():
    async def sent():
        async with Relay((script(),)) as server:
            async with Email(a_context(server.url(), connections=1)) as way:

                async def first_and_stop_the_second():
                    await send(way, "first")
                    second.cancel()

                first = asyncio.create_task(first_and_stop_the_second())
                await asyncio.sleep(0)
                second = asyncio.create_task(send(way, "second"))
                third = asyncio.create_task(send(way, "third"))
                await asyncio.wait([first, second, third], timeout=60)
            return recipients(server)

    assert ["first", "third"] == run(sent())


# --- right before a message leaves ---


def test_before_the_message_leaves_sender_and_recipient_are_accepted_and_nothing_is_said_of_it():
    async def sent():
        async with Relay((script(),)) as server:
            seen = []

            async def look():
                seen.extend(said.split(" ")[0] for said in server.heard[0])

            async with Email(a_context(server.url())) as way:
                reply = await send(way, "owner", before_data=look)
            return reply, seen

    assert ("250 taken", ["EHLO", "MAIL", "RCPT"]) == run(sent())


def test_what_the_caller_raises_stops_the_message_and_leaves_the_connection_clean():
    async def refuse():
        raise Stop

    async def sent():
        async with Relay((script(),)) as server:
            async with Email(a_context(server.url())) as way:
                stopped = type(await send(way, "first", before_data=refuse))
                forgotten = server.heard[0][-1]
                taken = await send(way, "second")
            return stopped, forgotten, taken, recipients(server), len(server.heard)

    assert (Stop, "RSET", "250 taken", ["second"], 1) == run(sent())


def test_a_caller_who_is_called_off_leaves_nothing_behind():
    async def sent():
        async with Relay((script(),)) as server, Email(a_context(server.url())) as way:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(5):
                    await send(way, "first", before_data=asyncio.Event().wait)
            return await send(way, "second"), recipients(server)

    assert ("250 taken", ["second"]) == run(sent())


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param({"greeting": ["421 busy", Do.CLOSE]}, id="greeting"),
        pytest.param({"MAIL": "451 later"}, id="sender"),
        pytest.param({"RCPT": "550 who?"}, id="recipient-refused"),
        pytest.param({"RCPT": Do.CLOSE}, id="recipient-line-lost"),
        pytest.param({"RCPT": Do.SILENCE}, id="recipient-silence"),
        pytest.param({"RCPT": "garbage"}, id="recipient-garbage"),
        pytest.param({"EHLO": ["250-here", "250 SIZE 10"]}, id="too-large"),
    ],
)
def test_what_fails_before_the_caller_was_asked_is_never_of_unknown_outcome(steps):
    asked = []

    async def ask():
        asked.append(True)

    async def sent():
        async with (
            Relay((script(**steps),)) as server,
            Email(a_context(server.url())) as way,
        ):
            return (await send(way, "owner", before_data=ask)).unknown

    assert (False, []) == (run(sent()), asked)


def test_the_caller_is_asked_once_however_many_tries_the_way_there_takes():
    asked = []

    async def ask():
        asked.append(True)

    steps = script(MAIL=InTurn("250 ok", "450 slow down", "450 slow down", "450 slow down", "450 slow down", "250 ok"))

    async def sent():
        async with Relay((steps,)) as server, Email(a_context(server.url())) as way:
            return [await send(way, "first", before_data=ask), await send(way, "second", before_data=ask)]

    assert (["250 taken"] * 2, [True, True]) == (run(sent()), asked)


def test_a_file_is_written_after_the_caller_was_asked(tmp_path):
    seen = []

    async def look():
        seen.extend(tmp_path.iterdir())

    async def written():
        async with Folder(a_context(None, tmp_path)) as way:
            await send(way, "owner", before_data=look)

    asyncio.run(written())

    assert ([], 1) == (seen, len(list(tmp_path.iterdir())))


def test_a_file_that_the_caller_stops_is_not_written(tmp_path):
    async def refuse():
        raise Stop

    async def written():
        async with Folder(a_context(None, tmp_path)) as way:
            return type(await send(way, "owner", before_data=refuse))

    assert (Stop, []) == (asyncio.run(written()), list(tmp_path.iterdir()))


# --- what a server says of the name it is greeted with ---


def greeted_with(url_name=None):
    async def sent():
        async with Relay((script(),)) as server:
            context = a_context(server.url())
            if url_name is not None:
                context = replace(context, service={**context.service, "helo_name": url_name})
            async with Email(context) as way:
                await send(way, "owner")
            return server.heard[0][0]

    return run(sent())


@pytest.mark.parametrize(
    ("host", "greeting"),
    [
        pytest.param("alerts.example.org", "alerts.example.org", id="full-name"),
        pytest.param("localhost", "[127.0.0.1]", id="localhost"),
        pytest.param("alerts01", "[127.0.0.1]", id="bare-name"),
        pytest.param("odd_name.example.org", "[127.0.0.1]", id="no-name-for-the-net"),
    ],
)
def test_a_server_is_greeted_with_a_full_name_or_an_address(monkeypatch, host, greeting):
    monkeypatch.setattr(connecting.socket, "getfqdn", lambda: host)
    connecting.own_name.cache_clear()
    try:
        assert f"EHLO {greeting}" == greeted_with()
    finally:
        connecting.own_name.cache_clear()


def test_a_server_is_greeted_with_the_name_of_the_settings():
    assert "EHLO mail7.example.org" == greeted_with("mail7.example.org")


@pytest.mark.parametrize("quit_", [Do.SILENCE, [Wait(600), "221 bye"], Do.CLOSE])
def test_a_goodbye_without_an_answer_takes_two_seconds_at_most(quit_):
    async def sent():
        async with Relay((script(QUIT=quit_),)) as server:
            async with Email(a_context(server.url())) as way:
                reply = await send(way, "owner")
                began = asyncio.get_running_loop().time()
            return reply, asyncio.get_running_loop().time() - began

    reply, seconds = run(sent())

    assert "250 taken" == reply
    assert seconds <= 2.1
