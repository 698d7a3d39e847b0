"""On which days something may fall due though no figure has come: reminders, what is passed on, silences, absences, what waited."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from alerting.app.tick.reconcile import LOOK_BACK
from alerting.domain.notify.hearing import reminder_day
from alerting.domain.ownership import Ownership
from alerting.domain.rule import Remind, RuleSet
from alerting.domain.working_days import add_working_days

_ONE = timedelta(days=1)


@dataclass(eq=False)
class EventfulDays:
    """Days to come on which who is told what may be another matter; there may be more than turn out to be needed."""

    rules: RuleSet
    _days: set[date] = field(default_factory=set)
    #: Those on which alerts are remembered no more: nobody is told anything because of that alone.
    _forgetting: set[date] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Begin with the days that rule files name."""
        self._days |= set(self._declared())

    def after(self, day: date) -> date | None:
        """Return the first one after a day; None: there is none. The days up to it are forgotten."""
        self._days = {one for one in self._days if one > day}
        self._forgetting = {one for one in self._forgetting if one > day}
        return min(self._days | self._forgetting, default=None)

    def is_due(self, day: date) -> bool:
        """Whether who is told what may be another matter on a day, though nothing has become of any alert."""
        return day in self._days

    def add(self, days: Iterable[date]) -> None:
        """Note days on which something waits to be done."""
        self._days |= set(days)

    def told(self, day: date) -> None:
        """Note that somebody was told something, or would have been, on a day: it is repeated or passed on some days later."""
        self._days |= {self._working_days_after(day, count) for count in self._passed_on()}
        reminds = {rule.remind for rule in self.rules.rules} - {Remind.NEVER}
        self._days |= {reminder_day(day, remind) for remind in reminds}

    def ended(self, day: date) -> None:
        """Note that an alert ended on a day: some time after it is remembered no more."""
        self._forgetting |= {day + LOOK_BACK, day + LOOK_BACK + _ONE}

    def _working_days_after(self, day: date, count: int) -> date:
        return add_working_days(day, count, self.rules.schedule.holidays)

    def _passed_on(self) -> set[int]:
        owners = self.rules.owners.values()
        return {owner.escalate.working_days for owner in owners if owner.escalate is not None}

    def _declared(self) -> Iterator[date]:
        for silence in self.rules.silences:
            if silence.since is not None:
                yield silence.since
            if silence.until is not None and silence.until < date.max:
                yield silence.until + _ONE
                yield from (self._working_days_after(silence.until, count) for count in self._passed_on())
        for owner in self.rules.owners.values():
            for away in owner.away:
                yield from (away.since, away.until + _ONE)
        for ownership in self._ownerships():
            yield from (step.since for step in ownership if step.since is not None)

    def _ownerships(self) -> Iterator[Ownership]:
        rules = self.rules
        yield from (area.owners for area in rules.areas.areas.values())
        yield from (measure.owners for measure in rules.measures.values())
        yield from (topic.owners for topic in rules.topics.values())
