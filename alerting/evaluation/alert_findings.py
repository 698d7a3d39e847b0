"""What the figures say of alerts today: the finding behind each, in words, and whether it is news."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from alerting.domain.alert import Alert
from alerting.domain.finding import Finding
from alerting.domain.period import Period
from alerting.evaluation.ages import is_followed, is_past
from alerting.evaluation.block_verdicts import BlockVerdicts
from alerting.evaluation.engine import Evaluation
from alerting.evaluation.findings import FindingMaker
from alerting.evaluation.found import Found
from alerting.evaluation.series_index import SeriesPlaces


@dataclass(eq=False)
class AlertFindings:
    """Findings of alerts, each made once; in words, unless their text is written for those only that somebody names."""

    evaluation: Evaluation
    places: SeriesPlaces
    in_words: bool = True
    by_alert: dict[str, Found] = field(default_factory=dict)
    #: By the identity of their findings, those without a text.
    _unsaid: dict[int, Found] = field(default_factory=dict)

    def newest(self, alert: Alert) -> Found | None:
        """Return the finding of an alert's newest exceptional period; None where it is judged no longer."""
        return self.at(alert, alert.period)

    def at(self, alert: Alert, period: Period) -> Found | None:
        """Return the finding of an alert's series at a period, and keep it as the one to speak of."""
        kept = self.by_alert.get(alert.id)
        if kept is not None and kept.finding.period == period:
            return kept
        self.make([(alert, period)])
        return self.by_alert.get(alert.id)

    def prepare(self, alerts: Iterable[Alert]) -> None:
        """Make the newest findings of many alerts at once: one by one they take ten times as long."""
        known = self.by_alert
        self.make((a, a.period) for a in alerts if a.id not in known or known[a.id].finding.period != a.period)

    def say(self, findings: Iterable[Finding]) -> None:
        """Write the texts of findings that were made here without one."""
        for finding in findings:
            found = self._unsaid.pop(id(finding), None)
            if found is not None:
                found.with_text()

    def is_news(self, alert: Alert) -> bool:
        """Say whether what is exceptional is new: no newer figure has come, nor were two more due; what is late always is."""
        spot = self.places.find(alert.key)
        if spot is None:
            return True
        verdicts, place = spot
        if asks_the_clock(verdicts, alert):
            return True
        measure, row = self.evaluation.rules.measures[alert.key.measure], verdicts.block.panel.row(alert.period)
        followed = is_followed(verdicts, row - verdicts.block.start, place)
        return not followed and not is_past(measure, alert.period, self.evaluation.as_of, alert.key.area)

    def make(self, wanted: Iterable[tuple[Alert, Period]]) -> None:
        """Make findings for many alerts, those of one row of one block at once."""
        rows: dict[tuple[int, int], tuple[BlockVerdicts, dict[int, str]]] = {}
        for alert, period in wanted:
            spot = self.places.find(alert.key)
            if spot is None:
                continue
            verdicts, place = spot
            row = verdicts.block.panel.row(period) - verdicts.block.start
            if 0 <= row < len(verdicts.state):
                rows.setdefault((id(verdicts), row), (verdicts, {}))[1][place] = alert.id
        maker = FindingMaker(self.evaluation)
        for (_, row), (verdicts, alerts) in rows.items():
            places = sorted(alerts)
            made = maker.standing(verdicts, row, np.array(places))
            for place, found in zip(places, made, strict=True):
                self.by_alert[alerts[place]] = found
                self._unsaid[id(found.finding)] = found
                if self.in_words:
                    self.say([found.finding])


def asks_the_clock(verdicts: BlockVerdicts, alert: Alert) -> bool:
    """Say whether an alert is about a figure that had not come."""
    return verdicts.group.is_freshness or (verdicts.group.asks_clock and alert.value is None)
