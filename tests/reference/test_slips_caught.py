"""What becomes of slips in the example's figures: nothing cries over clean years, and the page on checks says what is found."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from samples.slips import DAYS, NUMBER, SLIPS, Example, Outcome, counted, tables

from alerting.domain.data_checks import DataChecks, Slip
from alerting.figures.panels import build_panels

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "rules" / "CHECKS.md"
#: Kinds of which a few are put in at every run.
A_FEW = ("two digits too many (× 100)", "percents as fractions")


def said(panels):
    return [str(problem) for problem in panels.problems if problem.code in {"failed-check", "doubtful"}]


@pytest.mark.exhaustive
def test_no_check_cries_over_the_example_s_three_years(tmp_path):
    here = Example(tmp_path)
    reading = here.engine.enquiries.read()
    for rules in here.rules.values():
        for day in DAYS:
            assert said(build_panels(reading, rules, day)) == []


@pytest.mark.parametrize("day", ["2019-04-15", "2020-10-15"])
def test_no_slip_is_seen_in_any_published_figure_of_the_shipped_rules(tmp_path, day):
    """All measures, all periods, as if each had declared all slips."""
    from datetime import date

    from samples.worlds import an_engine

    engine = an_engine(ROOT / "rules", tmp_path, date.fromisoformat(day))
    all_slips = DataChecks(slips=tuple(Slip))
    strict = {
        id_: measure if measure.of else replace(measure, checks=all_slips)
        for id_, measure in engine.rules.measures.items()
    }
    panels = build_panels(engine.enquiries.read(), replace(engine.rules, measures=strict), date.fromisoformat(day))
    assert said(panels) == []


@pytest.fixture(scope="module")
def some(tmp_path_factory):
    return counted(tmp_path_factory.mktemp("slips"), 12, A_FEW, DAYS[-1:])


@pytest.mark.parametrize("slip", A_FEW)
def test_what_is_plainly_wrong_is_not_judged_where_checks_are_declared(some, slip):
    assert {outcome.what for outcome in some[slip, "declared"]} == {"held"}
    assert not any(outcome.told for outcome in some[slip, "declared"])


@pytest.mark.parametrize("slip", A_FEW)
def test_and_is_named_where_none_are(some, slip):
    assert {outcome.what for outcome in some[slip, "default"]} <= {"held", "named"}


def test_the_table_counts_outcomes_in_percent():
    outcomes = Counter({Outcome("held", "tenfold", told=False): 3, Outcome("missed", "", told=True): 1})
    table = tables({("a slip", "default"): outcomes, ("a slip", "declared"): outcomes})

    assert table.count("| a slip | 75 |  |  |  |  | 25 | tenfold 75 |") == 2


def test_the_page_has_a_row_for_each_slip():
    page = PAGE.read_text(encoding="utf-8")
    assert {slip: page.count(f"\n| {slip} |") for slip in SLIPS} == dict.fromkeys(SLIPS, 2)


@pytest.mark.exhaustive
def test_the_page_s_tables_are_what_is_counted(tmp_path):
    assert tables(counted(tmp_path, NUMBER)).strip() in PAGE.read_text(encoding="utf-8")
