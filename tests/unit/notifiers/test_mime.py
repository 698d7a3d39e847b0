"""Mails as they leave: headers, parts, and what no figure or name can slip in."""

import quopri
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from samples.sampling import few

from alerting.domain.notify.notice import Delivery, Message, Picture
from alerting.errors import UsageError
from notifiers.mime import Sender, Unsendable, mail, mailbox_of, one_line

AT = datetime(2020, 10, 15, 7, 30, tzinfo=UTC)
SENDER = Sender.of("Exception alerts <alerts@example.org>", "analyst@example.org")
HEADERS = [
    "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress", "List-Id",
    "MIME-Version", "Content-Type",
]  # fmt: skip


def a_message(**changes):
    parts = {"subject": "subject", "text": "text", "html": "<p>html</p>", **changes}
    return Message(**parts)


def as_sent(message, *, address="owner@example.org", at=AT):
    delivery = Delivery(
        id="d1", notice_id="n1", owner="owner-default", channel="email", address=address,
        message_id="11111111-2222-3333-4444-555555555555@example.org", message=message,
    )  # fmt: skip
    return mail(delivery, message, SENDER, at=at)


def as_read(message, **options):
    return message_from_bytes(as_sent(message, **options), policy=default)


def test_a_mail_carries_what_mail_programs_need():
    read = as_read(a_message())

    assert HEADERS == read.keys()
    assert "Exception alerts <alerts@example.org>" == read["From"]
    assert "owner@example.org" == read["To"]
    assert "analyst@example.org" == read["Reply-To"]
    assert AT == read["Date"].datetime
    assert "<11111111-2222-3333-4444-555555555555@example.org>" == read["Message-ID"]
    assert "<exceptions.example.org>" == read["List-Id"]
    assert ["text/plain", "text/html"] == [part.get_content_type() for part in read.iter_parts()]


def test_another_attempt_differs_in_its_date_alone():
    later = datetime(2020, 10, 16, 9, tzinfo=UTC)

    first, second = as_sent(a_message()), as_sent(a_message(), at=later)

    differing = [(a, b) for a, b in zip(first.splitlines(), second.splitlines(), strict=True) if a != b]
    assert [(b"Date: Thu, 15 Oct 2020 07:30:00 +0000", b"Date: Fri, 16 Oct 2020 09:00:00 +0000")] == differing


PICTURES = (
    Picture(id="chart.a@alerting", png=b"\x89PNG\r\n\x1a\n1"),
    Picture(id="chart.b@alerting", png=b"\x89PNG\r\n\x1a\n2"),
)


def test_pictures_stand_beside_the_html_that_names_them_and_the_text_before_both():
    read = as_read(a_message(html='<img src="cid:chart.a@alerting" alt="x">', pictures=PICTURES))

    assert "multipart/alternative" == read.get_content_type()
    text, related = read.iter_parts()
    assert ("text/plain", "multipart/related") == (text.get_content_type(), related.get_content_type())
    html, *pictures = related.iter_parts()
    assert "text/html" == html.get_content_type()
    assert ["<chart.a@alerting>", "<chart.b@alerting>"] == [part["Content-ID"] for part in pictures]
    assert [picture.png for picture in PICTURES] == [part.get_content() for part in pictures]
    assert {"inline"} == {part.get_content_disposition() for part in pictures}


def test_another_attempt_with_pictures_differs_in_its_date_alone():
    message, later = a_message(pictures=PICTURES), datetime(2020, 10, 16, 9, tzinfo=UTC)

    first, second = as_sent(message), as_sent(message, at=later)

    assert 1 == sum(a != b for a, b in zip(first.splitlines(), second.splitlines(), strict=True))


