"""Worlds with a history: a few series of some shape with gaps, breaks and exclusions, and every case judged on them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

import numpy as np
from hypothesis import strategies as st

from alerting.domain.area import Area, AreaTree
from alerting.domain.measure import Aggregate, Measure, Polarity, Unit
from alerting.domain.panel import Panel
from alerting.domain.period import Calendar
from alerting.domain.place import Place
from alerting.domain.rule import Rule, RuleSet
from alerting.domain.severity import Severity, SeverityBySide
from alerting.evaluation.as_json import finding_json
from alerting.evaluation.engine import evaluate
from alerting.evaluation.findings import findings
from samples.brought import Case
from samples.gauge import AS_IT_IS, Gauge
from samples.worlds import a_measure, a_panel

PERIODS = 26
SERIES = 3
#: Binary fractions: scaled by a power of two or mirrored, every sum of them is the same sum, to the last digit.
STEP = 0.25
SHAPES = ("stable", "shifted", "trending", "seasonal", "outliers", "short", "constant", "zeros", "small counts")
#: What `numerator / denominator` is multiplied by.
SCALES = {"percent": 100.0, "rate": 1000.0}
UNITS = {"plain": Unit.NUMBER, "percent": Unit.PERCENT, "rate": Unit.RATE, "count": Unit.COUNT}


def a_shape(shape: str, random: np.random.Generator, periods: int = PERIODS) -> np.ndarray:
    """Figures around 10 as somebody might report them, in quarters."""
    month = np.arange(periods)
    values = 10 + random.normal(0, 1.5, periods)
    if shape == "shifted":
        values += np.where(month >= random.integers(8, periods), random.choice([-4, 4]), 0)
    elif shape == "trending":
        values += month * random.choice([-0.3, 0.3])
    elif shape == "seasonal":
        values += 3 * np.sin(2 * np.pi * month / 12)
    elif shape == "outliers":
        values[random.integers(0, periods, 2)] += random.choice([-30, 30])
    elif shape == "short":
        values[: random.integers(1, periods)] = np.nan
    elif shape == "constant":
        values[:] = 10
    elif shape == "zeros":
        values[:] = 0
    elif shape == "small counts":
        values = random.poisson(2, periods).astype(np.float64)
    return np.round(values / STEP) * STEP


@dataclass(frozen=True, slots=True)
class World:
    """What hypothesis draws: shapes, the seed of their noise, and what is missing, left out or broken."""

    shapes: tuple[str, ...]
    seed: int
    gaps: frozenset[tuple[int, int]]
    excluded: frozenset[tuple[int, int]]
    break_at: int | None

    def panel(self, figures: str, gauge: Gauge = AS_IT_IS) -> Panel:
        """The world's series in a gauge; noise is the same for every kind of figures."""
        random = np.random.default_rng(self.seed)
        values = np.column_stack([a_shape(shape, random) for shape in self.shapes])
        bottom = random.integers(1, 40, values.shape).astype(np.float64)
        for row, column in self.gaps:
            values[row, column] = np.nan
        floor, planes = -np.inf, plain_planes(values, gauge, random)
        if figures == "count":
            values, floor = np.abs(np.floor(values)), 0.0
        elif figures in SCALES:
            values, top = ratios(values, bottom, figures, gauge)
            planes, floor = planes | {"numerator": top, "denominator": bottom}, 0.0
        else:
            values = gauge.level(values)
        return a_panel(*values.T, planes=planes, minimum=floor, **self._marks(values.shape), **ceiling(figures, values))

    def _marks(self, shape: tuple[int, int]) -> dict[str, Any]:
        marks: dict[str, Any] = {}
        if self.excluded:
            marks["excluded"] = np.zeros(shape, dtype=bool)
            for row, column in self.excluded:
                marks["excluded"][row, column] = True
        if self.break_at is not None:  # the first series alone is broken
            marks["segments"] = np.zeros(shape, dtype=np.int32)
            marks["segments"][self.break_at :, 0] = 1
        return marks


def ceiling(figures: str, values: np.ndarray) -> dict[str, Any]:
    return {"ceiling": np.full(values.shape[1], 100.0)} if figures == "percent" else {}


def ratios(values: np.ndarray, bottom: np.ndarray, figures: str, gauge: Gauge) -> tuple[np.ndarray, np.ndarray]:
    """Values and numerators: around a quarter of the denominators; mirrored, what was no success."""
    top = np.where(values == values, np.minimum(np.abs(np.round(values * bottom / 40)), bottom), np.nan)
    if gauge.turned:
        top = bottom - top
    return top / bottom * SCALES[figures], top


