"""The matrix of mails that come back: each with what must happen, the exact text kept; then what changes of them do."""

import html
import re
import textwrap
from collections import Counter
from pathlib import Path

import pytest
from samples.replies import MATRIX
from samples.replies.cases import ITEMS, KEY, MESSAGE, READER, SERVER, TOLD

from alerting.replies.answering import answer
from alerting.replies.incoming import Act, MailKind
from alerting.replies.reading import read_mail
from alerting.replies.token import opened
from alerting.replies.told import forms

GOLDEN = Path(__file__).parents[1] / "golden"
OWN = ("alerts@example.org",)


def read(raw):
    incoming = read_mail(raw, own=OWN, server=SERVER)
    return incoming, answer(incoming, told=TOLD, items=ITEMS)


@pytest.mark.parametrize("case", MATRIX, ids=lambda case: f"{case.number} {case.name}")
def test_the_matrix(case):
    incoming, said = read(case.raw)
    assert (case.kind, case.act, case.items) == (incoming.kind, said.act, said.items)
    assert case.comment == said.comment
    assert (case.why, case.cut, case.reports) == (said.why, said.cut, incoming.reports)
    assert case.opens == any(opened([KEY], token.text, MESSAGE, READER) for token in incoming.tokens)


def shown(page):
    """Return a page as some program turns it into text: every tag ends a line, nothing is wider than 60 characters."""
    text = html.unescape(re.sub(r"<[^>]*>", "\n", re.sub(r"(?s)<head.*?</head>", "", page)))
    return "\n".join(wrapped for line in text.split("\n") for wrapped in textwrap.wrap(line, 60))


NAMES = sorted(path.stem for path in GOLDEN.glob("*.html") if path.with_suffix(".txt").exists())


def golden(name):
    """Return a notice as text, less its subject, and as HTML."""
    text, page = ((GOLDEN / name).with_suffix(suffix).read_text(encoding="utf-8") for suffix in (".txt", ".html"))
    return text.partition("\n\n")[2], page


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("of_html", [False, True], ids=["text", "HTML"])
@pytest.mark.parametrize(
    "head", ["", "From: P <alerts@example.org>\nSent: Thursday\nTo: C\nSubject: x\n\n"], ids=["bare", "head"]
)
def test_no_line_of_any_notice_is_a_comment_however_it_is_quoted(name, of_html, head):
    text, page = golden(name)
    quote = head + (shown(page) if of_html else text)
    found = []
    for said in (quote, f"ok\n\n{quote}", f"{quote}\n\nnot mine\nAnother force looks into it.\n"):
        raw = f"From: c@example.org\nContent-Type: text/plain; charset=utf-8\n\n{said}".encode()
        one = answer(read_mail(raw), told=forms(text, page), items=20)
        found.append((one.act, one.comment))
    assert [(Act.NONE, ""), (Act.ACKNOWLEDGE, ""), (Act.NOT_MINE, "Another force looks into it.")] == found


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", [27, 45])
def test_a_quote_whose_lines_were_broken_without_marks_is_no_comment(name, width):
    text, page = golden(name)
    lines = [piece for line in text.split("\n") for piece in textwrap.wrap(f"> {line}", width)]
    said = "ok\n\nOn 15 October 2020 at 07:00 P <alerts@example.org> wrote:\n" + "\n".join(lines)
    one = answer(read_mail(f"From: c@example.org\n\n{said}".encode()), told=forms(text, page), items=1)
    assert (Act.ACKNOWLEDGE, "") == (one.act, one.comment)


def test_the_numbers_of_the_matrix_are_in_order_and_more_than_eighty():
    assert list(range(1, len(MATRIX) + 1)) == [case.number for case in MATRIX]
    assert len(MATRIX) > 80
    assert set(MailKind) == {case.kind for case in MATRIX}
    assert [] == [raw for raw, count in Counter(case.raw for case in MATRIX).items() if count > 1]
