"""What holds of every condition on every limits method, whatever the figures: see samples/condition_cases.py for the table."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import isclose
from typing import Any
from zlib import crc32

import numpy as np
import pytest
from hypothesis import Phase, given, seed, settings
from hypothesis import strategies as st
from samples.condition_cases import (
    AMONG_AREAS,
    AS_IT_IS,
    BY_THE_CLOCK,
    CASES,
    LIMITS,
    LIMITS_AMONG_AREAS,
    LIMITS_BY_THE_DAY,
    MIRRORED,
    Case,
    Gauge,
    Group,
    groups,
)  # fmt: skip
from samples.histories import (
    PERIODS,
    SERIES,
    World,
    as_text,
    found,
    known_then,
    measure_of,
    rules_of,
    with_columns,
    worlds,
)
from samples.sampling import few

from alerting.conditions.registry import conditions
from alerting.domain.panel import Panel
from alerting.domain.period import PeriodKind
from alerting.limits.registry import limits_methods

GROUPS = [pytest.param(group, id=str(group)) for group in groups()]
#: Without shrinking: a world is small, and making it smaller takes minutes.
DRAWN = settings(deadline=None, derandomize=True, database=None, phases=(Phase.explicit, Phase.generate))


def in_worlds(**drawn: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], Callable[[Group], None]]:
    """Try a test in worlds of its own: of a third of the groups, every other case in one, few in more; whole, all in eight."""

    def decorate(test: Callable[..., None]) -> Callable[[Group], None]:
        def tried(group: Group) -> None:
            number = crc32(f"{test.__name__} {group}".encode())
            every_other = replace(group, cases=group.cases[number % 2 :: 2] or group.cases)

            @seed(number)
            @settings(DRAWN, max_examples=few(max(1, 2 // len(group.cases)), 8))
            @given(**drawn)
            def in_a_world(**world: Any) -> None:
                test(group=few(every_other, group), **world)

            in_a_world()

        tried.__name__, tried.__doc__ = test.__name__, test.__doc__
        return pytest.mark.sampled(3, each=False)(tried)

    return decorate


VERDICTS = ("normal", "exception")
TURNED = {"above": "below", "below": "above", None: None}
Finding = dict[str, Any]


def findings(
    group: Group, panel: Panel, gauge: Gauge = AS_IT_IS, *, every_period: bool = True, text: str = "none"
) -> dict[tuple[str, str, str], Finding]:
    rules = rules_of(group.cases, panel, group.figures, gauge)
    return found(rules, panel, every_period=every_period, text=text)


def some(group: Group, missing: str) -> Group:
    """The group's cases that give no reason why something does not hold of them."""
    return Group(group.key, group.figures, [case for case in group.cases if not getattr(case, missing)])


def those(missing: str, figures: Sequence[str] = ("plain",)) -> list[Any]:
    chosen = [some(group, missing) for group in groups() if group.figures in figures]
    return [pytest.param(group, id=str(group)) for group in chosen if group.cases]


def test_every_condition_and_limits_method_is_in_the_table():
    assert set(conditions()) == {case.make(AS_IT_IS).key for case in CASES} | BY_THE_CLOCK | AMONG_AREAS
    assert (
        set(limits_methods())
        == {method.make(AS_IT_IS).key for method in LIMITS.values()} | LIMITS_AMONG_AREAS | LIMITS_BY_THE_DAY
    )
    assert len(CASES) == len({case.id for case in CASES})


@pytest.mark.parametrize("gauge", [AS_IT_IS, MIRRORED])
def test_every_case_of_the_table_works_on_its_measure(gauge: Gauge):
    found = {case.id: case.make(gauge).problems(measure_of(case.figures), PeriodKind.MONTH) for case in CASES}
    assert not any(found.values()), found


@pytest.mark.parametrize("group", GROUPS)
@in_worlds(world=worlds(), rows=st.sets(st.integers(0, PERIODS - 1), min_size=6, max_size=6))
def test_a_history_holds_what_each_period_says_by_itself(group: Group, world: World, rows: set[int]):
    """To the last character, words included. A series without a figure that month says what it said before."""
    panel = world.panel(group.figures)
    history = findings(group, panel, text="all")
    for row in sorted(rows):
        alone = findings(group, known_then(panel, row + 1), every_period=False, text="all")
        for cell, finding in alone.items():
            if cell in history:
                assert as_text(history[cell]) == as_text(finding)
            else:
                assert ("no_data", "missing", None) == (finding["state"], finding["reason"], finding["value"])


