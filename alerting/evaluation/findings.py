"""Findings with their words: made only for the cells that are asked for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from alerting.conditions.composition import Composition, Not
from alerting.conditions.not_fresh import NotFresh
from alerting.domain.finding import Finding, Reason, State
from alerting.domain.judging import Band, Condition
from alerting.domain.measure import Window
from alerting.domain.panel import Block, Index, columns_at
from alerting.domain.period import Period
from alerting.domain.rule import Rule, RuleSet, side_is_worse
from alerting.domain.working_days import due_day
from alerting.evaluation.engine import Evaluation, Verdicts, state_planes, streaks
from alerting.wording.facts import Facts
from alerting.wording.numbers import NumberStyle
from alerting.wording.text import finding_text, no_verdict_text, subject

_PLANES = (
    "target", "plan", "centre", "lower", "upper", "change", "previous_centre", "trial", "rebased_on", "rebase_count",
    "band", "due", "as_published",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A finding with what gives it words."""

    finding: Finding
    condition: Condition
    facts: Facts

    @property
    def subject(self) -> str:
        """The finding in the short form of a subject line."""
        return subject(self.facts, self._clause(short=True))

    def with_text(self) -> "Found":
        """Return it with the finding's text written."""
        if self.finding.state.is_verdict or isinstance(self.condition, NotFresh):
            text = finding_text(self.facts, self._clause(short=False))
        else:
            text = no_verdict_text(self.facts)
        return Found(self.finding.worded(text), self.condition, self.facts)

    def _clause(self, *, short: bool) -> str:
        return self.condition.clause(self.facts, short=short)


def findings(evaluation: Evaluation, *, only: State | None = None, text: str = "unusual") -> list[Found]:
    """Return findings as ordered by the contract: rules as declared, then measure, area in tree order, period.

    Args:
        only: one state; None: all of them.
        text: "all" writes words for every finding, "unusual" for all but normal ones, "none" for none.
    """
    maker = FindingMaker(evaluation)
    made = [found for verdicts in evaluation.verdicts for found in maker.made(verdicts, only)]
    made.sort(key=lambda pair: pair[0])
    out = []
    for _, found in made:
        worded = text == "all" or (text == "unusual" and found.finding.state is not State.NORMAL)
        out.append(found.with_text() if worded else found)
    return out


SortKey = tuple[int, int, int, int]


