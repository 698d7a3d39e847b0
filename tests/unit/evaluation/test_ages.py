"""An old figure is told with its age: nothing newer has come, or what came since is not judged."""

import re
from datetime import date

import numpy as np
import pytest
from samples.worlds import a_folder, an_engine

from alerting.domain.finding import State
from alerting.evaluation.ages import unjudged_since
from alerting.evaluation.findings import FindingMaker

RULES = """
topics: [{id: t, title: Topic, owner: boss}]
areas: [{id: force, title: Force, kind: policing, owner: boss}]
owners: [{id: boss, name: Boss, email: boss@example.org}]
measures:
- {id: m, title: Confidence, topic: t, unit: percent, better: higher, every: month, source: f.csv, target: 80EXPECTED}
holds: [{id: h, match: {measures: [m]}, from: 2019-05-01, until: 2019-05-31, reason: Being tested}]
rules: [{id: r, title: R, measures: m, notify: [boss], when: WHEN}]
"""
MISSED, FALLS = "{target_missed: {}}", "{change: {versus: previous_period, falls_by: 1}}"
MARCH = {"2019-01": "73", "2019-02": "72", "2019-03": "71"}
EXPECTED = ", expected: 5 days"
NO_NEWER = " There is no newer figure since March 2019."


def evaluated(folder, figures, as_of, *, when=MISSED, expected="", every_period=False):
    rows = "".join(f"m,force,{period},{value}\n" for period, value in figures.items())
    files = {
        "r.yaml": RULES.replace("EXPECTED", expected).replace("WHEN", when),
        "f.csv": f"measure,area,period,value\n{rows}",
    }
    engine = an_engine(a_folder(folder / "rules", files), folder / "state", as_of)
    return engine.enquiries.evaluate(as_of, text="all", every_period=every_period)


def newest(*args, **kwargs):
    return evaluated(*args, **kwargs).found[-1]


@pytest.mark.parametrize(
    ("as_of", "says"), [(date(2020, 3, 31), False), (date(2020, 4, 1), True), (date(2026, 1, 1), True)]
)
def test_without_a_day_it_is_due_a_figure_is_old_after_a_year(tmp_path, as_of, says):
    text = newest(tmp_path, MARCH, as_of).finding.text

    assert text.startswith("Confidence: 71% in March 2019, 9 points below the target of 80%.")
    assert says == text.endswith(NO_NEWER)
    assert says == ("newer" in text)


@pytest.mark.parametrize(("as_of", "says"), [(date(2019, 5, 5), False), (date(2019, 5, 6), True)])
def test_a_figure_is_old_once_the_next_one_is_due(tmp_path, as_of, says):
    every = evaluated(tmp_path, MARCH, as_of, expected=EXPECTED, every_period=True).found
    texts = {str(one.finding.period): one.finding.text for one in every}

    assert says == texts["2019-03"].endswith(NO_NEWER)
    assert not any("newer" in text for period, text in texts.items() if period != "2019-03")


def test_a_figure_that_is_not_judged_says_its_age_too(tmp_path):
    found = newest(tmp_path, MARCH | {"2019-04": "70", "2019-05": "69"}, date(2020, 10, 1))

    assert State.NO_DATA == found.finding.state
    assert found.finding.text == (
        "Confidence: 69% in May 2019. It is not judged: being tested. There is no newer figure since May 2019."
    )


def test_a_rule_that_is_over_does_not_say_that_nothing_came_since(tmp_path):
    figures = MARCH | {"2019-04": "70"}
    over = "{target_missed: {}}, until: 2019-03-31"

    found = newest(tmp_path, figures, date(2020, 10, 1), when=over)

    assert ("2019-03", False) == (str(found.finding.period), "newer" in found.finding.text)


def standing(report, row):
    (verdicts,) = report.evaluation.verdicts
    (found,) = FindingMaker(report.evaluation).standing(verdicts, row, np.array([0]))
    return found.with_text().finding.text


@pytest.mark.parametrize(
    ("when", "figures", "says"),
    [
        pytest.param(
            FALLS, {"2019-05": "73.6"}, " The figure of May 2019, 73.6%, is not judged: being tested.", id="held"
        ),
        pytest.param(
            FALLS, {"2019-08": "73.6"},
            " The figure of August 2019, 73.6%, is not judged: the comparison needs the figure for July 2019, which is missing.",
            id="no-comparison",
        ),
        pytest.param(
            FALLS, {"2019-05": "many"},
            " There is no usable figure for confidence in May 2019: the figure could not be read.", id="refused",
        ),
        pytest.param(MISSED, {"2019-06": "73.6"}, "", id="judged-since"),
        pytest.param(MISSED, {}, NO_NEWER, id="nothing-came"),
    ],
)  # fmt: skip
def test_what_an_alert_stands_on_says_what_came_since_and_is_not_judged(tmp_path, when, figures, says):
    text = standing(evaluated(tmp_path, MARCH | figures, date(2020, 10, 1), when=when, every_period=True), 2)

    assert text.startswith("Confidence: 71% in March 2019, ")
    assert says == re.split(r"since (?:January|February) 2019\.", text)[-1]


def test_between_verdicts_nothing_is_unjudged_since(tmp_path):
    report = evaluated(tmp_path, MARCH | {"2019-05": "70", "2019-06": "70"}, date(2020, 10, 1), every_period=True)
    (verdicts,) = report.evaluation.verdicts

    assert [unjudged_since(verdicts, row, 0) for row in range(6)] == [None] * 6
