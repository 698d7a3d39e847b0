"""A rule test's figures ticked through on a state of its own: what happened on each day, and what was found."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from alerting.app.alerts.actions import acknowledge
from alerting.app.authoring.chosen_rules import with_families
from alerting.app.authoring.compare_events import Happening
from alerting.app.authoring.mail_files import whole_mail
from alerting.app.authoring.silent_tick import silent_tick, without_words
from alerting.app.notices.compose import MessageDefaults
from alerting.app.situation.shrink_guard import admitted
from alerting.app.situation.situation import Situation, situation_of
from alerting.app.tick.report import TickReport, report_of
from alerting.app.tick.tick import tell_and_keep
from alerting.app.tick.times import TickTimes
from alerting.domain.alert import Alert, SeriesKey
from alerting.domain.due_days import NEVER, due_day
from alerting.domain.finding import Finding, State
from alerting.domain.period import Period, PeriodKind
from alerting.domain.rule import RuleSet
from alerting.domain.rule_test import SUPPRESSED, GivenAcknowledgement, GivenFigures, RuleTest, judgeable
from alerting.evaluation.block_verdicts import BlockVerdicts
from alerting.evaluation.findings import FindingMaker
from alerting.evaluation.series_index import SeriesPlaces
from alerting.figures.observations import Reading
from alerting.figures.tidy import observations_in
from alerting.ports import SourceTable
from alerting.ports.state import Store

#: The time of day of the ticks, and of what people take on after them.
MORNING, LATER = time(7), time(9)


@dataclass(eq=False)
class Given:
    """What a test gives: the rules that it tries, its days, and its figures as sources would hold them."""

    test: RuleTest
    all_rules: RuleSet
    #: Its figures, where they were read before for rules on the same measures.
    already_read: Reading | None = field(default=None, repr=False)

    # Rules

    @cached_property
    def rules(self) -> RuleSet:
        """The rules that are tried, as the whole set has them, and what they and the figures need of it."""
        given, tried = self.given.keys(), self.test.rules
        chosen = tuple(
            rule
            for rule in self.all_rules.rules
            if (rule.id in tried if tried is not None else not given.isdisjoint(rule.measures))
        )
        needed = given | {id_ for rule in chosen for id_ in rule.measures}
        return replace(self.all_rules, rules=chosen, measures=with_families(needed, self.all_rules.measures))

    @cached_property
    def given(self) -> dict[str, None]:
        """The measures that the test has figures of, made ones among them."""
        return judgeable((figures.measure for figures in self.test.figures), self.all_rules.measures)

    # Time

    @cached_property
    def days(self) -> list[date]:
        """The days of the ticks: one a period, and one for what becomes known after all of these."""
        days = {self._tick_day(one.measure, period) for one in self.test.figures for period in periods_of(one)}
        known = [day for one in self.test.figures for day in one.published if day is not None]
        return sorted(days | {day for day in known if day > max(days)})

    @property
    def last_day(self) -> date:
        """The day of the last tick."""
        ends = [self._tick_day(one.measure, one.first + (one.length - 1)) for one in self.test.figures]
        return max([*ends, *(day for one in self.test.figures for day in one.published if day is not None)])

    def is_tick_for(self, period: Period, day: date) -> bool:
        """Whether a day's tick is for a period, of any measure that is given or watched."""
        return any(self.tick_of(measure, period.kind, day) == period for measure in self._measures)

    @cached_property
    def _measures(self) -> dict[str, None]:
        return self.given | {id_: None for rule in self.rules.rules for id_ in rule.measures}

    def tick_of(self, measure: str, kind: PeriodKind, day: date) -> Period:
        """Return the newest period of a kind whose figures were due before a day."""
        period = self.all_rules.calendar.newest_complete(day, kind)
        while self._due(measure, period) >= day:
            period = period.previous
        return period

    def _tick_day(self, measure: str, period: Period) -> date:
        """Return the day after a period's figures are due."""
        return self._due(measure, period) + timedelta(days=1)

    def _due(self, measure: str, period: Period) -> date:
        own = self.all_rules.measures[measure]
        due = NEVER if own.expected is None else due_day(own, period.last_day)
        return period.last_day if due == NEVER else due

    # Figures

    @cached_property
    def reading(self) -> Reading:
        """The figures given as their sources would hold them, each known from its own tick on, or from its day."""
        if self.already_read is not None:
            return self.already_read
        by_source: dict[str, list[GivenFigures]] = {}
        for figures in self.test.figures:
            source = self.all_rules.measures[figures.measure].source
            by_source.setdefault(source or "", []).append(figures)
        tables = [self._table(source, several) for source, several in by_source.items()]
        read = [observations_in(table, self.rules) for table in tables]
        problems = tuple(problem for _, found in read for problem in found)
        return Reading(observations=tuple(observations for observations, _ in read), problems=problems)

    @cached_property
    def last_situation(self) -> Situation:
        """What the rules say of all figures on the last tick's day."""
        return situation_of(self.rules, self.reading, self.last_day)

    def _table(self, source: str, several: Sequence[GivenFigures]) -> SourceTable:
        names = list(dict.fromkeys(name for figures in several for name in figures.cells))
        rows: dict[str, list[str]] = {name: [] for name in ("measure", "area", "period", "published", *names)}
        for figures in several:
            for place, period in enumerate(periods_of(figures)):
                known = figures.published[place] if figures.published else None
                rows["measure"].append(figures.measure)
                rows["area"].append(figures.area)
                rows["period"].append(str(period))
                rows["published"].append((known or self._tick_day(figures.measure, period)).isoformat())
                for name in names:
                    rows[name].append(figures.cells[name][place] if name in figures.cells else "")
        columns = {name: pl.Series(name, cells, dtype=pl.String) for name, cells in rows.items()}
        return SourceTable(source=source, file=self.test.place.file, columns=columns)


