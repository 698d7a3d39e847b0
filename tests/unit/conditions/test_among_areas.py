"""Areas held against areas of their kind: places and funnels, against a slow second way to work them out."""

from dataclasses import replace
from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples.worlds import _, a_block, a_folder, a_measure, a_panel, an_engine, floats, rules_for

from alerting.conditions.outlier_among_areas import OutlierAmongAreas
from alerting.conditions.rank import Rank
from alerting.domain.area import AreaSelector
from alerting.domain.finding import Finding, Reason, State
from alerting.domain.measure import Polarity, Unit
from alerting.domain.panel import Panel
from alerting.domain.period import PeriodKind
from alerting.evaluation.engine import evaluate
from alerting.evaluation.findings import findings
from alerting.limits.funnel import Funnel
from alerting.limits.xmr import Xmr

RATE = a_measure(unit=Unit.RATE, per=1000)
SHARE = a_measure(unit=Unit.PERCENT, better=Polarity.HIGHER)


def among(condition, panel, measure, *, watched=None, every_period=True) -> dict[tuple[str, str], Finding]:
    rules = rules_for(panel, condition.bind(measure), measure)
    if watched is not None:
        rules = replace(rules, rules=(replace(rules.rules[0], areas=AreaSelector(ids=watched)),))
    as_of = panel.period(panel.n_periods).first_day
    made = findings(evaluate(rules, {panel.kind: panel}, as_of, every_period=every_period), text="all")
    return {(one.finding.area, str(one.finding.period)): one.finding for one in made}


def side_by_side(*series, groups=None, **extra) -> Panel:
    codes = np.array(groups or [0] * len(series), dtype=np.intp)
    return a_panel(*series, siblings=codes, **extra)


def shares(pairs, groups=None) -> Panel:
    """One period; a numerator and a denominator for each area."""
    top, bottom = (floats([pair[n] for pair in pairs])[None, :] for n in (0, 1))
    with np.errstate(all="ignore"):
        values = top / bottom * 100
    return side_by_side(*values.T.tolist(), groups=groups, planes={"numerator": top, "denominator": bottom})


@pytest.mark.parametrize(
    ("better", "values", "places"),
    [
        pytest.param(Polarity.LOWER, [30, 10, 20], [3, 1, 2], id="lower is better"),
        pytest.param(Polarity.HIGHER, [30, 10, 20], [1, 3, 2], id="higher is better"),
        pytest.param(Polarity.LOWER, [10, 10, 20, 5], [2, 2, 4, 1], id="ties share the better place"),
        pytest.param(Polarity.LOWER, [30, _, 20], [2, None, 1], id="no figure, no place"),
        pytest.param(Polarity.LOWER, [-1, 0, -0.0], [1, 2, 2], id="zeros are one"),
    ],
)
def test_places(better, values, places):
    panel = side_by_side(*[[value] for value in values])
    found = among(Rank(worse_than=1), panel, a_measure(better=better))
    assert [found[f"a{n}", "2018-04"].evidence.get("place") for n in range(len(values))] == places
    worse = [None if place is None else place > 1 for place in places]
    states = [found[f"a{n}", "2018-04"].state for n in range(len(values))]
    assert [None if state is State.NO_DATA else state is State.EXCEPTION for state in states] == worse


