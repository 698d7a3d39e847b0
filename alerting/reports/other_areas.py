"""How a measure stands in every area at a period, by all rules that watch it there."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from alerting.domain.block import columns_at
from alerting.domain.finding import Meaning, State
from alerting.domain.period import Period
from alerting.domain.rule import Status
from alerting.evaluation.engine import Evaluation
from alerting.evaluation.findings import FindingMaker
from alerting.evaluation.series_index import SeriesPlaces
from alerting.reports.judged_areas import AreaNames, AreaVerdicts, Judged, JudgedAreas, Standing
from alerting.reports.order import Urgency, weight
from alerting.reports.views import AreaList


@dataclass(eq=False)
class OtherAreas:
    """Looks areas up; what was is kept."""

    evaluation: Evaluation
    places: SeriesPlaces
    _kept: dict[tuple[str, str, str], AreaList] = field(default_factory=dict)
    _exceptions: dict[tuple[str, str], dict[str, list[Standing]]] = field(default_factory=dict)

    @cached_property
    def _watching(self) -> dict[str, list[tuple[int, str]]]:
        """Which rules watch a measure that are neither tried out nor over, each with its place among all."""
        found: dict[str, list[tuple[int, str]]] = {}
        rules = self.evaluation.rules
        for place, rule in enumerate(rules.rules):
            watches = rule.status is not Status.SHADOW and not rules.is_over(rule, self.evaluation.as_of)
            for measure in rule.measures if watches else ():
                found.setdefault(measure, []).append((place, rule.id))
        return found

    @cached_property
    def _maker(self) -> FindingMaker:
        return FindingMaker(self.evaluation)

    @cached_property
    def _names(self) -> AreaNames:
        return AreaNames.of(self.evaluation.rules.areas.areas)

    def of(self, rule: str, measure: str, period: Period) -> AreaList:
        """Return every area that a rule watches and that has a figure, in tree order, each with all rules' verdicts on it."""
        key = (rule, measure, str(period))
        if key not in self._kept:
            judged, exceptional = list(self._judged(rule, measure, period)), self._exceptional(measure, period)
            self._kept[key] = (
                JudgedAreas(AreaVerdicts(measure, judged, exceptional, self._maker, self._names))
                if judged
                else AreaList()
            )
        return self._kept[key]

    def meanings(self, measure: str, area: str, period: Period) -> tuple[Meaning, ...]:
        """Return what a figure's exceptions are to a reader by all rules, the worst first; nothing where there are none."""
        found = (one.found.finding.meaning for one in self._exceptional(measure, period).get(area, ()))
        return tuple(dict.fromkeys(meaning for meaning in found if meaning is not None))

    def _exceptional(self, measure: str, period: Period) -> dict[str, list[Standing]]:
        """Return what any rule finds exceptional, by area, the worst first."""
        key = (measure, str(period))
        if key not in self._exceptions:
            found: dict[str, list[Standing]] = {}
            for place, rule in self._watching.get(measure, ()):
                for judged in self._judged(rule, measure, period, only=State.EXCEPTION):
                    for _, one in self._maker.at(judged.verdicts, judged.row, judged.places):
                        distance, finding = one.distance, one.finding
                        of = weight(finding.meaning, finding.severity, Urgency.STANDS, distance, place)
                        found.setdefault(finding.area, []).append(Standing(found=one, distance=distance, weight=of))
            self._exceptions[key] = {
                area: sorted(several, key=lambda one: one.weight) for area, several in found.items()
            }
        return self._exceptions[key]

    def _judged(self, rule: str, measure: str, period: Period, only: State | None = None) -> Iterator[Judged]:
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
            value = panel.shown[at, columns_at(verdicts.block, places)]
            places = places[value == value]
            if len(places):
                yield Judged(verdicts, row, places)
