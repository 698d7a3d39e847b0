"""Mail through a mail server: what is needed of the settings, and its cases for all notifiers."""

from contextlib import asynccontextmanager
from email import message_from_bytes
from email.policy import default
from functools import partial
from pathlib import Path

import pytest
from samples.channels import mail_context
from samples.plugin_cases import Failure, FarSide, NotifierCase
from samples.smtp_server import Do, Relay, script

from alerting.domain.rule import Channel
from alerting.errors import UsageError
from notifiers.email import Email


@asynccontextmanager
async def a_server(_folder, *, user="", **steps):
    async with Relay((script(**steps),)) as server:
        subjects = lambda: [message_from_bytes(one.content, policy=default)["Subject"] for one in server.ledger]  # noqa: E731
        yield FarSide(smtp_url=server.url(user=user), taken=subjects)


@asynccontextmanager
async def nobody(_folder):
    async with Relay((script(),)) as server:
        url = server.url()
    yield FarSide(smtp_url=url, taken=list)


PERMANENT, PASSING = Failure(permanent=True, answered=True), Failure(answered=True)
SIGNED_IN = {"user": "post:qX7wvk@", "EHLO": ["250-here", "250 AUTH PLAIN"]}

CASES = [
    NotifierCase(id="taken", far_side=partial(a_server, dot="250 2.0.0 taken as 7B3F"), says=("taken as 7B3F",)),
    NotifierCase(id="taken-signed-in", far_side=partial(a_server, **SIGNED_IN), secrets=("qX7wvk",)),
    NotifierCase(
        id="no-such-mailbox", far_side=partial(a_server, RCPT="550 5.1.1 no such user"), fails=PERMANENT,
        says=("550 5.1.1 no such user",),
    ),
    NotifierCase(
        id="greylisted", far_side=partial(a_server, RCPT="451 4.7.1 come back later"), fails=PASSING,
        says=("451 4.7.1 come back later",),
    ),
    NotifierCase(
        id="no-address", far_side=a_server, address="nobody", fails=Failure(permanent=True), says=("no mail address",)
    ),
    NotifierCase(id="nobody-listens", far_side=nobody, fails=Failure(channel=True), says=("refused",)),
    NotifierCase(
        id="wrong-password", far_side=partial(a_server, **SIGNED_IN, AUTH="535 5.7.8 no: qX7wvk"),
        fails=Failure(channel=True, answered=True), says=("535 5.7.8 no: ***",), secrets=("qX7wvk",),
    ),
    NotifierCase(
        id="hangs-up-on-the-message", far_side=partial(a_server, dot=Do.CLOSE), fails=Failure(unknown=True),
        says=("may have taken the message",),
    ),
    NotifierCase(
        id="says-nothing-of-the-message", far_side=partial(a_server, dot=[Do.STORE, Do.SILENCE]),
        fails=Failure(unknown=True), says=("Timed out", "may have taken the message"),
    ),
]  # fmt: skip


def an_email(url, **settings):
    channel = Channel(id="email", kind="email", settings=settings)
    context = mail_context(
        channel=channel, smtp_url=url, mail_from="a@example.org", reply_to=None, out_dir=Path("nowhere")
    )
    return Email(context)


@pytest.mark.parametrize("connections", [0, -1, 21])
def test_a_number_of_connections_that_cannot_be_meant_is_refused(connections):
    with pytest.raises(UsageError, match=f"channel email: connections is {connections}; write a number from 1 to 20"):
        an_email("smtp://127.0.0.1?tls=none", connections=connections)


@pytest.mark.parametrize("url", [None, ""])
def test_without_a_server_it_says_which_setting_is_missing(url):
    with pytest.raises(UsageError, match="ALERTING_SMTP_URL is not set"):
        an_email(url)