@given(
    st.lists(st.lists(st.sampled_from([1.0, 2.0, 2.5, 7.0, None]), min_size=6, max_size=6), min_size=1, max_size=4),
    st.lists(st.integers(0, 2), min_size=6, max_size=6),
    st.booleans(),
)
def test_places_are_what_counting_gives(rows, groups, higher):
    panel = side_by_side(*zip(*rows, strict=True), groups=groups)
    measure, places = a_measure(better=Polarity.HIGHER if higher else Polarity.LOWER), {}
    for (area, period), finding in among(Rank(worse_than=2), panel, measure).items():
        column, row = int(area[1:]), _row(panel, period)
        kin = [rows[row][n] for n in range(6) if groups[n] == groups[column] and rows[row][n] is not None]
        own = rows[row][column]
        if own is None:
            continue
        if len(kin) < 2:
            assert finding.reason is Reason.FEW_AREAS
            continue
        place = 1 + sum((other > own) if higher else (other < own) for other in kin)
        assert (finding.evidence["place"], finding.evidence["areas_compared"]) == (place, len(kin))
        assert finding.evidence.get("sharing", 1) == kin.count(own)
        places[column, row] = place
        assert finding.evidence.get("place_before") == places.get((column, row - 1))
        assert (finding.state is State.EXCEPTION) == (place > 2)


def _row(panel, period):
    return next(row for row in range(panel.n_periods) if str(panel.period(row)) == period)


def test_siblings_that_no_rule_watches_count_all_the_same():
    panel = side_by_side([30], [10], [20])
    (finding,) = among(Rank(worse_than=2), panel, a_measure(), watched=("a0",)).values()
    assert finding.evidence == {"place": 3.0, "areas_compared": 3.0}


def test_a_sibling_under_a_hold_takes_no_place():
    panel = side_by_side(
        [30],
        [10],
        [20],
        values=floats([30, _, 20])[None, :],
        shown=floats([30, 10, 20])[None, :],
        reasons=np.array([[0, Reason.HELD.code, 0]], dtype=np.int8),
    )
    assert among(Rank(worse_than=2), panel, a_measure())["a0", "2018-04"].evidence["place"] == 2


def test_a_place_needs_somebody_to_be_compared_with():
    for panel in (side_by_side([30], [10], groups=[0, 1]), a_panel([30], [10])):
        assert {one.reason for one in among(Rank(worse_than=1), panel, a_measure()).values()} == {Reason.FEW_AREAS}


def test_the_words_say_the_place():
    panel = side_by_side([30], [10], [20])
    assert ", 3rd of 3 areas, where 1st is best." in among(Rank(worse_than=2), panel, a_measure())["a0", "2018-04"].text


@pytest.mark.parametrize(
    ("condition", "measure", "says"),
    [
        pytest.param(Rank(worse_than=0), a_measure(), "a place", id="no place"),
        pytest.param(Rank(worse_than=1), a_measure(better=Polarity.NEITHER), "better: neither", id="neither"),
        pytest.param(OutlierAmongAreas(limits=Xmr()), SHARE, "needs funnel limits", id="other limits"),
        pytest.param(OutlierAmongAreas(), a_measure(unit=Unit.COUNT), "with a denominator", id="counts"),
    ],
)
def test_what_cannot_work_is_refused(condition, measure, says):
    (problem,) = condition.problems(measure, PeriodKind.MONTH)
    assert says in problem


PAIRS = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 60)), min_size=1, max_size=9)


@given(PAIRS, st.sampled_from([Unit.PERCENT, Unit.RATE]), st.sampled_from([1.0, 2.0, 3.0]))
def test_funnel_limits_are_what_the_formula_gives(pairs, unit, sigmas):
    pairs = [(min(top, bottom), bottom) for top, bottom in pairs]
    measure = SHARE if unit is Unit.PERCENT else RATE
    panel = shares(pairs)
    lines = Funnel(sigmas=sigmas).bind(measure).compute(a_block(panel), {})
    scale = measure.ratio_scale
    with_cases = [(top, bottom) for top, bottom in pairs if bottom > 0]
    for column, (_top, bottom) in enumerate(pairs):
        if bottom == 0 or len(with_cases) < 3:
            assert np.isnan(lines.upper[0, column])
            continue
        centre = sum(top for top, _ in with_cases) / sum(below for _, below in with_cases)
        spread = sqrt((centre * (1 - centre) if unit is Unit.PERCENT else centre) / bottom)
        expected = [centre * scale, max(centre - sigmas * spread, 0) * scale, (centre + sigmas * spread) * scale]
        assert [lines.centre[0, column], lines.lower[0, column], lines.upper[0, column]] == pytest.approx(
            expected, rel=1e-9
        )


