"""How far beyond its line an exception lies: in sigmas of its limits, of its series, or in tenths of the line."""

from datetime import date, timedelta

import pytest
from samples.worlds import a_folder, an_engine

from alerting.domain.finding import State

RULES = """
topics: [{{id: t, title: Topic, owner: boss}}]
areas: [{{id: force, title: Force, kind: policing, owner: boss}}]
owners: [{{id: boss, name: Boss, email: boss@example.org}}]
measures:
- {{id: m, title: Figure, topic: t, unit: {unit}, better: {better}, every: month, source: f.csv}}
rules: [{{id: r, title: R, measures: m, notify: [boss], when: {when}}}]
"""
FIXED = "{fixed: {lower: 10, upper: 30, centre: 20}}"
BANDS = "[{red: 20 or more}, {amber: 10 to 20}, {green: below 10}]"
PLAN = "[{date: 2019-01-31, value: 10}, {date: 2019-12-31, value: 10}]"
FALL = "{reduction_missed: {versus: previous_period, at_least: 25 %}}"
EITHER = "{any_of: [{target_missed: {at_most: 20}}, {target_missed: {at_most: 10}}]}"
#: Up and down by 2: a moving range of 2 each month.
SWAYING = [50, 52, 50, 52, 50, 52, 50, 52]


def last(folder, when, figures, *, unit="number", better="lower", more=""):
    rows = "".join(f"m,force,{2019 + n // 12}-{n % 12 + 1:02},{value}\n" for n, value in enumerate(figures))
    files = {
        "r.yaml": RULES.format(when=when, unit=unit, better=better),
        "f.csv": f"measure,area,period,value{more}\n{rows}",
    }
    as_of = date(2019, 1, 2) + timedelta(days=31 * len(figures))
    found = an_engine(a_folder(folder / "rules", files), folder / "state", as_of).enquiries.evaluate(as_of).found[-1]
    assert found.finding.state is State.EXCEPTION
    return found.distance


@pytest.mark.parametrize(
    ("when", "figures", "expected"),
    [
        pytest.param(f"{{above_upper_limit: {{limits: {FIXED}}}}}", [35], 1.0, id="given limits are two sigmas wide"),
        pytest.param(f"{{below_lower_limit: {{limits: {FIXED}}}}}", [0], 2.0, id="below the lower one"),
        pytest.param("{above_upper_limit: {limits: {fixed: {upper: 20}}}}", [30], 5.0, id="a limit without a centre: tenths"),
        pytest.param("{target_missed: {at_most: 20}}", [30], 5.0, id="half as much again as the target"),
        pytest.param("{target_missed: {at_most: 0}}", [3], 10.0, id="a target of nought has no tenths"),
        pytest.param("{target_missed: {at_most: 51}}", [*SWAYING, 55], 4 / (2 / 1.128), id="in sigmas of the series"),
        pytest.param("{target_missed: {at_most: 51}}", [*SWAYING[1:], 55], 4 / 5.1, id="seven figures are too few"),
        pytest.param("{target_missed: {at_most: 51}}", [*[50] * 8, 55], 4 / 5.1, id="a series that never moved"),
        pytest.param("{outside_range: {from: 10, to: 20}}", [30], 5.0, id="the end that it lies beyond"),
        pytest.param("{outside_range: {from: 10, to: 20}}", [5], 5.0, id="the other end"),
        pytest.param(f"{{band: {{bands: {BANDS}}}}}", [30], 5.0, id="the edge of the band"),
        pytest.param(f"{{band: {{bands: {BANDS}, exception_from: amber}}}}", [30], 20.0,
                     id="the edge of the mildest band that is an exception"),
        pytest.param("{change: {versus: previous_period, rises_by: 20 %}}", [100, 180], 60 / 12, id="beyond the wanted rise"),
        pytest.param("{change: {versus: previous_period, rises_by: 3}}", [32, 37], 2 / 3.5, id="a rise in the unit"),
        pytest.param("{change: {versus: previous_period, moves_by: 50 %}}", [100, 25], 25 / 5, id="a fall where both count"),
        pytest.param(FALL, [718, 556], 17.5 / 53.85, id="a fall that fell short"),
        pytest.param(f"{{above_trajectory: {{milestones: {PLAN}, tolerance: 2}}}}", [18],
                     5.0, id="beyond plan and tolerance"),
        pytest.param("{trend: {direction: rising, length: 4}}", [100, 110, 120, 150], 5.0, id="from where the trend began"),
        pytest.param("{run: {side: above, length: 3, of: {fixed: {centre: 50, lower: 0, upper: 100}}}}", [60, 70, 90], 5.0,
                     id="from where the run began"),
        pytest.param(EITHER, [30], 5.0, id="of the part that decided"),
    ],
)  # fmt: skip
def test_an_exception_lies_so_far_beyond_its_line(tmp_path, when, figures, expected):
    assert last(tmp_path, when, figures) == pytest.approx(expected, rel=1e-3)


def test_a_break_ends_what_a_series_says_of_its_spread(tmp_path):
    swaying = {"figures": [*SWAYING, 55], "when": "{target_missed: {at_most: 51}}"}
    whole = last(tmp_path / "whole", **swaying)

    rules = f"{RULES}breaks: [{{{{id: b, match: {{{{measures: [m]}}}}, on: 2019-05-01, reason: Counted anew}}}}]\n"
    rows = "".join(f"m,force,2019-{n + 1:02},{value}\n" for n, value in enumerate(swaying["figures"]))
    files = {
        "r.yaml": rules.format(when=swaying["when"], unit="number", better="lower"),
        "f.csv": f"measure,area,period,value\n{rows}",
    }
    as_of = date(2019, 10, 5)
    engine = an_engine(a_folder(tmp_path / "broken", files), tmp_path / "state", as_of)

    assert whole == pytest.approx(4 / (2 / 1.128))
    assert engine.enquiries.evaluate(as_of).found[-1].distance == pytest.approx(4 / 5.1)


def test_what_has_not_come_lies_beyond_nothing(tmp_path):
    rules = RULES.format(when="{not_fresh: {}}", unit="number", better="lower").replace(
        "source: f", "expected: 5 days, source: f"
    )
    files = {"r.yaml": rules, "f.csv": "measure,area,period,value\nm,force,2019-01,5\n"}
    day = date(2019, 3, 20)
    (found,) = an_engine(a_folder(tmp_path / "rules", files), tmp_path / "state", day).enquiries.evaluate(day).found

    assert (found.finding.state, found.distance) == (State.EXCEPTION, 0.0)
