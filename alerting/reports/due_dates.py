"""What falls on one of the next days: figures due, targets and milestones reached, rules and holds that end."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from alerting.domain.aggregation import over_time
from alerting.domain.condition import Condition
from alerting.domain.due_days import due_day, first_due
from alerting.domain.measure import Aggregate, Level, Measure
from alerting.domain.period import Period
from alerting.domain.rule import Rule, RuleSet, Status
from alerting.reports.digest_views import ComingNote
from alerting.reports.topic_figures import NewestFigures
from alerting.wording.dates import day_words
from alerting.wording.numbers import NumberStyle
from alerting.wording.plain import counted, listed

HORIZON = timedelta(days=30)
#: Measures or rules named in one line; more are counted.
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Coming:
    """One thing on one day. Equal `lead`s of a day share a line, with their `what`s in a row."""

    day: date
    lead: str
    what: str
    #: Whom it concerns: those who answer for the measure, or for any that the rule watches.
    measure: str | None = None
    rule: str | None = None


class ComingDays:
    """Everything that falls due from a day on, found once for all readers."""

    def __init__(self, rules: RuleSet, figures: NewestFigures, as_of: date) -> None:
        self._rules, self._figures = rules, figures
        self._first, self._last = as_of, as_of + HORIZON
        found = [*self._figures_due(), *self._of_rules(), *self._holds_ending()]
        self._all = sorted(found, key=lambda one: (one.day, one.lead))

    def notes(self, measures: Iterable[str], rules: Iterable[str]) -> tuple[ComingNote, ...]:
        """Return what concerns a reader's measures and rules, by day."""
        mine, followed = set(measures), set(rules)
        days: dict[date, dict[str, list[str]]] = {}
        for one in self._all:
            if (one.measure is None or one.measure in mine) and (one.rule is None or one.rule in followed):
                whats = days.setdefault(one.day, {}).setdefault(one.lead, [])
                if one.what not in whats:
                    whats.append(one.what)
        return tuple(
            ComingNote(day=day_words(day), lines=tuple(f"{lead}: {named(whats)}" for lead, whats in leads.items()))
            for day, leads in days.items()
        )

    def _figures_due(self) -> Iterator[_Coming]:
        """Yield the next figure due of each measure, unless it has come."""
        for measure in self._rules.measures.values():
            period = self._next_due(measure)
            if period is not None:
                day = due_day(measure, period.last_day)
                if self._first <= day <= self._last:
                    lead = f"Figures for {period.label} are due"
                    yield _Coming(day=day, lead=lead, what=measure.short or measure.title, measure=measure.id)

    def _next_due(self, measure: Measure) -> Period | None:
        """Return the first period that is due on the first day or later of which nothing came in some area that reports."""
        if measure.expected is None:
            return None
        period = first_due(measure, self._rules.calendar.containing(self._first, measure.every), self._first)
        areas = self._figures.areas(measure.id)
        came = [newest for area in areas if (newest := self._figures.came(measure.id, area)) is not None]
        while came and all(newest >= period for newest in came):
            period = period + 1
        return period

    def _of_rules(self) -> Iterator[_Coming]:
        """Yield the days that conditions name, and the last days of rules."""
        for rule in self._rules.rules:
            if rule.status is not Status.ACTIVE:
                continue
            if rule.until is not None and self._is_soon(rule.until):
                yield _Coming(day=rule.until, lead="The last day of a rule", what=rule.title, rule=rule.id)
            for part in rule.when.plain_parts():
                for id_ in rule.measures:
                    yield from self._of_condition(part.condition, rule, self._rules.measures[id_])

    def _of_condition(self, part: Condition, rule: Rule, measure: Measure) -> Iterator[_Coming]:
        style, title = NumberStyle.of(measure), measure.short or measure.title
        if part.due is not None and self._is_soon(part.due):
            own = next(iter(part.levels), None)
            level = self._target(measure, rule, part.due) if own is None else _plain(own, part.due)
            what = title if level is None else f"{title}, {style.level(level)}"
            lead = f"A {measure.called} is due"
            yield _Coming(day=part.due, lead=lead, what=what, measure=measure.id, rule=rule.id)
        reached = next((stone for stone in part.milestones if stone.date >= self._first), None)
        if reached is not None and self._is_soon(reached.date):
            what = f"{title}, {style.level(reached.value)}"
            lead = "A milestone of a plan"
            yield _Coming(day=reached.date, lead=lead, what=what, measure=measure.id, rule=rule.id)

    def _target(self, measure: Measure, rule: Rule, day: date) -> float | None:
        """Return the measure's own target on a day, as it holds for the periods that a rule judges: those of a sum are added up."""
        kind, calendar = rule.every or measure.every, self._rules.calendar
        is_sum = over_time(measure) is Aggregate.SUM and measure.covers is None and measure.rolling is None
        if kind is measure.every or not is_sum:
            return _plain(measure.target, day)
        within = calendar.within(calendar.containing(day, kind), measure.every)
        steps = [_plain(measure.target, period.last_day) for period in within]
        known = [Decimal(repr(step)) for step in steps if step is not None]
        return float(sum(known)) if len(known) == len(steps) else None

    def _holds_ending(self) -> Iterator[_Coming]:
        for hold in self._rules.holds:
            if hold.until is not None and self._is_soon(hold.until):
                for measure in self._rules.measures.values():
                    if hold.match.covers_measure(measure):
                        lead = "The last day of a hold"
                        yield _Coming(
                            day=hold.until, lead=lead, what=measure.short or measure.title, measure=measure.id
                        )

    def _is_soon(self, day: date) -> bool:
        return self._first <= day <= self._last


def _plain(level: Level | None, day: date) -> float | None:
    """Return the number that holds for every area on a day; None where it differs or stands in a column."""
    if level is None:
        return None
    if level.dated is not None:
        return next((value for since, value in reversed(level.dated) if since <= day), None)
    return level.number


def named(whats: Sequence[str], most: int = _MOST_NAMED) -> str:
    """Name some things, and count the others."""
    if len(whats) <= most:
        return listed(whats)
    return listed([*whats[: most - 1], counted(len(whats) - most + 1, "more", "more")])
