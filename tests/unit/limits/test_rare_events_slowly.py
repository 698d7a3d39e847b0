"""Days between rare events and their limits, against a reading of the words event by event, one series at a time.

The second way keeps a list of gaps, a NaN where one is not known; it knows nothing of arrays or of walks through time.
"""

from datetime import date
from itertools import pairwise
from math import ceil, floor, isnan, log, nan
from statistics import mean, median

import numpy as np
import pytest
from samples.sampling import few
from samples.worlds import _, a_measure, a_panel, judged, reasons, rules_for, states, verdicts_of

from alerting.conditions.above_upper_limit import AboveUpperLimit
from alerting.conditions.below_lower_limit import BelowLowerLimit
from alerting.conditions.composition import AnyOf
from alerting.conditions.near_limit import NearLimit
from alerting.conditions.outside_limits import OutsideLimits
from alerting.conditions.run import Run
from alerting.conditions.target_missed import TargetMissed
from alerting.domain.block import Block
from alerting.domain.finding import Reason, State
from alerting.domain.measure import Level, Polarity, Unit
from alerting.domain.parameters import Baseline
from alerting.domain.period import Calendar, PeriodKind
from alerting.evaluation.engine import evaluate
from alerting.evaluation.findings import findings
from alerting.limits.rare_events import GChart, TChart

DAYS, COLUMNS = 160, 5
FIRST = Calendar().parse_exact("2019-01-01").ordinal
ACCIDENTS = a_measure(every=PeriodKind.DAY, unit=Unit.COUNT)
METHODS = [
    GChart(), TChart(), GChart(baseline=Baseline(first=12)), TChart(baseline=Baseline(first=15), sigmas=2.0),
    GChart(baseline=Baseline(since=date(2019, 1, 20), until=date(2019, 4, 30))),
    TChart(baseline=Baseline(since=date(2019, 1, 20), until=date(2019, 4, 30))),
]  # fmt: skip


def days(*series, **extra):
    return a_panel(*series, kind=PeriodKind.DAY, first=FIRST, **extra)


def a_random_panel(seed, *, gaps=False, exclusions=False, breaks=False, rate=0.25):
    random = np.random.default_rng(seed)
    counts = random.poisson(rate, (DAYS, COLUMNS)).astype(float)
    if gaps:
        counts[random.random((DAYS, COLUMNS)) < 0.03] = nan
        counts[:40, 3] = nan
    excluded = random.random((DAYS, COLUMNS)) < 0.05 if exclusions else None
    segments = np.cumsum(random.random((DAYS, COLUMNS)) < 0.01, axis=0).astype(np.int32) if breaks else None
    return days(*counts.T.tolist(), excluded=excluded, segments=segments)


def gaps_until(panel, column, row, same_day):
    """[(row, gap)] of the events up to *row* since the last break, NaN where not known; and the day of the last, if known."""
    found, since, begun = [], None, False
    for r in range(row + 1):
        if panel.segments is not None and r and panel.segments[r, column] != panel.segments[r - 1, column]:
            found, since = [], None
        count = panel.values[r, column]
        if isnan(count):
            since = None if begun else since
            continue
        begun = True
        for _event in range(int(count)):
            if found and found[-1][0] == r:
                found.append((r, same_day))
            else:
                found.append((r, nan if since is None else float(r - since)))
            since = r
        if count:
            since = r
    return found, since


def value_slowly(panel, column, row, same_day):
    if isnan(panel.values[row, column]):
        return nan
    found, since = gaps_until(panel, column, row, same_day)
    if panel.values[row, column] > 0:
        return found[-1][1]
    return nan if since is None else float(row - since)


def baseline(method, panel, column, row):
    """The gaps in order; NaN for those that take no part."""
    found, _since = gaps_until(panel, column, row, method.same_day)
    taken, room = [], method.baseline.first or 10**9
    for r, gap in found:
        out = panel.excluded is not None and panel.excluded[r, column]
        use = not isnan(gap) and not out and method.baseline.holds(panel.last_days[r]) and room > 0
        room -= use
        taken.append(gap if use else nan)
    return taken


