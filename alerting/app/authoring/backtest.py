"""Backtesting: what rules would have found and told over a span of the past; nothing is stored or sent."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Self

import numpy as np

from alerting.app.authoring.backtesting.days_known import known_from, with_days
from alerting.app.authoring.backtesting.digests_due import digests_due
from alerting.app.authoring.backtesting.record import Record
from alerting.app.authoring.backtesting.spans import refuse_empty, span_of
from alerting.app.authoring.backtesting.ticking import Alongside, Ticking, alone
from alerting.app.authoring.backtesting.whole_message import WholeMessages
from alerting.app.authoring.budget import budget_of, chance_of
from alerting.app.installation import Installation, Ports
from alerting.app.notices.compose import MessageDefaults
from alerting.app.situation.chance_files import ChanceFiles
from alerting.app.situation.figures_file import read_file
from alerting.app.situation.situation import Situation, situation_of
from alerting.domain.backtest import Backtest, DaySpan
from alerting.domain.fault import Faults
from alerting.domain.finding import State
from alerting.domain.rule import RuleSet
from alerting.evaluation.budget.kept import NOTHING_KEPT, KeepsRates
from alerting.evaluation.engine import Evaluation
from alerting.figures.observations import Reading
from alerting.ports.state import Store

#: Told of each day that is done.
OnDay = Callable[[date], object]


@dataclass(frozen=True, slots=True)
class LookingBack:
    """Backtests of an installation's rules; nothing is stored and nothing is sent."""

    installation: Installation
    ports: Ports

    def span(self, since: str | None, until: str | None) -> DaySpan:
        """Return a span of the past as people write it: days or periods, both included; by default two years up to today.

        Raises:
            UsageError: it is none.
        """
        own = self.installation
        return span_of(since, until, own.today(), own.rules.calendar)

    def reading_of(self, path: Path) -> Reading:
        """Return all figures out of a file that `figures export` wrote, in place of what sources hold.

        Raises:
            UsageError: it is no such file.
        """
        own = self.installation
        return read_file(path, own.rules, self.ports.sources(), own.today())

    def over(self, span: DaySpan, reading: Reading, on_day: OnDay = lambda _: None) -> Backtest:
        """Return what the rules would have found and told; see `backtested`."""
        own = self.installation
        store, kept = self.ports.memory_store, ChanceFiles.beside(own.settings.cache_dir)
        return backtested(own.rules, reading, span, store, own.message_defaults, on_day=on_day, kept=kept)


def backtested(
    rules: RuleSet,
    reading: Reading,
    span: DaySpan,
    new_store: Callable[[], Store],
    defaults: MessageDefaults,
    *,
    on_day: OnDay = lambda _: None,
    kept: KeepsRates = NOTHING_KEPT,
) -> Backtest:
    """Tick over a span, from an empty state on, as a service would that begins on its first day.

    Figures count from the days that their sources give; those without one from the day after they are due, else after their
    period's end. What the first tick finds stood already, or may have: it is told apart, since a service that had run before
    would have told it. The result is what ticking on every day of the span at 07:00 gives, where every channel takes at once
    what may be sent and nobody takes anything on; days on which nothing can happen are left out.

    Args:
        reading: the figures as they are known today.
        new_store: makes an empty state.
        on_day: is told of each day that is done.
        kept: what knows what chance does, where that was tried before.

    Raises:
        UsageError: no figure is known on any day of the span.
    """
    figures = Figures.of(reading, rules)
    own = Backtesting(rules=rules, figures=figures, span=span, new_store=new_store, defaults=defaults, kept=kept)
    for day in own.days():
        on_day(day)
    return own.found()


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """Figures as they are known today; and the same with the day from which on each counts."""

    reading: Reading
    dated: Reading

    @classmethod
    def of(cls, reading: Reading, rules: RuleSet) -> Self:
        """Give each figure its day."""
        return cls(reading, with_days(reading, rules))

    def again(self) -> Self:
        """Return the same for another pass, which notes its own faults."""
        faults = Faults()
        return type(self)(replace(self.reading, faults=faults), replace(self.dated, faults=faults))


@dataclass(kw_only=True, eq=False)
class Backtesting:
    """A backtest that is done a day at a time; see `backtested`.

    Args:
        alongside: gives what other rules find of the same figures on a day, where that is known.

    Raises:
        UsageError: no figure is known on any day of the span.
    """

    rules: RuleSet
    figures: Figures
    span: DaySpan
    new_store: Callable[[], Store]
    defaults: MessageDefaults
    kept: KeepsRates = NOTHING_KEPT
    alongside: Alongside = alone
    _last: Situation = field(init=False)
    _newest: Situation = field(init=False)
    _record: Record = field(init=False)

    def __post_init__(self) -> None:
        """Judge the last day: most of what it says holds before."""
        refuse_empty(self.span, self.figures.dated, self.rules)
        self._record = Record(self.span, WholeMessages(self.rules, self.figures.dated, self.defaults))
        last = self.span.last
        self._last = self._newest = situation_of(self.rules, self.figures.dated, last, alongside=self.alongside(last))

    def days(self) -> Iterator[date]:
        """Tick, and yield each day that is done."""
        with closing(self.new_store()) as store:
            ticking = Ticking(self.rules, self.figures.dated, store, self.defaults, self._last, self.alongside)
            for ticked in ticking.over(self.span):
                self._newest = ticking.newest
                self._record.take(ticked)
                yield ticked.day

    def judged_on(self, day: date) -> Situation | None:
        """Return what was judged last, where that is a day's and the program failed at nothing so far."""
        newest = self._newest
        return newest if newest.evaluation.as_of == day and not newest.evaluation.faults else None

    def found(self) -> Backtest:
        """Return what the rules would have found and told, once all days are done."""
        rules, last, record = self.rules, self._last, self._record
        found = Backtest(
            span=self.span,
            rules_version=rules.version,
            findings=_counts(last.evaluation, self.span),
            alerts=record.alerts,
            notices=record.notices,
            digests=digests_due(rules, last, self.span),
            waited=record.waited,
            known=known_from(self.figures.reading, rules),
            n_ticks=record.n_ticks,
        )
        return replace(found, budget=budget_of(found, chance_of(rules, last.panels, self.span.last, self.kept), rules))


def _counts(evaluation: Evaluation, span: DaySpan) -> dict[str, int]:
    """Count the verdicts on periods that ended inside a span, by state."""
    totals = np.zeros(len(State), dtype=np.int64)
    for verdicts in evaluation.verdicts:
        block = verdicts.block
        inside = np.array([day in span for day in block.panel.last_days[block.start : block.stop]], dtype=bool)
        state = verdicts.state[inside]
        counted = state.ravel() if verdicts.counts is None else state[verdicts.counts[inside]]
        totals += np.bincount(counted, minlength=len(State))
    order = (State.EXCEPTION, State.NORMAL, State.NO_DATA, State.NOT_ENOUGH_HISTORY)
    return {state.word: int(totals[state]) for state in order}