@dataclass(eq=False, kw_only=True)
class Trial(Given):
    """One test at work; days are to be ticked in order, each once."""

    store: Store
    defaults: MessageDefaults
    happened: list[Happening] = field(default_factory=list)
    reports: dict[date, TickReport] = field(default_factory=dict)
    _before: Situation | None = None

    @cached_property
    def eventful_days(self) -> Sequence[date]:
        """The days of the ticks from the last on which nothing has happened, since there was no exception yet."""
        if self._goes_by_days:
            return self.days
        asked = [one.period for one in self.test.acknowledge]
        asked += [one.period for one in self.test.findings]
        asked += [one.period for one in self.test.expect or ()]
        begin = next(
            (n for n, day in enumerate(self.days) if any(self.is_tick_for(period, day) for period in asked)),
            len(self.days),
        )
        first = min(map(_first_exception, self.last_situation.evaluation.verdicts), default=date.max)
        quiet = sum(day <= first for day in self.days)
        return self.days[max(min(quiet, begin) - 1, 0) :]

    @property
    def _goes_by_days(self) -> bool:
        """Whether verdicts on a period may be other ones on a later day."""
        late = any(one.published for one in self.test.figures)
        return late or any(part.condition.by_clock for rule in self.rules.rules for part in rule.when.plain_parts())

    def tick(self, day: date) -> TickReport:
        """Do the tick of a day and note what happened."""
        report = self.reports[day] = self._ticked(day)
        self.happened += self._happenings(report, day)
        return report

    def take_on(self, one: GivenAcknowledgement, day: date) -> bool:
        """Acknowledge what stands, after the day's tick; False: nothing does."""
        with self.store.begin() as state:
            standing = [alert for alert in state.alerts.open() if _concerns(one, alert)]
        at = datetime.combine(day, LATER, ZoneInfo(self.rules.schedule.timezone))
        for alert in standing:
            acknowledge(self.rules, self.store, alert.id, one.person, at, day, None)
            self.happened.append(self._happening(alert, "acknowledged", day))
        return bool(standing)

    def _ticked(self, day: date) -> TickReport:
        at = datetime.combine(day, MORNING, ZoneInfo(self.rules.schedule.timezone))
        if not self.reports:
            with self.store.begin() as state:
                admitted(self.reading, self.rules, state, at, keep=True)
        situation, times = self._situation(day), TickTimes(at=at, now=at)
        if self._asks_for_words(day):
            report = tell_and_keep(situation, self.store, times, self.defaults, draw=False)
            # Every channel takes at once what may be sent.
            due = [one.id for one in report.deliveries if one.not_before is None]
            if due:
                with self.store.begin() as state:
                    state.outbox.accept(due, at)
            return report
        with self.store.begin() as state:
            done = silent_tick(situation, state, times, self.defaults, without_words)
        return report_of(situation, done.decided.planned, done.composed, ())

    def _situation(self, day: date) -> Situation:
        """Judge what is known on a day; no verdict depends on later figures, so that those of the last day hold."""
        if day == self.days[-1]:
            return self.last_situation
        after = self._before if self._goes_by_days else self.last_situation
        self._before = situation_of(self.rules, self.reading, day, after=after)
        return self._before

    def _asks_for_words(self, day: date) -> bool:
        """Whether the test says what is to be read in messages of a day."""
        told = [one for one in self.test.expect or () if one.says is not None or one.mail is not None]
        return any(self.is_tick_for(one.period, day) for one in told)

    # What happened

    def _happenings(self, report: TickReport, day: date) -> Iterator[Happening]:
        words: dict[str, list[str]] = {}
        mails: dict[str, list[str]] = {}
        for delivery in report.deliveries:
            words.setdefault(delivery.notice_id, []).extend((delivery.message.subject, delivery.message.text))
            own = whole_mail(delivery.owner, delivery.message.subject, delivery.message.text)
            mails.setdefault(delivery.notice_id, []).append(own)
        found: dict[tuple[str, str], Happening] = {}
        for notice in report.notices:
            for event in notice.events:
                key = (event.alert.id, event.kind.value)
                one = found.get(key) or self._happening(event.alert, event.kind.value, day)
                told, said = (*one.to, notice.owner), (*one.words, *words.get(notice.id, ()))
                whole = (*one.mails, *mails.get(notice.id, ()))
                found[key] = replace(one, to=told, words=said, mails=whole)
        for event in report.untold:
            key = (event.alert.id, event.kind.value)
            found.setdefault(key, self._happening(event.alert, event.kind.value, day, event.headline))
        yield from found.values()
        held: dict[tuple[str, str], Happening] = {}
        for suppressed in report.suppressed:
            event = suppressed.event
            one = held.get((event.alert.id, suppressed.reason.value)) or replace(
                self._happening(event.alert, SUPPRESSED, day, event.headline), reason=suppressed.reason.value
            )
            held[event.alert.id, suppressed.reason.value] = replace(one, to=(*one.to, suppressed.owner))
        yield from held.values()

    def _happening(self, alert: Alert, event: str, day: date, headline: str | None = None) -> Happening:
        key = alert.key
        rule = next((rule for rule in self.rules.rules if rule.id == key.rule), None)
        kind = (rule.every if rule else None) or self.all_rules.measures[key.measure].every
        return Happening(
            day=day,
            event=event,
            rule=key.rule,
            measure=key.measure,
            area=key.area,
            period=self.tick_of(key.measure, kind, day),
            words=(headline,) if headline else (),
        )

    # Findings

    def finding_at(self, report: TickReport, key: SeriesKey, period: Period) -> Finding | None:
        """Return what a rule finds of a series at a period, in words; None where it does not judge it."""
        evaluation = report.evaluation
        spot = None if evaluation is None else SeriesPlaces(evaluation).find(key)
        if evaluation is None or spot is None:
            return None
        verdicts, place = spot
        row = verdicts.block.panel.row(period) - verdicts.block.start
        if not 0 <= row < len(verdicts.state):
            return None
        ((_, made),) = FindingMaker(evaluation).at(verdicts, row, np.array([place]))
        return made.with_text().finding


def _first_exception(verdicts: BlockVerdicts) -> date:
    """Return the last day of the first period with an exception; the last of all days: there is none."""
    rows = np.flatnonzero((verdicts.state == State.EXCEPTION).any(axis=1))
    block = verdicts.block
    return block.panel.period(block.start + int(rows[0])).last_day if len(rows) else date.max


def periods_of(figures: GivenFigures) -> Iterator[Period]:
    """Yield the periods that a series has figures of, or gaps."""
    first = figures.first
    return (Period(first.kind, first.ordinal + n, first.starts) for n in range(figures.length))


def _concerns(one: GivenAcknowledgement, alert: Alert) -> bool:
    key = alert.key
    return (key.rule, key.area) == (one.rule, one.area) and one.measure in (None, key.measure)
