"""Whoever reads the text part alone learns everything that the HTML says."""

import re

import pytest
from samples.mail_page import PAGES, Element, MailPage

_DATE = re.compile(
    r"\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December) \d{4}"
)
every_name = pytest.mark.parametrize("name", PAGES)


def text_of(name: str) -> str:
    """Return a golden mail's text part without its subject."""
    text = PAGES[name].with_suffix(".txt").read_text(encoding="utf-8")
    return text.partition("\n\n")[2]


def plain(words: str) -> str:
    """Return words for comparing: one case, single spaces, no mark that only arranges them."""
    return " ".join(re.findall(r"[^\W_]+(?:[.,:/'@%£€$+&<>-]*[^\W_%]+)*%?", words.casefold()))


def says_something(element: Element) -> bool:
    """Whether an element's words are more than the heading of a column or a link, whose address the text has."""
    return not any(one.tag == "a" or one.attrs.get("scope") == "col" for one in element.lineage())


@every_name
def test_every_phrase_of_the_html_is_in_the_text(name: str) -> None:
    text = f" {plain(text_of(name))} "
    phrases = {plain(words) for element, words in MailPage.golden(name).body.phrases() if says_something(element)}

    assert len(phrases) > 4
    assert {phrase for phrase in phrases if phrase and f" {phrase} " not in text} == set()


@every_name
def test_every_number_and_date_of_the_html_and_its_pictures_is_in_the_text(name: str) -> None:
    page = MailPage.golden(name)
    html = " ".join([page.body.text, *(image.attrs["alt"] for image in page.body.all("img"))])
    text = " ".join(text_of(name).split())

    for facts in (r"\d[\d,./]*", r"[£€$]?\d[\d,.]*%?", _DATE):
        found = set(re.findall(facts, html))
        assert found - set(re.findall(facts, text)) == set()
    assert re.search(r"\d", html)


@pytest.mark.parametrize("name", [name for name in PAGES if name.startswith("notice")])
def test_what_a_picture_shows_is_said_in_the_text(name: str) -> None:
    text = plain(text_of(name))
    for image in MailPage.golden(name).body.all("img"):
        assert set(plain(image.attrs["alt"]).split()) - set(text.split()) == set()


@every_name
def test_links_are_written_out_in_the_text(name: str) -> None:
    text = text_of(name)

    assert [link.attrs["href"] for link in MailPage.golden(name).body.all("a") if link.attrs["href"] not in text] == []
