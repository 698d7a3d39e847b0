"""Scorecards of whole folders: they count as digests do, and show what there is."""

from datetime import date
from pathlib import Path
from random import Random

import pytest
from samples.random_folders import random_folder
from samples.sampling import first
from samples.scorecards import BROWSER, contradictions, of_folder, pages_in

from alerting.render.printing import page_of_message, print_pdf
from alerting.render.scorecard import render_scorecard
from alerting.reports.watched import FigureState

RULES, DAY = Path(__file__).parents[2] / "rules", date(2020, 10, 15)


@pytest.fixture(scope="module")
def gold(tmp_path_factory):
    """The shipped rules' scorecard for the Force Delivery Group."""
    return of_folder(RULES, tmp_path_factory.mktemp("state"), DAY, "force-delivery-group")


def test_the_shipped_scorecard_has_every_gold_measure_once(gold):
    measures = [line.title for theme in gold.themes for line in theme.lines]

    assert len(measures) == len(set(measures))
    assert {"999 calls answered within 10 seconds", "Referrals to the Victim Advice Line"} <= set(measures)
    assert "21 October 2020" == gold.meeting


def test_the_shipped_scorecard_contradicts_no_count(gold):
    assert [] == list(contradictions(gold, render_scorecard(gold)))


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on the path: that two sheets are printed is not tried")
def test_the_shipped_scorecard_prints_on_two_sheets_with_room_for_all(gold, tmp_path):
    message, pdf = render_scorecard(gold), tmp_path / "page.pdf"
    (tmp_path / "page.html").write_text(page_of_message(message), encoding="utf-8")

    assert print_pdf(tmp_path / "page.html", pdf, Path(BROWSER)) is None
    assert 2 == pages_in(pdf.read_bytes())
    assert "for which there is no room" not in message.html


def test_a_measure_stands_with_its_newest_figure_last_years_and_its_line(gold):
    (line,) = (one for theme in gold.themes for one in theme.lines if one.measure == "burglary priority")

    assert ("556", "Q2 20/21", "718", "−23%") == (line.lead.value, line.lead.period, line.last_year, line.change)
    assert ("limits 603 to 757", "25% fall wanted") == line.held_against
    assert FigureState.IMPROVEMENT is line.lead.state


def test_the_topmost_area_that_is_judged_leads(gold):
    (line,) = (one for theme in gold.themes for one in theme.lines if one.measure == "spent")

    assert ("Total before funding", "£123.561m", ("plan £116.452m",)) == (
        line.lead.area,
        line.lead.value,
        line.held_against,
    )
    assert "Business Services" in [figure.area for figure in line.areas]


def test_themes_stand_as_declared_and_the_worst_measure_first(gold):
    assert ["Putting victims and survivors first", "Building a more secure West Mercia", "Reforming West Mercia"] == [
        theme.title for theme in gold.themes
    ]
    assert all(
        [*theme.lines] == sorted(theme.lines, key=lambda line: (line.weight, line.title)) for theme in gold.themes
    )


@pytest.mark.parametrize("seed", first(6, range(200)))
def test_the_scorecard_of_any_folder_contradicts_no_count(seed, tmp_path):
    random = Random(f"scorecard {seed}")
    while (folder := random_folder(random, tmp_path / "rules")) is None:
        pass  # nothing was left of that one: the next
    view = of_folder(tmp_path / "rules", tmp_path / "state", folder.as_of)

    assert [] == list(contradictions(view, render_scorecard(view)))
