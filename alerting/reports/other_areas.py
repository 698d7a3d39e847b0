"""How a measure stands in every area at a period, by all rules that watch it there."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, partial

import numpy as np

from alerting.domain.arrays import Index
from alerting.domain.finding import State
from alerting.domain.period import Period
from alerting.domain.rule import Status
from alerting.evaluation.block_verdicts import BlockVerdicts
from alerting.evaluation.engine import Evaluation
from alerting.evaluation.findings import FindingMaker
from alerting.evaluation.found import Found
from alerting.evaluation.series_index import SeriesPlaces
from alerting.reports.order import Urgency, Weight, weight
from alerting.reports.views import AreaFigure, AreaGlance

#: Findings made at once, in the order in which tables show areas: as many as one shows, since the rest is only counted.
_AT_ONCE = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class _Standing:
    """One rule's finding of one area, how far it lies beyond its line, and what orders it among those of other rules."""

    found: Found
    distance: float
    weight: Weight


@dataclass(frozen=True, slots=True, eq=False)
class _Judged:
    """Series of one block that one rule judged in a period: a row, and columns in ascending order."""

    verdicts: BlockVerdicts
    row: int
    places: Index

    def areas(self) -> list[str]:
        """Return the ids of their areas."""
        return [self.verdicts.block.panel.areas[self.verdicts.column(place)] for place in self.places.tolist()]

    def states(self) -> list[State]:
        return [State(code) for code in self.verdicts.state[self.row, self.places].tolist()]


@dataclass(eq=False)
class OtherAreas:
    """Looks areas up; what was is kept."""

    evaluation: Evaluation
    places: SeriesPlaces
    _kept: dict[tuple[str, str, str], list[AreaGlance]] = field(default_factory=dict)
    _exceptions: dict[tuple[str, str], dict[str, list[_Standing]]] = field(default_factory=dict)

    @cached_property
    def _watching(self) -> dict[str, list[tuple[int, str]]]:
        """Which rules that are not tried out watch a measure, each with its place among all."""
        found: dict[str, list[tuple[int, str]]] = {}
        for place, rule in enumerate(self.evaluation.rules.rules):
            for measure in rule.measures if rule.status is not Status.SHADOW else ():
                found.setdefault(measure, []).append((place, rule.id))
        return found

    @cached_property
    def _maker(self) -> FindingMaker:
        return FindingMaker(self.evaluation)

    def of(self, rule: str, measure: str, period: Period) -> list[AreaGlance]:
        """Return every area that a rule watches and that has a figure, in tree order, each with all rules' verdicts on it."""
        key = (rule, measure, str(period))
        if key not in self._kept:
            exceptional = self._exceptional(measure, period)
            self._kept[key] = [
                glance
                for judged in self._judged(rule, measure, period)
                for glance in self._glances(judged, [exceptional.get(area, []) for area in judged.areas()])
            ]
        return self._kept[key]

    def _exceptional(self, measure: str, period: Period) -> dict[str, list[_Standing]]:
        """Return what any rule finds exceptional, by area, the worst first."""
        key = (measure, str(period))
        if key not in self._exceptions:
            found: dict[str, list[_Standing]] = {}
            for place, rule in self._watching.get(measure, ()):
                for judged in self._judged(rule, measure, period, only=State.EXCEPTION):
                    for one in self._found(judged, judged.places):
                        distance, finding = one.distance, one.finding
                        of = weight(finding.meaning, finding.severity, Urgency.STANDS, distance, place)
                        found.setdefault(finding.area, []).append(_Standing(found=one, distance=distance, weight=of))
            self._exceptions[key] = {
                area: sorted(several, key=lambda one: one.weight) for area, several in found.items()
            }
        return self._exceptions[key]

    def _judged(self, rule: str, measure: str, period: Period, only: State | None = None) -> Iterator[_Judged]:
        """Yield the series of a measure that a rule judged and that have a figure, those in one state where that is asked for."""
        for verdicts, span in self.places.of(rule, measure):
            panel = verdicts.block.panel
            if panel.kind is not period.kind:
                continue
            at = panel.row(period)
            row = at - verdicts.block.start
            if not 0 <= row < verdicts.state.shape[0]:
                continue
            places = np.arange(span.start, span.stop)
            if only is not None:
                places = places[verdicts.state[row, places] == only]
            value = panel.shown[at, [verdicts.column(place) for place in places.tolist()]]
            places = places[value == value]
            if len(places):
                yield _Judged(verdicts, row, places)

    def _found(self, judged: _Judged, places: Index) -> Iterator[Found]:
        yield from (found for _, found in self._maker.at(judged.verdicts, judged.row, places))

    def _glances(self, judged: _Judged, exceptional: Sequence[list[_Standing]]) -> Iterator[AreaGlance]:
        """Yield areas by the rule that finds each worst; what none does, by the rule that is asked for.

        Args:
            exceptional: of each area, what any rule finds exceptional, the worst first.
        """
        meanings = [[one.found.finding.meaning for one in several] for several in exceptional]
        meant = [[meaning for meaning in several if meaning is not None] for several in meanings]
        distances = [several[0].distance if several else 0.0 for several in exceptional]
        own = _Batches(judged, sorted(range(len(meant)), key=lambda n: (not meant[n], -distances[n])), self._found)
        for n, (area, state) in enumerate(zip(judged.areas(), judged.states(), strict=True)):
            told = exceptional[n][0].found if exceptional[n] else None
            yield AreaGlance(
                area=self.evaluation.rules.areas.areas[area].title,
                state=(state if told is None else State.EXCEPTION).word.replace("_", " "),
                meanings=tuple(dict.fromkeys(meant[n])), distance=distances[n],
                figure=cache(partial(_figure, partial(own.found, n), told)),
            )  # fmt: skip


class _Batches:
    """The findings of some series of one row, made where they are asked for, several at once."""

    def __init__(
        self, judged: _Judged, order: Sequence[int], make: Callable[[_Judged, Index], Iterator[Found]]
    ) -> None:
        """Make none yet.

        Args:
            order: the series' numbers in the order in which they are likely to be asked for.
        """
        self._judged, self._order, self._make = judged, order, make
        self._batch = {n: place // _AT_ONCE for place, n in enumerate(order)}
        self._found: dict[int, Found] = {}

    def found(self, n: int) -> Found:
        """Return what the rule finds of the series of a number."""
        if n not in self._found:
            first = self._batch[n] * _AT_ONCE
            some = sorted(self._order[first : first + _AT_ONCE])
            made = self._make(self._judged, self._judged.places[some])
            self._found |= dict(zip(some, made, strict=True))
        return self._found[n]


def _figure(find: Callable[[], Found], told: Found | None) -> AreaFigure:
    """Write the figure of one area beside the line of the rule that finds it worst.

    Args:
        find: gives what the rule that is asked for finds of it.
    """
    own = find()
    shown, value = told or own, own.finding.value
    held, is_place = shown.line, shown.facts.style.is_place
    line = held if shown.finding.state.is_verdict else None
    return AreaFigure(
        value=own.facts.style.bare(value, *own.facts.neighbours), line=None if line is None else str(line),
        apart=shown.apart(line), number=None if is_place else value,
        held=None if held is None or is_place else held.number,
    )  # fmt: skip
