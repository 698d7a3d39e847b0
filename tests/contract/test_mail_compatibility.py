"""What mails are made of is understood by the programs that people read them in, or is missed by nobody.

`tests/reference/mail_programs.csv` says what Outlook for Windows, Outlook.com, Gmail and Apple Mail make of each element, attribute
and CSS property: yes, part, no, unknown. It was taken from caniemail.com (data of 9 September 2025, MIT licence): the newest
version of each program, the worst of Gmail's and of Apple Mail's.
"""

import csv
import re
from pathlib import Path

import pytest
from samples.mail_page import PAGES, Element, MailPage

with (Path(__file__).parents[1] / "reference" / "mail_programs.csv").open(encoding="utf-8", newline="") as _file:
    SUPPORT = {(row.pop("kind"), row.pop("name")): row for row in csv.DictReader(_file)}
#: Older than HTML mail: every program knows them, and the list does not have them.
BASIC = {
    *(("element", tag) for tag in ("a", "br", "head", "html", "li", "meta", "tbody", "td", "th", "title", "tr")),
    *(("property", name) for name in ("color", "font-family")),
}
#: Longer names of what the list has.
SAME = {
    ("property", longer): ("property", short)
    for short, longer in (
        *(("border", f"border-{part}") for part in ("bottom", "top", "color", "style", "width")),
        ("padding", "padding-left"), ("margin", "margin-left"),
    )
}  # fmt: skip
#: What some program does not do, and why nobody misses it.
HARMLESS = {
    ("at-rule", "@media"): "margins on narrow screens and dark colours; without, the mail is a little wider and light",
    ("at-rule", "@media (prefers-color-scheme)"): "programs without it turn the colours themselves",
    ("element", "style"): "holds media queries alone",
    ("element", "body"): "becomes a div; colours and margins are on the table inside",
    ("element", "ul"): "only `reversed` and `value` are missing",
    ("attribute", "width"): "in pixels, or 100% on tables; only a percentage on a picture is read otherwise",
    ("attribute", "height"): "in pixels",
    ("property", "border"): "under a cell; missing under paragraphs alone",
    (
        "property",
        "display",
    ): "inline-block and block: a tag loses its margin, a picture stands in a paragraph of its own",
    ("property", "font-size"): "in pixels",
    ("property", "font-weight"): "bold and normal",
    ("property", "height"): "auto, beside an attribute",
    ("property", "line-height"): "a little more or less air",
    ("property", "list-style"): "the type alone",
    ("property", "margin"): "never negative, never on a span",
    ("property", "max-width"): "of a table; a picture has its attribute",
    ("property", "overflow-wrap"): "long words are broken by word-break, or make the mail wider",
    ("property", "padding"): "carries no layout outside cells",
    ("property", "table-layout"): "cells have their widths as attributes",
    ("property", "text-align"): "left, right and center",
    ("property", "white-space"): "a mark may break between shape and word",
    ("property", "width"): "of tables and cells, beside an attribute",
    ("property", "word-break"): "breaks somewhat earlier",
}
every_page = pytest.mark.parametrize("page", [MailPage.golden(name) for name in PAGES], ids=list(PAGES))


def used(page: MailPage) -> set[tuple[str, str]]:
    """Return everything of a mail that a program might not know."""
    elements = list(page.root.all())
    found = {("element", element.tag) for element in elements}
    found |= {("attribute", name) for element in elements for name in element.attrs if ("attribute", name) in SUPPORT}
    styles = [element.style for element in elements]
    for query, rules in page.media.items():
        found |= {
            ("at-rule", "@media"),
            *([("at-rule", f"@media {query.split(':')[0]})")] if "prefers" in query else []),
        }
        styles += [body for _, body in rules]
    found |= {("property", name) for style in styles for name in style if not name.startswith("-")}
    found |= {
        ("value", f"display:{style['display']}") for style in styles if style.get("display") in ("flex", "grid", "none")
    }
    return {SAME.get(one, one) for one in found}


@every_page
def test_a_mail_is_made_of_what_is_known(page: MailPage) -> None:
    assert used(page) - BASIC - SUPPORT.keys() == set()


@every_page
def test_what_a_program_does_not_do_is_missed_by_nobody(page: MailPage) -> None:
    lacking = {one for one in used(page) & SUPPORT.keys() if set(SUPPORT[one].values()) != {"yes"}}

    assert lacking - HARMLESS.keys() == set()


def test_nothing_is_called_harmless_that_is_not_used() -> None:
    assert HARMLESS.keys() - set().union(*(used(MailPage.golden(name)) for name in PAGES)) == set()


@every_page
def test_layout_does_not_hang_on_what_outlook_leaves_out(page: MailPage) -> None:
    padded = {e.tag for e in page.root.all() if e.style.get("padding", "0").strip("0") and "tag" not in e.classes}
    sized = [e for e in page.root.all("table", "td", "img") if "width" in e.style and not has_width(e)]

    assert padded <= {"td", "th", "ul"}
    assert sized == []
    assert all(image.attrs["width"].isdigit() and image.attrs["height"].isdigit() for image in page.root.all("img"))
    assert not re.search(r"margin[^:;]*:[^;\"]*-\d", page.html)


def has_width(element: Element) -> bool:
    # A table of figures may be narrower: nothing stands beside it.
    return "width" in element.attrs or "rows" in element.classes


@every_page
def test_outlook_alone_is_given_a_fixed_width_and_its_table_is_closed(page: MailPage) -> None:
    opened, closed = (comment for comment in page.comments if comment.startswith("[if mso]"))

    assert 'width="600"' in opened
    assert opened.count("<t") == closed.count("</t")
    assert page.unclosed == []


@every_page
def test_nothing_is_fetched_run_or_sent(page: MailPage) -> None:
    elements = list(page.root.all())
    sources = {
        e.attrs[name][:4] for e in elements for name in ("src", "srcset", "background", "data") if name in e.attrs
    }
    links = {e.attrs["href"].partition(":")[0] for e in elements if "href" in e.attrs}

    assert sources <= {"cid:"}
    assert links <= {"https", "http"}
    assert {e.tag for e in elements if "href" in e.attrs} <= {"a"}
    assert {e.tag for e in elements} & {
        "script",
        "form",
        "input",
        "button",
        "iframe",
        "object",
        "link",
        "base",
        "svg",
    } == set()
    assert [name for e in elements for name in e.attrs if name.startswith("on")] == []
    assert not re.search(r"url\(|@import|expression\(", page.html)
    assert {meta.attrs.get("http-equiv") for meta in page.root.all("meta")} == {None}
