"""Series of one shape: alike in all that chance needs to know, so that one simulation serves them all.

A rule with limits of a series' own past fires as often at a level of 50 as at one of 5,000. So figures and lines are taken in units
of the series' own spread, rounded; ten thousand series are mostly some dozen shapes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from alerting.domain.arrays import Columns, Floats, Index
from alerting.domain.condition import Condition
from alerting.domain.panel import Panel
from alerting.domain.period import PeriodKind
from alerting.domain.rule import Rule
from alerting.evaluation.budget.counted import counted_cases
from alerting.evaluation.budget.draws import Draw
from alerting.evaluation.budget.noise import FEWEST_FIGURES, Noise
from alerting.evaluation.groups import Group, Member
from alerting.evaluation.rows import JudgedRows

#: Past periods of a world, at most: as many as any method looks back, and a little more.
LONGEST = {PeriodKind.DAY: 400, PeriodKind.WEEK: 312, PeriodKind.MONTH: 84, PeriodKind.QUARTER: 28, PeriodKind.YEAR: 20}
#: Lines so many deviations away are as good as none.
FAR = 5.0
#: Bounds so many deviations away are hardly ever met.
PLAIN = 4.0
#: Steps to a deviation; where that makes too many shapes, they are coarser.
STEPS = (10.0, 5.0, 2.0, 1.0)
MOST_SHAPES = 120
#: Rows to look back for a number that the newest one lacks.
LOOK_BACK = 12


@dataclass(frozen=True, kw_only=True, eq=False)
class Shape:
    """One series that stands for all of its shape, with what a rule holds it against."""

    #: Past figures that it has.
    figures: int
    member: Member
    column: int
    draw: Draw
    rule: Rule
    #: Vector parameters and columns of the source as they are now.
    numbers: Mapping[str, float]
    planes: Mapping[str, float]
    #: Of how many its figures are shares or rates now; NaN where that is not known.
    denominator: float
    #: Whether its figures are normal and far from what the measure cannot pass, and one exception opens, one normal figure clears.
    is_plain: bool


@dataclass(frozen=True, kw_only=True, eq=False)
class Shaped:
    """A group's columns by their shape."""

    shapes: Sequence[Shape]
    #: Per place among the group's columns: its shape; -1 where its noise is not known.
    which: Index