@pytest.mark.parametrize("group", GROUPS)
@in_worlds(world=worlds(), other=worlds(), row=st.integers(0, PERIODS - 2))
def test_what_comes_later_changes_nothing_before(group: Group, world: World, other: World, row: int):
    panel, elsewhere = world.panel(group.figures), other.panel(group.figures)
    for name in ("values", "numerator", "denominator", "plan", "lower_limit", "upper_limit", "centre"):
        mine, theirs = (p.values if name == "values" else p.planes.get(name) for p in (panel, elsewhere))
        if mine is not None and theirs is not None:
            mine[row + 1 :] = theirs[row + 1 :]
    last = str(panel.period(row))
    before = findings(group, world.panel(group.figures))
    after = findings(group, panel)
    for cell in before.keys() & after.keys():
        if cell[2] <= last:
            assert as_text(before[cell]) == as_text(after[cell])
    assert {cell for cell in before if cell[2] <= last} >= {cell for cell in after if cell[2] < last}


@pytest.mark.parametrize("group", GROUPS)
@in_worlds(world=worlds(), order=st.permutations(range(SERIES)), width=st.integers(1, SERIES))
def test_areas_in_another_order_or_alone_have_the_same_findings(
    group: Group, world: World, order: list[int], width: int
):
    """To the last digit, whatever stands beside them."""
    panel = world.panel(group.figures)
    chosen = with_columns(panel, order[:width])
    of_all = findings(group, panel).items()
    assert findings(group, chosen) == {cell: one for cell, one in of_all if cell[1] in chosen.areas}


def written_in(finding: Finding, gauge: Gauge, case: Case) -> Finding:
    """What a finding's numbers are in another gauge; of the evidence, what there is."""
    out = dict(finding)
    for name in ("value", "target", "plan", "centre", "lower", "upper", "previous_centre"):
        out[name] = None if finding[name] is None else gauge.level(finding[name])
    if gauge.turned:
        out["lower"], out["upper"] = out["upper"], out["lower"]
        out["side"] = TURNED[finding["side"]]
    if finding["change"] is not None:
        out["change"] = finding["change"] * (np.sign(gauge.factor) if case.relative else gauge.factor)
    return without_numbers(out)


def without_numbers(finding: Finding) -> Finding:
    return finding | {"evidence": sorted(finding["evidence"])}


def agree(group: Group, world: World, gauge: Gauge, *, exactly: bool) -> None:
    """Findings on figures in another gauge are the findings in that gauge; unless *exactly*, but for the last digits."""
    cases = {case.id: case for case in group.cases}
    here = findings(group, world.panel(group.figures))
    there = findings(group, world.panel(group.figures, gauge), gauge)
    assert here.keys() == there.keys()
    for cell, finding in here.items():
        expected = written_in(finding, gauge, cases[cell[0]])
        if exactly:
            assert alike(expected, without_numbers(there[cell])), (cell, expected, there[cell])
        elif not on_a_line(expected):
            near(expected, without_numbers(there[cell]), gauge)


def alike(expected: Finding, finding: Finding) -> bool:
    """Equal, numbers to the twelfth digit of the largest: beyond, they are shown by the decimals they are nearest to."""
    numbers = {key for key, value in expected.items() if isinstance(value, float)}
    size = max((abs(expected[key]) for key in numbers), default=0.0)
    apart = [key for key in expected if key not in numbers and expected[key] != finding[key]]
    return not apart and all(isclose(expected[key], finding[key], abs_tol=1e-12 * size, rel_tol=0) for key in numbers)


def on_a_line(finding: Finding) -> bool:
    """Whether the value lies so near a line that the last digit of a sum decides."""
    lines = [finding[name] for name in ("centre", "lower", "upper", "target", "plan", "previous_centre")]
    value = finding["value"]
    flat = finding["lower"] is not None and finding["lower"] == finding["upper"]
    return flat or any(value is not None and line is not None and abs(value - line) < 1e-6 for line in lines)


def near(expected: Finding, finding: Finding, gauge: Gauge) -> None:
    size = abs(gauge.factor) + abs(gauge.offset)
    for name, wanted in expected.items():
        if name in ("consecutive", "rebase_count", "rebased_on"):
            continue  # a period on a line decides what comes after it
        if isinstance(wanted, float):
            assert isclose(wanted, finding[name], rel_tol=1e-9, abs_tol=1e-9 * size), name
        else:
            assert wanted == finding[name], name


@pytest.mark.parametrize("group", those("no_scale"))
@in_worlds(world=worlds(), power=st.integers(-30, 30))
def test_figures_in_another_unit_have_findings_in_that_unit(group: Group, world: World, power: int):
    """Exactly, for powers of two; not for counts and shares, whose limits come from how many were counted."""
    agree(group, world, Gauge(2.0**power), exactly=True)


@pytest.mark.parametrize("group", those("no_mirror"))
@in_worlds(world=worlds())
def test_mirrored_figures_with_mirrored_rules_have_mirrored_findings(group: Group, world: World):
    """Sides change places, and so do better and worse, so that severity stays what it was."""
    agree(group, world, MIRRORED, exactly=True)


