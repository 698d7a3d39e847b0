"""What is written as an address is what stands in the envelope, or it is refused where it is written.

The numbers are those of the project's matrix of faults.
"""

import json
import re
from datetime import UTC, datetime
from email.utils import getaddresses

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from samples.channels import mail_context
from samples.rule_folders import sound_with
from samples.smtp_server import Relay, run, script

from alerting.domain.notify.notice import Delivery, Message
from alerting.domain.rule import Channel
from alerting.errors import DeliveryFailed, UsageError
from alerting.rulefile import load_rules
from alerting.settings import load_settings
from notifiers.email import Email

AT = datetime(2020, 10, 15, 7, tzinfo=UTC)
SMTPUTF8 = ["250-here", "250-8BITMIME", "250 SMTPUTF8"]


def loaded(tmp_path, *addresses, name="X"):
    owners = "".join(
        f"  - {{id: x{n}, name: {json.dumps(name)}, email: {json.dumps(address)}}}\n"
        for n, address in enumerate(addresses)
    )
    return load_rules(sound_with(tmp_path / "rules", more=f"owners:\n{owners}"), shown_as="rules")


def sent_to(addresses, *, hello="250 here"):
    """Send a mail to each address and return what the server took, or why it did not."""

    async def sent():
        message = Message(subject="subject", text="text", html="<p>html</p>")
        async with Relay((script(EHLO=hello),)) as server:
            context = mail_context(
                channel=Channel(id="email", kind="email"), smtp_url=server.url(), mail_from="alerts@example.org",
                reply_to=None, out_dir=None,
            )  # fmt: skip
            failures = []
            async with Email(context) as way:
                for n, address in enumerate(addresses):
                    delivery = Delivery(
                        id=f"d{n}", notice_id="n", owner=f"x{n}", channel="email", address=address,
                        message_id=f"d{n}@example.org", message=message,
                    )  # fmt: skip
                    try:
                        await way.send(delivery, message, at=AT)
                    except DeliveryFailed as failure:
                        failures.append((failure.permanent, str(failure)))
            return server.ledger, failures

    return run(sent())


def in_envelope(taken):
    return re.fullmatch(r"RCPT TO:<(.*)>", taken.recipient)[1]


def in_header(taken):
    return re.search(rb"^To: (.*)\r\n", taken.content, re.MULTILINE)[1].decode()


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("a@x.org\r\nRCPT TO:<e@y.org>", id="180-line-break-and-command"),
        pytest.param("a@x.org\nBcc: e@y.org", id="180-line-feed"),
        pytest.param("a@x.org\r", id="180-carriage-return"),
        pytest.param("a@x.org\0", id="180-nul"),
        pytest.param("a\u2028@x.org", id="180-line-separator"),
        pytest.param("a@x.org;b@y.org", id="181-semicolon"),
        pytest.param("a@x.org, b@y.org", id="181-comma"),
        pytest.param("a@x.org b@y.org", id="181-blank"),
        pytest.param("a@b@c.org", id="181-two-ats"),
        pytest.param("a@x.org<e@y.org>", id="181-angle-after-an-address"),
        pytest.param("<a@x.org>", id="181-angle-alone"),
        pytest.param("a@x.org <b@y.org>", id="181-address-as-a-name"),
        pytest.param('"a@x.org" <b@y.org>', id="181-quoted-address-as-a-name"),
        pytest.param("Head of Contact <a@x.org>", id="181-name"),
        pytest.param("alice@example.org)bob@example.org", id="181-bracket"),
        pytest.param("g: a@x.org, b@y.org;", id="182-group"),
        pytest.param("undisclosed:;", id="182-empty-group"),
        pytest.param("a(home)@x.org", id="182-comment-before"),
        pytest.param("a@x.org(work)", id="182-comment-after"),
        pytest.param("a@(work)x.org", id="182-comment-within"),
        pytest.param("<@a.org:b@c.org>", id="182-route"),
        pytest.param("@a.org:b@c.org", id="182-route-without-angles"),
        pytest.param('"a b"@x.org', id="182-quoted"),
        pytest.param('"a"@x.org', id="182-quoted-without-need"),
        pytest.param('a"b"@x.org', id="182-quoted-in-part"),
        pytest.param("a\\@b@x.org", id="182-escaped"),
        pytest.param("=?utf-8?q?b?=@x.org", id="182-encoded-word"),
        pytest.param("a%b.org@x.org@y.org", id="182-source-route-of-old"),
        pytest.param("a@раураl.org", id="183-mixed-scripts"),
        pytest.param("а.b@x.org", id="183-mixed-scripts-before-the-at"),
        pytest.param("a@straße.example.org", id="183-letter-that-programs-convert-differently"),
        pytest.param("a@ｅxample.org", id="183-full-width-letter"),
        pytest.param("a@example。org", id="183-ideographic-full-stop"),
        pytest.param("a@ex\u00adample.org", id="183-soft-hyphen"),
        pytest.param("a@ex\u200dämple.org", id="183-joiner"),
        pytest.param("a@exa\u0308mple.org", id="183-composed-in-an-unusual-way"),
        pytest.param("e\u0301@x.org", id="183-composed-in-an-unusual-way-before-the-at"),
        pytest.param("a@☃.example.org", id="183-picture"),
        pytest.param("\u202ea@x.org", id="183-writing-direction"),
        pytest.param(f"{'a' * 65}@example.org", id="184-65-before-the-at"),
        pytest.param(f"{'é' * 33}@example.org", id="184-66-octets-before-the-at"),
        pytest.param(f"a@{'b.' * 125}org", id="184-255-in-all"),
        pytest.param(f"a@{'b' * 64}.org", id="184-64-in-a-part-of-the-domain"),
        pytest.param(f"a@{'ä' * 60}.org", id="184-64-in-a-part-once-in-ascii"),
        pytest.param("", id="184-empty"),
        pytest.param(" ", id="184-blank"),
        pytest.param(" a@x.org", id="184-blank-before"),
        pytest.param("a@x.org ", id="184-blank-after"),
        pytest.param("a", id="184-no-at"),
        pytest.param("@x.org", id="184-nothing-before-the-at"),
        pytest.param("a@", id="184-nothing-after-the-at"),
        pytest.param("a..b@x.org", id="184-two-dots"),
        pytest.param(".a@x.org", id="184-dot-first"),
        pytest.param("a.@x.org", id="184-dot-last"),
        pytest.param("a@localhost", id="184-localhost"),
        pytest.param("a@[127.0.0.1]", id="184-address-literal"),
        pytest.param("a@[IPv6:::1]", id="184-address-literal-v6"),
        pytest.param("a@127.0.0.1", id="184-address-as-a-domain"),
        pytest.param("a@x.org.", id="184-trailing-dot"),
        pytest.param("a@x..org", id="184-two-dots-in-the-domain"),
        pytest.param("a@-x.org", id="184-hyphen-first"),
        pytest.param("a@x-.org", id="184-hyphen-last"),
        pytest.param("a@x_y.org", id="184-underscore"),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused_where_it_is_written(tmp_path, address):
    found = loaded(tmp_path, address)

    (problem,) = found.problems
    assert None is found.rules
    assert ("rules/more.yaml", 2, "bad-value") == (problem.place.file, problem.place.line, problem.code)
    assert problem.fix


