"""Random changes of the matrix's mails: bytes, lines, headers, parts, senders, tokens: nothing acts that should not."""

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from samples.replies import MATRIX
from samples.replies.cases import ITEMS, KEY, MESSAGE, READER, RETURN, SERVER, TOKEN, TOLD
from samples.sampling import few

from alerting.replies.answering import answer
from alerting.replies.incoming import Act, MailKind
from alerting.replies.reading import READ_AT_MOST, read_mail
from alerting.replies.token import opened
from alerting.replies.told import SentWords

WORDS = SentWords(TOLD)
OTHER = "deputy.elsewhere@example.net"
#: What makes a mail a program's, or a forged one, whatever else stands in it.
MARKS = (
    b"Auto-Submitted: auto-replied\r\n",
    b"Precedence: bulk\r\n",
    b"List-Id: <x.example.org>\r\n",
    b"Return-Path: <>\r\n",
    b"X-Autoreply: yes\r\n",
    b"Resent-From: a@example.org\r\n",
    b"From: Other <other@example.net>\r\n",
    b"Authentication-Results: mx.example.org; dmarc=fail\r\n",
)
PERSONS = [case for case in MATRIX if case.kind is MailKind.PERSON and not case.why]
#: Those whose tokens all stand in the open.
OPEN = [case for case in PERSONS if b"base64" not in case.raw]
SPLICES = (
    b"\r\n",
    b"\r\n\r\n",
    b"\0",
    b"\xff\xfe",
    b"=",
    b"=\r\n",
    b">",
    b"--=_edge\r\n",
    b"--=_edge--\r\n",
    b"<blockquote>",
    b"</div>",
    b"<!--",
    b"(",
    b'"',
    b"ok\r\n",
    b"From: x\r\n",
    b"Content-Type: text/html\r\n",
    b"Content-Type: multipart/mixed; boundary=x\r\n",
    b"=?utf-8?b?",
    b"Content-Transfer-Encoding: base64\r\n",
    b"wrote:\r\n",
    b"-- \r\n",
    b"\xe2\x80\xae",
    b"\xc2\xa0",
)


def changed(draw, raw, others=tuple(case.raw for case in MATRIX)):
    """Return a mail with a change or some: a byte, a cut, a line moved, doubled or gone, something put in, a part of another."""
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, max(0, len(raw) - 1)))
        match draw(st.integers(0, 6)):
            case 0:
                raw = raw[:place] + bytes([draw(st.integers(0, 255))]) + raw[place + 1 :]
            case 1:
                raw = raw[:place] if draw(st.booleans()) else raw[place:]
            case 2:
                raw = raw[:place] + draw(st.sampled_from(SPLICES)) + raw[place:]
            case 3:
                lines = raw.split(b"\n")
                lines.insert(draw(st.integers(0, len(lines))), lines.pop(draw(st.integers(0, len(lines) - 1))))
                raw = b"\n".join(lines)
            case 4:
                raw = raw[:place] + raw[place + draw(st.integers(1, 200)) :]
            case 5:
                other = draw(st.sampled_from(others))
                raw = raw[:place] + other[draw(st.integers(0, max(0, len(other) - 1))) :]
            case 6:
                raw = raw.swapcase() if draw(st.booleans()) else raw.replace(b"\r\n", b"\n")
    return raw


def read(raw):
    """Return the mail, its answer, and whether it would act for the reader."""
    incoming = read_mail(raw, own=["alerts@example.org"], server=SERVER)
    said = answer(incoming, told=TOLD, items=ITEMS)
    opens = any(opened([KEY], token.text, MESSAGE, READER) for token in incoming.tokens)
    return incoming, said, opens and incoming.sender == READER and said.act is not Act.NONE


GENTLY = settings(deadline=None, suppress_health_check=list(HealthCheck))


@settings(GENTLY, max_examples=few(120, 10_000))
@given(st.data())
def test_whatever_comes_is_read_and_keeps_within_bounds(data):
    raw = changed(data.draw, data.draw(st.sampled_from(MATRIX)).raw)
    incoming, said, _ = read(raw)
    assert len(said.comment) <= 4000
    assert all(1 <= item <= ITEMS for item in said.items)
    assert (said.act is Act.NONE) <= (said.why is not None)
    assert incoming.kind is MailKind.PERSON or said.act is Act.NONE
    assert bool(incoming.reports) == (incoming.kind is MailKind.REPORT)
    assert len(incoming.subject) <= 200
    assert len(incoming.tokens) <= 50


