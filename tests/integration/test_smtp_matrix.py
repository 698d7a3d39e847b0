"""Mail servers as they misbehave, case by case: what a message's fate is said to be, and what the server took.

The numbers are those of the project's matrix of faults. A notifier's word is all that is looked at here; what the outbox
makes of it (waiting, back-off, breaker, expiry, fallback) is tested with it. Two numbers have no test, since nothing that
happens between us and a mail server shows them: 59, a server that takes everything and loses it, which only a message
that is looked for in its mailbox tells; and 60, a bounce, which comes as a mail to the sender's mailbox, that we do not
read.
"""

import asyncio
import errno
import inspect
import re
import socket
import ssl
from datetime import UTC, datetime

import pytest
import trustme
from samples.channels import mail_context
from samples.smtp_server import Bucket, Do, Drip, InTurn, Read, Relay, Wait, run, script

from alerting.domain.notify.notice import Delivery, Message
from alerting.domain.rule import Channel
from alerting.errors import DeliveryFailed
from notifiers.email import Email

AT = datetime(2020, 10, 15, 7, tzinfo=UTC)
USER = "user:s3cret@"

TAKEN = "taken"
WAITS = "waits"
MAY_BE_THERE = "waits, may be there"
REFUSED = "refused"
TOO_LARGE = "refused, too large"
ALL_WAIT = "all wait"


def a_delivery(name="owner", *, address=None, text="text"):
    message = Message(subject="subject", text=text, html="<p>html</p>")
    return Delivery(
        id=name, notice_id="n1", owner=name, channel="email", address=address or f"{name}@example.org",
        message_id=f"{name}@example.org", message=message,
    )  # fmt: skip


def an_email(url, **settings):
    channel = Channel(id="email", kind="email", settings=settings)
    context = mail_context(channel=channel, smtp_url=url, mail_from="alerts@example.org", reply_to=None, out_dir=None)
    return Email(context)


async def fate(way, delivery, **options):
    """Return what became of a delivery, and the words."""
    try:
        receipt = await way.send(delivery, delivery.message, at=AT, **options)
    except DeliveryFailed as failure:
        kind = REFUSED if failure.permanent else ALL_WAIT if failure.channel else WAITS
        marks = [", too large"] * failure.too_large + [", may be there"] * failure.unknown
        return kind + "".join(marks), str(failure)
    return TAKEN, receipt.reply


async def fates(url, count=1, *, together=False, connections=4, deliveries=(), pause_s=0):
    """Send so many messages, one after the other or *together*."""
    deliveries = deliveries or [a_delivery(f"owner{n}") for n in range(count)]
    async with an_email(url, connections=connections) as way:
        if together:
            return await asyncio.gather(*(fate(way, delivery) for delivery in deliveries))
        return [await fate(way, delivery) for delivery in deliveries if not await asyncio.sleep(pause_s)]


def one(*scripts, words="", tls="none", user="", **relay):
    """Send one message to a server; return its fate and how many messages the server took."""

    async def sent():
        async with Relay(scripts, **relay) as server:
            ((kind, said),) = await fates(server.url(tls=tls, user=user))
            assert words in said, said
            return kind, len(server.ledger)

    return run(sent())


# --- 29-31, 33, 37, 38: before the recipient is named; everything waits, nothing is taken ---


def _nobody_listens(_):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"smtp://127.0.0.1:{listener.getsockname()[1]}?tls=none"


def _no_such_name(_):
    return "smtp://relay.example.org:25?tls=none"


def _no_route(loop):
    loop.names["relay.example.org"] = ["127.0.0.9"]
    loop.dead["127.0.0.9"] = errno.ENETUNREACH
    return "smtp://relay.example.org:25?tls=none"


def _no_answer(loop):
    loop.names["relay.example.org"] = ["127.0.0.9"]
    loop.dead["127.0.0.9"] = None
    return "smtp://relay.example.org:25?tls=none"


