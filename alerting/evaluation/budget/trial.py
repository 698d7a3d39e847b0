"""Judging worlds of noise by the rules' own conditions and limits, and counting what opens."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import timedelta

import numpy as np

from alerting.domain.arrays import Flags, Floats, Index
from alerting.domain.combining import PARTS
from alerting.domain.finding import State
from alerting.domain.fold import opening_rows
from alerting.domain.panel import Panel
from alerting.evaluation.budget.shapes import Shape
from alerting.evaluation.budget.worlds import FUTURES, LIKENESS, SEED, Worlds, worlds
from alerting.evaluation.groups import ColumnSet, Group, Member, PanelNumbers
from alerting.evaluation.histories import judge_histories
from alerting.evaluation.rows import JudgedRows

#: Cells judged at once: some thirty megabytes.
PIECE = 4_000_000
#: Worlds of areas that stand beside one another, at least and at most.
FEWEST_TOGETHER, MOST_TOGETHER = 8, 96
#: Past periods that say what is open, where nothing else is asked of the past.
SETTLED = 6


@dataclass(frozen=True, kw_only=True, eq=False)
class Rates:
    """What chance does in series of some shapes, `[shapes x likeness]`, per period."""

    #: Alerts that open.
    opens: Floats
    #: Exceptional periods.
    outside: Floats
    #: How far the rate of openings differs from world to world, though the noise is the same: variance.
    between: Floats
    #: How far `opens` is off because so few worlds were tried: variance.
    simulation: Floats


PLANES = tuple(field.name for field in fields(Rates))


class HeldNumbers(PanelNumbers):
    """Numbers that stay as they are now, whatever the period."""

    def __init__(self, panel: Panel, numbers: Mapping[str, Floats]) -> None:
        super().__init__(panel)
        self._numbers = numbers

    def of(self, group: Group, start: int, stop: int, places: slice | Index) -> dict[str, Floats]:
        """Return the numbers of some columns."""
        return {name: line[places] for name, line in self._numbers.items()}


def tried(group: Group, panel: Panel, shapes: Sequence[Shape], made: Worlds) -> Rates:
    """Judge worlds of each shape, as many past periods as its series has figures, and count what opens in their futures.

    Args:
        panel: of the series themselves: what the worlds' periods and bounds are taken from.
        made: worlds with at least as many past periods as any shape has figures.
    """
    size = (len(shapes), len(made.likeness))
    found = Rates(**{name: np.zeros(size) for name in ("opens", "outside", "between", "simulation")})
    by_length: dict[int, list[int]] = {}
    for place, shape in enumerate(shapes):
        by_length.setdefault(shape.figures, []).append(place)
    for figures, places in by_length.items():
        own = made.cut(figures, made.size)
        for some in _pieces(places, own):
            several = [shapes[place] for place in some]
            past = _past_needed(group, several, len(own.past))
            _count(group, panel, several, [own] * len(several), past, some, found)
    return found


def tried_together(group: Group, panel: Panel, shapes: Sequence[Shape], periods: int) -> Rates:
    """Judge worlds in which areas stand beside one another, each with noise of its own, and count what opens in each.

    Args:
        panel: the areas' own; it says which of them are siblings.
        shapes: one an area.
        periods: future ones.
    """
    size = (len(shapes), len(LIKENESS))
    found = Rates(**{name: np.zeros(size) for name in ("opens", "outside", "between", "simulation")})
    past = _past_needed(group, shapes, min(shape.figures for shape in shapes))
    each = PIECE // ((past + periods) * len(LIKENESS) * FUTURES * len(shapes))
    worlds_of_each = min(max(each, FEWEST_TOGETHER), MOST_TOGETHER)
    made = [worlds(one.figures, periods, worlds_of_each, SEED + 1 + place) for place, one in enumerate(shapes)]
    _count(group, panel, shapes, made, past, range(len(shapes)), found)
    return found


def _pieces(places: Sequence[int], made: Worlds) -> Iterator[list[int]]:
    cells = (len(made.past) + len(made.futures)) * made.futures[0].size
    step = max(PIECE // cells, 1)
    for begin in range(0, len(places), step):
        yield list(places[begin : begin + step])


def _count(  # each is decided apart
    group: Group,
    panel: Panel,
    shapes: Sequence[Shape],
    made: Sequence[Worlds],
    past: int,
    places: Sequence[int],
    found: Rates,
) -> None:
    """Judge the worlds of some shapes, with so many past periods, and write down what opened."""
    periods, size = len(made[0].futures), made[0].size
    values = np.stack([shape.draw.figures(own, past) for shape, own in zip(shapes, made, strict=True)], axis=1)
    shape_of_worlds = values.shape[1:]
    opens, outside, judged = _openings(
        group, _panel_of(panel, shapes, values.reshape(past + periods, -1), past), shapes
    )
    opened = opens[past:].sum(axis=0, dtype=np.float64).reshape(shape_of_worlds) / periods
    out = outside[past:].mean(axis=0).reshape(shape_of_worlds)
    mean = opened.mean(axis=-1)
    found.opens[places] = mean.mean(axis=-1)
    found.outside[places] = out.mean(axis=(-2, -1))
    apart = opened - found.opens[places][..., None, None]
    futures = opened.shape[-1]
    together = (apart.sum(axis=-1) ** 2 - (apart**2).sum(axis=-1)) / (futures * (futures - 1))
    # Too wide rather than too narrow, where so few worlds hardly tell.
    doubt = together.std(axis=-1) / np.sqrt(size)
    found.between[places] = np.maximum(together.mean(axis=-1), 0.0) + doubt
    found.simulation[places] = mean.var(axis=-1) / size + 1 / (periods * opened.shape[-2] * futures) ** 2
    # Where no figure of the future is judged, as against a baseline of days that no world reaches back to, nothing is known.
    unknown = ~judged[past:].any(axis=0).reshape(len(shapes), -1).any(axis=1)
    found.opens[np.array(places)[unknown]] = np.nan


def _past_needed(group: Group, shapes: Sequence[Shape], there: int) -> int:
    """Return how many past periods are judged: all, or as many as show what is open where the condition looks at one figure."""
    parts = [part.condition for part in group.condition.plain_parts()]
    if any(part.looks_back > 1 or part.compares_periods for part in parts):
        return there
    after = max(max(shape.rule.open_after, shape.rule.clear_after) for shape in shapes)
    return min(there, 2 * after + SETTLED)


def _panel_of(panel: Panel, shapes: Sequence[Shape], values: Floats, past: int) -> Panel:
    """Return worlds as a panel that ends so many periods after the series' own."""
    each = values.shape[1] // len(shapes)
    columns = np.array([shape.column for shape in shapes])
    floor, ceiling = np.repeat(panel.floor[columns], each), np.repeat(panel.ceiling[columns], each)
    first = panel.first + panel.n_periods - past
    planes = {
        name: np.broadcast_to(np.repeat([shape.planes[name] for shape in shapes], each), values.shape)
        for name in shapes[0].planes
    }
    siblings = None
    if panel.siblings is not None:  # those of one world are among one another
        siblings = np.repeat(panel.siblings[columns] * each, each) + np.tile(np.arange(each), len(shapes))
    made = Panel(
        kind=panel.kind,
        first=first,
        starts=panel.starts,
        values=values,
        shown=values,
        planes=planes,
        columns={shapes[0].member.measure.id: slice(0, values.shape[1])},
        areas=tuple(np.repeat([panel.areas[column] for column in columns.tolist()], each).tolist()),
        floor=floor,
        ceiling=ceiling,
        aggregates=panel.aggregates,
        siblings=siblings,
    )
    made = _printed(made, shapes[0].member)
    bounded = np.clip(made.values, floor, ceiling)
    parts = _parts(bounded, shapes, each) if panel.planes.keys() >= set(PARTS) else {}
    return replace(made, values=bounded, shown=bounded, planes={**planes, **parts})