class GroupSeries:
    """The series of a group of rules on the columns of one panel, with their noise."""

    def __init__(self, group: Group, rows: JudgedRows, rules: Sequence[Rule], noise: Noise, panel: Panel) -> None:
        self.group, self.rows, self.rules, self.noise, self.panel = group, rows, rules, noise, panel
        self.columns = _indices(group.columns)
        self.last = panel.n_periods - 1
        self.mean, self.deviation = noise.mean[self.columns], noise.deviation[self.columns]
        self.figures = _rounded(noise.figures[self.columns])
        self.numbers = self._numbers()
        self.planes = {name: self._newest(panel.planes[name]) for name in self._asked() if name in panel.planes}
        self.denominators = (
            self._newest(panel.planes["denominator"]) if "denominator" in panel.planes else self.mean * np.nan
        )
        self.counted = counted_cases(group, panel, self.columns)
        is_counted = np.isfinite(self.counted.cases)
        self.mean = np.where(is_counted, self.counted.cases * self.counted.per_case, self.mean)
        self.deviation = np.where(is_counted, self.counted.deviation(), self.deviation)

    @property
    def areas(self) -> list[str]:
        """The area of each column."""
        return [self.panel.areas[column] for column in self.columns.tolist()]

    def shaped(self) -> Shaped:
        """Find the shapes, as fine as they may be."""
        known = np.flatnonzero((self.figures >= FEWEST_FIGURES) & np.isfinite(self.deviation))
        which = np.full(len(self.columns), -1, dtype=np.intp)
        first, found = self._alike(known, STEPS[0])
        for steps in STEPS[1:]:
            if len(first) > MOST_SHAPES:
                first, found = self._alike(known, steps)
        which[known] = found
        return Shaped(shapes=[self._shape(place) for place in known[first].tolist()], which=which)

    def each(self) -> Shaped:
        """Take every series for a shape of its own."""
        known = np.flatnonzero((self.figures >= FEWEST_FIGURES) & np.isfinite(self.deviation))
        which = np.full(len(self.columns), -1, dtype=np.intp)
        which[known] = np.arange(len(known))
        return Shaped(shapes=[self._shape(place) for place in known.tolist()], which=which)

    def _alike(self, known: Index, steps: float) -> tuple[Index, Index]:
        """Return the first of each shape among the known places, and the shape of each."""
        _, first, found = np.unique(self._keys(known, steps), axis=0, return_index=True, return_inverse=True)
        return first, found.reshape(-1)

    def _keys(self, known: Index, steps: float) -> Floats:
        """Return what must be alike, one row a series."""
        members = np.searchsorted(self.group.ends, known, side="right")
        owns = [self.rules[member.rule] for member in self.group.members]
        after = np.array([(own.open_after, own.clear_after) for own in owns])[members]
        mean, deviation = self.mean[known], self.deviation[known]

        def apart(line: Floats) -> Floats:
            far = np.clip((line - mean) / deviation, -FAR, FAR)
            return np.where(np.isnan(line), 2 * FAR, np.round(far * steps) / steps)

        bounds = [self.panel.floor[self.columns[known]], self.panel.ceiling[self.columns[known]]]
        lines = [one[known] for one in (*self.numbers.values(), *self.planes.values())]
        lines += [np.full(len(known), number) for number in self._written()]
        columns = [after[:, 0], after[:, 1], self.figures[known], *map(apart, lines)]
        columns += [
            np.round(apart(bound)) for bound in bounds
        ]  # what is hardly ever met need not be known to the tenth
        if not _is_of_its_own_past(self.group.condition):
            columns.append(
                np.round(np.arcsinh(mean / deviation) * steps)
            )  # a share of the level is more, or less, of the spread
        with np.errstate(all="ignore"):
            by_cases = zip(self.counted.parts(), self._coarse(), strict=True)
            columns += [np.round(one[known] * steps / coarse) for one, coarse in by_cases]
        return np.column_stack([np.nan_to_num(one, nan=-1.0, posinf=1e6, neginf=-1e6) for one in columns])

    def _coarse(self) -> tuple[float, float, float]:
        """Return how much coarser each part of `Counted` is told apart: by limits of their own past only how lopsided few are.

        Limits that chance alone makes of cases let one case more or less lie outside, by how many are expected: so finely those.
        """
        condition = self.group.condition
        methods = [part.condition.method for part in condition.plain_parts()]
        by_cases = any(method is not None and method.chance_alone for method in methods)
        if by_cases:
            return 0.5, 2.0, 2.0
        return (5.0, 5.0, 5.0) if _is_of_its_own_past(condition) else (2.0, 2.0, 2.0)

    def _shape(self, place: int) -> Shape:
        member = self.group.member_at(place)
        return Shape(
            figures=int(self.figures[place]),
            member=member,
            column=int(self.columns[place]),
            draw=self.counted.draw(place, float(self.mean[place]), float(self.deviation[place])),
            rule=self.rules[member.rule],
            numbers={name: float(line[place]) for name, line in self.numbers.items()},
            planes={name: float(line[place]) for name, line in self.planes.items()},
            denominator=float(self.denominators[place]),
            is_plain=self._is_plain(place),
        )

    def _is_plain(self, place: int) -> bool:
        rule, column = self.rules[self.group.member_at(place).rule], self.columns[place]
        away = np.abs([self.panel.floor[column] - self.mean[place], self.panel.ceiling[column] - self.mean[place]])
        free = bool((away > PLAIN * self.deviation[place]).all()) and bool(np.isnan(self.counted.cases[place]))
        return free and rule.open_after == rule.clear_after == 1

    def _numbers(self) -> dict[str, Floats]:
        """Return the rules' vector parameters as they are at the newest period, per column."""
        found: dict[str, Floats] = {}
        for back in range(min(LOOK_BACK, self.panel.n_periods)):
            row = self.last - back
            for name, line in self.rows.numbers.of(self.group, row, row + 1, slice(0, self.group.size)).items():
                own = np.array(np.broadcast_to(line, (1, len(self.columns)))[0])
                found[name] = own if name not in found else np.where(np.isnan(found[name]), own, found[name])
            if not any(np.isnan(line).any() for line in found.values()):
                break
        return found

    def _asked(self) -> list[str]:
        """Return the columns of the source that the rules hold figures against."""
        found: list[str] = []
        for part in self.group.condition.plain_parts():
            found += part.condition.columns
            method = part.condition.method
            if method is not None and not method.own_past and not method.among_areas:
                found += ["lower_limit", "upper_limit", "centre"]
        return list(dict.fromkeys(found))

    def _written(self) -> list[float]:
        """Return numbers that stand in the condition itself, not among its vectors: where bands begin."""
        parts = [part.condition for part in self.group.condition.plain_parts()]
        return [number for part in parts if not part.vectors() for number in part.numbers_given()]

    def _newest(self, plane: Floats) -> Floats:
        """Return each column's newest figure in a plane of the source."""
        own = plane[max(self.last + 1 - LOOK_BACK, 0) :, self.columns]
        found = np.full(len(self.columns), np.nan)
        for row in own:
            found = np.where(np.isnan(row), found, row)
        return found


def _is_of_its_own_past(condition: Condition) -> bool:
    """Whether the level makes no difference: each part looks along the series, or has limits of the series' own past."""
    parts = [part.condition for part in condition.plain_parts()]
    return all(part.method.own_past if part.method is not None else part.looks_back > 1 for part in parts)


def _rounded(figures: Index) -> Index:
    """Return numbers of past figures, the larger ones in steps."""
    found: Index = np.where(figures <= 24, figures, np.where(figures <= 60, figures // 4 * 4, figures // 12 * 12))
    return found


def _indices(columns: Columns) -> Index:
    return np.arange(columns.start, columns.stop) if isinstance(columns, slice) else columns
