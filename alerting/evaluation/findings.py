"""Findings with their words: made only for the cells that are asked for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import pairwise
from operator import itemgetter

import numpy as np

from alerting.conditions.base import in_words
from alerting.domain.arrays import Floats, Index
from alerting.domain.block import Block
from alerting.domain.condition import Condition
from alerting.domain.due_days import due_day
from alerting.domain.fault import Faults, Work
from alerting.domain.finding import Finding, Only, Reason, State
from alerting.domain.lifecycle import OpenFinding
from alerting.domain.loads import LoadLack
from alerting.domain.measure import Measure, Polarity, Window
from alerting.domain.period import Period
from alerting.domain.rule import Rule, RuleSet
from alerting.domain.severity import Severity
from alerting.evaluation.ages import is_old, newest_rows, unjudged_since
from alerting.evaluation.assurance import Assured, assurances
from alerting.evaluation.block_verdicts import BlockVerdicts
from alerting.evaluation.cells import Cells
from alerting.evaluation.contained import work_of
from alerting.evaluation.distance import SeriesUpTo
from alerting.evaluation.engine import Evaluation
from alerting.evaluation.evidence import Evidence, evidence_of
from alerting.evaluation.found import Found
from alerting.evaluation.groups import Member
from alerting.evaluation.lacking import lacking
from alerting.evaluation.levels import level_values
from alerting.evaluation.meaning import VerdictReading, readings_of, side_word
from alerting.evaluation.obstacles import Obstacles
from alerting.evaluation.rows import JudgedRows
from alerting.evaluation.streaks import streaks
from alerting.limits.base import FULL_POINTS
from alerting.wording.facts import Facts
from alerting.wording.numbers import NumberStyle


def findings(evaluation: Evaluation, *, only: Only = None, text: str = "unusual") -> list[Found]:
    """Return findings as ordered by the contract: rules as declared, then measure, area in tree order, period.

    Args:
        only: which are asked for: making those that nobody sees takes longer than all the rest.
        text: "all" writes words for every finding, "unusual" for all but normal ones, "none" for none.
    """
    maker = FindingMaker(evaluation)
    made = [found for verdicts in evaluation.verdicts for found in maker.made(verdicts, only)]
    made.sort(key=itemgetter(0))
    out = [found for _, found in made]
    for found in out:
        if text == "all" or (text == "unusual" and found.finding.state is not State.NORMAL):
            found.with_text()
    return out


SortKey = tuple[int, int, int, int]
#: What is done with a rule here, in the words of a fault.
EXPLAINED, WORDED = "explained", "put into words"


class FindingMaker:
    """Makes findings from verdicts; what rules, measures and areas share is looked up once."""

    def __init__(self, evaluation: Evaluation) -> None:
        self.evaluation = evaluation
        rules: RuleSet = evaluation.rules
        self.rules, self.faults = rules, evaluation.faults
        self.measure_order = {id_: n for n, id_ in enumerate(rules.measures)}
        self.note_windows, self.obstacles = _Notes(rules), Obstacles(rules)

    def made(self, verdicts: BlockVerdicts, only: Only) -> Iterator[tuple[SortKey, Found]]:
        """Yield the findings of one block's cells that are asked for."""
        states = tuple(State) if only is None else (only,) if isinstance(only, State) else tuple(only)
        wanted = np.isin(verdicts.state, [int(state) for state in states])
        if verdicts.counts is not None:
            wanted = wanted & verdicts.counts
        for row in np.flatnonzero(wanted.any(axis=1)).tolist():
            places = np.flatnonzero(wanted[row])
            self.judge_around(verdicts, row)
            counted = verdicts.consecutive[row, places] if verdicts.is_history else None
            yield from self.at(verdicts, row, places, counted)

    def judge_around(self, verdicts: BlockVerdicts, row: int) -> None:
        """Judge a row with all around it at once, where each will be asked for; what fails is noted where findings are made."""
        Faults().attempt(self._work(verdicts.group.members[0]), partial(verdicts.judgement, row))

    def at(
        self, verdicts: BlockVerdicts, row: int, places: Index, consecutive: Index | None = None
    ) -> Iterator[tuple[SortKey, Found]]:
        """Yield the findings of one judged row of a block at some of its columns, with what orders them, without words.

        Args:
            places: ascending.
            consecutive: exceptional periods in a row up to each, where somebody has counted them.
        """
        tried = Faults()
        made = tried.attempt(
            self._work(verdicts.group.members[0]), partial(self._at, verdicts, row, places, consecutive)
        )
        if made is not None:
            yield from made
            return
        for member, some in _by_member(verdicts, places):  # which rule is it?
            own = places[some.start : some.stop]
            counted = None if consecutive is None else consecutive[some.start : some.stop]
            found = self.faults.attempt(self._work(member), partial(self._at, verdicts, row, own, counted))
            yield from self._bare(member, verdicts, row, own) if found is None else found

    def standing(self, verdicts: BlockVerdicts, row: int, places: Index) -> Iterator[Found]:
        """Yield the findings that alerts of a history stand on, each with the newer figure that is not judged, where one is."""
        for place, (_, found) in zip(places.tolist(), self.at(verdicts, row, places), strict=True):
            newer = unjudged_since(verdicts, row, place)
            if newer is None:
                yield found
                continue
            ((_, unjudged),) = self.at(verdicts, newer, np.array([place]))
            yield replace(found, facts=replace(found.facts, newer=unjudged.facts))

    def _work(self, member: Member) -> Work:
        """Return the explaining of a rule's verdicts as a unit of work."""
        return work_of(self.rules.rules[member.rule], EXPLAINED)

    def _bare(
        self, member: Member, verdicts: BlockVerdicts, row: int, places: Index
    ) -> Iterator[tuple[SortKey, Found]]:
        """Yield findings whose verdict stands although what is behind it cannot be told: state and value alone."""
        rule, measure, panel = self.rules.rules[member.rule], member.measure, verdicts.block.panel
        at, style, work = verdicts.block.start + row, NumberStyle.of(measure), self._work(member)
        severity = rule.severity if isinstance(rule.severity, Severity) else rule.severity_on(worse=None)
        for place in places.tolist():
            column = verdicts.column(place)
            area, value = panel.areas[column], float(panel.shown[at, column])
            finding = Finding(
                rule=rule.id, measure=measure.id, area=area, period=panel.period(at), state=State(int(verdicts.state[row, place])),
                severity=severity, value=None if value != value else value, where=str(rule.place),
                reason=Reason.from_code(int(verdicts.reason[row, place])),
            )  # fmt: skip
            facts = Facts(
                finding=finding,
                measure=measure,
                area=self.rules.areas.areas[area],
                area_unsaid=self.rules.goes_unsaid(measure, area),
                style=style,
            )
            key = (member.rule, self.measure_order[measure.id], column, at)
            yield key, Found(finding, in_words(member.condition), facts, work, self.faults, is_bare=True)

    def _at(
        self, verdicts: BlockVerdicts, row: int, places: Index, consecutive: Index | None
    ) -> list[tuple[SortKey, Found]]:
        """Make the findings of one judged row, or raise what any of its rules raises."""
        group = verdicts.group
        counted = self._consecutive(verdicts, row, places) if consecutive is None else consecutive
        cells = Cells(verdicts, row, places, counted)
        evidence = evidence_of(parts_of(group.condition), cells)
        members = list(_by_member(verdicts, places))
        assured = _assured(members, cells, verdicts.rows)
        return [
            found
            for member, some in members
            for found in self._of_member(member, cells, evidence, some, verdicts.rows, assured)
        ]

    def exceptional(
        self, verdicts: BlockVerdicts, row: int, places: Index, opened: Sequence[Period]
    ) -> Iterator[OpenFinding | None]:
        """Yield what decides about alerts of the exceptional findings in one judged row, which are not made themselves.

        Args:
            places: ascending.
            opened: the period that opened each.

        Yields:
            One a place; None where the program fails at it, so that its alert stays as it is.
        """
        tried = Faults()
        made = tried.attempt(
            self._work(verdicts.group.members[0]), partial(self._exceptional, verdicts, row, places, opened)
        )
        if made is not None:
            yield from made
            return
        for member, some in _by_member(verdicts, places):
            own, theirs = places[some.start : some.stop], opened[some.start : some.stop]
            found = self.faults.attempt(self._work(member), partial(self._exceptional, verdicts, row, own, theirs))
            yield from [None] * len(own) if found is None else found

    def _exceptional(
        self, verdicts: BlockVerdicts, row: int, places: Index, opened: Sequence[Period]
    ) -> list[OpenFinding]:
        """Return what decides about alerts, or raise what any of the rules raises."""
        found = []
        cells = Cells(verdicts, row, places, self._consecutive(verdicts, row, places))
        for member, some in _by_member(verdicts, places):
            rule, measure, parts = self.rules.rules[member.rule], member.measure, parts_of(member.condition)
            severity = rule.severity if isinstance(rule.severity, Severity) else None
            readings = readings_of(member.condition, measure)
            bands = [band.name for band in member.condition.bands]
            for n in some:
                exceptional = OpenFinding(
                    opened=opened[n], period=cells.period, value=cells.value[n], consecutive=cells.consecutive[n] or 1,
                    severity=severity or _severity(rule, readings[cells.decided[n] or 0], cells.sides[n]),
                    band=_band(parts[cells.decided[n] or 0], cells.band[n]), bands=bands,
                )  # fmt: skip
                found.append(exceptional)
        return found

    def _consecutive(self, verdicts: BlockVerdicts, row: int, places: Index) -> Index:
        """Return the counts behind `consecutive`: 0 where not exceptional."""
        if verdicts.is_history:
            return verdicts.consecutive_at(row, places)
        counts = np.zeros(len(places), dtype=np.intp)
        exceptional = np.flatnonzero(verdicts.state[row, places] == State.EXCEPTION)
        if len(exceptional):
            counts[exceptional] = streaks(verdicts, verdicts.rows, self.evaluation.as_of, places[exceptional])
        return counts

    def _of_member(
        self,
        member: Member,
        cells: Cells,
        evidence: Sequence[Evidence],
        places: range,
        rows: JudgedRows,
        assured: Sequence[Assured | None],
    ) -> Iterator[tuple[SortKey, Found]]:
        """Yield the findings of one rule on one measure; what they share is looked up once."""
        rule, measure, condition = self.rules.rules[member.rule], member.measure, in_words(member.condition)
        areas, unsaid = self.rules.areas.areas, self.rules.goes_unsaid
        style, due_on = NumberStyle.of(measure), self._due_days(measure, cells, places)
        severity = rule.severity if isinstance(rule.severity, Severity) else None
        key, at = (member.rule, self.measure_order[measure.id]), cells.at
        work, faults = work_of(rule, WORDED), self.faults
        where, notes, readings = str(rule.place), self.note_windows, readings_of(condition, measure)
        old = is_old(measure, cells.period, self.evaluation.as_of)
        newest = newest_rows(rows, cells.columns[places.start : places.stop]) if old else None
        for n in places:
            reading = readings[cells.decided[n] or 0]
            part, side = reading.part, reading.side(cells, n)
            area, noted, promised = cells.areas[n], cells.noted[n], assured[n]
            finding = Finding(
                rule=rule.id, measure=measure.id, area=area, period=cells.period, state=cells.states[n],
                severity=severity or _severity(rule, reading, side or cells.sides[n]), value=cells.value[n],
                band=_band(part, cells.band[n]), consecutive=cells.consecutive[n],
                due=_due_day(part) if cells.not_due[n] else None, trial=_trial(evidence[n], said=cells.trial[n]),
                provisional=cells.provisional[n], rebased_on=cells.rebased_on[n], rebase_count=cells.rebase_count[n],
                side=side_word(side), meaning=reading.meaning(cells.states[n], side),
                assurance=None if promised is None else promised.word,
                reason=cells.reasons[n], evidence=_with_load(_with_window(evidence[n], measure, cells.window[n]), cells.lacks[n]),
                notes=(*cells.failed[n], *notes.of(measure, area, cells.period, held=cells.held[n]), *noted), where=where,
                previous=cells.previous[n], last_year=cells.last_year[n], sourced=bool(noted), target=cells.target[n],
                plan=cells.plan[n], centre=cells.centre[n], lower=cells.lower[n], upper=cells.upper[n],
                change=cells.change[n], previous_centre=cells.previous_centre[n],
            )  # fmt: skip
            facts = Facts(
                finding=finding, measure=measure, area=areas[area], area_unsaid=unsaid(measure, area), style=style,
                due_on=due_on.get(area), decided_by=cells.decided[n], method=part.method,
                in_the_way=self.obstacles.of(measure, area, finding),
                lacking=lacking(part, measure, cells.panel, at, cells.columns[n], cells.reasons[n]),
                is_last=newest is not None and int(newest[n - places.start]) == at,
                outlook=None if promised is None else promised.outlook,
            )  # fmt: skip
            yield (
                (*key, cells.columns[n], at),
                Found(finding, condition, facts, work, faults, series=SeriesUpTo(cells.panel, at, cells.columns[n])),
            )

    def _due_days(self, measure: Measure, cells: Cells, places: range) -> Mapping[str, date]:
        """Return by which day the figure is due in the areas of some cells; empty where none is."""
        areas, last_day = cells.areas[places.start : places.stop], cells.period.last_day
        if measure.expected is None:
            return {}
        if measure.expected.by_area is None:
            return dict.fromkeys(areas, due_day(measure, last_day))
        return {area: due_day(measure, last_day, area) for area in areas}


