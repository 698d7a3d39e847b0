"""A mail's parts, character sets and headers, as broken as they come."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerting.replies.bodies import body_text
from alerting.replies.decoding import decoded_words, text_of, transferred
from alerting.replies.heads import head_of, less_comments, parameter, plain_value
from alerting.replies.html_text import text_from_html
from alerting.replies.parts import MOST_DEPTH, MOST_PARTS, READ_AT_MOST, tree_of


def body(head, text):
    return body_text(tree_of(f"{head}\n\n{text}".encode("utf-8", "surrogateescape")).root)


@pytest.mark.parametrize(
    ("octets", "charset", "text"),
    [
        (b"Stra\xc3\x9fe", "utf-8", "Straße"),
        (b"Stra\xdfe", "utf-8", "Straße"),
        (b"Stra\xdfe", "us-ascii", "Straße"),
        (b"Stra\xc3\x9fe", "us-ascii", "Straße"),
        (b"\x93ok\x94", "iso-8859-1", "“ok”"),
        (b"\xa4", "iso-8859-15", "€"),
        (b"o\0k\0", "utf-16-le", "ok"),
        (b'\x1b$B$"\x1b(B', "iso-2022-jp", "あ"),
        (b"ok", "x-nobody-knows", "ok"),
        (b"ok", "rot13", "ok"),
        (b"ok", "zip", "ok"),
        (b"ok", "punycode", "ok"),
        (b"\\x6f", "unicode_escape", "\\x6f"),
        (b"ok", "undefined", "ok"),
        (b"ok", '"utf-8"', "ok"),
        (b"ok", "a\0b", "ok"),
        (b"\xff", "utf-16", "\ufffd"),
        (b"\x81", "", "\ufffd"),
    ],
)  # fmt: skip
def test_octets_become_text_in_any_character_set(octets, charset, text):
    assert text == text_of(octets, charset)


@pytest.mark.parametrize(
    ("octets", "encoding", "found"),
    [
        (b"b2s=", "base64", b"ok"),
        (b"b2s", "BASE64 ", b"ok"),
        (b"b2\n s!=", "base64", b"ok"),
        (b"b2sgb", "base64", b"ok "),
        (b"b", "base64", b""),
        (b"=6F=\nk", "quoted-printable", b"ok"),
        (b"=6F=Zk", "quoted-printable", b"o=Zk"),
        (b"=", "quoted-printable", b""),
        (b"=6F", "8bit", b"=6F"),
        (b"=6F", "x-unknown", b"=6F"),
    ],
)
def test_transfer_encodings_give_what_can_be_read(octets, encoding, found):
    assert found == transferred(octets, encoding)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("=?utf-8?q?a_=C3=9F?=", "a ß"),
        ("=?utf-8?b?w58=?= =?utf-8?b?w58=?=", "ßß"),
        ("x =?iso-8859-1?Q?=DF?= y", "x ß y"),
        ("=?utf-8*de?q?a?=", "a"),
        ("=?x-none?q?a?=", "a"),
        ("=?utf-8?x?a?=", "=?utf-8?x?a?="),
        ("=?utf-8?b?!?=", ""),
        ("a\n b", "a b"),
    ],
)
def test_encoded_words_are_decoded(value, text):
    assert text == decoded_words(value)


def test_a_head_is_unfolded_and_keeps_its_order():
    head = head_of(b"A: 1\nb:  two\n\tlines\nno header\n : none\nA: 3\nC:\n")
    assert ("1", "3") == head.all("a")
    assert ["two lines", "", "", True, False] == [
        head.first("b"),
        head.first("c"),
        head.first("d"),
        head.has("c"),
        head.has("d"),
    ]


@pytest.mark.parametrize(
    ("value", "name", "found"),
    [
        ('multipart/mixed; boundary="a;b"', "boundary", "a;b"),
        (r'multipart/mixed; boundary="a\"b"', "boundary", 'a"b'),
        ("multipart/mixed; Boundary = ab ; x=y", "boundary", "ab"),
        ("multipart/mixed", "boundary", ""),
        ('multipart/mixed; x="boundary=no"; boundary=ab', "boundary", "ab"),
    ],
)
def test_parameters_are_found_quoted_or_not(value, name, found):
    assert found == parameter(value, name)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("a (b (c) d) e", "a   e"),
        ('"a (b)" c', '"a (b)" c'),
        (r"a (b \) c) d", "a   d"),
        ("a(b)c", "a c"),
        ("a (never closed", "a "),
        ("a) b", "a) b"),
    ],
)
def test_comments_nest_and_quoted_strings_stay(value, found):
    assert found == less_comments(value)
    assert "text/plain" == plain_value(f"(x) TEXT/plain{value and '; '}{value}")


def test_parts_are_told_apart_by_the_whole_of_their_boundary():
    inner = "--ab\nContent-Type: multipart/mixed; boundary=abc\n\n--abc\n\none\n--abc--\n--ab\n\ntwo\n--ab  \n\nthree"
    assert "one\ntwo\nthree" == body("Content-Type: multipart/mixed; boundary=ab", inner)


@pytest.mark.parametrize(
    ("head", "text", "found"),
    [
        pytest.param("Content-Type: multipart/mixed; boundary=b", "preamble\n--b--\nepilogue", "", id="no part at all"),
        pytest.param("Content-Type: multipart/mixed", "--b\n\nok", "", id="no boundary"),
        pytest.param("Content-Type: multipart/mixed; boundary=b", "--b\n\nok", "ok", id="cut off"),
        pytest.param("Content-Type: rubbish", "ok", "ok", id="a type that is none"),
        pytest.param("Content-Type: image/png", "ok", "", id="a picture"),
        pytest.param("X: y", "ok", "ok", id="no type"),
        pytest.param("Content-Type: text/plain; name=a.txt", "ok", "ok", id="the mail itself is no attachment"),
        pytest.param("Content-Type: application/xhtml+xml", "<p>ok</p>", "ok", id="XHTML"),
        pytest.param(
            "Content-Type: multipart/digest; boundary=b", "--b\n\nSubject: x\n\nok\n--b--", "", id="a digest of mails"
        ),
        pytest.param(
            "Content-Type: multipart/related; boundary=b", "--b\n\nok\n--b\n\nno\n--b--", "ok", id="related: the first"
        ),
        pytest.param("Content-Type: multipart/signed; boundary=b", "", "", id="signed and empty"),
    ],
)
def test_the_words_of_a_mail_are_those_of_its_writer(head, text, found):
    assert found == body(head, text).strip("\n")


@pytest.mark.parametrize(
    ("text", "how", "found"),
    [
        ("one \ntwo", "", "one two"),
        ("one \ntwo", "; delsp=yes", "onetwo"),
        ("> one \n> two", "", "> one two"),
        (">> a \n> b", "", ">> a \n> b"),
        (" >not a quote", "", " >not a quote"),
        (" From here", "", "From here"),
        ("one \n-- \nname", "", "one \n-- \nname"),
        ("-- \nname", "", "-- \nname"),
        ("one\ntwo", "", "one\ntwo"),
    ],
)
def test_flowed_lines_are_joined(text, how, found):
    assert found == body(f"Content-Type: text/plain; format=flowed{how}", text)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("a<br>b<br><br>c", "a\nb\n\nc"),
        ("<div>a<div>b</div></div>", "a\nb"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>c", "> a\n>\n>> b\n>>\nc"),
        ("</blockquote>a", "a"),
        ("<pre>a  b\n c</pre>", "a  b\n c"),
        ("a\n   b", "a b"),
        ("<head><title>t</title></head><body>a", "a"),
        ("<head><body>a", "a"),
        ("<script>x<y</script>a", "a"),
        ("<style/>a", "a"),
        ("a<!-- b -->c", "ac"),
        ("a<!-- b", "a b"),
        ("<a title='x<y'>z</a>", "z"),
        ("a &lt;b&gt; &amp;c", "a <b> &c"),
        ("1 < 2 and <3", "1 < 2 and <3"),
        ("<a title='x>y'>z</a>", "z"),
        ('<a title="x>y">z</a>', "z"),
        ('<a title="x>z</a>', "z"),
        ("<", "<"),
        ("<p", "<p"),
        ("<?xml version='1'?><p>a", "a"),
        ("", ""),
    ],
)
def test_html_is_read_as_it_is_seen(html, text):
    assert text == text_from_html(html)


def test_pictures_words_are_given_where_they_are_asked_for():
    page = """a <img alt="a &amp; b" src=x>c<img alt='d'><img src=y>"""
    assert ("a c", "a\na & b\nc\nd") == (text_from_html(page), text_from_html(page, alts=True))


@given(st.text(alphabet="<>/!-ab\"'= \n&;", max_size=60))
def test_any_html_is_read(page):
    text_from_html(page)


@given(st.binary(max_size=300))
def test_any_octets_are_read(octets):
    tree_of(octets)
    head_of(octets)
    for encoding in ("base64", "quoted-printable"):
        transferred(octets, encoding)
    text_of(octets, octets.decode("latin-1"))


def test_only_the_beginning_and_so_many_parts_and_levels_are_read():
    many = tree_of(b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 1_000)
    assert MOST_PARTS == len(many.root.parts)
    assert len(tree_of(b"\n" + b"x" * 1_000_000).root.body) == READ_AT_MOST - 1
    levels = [b"Content-Type: message/rfc822\n\n" * depth for depth in (MOST_DEPTH, MOST_DEPTH + 1, MOST_DEPTH + 300)]
    assert [False, True, True] == [tree_of(mail + b"X: y\n\nok").too_deep for mail in levels]


def test_an_attached_mail_in_base64_is_looked_into_too():
    inner = base64.b64encode(b"Content-Type: text/x\r\n\r\nok").decode()
    root = tree_of(f"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n{inner}".encode()).root
    assert ["message/rfc822", "text/x"] == [part.kind for part in root.walk()]
