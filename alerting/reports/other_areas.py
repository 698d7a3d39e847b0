"""How a measure stands in every area at a period, by all rules that watch it there."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from alerting.domain.finding import State
from alerting.domain.period import Period
from alerting.domain.rule import Status
from alerting.evaluation.block_verdicts import BlockVerdicts
from alerting.evaluation.engine import Evaluation
from alerting.evaluation.findings import FindingMaker
from alerting.evaluation.found import Found
from alerting.evaluation.series_index import SeriesPlaces
from alerting.reports.order import Urgency, Weight, weight
from alerting.reports.views import AreaGlance


@dataclass(frozen=True, slots=True, kw_only=True)
class _Standing:
    """One rule's finding of one area, and what orders it among those of other rules."""

    found: Found
    weight: Weight


@dataclass(eq=False)
class OtherAreas:
    """Looks areas up; what was is kept."""

    evaluation: Evaluation
    places: SeriesPlaces
    _kept: dict[tuple[str, str, str], list[AreaGlance]] = field(default_factory=dict)
    _exceptions: dict[tuple[str, str], dict[str, list[Found]]] = field(default_factory=dict)

    @cached_property
    def _watching(self) -> dict[str, list[tuple[int, str]]]:
        """Which rules that are not tried out watch a measure, each with its place among all."""
        found: dict[str, list[tuple[int, str]]] = {}
        for place, rule in enumerate(self.evaluation.rules.rules):
            for measure in rule.measures if rule.status is not Status.SHADOW else ():
                found.setdefault(measure, []).append((place, rule.id))
        return found

    def of(self, rule: str, measure: str, period: Period) -> list[AreaGlance]:
        """Return every area that a rule watches and that has a figure, in tree order, each with all rules' verdicts on it."""
        key = (rule, measure, str(period))
        if key not in self._kept:
            exceptional = self._exceptional(measure, period)
            standing = list(self._found(rule, measure, period))
            self._kept[key] = [self._glance(one, exceptional.get(one.finding.area, [])) for one in standing]
        return self._kept[key]

    def _exceptional(self, measure: str, period: Period) -> dict[str, list[Found]]:
        """Return what any rule finds exceptional, by area, the worst first."""
        key = (measure, str(period))
        if key not in self._exceptions:
            found: dict[str, list[_Standing]] = {}
            for place, rule in self._watching.get(measure, ()):
                for one in self._found(rule, measure, period, only=State.EXCEPTION):
                    of = weight(one.finding.meaning, one.finding.severity, Urgency.STANDS, one.distance, place)
                    found.setdefault(one.finding.area, []).append(_Standing(found=one, weight=of))
            self._exceptions[key] = {
                area: [one.found for one in sorted(several, key=lambda one: one.weight)]
                for area, several in found.items()
            }
        return self._exceptions[key]

    def _found(self, rule: str, measure: str, period: Period, only: State | None = None) -> Iterator[Found]:
        rows: dict[int, tuple[BlockVerdicts, int, list[int]]] = {}
        for verdicts, place in self.places.of(rule, measure):
            panel = verdicts.block.panel
            if panel.kind is not period.kind:
                continue
            at = panel.row(period)
            row = at - verdicts.block.start
            if not 0 <= row < verdicts.state.shape[0]:
                continue
            value, state = panel.shown[at, verdicts.column(place)], verdicts.state[row, place]
            if value == value and (only is None or state == only):
                rows.setdefault(id(verdicts), (verdicts, row, []))[2].append(place)
        maker = FindingMaker(self.evaluation)
        for verdicts, row, places in rows.values():
            yield from (found for _, found in maker.at(verdicts, row, np.array(sorted(places))))

    def _glance(self, own: Found, exceptional: list[Found]) -> AreaGlance:
        """Return an area by the rule that finds it worst; what none does, by the rule that is asked for."""
        told = exceptional[0] if exceptional else own
        compared, finding, area = told.compared, own.finding, own.facts.area
        meanings = [one.finding.meaning for one in exceptional if one.finding.meaning is not None]
        line = None if told.facts.style.is_place else told.line
        return AreaGlance(
            area=area.title,
            value=own.facts.style.bare(finding.value, *own.facts.neighbours),
            state=(State.EXCEPTION if exceptional else finding.state).word.replace("_", " "),
            meanings=tuple(dict.fromkeys(meanings)),
            line=compared.line,
            apart=compared.apart,
            distance=told.distance if exceptional else 0.0,
            number=None if told.facts.style.is_place else finding.value,
            held=None if line is None else line.number,
        )
