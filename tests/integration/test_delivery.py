"""Mail to real servers on this machine: what is delivered, what waits, what is refused."""

import asyncio
import sqlite3
import ssl
from contextlib import contextmanager
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
import trustme
from aiosmtpd.controller import Controller
from samples.channels import mail_context

from alerting.app.delivery.deliver import deliver
from alerting.app.delivery.ledger import LEASE
from alerting.demo.sink import _free_port
from alerting.demo.story import FixedClock
from alerting.domain.notify.notice import Delivery, DeliveryState, Message, Notice, NoticeKind
from alerting.domain.rule import Channel
from alerting.store.sql import SqlStore
from notifiers.email import Email
from notifiers.folder import Folder

AT = datetime(2020, 10, 15, 7, tzinfo=UTC)


class Server:
    """Takes everything, but for the replies it was told to give: by recipient, or to the message."""

    def __init__(self, recipients=None, data=None):
        self.recipients, self.data, self.taken = recipients or {}, data, []

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):  # noqa: N802  # aiosmtpd's name
        if address in self.recipients:
            return self.recipients[address]
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  # aiosmtpd's name
        if self.data is not None:
            return self.data
        self.taken.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return "250 taken"


@contextmanager
def listening(handler, port=None, **options):
    port = port or _free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()


@pytest.fixture
def store(tmp_path):
    found = SqlStore(f"sqlite:///{tmp_path / 'a.db'}")
    found.upgrade()
    yield found
    found.close()


def queue(store, *addresses, subject="999 calls: 83%", channel="email"):
    message = Message(subject=subject, text="It was 83%.", html="<p>It was <b>83%</b>.</p>")
    deliveries = [
        Delivery(
            id=f"d{n}",
            notice_id="n",
            owner="o",
            channel=channel,
            address=address,
            message_id=f"d{n}@example.org",
            message=message,
        )
        for n, address in enumerate(addresses)
    ]
    with store.begin() as state:
        state.outbox.save([Notice(id="n", kind=NoticeKind.EXCEPTIONS, owner="o", at=AT)], deliveries)


def hand_over(store, url, tmp_path=Path(), **options):
    def context(kind):
        channel = Channel(id=kind, kind=kind)
        return mail_context(
            channel=channel,
            smtp_url=url,
            mail_from="Alerting <alerts@example.org>",
            reply_to="team@example.org",
            out_dir=tmp_path,
        )

    ways = {"email": lambda: Email(context("email"), connect_timeout_s=5), "folder": lambda: Folder(context("folder"))}
    return asyncio.run(deliver(store, ways, FixedClock(AT), **options))


def test_a_mail_has_what_readers_and_mail_programs_need(store):
    queue(store, "north@example.org")
    server = Server()
    with listening(server) as url:
        report = hand_over(store, f"{url}?tls=none")
    assert (1, 0, 0) == (report.accepted, report.rejected, report.waiting)
    ((sender, recipients, content),) = server.taken
    assert ("alerts@example.org", ["north@example.org"]) == (sender, recipients)
    mail = message_from_bytes(content, policy=default)
    assert "<d0@example.org>" == mail["Message-ID"]
    assert "auto-generated" == mail["Auto-Submitted"]
    assert "team@example.org" == mail["Reply-To"]
    assert ("It was 83%.", True) == (
        mail.get_body(("plain",)).get_content().strip(), "<b>83%</b>" in mail.get_body(("html",)).get_content(),
    )  # fmt: skip
    assert ["250 taken"] == [one.last_reply for one in store.deliveries()]


def test_what_waits_while_the_server_is_down_goes_when_it_is_up(store):
    queue(store, "north@example.org", "south@example.org")
    port = _free_port()
    down = hand_over(store, f"smtp://127.0.0.1:{port}?tls=none")
    assert (0, 2) == (down.accepted, down.waiting)
    assert [1, 0] == [one.attempts for one in store.deliveries()]  # the second was not tried: the server is down
    server = Server()
    with listening(server, port) as url:
        up = hand_over(store, f"{url}?tls=none")
    assert (2, 0) == (up.accepted, up.waiting)
    assert 2 == len(server.taken)


def test_one_refused_address_does_not_stop_the_others(store):
    queue(store, "gone@example.org", "north@example.org")
    server = Server(recipients={"gone@example.org": "550 5.1.1 no such user"})
    with listening(server) as url:
        report = hand_over(store, f"{url}?tls=none")
        assert (1, 1, 0) == (report.accepted, report.rejected, report.waiting)
        assert 0 == hand_over(store, f"{url}?tls=none").accepted  # it is not tried again
    assert "550" in report.failures[0][1]


@pytest.mark.parametrize(
    "server",
    [
        pytest.param(Server(recipients={"north@example.org": "451 4.7.1 greylisted"}), id="greylisted"),
        pytest.param(Server(recipients={"north@example.org": "552 mailbox full"}), id="mailbox-full"),
        pytest.param(Server(data="451 try later"), id="try-later"),
    ],
)
def test_what_may_pass_waits(store, server):
    queue(store, "north@example.org")
    with listening(server) as url:
        report = hand_over(store, f"{url}?tls=none")
    assert (0, 0, 1) == (report.accepted, report.rejected, report.waiting)


