"""The monthly page on rules: made on the first working day of a month, after the first evaluation then."""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from alerting.app.engine import Engine
from alerting.domain.period import Period, PeriodKind
from alerting.domain.schedule import evaluation_times, last_due
from alerting.domain.working_days import add_working_days
from alerting.ports.state import Store


@dataclass(eq=False, kw_only=True)
class Reviewing:
    """Remembers for which month it was made last; who has a page already is known to the state."""

    store: Store
    log: Any
    _made: Period | None = None

    def make_if_due(self, engine: Engine, now: datetime) -> bool:
        """Queue the pages of the month before, where it is time; say whether there are any."""
        rules, zone = engine.rules, engine.installation.zone
        day = now.astimezone(zone).date()
        month = rules.calendar.newest_complete(day, PeriodKind.MONTH)
        if month == self._made:
            return False
        newest = last_due(evaluation_times(rules.schedule), zone, now)
        first = add_working_days(month.last_day, 1, rules.schedule.holidays)
        if newest is None or newest < datetime.combine(first, time(), zone):
            return False
        from alerting.app.digests.rule_review import run_review

        made = run_review(rules, self.store, month, day, now, engine.installation.message_defaults)
        self._made = month
        if made:
            self.log.info("review.made", month=str(month), readers=len(made))
        return bool(made)
