"""Mail servers that misbehave: what each answer, at each step, means for the messages that wait."""

import asyncio
import socket
import threading
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from samples.channels import mail_context

from alerting.demo.sink import _free_port
from alerting.domain.notify.notice import Delivery, Message
from alerting.domain.rule import Channel
from alerting.errors import DeliveryFailed
from notifiers.email import Email
from notifiers.smtp import session as smtp_session

AT = datetime(2020, 10, 15, 7, tzinfo=UTC)
PASSWORD = "s3cret pass/word"  # never in what is told
SIGNED_IN = "smtp://user:s3cret%20pass%2Fword"


@contextmanager
def scripted(*conversations):
    """Serve each connection in turn from a list of (what the client says first, reply), and yield what the clients said.

    None as reply hangs up; SILENCE says nothing until the client hangs up.
    """
    said = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        listener.settimeout(10)
        thread = threading.Thread(target=_serve, args=(listener, conversations, said), daemon=True)
        thread.start()
        yield f"smtp://127.0.0.1:{port}?tls=none", said
    thread.join(10)


def _serve(listener, conversations, said):
    for conversation in conversations:
        try:
            line, _ = listener.accept()
        except OSError:
            return
        heard = []
        said.append(heard)
        with line, line.makefile("rwb") as stream, suppress(OSError):
            _converse(stream, conversation, heard)


def _converse(stream, conversation, heard):
    for expected, reply in conversation:
        if expected == "BODY":
            while stream.readline() not in (b".\r\n", b""):
                pass
        elif expected:
            heard.append(stream.readline().decode().strip())
            assert heard[-1].startswith(expected) or not heard[-1], heard
        if reply is None:
            return
        if reply is SILENCE:
            heard.append(stream.read().decode())
            return
        stream.write(reply.encode() + b"\r\n")
        stream.flush()


SILENCE = object()
HELLO = [("", "220 ready"), ("EHLO", "250 here")]
ENVELOPE = [("MAIL", "250 ok"), ("RCPT", "250 ok")]
WHOLE = [*ENVELOPE, ("DATA", "354 go on"), ("BODY", "250 taken")]
QUIT = [("QUIT", "221 bye")]


def a_delivery(name="owner"):
    message = Message(subject="subject", text="text", html="<p>html</p>")
    return Delivery(
        id=name, notice_id="n1", owner="owner-default", channel="email", address=f"{name}@example.org",
        message_id=f"{name}@example.org", message=message,
    )  # fmt: skip


def a_context(url):
    channel = Channel(id="email", kind="email")
    return mail_context(channel=channel, smtp_url=url, mail_from="alerts@example.org", reply_to=None, out_dir=None)


def outcomes(url, deliveries=1, **timeouts):
    """Send so many messages over one notifier; each outcome is (told, permanent, channel)."""
    timeouts = {"connect_timeout_s": 5, "command_timeout_s": 5, "data_timeout_s": 5, **timeouts}

    async def sent():
        found = []
        async with Email(a_context(url), **timeouts) as way:
            for n in range(deliveries):
                delivery = a_delivery(f"owner{n}")
                try:
                    receipt = await way.send(delivery, delivery.message, at=AT)
                    found.append((receipt.reply, None, None))
                except DeliveryFailed as failure:
                    found.append((str(failure), failure.permanent, failure.channel))
        return found

    return asyncio.run(sent())


MESSAGE_WAITS = (False, False)
MESSAGE_REFUSED = (True, False)
ALL_WAIT = (False, True)