class FindingMaker:
    """Makes findings from verdicts; what rules, measures and areas share is looked up once."""

    def __init__(self, evaluation: Evaluation) -> None:
        self.evaluation = evaluation
        rules: RuleSet = evaluation.rules
        self.rules = rules
        self.measure_order = {id_: n for n, id_ in enumerate(rules.measures)}
        self.wheres = [str(rule.place) for rule in rules.rules]
        self.roots = {id_: area.parent not in rules.areas for id_, area in rules.areas.areas.items()}
        self.rule_places = {rule.id: n for n, rule in enumerate(rules.rules)}
        self.note_windows = _Notes(rules)

    def made(self, verdicts: Verdicts, only: State | None) -> Iterator[tuple[SortKey, Found]]:
        """Yield the findings of one block's cells that are asked for."""
        wanted = verdicts.state == only if only is not None else np.ones(verdicts.state.shape, dtype=bool)
        if verdicts.counts is not None:
            wanted = wanted & verdicts.counts
        for row in np.flatnonzero(wanted.any(axis=1)).tolist():
            yield from self.at(verdicts, row, np.flatnonzero(wanted[row]))

    def at(self, verdicts: Verdicts, row: int, places: Index) -> Iterator[tuple[SortKey, Found]]:
        """Yield the findings of one judged row of a block at some of its columns, with what orders them, without words."""
        block, panel = verdicts.block, verdicts.block.panel
        at = block.start + row
        period = panel.period(at)
        columns = columns_at(block, places)
        cells = _Cells(verdicts, row, places, columns, at, self._consecutive(verdicts, row, places))
        group = verdicts.group
        ends = group.ends
        in_group = np.array([verdicts.group_place(p) for p in places.tolist()])
        member_places = np.searchsorted(ends, in_group, side="right").tolist()
        for n, column in enumerate(columns.tolist()):
            member = group.members[member_places[n]]
            rule, measure = self.rules.rules[member.rule], member.measure
            area = panel.areas[column]
            finding = self._finding(rule, member.condition, panel.areas[column], period, cells, n, member.measure.id)
            facts = Facts(
                finding=finding, measure=measure, area=self.rules.areas[area], is_root_area=self.roots[area],
                style=NumberStyle.of(measure), due_on=self._due(measure.id, period), decided_by=cells.decided_by(n),
            )  # fmt: skip
            yield (member.rule, self.measure_order[measure.id], column, at), Found(finding, member.condition, facts)

    def _consecutive(self, verdicts: Verdicts, row: int, places: Index) -> list[int | None]:
        """Return the counts behind `consecutive`: 0 when normal, None without a verdict."""
        states = verdicts.state[row, places]
        if verdicts.consecutive is not None:
            counts = verdicts.consecutive[row, places]
        else:
            counts = np.zeros(len(places), dtype=np.intp)
            exceptional = np.flatnonzero(states == State.EXCEPTION)
            if len(exceptional):
                rows = self.evaluation.rows[verdicts.block.panel.kind]
                counts[exceptional] = streaks(verdicts, rows, self.evaluation.as_of, places[exceptional])
        return [int(c) if s <= State.EXCEPTION else None for c, s in zip(counts.tolist(), states.tolist(), strict=True)]

    def _finding(
        self, rule: Rule, condition: Condition, area: str, period: Period, cells: "_Cells", n: int, measure_id: str
    ) -> Finding:
        measure = self.rules.measures[measure_id]
        state = State(cells.states[n])
        side = cells.sides[n]
        worse = side_is_worse(above=side > 0, better=measure.better) if side else None
        reason = Reason.from_code(cells.reasons[n])
        return Finding(
            rule=rule.id, measure=measure_id, area=area, period=period, state=state,
            severity=rule.severity_on(worse=worse), value=_known(cells.shown[n]),
            band=cells.band(condition, n), consecutive=cells.consecutive[n],
            due=self._target_due(condition, cells, n), trial=cells.flag("trial", n),
            provisional=cells.provisional[n], rebased_on=cells.period("rebased_on", n),
            rebase_count=cells.count("rebase_count", n), reason=reason if not state.is_verdict else None,
            evidence={"change": "as published"} if cells.flag("as_published", n) else {},
            notes=(*self.note_windows.of(measure_id, area, period, held=reason is Reason.HELD), *cells.notes(n)),
            where=self.wheres[self.rule_places[rule.id]], previous=_known(cells.previous[n]),
            last_year=_known(cells.last_year[n]), sourced=bool(cells.notes(n)),
            target=cells.number("target", n), plan=cells.number("plan", n), centre=cells.number("centre", n),
            lower=cells.number("lower", n), upper=cells.number("upper", n), change=cells.number("change", n),
            previous_centre=cells.number("previous_centre", n),
        )  # fmt: skip

    def _due(self, measure_id: str, period: Period) -> date | None:
        expected = self.rules.measures[measure_id].expected
        return due_day(expected, period.last_day) if expected is not None else None

    def _target_due(self, condition: Condition, cells: "_Cells", n: int) -> str | None:
        leaf = _leaf(condition, cells.decided_by(n))
        due = getattr(leaf, "due", None)
        return str(due) if due is not None and cells.flag("due", n) else None