def slowly(method, panel, column, row):
    """(centre, lower, upper), or None."""
    gaps = baseline(method, panel, column, row)
    known = [gap for gap in gaps if not isnan(gap)]
    if len(known) < 8:
        return None
    if isinstance(method, GChart):
        p = 1 / (1 + mean(known))
        if p == 1:
            return median(known), 0.0, 0.0
        points = [max(ceil(log(1 - q) / log(1 - p)) - 1, 0) for q in (0.00135, 0.99865)]
        return median(known), *points
    y = [gap ** (1 / 3.6) for gap in gaps]
    ranges = [abs(b - a) for a, b in pairwise(y) if not isnan(a) and not isnan(b)]
    if not ranges:
        return None
    typical = mean(ranges)
    kept = [r for r in ranges if r < 3.267 * typical]
    typical = mean(kept) if any(kept) else typical
    middle, reach = mean(x for x in y if not isnan(x)), 2.66 * method.sigmas / 3 * typical
    return middle**3.6, max(middle - reach, 0.0) ** 3.6, (middle + reach) ** 3.6


SHAPES = [
    pytest.param({}, id="whole series"),
    pytest.param({"rate": 1.6}, id="several a day"),
    pytest.param({"gaps": True}, id="gaps"),
    pytest.param({"exclusions": True}, id="exclusions"),
    pytest.param({"breaks": True}, id="breaks"),
    pytest.param({"gaps": True, "exclusions": True, "breaks": True, "rate": 0.6}, id="all of them"),
]


@pytest.mark.sampled(5)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("method", METHODS, ids=lambda m: f"{m.key}-{METHODS.index(m)}")
def test_gaps_and_their_limits_are_what_the_words_give(method, shape):
    counts = a_random_panel(4, **shape)
    seen = method.view.panel(counts, slice(0, COLUMNS))
    cells = [(r, c) for r in range(DAYS) for c in range(COLUMNS)]
    values = np.array([value_slowly(counts, c, r, method.same_day) for r, c in cells]).reshape(DAYS, COLUMNS)
    assert np.array_equal(seen.values, values, equal_nan=True)
    found = method.compute(Block(seen, 0, DAYS, slice(0, COLUMNS)), {})
    wanted = np.array([slowly(method, counts, c, r) or (nan,) * 3 for r, c in cells]).reshape(DAYS, COLUMNS, 3)
    for n, line in enumerate((found.centre, found.lower, found.upper)):
        assert line == pytest.approx(wanted[..., n], rel=1e-9, abs=1e-12, nan_ok=True)
    points = [[sum(not isnan(g) for g in baseline(method, counts, c, DAYS - 1)) for c in range(COLUMNS)]]
    members = method.members(Block(seen, DAYS - 1, DAYS, slice(0, COLUMNS)))
    assert members.numbers["points"].tolist() == points[0]


@pytest.mark.parametrize("method", METHODS[:3], ids=["g", "t", "g of twelve"])
def test_a_day_depends_on_no_later_day_and_on_no_other_series(method):
    seen = method.view.panel(a_random_panel(9, gaps=True, exclusions=True, breaks=True), slice(0, COLUMNS))
    whole = method.compute(Block(seen, 0, DAYS, slice(0, COLUMNS)), {})
    for row in (30, 77, DAYS - 1):
        for column in range(COLUMNS):
            one = method.compute(Block(seen, row, row + 1, slice(column, column + 1)), {})
            assert np.array_equal(one.upper[0], whole.upper[row, column : column + 1], equal_nan=True)


@pytest.mark.sampled
@pytest.mark.parametrize(
    "condition", [OutsideLimits(limits=TChart()), Run(of=GChart(), length=3), NearLimit(limits=TChart(), points=1)]
)
def test_the_newest_day_is_the_last_of_every_day(condition):
    counts = a_random_panel(12, gaps=True, breaks=True)
    for stop in few((131,), (60, 100, 131, DAYS)):
        panel = days(*counts.values[:stop].T.tolist(), segments=counts.segments[:stop])
        rules = rules_for(panel, condition, ACCIDENTS)
        as_of = panel.period(stop).first_day
        newest, every = (
            {
                one.finding.area: one.finding
                for one in findings(evaluate(rules, {panel.kind: panel}, as_of, every_period=how), text="all")
            }
            for how in (False, True)
        )
        assert newest == every


