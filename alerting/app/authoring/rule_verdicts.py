"""What each rule has said of each measure over the whole history: how many verdicts, and which of them were exceptions."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from alerting.domain.arrays import Flags
from alerting.domain.block import columns_at
from alerting.domain.condition import Condition
from alerting.domain.finding import State
from alerting.domain.measure import Measure
from alerting.domain.period import PeriodKind
from alerting.domain.rule import Rule
from alerting.evaluation.block_verdicts import BlockVerdicts
from alerting.evaluation.engine import Evaluation
from alerting.evaluation.groups import Member


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RuleVerdicts:
    """One rule on one measure; flags are `[periods x series]`, in blocks of whole rows."""

    rule: Rule
    measure: Measure
    condition: Condition
    judged: Flags
    exceptional: Flags
    #: Which figures those are: the kind of period, the first row, and the panel's columns.
    where: tuple[PeriodKind, int, bytes]

    @property
    def verdicts(self) -> int:
        """How many periods of all series have a verdict."""
        return int(np.count_nonzero(self.judged))

    @property
    def exceptions(self) -> int:
        """How many of them are exceptions."""
        return int(np.count_nonzero(self.exceptional))


def rule_verdicts(history: Evaluation) -> Iterator[RuleVerdicts]:
    """Yield what every rule says of every measure that it watches, from the verdicts on every period.

    A member that is spread over several blocks of columns is yielded as one, with its columns side by side. Lateness, which the
    clock judges and not the figures, is left out, also where it is part of a rule: what did not come is no figure.
    """
    parts: dict[tuple[int, str], list[tuple[Flags, Flags, bytes]]] = {}
    conditions: dict[tuple[int, str], tuple[Measure, Condition, PeriodKind, int]] = {}
    for verdicts in history.verdicts:
        if verdicts.group.is_freshness:
            continue
        own = columns_at(verdicts.block, np.arange(verdicts.state.shape[1]))
        came = verdicts.block.came if verdicts.group.is_mixed else None
        for member, columns in members_of(verdicts):
            key = (member.rule, member.measure.id)
            lives = np.ones(verdicts.state.shape, dtype=bool) if verdicts.counts is None else verdicts.counts
            state = verdicts.state[:, columns]
            judged = (state <= State.EXCEPTION) & lives[:, columns]
            if came is not None:
                judged &= came[:, columns]
            parts.setdefault(key, []).append((judged, judged & (state == State.EXCEPTION), own[columns].tobytes()))
            conditions[key] = (member.measure, member.condition, verdicts.group.kind, verdicts.block.start)
    for key in sorted(parts, key=lambda key: key[0]):
        judged, exceptional = (np.concatenate([part[n] for part in parts[key]], axis=1) for n in (0, 1))
        measure, condition, kind, start = conditions[key]
        yield RuleVerdicts(
            rule=history.rules.rules[key[0]],
            measure=measure,
            condition=condition,
            judged=judged,
            exceptional=exceptional,
            where=(kind, start, b"".join(part[2] for part in parts[key])),
        )


def members_of(verdicts: BlockVerdicts) -> Iterator[tuple[Member, slice]]:
    """Yield the members in a block's columns, each with its columns among them."""
    group = verdicts.group
    places = verdicts.group_places(np.arange(verdicts.state.shape[1]))
    whose = np.searchsorted(group.ends, places, side="right")
    edges = [0, *(np.flatnonzero(np.diff(whose)) + 1).tolist(), len(whose)]
    for first, stop in itertools.pairwise(edges):
        yield group.members[int(whose[first])], slice(first, stop)
