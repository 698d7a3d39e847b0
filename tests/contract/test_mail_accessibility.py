"""Mails can be read by everybody: by a screen reader, without colours, in the light and in the dark."""

from collections import Counter
from itertools import pairwise

import pytest
from samples.mail_page import PAGES, Element, MailPage

#: WCAG 2.2, 1.4.3 (AA): small letters against what is behind them.
LEAST_CONTRAST = 4.5
DARK = "(prefers-color-scheme: dark)"
#: As programs show what no style colours.
DEFAULTS = {None: ("#000000", "#ffffff"), DARK: ("#ffffff", "#121212")}
every_page = pytest.mark.parametrize("page", [MailPage.golden(name) for name in PAGES], ids=list(PAGES))


@every_page
def test_a_mail_says_its_language_its_title_and_what_it_is_about(page: MailPage) -> None:
    (html,) = page.root.all("html")
    (title,) = page.root.all("title")
    (heading,) = page.root.all("h1")

    assert html.attrs["lang"] == "en-GB"
    assert title.text and heading.text
    assert [element.attrs["role"] for element in page.root.all() if element.attrs.get("role") == "main"] == ["main"]


@every_page
def test_headings_go_down_one_level_at_a_time_and_none_is_empty(page: MailPage) -> None:
    headings = list(page.body.all("h1", "h2", "h3", "h4"))
    levels = [int(heading.tag[1]) for heading in headings]

    assert levels[0] == 1
    assert [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1] == []
    assert all(heading.text for heading in headings)


@every_page
def test_tables_are_for_layout_or_have_headings(page: MailPage) -> None:
    for table in page.body.all("table"):
        own = [one for one in table.all("th", "td") if next(t for t in one.lineage() if t.tag == "table") is table]
        headings = [cell for cell in own if cell.tag == "th"]
        if table.attrs.get("role") == "presentation":
            assert headings == []
        else:
            assert {cell.attrs.get("scope") for cell in headings} <= {"col", "row", "rowgroup"}
            assert headings and all(cell.text for cell in headings)
            assert len(set(Counter(id(cell.parent) for cell in own).values()) - {1}) == 1


@every_page
def test_pictures_are_said_in_words_and_links_say_where_they_lead(page: MailPage) -> None:
    assert all(len(image.attrs["alt"]) > 40 for image in page.body.all("img"))
    assert all(len(link.text.split()) > 1 and "://" not in link.text for link in page.body.all("a"))


@every_page
def test_shapes_are_hidden_from_screen_readers_and_stand_before_words(page: MailPage) -> None:
    for shape in (element for element in page.body.all() if "aria-hidden" in element.attrs):
        assert shape.attrs["aria-hidden"] == "true"
        assert len(shape.text) == 1 and not shape.text.isalnum()
        assert shape.parent is not None
        assert any(character.isalpha() for character in shape.parent.text)


@every_page
@pytest.mark.parametrize("medium", [pytest.param(None, id="light"), pytest.param(DARK, id="dark")])
def test_words_stand_out_from_what_is_behind_them(page: MailPage, medium: str | None) -> None:
    shown = {(*colours(page, element, medium), element.tag) for element, _ in page.body.phrases()}
    shown |= {(*colours(page, image, medium), "img") for image in page.body.all("img")}

    assert shown
    assert {one for one in shown if contrast(one[0], one[1]) < LEAST_CONTRAST} == set()


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        pytest.param("#000000", "#ffffff", 21.0, id="most"),
        pytest.param("#777777", "#777777", 1.0, id="none"),
        pytest.param("#ffffff", "#767676", 4.54, id="the-lightest-grey-on-white"),
        pytest.param("#0000ff", "#ffffff", 8.59, id="blue"),
    ],
)
def test_contrast_is_counted_as_the_guidelines_do(one: str, other: str, ratio: float) -> None:
    assert round(contrast(one, other), 2) == ratio == round(contrast(other, one), 2)


def colours(page: MailPage, element: Element, medium: str | None) -> tuple[str, str]:
    """Return the colour of an element's words and of what is behind them."""
    front, back = (_first(page, element, name, medium) for name in ("color", "background-color"))
    return front or DEFAULTS[medium][0], back or DEFAULTS[medium][1]


def _first(page: MailPage, element: Element, name: str, medium: str | None) -> str | None:
    found = (page.shown(one, name, medium=medium) for one in element.lineage())
    return next((colour for colour in found if colour is not None), None)


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours.

    Source: WCAG 2.2, "contrast ratio" and "relative luminance".
    """
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour such as #1b1f23."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