def test_a_message_whose_mailbox_is_not_there_is_rejected(store):
    queue(store, "north@example.org")
    with listening(Server(recipients={"north@example.org": "550 5.1.1 who?"})) as url:
        assert 1 == hand_over(store, f"{url}?tls=none").rejected


def test_a_refusal_that_nobody_can_be_asked_about_and_that_names_no_mailbox_is_the_servers(store):
    queue(store, "north@example.org")
    with listening(Server(data="554 no thanks")) as url:
        report = hand_over(store, f"{url}?tls=none")
    assert (0, 1, ["554 no thanks"]) == (report.rejected, report.waiting, [one.reply for one in report.ill])


def test_nothing_is_sent_in_clear_unless_told_so(store):
    queue(store, "north@example.org")
    server = Server()
    with listening(server) as url:
        report = hand_over(store, url)
    assert (0, 1, []) == (report.accepted, report.waiting, server.taken)
    assert "TLS required" in report.failures[0][1]


@pytest.mark.parametrize("trusted", [True, False])
def test_the_servers_certificate_is_verified(store, tmp_path, monkeypatch, trusted):
    authority, stranger = trustme.CA(), trustme.CA()
    pem = tmp_path / "ca.pem"
    (authority if trusted else stranger).cert_pem.write_to_path(str(pem))
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    queue(store, "north@example.org")
    with listening(Server(), tls_context=context) as url:
        report = hand_over(store, url)
    assert (int(trusted), int(not trusted)) == (report.accepted, report.waiting)


def test_a_password_never_shows(store):
    queue(store, "north@example.org")
    report = hand_over(store, f"smtp://user:s3cret@127.0.0.1:{_free_port()}?tls=none")
    assert 1 == report.waiting
    assert "s3cret" not in str(report)


def test_no_data_makes_headers(store):
    queue(store, "north@example.org", subject="83%\r\nBcc: evil@example.org =?utf-8?q?x=0ABcc:e@example.org?=")
    server = Server()
    with listening(server) as url:
        hand_over(store, f"{url}?tls=none")
    mail = message_from_bytes(server.taken[0][2], policy=default)
    assert None is mail["Bcc"]
    assert [["north@example.org"]] == [recipients for _sender, recipients, _content in server.taken]


def test_a_folder_keeps_one_file_for_a_delivery(store, tmp_path):
    queue(store, "north@example.org", channel="folder")
    assert 1 == hand_over(store, None, tmp_path / "mails").accepted
    (path,) = (tmp_path / "mails").glob("*.eml")
    assert "83%" in message_from_bytes(path.read_bytes(), policy=default).get_body(("plain",)).get_content()


class Vanishing(Server):
    """Takes a message and then drops the line instead of answering."""

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  # aiosmtpd's name
        self.taken.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        server.transport.abort()
        return "250 taken"


def as_sent(server):
    mails = [message_from_bytes(content, policy=default) for _sender, _recipients, content in server.taken]
    return [(mail["Message-ID"], mail["Subject"], mail["X-Possible-Duplicate"]) for mail in mails]


MARKED = ("<d0@example.org>", "999 calls: 83% (possibly repeated)", "yes")
PLAIN = ("<d0@example.org>", "999 calls: 83%", None)


def test_what_may_have_been_taken_is_sent_again_and_says_so(store):
    queue(store, "north@example.org")
    lost, server = Vanishing(), Server()
    with listening(lost) as url:
        assert hand_over(store, f"{url}?tls=none").waiting == 1
    assert hand_over(store, f"smtp://127.0.0.1:{_free_port()}?tls=none").waiting == 1  # nobody there: it may still be
    with listening(server) as url:
        assert hand_over(store, f"{url}?tls=none").accepted == 1
    assert as_sent(lost) == [PLAIN]
    assert as_sent(server) == [MARKED]


@pytest.mark.parametrize("refusal", ["451 4.3.0 try again later", "421 4.3.2 closing"])
def test_what_was_refused_is_no_repeat(store, refusal):
    queue(store, "north@example.org")
    server = Server()
    with listening(Server(data=refusal)) as url:
        assert hand_over(store, f"{url}?tls=none").waiting == 1
    with listening(server) as url:
        hand_over(store, f"{url}?tls=none")
    assert as_sent(server) == [PLAIN]


def test_a_hand_over_that_a_crash_cut_short_is_repeated_and_says_so(store):
    queue(store, "north@example.org")
    (delivery,) = store.queue.claim("gone", AT, LEASE, 1)
    assert {delivery.id} == store.queue.write("gone", AT, LEASE, [delivery], [])  # and then the process was gone
    server = Server()
    with listening(server) as url:
        hand_over(store, f"{url}?tls=none")
    assert as_sent(server) == [MARKED]


def test_the_hand_over_is_noted_before_the_server_hears_of_the_message(store, tmp_path):
    seen = []

    class Looking(Server):
        async def handle_DATA(self, server, session, envelope):  # noqa: N802
            with sqlite3.connect(tmp_path / "a.db") as connection:
                seen.extend(connection.execute("SELECT handing_over, state FROM delivery").fetchall())
            return await super().handle_DATA(server, session, envelope)

    queue(store, "north@example.org")
    with listening(Looking()) as url:
        hand_over(store, f"{url}?tls=none")
    assert seen == [(1, "pending")]
    assert [(one.state, one.may_be_there) for one in store.deliveries()] == [(DeliveryState.ACCEPTED, False)]