def plain_planes(values: np.ndarray, gauge: Gauge, random: np.random.Generator) -> dict[str, np.ndarray]:
    """A plan, and limits as published: at times only one of them, or with a centre of their own."""
    some = random.random((3, *values.shape)) < 0.8
    plan = np.where(random.random(values.shape) < 0.9, 10.5, np.nan)
    low, high = np.where(some[0], 8.125, np.nan), np.where(some[1], 12.125, np.nan)
    centre = np.where(some[2], np.nan, 10.25)
    low, high = gauge.either((low, high), (high, low))
    published = {"lower_limit": low, "upper_limit": high, "centre": centre, "plan": plan}
    return {name: gauge.level(plane) for name, plane in published.items()}


def worlds(shapes: Sequence[str] = SHAPES) -> st.SearchStrategy[World]:
    """Worlds with something missing or left out; hypothesis would begin with the one where nothing is."""
    cell = st.tuples(st.integers(0, PERIODS - 1), st.integers(0, SERIES - 1))
    return st.builds(
        World,
        shapes=st.tuples(*[st.sampled_from(shapes)] * SERIES),
        seed=st.integers(0, 2**20),
        gaps=st.frozensets(cell, max_size=8),
        excluded=st.frozensets(cell, max_size=4),
        break_at=st.none() | st.integers(1, PERIODS - 1),
    ).filter(lambda world: bool(world.gaps and world.excluded) or world.break_at is not None)


def measure_of(figures: str, better: Polarity = Polarity.LOWER) -> Measure:
    limits = {"plain": {}, "percent": {"minimum": 0.0, "maximum": 100.0}}.get(figures, {"minimum": 0.0})
    how = Aggregate.SUM if UNITS[figures] is Unit.NUMBER else None
    return a_measure(
        unit=UNITS[figures], aggregate=how, better=better, per=1000.0 if figures == "rate" else 1.0, **limits
    )


def rules_of(cases: Sequence[Case], panel: Panel, figures: str, gauge: Gauge = AS_IT_IS) -> RuleSet:
    """One rule a case on the one measure; severity tells the worse side from the better."""
    by_side = SeverityBySide(worse=Severity.CRITICAL, better=Severity.INFO)
    rules = tuple(
        Rule(
            id=case.id, title=case.id, measures=("m",), when=case.make(gauge), severity=by_side,
            place=Place(file="rules/r.yaml", line=n + 1, column=1),
        )
        for n, case in enumerate(cases)
    )  # fmt: skip
    areas = AreaTree.of([Area(id=id_, title=id_.upper()) for id_ in panel.areas])
    measure = measure_of(figures, gauge.either(Polarity.LOWER, Polarity.HIGHER))
    return RuleSet(
        folder="rules", version="sha256:0", calendar=Calendar(), areas=areas, topics={}, measures={"m": measure},
        sources={}, rules=rules, owners={},
    )  # fmt: skip


def day_after(panel: Panel) -> date:
    return panel.period(panel.n_periods).first_day


Cell = tuple[str, str, str]


def found(rules: RuleSet, panel: Panel, *, every_period: bool, text: str) -> dict[Cell, dict[str, Any]]:
    """Findings as JSON by rule, area and period, through the same calls as the command."""
    evaluation = evaluate(rules, {panel.kind: panel}, day_after(panel), every_period=every_period)
    made = [finding_json(one.finding) for one in findings(evaluation, text=text)]
    return {(one["rule"], one["area"], one["period"]): one for one in made}


def as_text(finding: dict[str, Any]) -> str:
    """The very characters that are printed; what JSON has no word for is refused."""
    return json.dumps(finding, allow_nan=False, ensure_ascii=False)


def known_then(panel: Panel, rows: int) -> Panel:
    """The panel as it was when its later rows had not come."""
    return with_cells(panel, slice(0, rows))


def with_columns(panel: Panel, columns: Sequence[int]) -> Panel:
    """The panel's series in another order, or some of them."""
    order = list(columns)
    picked = with_cells(panel, (slice(None), order))
    return replace(
        picked, areas=tuple(panel.areas[n] for n in order), columns={"m": slice(0, len(order))},
        floor=panel.floor[order], ceiling=panel.ceiling[order],
    )  # fmt: skip


def with_cells(panel: Panel, part: Any) -> Panel:
    """Cut every array of cells alike."""
    shape = panel.values.shape
    changes: dict[str, Any] = {
        "planes": {name: np.ascontiguousarray(plane[part]) for name, plane in panel.planes.items()}
    }
    for field in fields(panel):
        array = getattr(panel, field.name)
        if isinstance(array, np.ndarray) and array.shape == shape:
            changes[field.name] = np.ascontiguousarray(array[part])
    return replace(panel, **changes)