def _with_window(evidence: Evidence, measure: Measure, periods: float | None) -> Evidence:
    """Add how many of its window's periods a rolling figure is made of."""
    if periods is None or measure.rolling is None:
        return evidence
    whole = measure.rolling.count if measure.rolling.kind is measure.every else int(periods)
    return {**evidence, "window": {"periods": int(periods), "of": whole}}


def _with_load(evidence: Evidence, lack: LoadLack | None) -> Evidence:
    """Add what its load lacks, where it is not whole."""
    return evidence if lack is None else {**evidence, "load": lack.as_evidence}


def _severity(rule: Rule, reading: VerdictReading, side: int) -> Severity:
    """Return how serious an exception on a side is."""
    return rule.severity_on(worse=reading.is_worse(side))


def _trial(evidence: Evidence, *, said: bool | None) -> bool | None:
    """Say whether limits rest on too few figures: as the method says, else by how many there are; None: on none."""
    points = evidence.get("limits", {}).get("points")
    if (
        said is not None
        or points is None
        or all(evidence["limits"][line] is None for line in ("centre", "lower", "upper"))
    ):
        return said
    return bool(points < FULL_POINTS)


def _assured(members: Sequence[tuple[Member, range]], cells: Cells, rows: JudgedRows) -> Sequence[Assured | None]:
    """Say of each cell what the series' range promises of the target: the rule's own, else the measure's; None: no target."""
    columns = np.array(cells.columns, dtype=np.intp)
    target, high_is_good = np.full((2, len(columns)), np.nan)
    for member, places in members:
        _aim(member.measure, cells, places, target, high_is_good)
    block = Block(cells.panel, cells.at, cells.at + 1, columns)
    return assurances(block, target, high_is_good=high_is_good, ranges=rows.ranges)


