"""The whole of a message that a backtest counted by its subject: written again as it would have gone out on its day."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from alerting.app.notices.compose import MessageDefaults, contained_message_for
from alerting.app.situation.situation import Situation, situation_of
from alerting.domain.alert import Alert
from alerting.domain.notify.notice import Message, Notice
from alerting.domain.period import Period
from alerting.domain.rule import RuleSet
from alerting.evaluation.alert_findings import AlertFindings
from alerting.evaluation.found import Found
from alerting.evaluation.series_index import SeriesPlaces
from alerting.figures.observations import Reading
from alerting.reports.event_view import EventViews


@dataclass(frozen=True, slots=True, eq=False)
class ShortNotice:
    """A notice whose findings are left out, since they can be made again: there may be ten thousands of them.

    `periods`: of each event the period of its finding, where that was left out.
    """

    notice: Notice
    periods: tuple[Period | None, ...]

    @classmethod
    def of(cls, notice: Notice) -> "ShortNotice":
        """Leave out of a notice the findings of its own day."""
        if not notice.can_be_made_again:
            return cls(notice, (None,) * len(notice.events))
        periods = tuple(None if event.finding is None else event.finding.period for event in notice.events)
        return cls(replace(notice, events=tuple(replace(event, finding=None) for event in notice.events)), periods)

    def whole(self, found: Mapping[str, Found]) -> Notice:
        """Put the findings back in.

        Args:
            found: by alert id.
        """
        events = (
            event
            if period is None or event.alert.id not in found
            else replace(event, finding=found[event.alert.id].finding)
            for event, period in zip(self.notice.events, self.periods, strict=True)
        )
        return replace(self.notice, events=tuple(events))

    def wanted(self) -> Iterator[tuple[Alert, Period]]:
        """Yield the alerts whose findings it tells of, each with the finding's period."""
        for event, period in zip(self.notice.events, self.periods, strict=True):
            own = period if event.finding is None else event.finding.period
            if own is not None:
                yield event.alert, own


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

    def write(self, short: ShortNotice, spoken: Mapping[str, Sequence[Alert]]) -> Message:
        """Write a notice as a mail, without the references that bind it to others.

        Args:
            spoken: by alert id, the alerts that its tick held back for it.
        """
        situation = self._situation(short.notice)
        findings = AlertFindings(situation.evaluation, SeriesPlaces(situation.evaluation))
        findings.make(short.wanted())
        notice = short.whole(findings.by_alert)
        views = EventViews(situation.evaluation, findings.by_alert, None, spoken)
        with self.defaults.overrides:
            made = contained_message_for(notice, self.rules, views, situation.evaluation, self.defaults)
        return made if isinstance(made, Message) else next(iter(made.values()))

    def _situation(self, notice: Notice) -> Situation:
        day = notice.at.date()
        if not self._newest or self._newest[0].evaluation.as_of != day:
            self._newest = [situation_of(self.rules, self.reading, day)]
        return self._newest[0]