def run_slowly(counts, method, column, row, *, length, side):
    """E, n, d or h; by going back from one event to the one before."""
    if isnan(value_slowly(counts, column, row, method.same_day)):
        return None
    lines = slowly(method, counts, column, row)
    if lines is None:
        return "h"
    if not counts.values[row, column]:
        return "n"
    last = [gap for _row, gap in gaps_until(counts, column, row, method.same_day)[0]][-length:]
    beyond = [isnan(gap) or (gap > lines[0] if side == "above" else gap < lines[0]) for gap in last]
    if not all(beyond):
        return "n"
    return "h" if len(last) < length else "d" if any(map(isnan, last)) else "E"


@pytest.mark.sampled(9)
@pytest.mark.parametrize("side", ["above", "below"])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_run_is_one_of_gaps_not_of_days(shape, side):
    counts = a_random_panel(21, **shape)
    found = verdicts_of(Run(of=GChart(), length=3, side=side), counts, ACCIDENTS)
    begun = int(counts.first_rows[0])
    letters = {State.NORMAL: "n", State.EXCEPTION: "E", State.NO_DATA: "d", State.NOT_ENOUGH_HISTORY: "h"}
    wanted = [run_slowly(counts, GChart(), 0, row, length=3, side=side) for row in range(begun, DAYS)]
    told = [letters[state] for state, _ in found]
    assert [t for t, w in zip(told, wanted, strict=True) if w is not None] == [w for w in wanted if w is not None]


#: An event each third day, ten of them, and then none for a month.
STEADY = [1, 0, 0] * 10 + [0] * 30


def test_a_day_without_an_event_is_normal_until_the_open_gap_passes_the_upper_limit():
    """Geometric with mean 3: its 99.865 % point is ceil(ln 0.00135 / ln 0.75) - 1 = 22 days."""
    upper = ceil(log(0.00135) / log(0.75)) - 1
    found = judged(AboveUpperLimit(limits=GChart()), days(STEADY), ACCIDENTS)
    assert upper == 22
    assert [one.value for one in found if one.state is State.EXCEPTION] == list(range(23, 33))
    assert [one.value for one in found if one.state is State.NORMAL] == [3.0, 1, 2, 3.0, *range(1, 23)]
    assert (found[-1].centre, found[-1].lower, found[-1].upper) == (3.0, 0.0, 22.0)


#: An event each tenth day or so, twelve gaps, the last of them of two days; then two days without.
ABOUT_TEN = [count for gap in (10, 9, 11, 10, 9, 11, 10, 9, 11, 10, 9, 2) for count in [1, *[0] * (gap - 1)]] + [
    1,
    0,
    0,
]


@pytest.mark.parametrize("condition", [OutsideLimits(limits=TChart()), BelowLowerLimit(limits=TChart())])
def test_a_gap_is_too_short_when_an_event_has_ended_it_and_not_before(condition):
    found = judged(condition, days(ABOUT_TEN), ACCIDENTS)
    assert [ABOUT_TEN[-3]] == [ABOUT_TEN[row] for row, one in enumerate(found) if one.state is State.EXCEPTION]
    assert ["exception", "normal", "normal"] == [one.state.word for one in found[-3:]]
    assert found[-1].value == 2 < found[-1].lower


@pytest.mark.parametrize(
    "condition",
    [
        pytest.param(OutsideLimits(limits=TChart()), id="either-limit"),
        pytest.param(BelowLowerLimit(limits=TChart()), id="the-lower-limit"),
        pytest.param(NearLimit(limits=TChart()), id="near-a-limit"),
        pytest.param(Run(of=GChart(), length=3, side="below"), id="a-run"),
    ],
)
def test_an_open_gap_is_not_called_short(condition):
    found = judged(condition, days(ABOUT_TEN), ACCIDENTS)[-1]
    assert "none for 2 days up to 24 April 2019, not yet as long as the usual " in found.text


