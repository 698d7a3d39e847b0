"""Whose fault a refusal is, case by case."""

import pytest

from alerting.domain.refusal import Concerns, Probe, Refusal, RefusalFault, Stage, adds_up, fault_of
from notifiers.smtp.answers import refusal_in

RCPT, DOT = Stage.RECIPIENT, Stage.MESSAGE
CHANNEL, MAILBOX, PUT_OFF, UNDECIDED = (
    RefusalFault.CHANNEL,
    RefusalFault.MAILBOX,
    RefusalFault.PUT_OFF,
    RefusalFault.UNDECIDED,
)


@pytest.mark.parametrize("stage", [Stage.CONNECTION, Stage.SIGN_IN, Stage.SENDER])
@pytest.mark.parametrize("reply", ["554 5.7.1 no", "550 5.1.1 who?", "421 busy", "450 4.7.1 later", "the line broke"])
@pytest.mark.parametrize("taken", [True, False])
def test_up_to_the_sender_whatever_is_answered_is_the_channels(stage, reply, taken):
    assert CHANNEL is fault_of(refusal_in(stage, reply), taken=taken)


@pytest.mark.parametrize("stage", [RCPT, DOT])
@pytest.mark.parametrize(
    ("reply", "among_others", "alone", "nobody_to_ask"),
    [
        # the mailbox
        ("550 5.1.1 no such user", MAILBOX, UNDECIDED, MAILBOX),
        ("550 5.1.10 recipient not found", MAILBOX, UNDECIDED, MAILBOX),
        ("553 5.1.3 bad address", MAILBOX, UNDECIDED, MAILBOX),
        ("550 5.2.1 mailbox disabled", MAILBOX, UNDECIDED, MAILBOX),
        ("550 5.2.2 over quota", MAILBOX, UNDECIDED, CHANNEL),
        ("550 5.2.10 odd", MAILBOX, UNDECIDED, CHANNEL),
        # nothing that says whose
        ("550 no", MAILBOX, UNDECIDED, CHANNEL),
        ("554 transaction failed", MAILBOX, UNDECIDED, CHANNEL),
        ("550 5.0.0 no", MAILBOX, UNDECIDED, CHANNEL),
        ("504 5.5.2 need fully-qualified hostname", MAILBOX, UNDECIDED, CHANNEL),
        # policy, system
        ("550 5.7.1 unable to relay", CHANNEL, CHANNEL, CHANNEL),
        ("554 5.7.60 SMTP; Client does not have permissions to send as this sender", CHANNEL, CHANNEL, CHANNEL),
        ("554 5.3.0 no", CHANNEL, CHANNEL, CHANNEL),
        ("504 5.5.2 <localhost>: Helo command rejected: need fully-qualified hostname", CHANNEL, CHANNEL, CHANNEL),
        ("550 bad EHLO", CHANNEL, CHANNEL, CHANNEL),
        # another moment may do
        ("450 4.2.0 later", PUT_OFF, PUT_OFF, PUT_OFF),
        ("451 4.7.1 greylisted", PUT_OFF, PUT_OFF, PUT_OFF),
        ("451 4.3.0 disk full", PUT_OFF, PUT_OFF, PUT_OFF),
        ("421 closing", PUT_OFF, PUT_OFF, PUT_OFF),
        ("the line broke", PUT_OFF, PUT_OFF, PUT_OFF),
    ],
)
def test_from_the_recipient_on_the_code_and_what_becomes_of_others_decide(
    stage, reply, among_others, alone, nobody_to_ask
):
    refusal = refusal_in(stage, reply)
    assert among_others is fault_of(refusal, taken=True)
    assert alone is fault_of(refusal, taken=False)
    assert nobody_to_ask is fault_of(refusal, taken=False, probe=Probe.NOBODY)


@pytest.mark.parametrize("reply", ["550 5.1.1 no such user", "550 no", "554 5.5.0 what?"])
def test_somebody_else_is_asked_and_what_becomes_of_that_decides(reply):
    refusal = refusal_in(RCPT, reply)
    assert MAILBOX is fault_of(refusal, taken=False, probe=Probe.TAKEN)
    assert CHANNEL is fault_of(refusal, taken=False, probe=Probe.REFUSED)


def test_a_full_mailbox_passes_at_the_recipient_whatever_its_code():
    assert PUT_OFF is fault_of(refusal_in(RCPT, "552 5.2.2 mailbox full"), taken=True)
    assert MAILBOX is fault_of(refusal_in(DOT, "552 5.2.2 mailbox full"), taken=True)


def test_no_answer_is_no_answer_whatever_was_said_last():
    assert Refusal(stage=RCPT, words="too long").likeness == Refusal(stage=DOT, words="timed out").likeness
    assert refusal_in(RCPT, "451 later").likeness != refusal_in(DOT, "451 later").likeness


@pytest.mark.parametrize(
    ("reply", "taken", "channels"),
    [
        ("421 closing", True, True),
        ("421 closing", False, True),
        ("451 4.7.1 greylisted", True, True),
        ("451 4.3.0 disk full", True, True),
        ("452 4.2.2 mailbox full", True, False),
        ("452 4.2.2 mailbox full", False, True),
        ("450 mailbox busy", True, False),
        ("450 4.1.2 no such domain for now", True, False),
    ],
)
def test_a_second_message_with_the_same_answer_speaks_of_the_channel_but_for_mailboxes_among_others(
    reply, taken, channels
):
    assert channels is adds_up(refusal_in(RCPT, reply), taken=taken)


@pytest.mark.parametrize(
    ("reply", "code", "enhanced"),
    [
        ("550 5.1.1 who?", 550, (5, 1, 1)),
        ("550-5.1.1 who?\n5.1.1 nobody", 550, (5, 1, 1)),
        ("550", 550, None),
        ("550 see 5.1.1", 550, None),
        ("5501 no", None, None),
        ("the line broke", None, None),
    ],
)
def test_an_answer_is_read_into_its_codes(reply, code, enhanced):
    found = refusal_in(RCPT, reply)
    assert (code, enhanced) == (found.code, found.enhanced)


def test_where_it_came_says_what_a_refusal_is_about():
    assert [Concerns.CHANNEL, Concerns.CHANNEL, Concerns.SENDER, Concerns.RECIPIENT, Concerns.MESSAGE] == [
        Refusal(stage=stage, words="no").concerns for stage in Stage
    ]
