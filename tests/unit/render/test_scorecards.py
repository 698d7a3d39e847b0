"""Scorecards as pages: what stands on which sheet, what has no room, how areas are shown, and how many sheets a browser prints."""

import re
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples.mail_page import MailPage
from samples.sampling import few, first
from samples.scorecards import BROWSER, a_figure, a_line, a_view, contradictions, pages_in

from alerting.domain.severity import Severity
from alerting.render.paper import first_that_fit, lines_of, width_mm
from alerting.render.printing import page_of_message, print_pdf
from alerting.render.scorecard import render_scorecard
from alerting.reports.watched import FigureState

CONCERN, CHANGE, IMPROVEMENT, EXPECTED, NOT_KNOWN = FigureState
LONG = (
    "Victims of domestic abuse who were told within five working days what became of their case, by their own account"
)
WIDE = "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW"
VIEWS = {
    "empty": a_view(),
    "one-measure": a_view([a_line(1)]),
    "one-area": a_view([a_line(1, areas=1)]),
    "nothing-known": a_view([a_line(n, NOT_KNOWN, lead=a_figure(NOT_KNOWN, value="")) for n in range(30)]),
    "eight-areas": a_view([a_line(n, areas=8) for n in range(20)]),
    "thirty-one-areas": a_view([a_line(n, CONCERN, areas=31) for n in range(12)]),
    "a-hundred-areas": a_view([a_line(n, areas=100) for n in range(3)]),
    "many-measures": a_view([a_line(n, FigureState(n % 5)) for n in range(60)], [a_line(n, CONCERN) for n in range(60, 120)]),
    "long-words": a_view([a_line(n, CONCERN, measure=LONG, title=f"{LONG} {n}", held_against=(LONG, LONG)) for n in range(40)]),
    "wide-words": a_view([a_line(n, CONCERN, measure=WIDE, title=f"{WIDE} {n}", change=WIDE) for n in range(40)]),
    "many-themes": a_view(*([a_line(n)] for n in range(40))),
    "all-of-it": a_view(
        *([a_line(10 * t + n, FigureState(n % 5), areas=(0, 5, 31)[n % 3]) for n in range(10)] for t in range(6))
    ),
}  # fmt: skip
#: Those that fill sheets in ways of their own come first.
PRINTED = sorted(VIEWS, key=lambda name: name not in ("all-of-it", "long-words", "empty"))


@pytest.mark.parametrize("name", VIEWS)
def test_a_scorecard_contradicts_neither_its_counts_nor_itself(name):
    view = VIEWS[name]

    assert [] == list(contradictions(view, render_scorecard(view)))


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on the path: that two sheets are printed is not tried")
@pytest.mark.parametrize("name", first(3, PRINTED))
def test_a_browser_prints_two_sheets_whatever_is_on_them(name, tmp_path):
    page, pdf = tmp_path / "page.html", tmp_path / "page.pdf"
    page.write_text(page_of_message(render_scorecard(VIEWS[name])), encoding="utf-8")

    assert print_pdf(page, pdf, Path(BROWSER)) is None
    assert 2 == pages_in(pdf.read_bytes())


def any_line(rng, number):
    words = " ".join(rng.choices(("Calls", "WWW", "of victims", "domestic abuse", "x" * 40, "a"), k=rng.randint(1, 8)))
    held = tuple(rng.choices(("standard 90%", "limits 603 to 757", LONG), k=rng.randint(0, 3)))
    return a_line(
        number, rng.choice(list(FigureState)), areas=rng.choice((0, 0, 1, 5, 8, 31, 60)), measure=f"{words} {number}",
        title=f"{words} {number}", held_against=held,
    )  # fmt: skip


def any_view(seed):
    """Up to four themes of up to forty measures."""
    rng = Random(seed)
    themes = [[any_line(rng, 100 * theme + n) for n in range(rng.randint(0, 40))] for theme in range(rng.randint(0, 4))]
    return a_view(*(sorted(lines, key=lambda line: line.weight) for lines in themes))


@pytest.mark.sampled
@settings(max_examples=few(25, 300), deadline=None)
@given(st.integers(0, 2**32))
def test_whatever_is_watched_is_shown_or_owned_up_to(seed):
    view = any_view(seed)

    assert [] == list(contradictions(view, render_scorecard(view)))


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on the path: that two sheets are printed is not tried")
@pytest.mark.parametrize("seed", first(1, range(60)))
def test_a_browser_prints_two_sheets_of_whatever_is_watched(seed, tmp_path):
    page, pdf = tmp_path / "page.html", tmp_path / "page.pdf"
    page.write_text(page_of_message(render_scorecard(any_view(seed))), encoding="utf-8")

    assert print_pdf(page, pdf, Path(BROWSER)) is None
    assert 2 == pages_in(pdf.read_bytes())