def test_the_limits_widen_where_few_were_counted():
    found = among(OutlierAmongAreas(), shares([(60, 100), (6, 10), (40, 100), (380, 1000), (40, 100)]), SHARE)
    large, small = found["a0", "2018-04"], found["a1", "2018-04"]
    assert (large.value, large.state) == (60, State.EXCEPTION)
    assert (small.value, small.state) == (60, State.NORMAL)
    assert small.upper > large.upper


@pytest.mark.parametrize(
    ("pairs", "reason"),
    [
        pytest.param([(1, 2), (1, 2)], Reason.FEW_AREAS, id="two areas"),
        pytest.param([(1, 2), (1, 2), (_, _)], Reason.FEW_AREAS, id="two with figures"),
    ],
)
def test_too_few_areas_say_nothing(pairs, reason):
    assert among(OutlierAmongAreas(), shares(pairs), SHARE)["a0", "2018-04"].reason is reason


@pytest.mark.parametrize(
    ("pairs", "groups", "expected"),
    [
        pytest.param([(1, 2), (1, 2), (1, 2), (2, 2)], [0] * 4, [None] * 4, id="four with figures"),
        pytest.param(
            [(1, 2), (1, 2), (1, 2), (0, 0)],
            [0] * 4,
            [None] * 3 + [Reason.SMALL_NUMBERS],
            id="one without a denominator",
        ),
        pytest.param(
            [(1, 2), (1, 2), (0, 0)], [0] * 3, [Reason.FEW_AREAS] * 3, id="a denominator of 0 counts for none"
        ),
        pytest.param(
            [(1, 2), (1, 2), (1, 2), (0, 0), (1, 2), (0, 0)],
            [0, 0, 0, 0, 1, 1],
            [None] * 3 + [Reason.SMALL_NUMBERS] + [Reason.FEW_AREAS] * 2,
            id="both beside one another",
        ),
    ],
)
def test_why_an_area_has_no_funnel(pairs, groups, expected):
    panel = replace(shares(pairs, groups), values=np.full((1, len(pairs)), 50.0))
    found = among(OutlierAmongAreas(), replace(panel, shown=panel.values), SHARE)
    assert [found[f"a{n}", "2018-04"].reason for n in range(len(pairs))] == expected


def test_figures_without_denominators_have_no_funnel():
    assert {one.reason for one in among(OutlierAmongAreas(), side_by_side([1], [2], [3]), SHARE).values()} == {
        Reason.NO_LIMITS
    }


def test_an_area_without_siblings_has_no_funnel():
    panel = replace(shares([(1, 2), (1, 2), (1, 2)]), siblings=None)
    assert {one.reason for one in among(OutlierAmongAreas(), panel, SHARE).values()} == {Reason.FEW_AREAS}


def test_an_area_whose_figure_is_not_known_or_left_out_moves_no_funnel():
    """Its numerator and denominator may stand in the source all the same."""
    pairs = [(40, 100), (40, 100), (40, 100), (95, 100), (95, 100)]
    panel = shares(pairs)
    excluded = np.array([[False, False, False, False, True]])
    values = panel.values.copy()
    values[0, 3] = np.nan
    found = among(OutlierAmongAreas(), replace(panel, values=values, excluded=excluded), SHARE)
    assert [found[f"a{n}", "2018-04"].centre for n in (0, 1, 2)] == pytest.approx([40.0] * 3)


def test_an_area_is_held_against_its_own_kind_only():
    pairs = [(60, 100), (40, 100), (40, 100), (60, 100), (60, 100), (61, 100), (60, 100)]
    apart = among(OutlierAmongAreas(limits=Funnel(sigmas=2)), shares(pairs, [0, 0, 0, 1, 1, 1, 1]), SHARE)
    assert apart["a0", "2018-04"].centre == pytest.approx(140 / 3)
    assert apart["a3", "2018-04"].centre == pytest.approx(60.25)