@pytest.mark.parametrize(
    ("place", "words"),
    [
        pytest.param(_nobody_listens, "connection refused", id="29-port-closed"),
        pytest.param(_no_such_name, "name or service not known", id="29-no-such-name"),
        pytest.param(_no_route, "127.0.0.9: network is unreachable", id="29-no-route"),
        pytest.param(_no_answer, "127.0.0.9: no answer", id="29-no-answer"),
    ],
)
def test_a_server_that_cannot_be_reached_keeps_everything_waiting(place, words):
    async def sent():
        return await fates(place(asyncio.get_running_loop()))

    ((kind, said),) = run(sent())

    assert ALL_WAIT == kind
    assert re.fullmatch(rf"[a-z0-9.]+:\d+: no connection: {re.escape(words)}", said)


AUTH = ["250-here", "250 AUTH PLAIN"]


@pytest.mark.parametrize(
    ("steps", "words", "user"),
    [
        pytest.param({"greeting": Do.SILENCE}, "Timed out", "", id="30-never-greets"),
        pytest.param({"greeting": ["421 busy", Do.CLOSE]}, "421 busy", "", id="31-greeting-421"),
        pytest.param({"greeting": ["554 no service", Do.CLOSE]}, "554 no service", "", id="31-greeting-554"),
        pytest.param({"EHLO": "451 4.3.0 later"}, "451 4.3.0", "", id="32-hello-put-off"),
        pytest.param({"EHLO": ["421 busy", Do.CLOSE]}, "421 busy", "", id="32-hello-421"),
        pytest.param({"EHLO": AUTH, "AUTH": "535 5.7.8 wrong"}, "535 5.7.8", USER, id="37-sign-in-refused"),
        pytest.param({"EHLO": AUTH, "AUTH": "454 4.7.0 later"}, "454 4.7.0", USER, id="37-sign-in-put-off"),
        pytest.param({"EHLO": ["250-here", "250 AUTH GSSAPI"]}, "no way to sign in", USER, id="37-no-known-method"),
        pytest.param(
            {"EHLO": ["250-here", "250 AUTH CRAM-MD5"], "AUTH": "334 abc"},
            "challenge",
            USER,
            id="37-senseless-challenge",
        ),
        pytest.param({"MAIL": "530 sign in first"}, "530", "", id="38-mail-530"),
        pytest.param({"MAIL": "550 5.7.1 not you"}, "550", "", id="38-mail-550"),
        pytest.param({"MAIL": "553 who?"}, "553", "", id="38-mail-553"),
    ],
)
def test_a_server_that_takes_no_sender_keeps_everything_waiting(steps, words, user):
    assert (ALL_WAIT, 0) == one(script(**steps), words=words, user=user)


@pytest.mark.parametrize("answer", ["535 5.7.8 wrong", "454 4.7.0 later"])
def test_case_37_a_password_is_tried_once_however_many_messages_wait(answer):
    async def sent():
        async with Relay((script(EHLO=AUTH, AUTH=answer),)) as server:
            kinds = {kind for kind, _ in await fates(server.url(user=USER), 12, together=True)}
            return kinds, sum(said.startswith("AUTH") for heard in server.heard for said in heard)

    assert ({ALL_WAIT}, 1) == run(sent())


def test_case_37_a_sign_in_that_is_refused_later_on_is_tried_once_too():
    leaves = InTurn("250 ok", ["421 bye", Do.CLOSE])
    steps = script(EHLO=AUTH, AUTH=InTurn("235 welcome", "535 5.7.8 wrong"), MAIL=leaves)

    async def sent():
        async with Relay((steps,)) as server:
            kinds = [kind for kind, _ in await fates(server.url(user=USER), 2)]
            return kinds, sum(said.startswith("AUTH") for heard in server.heard for said in heard)

    assert ([TAKEN, ALL_WAIT], 2) == run(sent())


def test_case_32_a_server_of_the_old_kind_takes_mail_without_extensions():
    assert (TAKEN, 1) == one(script(EHLO="502 what?"))