@pytest.mark.parametrize(
    ("conversation", "told", "meaning"),
    [
        pytest.param([("", "421 busy")], "421 busy", ALL_WAIT, id="greeting-421"),
        pytest.param([("", "554 no service")], "554 no service", ALL_WAIT, id="greeting-554"),
        pytest.param([("", "nonsense")], "no SMTP answer", ALL_WAIT, id="greeting-that-is-none"),
        pytest.param([("", None)], "Unexpected EOF", ALL_WAIT, id="hangs-up-at-once"),
        pytest.param([*HELLO, ("MAIL", "530 sign in first")], "530 sign in", ALL_WAIT, id="mail-530"),
        pytest.param([*HELLO, ("MAIL", "451 later")], "451 later", ALL_WAIT, id="mail-451"),
        pytest.param(
            [*HELLO, ("MAIL", "250"), ("RCPT", "550 5.1.1 who?")], "550 5.1.1", MESSAGE_REFUSED, id="rcpt-550"
        ),
        pytest.param([*HELLO, ("MAIL", "250"), ("RCPT", "451 grey")], "451 grey", MESSAGE_WAITS, id="rcpt-451"),
        pytest.param([*HELLO, ("MAIL", "250"), ("RCPT", "552 full")], "552 full", MESSAGE_WAITS, id="rcpt-552"),
        pytest.param([*HELLO, ("MAIL", "250"), ("RCPT", "421 bye")], "421 bye", MESSAGE_WAITS, id="rcpt-421"),
        pytest.param([*HELLO, ("MAIL", "250"), ("RCPT", None)], "EOF", MESSAGE_WAITS, id="rcpt-hangs-up"),
        pytest.param([*HELLO, *ENVELOPE, ("DATA", "451 later")], "451 later", MESSAGE_WAITS, id="data-451"),
        pytest.param([*HELLO, *ENVELOPE, ("DATA", "554 spam")], "554 spam", MESSAGE_REFUSED, id="data-554"),
        pytest.param([*HELLO, *ENVELOPE, ("DATA", None)], "may have taken", MESSAGE_WAITS, id="data-hangs-up"),
        pytest.param([*HELLO, *WHOLE[:-1], ("BODY", "451 later")], "451 later", MESSAGE_WAITS, id="dot-451"),
        pytest.param([*HELLO, *WHOLE[:-1], ("BODY", "554 spam")], "554 spam", MESSAGE_REFUSED, id="dot-554"),
        pytest.param([*HELLO, *WHOLE[:-1], ("BODY", None)], "may have taken", MESSAGE_WAITS, id="dot-hangs-up"),
        pytest.param([*HELLO, *WHOLE[:-1], ("BODY", "garbage")], "no SMTP answer", MESSAGE_WAITS, id="dot-garbage"),
    ],
)
def test_where_it_failed_says_what_it_means(conversation, told, meaning):
    with scripted(conversation) as (url, _):
        ((reply, permanent, channel),) = outcomes(url)

    assert told in reply
    assert meaning == (permanent, channel)


@pytest.mark.parametrize(
    ("conversation", "reply"),
    [
        pytest.param([*HELLO, *WHOLE, *QUIT], "250 taken", id="as-usual"),
        pytest.param([*HELLO, ("MAIL", "250"), ("RCPT", "252 not verified"), *WHOLE[2:], *QUIT], "250 taken", id="252"),
        pytest.param([*HELLO, *WHOLE[:-1], ("BODY", "251 will forward"), *QUIT], "251 will forward", id="251"),
        pytest.param(
            [*HELLO, *WHOLE[:-1], ("BODY", "250-taken\r\n250 as 7B3F"), *QUIT], "250 taken as 7B3F", id="two-lines"
        ),
        pytest.param(
            [("", "220"), ("EHLO", "500 what?"), ("HELO", "250"), *WHOLE, *QUIT], "250 taken", id="old-server"
        ),
        pytest.param([*HELLO, *WHOLE, ("QUIT", None)], "250 taken", id="no-goodbye"),
    ],
)
def test_what_counts_as_taken(conversation, reply):
    with scripted(conversation) as (url, _):
        assert [(reply, None, None)] == outcomes(url)


@pytest.mark.parametrize(
    ("conversation", "meaning"),
    [
        pytest.param([("", SILENCE)], ALL_WAIT, id="no-greeting"),
        pytest.param([*HELLO, ("MAIL", SILENCE)], ALL_WAIT, id="no-answer-to-mail"),
        pytest.param([*HELLO, *WHOLE[:-1], ("BODY", SILENCE)], MESSAGE_WAITS, id="no-answer-to-the-message"),
    ],
)
def test_an_answer_that_never_comes_ends_the_wait(conversation, meaning):
    with scripted(conversation) as (url, _):
        ((_, permanent, channel),) = outcomes(url, connect_timeout_s=0.3, command_timeout_s=0.3, data_timeout_s=0.3)

    assert meaning == (permanent, channel)


def test_one_connection_takes_many_messages():
    with scripted([*HELLO, *WHOLE, *WHOLE, *WHOLE, *QUIT]) as (url, said):
        assert ["250 taken"] * 3 == [reply for reply, *_ in outcomes(url, 3)]

    assert 1 == len(said)


def test_a_refused_address_does_not_cost_the_connection():
    refused = [("MAIL", "250"), ("RCPT", "550 who?"), ("RSET", "250")]
    with scripted([*HELLO, *refused, *WHOLE, *QUIT]) as (url, said):
        assert [True, None] == [permanent for _, permanent, _ in outcomes(url, 2)]

    assert 1 == len(said)