@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        pytest.param("83%\r\nBcc: x@example.org", "83% Bcc: x@example.org", id="line-break"),
        pytest.param("83%\rBcc: x@example.org", "83% Bcc: x@example.org", id="carriage-return"),
        pytest.param("a\x0bb\x85c\u2028d\u2029e\0f", "a b c d e f", id="other-breaks-and-nul"),
        pytest.param("=?utf-8?q?x=0ABcc:_e?=", "= ?utf-8?q?x=0ABcc:_e?=", id="encoded-word"),
        pytest.param("=?utf-8?b?eApCY2M6IGU=?=", "= ?utf-8?b?eApCY2M6IGU= ?=", id="encoded-word-in-base64"),
        pytest.param("–=?utf-8?q?x=0ABcc:_e?=–", "–= ?utf-8?q?x=0ABcc:_e?=–", id="encoded-word-among-others"),
        pytest.param("=\x00?utf-8?q?x=0ABcc:_e?=", "= ?utf-8?q?x=0ABcc:_e?=", id="encoded-word-made-by-cleaning"),
        pytest.param("=\u202e?utf-8?q?x=0ABcc:_e?=", "= ?utf-8?q?x=0ABcc:_e?=", id="encoded-word-made-by-dropping"),
        pytest.param("a\u202eb\u2066c", "abc", id="writing-direction"),
        pytest.param("half \ud83d", "half ?", id="half-a-character"),
        pytest.param("é" * 400, "é" * 400, id="long-and-accented"),
        pytest.param("word " * 400, ("word " * 400).strip(), id="long"),
    ],
)
def test_a_subject_is_one_line_and_makes_no_header(subject, shown):
    read = as_read(a_message(subject=subject))

    assert shown == read["Subject"]
    assert HEADERS == read.keys()


WORDS = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=75)
SUBJECTS = (
    st.lists(st.one_of(WORDS, st.text(max_size=12), st.sampled_from(["=?utf-8?q?x?=", "–", "é" * 30])))
    .map(" ".join)
    .filter(one_line)
)


@pytest.mark.sampled
@settings(max_examples=few(100, 2_000), deadline=None)
@given(SUBJECTS, st.sampled_from(["owner@example.org", "ö@example.org"]))
@example("x" * 60 + " " + "y" * 8, "owner@example.org")  # fits into one line only
@example("x" * 60 + " " + "y" * 7 + " z", "owner@example.org")
def test_headers_are_written_as_the_library_writes_them_and_begin_on_their_first_line(subject, address):
    """Some mail programs show the first line of a subject alone, which the library leaves empty at times."""
    policy = SMTP.clone(refold_source="none", utf8=not address.isascii())
    library = EmailMessage(policy=policy)
    library["From"] = SENDER.mailbox
    library["To"] = mailbox_of(address)
    library["Reply-To"] = SENDER.reply_to

    sent = as_sent(a_message(subject=subject), address=address)

    ours = library.as_bytes().removesuffix(b"\r\n") + b"Subject:"
    assert sent.startswith(ours)
    library["Subject"] = one_line(subject)
    read = [message_from_bytes(one, policy=policy)["Subject"].strip() for one in (library.as_bytes(), sent)]
    assert read[0] == read[1]
    words = one_line(subject).split()
    if one_line(subject).isascii() and max(map(len, words)) < 60:
        assert sent.removeprefix(ours).startswith(f" {words[0]}".encode())


def test_no_line_is_longer_than_mail_allows():
    sent = as_sent(a_message(subject="é" * 400, text="x" * 5000, html="<p>" + "y" * 5000))

    assert 78 >= max(len(line) for line in sent.splitlines())


@pytest.mark.parametrize(
    ("text", "read"),
    [
        pytest.param("a\n.\nb\n", "a\n.\nb\n", id="a-dot-alone"),
        pytest.param("a\rb\r\nc\n", "a\nb\nc\n", id="every-kind-of-line-end"),
        pytest.param("83 % – é ☃\n", "83 % – é ☃\n", id="beyond-ascii"),
        pytest.param("a\0b \ud83d\n", "a b ?\n", id="what-no-mail-can-hold"),
    ],
)
def test_the_text_arrives_as_written(text, read):
    body = as_read(a_message(text=text)).get_body(("plain",)).get_content()

    assert read == body.replace("\r\n", "\n")


PIECES = st.sampled_from(
    [*"ab .=\t-_?\n\r\f", "\r\n", "é", "\u2028", "\x85", "\x0b", "From ", "--=_", "x" * 80, "." * 75, " " * 75]
)


@pytest.mark.sampled
@settings(max_examples=few(75, 1_000), deadline=None)
@given(st.lists(PIECES, max_size=12).map("".join))
def test_any_text_arrives_as_written(text):
    read = as_read(a_message(text=text, html=text))

    for kind in ("plain", "html"):
        part = read.get_body((kind,))
        found = quopri.decodestring(part.get_payload().encode()).decode().replace("\r\n", "\n")
        lines = text.replace("\r\n", "\n").replace("\r", "\n")
        assert lines + "\n" * (not lines.endswith("\n")) == found + "\n" * (not found.endswith("\n"))
    assert 78 >= max(len(line) for line in as_sent(a_message(text=text, html=text)).split(b"\r\n"))


