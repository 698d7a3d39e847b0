"""Compiling rules: which columns each watches, and which rules can be judged in one array call."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import pairwise

import numpy as np

from alerting.conditions.not_fresh import NotFresh
from alerting.domain.judging import Condition, Plan, Vector
from alerting.domain.measure import Level, Measure
from alerting.domain.panel import Columns, Floats, Index, Panel
from alerting.domain.period import PeriodKind
from alerting.domain.rule import Rule, RuleSet, Status
from alerting.evaluation.levels import is_constant, level_values, plan_values

#: For levels that are the same in every column.
_ANY_COLUMN = np.zeros(1, dtype=np.intp)
#: Rows of a panel within which a rule holds: first, last (both included).
Clamp = tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """One rule on one measure: its condition with what it takes from the measure, and the columns it watches."""

    rule: int
    measure: Measure
    condition: Condition
    #: A slice where it watches a whole measure.
    columns: Columns

    @property
    def size(self) -> int:
        """How many columns."""
        return self.columns.stop - self.columns.start if isinstance(self.columns, slice) else len(self.columns)

    @property
    def indices(self) -> Index:
        """The columns one by one."""
        if isinstance(self.columns, slice):
            return np.arange(self.columns.start, self.columns.stop)
        return self.columns


@dataclass(eq=False)
class Group:
    """Members judged in one array call: same panel, rows, kind of condition and structural parameters."""

    panel: Panel
    clamp: Clamp
    members: list[Member] = field(default_factory=list)
    _moved: dict[tuple[str, int, int], Floats] = field(default_factory=dict)

    @cached_property
    def columns(self) -> Columns:
        """All members' columns in order; a slice where they follow one another, so that blocks are views."""
        parts = [member.columns for member in self.members]
        slices = [part for part in parts if isinstance(part, slice)]
        if len(slices) == len(parts) and all(a.stop == b.start for a, b in pairwise(slices)):
            return slice(slices[0].start, slices[-1].stop)
        joined = np.concatenate([member.indices for member in self.members])
        if len(joined) and joined[-1] - joined[0] == len(joined) - 1 and (np.diff(joined) == 1).all():
            return slice(int(joined[0]), int(joined[-1]) + 1)
        return joined

    @cached_property
    def ends(self) -> Index:
        """Where each member's columns end among the group's."""
        return np.cumsum([member.size for member in self.members])

    @property
    def size(self) -> int:
        """Columns in all."""
        return int(self.ends[-1])

    @property
    def condition(self) -> Condition:
        """The first member's condition: structural parameters are equal in all."""
        return self.members[0].condition

    @property
    def is_freshness(self) -> bool:
        """Whether the clock judges, not the figures."""
        return isinstance(self.condition, NotFresh)

    @property
    def grace(self) -> float:
        """Days of grace of a freshness rule; 0 for the others."""
        return float(self.condition.grace) if isinstance(self.condition, NotFresh) else 0.0

    def member_at(self, place: int) -> Member:
        """Return the member that a place among the group's columns belongs to."""
        return self.members[int(np.searchsorted(self.ends, place, side="right"))]

    @cached_property
    def _vectors(self) -> list[Mapping[str, Vector]]:
        return [member.condition.vectors() for member in self.members]

    @cached_property
    def _constant(self) -> dict[str, Floats]:
        """Vector parameters that do not depend on period or area: a scalar, or one number a column."""
        found: dict[str, Floats] = {}
        for name in self._vectors[0]:
            values = [vectors[name] for vectors in self._vectors]
            if not all(is_constant(value) for value in values):
                continue
            numbers = np.array(
                [value.number if isinstance(value, Level) else value for value in values], dtype=np.float64
            )
            if (numbers == numbers[0]).all():
                found[name] = np.array(numbers[0])
            else:
                found[name] = np.repeat(numbers, self._lengths)
        return found

    @cached_property
    def _lengths(self) -> list[int]:
        return [member.size for member in self.members]

    def numbers(self, start: int, stop: int, places: slice | Index) -> dict[str, Floats]:
        """Return the vector parameters for rows start … stop-1 and the given places among the group's columns."""
        found = {}
        for name in self._vectors[0]:
            constant = self._constant.get(name)
            if constant is not None:
                found[name] = constant if constant.ndim == 0 else constant[places]
                continue
            moving = self._moving(name, start, stop)
            found[name] = moving if moving.shape[1] == 1 else moving[:, places]
        return found

    def _moving(self, name: str, start: int, stop: int) -> Floats:
        """Return a parameter that moves with period, column or area, for all of the group's columns; one column serves all."""
        key = (name, start, stop)
        if key not in self._moved:
            self._moved[key] = self._move(name, start, stop)
        return self._moved[key]

    def _move(self, name: str, start: int, stop: int) -> Floats:
        by_value: dict[Vector, Floats] = {}
        parts = []
        for member, vectors in zip(self.members, self._vectors, strict=True):
            value = vectors[name]
            if isinstance(value, Level) and (value.column is not None or value.by_area is not None):
                values = level_values(value, self.panel, start, stop, member.indices)
            else:
                if value not in by_value:
                    by_value[value] = self._over_time(value, start, stop)
                values = by_value[value]
            parts.append(values)
        if len(by_value) == 1 and all(part is parts[0] for part in parts):
            return parts[0]
        whole = [np.broadcast_to(part, (stop - start, n)) for part, n in zip(parts, self._lengths, strict=True)]
        return whole[0] if len(whole) == 1 else np.concatenate(whole, axis=1)

    def _over_time(self, value: Vector, start: int, stop: int) -> Floats:
        """Return a plan or level that is the same for every column."""
        if isinstance(value, Plan):
            return plan_values(value, self.panel.last_days[start:stop])[:, None]
        level = value if isinstance(value, Level) else Level(number=float(value))
        return level_values(level, self.panel, start, stop, _ANY_COLUMN)