def _printed(panel: Panel, member: Member) -> Panel:
    """Return figures as they are printed, where the noise is that of figures per day."""
    from alerting.domain.daily import DayCount

    count = DayCount.of(member.measure)
    if count is None:
        return panel
    days = count.of_each([panel.period(row) for row in range(panel.n_periods)])
    return replace(panel, values=panel.values * days[:, None])


def _parts(values: Floats, shapes: Sequence[Shape], each: int) -> dict[str, Floats]:
    """Return numerators and denominators of figures."""
    bottoms = np.repeat([shape.draw.out_of or shape.denominator for shape in shapes], each)
    scales = np.repeat([shape.member.measure.ratio_scale for shape in shapes], each)
    return {"numerator": values * bottoms / scales, "denominator": np.broadcast_to(bottoms, values.shape)}


def _openings(group: Group, panel: Panel, shapes: Sequence[Shape]) -> tuple[Flags, Flags, Flags]:
    """Judge every period by the group's condition; return where alerts open, what is exceptional, and what is judged."""
    each = panel.n_series // len(shapes)
    measure = replace(shapes[0].member.measure, expected=None)
    whole = Member(shapes[0].member.rule, measure, group.condition, slice(0, panel.n_series))
    trial = Group(panel.kind, (0, panel.n_periods - 1), [whole])
    as_of = panel.last_days[-1] + timedelta(days=1)
    rows = JudgedRows(panel, {measure.id: measure}, as_of, frozenset())
    numbers = {name: np.repeat([shape.numbers[name] for shape in shapes], each) for name in shapes[0].numbers}
    rows = rows.seen_by(trial)
    rows.numbers = HeldNumbers(panel, numbers)
    after = [np.repeat([getattr(shape.rule, name) for shape in shapes], each) for name in ("open_after", "clear_after")]
    opens, outside, judged = (np.zeros(panel.values.shape, dtype=bool) for _ in range(3))
    for verdicts in judge_histories(ColumnSet([trial]), rows, as_of):
        own = verdicts.places
        counts = np.ones(verdicts.state.shape, dtype=bool) if verdicts.counts is None else verdicts.counts
        side = None if isinstance(verdicts.side, int) else verdicts.side
        opens[:, own] = opening_rows(verdicts.state, counts, after[0][own], after[1][own], side)
        outside[:, own] = (verdicts.state == State.EXCEPTION) & counts
        judged[:, own] = verdicts.state <= State.EXCEPTION
    return opens, outside, judged
