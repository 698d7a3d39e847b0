"""Compiling rules: which columns each watches, and which rules can be judged in one array call."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, partial
from itertools import pairwise
from weakref import WeakKeyDictionary

import numpy as np

from alerting.conditions.kernels.plans import plan_values
from alerting.domain.aggregation import AMOUNTS, as_judged, over_time
from alerting.domain.area import AreaSelector, AreaTree
from alerting.domain.arrays import Columns, Floats, Index
from alerting.domain.combining import PARTS
from alerting.domain.condition import Condition
from alerting.domain.daily import DayCount
from alerting.domain.fault import Faults, Work
from alerting.domain.limits_method import View
from alerting.domain.measure import Aggregate, Level, Measure
from alerting.domain.panel import Panel
from alerting.domain.parameters import Plan, Vector
from alerting.domain.period import PeriodKind
from alerting.domain.rule import Rule, RuleSet, Status
from alerting.evaluation.levels import is_constant, level_values

#: For levels that are the same in every column.
_ANY_COLUMN = np.zeros(1, dtype=np.intp)
#: Newest rows in which most series end.
RECENT = 24
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

    def place(self, column: int) -> int | None:
        """Return where a column stands among those it watches; None where it does not watch it."""
        if isinstance(self.columns, slice):
            return column - self.columns.start if self.columns.start <= column < self.columns.stop else None
        found = np.flatnonzero(self.columns == column)
        return int(found[0]) if len(found) else None

    @property
    def indices(self) -> Index:
        """The columns one by one."""
        if isinstance(self.columns, slice):
            return np.arange(self.columns.start, self.columns.stop)
        return self.columns


@dataclass(eq=False)
class Group:
    """Members judged in one array call: same panel, rows, kind of condition and structural parameters."""

    kind: PeriodKind
    clamp: Clamp
    members: list[Member] = field(default_factory=list)
    _distinct: dict[str, tuple[list[Vector], Index]] = field(default_factory=dict)

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
    def days(self) -> DayCount | None:
        """How its measures' figures are shared out among days; alike in all members."""
        return DayCount.of(self.members[0].measure)

    @cached_property
    def asks_clock(self) -> bool:
        """Whether the clock judges, alone or beside the figures."""
        return any(part.condition.by_clock for part in self.condition.plain_parts())

    @cached_property
    def is_freshness(self) -> bool:
        """Whether the clock alone judges, not the figures."""
        return all(part.condition.by_clock for part in self.condition.plain_parts())

    @property
    def is_mixed(self) -> bool:
        """Whether parts judge by the clock and others by the figures: an unknown value decides only about the latter."""
        return self.asks_clock and not self.is_freshness

    @cached_property
    def grace(self) -> float:
        """Days after which a missing figure is what is judged: those of a freshness rule, 0 for the others."""
        return grace_of(self.condition)

    @property
    def view(self) -> View | None:
        """What is judged of the figures; None: themselves."""
        return self.condition.view

    def member_at(self, place: int) -> Member:
        """Return the member that a place among the group's columns belongs to."""
        return self.members[int(np.searchsorted(self.ends, place, side="right"))]

    @cached_property
    def vectors(self) -> list[Mapping[str, Vector]]:
        """Each member's vector parameters."""
        return [member.condition.vectors() for member in self.members]

    @cached_property
    def constant(self) -> dict[str, Floats]:
        """Vector parameters that do not depend on period or area: a scalar, or one number a column."""
        found: dict[str, Floats] = {}
        for name in self.vectors[0]:
            values = [vectors[name] for vectors in self.vectors]
            if not all(is_constant(value) for value in values):
                continue
            numbers = np.array(
                [value.number if isinstance(value, Level) else value for value in values], dtype=np.float64
            )
            if (numbers == numbers[0]).all():
                found[name] = np.array(numbers[0])
            else:
                found[name] = np.repeat(numbers, self.lengths)
        return found

    def distinct(self, name: str) -> tuple[list[Vector], Index]:
        """Return a parameter's distinct values, and which of them each member has."""
        if name not in self._distinct:
            places: dict[Vector, int] = {}
            which = [places.setdefault(vectors[name], len(places)) for vectors in self.vectors]
            self._distinct[name] = (list(places), np.array(which, dtype=np.intp))
        return self._distinct[name]

    @cached_property
    def lengths(self) -> list[int]:
        """How many columns each member watches."""
        return [member.size for member in self.members]