class _Cells:
    """The numbers of some cells of one judged row, as plain Python values."""

    def __init__(
        self, verdicts: Verdicts, row: int, places: Index, columns: Index, at: int, consecutive: list[int | None]
    ) -> None:
        block, panel = verdicts.block, verdicts.block.panel
        self.panel, self.at, self.consecutive = panel, at, consecutive
        self.planes = state_planes(verdicts, _PLANES, row, places)
        self.states = verdicts.state[row, places].tolist()
        none = [0] * len(places)
        self.reasons = none if verdicts.reason is None else verdicts.reason[row, places].tolist()
        side = verdicts.judgement.side
        self.sides = np.broadcast_to(np.int8(side) if isinstance(side, int) else side, block.shape)[
            row, places
        ].tolist()
        decided = verdicts.judgement.decided_by
        self.decided = None if decided is None else decided[row, places].tolist()
        own = Block(panel, at, at + 1, columns)
        self.shown = panel.shown[at, columns].tolist()
        self.previous = own.lag(1, panel.shown)[0].tolist()
        self.last_year = own.last_year(panel.shown)[0].tolist()
        self.provisional = (
            [False] * len(places) if panel.provisional is None else panel.provisional[at, columns].tolist()
        )
        self.note_codes = none if panel.note_codes is None else panel.note_codes[at, columns].tolist()

    def number(self, name: str, n: int) -> float | None:
        """Return a plain number of a cell; None where it does not apply."""
        plane = self.planes.get(name)
        return None if plane is None else _known(plane[n])

    def notes(self, n: int) -> tuple[str, ...]:
        """Return the source's own note on the figure."""
        text = self.panel.note_texts[self.note_codes[n]]
        return (text,) if text else ()

    def flag(self, name: str, n: int) -> bool | None:
        """Return a 0/1 plane as a bool; None where it is absent."""
        plane = self.planes.get(name)
        return None if plane is None or plane[n] != plane[n] else bool(plane[n])

    def count(self, name: str, n: int) -> int | None:
        """Return a plane of whole numbers."""
        plane = self.planes.get(name)
        return None if plane is None or plane[n] != plane[n] else int(plane[n])

    def period(self, name: str, n: int) -> Period | None:
        """Return the period of a plane of rows."""
        row = self.count(name, n)
        return None if row is None else self.panel.period(row)

    def decided_by(self, n: int) -> int | None:
        """Return which plain condition of a composition decided."""
        return None if self.decided is None else self.decided[n]

    def band(self, condition: Condition, n: int) -> str | None:
        """Return the band's name."""
        place = self.count("band", n) if self.states[n] <= State.EXCEPTION else None
        bands: Sequence[Band] = getattr(_leaf(condition, self.decided_by(n)), "bands", ())
        return bands[place].name if place is not None and bands else None


class _Notes:
    """The words of notes and holds that cover a finding, looked up once per series and period."""

    def __init__(self, rules: RuleSet) -> None:
        self.rules = rules
        self._by_measure: dict[str, list[Window]] = {}
        self._holds_by_measure: dict[str, list[Window]] = {}

    def of(self, measure_id: str, area: str, period: Period, *, held: bool) -> tuple[str, ...]:
        """Return the hold's reason first where the figure is held, then every note's words."""
        windows = self._windows(self._by_measure, self.rules.notes, measure_id)
        holds = self._windows(self._holds_by_measure, self.rules.holds, measure_id) if held else []
        if not windows and not holds:
            return ()
        day = period.last_day
        return tuple(
            w.words for w in (*holds, *windows)
            if w.match.covers_area(area) and (w.since is None or w.since <= day) and (w.until is None or day <= w.until)
        )  # fmt: skip

    def _windows(self, cache: dict[str, list[Window]], windows: Sequence[Window], measure_id: str) -> list[Window]:
        if measure_id not in cache:
            measure = self.rules.measures[measure_id]
            cache[measure_id] = [window for window in windows if window.match.covers_measure(measure)]
        return cache[measure_id]


def _leaf(condition: Condition, decided_by: int | None) -> Condition:
    """Return the plain condition behind a composition's verdict."""
    if isinstance(condition, Composition | Not):
        return condition.leaves()[decided_by or 0]
    return condition


def _known(number: float) -> float | None:
    return number if number == number and abs(number) != float("inf") else None