@pytest.mark.parametrize("name", ["X\r\nBcc: e@y.org", "X\rY", "X\nY", "X\0", "X\u2028Y", "X\x0bY"])
def test_case_180_an_owners_name_is_one_line(tmp_path, name):
    found = loaded(tmp_path, "a@example.org", name=name)

    (problem,) = found.problems
    assert (None, "rules/more.yaml", 2) == (found.rules, problem.place.file, problem.place.line)


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        pytest.param("post@example.org", "post@example.org", id="plain"),
        pytest.param("o'neill.b+calls@west-mercia.example.org", "o'neill.b+calls@west-mercia.example.org", id="marks"),
        pytest.param("Head.Of.Contact@Example.ORG", "Head.Of.Contact@example.org", id="185-case-of-the-domain"),
        pytest.param("a@exämple.org", "a@xn--exmple-cua.org", id="183-domain-beyond-ascii"),
        pytest.param("a@EXÄMPLE.org", "a@xn--exmple-cua.org", id="183-domain-beyond-ascii-in-capitals"),
        pytest.param("a@xn--exmple-cua.org", "a@xn--exmple-cua.org", id="183-domain-in-ascii-already"),
        pytest.param("a@пример.example.org", "a@xn--e1afmkfd.example.org", id="183-another-script"),
        pytest.param(f"{'a' * 64}@example.org", f"{'a' * 64}@example.org", id="184-64-before-the-at"),
        pytest.param(f"a@{'b.' * 124}orgs", f"a@{'b.' * 124}orgs", id="184-254-in-all"),
        pytest.param(f"a@{'b' * 63}.org", f"a@{'b' * 63}.org", id="184-63-in-a-part-of-the-domain"),
    ],
)
def test_what_is_taken_is_what_stands_in_the_envelope_and_in_the_mail(tmp_path, written, sent):
    owners = loaded(tmp_path, written).rules.owners

    ((taken,), _) = sent_to([owners["x0"].email])

    assert (sent, sent) == (in_envelope(taken), in_header(taken))