class PanelNumbers:
    """Groups' vector parameters as arrays for one panel; what moves with time or area is worked out once."""

    def __init__(self, panel: Panel) -> None:
        self.panel = panel
        self._moved: dict[tuple[Group, str, int, int], Floats] = {}
        self._recent: dict[Plan, Floats] = {}

    def of(self, group: Group, start: int, stop: int, places: slice | Index) -> dict[str, Floats]:
        """Return the vector parameters for rows start … stop-1 and the given places among the group's columns."""
        found = {}
        for name in group.vectors[0]:
            constant = group.constant.get(name)
            if constant is not None:
                found[name] = constant if constant.ndim == 0 else constant[places]
                continue
            moving = self._moving(group, name, start, stop)
            found[name] = moving if moving.shape[1] == 1 else moving[:, places]
        return found

    def _moving(self, group: Group, name: str, start: int, stop: int) -> Floats:
        """Return a parameter that moves with period, column or area, for all of the group's columns; one column serves all."""
        key = (group, name, start, stop)
        if key not in self._moved:
            self._moved[key] = self._move(group, name, start, stop)
        return self._moved[key]

    def _move(self, group: Group, name: str, start: int, stop: int) -> Floats:
        """Work out each distinct value once; only levels that are columns of the source or differ by area go member by member."""
        values, which = group.distinct(name)
        if not any(isinstance(v, Level) and (v.column is not None or v.by_area is not None) for v in values):
            parts = [self._over_time(value, start, stop) for value in values]
            if len(parts) == 1:
                return parts[0]
            spread = [np.broadcast_to(part, (stop - start, 1)) for part in parts]  # a plain number beside dated ones
            return np.concatenate(spread, axis=1)[:, np.repeat(which, group.lengths)]
        rows = stop - start
        return np.concatenate(
            [
                np.broadcast_to(self._of_member(values[n], member, start, stop), (rows, member.size))
                for n, member in zip(which.tolist(), group.members, strict=True)
            ],
            axis=1,
        )

    def _of_member(self, value: Vector, member: Member, start: int, stop: int) -> Floats:
        if isinstance(value, Level):
            return level_values(value, self.panel, start, stop, member.indices)
        return self._over_time(value, start, stop)

    def _over_time(self, value: Vector, start: int, stop: int) -> Floats:
        """Return a plan or level that is the same for every column."""
        if isinstance(value, Plan):
            return self._planned(value, start, stop)[:, None]
        level = value if isinstance(value, Level) else Level(number=float(value))
        return level_values(level, self.panel, start, stop, _ANY_COLUMN)

    def _planned(self, plan: Plan, start: int, stop: int) -> Floats:
        """Return where a plan stands; in the newest rows, which are judged one by one as series end there, worked out at once."""
        first = max(self.panel.n_periods - RECENT, 0)
        if start < first:
            return plan_values(plan, self.panel.last_days[start:stop])
        if plan not in self._recent:
            self._recent[plan] = plan_values(plan, self.panel.last_days[first:])
        return self._recent[plan][start - first : stop - first]


@dataclass(frozen=True, slots=True, eq=False)
class ColumnSet:
    """Groups that watch the same columns of the same rows, so that they share blocks and limits."""

    groups: list[Group]

    @property
    def first(self) -> Group:
        """The group that stands for all where columns and rows are meant."""
        return self.groups[0]


#: What rule sets were compiled to for panels of one layout: a service judges the same rules morning after morning.
_COMPILED: WeakKeyDictionary[RuleSet, tuple[object, list[ColumnSet]]] = WeakKeyDictionary()


def compiled(
    rules: RuleSet, panels: Mapping[PeriodKind, Panel], only: Iterable[str] | None = None, faults: Faults | None = None
) -> list[ColumnSet]:
    """Compile every rule that is not off (or those named in *only*); at once where rules and panels' columns are as last time."""
    wanted = None if only is None else frozenset(only)
    layout = (
        wanted,
        [(p.kind, p.first, p.n_periods, p.starts, p.columns, p.areas, p.aggregates) for p in panels.values()],
    )
    known = _COMPILED.get(rules)
    if known is not None and known[0] == layout:
        return known[1]
    faults = Faults() if faults is None else faults
    before = len(faults)
    sets = column_sets(_compile_groups(rules, panels, wanted, faults))
    if len(faults) == before:  # else the rule that is left out is named at each pass
        _COMPILED[rules] = (layout, sets)
    return sets


def _compile_groups(
    rules: RuleSet, panels: Mapping[PeriodKind, Panel], wanted: frozenset[str] | None, faults: Faults
) -> list[Group]:
    """Group rules by what can be judged in one call; one that cannot be compiled is left out and noted."""
    found = _Groups(rules, panels)
    for place, rule in enumerate(rules.rules):
        if rule.status is not Status.OFF and (wanted is None or rule.id in wanted):
            work = Work(sort="rule", id=rule.id, done="prepared", place=rule.place, rule=rule.id)
            faults.attempt(work, partial(found.add, place, rule))
    return list(found.groups.values())