@settings(GENTLY, max_examples=few(120, 10_000))
@given(st.data())
def test_no_line_of_our_notice_becomes_a_comment(data):
    _, said, _ = read(changed(data.draw, data.draw(st.sampled_from(MATRIX)).raw))
    assert [] == [line for line in said.comment.split("\n") if WORDS.has_long(line)]


@settings(GENTLY, max_examples=few(60, 10_000))
@given(st.data())
def test_what_a_program_or_a_forger_sends_never_acts(data):
    raw = data.draw(st.sampled_from(MATRIX)).raw
    head, edge, body = raw.partition(b"\r\n\r\n")
    body = changed(data.draw, body) if body else body
    assert not read(data.draw(st.sampled_from(MARKS)) + head + edge + body)[2]


@settings(GENTLY, max_examples=few(60, 10_000))
@given(st.data())
def test_another_sender_never_acts(data):
    raw = changed(data.draw, data.draw(st.sampled_from(PERSONS)).raw)
    forged = re.sub(rb"(?i)commander\.telford@example\.org", OTHER.encode(), raw)
    assert not read(forged)[2]


@settings(GENTLY, max_examples=few(60, 10_000))
@given(st.data(), st.integers(0, 27), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_a_changed_token_never_acts(data, place, letter):
    raw, other = (data.draw(st.sampled_from(OPEN)).raw for _ in range(2))
    for token in (TOKEN, RETURN):
        wrong = token[:place] + letter + token[place + 1 :]
        seen = re.compile(re.escape(token.encode()), re.IGNORECASE)
        raw, other = (seen.sub((wrong if wrong != token else token[::-1]).encode(), one) for one in (raw, other))
    assert not read(changed(data.draw, raw, [other]))[2]


def nested(depth, kind):
    lines = [b"From: commander.telford@example.org\r\n"]
    for number in range(depth):
        if kind == "multipart":
            lines.append(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (number, number))
        else:
            lines.append(b"Content-Type: message/rfc822\r\n\r\n")
    return b"".join(lines) + b"\r\nok\r\n"


def flood(body, kind=b"text/plain"):
    return b"From: commander.telford@example.org\r\nContent-Type: " + kind + b"\r\n\r\n" + body


@st.composite
def floods(draw):
    """Long runs of what makes readers slow: openings that nothing closes."""
    units = (
        b"<",
        b"<a",
        b"<!--",
        b"<a b='",
        b'<a b="',
        b"<blockquote>",
        b"<div>",
        b"&",
        b"&#",
        b">",
        b"> ",
        b"-- \n",
        b"On 1, a wrote\n",
        b"On ",
        b"From: a\n",
        b"wrote: ",
        b"=",
        b"(",
        b"@",
        b"a@",
        b"\n",
        b" ",
        b"_",
        b"____________________\n",
        b"ok\n",
        b"ok ",
        b"1-",
        b"Sent from my ",
        b"-----BEGIN PGP SIGNED MESSAGE-----\n",
        b"CAUTION: ",
        b"CAUTION: e-mail\n",
        b"\xf0\x9f\x91\x8d",
        b"\xe2\x80\x8f",
        b"=?utf-8?q?a?= ",
        b"Kind regards\n",
        b"1! Residential burglary: 941\n",
        b"*",
    )
    unit = draw(st.sampled_from(units)) + draw(st.sampled_from((b"", b"", *units)))
    return unit * (draw(st.sampled_from((3_000, READ_AT_MOST))) // len(unit) + 1)


@settings(GENTLY, max_examples=few(25, 1_000))
@given(
    floods(),
    st.sampled_from((b"text/plain", b"text/html", b"text/plain; format=flowed", b"text/plain\r\nSubject: ")),
    st.booleans(),
)
def test_runs_of_openings_are_read_to_the_end(run, kind, in_the_head):
    raw = flood(b"ok\r\n", kind + b"\r\nTo: " + run.replace(b"\n", b"\r\n ")) if in_the_head else flood(run, kind)
    assert read(raw)[0].kind in {MailKind.PERSON, MailKind.MACHINE}


def test_mails_too_deep_too_large_or_of_too_many_parts_are_read_as_far_as_that_goes():
    deep = [read(nested(1_500, kind))[0].kind for kind in ("multipart", "message")]
    assert [MailKind.UNREADABLE, MailKind.UNREADABLE] == deep
    parts = b"--b\r\n\r\nok\r\n" * 5_000
    assert read(flood(parts, b"multipart/mixed; boundary=b"))[1].act is Act.ACKNOWLEDGE
    assert read(flood(b"ok\r\n\r\n" + b"> " + b"x" * 10_000_000))[1].act is Act.ACKNOWLEDGE
