"""The monthly page on rules: made on the first working day of a month, after the first evaluation then."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from alerting.app.engine import Engine
from alerting.domain.fault import Faults, Work
from alerting.domain.period import Period, PeriodKind
from alerting.domain.rule import Status
from alerting.domain.rule_record import called_false
from alerting.domain.schedule import evaluation_times, last_due
from alerting.domain.working_days import add_working_days
from alerting.ports.state import Store

if TYPE_CHECKING:
    from alerting.reports.rule_review import ByChance

#: The page looks back on a year before the month that it is of.
_LOOKED_BACK = timedelta(days=430)


def chances(engine: Engine, store: Store, day: date, at: datetime) -> Mapping[str, "ByChance"]:
    """Return what chance alone opens in a month by each rule in shadow and each of which exceptions were called false alarms.

    By the figures that a tick on a day would judge; left out where the program fails at it: the page says the rest.
    """
    rules = engine.rules
    with store.begin() as state:
        ids = set(called_false(state.alerts.events_between(at - _LOOKED_BACK, at)).values())
    ids |= {rule.id for rule in rules.rules if rule.status is Status.SHADOW}
    if all(rule.id not in ids for rule in rules.rules):
        return {}
    from alerting.app.digests.chance import chance_by_rule
    from alerting.app.situation.chance_files import ChanceFiles
    from alerting.app.situation.known_figures import remembered

    reading = engine.enquiries.read_on(store, day)
    with store.begin() as state:
        reading = remembered(reading, rules, state.readings, at, keep=False)
    kept = ChanceFiles.beside(engine.settings.cache_dir)
    work = Work(sort="chance in", id=rules.folder, done="worked out")
    return Faults().attempt(work, lambda: chance_by_rule(rules, reading, day, ids, kept)) or {}


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

        chance = chances(engine, self.store, day, now)
        made = run_review(rules, self.store, month, day, now, engine.installation.message_defaults, chance)
        self._made = month
        if made:
            self.log.info("review.made", month=str(month), readers=len(made))
        return bool(made)