class _Watchable:
    """A measure's series in the panel that a rule judges it in."""

    def __init__(self, measure: Measure, panel: Panel, areas: AreaTree, reporting: frozenset[str] | None) -> None:
        self.measure, self.panel, self.areas, self.reporting = measure, panel, areas, reporting
        self.own = panel.columns[measure.id]
        self._chosen: dict[AreaSelector, Columns] = {}

    def columns(self, areas: AreaSelector | None) -> Columns:
        """Return the columns whose areas the rule watches."""
        if areas is None:
            return self._all
        chosen = self._chosen.get(areas)
        if chosen is None:
            wanted = self.areas.selected(areas) if areas.ids is None else areas.ids
            places = [place for area in wanted if (place := self._place_of.get(area)) is not None]
            places.sort()
            chosen = self._chosen[areas] = np.array(places, dtype=np.intp)
        return chosen

    @cached_property
    def _all(self) -> Columns:
        """All columns of areas that are expected to report: mostly all there are, which stay a slice."""
        whole = self.own.stop - self.own.start
        return self.own if len(self._place_of) == whole else np.array(list(self._place_of.values()), dtype=np.intp)

    @cached_property
    def _place_of(self) -> dict[str, int]:
        known = enumerate(self.panel.areas[self.own], self.own.start)
        return {area: place for place, area in known if self.reporting is None or area in self.reporting}


class _Groups:
    """Groups as they grow, rule by rule."""

    def __init__(self, rules: RuleSet, panels: Mapping[PeriodKind, Panel]) -> None:
        self.rules, self.panels = rules, panels
        self.groups: dict[Hashable, Group] = {}
        self._watchable: dict[tuple[str, PeriodKind | None], _Watchable | None] = {}
        #: How often a kind of rule has met a whole measure: the second time opens another group, so that each stays a view.
        self._met: dict[Hashable, int] = {}

    def add(self, place: int, rule: Rule) -> None:
        """Add a rule on each of its measures that has series."""
        for id_ in rule.measures:
            series = self._series_of(id_, rule.every)
            if series is None or (clamp := clamp_of(rule, series.panel)) is None:
                continue
            columns = series.columns(rule.areas)
            if (columns.stop == columns.start) if isinstance(columns, slice) else not len(columns):
                continue
            condition = rule.when.bind(series.measure)
            key = (id(series.panel), clamp, condition.structure(), grace_of(condition), DayCount.of(series.measure))
            again = 0
            if isinstance(columns, slice):
                again = self._met[key, id_] = self._met.get((key, id_), -1) + 1
            group = self.groups.get((key, again))
            if group is None:
                group = self.groups[key, again] = Group(series.panel.kind, clamp)
            judged = series.measure if condition.view is None else condition.view.measure(series.measure)
            group.members.append(Member(place, judged, condition, columns))

    def _series_of(self, id_: str, every: PeriodKind | None) -> _Watchable | None:
        if (id_, every) not in self._watchable:
            measure = self.rules.measures[id_]
            panel = self.panels.get(every or measure.every)
            there = panel is not None and id_ in panel.columns
            if panel is not None:
                measure = as_judged(measure, panel.kind, _made_by(panel, measure))
            watchable = None
            if panel is not None and there:
                watchable = _Watchable(measure, panel, self.rules.areas, self.rules.reporting(id_))
            self._watchable[id_, every] = watchable
        return self._watchable[id_, every]


def grace_of(condition: Condition) -> float:
    """Return the shortest grace of a condition that asks the clock alone; 0 where figures are judged."""
    return float(min((part.condition.grace for part in condition.plain_parts()), default=0))


def _made_by(panel: Panel, measure: Measure) -> Aggregate | None:
    """Return how the measure's figures of several periods are made, as they came; where nobody looked, by the columns."""
    if measure.id in panel.aggregates:
        return panel.aggregates[measure.id]
    return over_time(measure, has_parts=measure.unit not in AMOUNTS and set(PARTS) <= panel.planes.keys())


def clamp_of(rule: Rule, panel: Panel) -> Clamp | None:
    """Return the rows whose period's last day lies in the rule's from … until; None where there are none."""
    last_row = panel.n_periods - 1
    if rule.since is None and rule.until is None:
        return (0, last_row) if last_row >= 0 else None
    rows = [row for row, day in enumerate(panel.last_days) if _holds(rule, day)]
    return (rows[0], rows[-1]) if rows else None


def _holds(rule: Rule, day: date) -> bool:
    return (rule.since is None or day >= rule.since) and (rule.until is None or day <= rule.until)


def column_sets(groups: Sequence[Group]) -> list[ColumnSet]:
    """Gather groups that watch the same columns of the same rows."""
    sets: dict[Hashable, ColumnSet] = {}
    for group in groups:
        columns = group.columns
        key = (columns.start, columns.stop) if isinstance(columns, slice) else columns.tobytes()
        whole = (group.kind, group.clamp, group.is_freshness, group.view, group.is_mixed, group.grace, key)
        sets.setdefault(whole, ColumnSet([])).groups.append(group)
    return list(sets.values())