def test_a_picture_whose_identity_could_be_a_header_is_refused():
    with pytest.raises(Unsendable, match="cannot name a picture"):
        as_sent(a_message(pictures=(Picture(id='x"\r\nBcc: e@y.org', png=b"1"),)))


def test_threading_headers_stay_as_they_are_however_long():
    root = f"<{'a' * 100}@example.org>"
    headers = (("References", root), ("List-Id", "Digests <digests.example.org>"))

    read = as_read(a_message(headers=headers))

    assert (root, "Digests <digests.example.org>") == (read["References"], read["List-Id"])
    assert f"References: {root}\r\n".encode() in as_sent(a_message(headers=headers))


@pytest.mark.parametrize("name", ["Bcc", "bcc", "From", "Content-Type", "MIME-Version", "X Y", "X:", "", "X\r\nBcc"])
def test_a_message_cannot_set_our_headers(name):
    with pytest.raises(Unsendable):
        as_sent(a_message(headers=((name, "x"),)))


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("post@example.org", id="plain"),
        pytest.param("o'brien+calls@west-mercia.example.org", id="marks"),
        pytest.param(f"{'a' * 64}@example.org", id="longest-local-part"),
    ],
)
def test_an_address_is_read_as_it_is(address):
    assert address == mailbox_of(address).addr_spec


@pytest.mark.parametrize(
    "address",
    [
        "", " ", "post", "@example.org", "post@", "a@x.org;b@y.org", "a@x.org, b@y.org", "a@b@c.org", "a@x.org<e@y.org>",
        "a@x.org <b@y.org> <c@z.org>", "Name <a@x.org>", "alice@example.org)bob@example.org", "g: a@x.org, b@y.org;",
        "<@a:b@c.org>",
        '"a b"@x.org', 'a"b"@x.org', "a..b@x.org", ".a@x.org", "a.@x.org", "a@x..org", "a@x.org.", "a@-x.org", "a@[127.0.0.1]",
        "a@é。org", "a@localhost", f"{'a' * 65}@example.org", f"a@{'b' * 250}.org", "a@x.org\r\nRCPT TO:<e@y.org>",
        "a@x.org\n", "a@x.org\0",
    ],
)  # fmt: skip
def test_an_address_that_programs_read_differently_is_refused(address):
    with pytest.raises(Unsendable, match="no mail address"):
        mailbox_of(address)


@pytest.mark.parametrize(
    ("mail_from", "name"),
    [
        pytest.param("alerts@example.org", "", id="no-name"),
        pytest.param("Exception alerts <alerts@example.org>", "Exception alerts", id="name"),
        pytest.param('"Alerts, Performance" <alerts@example.org>', "Alerts, Performance", id="quoted"),
        pytest.param("=?utf-8?q?x=0ABcc:_e?= <alerts@example.org>", "= ?utf-8?q?x=0ABcc:_e?=", id="encoded-word"),
    ],
)
def test_a_sender_may_have_a_name(mail_from, name):
    mailbox = Sender.of(mail_from, None).mailbox

    assert (name, "alerts@example.org") == (mailbox.display_name, mailbox.addr_spec)


@pytest.mark.parametrize(
    ("mail_from", "reply_to", "setting"),
    [
        pytest.param("nobody", None, "ALERTING_MAIL_FROM", id="no-address"),
        pytest.param("x@example.org<a@example.org>", None, "ALERTING_MAIL_FROM", id="two-addresses"),
        pytest.param("Alerts\r\nBcc: x <a@example.org>", None, "ALERTING_MAIL_FROM", id="line-break"),
        pytest.param("a@example.org", "a@b@c", "ALERTING_REPLY_TO", id="reply-to"),
    ],
)
def test_a_wrong_sender_names_its_setting(mail_from, reply_to, setting):
    with pytest.raises(UsageError, match=setting):
        Sender.of(mail_from, reply_to)


def test_what_is_one_line_already_stays():
    assert "999 calls: 83%, below 90% (West Mercia)" == one_line("999 calls: 83%, below 90% (West Mercia)")


def test_exchange_is_asked_for_no_automatic_answers_and_for_delivery_reports_all_the_same():
    asked = as_read(a_message())["X-Auto-Response-Suppress"]
    assert {"DR", "RN", "NRN", "OOF", "AutoReply"} == set(asked.split(", "))
