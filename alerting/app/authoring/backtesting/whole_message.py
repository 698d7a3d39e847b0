"""The whole of a message that a backtest counted by its subject: written again as it would have gone out on its day."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from alerting.app.notices.compose import MessageDefaults, contained_message_for
from alerting.app.situation.situation import Situation, situation_of
from alerting.app.tick.compose import spoken_for
from alerting.domain.notify.notice import Message, Notice
from alerting.domain.notify.planned import Suppressed
from alerting.domain.rule import RuleSet
from alerting.evaluation.alert_findings import AlertFindings
from alerting.evaluation.series_index import SeriesPlaces
from alerting.figures.observations import Reading
from alerting.reports.event_view import EventViews


@dataclass(eq=False)
class WholeMessages:
    """Writes messages; those of one day share what is judged of it.

    Args:
        reading: every figure with the day from which on it counts.
    """

    rules: RuleSet
    reading: Reading
    defaults: MessageDefaults
    _newest: list[Situation] = field(default_factory=list)

    def write(self, notice: Notice, suppressed: Sequence[Suppressed]) -> Message:
        """Write a notice as a mail, without the references that bind it to others.

        Args:
            suppressed: what its tick held back.
        """
        situation = self._situation(notice)
        findings = AlertFindings(situation.evaluation, SeriesPlaces(situation.evaluation))
        findings.make((event.alert, event.finding.period) for event in notice.events if event.finding is not None)
        views = EventViews(situation.evaluation, findings.by_alert, None, spoken_for(suppressed))
        with self.defaults.overrides:
            made = contained_message_for(notice, self.rules, views, situation.evaluation, self.defaults)
        return made if isinstance(made, Message) else next(iter(made.values()))

    def _situation(self, notice: Notice) -> Situation:
        day = notice.at.date()
        if not self._newest or self._newest[0].evaluation.as_of != day:
            self._newest = [situation_of(self.rules, self.reading, day)]
        return self._newest[0]
