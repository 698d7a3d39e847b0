"""What each rule has said of each measure over the whole history: how many verdicts, and which of them were exceptions."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from alerting.domain.finding import State
from alerting.domain.judging import Condition
from alerting.domain.measure import Measure
from alerting.domain.panel import Flags
from alerting.domain.rule import Rule
from alerting.evaluation.engine import Evaluation, Verdicts


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RuleVerdicts:
    """One rule on one measure; flags are `[periods x series]`, in blocks of whole rows."""

    rule: Rule
    measure: Measure
    condition: Condition
    judged: Flags
    exceptional: Flags

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
    clock judges and not the figures, is left out.
    """
    parts: dict[tuple[int, str], list[tuple[Flags, Flags]]] = {}
    conditions: dict[tuple[int, str], tuple[Measure, Condition]] = {}
    for verdicts in history.verdicts:
        if verdicts.group.is_freshness:
            continue
        for key, columns, measure, condition in _members(verdicts):
            lives = np.ones(verdicts.state.shape, dtype=bool) if verdicts.counts is None else verdicts.counts
            state = verdicts.state[:, columns]
            judged = (state <= State.EXCEPTION) & lives[:, columns]
            parts.setdefault(key, []).append((judged, judged & (state == State.EXCEPTION)))
            conditions[key] = (measure, condition)
    for key in sorted(parts, key=lambda key: key[0]):
        judged, exceptional = (np.concatenate(several, axis=1) for several in zip(*parts[key], strict=True))
        measure, condition = conditions[key]
        rule = history.rules.rules[key[0]]
        yield RuleVerdicts(rule=rule, measure=measure, condition=condition, judged=judged, exceptional=exceptional)


def _members(verdicts: Verdicts) -> Iterator[tuple[tuple[int, str], slice, Measure, Condition]]:
    """Yield the members in a block's columns, each with its columns among them."""
    group = verdicts.group
    places = verdicts.group_places(np.arange(verdicts.state.shape[1]))
    whose = np.searchsorted(group.ends, places, side="right")
    edges = [0, *(np.flatnonzero(np.diff(whose)) + 1).tolist(), len(whose)]
    for first, stop in itertools.pairwise(edges):
        member = group.members[int(whose[first])]
        yield (member.rule, member.measure.id), slice(first, stop), member.measure, member.condition
