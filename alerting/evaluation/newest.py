"""The newest verdict of each series out of a whole history: for counts, summaries and digests."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from alerting.domain.finding import Reason, State
from alerting.domain.measure import Measure
from alerting.domain.period import Period
from alerting.domain.rule import Rule
from alerting.evaluation.block_verdicts import BlockVerdicts
from alerting.evaluation.engine import Evaluation


@dataclass(frozen=True, slots=True, eq=False)
class NewestVerdict:
    """How one series stands under one rule; `row` and `place` say where in its verdicts."""

    rule: Rule
    measure: Measure
    area: str
    period: Period
    state: State
    reason: Reason | None
    verdicts: BlockVerdicts
    row: int
    place: int

    @property
    def failed_check(self) -> str | None:
        """How the figure fails a check that holds it ("870 is outside 0 to 100"); None: no check holds this one."""
        block = self.verdicts.block
        failed = block.panel.failed_checks if self.reason is Reason.HELD else None
        return failed.get((block.start + self.row, self.verdicts.column(self.place))) if failed else None


def newest_verdicts(
    evaluation: Evaluation, until: date | None = None, *, only: Reason | None = None
) -> Iterator[NewestVerdict]:
    """Yield the newest counting verdict of every series under every rule that still watches.

    Args:
        until: as it stood when this day was the last one past; None: now.
        only: those without a verdict for this reason.
    """
    rules = evaluation.rules.rules
    as_of = evaluation.as_of if until is None else min(until + timedelta(days=1), evaluation.as_of)
    over = {place for place, rule in enumerate(rules) if evaluation.rules.is_over(rule, as_of)}
    for verdicts in evaluation.verdicts:
        panel, start = verdicts.block.panel, verdicts.block.start
        rows = _newest_rows(verdicts, until)
        places = np.flatnonzero(rows >= 0)
        if only is not None:
            places = places[verdicts.reason[rows[places], places] == only.code]
        for place in places.tolist():
            row = int(rows[place])
            member = verdicts.group.member_at(verdicts.group_place(place))
            if member.rule in over:
                continue
            code = int(verdicts.reason[row, place])
            state = State(int(verdicts.state[row, place]))
            yield NewestVerdict(
                rules[member.rule],
                member.measure,
                panel.areas[verdicts.column(place)],
                panel.period(start + row),
                state,
                None if state.is_verdict else Reason.from_code(code),
                verdicts,
                row,
                place,
            )


def newest_counts(evaluation: Evaluation) -> dict[str, int]:
    """Count the newest verdicts by state, of rules that still watch."""
    totals = np.zeros(len(State), dtype=np.int64)
    rules = evaluation.rules
    for verdicts in evaluation.verdicts:
        watching = (rules.rules[member.rule] for member in verdicts.group.members)
        if all(rules.is_over(rule, evaluation.as_of) for rule in watching):
            continue
        rows = _newest_rows(verdicts)
        places = np.flatnonzero(rows >= 0)
        totals += np.bincount(verdicts.state[rows[places], places], minlength=len(State))
    order = (State.EXCEPTION, State.NORMAL, State.NO_DATA, State.NOT_ENOUGH_HISTORY)
    return {state.word: int(totals[state]) for state in order}


def _newest_rows(verdicts: BlockVerdicts, until: date | None = None) -> np.ndarray:
    """Return the newest counting row of each column of a block that ends no later than *until*; -1 for none."""
    stop, columns = verdicts.state.shape
    if until is not None:
        days = verdicts.block.panel.last_days[verdicts.block.start : verdicts.block.stop]
        stop = sum(day <= until for day in days)
    found, left = np.full(columns, -1), np.arange(columns)
    for row in reversed(range(stop)):  # most series have one in the last row or two
        here = np.ones(len(left), dtype=bool) if verdicts.counts is None else verdicts.counts[row, left]
        found[left[here]] = row
        left = left[~here]
        if not len(left):
            break
    return found