def test_a_rate_without_numerators_is_told_by_its_denominators():
    values = floats([5.0, 9.0, 2.0])[None, :]
    panel = side_by_side(*values.T.tolist(), planes={"denominator": floats([1000, 2000, 4000])[None, :]})
    lines = Funnel().bind(RATE).compute(a_block(panel), {})
    assert lines.centre[0] == pytest.approx([(5 + 18 + 8) / 7000 * 1000] * 3)


@pytest.mark.parametrize(
    "condition", [Rank(worse_than=1), OutlierAmongAreas(limits=Funnel(sigmas=1))], ids=["rank", "outlier"]
)
def test_a_history_is_each_period_by_itself_and_any_order_of_areas(condition):
    random = np.random.default_rng(3)
    bottom = random.integers(5, 60, (8, 7)).astype(float)
    top = np.floor(bottom * random.random((8, 7)))
    values = top / bottom * 100
    order = random.permutation(7)

    def panel(columns, rows):
        planes = {"numerator": top[:rows, columns], "denominator": bottom[:rows, columns]}
        made = side_by_side(*values[:rows, columns].T.tolist(), planes=planes, groups=[int(c) % 2 for c in columns])
        return replace(made, areas=tuple(f"a{c}" for c in columns))

    def key(found):
        return {cell: (one.state, one.value, one.upper, one.evidence.get("place")) for cell, one in found.items()}

    whole = key(among(condition, panel(range(7), 8), SHARE))
    assert key(among(condition, panel(order, 8), SHARE)) == whole
    for rows in range(1, 9):
        latest = key(among(condition, panel(range(7), rows), SHARE, every_period=False))
        assert latest.items() <= whole.items()


FOLDER = """
topics: [{id: t, title: T, owner: o}]
owners: [{id: o, name: Head, email: o@example.org}]
areas:
  - {id: force, title: Force, kind: policing, owner: o}
  - {id: north, title: North, parent: force}
  - {id: south, title: South, parent: force}
  - {id: unit-1, title: Unit 1, kind: unit, owner: o}
  - {id: unit-2, title: Unit 2, kind: unit, owner: o}
measures: [{id: m, title: M, topic: t, unit: count, better: lower, every: month, source: figures/m.csv}]
rules: [{id: r, title: R, measures: m, when: {rank: {worse_than: 1}}}]
"""


def test_siblings_are_areas_of_one_kind_under_one_parent(tmp_path):
    rows = "".join(f"m,{area},2018-04,{n}\n" for n, area in enumerate(["force", "north", "south", "unit-1", "unit-2"]))
    folder = a_folder(tmp_path / "rules", {"r.yaml": FOLDER, "figures/m.csv": f"measure,area,period,value\n{rows}"})
    day = a_panel([1]).period(1).first_day
    found = {
        one.finding.area: one.finding
        for one in an_engine(folder, tmp_path / "state", day).enquiries.evaluate(day).found
    }
    assert found["force"].reason is Reason.FEW_AREAS
    assert {area: found[area].evidence["place"] for area in ("north", "south", "unit-1", "unit-2")} == {
        "north": 1, "south": 2, "unit-1": 1, "unit-2": 2,
    }  # fmt: skip


@pytest.mark.parametrize(("areas", "known"), [(1, False), (2, False), (9, False), (10, True)])
def test_how_much_too_few_areas_differ_stands_nowhere(areas, known):
    """One area differs from itself by 0.0, which read like areas that are all alike."""
    panel = shares([(40 + 3 * n, 100) for n in range(areas)])
    found = among(OutlierAmongAreas(limits=Funnel(overdispersed="yes")), panel, SHARE)["a0", "2018-04"]
    assert (found.reason is Reason.FEW_AREAS) is not known
    assert ("dispersion" in found.evidence["limits"]) is known