def test_case_183_letters_beyond_ascii_before_the_at_go_to_a_server_that_takes_them(tmp_path):
    found = loaded(tmp_path, "béa@example.org")

    ((taken,), _) = sent_to([found.rules.owners["x0"].email], hello=SMTPUTF8)

    assert ["unusual-address"] == [problem.code for problem in found.problems]
    assert "MAIL FROM:<alerts@example.org> SMTPUTF8 BODY=8BITMIME" == taken.sender
    assert ("béa@example.org", "béa@example.org") == (in_envelope(taken), in_header(taken))


def test_case_183_letters_beyond_ascii_before_the_at_are_named_where_the_server_does_not_take_them():
    taken, ((permanent, words),) = sent_to(["béa@example.org"])

    assert ([], True) == (taken, permanent)
    assert "béa@example.org: the server offers no SMTPUTF8" in words


@pytest.mark.parametrize(
    "second",
    [
        pytest.param("post@example.org", id="185-the-same"),
        pytest.param("post@EXAMPLE.org", id="185-case-of-the-domain"),
        pytest.param("Post@example.org", id="185-case-before-the-at"),
        pytest.param("post+calls@example.org", id="185-tag"),
    ],
)
def test_two_owners_with_one_mailbox_are_named_and_both_are_told(tmp_path, second):
    found = loaded(tmp_path, "post@example.org", second)

    (problem,) = found.problems
    taken, _ = sent_to([found.rules.owners[id_].email for id_ in ("x0", "x1")])

    assert ("same-mailbox", "note", 3) == (problem.code, problem.severity.value, problem.place.line)
    assert '"x1" and "x0" have one mailbox' in problem.message
    assert 2 == len(taken)


def test_case_186_a_thousand_owners_are_told_singly():
    addresses = [f"owner{n}@example.org" for n in range(1000)]

    taken, _ = sent_to(addresses)

    assert [(one, one) for one in addresses] == [(in_envelope(one), in_header(one)) for one in taken]
    assert {1} == {len(re.findall(rb"owner[0-9]+@", one.content)) for one in taken}


@pytest.mark.parametrize("setting", ["REDIRECT_ALL_TO", "REPLY_TO", "MAIL_FROM"])
@pytest.mark.parametrize("address", ["a@x.org;b@y.org", "a@localhost", "a@x.org.", "a@[127.0.0.1]", "a..b@x.org"])
def test_what_a_rule_file_may_not_say_a_setting_may_not_either(monkeypatch, setting, address):
    monkeypatch.setenv(f"ALERTING_{setting}", address)

    with pytest.raises(UsageError, match=f"ALERTING_{setting} must be one mail address, .*found"):
        load_settings()


#: Pieces that programs read differently, and plain ones.
PIECES = st.sampled_from(
    ["a", "b.c", "Post", "x.org", "Example.ORG", "exämple.org", "é", "ß", "ж", "@", "@", "@x.org", "@y.example.org", ".",
     "..", " ", ",", ";", ":", "<", ">", "(", ")", "[", "]", '"', "\\", "\r", "\n", "\0", "\x85", "\u2028", "\u202e", "+",
     "-", "'", "=?utf-8?q?b?=", "%", "!", "xn--", "xn--exmple-cua", "127.0.0.1", "localhost", "。"]
)  # fmt: skip
ATOMS = st.text("abcXYZ019!#$%&'*+/=?^_`{|}~-éßж", min_size=1, max_size=6)
LABELS = st.text("abcXYZ019-äß пж", min_size=1, max_size=6)
TEXTS = st.one_of(
    st.lists(PIECES, max_size=6).map("".join),
    st.from_regex(r"\A[^@]{0,6}@[^@]{0,8}\.[a-z]{2,3}\Z"),
    st.builds("{}.{}@{}.{}.org".format, ATOMS, ATOMS, LABELS, LABELS),
)


def as_written(address):
    """Read an address in an envelope back to what people write."""
    local, _, domain = address.rpartition("@")
    labels = (
        label[4:].encode().decode("punycode") if label.startswith("xn--") else label for label in domain.split(".")
    )
    return f"{local}@{'.'.join(labels)}"


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(TEXTS, min_size=5, max_size=40))
def test_any_text_is_refused_at_its_line_or_sent_to_whom_it_means(tmp_path, texts):
    found = loaded(tmp_path, *texts)
    errors = [problem for problem in found.problems if problem.severity.value == "error"]
    refused = {problem.place.line - 2 for problem in errors}
    assert all(problem.fix for problem in errors)

    meant = [text for n, text in enumerate(texts) if n not in refused]
    owners = loaded(tmp_path, *meant).rules.owners
    taken, failures = sent_to([owners[f"x{n}"].email for n in range(len(meant))], hello=SMTPUTF8)

    assert [] == failures
    for text, one in zip(meant, taken, strict=True):
        local, _, domain = text.rpartition("@")
        assert in_header(one) == in_envelope(one)
        assert as_written(f"{local}@{domain.lower()}") == as_written(in_envelope(one))
        assert [("", in_envelope(one))] == getaddresses([in_envelope(one)])
