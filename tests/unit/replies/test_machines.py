"""Programs are known by what they write into the head, in whatever letters; people's mails pass."""

import pytest

from alerting.replies.incoming import MailKind, Why
from alerting.replies.reading import read_mail


def read(*headers, sender="c@example.org"):
    head = "\n".join((*headers, f"From: {sender}", "To: alerts@example.org"))
    return read_mail(f"{head}\n\nok\n".encode(), own=["Alerts@Example.org"])


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ("Auto-Submitted: auto-replied", Why.AUTO_SUBMITTED),
        ("AUTO-SUBMITTED: Auto-Generated; type=x", Why.AUTO_SUBMITTED),
        ("Auto-Submitted: (no) auto-notified", Why.AUTO_SUBMITTED),
        ("Auto-Submitted:", Why.AUTO_SUBMITTED),
        ("Auto-Submitted: no\nAuto-Submitted: auto-replied", Why.AUTO_SUBMITTED),
        ("Precedence: BULK", Why.PRECEDENCE),
        ("Precedence: junk", Why.PRECEDENCE),
        ("Precedence: list", Why.PRECEDENCE),
        ("Precedence: auto_reply", Why.PRECEDENCE),
        ("X-Autoreply: yes", Why.AUTO_SUBMITTED),
        ("X-AutoReply-From: x", Why.AUTO_SUBMITTED),
        ("X-Autorespond: x", Why.AUTO_SUBMITTED),
        ("X-Auto-Reply-From: x", Why.AUTO_SUBMITTED),
        ("X-Mail-Autoreply: x", Why.AUTO_SUBMITTED),
        ("X-OTRS-Loop: yes", Why.AUTO_SUBMITTED),
        ("RT-Ticket: example.org #1", Why.AUTO_SUBMITTED),
        ("X-Zendesk-From-Account-Id: 1", Why.AUTO_SUBMITTED),
        ("X-Loop: x", Why.AUTO_SUBMITTED),
        ("List-Id: x", Why.LIST),
        ("Resent-From: a@example.org", Why.RESENT),
        ("Return-Path: <>", Why.EMPTY_RETURN_PATH),
        ("Return-Path:", Why.EMPTY_RETURN_PATH),
        ("Return-Path: <c@example.org>\nReturn-Path: < >", Why.EMPTY_RETURN_PATH),
        ("Content-Class: urn:content-classes:calendarmessage", Why.CALENDAR),
        ('Content-Type: text/calendar; method=REQUEST; name="meeting.ics"', Why.CALENDAR),
        ("Subject: Automatic reply: x", Why.AUTO_SUBMITTED),
        ("Subject: =?utf-8?b?UsOpcG9uc2UgYXV0b21hdGlxdWU=?= : x", Why.AUTO_SUBMITTED),
        ("Subject: Ateb awtomatig: x", Why.AUTO_SUBMITTED),
        ("Subject: Out of Office: x", Why.AUTO_SUBMITTED),
        ("Subject: Undeliverable: x", Why.AUTO_SUBMITTED),
        ("Subject: Read: x", Why.RECEIPT),
        ("Subject: Gelesen: x", Why.RECEIPT),
    ],
)
def test_a_program_is_known(header, why):
    incoming = read(header)
    assert (MailKind.MACHINE, why, "") == (incoming.kind, incoming.why, incoming.written)


@pytest.mark.parametrize(
    "sender", ["alerts@example.org", "Alerts <ALERTS+abc@example.org>", "a@example.org, alerts@example.org"]
)
def test_our_own_mail_is_known_by_its_sender(sender):
    assert (MailKind.MACHINE, Why.OURS) == (read(sender=sender).kind, read(sender=sender).why)


@pytest.mark.parametrize("sender", ["MAILER-DAEMON@example.net", "postmaster@example.net"])
def test_a_mail_servers_own_mailbox_is_no_person(sender):
    assert MailKind.MACHINE is read(sender=sender).kind


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: no",
        "Auto-Submitted: No (a person; really)",
        "Precedence: first-class",
        "X-Auto-Response-Suppress: All",
        "X-Auto-Response-Suppress: DR, RN, NRN, OOF, AutoReply",
        "Return-Path: <c@example.org>",
        "Subject: Re: Automatic reply: x",
        "Subject: RE: Read: x",
        "Subject: Autos: 3 stolen",
        "Subject: Ready: x",
        "Disposition-Notification-To: c@example.org",
        "Sender: delegate@example.org",
        'Content-Type: text/calendar; name="invite.ics"\nContent-Disposition: attachment',
    ],
)
def test_a_persons_mail_passes(header):
    assert MailKind.PERSON is read(header).kind