def _aim(measure: Measure, cells: Cells, places: range, target: Floats, high_is_good: Floats) -> None:
    """Write down which target cells of one measure have, and whether figures above it are good."""
    if measure.covers is not None or measure.rolling is not None:
        return
    here = slice(places.start, places.stop)
    by_measure = measure.target if measure.every is cells.period.kind else None
    if by_measure is not None and measure.better is not Polarity.NEITHER:
        columns = np.array(cells.columns[here], dtype=np.intp)
        target[here] = level_values(by_measure, cells.panel, cells.at, cells.at + 1, columns)[0]
        high_is_good[here] = measure.better is Polarity.HIGHER
    for n, number in zip(places, cells.target[here], strict=True):
        if number is not None:
            target[n], high_is_good[n] = number, cells.sides[n] < 0


def _by_member(verdicts: BlockVerdicts, places: Index) -> Iterator[tuple[Member, range]]:
    """Yield members with those of the places (ascending) that are theirs, as a range of their order."""
    group = verdicts.group
    whose = np.searchsorted(group.ends, verdicts.group_places(places), side="right")
    edges = [0, *(np.flatnonzero(np.diff(whose)) + 1).tolist(), len(places)]
    for first, stop in pairwise(edges):
        yield group.members[int(whose[first])], range(first, stop)