def test_what_has_no_room_is_of_the_least_weight_and_named():
    view = a_view([a_line(n) for n in range(80)], [a_line(n, CONCERN) for n in range(100, 110)])
    body = MailPage(render_scorecard(view).html).body.text

    assert all(f"Calls {n} 83%" in re.sub(r"[–\s]+", " ", body) for n in range(100, 110))
    assert re.search(
        r"\d+ measures of lesser weight for which there is no room: \d+ as expected: Calls \d+ 83%, ", body
    )


def test_a_theme_that_goes_on_says_so():
    body = MailPage(render_scorecard(a_view([a_line(n) for n in range(50)])).html).body.text

    assert 1 == body.count("Theme 1 (goes on)")


def test_areas_of_several_measures_have_columns_with_their_initials():
    names = ("Herefordshire", "North Worcestershire", "South Worcestershire")
    areas = tuple(a_figure(area=name, area_place=n + 1, area_unsaid=False) for n, name in enumerate(names))
    none = MailPage(render_scorecard(a_view([a_line(1), a_line(2)])).html)
    both = MailPage(render_scorecard(a_view([replace(a_line(1), areas=areas)])).html)

    assert [] == [one.text for one in none.body.all("abbr")]
    assert ["He", "NW", "SW"] == [one.text for one in both.body.all("abbr")]
    assert "Areas: He Herefordshire, NW North Worcestershire, SW South Worcestershire." in both.body.text


def test_areas_that_begin_alike_are_told_apart():
    names = ("Northwick", "Norton", "Norfolk")
    areas = tuple(a_figure(area=name, area_place=n + 1, area_unsaid=False) for n, name in enumerate(names))
    page = MailPage(render_scorecard(a_view([replace(a_line(1), areas=areas)])).html)

    assert ["1", "2", "3"] == [one.text for one in page.body.all("abbr")]


def test_of_thirty_one_areas_each_has_a_mark_and_the_exceptional_ones_their_names():
    page = MailPage(render_scorecard(a_view([a_line(1, areas=31)])).html)
    (strip,) = (row for row in page.body.all("tr") if "st" in row.classes)

    assert 31 == sum("m" in span.classes for span in strip.all("span"))
    assert "! Ward 1 83%, Ward 4 83%," in strip.text
    assert "and 3 more; 20 as expected" in strip.text


def test_severity_is_weight_and_what_is_critical_says_so():
    view = a_view([a_line(1, CONCERN, lead=a_figure(CONCERN, severity=Severity.CRITICAL)),
                   a_line(2, CONCERN, lead=a_figure(CONCERN, severity=Severity.INFO))])  # fmt: skip
    html = render_scorecard(view).html

    assert (
        '<span class="m concern" role="img" aria-label="Concern, critical">!</span> Concern <span class="badge">critical</span>'
        in html
    )
    assert '<span class="m out-concern" role="img" aria-label="Concern, for information">!</span>' in html


def test_the_subject_counts_as_a_digest_does():
    assert render_scorecard(a_view([a_line(1, CONCERN), a_line(2)])).subject.endswith("1 concern (scorecard)")


def test_markup_in_data_appears_literally():
    html = render_scorecard(a_view([a_line(1, measure="<b>bold</b>", held_against=("{{ view }}",))])).html

    assert "&lt;b&gt;bold&lt;/b&gt;" in html
    assert "{{ view }}" in html


@pytest.mark.parametrize(
    ("items", "lines_", "words"),
    [
        pytest.param(["one", "two"], 1, "one; two", id="all"),
        pytest.param(["one", "two three four", "five"], 1, "one; and 2 more", id="some"),
        pytest.param([], 1, "", id="none"),
        pytest.param(["a word and another word and one more"], 1, "a word and…", id="a-beginning"),
    ],
)
def test_what_does_not_fit_is_counted(items, lines_, words):
    assert words == first_that_fit("Held:", items, width_mm("Held: one; and 2 more "), lines_)


@pytest.mark.parametrize(
    ("text", "lines_"), [("", 1), ("word", 1), ("two words", 1), ("two words and more", 2), ("e" * 40, 4)]
)
def test_lines_are_counted_as_words_are_wrapped(text, lines_):
    assert lines_ == lines_of(text, width_mm("two words!"))