@pytest.mark.parametrize(
    ("tls", "user", "missing"),
    [
        pytest.param("starttls", "", "STARTTLS", id="encryption"),
        pytest.param("none", USER, "no way to sign in", id="sign-in"),
    ],
)
def test_case_32_what_an_old_server_lacks_is_named(tls, user, missing):
    assert (ALL_WAIT, 0) == one(script(EHLO="502 what?"), tls=tls, user=user, words=missing)


# --- 33-36: encryption ---


@pytest.fixture
def authority(tmp_path, monkeypatch):
    found = trustme.CA()
    found.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return found


def shown(issuer, *names, **options):
    """Return what a server needs to show a certificate."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    issuer.issue_cert(*names or ("127.0.0.1",), **options).configure_cert(context)
    return context


STARTTLS = ["250-here", "250 STARTTLS"]


def test_case_33_a_server_whose_offer_of_encryption_is_stripped_gets_nothing():
    assert (ALL_WAIT, 0) == one(script(), tls="starttls", words="TLS required")


def test_case_34_what_is_said_before_the_encryption_begins_is_not_believed(authority):
    """Somebody on the line could add answers in clear that are read once it is encrypted."""
    injected = b"220 go on\r\n250-here\r\n250 AUTH PLAIN LOGIN\r\n"
    steps = script(EHLO=InTurn(STARTTLS, "250 here"), STARTTLS=injected)

    assert (ALL_WAIT, 0) == one(
        steps, encryption=shown(authority), tls="starttls", user=USER, words="no way to sign in"
    )


EXPIRED = {"not_before": datetime(2020, 1, 1, tzinfo=UTC), "not_after": datetime(2020, 6, 30, tzinfo=UTC)}


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
@pytest.mark.parametrize(
    ("names", "options", "trusted", "words"),
    [
        pytest.param((), EXPIRED, True, "expired; it is valid from 2020-01-01 until 2020-06-30", id="35-expired"),
        pytest.param((), {}, False, "unable to get local issuer", id="35-unknown-authority"),
        pytest.param(("other.example.org",), {}, True, "mismatch", id="35-wrong-name"),
    ],
)
def test_a_certificate_that_proves_nothing_keeps_everything_waiting(authority, tls, names, options, trusted, words):
    encryption = shown(authority if trusted else trustme.CA(), *names, **options)
    steps = script(EHLO=STARTTLS)

    assert (ALL_WAIT, 0) == one(steps, encryption=encryption, implicit=tls == "implicit", tls=tls, words=words)


def test_case_35_a_self_signed_certificate_keeps_everything_waiting(tmp_path):
    encryption = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    alone = trustme.CA()
    alone.private_key_pem.write_to_path(tmp_path / "key.pem")
    alone.cert_pem.write_to_path(tmp_path / "cert.pem")
    encryption.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")

    assert (ALL_WAIT, 0) == one(
        script(EHLO=STARTTLS), encryption=encryption, tls="starttls", words="self-signed certificate; it is valid from"
    )


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_server_that_proves_who_it_is_takes_the_message_encrypted(authority, tls):
    steps = script(EHLO=InTurn(STARTTLS, "250 here"))

    assert (TAKEN, 1) == one(steps, encryption=shown(authority), implicit=tls == "implicit", tls=tls)


def test_case_36_an_encrypted_line_that_dies_within_the_message_leaves_it_unknown(authority):
    steps = script(EHLO=InTurn(STARTTLS, "250 here"), DATA=["354 go on", Read(100), Do.RESET])

    assert (MAY_BE_THERE, 0) == one(steps, encryption=shown(authority), tls="starttls", words="may have taken")


# --- 38-46: the recipient's answer and the message's ---


@pytest.mark.parametrize(
    ("steps", "kind", "taken", "words"),
    [
        pytest.param({"RCPT": "550 5.1.1 who?"}, REFUSED, 0, "550 5.1.1", id="39-rcpt-550"),
        pytest.param({"RCPT": "451 4.7.1 greylisted"}, WAITS, 0, "451 4.7.1", id="40-greylisted"),
        pytest.param({"RCPT": "452 4.2.2 mailbox full"}, WAITS, 0, "mailbox full", id="41-mailbox-full"),
        pytest.param({"RCPT": "552 5.2.2 mailbox full"}, WAITS, 0, "mailbox full", id="42-rcpt-552"),
        pytest.param({"RCPT": "251 will forward"}, TAKEN, 1, "250 taken", id="43-rcpt-251"),
        pytest.param({"RCPT": "252 cannot verify"}, TAKEN, 1, "250 taken", id="43-rcpt-252"),
        pytest.param({"RCPT": "450 4.2.1 later"}, WAITS, 0, "450 4.2.1", id="44-450"),
        pytest.param({"DATA": "451 4.3.0 later"}, WAITS, 0, "451 4.3.0", id="45-data-451"),
        pytest.param({"DATA": "554 5.7.1 no"}, REFUSED, 0, "554 5.7.1", id="45-data-554"),
        pytest.param({"DATA": Do.CLOSE}, MAY_BE_THERE, 0, "may have taken", id="46-close-instead-of-354"),
        pytest.param({"DATA": ["354 go on", Do.CLOSE]}, MAY_BE_THERE, 0, "may have taken", id="46-354-then-close"),
        pytest.param(
            {"DATA": ["354 go on", Read(200), Do.CLOSE]}, MAY_BE_THERE, 0, "may have taken", id="46-close-mid-body"
        ),
        pytest.param({"dot": [Do.STORE, Do.CLOSE]}, MAY_BE_THERE, 1, "may have taken", id="47-stored-then-close"),
        pytest.param({"dot": [Do.STORE, Do.RESET]}, MAY_BE_THERE, 1, "may have taken", id="47-stored-then-reset"),
        pytest.param({"dot": [Wait(540), "250 taken"]}, TAKEN, 1, "250 taken", id="48-nine-minutes-of-silence"),
        pytest.param(
            {"dot": [Do.STORE, Do.SILENCE]}, MAY_BE_THERE, 1, "may have taken", id="49-silence-beyond-ten-minutes"
        ),
        pytest.param({"dot": "\r\n".join(["250-more"] * 39 + ["250 end"])}, TAKEN, 1, "end", id="50-forty-lines"),
        pytest.param(
            {"dot": "250 " + "x" * 100_000}, MAY_BE_THERE, 1, "no SMTP answer", id="50-a-line-of-100-kB"
        ),
        pytest.param(
            {"dot": [Do.STORE, *[b"250-" + b"x" * 4000 + b"\r\n"] * 50]}, MAY_BE_THERE, 1, "no SMTP answer",
            id="50-lines-without-end",
        ),
        pytest.param({"dot": "250 f\xfcr Sie \xff"}, TAKEN, 1, "250 f?r Sie ?", id="50-bytes-beyond-ascii"),
        pytest.param({"dot": "250 ta\0ken"}, TAKEN, 1, "250 ta ken", id="50-nul"),
        pytest.param({"dot": [Do.STORE, "garbage"]}, MAY_BE_THERE, 1, "no SMTP answer", id="51-garbage-after-the-dot"),
        pytest.param({"dot": [Do.STORE, "354 more"]}, MAY_BE_THERE, 1, "354 more", id="51-no-answer-to-a-message"),
        pytest.param({"dot": "251 will forward"}, TAKEN, 1, "251", id="51-dot-251"),
        pytest.param({"dot": "451 4.3.0 later"}, WAITS, 0, "451", id="51-dot-451"),
        pytest.param({"dot": "554 5.6.0 spam"}, REFUSED, 0, "554", id="51-dot-554"),
        pytest.param({"dot": "552 5.3.4 too big"}, TOO_LARGE, 0, "5.3.4", id="56-dot-552-5.3.4"),
        pytest.param({"dot": "554 5.3.4 too big"}, TOO_LARGE, 0, "5.3.4", id="56-dot-554-5.3.4"),
        pytest.param({"dot": "552 5.2.2 mailbox full"}, REFUSED, 0, "5.2.2", id="56-full-is-not-large"),
        pytest.param({"MAIL": "552 5.3.4 too big"}, TOO_LARGE, 0, "5.3.4", id="56-mail-552-5.3.4"),
    ],
)  # fmt: skip
def test_an_answer_says_what_became_of_the_message(steps, kind, taken, words):
    assert (kind, taken) == one(script(**steps), words=words)


def test_case_39_one_refused_owner_does_not_touch_the_others():
    steps = script(RCPT=InTurn("250 ok", "550 5.1.1 who?", "250 ok"))

    async def sent():
        async with Relay((steps,)) as server:
            return [kind for kind, _ in await fates(server.url(), 3)], [taken.recipient for taken in server.ledger]

    kinds, recipients = run(sent())

    assert [TAKEN, REFUSED, TAKEN] == kinds
    assert ["RCPT TO:<owner0@example.org>", "RCPT TO:<owner2@example.org>"] == recipients


def test_case_40_greylisted_and_tried_again_it_is_taken_once():
    steps = script(RCPT=InTurn("451 4.7.1 greylisted", "250 ok"))

    async def sent():
        async with Relay((steps,)) as server:
            delivery = a_delivery()
            kinds = [kind for kind, _ in await fates(server.url(), deliveries=[delivery, delivery])]
            return kinds, len(server.ledger)

    assert ([WAITS, TAKEN], 1) == run(sent())


def test_case_48_the_wait_for_the_answer_to_a_message_is_ten_minutes_unless_told_otherwise():
    assert 600 == inspect.signature(Email).parameters["data_timeout_s"].default


# --- 52-54: sessions of many messages, and answers that nobody asked for ---


@pytest.mark.parametrize(
    ("steps", "kinds"),
    [
        pytest.param({"RSET": InTurn("250 ok", ["421 bye", Do.CLOSE])}, [TAKEN] * 4, id="52-between-two-messages"),
        pytest.param(
            {"MAIL": InTurn("250 ok", "250 ok", ["421 bye", Do.CLOSE], "250 ok")}, [TAKEN] * 4, id="52-at-the-sender"
        ),
        pytest.param(
            {"RCPT": InTurn("250 ok", "250 ok", ["421 bye", Do.CLOSE], "250 ok")}, [TAKEN] * 4, id="52-at-the-recipient"
        ),
        pytest.param(
            {"RCPT": InTurn("250 ok", *[["421 bye", Do.CLOSE]] * 2, "250 ok")}, [TAKEN, WAITS, TAKEN, TAKEN],
            id="52-at-the-recipient-on-a-new-line-too",
        ),
        pytest.param(
            {"dot": InTurn("250 ok", "250 ok", ["421 bye", Do.CLOSE], "250 ok")},
            [TAKEN, TAKEN, WAITS, TAKEN], id="52-after-the-message",
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("pause_s", [0, 5])
def test_a_server_that_leaves_within_a_session_loses_and_doubles_nothing(steps, kinds, pause_s):
    async def sent():
        async with Relay((script(**steps),)) as server:
            found = [kind for kind, _ in await fates(server.url(), 4, pause_s=pause_s)]
            return found, [taken.recipient for taken in server.ledger]

    found, recipients = run(sent())

    assert kinds == found
    assert [f"RCPT TO:<owner{n}@example.org>" for n, kind in enumerate(kinds) if kind == TAKEN] == recipients


@pytest.mark.parametrize(
    ("steps", "lines"),
    [
        pytest.param({"dot": ["250 taken", Wait(1), "250 by the way"]}, 1, id="53-a-line-later"),
        pytest.param({"dot": b"250 taken\r\n250 by the way\r\n"}, 2, id="54-a-line-at-once"),
        pytest.param({"dot": b"250 taken\r\n250 by"}, 2, id="54-half-a-line-at-once"),
        pytest.param({"RSET": b"250 ok\r\n250 ok\r\n250 ok\r\n"}, 3, id="54-answers-to-what-was-not-asked-yet"),
    ],
)
def test_an_answer_that_nobody_asked_for_is_not_taken_for_another(steps, lines):
    """Out of step by one, the refusal of one owner would be read as the acceptance of the message."""

    async def sent():
        usual = script(**steps, RCPT=InTurn("250 ok", "550 5.1.1 who?", "250 ok"))
        async with Relay((usual,)) as server:
            kinds = [kind for kind, _ in await fates(server.url(), 3, connections=1, pause_s=5)]
            return kinds, [taken.recipient for taken in server.ledger], len(server.heard)

    kinds, recipients, found = run(sent())

    assert [TAKEN, REFUSED, TAKEN] == kinds
    assert ["RCPT TO:<owner0@example.org>", "RCPT TO:<owner2@example.org>"] == recipients
    assert lines == found


@pytest.mark.parametrize(
    ("steps", "kind"),
    [
        pytest.param({"greeting": b"220 ready\r\n250 here\r\n250 ok\r\n"}, ALL_WAIT, id="54-after-the-greeting"),
        pytest.param({"MAIL": b"250 ok\r\n250 ok\r\n"}, ALL_WAIT, id="54-after-mail"),
        pytest.param({"RCPT": b"250 ok\r\n354 go on\r\n250 taken\r\n"}, WAITS, id="54-after-the-recipient"),
        pytest.param({"DATA": b"354 go on\r\n250 taken\r\n", "dot": "554 no"}, MAY_BE_THERE, id="54-after-354"),
        pytest.param({"DATA": b"354 go on\r\n250 taken\r\n", "dot": "what?"}, MAY_BE_THERE, id="54-then-nonsense"),
        pytest.param({"DATA": "250 ok"}, MAY_BE_THERE, id="54-yes-instead-of-354"),
    ],
)
def test_answers_ahead_of_the_question_end_the_session(steps, kind):
    assert (kind, 0) == one(script(**steps), words="")


# --- 55-58, 61, 62: limits of the server ---


def test_case_55_a_message_larger_than_the_server_takes_is_not_offered():
    async def sent():
        async with Relay((script(EHLO=["250-here", "250 SIZE 500"]),)) as server:
            ((kind, said),) = await fates(server.url(), deliveries=[a_delivery(text="x" * 1000)])
            return kind, said, [line for heard in server.heard for line in heard if line.startswith("MAIL")]

    kind, said, offered = run(sent())

    assert TOO_LARGE == kind
    assert "the server takes 500 at most" in said
    assert [] == offered


@pytest.mark.parametrize(
    "offer", ["250 SIZE", "250 SIZE 0", "250 SIZE 100000", "250 SIZE -1", "250 SIZE \xb2", "250 SIZE " + "9" * 5000]
)
def test_case_55_a_message_that_fits_is_offered_with_its_size(offer):
    async def sent():
        async with Relay((script(EHLO=["250-here", offer]),)) as server:
            await fates(server.url())
            (taken,) = server.ledger
            return taken.sender, f"MAIL FROM:<alerts@example.org> SIZE={len(taken.content)}"

    said, expected = run(sent())

    assert expected == said


@pytest.mark.parametrize(
    "excess",
    [
        pytest.param(["421 4.7.0 slow down", Do.CLOSE], id="57-hangs-up"),
        pytest.param("450 4.7.1 slow down", id="57-says-later"),
    ],
)
def test_a_server_that_takes_one_message_a_second_gets_them_all_at_its_pace(excess):
    async def sent():
        bucket = Bucket(per_second=1, burst=2, excess=excess)
        async with Relay((script(MAIL=bucket),)) as server:
            began = asyncio.get_running_loop().time()
            kinds = {kind for kind, _ in await fates(server.url(), 30, together=True)}
            return kinds, len(server.ledger), asyncio.get_running_loop().time() - began

    kinds, taken, seconds = run(sent())

    assert ({TAKEN}, 30) == (kinds, taken)
    assert 28 <= seconds <= 60  # of the loop's own clock


def test_case_57_a_server_that_never_takes_another_is_down_in_the_end():
    steps = script(MAIL=InTurn("250 ok", "450 4.7.1 slow down"))

    async def sent():
        async with Relay((steps,)) as server:
            return [kind for kind, _ in await fates(server.url(), 3)]

    assert [TAKEN, ALL_WAIT, ALL_WAIT] == run(sent())


@pytest.mark.parametrize(
    "beyond",
    [
        pytest.param(["421 4.7.0 too many connections", Do.CLOSE], id="58-421"),
        pytest.param(["554 too many connections", Do.CLOSE], id="58-554"),
        pytest.param(Do.RESET, id="58-reset"),
        pytest.param(Do.SILENCE, id="58-silence"),
    ],
)
def test_a_server_that_allows_two_connections_gets_all_over_two(beyond):
    steps = script(RCPT=[Wait(1), "250 ok"])

    async def sent():
        async with Relay((steps,), most=2, beyond=beyond) as server:
            kinds = {kind for kind, _ in await fates(server.url(), 16, together=True)}
            return kinds, sorted(taken.recipient for taken in server.ledger), server.most_at_once, len(server.heard)

    kinds, recipients, at_once, lines = run(sent())

    assert ({TAKEN}, 2) == (kinds, at_once)
    assert 4 >= lines, "it goes on knocking"
    assert sorted(f"RCPT TO:<owner{n}@example.org>" for n in range(16)) == recipients


@pytest.mark.parametrize(
    ("steps", "kinds"),
    [
        pytest.param({"greeting": Drip("220 ready for whatever you may want")}, [TAKEN] * 10, id="61-greeting"),
        pytest.param({"RCPT": Drip("250 " + "o" * 1000)}, [TAKEN] * 9 + [WAITS], id="61-recipient"),
        pytest.param(
            {"dot": [Do.STORE, Drip("250 " + "o" * 1000)]}, [TAKEN] * 9 + [MAY_BE_THERE], id="61-after-the-message"
        ),
    ],
)
def test_a_line_that_answers_byte_by_byte_comes_to_an_end_and_the_others_go_on(steps, kinds):
    async def sent():
        usual = script()
        async with (
            Relay((usual, script(**steps), usual)) as server,
            an_email(server.url(), connections=3) as way,
        ):
            first = await fate(way, a_delivery("first"))
            rest = await asyncio.gather(*(fate(way, a_delivery(f"owner{n}")) for n in range(9)))
            return sorted(kind for kind, _ in (first, *rest))

    assert kinds == run(sent())


@pytest.mark.parametrize(
    ("seconds", "kind"),
    [pytest.param(160, ALL_WAIT, id="at-the-sender"), pytest.param(110, WAITS, id="at-the-recipient")],
)
def test_case_61_answers_that_come_in_time_each_and_take_too_long_together_end_the_attempt(seconds, kind):
    slow = [Wait(seconds), "250 ok"]

    assert (kind, 0) == one(script(EHLO=slow, MAIL=slow, RCPT=slow), words="take too long")


@pytest.mark.parametrize(
    "first",
    [pytest.param(None, id="62-first-never-answers"), pytest.param(errno.ECONNREFUSED, id="62-first-refuses")],
)
def test_of_two_addresses_the_one_that_answers_is_used(first):
    async def sent():
        loop = asyncio.get_running_loop()
        loop.names["relay.example.org"] = ["127.0.0.9", "127.0.0.1"]
        loop.dead["127.0.0.9"] = first
        async with Relay((script(),)) as server:
            began = loop.time()
            ((kind, _),) = await fates(server.url(host="relay.example.org"))
            return kind, len(server.ledger), loop.time() - began

    kind, taken, seconds = run(sent())

    assert (TAKEN, 1) == (kind, taken)
    assert 30 > seconds, "the dead one has all the time that there is"  # of the loop's own clock
