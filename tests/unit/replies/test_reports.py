"""Reports in words alone, as servers write them that know no report part."""

import pytest

from alerting.replies.incoming import Action, MailKind
from alerting.replies.reading import read_mail

READER = "commander.telford@example.org"
EXIM = (
    "This message was created automatically by mail delivery software.\n\nA message that you sent "
    "could not be delivered to one or more"
)
WARNING = (
    "A message that you sent has not yet been delivered to one or more of its\nrecipients after "
    "more than 24 hours on the queue.\n\n"
)


def read(words, *headers, sender="Mail Delivery System <Mailer-Daemon@example.org>"):
    head = "\n".join(
        ("Return-Path: <>", f"From: {sender}", "To: alerts@example.org", "Subject: Mail delivery failed", *headers)
    )
    return read_mail(f"{head}\n\n{words}".encode(), own=["alerts@example.org"])


@pytest.mark.parametrize(
    ("words", "headers", "recipient", "action", "status", "diagnostic"),
    [
        pytest.param(
            (
                f"{EXIM} of its\nrecipients. The following address(es) failed:\n\n  {READER}\n    Unrouteable "
                "address\n\n--- copy ---\n"
            ),
            [f"X-Failed-Recipients: {READER}", "Auto-Submitted: auto-replied"],
            READER,
            Action.FAILED,
            "",
            "Unrouteable address",
            id="Exim before it wrote report parts",
        ),
        pytest.param(
            (
                f"{WARNING}The address to which the message has not yet been delivered is:\n\n  {READER}\n\nNo "
                "action is required.\n"
            ),
            [],
            READER,
            Action.DELAYED,
            "",
            "",
            id="Exim's warning",
        ),
        pytest.param(
            (
                f"   ----- The following addresses had permanent fatal errors -----\n<{READER}>\n    (reason: "
                "550 5.1.1 User unknown)\n\n"
            ),
            [],
            READER,
            Action.FAILED,
            "5.1.1",
            "(reason: 550 5.1.1 User unknown)",
            id="Sendmail",
        ),
        pytest.param(
            (
                "Delivery has failed to these recipients or groups:\n\nThe server returned '550 5.1.10 "
                "RecipientNotFound'\n"
            ),
            [],
            "",
            Action.FAILED,
            "5.1.10",
            "The server returned '550 5.1.10 RecipientNotFound'",
            id="Exchange without its report part",
        ),
        pytest.param(
            "Your message waits.\nThe answer was 451 4.7.1 try again later\n",
            [],
            "",
            Action.DELAYED,
            "4.7.1",
            "The answer was 451 4.7.1 try again later",
            id="an unknown server that waits",
        ),
    ],
)
def test_a_server_is_understood_by_its_words(words, headers, recipient, action, status, diagnostic):
    (report,) = read(words, *headers).reports
    assert (recipient, action, status, diagnostic) == (
        report.recipient,
        report.action,
        report.status,
        report.diagnostic,
    )


@pytest.mark.parametrize(
    ("words", "headers", "sender"),
    [
        pytest.param(
            "Your message was delivered in 2020.\n", [], "postmaster@example.org", id="no answer of a server in it"
        ),
        pytest.param("The figure of 550 - see below\n", [], READER, id="a person's program"),
        pytest.param(
            f"{WARNING}{READER}\n", ["Auto-Submitted: auto-replied"], READER, id="somebody's automatic answer"
        ),
    ],
)
def test_what_is_no_report_is_a_machines_mail(words, headers, sender):
    incoming = read(words, *headers, sender=sender)
    assert (MailKind.MACHINE, ()) == (incoming.kind, incoming.reports)


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        pytest.param(
            "Final-Recipient: rfc822;a@example.org\nAction: failed\nStatus: 4.4.1",
            Action.FAILED,
            id="the action decides",
        ),
        pytest.param(
            "Final-Recipient: rfc822;a@example.org\nAction: Failed (4.4.1)", Action.FAILED, id="with a comment"
        ),
        pytest.param(
            "Final-Recipient: rfc822;a@example.org\nStatus: 5.1.1", Action.FAILED, id="the status, where no action is"
        ),
        pytest.param("Final-Recipient: rfc822;a@example.org\nStatus: 4.2.0", Action.DELAYED, id="a status that waits"),
        pytest.param("Final-Recipient: rfc822;a@example.org\nStatus: 2.0.0", Action.DELIVERED, id="good news"),
        pytest.param(
            "Final-Recipient: rfc822;a@example.org\nDiagnostic-Code: smtp; 550 no", Action.FAILED, id="the code alone"
        ),
        pytest.param("Final-Recipient: rfc822;a@example.org\nAction: expanded", Action.EXPANDED, id="a list"),
        pytest.param("Final-Recipient: rfc822;a@example.org", None, id="nothing said"),
        pytest.param("Final-Recipient: rfc822;a@example.org\nAction: eaten", None, id="an unknown word"),
        pytest.param("Reporting-MTA: dns; mx.example.org", None, id="the head of a report alone"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_fields_say_what_became_of_a_message(fields, found):
    raw = (
        "From: mailer-daemon@example.org\nReturn-Path: <>\nContent-Type: message/delivery-status\n\n"
        f"Reporting-MTA: x\n\n{fields}\n"
    )
    reports = read_mail(raw.encode()).reports
    assert ([found] if found else []) == [report.action for report in reports]


@pytest.mark.parametrize(
    ("status", "words", "too_big"),
    [
        ("5.3.4", "", True),
        ("5.2.3", "", True),
        ("5.0.0", "552 Message size exceeds maximum permitted", True),
        ("5.0.0", "552 message too large", True),
        ("5.0.0", "552 5.2.2 mailbox is full, size limit reached", False),
        ("5.2.2", "552 over quota", False),
        ("5.1.1", "550 no such person", False),
    ],
)
def test_too_big_is_told_from_too_full(status, words, too_big):
    fields = (
        f"Final-Recipient: rfc822;a@example.org\nAction: failed\nStatus: {status}\nDiagnostic-Code: smtp; {words}\n"
    )
    raw = f"From: mailer-daemon@example.org\nContent-Type: message/delivery-status\n\n{fields}"
    (report,) = read_mail(raw.encode()).reports
    assert too_big is report.too_big


def test_what_is_only_late_is_not_sent_again_for_its_size():
    raw = b"From: a@example.org\nContent-Type: message/delivery-status\n\nAction: delayed\nStatus: 4.3.4\n"
    assert [False] == [report.too_big for report in read_mail(raw).reports]


def test_every_address_of_a_report_is_told_and_its_words_stay_in_one_line():
    groups = "".join(
        (
            f"\nFinal-Recipient: rfc822; <P{n}@Example.org>\nAction: failed\nDiagnostic-Code: smtp; "
            f"550\x07 {'no ' * 300}\n"
        )
        for n in range(150)
    )
    raw = f"From: a@example.org\nContent-Type: message/delivery-status\n\nReporting-MTA: x\n{groups}"
    reports = read_mail(raw.encode()).reports
    assert [f"p{n}@example.org" for n in range(100)] == [report.recipient for report in reports]
    assert {True} == {report.diagnostic.isprintable() and len(report.diagnostic) <= 500 for report in reports}