def parts_of(condition: Condition) -> tuple[Condition, ...]:
    """Return the plain conditions that a rule is made of; mostly itself."""
    return tuple(part.condition for part in condition.plain_parts())


def _due_day(condition: Condition) -> str | None:
    """Return the day by which a target holds."""
    return None if condition.due is None else condition.due.isoformat()


def _band(condition: Condition, place: int | None) -> str | None:
    """Return a band's name."""
    if place is None:
        return None
    return condition.bands[place].name if condition.bands else None


class _Notes:
    """The words of notes and holds that cover a finding, looked up once per series and period."""

    def __init__(self, rules: RuleSet) -> None:
        self.rules = rules
        self._by_measure: dict[str, list[Window]] = {}
        self._holds_by_measure: dict[str, list[Window]] = {}

    def of(self, measure: Measure, area: str, period: Period, *, held: bool | None) -> tuple[str, ...]:
        """Return the hold's reason first where the figure is held, then every note's words."""
        if not (self.rules.notes or held):
            return ()
        windows = self._windows(self._by_measure, self.rules.notes, measure)
        holds = self._windows(self._holds_by_measure, self.rules.holds, measure) if held else []
        if not windows and not holds:
            return ()
        day = period.last_day
        return tuple(
            w.words for w in (*holds, *windows)
            if w.match.covers_area(area) and (w.since is None or w.since <= day) and (w.until is None or day <= w.until)
        )  # fmt: skip

    def _windows(self, cache: dict[str, list[Window]], windows: Sequence[Window], measure: Measure) -> list[Window]:
        if measure.id not in cache:
            cache[measure.id] = [window for window in windows if window.match.covers_measure(measure)]
        return cache[measure.id]
