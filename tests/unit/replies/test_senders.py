"""Who a mail is from: the one mailbox in From, however names and servers disguise it."""

import pytest

from alerting.replies.heads import head_of
from alerting.replies.incoming import Dmarc, TokenPlace
from alerting.replies.senders import candidates, dmarc_of, mailboxes, sender_of

TOKEN = "abcdefghijklmnopqrstuvwxyz23"
OTHER = "z" * 28


def head(text):
    return head_of(text.encode())


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("a@example.org", ["a@example.org"]),
        ("Head of Contact <A@Example.ORG>", ["a@example.org"]),
        ('"Contact, Head of" <a@example.org>', ["a@example.org"]),
        ("Contact, Head of <a@example.org>", ["", "a@example.org"]),
        ("a@example.org (Head of Contact, West)", ["a@example.org"]),
        ("Head (of <b@example.org>) <a@example.org>", ["a@example.org"]),
        ('"b@example.org" <a@example.org>', ["a@example.org"]),
        ("a@example.org <a@example.org>", ["a@example.org"]),
        ("b@example.org <a@example.org>", [""]),
        ("<a@example.org> <b@example.org>", [""]),
        ("=?utf-8?q?b=40example.org=2C?= <a@example.org>", ["a@example.org"]),
        ("a@example.org, b@example.org", ["a@example.org", "b@example.org"]),
        ("a@example.org,", ["a@example.org"]),
        ("All: a@example.org, b@example.org;", ["a@example.org", "b@example.org"]),
        ("undisclosed-recipients:;", []),
        ('"head of" @example.org', [""]),
        ('"head.of"@example.org', ["head.of@example.org"]),
        ("Jörg <jörg@example.org>", ["jörg@example.org"]),
        ("<@relay.example.org:a@example.org>", [""]),
        ("nobody", [""]),
        ("a@exam\0ple.org", [""]),
        ("a@exam\u200bple.org", [""]),
        ("a@exam(.net)ple.org", [""]),
        ("a@example.org(Head)", ["a@example.org"]),
        ("a@b@example.org", [""]),
        ('"unclosed <a@example.org>', ["a@example.org"]),
        ("", []),
    ],
)
def test_mailboxes_of_a_header(value, found):
    assert found == list(mailboxes(value))


@pytest.mark.parametrize(
    ("lines", "sender"),
    [
        ("From: A@example.org\n", "a@example.org"),
        ("From: a@example.org, b@example.org\n", ""),
        ("From: a@example.org\nFrom: a@example.org\n", ""),
        ("Sender: b@example.org\nFrom: a@example.org\nReply-To: c@example.org\n", "a@example.org"),
        ("From: Head\n of Contact\n <a@example.org>\n", "a@example.org"),
        ("Sender: b@example.org\n", ""),
    ],
)
def test_one_mailbox_in_one_from_is_the_sender(lines, sender):
    assert sender == sender_of(head(lines))


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("mx.example.org; dmarc=fail (p=none) header.from=example.org", Dmarc.FAIL),
        ("MX.example.org 1; spf=pass; DMARC = Fail", Dmarc.FAIL),
        ("mx.example.org; dmarc=pass", Dmarc.PASS),
        ("mx.example.org; dmarc=none", Dmarc.UNKNOWN),
        ("mx.example.org; dmarc=temperror", Dmarc.UNKNOWN),
        ("mx.example.org; spf=fail smtp.mailfrom=x; dkim=fail", Dmarc.UNKNOWN),
        ("mx.example.org; dkim=pass (not dmarc=fail; dmarc=fail)", Dmarc.UNKNOWN),
        ('mx.example.org; dkim=pass reason="; dmarc=fail"', Dmarc.UNKNOWN),
        ('"mx.example.org"; dmarc=fail', Dmarc.FAIL),
        ("other.example.net; dmarc=fail", Dmarc.UNKNOWN),
        ("spf=fail (sender IP is 192.0.2.1) smtp.mailfrom=x;dmarc=fail action=oreject header.from=x", Dmarc.FAIL),
        ("mx.example.org; dmarc=pass\nAuthentication-Results: mx.example.org; dmarc=fail", Dmarc.PASS),
        ("mx.example.org; dkim=pass\nAuthentication-Results: mx.example.org; dmarc=fail", Dmarc.FAIL),
        ("mx.example.org; none\nAuthentication-Results: other.example.net; dmarc=fail", Dmarc.UNKNOWN),
        ("other.example.net; dmarc=pass\nAuthentication-Results: mx.example.org; dmarc=fail", Dmarc.UNKNOWN),
    ],
)
def test_the_mailboxs_own_server_alone_says_whether_a_sender_is_forged(lines, said):
    assert said is dmarc_of(head(f"Authentication-Results: {lines}\n"), "mx.example.org")


def test_nobody_is_believed_where_the_server_has_no_name():
    assert Dmarc.UNKNOWN is dmarc_of(head("Authentication-Results: mx.example.org; dmarc=fail\n"), "")


@pytest.mark.parametrize(
    "local",
    [
        f"alerts+{TOKEN}",
        f"ALERTS+{TOKEN.upper()}",
        f"prvs=0123abcd=alerts+{TOKEN}",
        f"prvs=alerts+{TOKEN}",
        f"btv1==123abc==alerts+{TOKEN}",
        f"SRS0=HHHH=TT=example.org=alerts+{TOKEN}",
        f"SRS1=HHH=relay.example.net==HHHH=TT=example.org=alerts+{TOKEN}",
        f"SRS0+HHHH=TT=example.org=alerts+{TOKEN}",
    ],
)
def test_a_token_is_found_before_the_at_sign_however_servers_rewrite_it(local):
    found = candidates(head(f"To: <{local}@example.org>\n"), "")
    assert [(TOKEN, TokenPlace.TO)] == [(one.text, one.place) for one in found]


@pytest.mark.parametrize(
    "local", [f"alerts+{TOKEN[1:]}", f"alerts+{TOKEN}a", f"alerts{TOKEN}", TOKEN.replace("a", "1"), "alerts+"]
)
def test_what_has_not_a_tokens_form_is_no_candidate(local):
    assert () == candidates(head(f"To: {local}@example.org\n"), "")


def test_the_envelopes_addresses_come_before_the_letters_and_the_text_last():
    lines = (
        f"Cc: alerts+{'c' * 28}@example.org\nTo: Alerts <alerts+{'b' * 28}@example.org>, alerts+{TOKEN}@example.org\n"
        f"Envelope-To: alerts+{'e' * 28}@example.org\nX-Original-To: alerts+{'o' * 28}@example.org\n"
        f"Delivered-To: alerts@example.org\nDelivered-To: alerts+{TOKEN}@example.org\n"
    )
    found = candidates(head(lines), f"> Reference: {OTHER.upper()}, and {TOKEN}.")
    assert [TOKEN, "o" * 28, "e" * 28, "b" * 28, "c" * 28, OTHER] == [one.text for one in found]
    assert [place for place in TokenPlace if place is not TokenPlace.RETURNED] == [one.place for one in found]


def test_many_candidates_are_not_all_tried():
    addresses = ", ".join(f"alerts+{n:028}@example.org".translate(str.maketrans("0189", "abcd")) for n in range(70))
    assert 50 == len(candidates(head(f"To: {addresses}\n"), ""))