def test_a_longer_gap_is_good_news_where_fewer_events_are_wanted():
    found = judged(AboveUpperLimit(limits=GChart()), days(STEADY), ACCIDENTS)[-1]
    assert (
        "none for 32 days up to 1 March 2019, significantly longer than the usual 3 days (upper limit 22 days)"
        in found.text
    )
    assert "Longer gaps are better here." in found.text
    wanted = judged(
        AboveUpperLimit(limits=GChart()), days(STEADY), a_measure(every=PeriodKind.DAY, better=Polarity.HIGHER)
    )[-1]
    assert "are better here" not in wanted.text


def test_several_events_on_a_day_are_no_whole_day_apart_for_g_and_half_a_day_for_t():
    counts = [1, 0, 0, 2, 0, 3]
    assert [one.value for one in judged(AboveUpperLimit(limits=GChart()), days(counts), ACCIDENTS)] == [
        _,
        1,
        2,
        0,
        1,
        0,
    ]
    assert [one.value for one in judged(AboveUpperLimit(limits=TChart()), days(counts), ACCIDENTS)] == [
        _,
        1,
        2,
        0.5,
        1,
        0.5,
    ]


def test_a_day_without_a_figure_leaves_the_gap_open_to_doubt():
    """An event may lie there: nothing is said until two events have come again."""
    counts = [*[1, 0] * 10, _, 0, 1, 0, 1]
    assert (
        states(AboveUpperLimit(limits=GChart()), counts, measure=ACCIDENTS, kind=PeriodKind.DAY, first=FIRST)[16:]
        == "nnnnddd" + "nn"
    )
    why = reasons(AboveUpperLimit(limits=GChart()), counts, measure=ACCIDENTS, kind=PeriodKind.DAY, first=FIRST)
    assert why[20:23] == [Reason.MISSING, Reason.GAP, Reason.GAP]
    assert why[:2] == [Reason.FEW_POINTS] * 2


def test_few_gaps_say_nothing():
    """Seven are too few; with the eighth there are limits, on trial until there are twelve."""
    found = judged(AboveUpperLimit(limits=GChart()), days([1, 0] * 13), ACCIDENTS)
    eighth = next(n for n, one in enumerate(found) if one.state is State.NORMAL)
    assert eighth == 16
    assert {one.reason for one in found[:eighth]} == {Reason.FEW_POINTS}
    assert [found[16].trial, found[-1].trial] == [True, False]


@pytest.mark.parametrize(
    ("measure", "fits"),
    [
        pytest.param(ACCIDENTS, True, id="counts a day"),
        pytest.param(a_measure(unit=Unit.COUNT), False, id="counts a month"),
        pytest.param(a_measure(every=PeriodKind.DAY), False, id="numbers"),
        pytest.param(a_measure(every=PeriodKind.DAY, unit=Unit.PERCENT), False, id="percents"),
    ],
)
def test_rare_events_are_counted_by_the_day(measure, fits):
    for method in (GChart(), TChart()):
        assert (Run(of=method).problems(measure, measure.every) == []) is fits


def test_days_between_events_and_figures_are_not_mixed_in_one_rule():
    mixed = AnyOf(parts=(TargetMissed(at_most=Level(number=1)), BelowLowerLimit(limits=TChart())))
    assert any("two rules" in problem for problem in mixed.problems(ACCIDENTS, PeriodKind.DAY))
    alike = AnyOf(parts=(AboveUpperLimit(limits=TChart()), BelowLowerLimit(limits=TChart())))
    assert alike.problems(ACCIDENTS, PeriodKind.DAY) == []


def test_evidence_counts_gaps_not_days():
    limits = judged(AboveUpperLimit(limits=TChart()), days([1, 0, 2, 0] * 10), ACCIDENTS)[-1].evidence["limits"]
    assert (limits["method"], limits["points"], limits["sigmas"]) == ("t", 29, 3.0)
    assert (limits["from"], limits["to"]) == ("2019-01-03", "2019-02-08")
    assert limits["mean_moving_range"] > 0
    assert floor(limits["points"]) == limits["points"]