@pytest.mark.parametrize("group", those("no_mirror", ["percent"]))
@in_worlds(world=worlds())
def test_shares_of_failures_have_the_mirrored_findings_of_shares_of_successes(group: Group, world: World):
    agree(group, world, Gauge(-1.0, 100.0), exactly=False)


#: Shapes whose centres no value meets but by chance: an average that is re-based takes another way for ever after a tie.
UNTIED = ("stable", "shifted", "trending", "seasonal")


@pytest.mark.parametrize("group", those("no_shift"))
@in_worlds(world=worlds(UNTIED), offset=st.integers(-4000, 4000))
def test_figures_counted_from_another_zero_have_findings_counted_from_there(group: Group, world: World, offset: int):
    """But for the last digits of means; not where a percentage of the base is asked."""
    agree(group, world, Gauge(1.0, offset / 4), exactly=False)


@pytest.mark.parametrize("group", GROUPS)
@in_worlds(world=worlds())
def test_a_missing_figure_is_no_verdict_and_a_gap_is_in_no_run(group: Group, world: World):
    """An exception needs every figure of its window, on one side of every break."""
    panel = world.panel(group.figures)
    windows = {case.id: case.window for case in group.cases}
    rows = {str(panel.period(row)): row for row in range(PERIODS)}
    for (rule, area, period), finding in findings(group, panel).items():
        row, column = rows[period], panel.areas.index(area)
        if np.isnan(panel.values[row, column]):
            assert "no_data" == finding["state"]
        if finding["state"] == "exception":
            first = row - windows[rule] + 1
            assert first >= 0
            assert not np.isnan(panel.values[first : row + 1, column]).any()
            if panel.segments is not None:
                assert panel.segments[first, column] == panel.segments[row, column]


@pytest.mark.parametrize("group", [pytest.param(g, id=str(g)) for g in groups() if g.key in ("run", "near_limit")])
@in_worlds(world=worlds())
def test_no_window_reaches_across_a_move_of_the_centre(group: Group, world: World):
    """A run may end with the move that it made; what is near a limit is near one of today's."""
    panel = world.panel(group.figures)
    windows = {case.id: case.window for case in group.cases}
    history = findings(group, panel)
    rows = {str(panel.period(row)): row for row in range(PERIODS)}
    for (rule, area, period), finding in history.items():
        if finding["state"] == "exception":
            last = rows[period] if group.key == "near_limit" else rows[period] - 1
            moved = history[rule, area, str(panel.period(last))]["rebased_on"]
            assert moved is None or rows[moved] < rows[period] - windows[rule] + 1


@pytest.mark.parametrize("group", those("learns", ["plain", "percent", "rate"]))
@in_worlds(world=worlds(), row=st.integers(0, PERIODS - 1))
def test_taking_a_figure_away_turns_no_verdict_elsewhere_into_another(group: Group, world: World, row: int):
    """It may leave one open, never make one, neither exception nor normal.

    Where limits come from the series' own figures a figure less moves them; then only the window above holds.
    """
    panel, less = world.panel(group.figures), world.panel(group.figures)
    for plane in (less.values, *(less.planes[name] for name in ("numerator", "denominator") if name in less.planes)):
        plane[row, 0] = np.nan
    full, gappy = findings(group, panel), findings(group, less)
    for cell, finding in gappy.items():
        if finding["state"] in VERDICTS:
            assert full[cell]["state"] == finding["state"], cell


@pytest.mark.parametrize("group", GROUPS)
@in_worlds(world=worlds(), at=st.integers(1, PERIODS - 1))
def test_after_a_break_all_is_as_if_nothing_had_come_before(group: Group, world: World, at: int):
    """Nothing is compared, averaged, counted or projected across it, and all that comes after it counts."""
    world = replace(world, gaps=world.gaps - {(at, 0)})  # alone, a series begins with its first figure
    broken, fresh = replace(world, break_at=at).panel(group.figures), replace(world, break_at=None).panel(group.figures)
    for plane in (fresh.values, *(fresh.planes[name] for name in ("numerator", "denominator") if name in fresh.planes)):
        plane[:at, 0] = np.nan
    after, alone = findings(group, broken), findings(group, fresh)
    for cell, finding in alone.items():
        if cell[1] == "a0" and finding["value"] is not None:
            beside: Finding = {"consecutive": None}
            if finding["state"] != "exception":  # what refuted nothing may be shown from before it
                beside["evidence"] = None
            if after[cell]["reason"] == "break":  # which names what is in the way; alone, nothing is known of it
                assert finding["reason"] in ("no_comparison", "few_points"), cell
                beside |= {"reason": None, "state": None}
            assert finding | beside == after[cell] | beside, cell