def test_a_server_that_hung_up_between_two_messages_is_called_again():
    with scripted([*HELLO, *WHOLE, ("MAIL", None)], [*HELLO, *WHOLE, *QUIT]) as (url, said):
        assert ["250 taken", "250 taken"] == [reply for reply, *_ in outcomes(url, 2)]

    assert 2 == len(said)


def test_a_line_that_breaks_in_one_message_leaves_the_next_ones_alone():
    with scripted([*HELLO, *ENVELOPE, ("DATA", None)], [*HELLO, *WHOLE, *QUIT]) as (url, _):
        assert [False, None] == [permanent for _, permanent, _ in outcomes(url, 2)]


def test_a_server_that_breaks_every_line_is_down():
    broken = [*HELLO, *ENVELOPE, ("DATA", None)]
    with scripted(broken, broken, broken) as (url, _):
        assert [False, False, True] == [channel for _, _, channel in outcomes(url, 3)]


def test_a_connection_is_not_worn_out(monkeypatch):
    monkeypatch.setattr(smtp_session, "MESSAGES_PER_CONNECTION", 2)
    two = [*HELLO, *WHOLE, *WHOLE, *QUIT]
    with scripted(two, [*HELLO, *WHOLE, *QUIT]) as (url, said):
        assert ["250 taken"] * 3 == [reply for reply, *_ in outcomes(url, 3)]

    assert 2 == len(said)


def test_a_hand_over_that_is_called_off_never_ends_the_message():
    """A QUIT sent into an unfinished message would be read as part of it; what was not ended is not taken."""

    async def called_off(url):
        async with asyncio.timeout(0.3), Email(a_context(url)) as way:
            await way.send(a_delivery(), a_delivery().message, at=AT)

    with scripted([*HELLO, *ENVELOPE, ("DATA", SILENCE)]) as (url, said), pytest.raises(TimeoutError):
        asyncio.run(called_off(url))

    assert "" == said[0][-1]


class _Accounts:
    """Signs in whoever knows the password, and counts who tries."""

    def __init__(self):
        self.tries = 0

    def __call__(self, server, session, envelope, mechanism, auth_data):
        self.tries += 1
        return AuthResult(success=auth_data.password == PASSWORD.encode(), handled=False)


class _Taking:
    async def handle_DATA(self, server, session, envelope):  # noqa: N802  # aiosmtpd's name
        return "250 taken"


@contextmanager
def with_accounts(accounts):
    options = {"authenticator": accounts, "auth_require_tls": False}
    controller = Controller(_Taking(), hostname="127.0.0.1", port=_free_port(), **options)
    controller.start()
    try:
        yield f"127.0.0.1:{controller.port}?tls=none"
    finally:
        controller.stop()


def test_it_signs_in():
    accounts = _Accounts()
    with with_accounts(accounts) as place:
        assert ["250 taken"] * 2 == [reply for reply, *_ in outcomes(f"{SIGNED_IN}@{place}", 2)]

    assert 1 == accounts.tries


def test_a_wrong_password_is_tried_once_and_everything_waits():
    accounts = _Accounts()
    with with_accounts(accounts) as place:
        ((reply, permanent, channel),) = outcomes(f"smtp://user:wrong@{place}")

    assert 1 == accounts.tries
    assert "535" in reply
    assert ALL_WAIT == (permanent, channel)


@pytest.mark.parametrize(
    "echo",
    [
        pytest.param("535 wrong: user s3cret pass/word", id="plain"),
        pytest.param("535 wrong: czNjcmV0IHBhc3Mvd29yZA==", id="base64"),
        pytest.param("535 wrong: AHVzZXIAczNjcmV0IHBhc3Mvd29yZA==", id="as-it-was-sent"),
    ],
)
def test_a_password_that_the_server_repeats_is_not_told(echo):
    hello = [("", "220 ready"), ("EHLO", "250-here\r\n250 AUTH PLAIN")]
    with scripted([*hello, ("AUTH", echo)]) as (url, _):
        ((reply, *_),) = outcomes(url.replace("smtp://", f"{SIGNED_IN}@"))

    assert "535 wrong: " in reply
    assert "***" in reply


def test_a_server_that_offers_no_known_way_to_sign_in():
    with scripted(HELLO) as (url, _):
        ((reply, *meaning),) = outcomes(url.replace("smtp://", f"{SIGNED_IN}@"))

    assert "no way to sign in" in reply
    assert [*ALL_WAIT] == meaning