def compile_groups(
    rules: RuleSet, panels: Mapping[PeriodKind, Panel], only: Iterable[str] | None = None
) -> list[Group]:
    """Group every rule that is not off (or those named in *only*) by what can be judged in one call."""
    wanted = None if only is None else set(only)
    found: dict[Hashable, Group] = {}
    selected: dict[Hashable, Columns] = {}
    lookups: dict[tuple[PeriodKind, str], dict[str, int]] = {}
    #: How often a group's kind of rule has met a whole measure: the second time opens another group, so that each stays a view.
    repeats: dict[Hashable, int] = {}
    for place, rule in enumerate(rules.rules):
        if rule.status is Status.OFF or (wanted is not None and rule.id not in wanted):
            continue
        for id_ in rule.measures:
            measure = rules.measures[id_]
            panel = panels.get(rule.every or measure.every)
            if panel is None or id_ not in panel.columns:
                continue
            clamp = clamp_of(rule, panel)
            if clamp is None:
                continue
            where = (panel.kind, id_, rule.areas)
            columns = selected.get(where)
            if columns is None:
                columns = selected[where] = _columns(rule, rules, panel, id_, lookups)
            if (columns.stop == columns.start) if isinstance(columns, slice) else not len(columns):
                continue
            condition = rule.when.bind(measure)
            grace = condition.grace if isinstance(condition, NotFresh) else None
            key = (panel.kind, clamp, condition.structure(), grace)
            again = repeats[key, id_] = repeats.get((key, id_), -1) + 1 if isinstance(columns, slice) else 0
            group = found.get((key, again))
            if group is None:
                group = found[key, again] = Group(panel, clamp)
            group.members.append(Member(place, measure, condition, columns))
    return list(found.values())


def _columns(
    rule: Rule, rules: RuleSet, panel: Panel, measure: str, lookups: dict[tuple[PeriodKind, str], dict[str, int]]
) -> Columns:
    """Return the measure's columns whose areas the rule watches."""
    own = panel.columns[measure]
    if rule.areas is None:
        return own
    lookup = lookups.get((panel.kind, measure))
    if lookup is None:
        areas = panel.areas[own]
        lookup = lookups[panel.kind, measure] = {area: own.start + n for n, area in enumerate(areas)}
    wanted = rules.areas.selected(rule.areas) if rule.areas.ids is None else rule.areas.ids
    return np.array(sorted(lookup[area] for area in wanted if area in lookup), dtype=np.intp)


def clamp_of(rule: Rule, panel: Panel) -> Clamp | None:
    """Return the rows whose period's last day lies in the rule's from … until; None where there are none."""
    last_row = panel.n_periods - 1
    if rule.since is None and rule.until is None:
        return (0, last_row) if last_row >= 0 else None
    rows = [row for row, day in enumerate(panel.last_days) if _holds(rule, day)]
    return (rows[0], rows[-1]) if rows else None


def _holds(rule: Rule, day: date) -> bool:
    return (rule.since is None or day >= rule.since) and (rule.until is None or day <= rule.until)


def column_sets(groups: Sequence[Group]) -> list[tuple[Group, list[Group]]]:
    """Gather groups that watch the same columns of the same rows, so that they share blocks and limits."""
    sets: dict[Hashable, list[Group]] = {}
    for group in groups:
        columns = group.columns
        key = (columns.start, columns.stop) if isinstance(columns, slice) else columns.tobytes()
        sets.setdefault((group.panel.kind, group.clamp, group.is_freshness, group.grace, key), []).append(group)
    return [(shared[0], shared) for shared in sets.values()]
