"""Stable worlds whose noise is known: what the budget expects of each, and what really happens in its futures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
from scipy.stats import chi2

from alerting.domain.condition import Condition
from alerting.domain.fold import opening_rows
from alerting.domain.measure import Measure
from alerting.domain.panel import Panel
from alerting.domain.rule import RuleSet
from alerting.evaluation.budget import counted, expected
from alerting.evaluation.engine import evaluate
from samples.worlds import a_measure, a_panel, rules_for

LEVEL, SPREAD, YEAR = 50.0, 5.0, 12


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of world: a rule, and the noise of the series that it watches."""

    condition: Condition
    figures: int = 24
    likeness: float = 0.0
    opens: int = 1
    clears: int = 1
    measure: Measure = field(default_factory=a_measure)
    #: From standard normal noise to figures.
    made: Callable[[np.ndarray], np.ndarray] = lambda noise: LEVEL + SPREAD * noise
    planes: Callable[[np.ndarray], dict[str, np.ndarray]] = lambda _: {}
    minimum: float = -np.inf

    def panel(self, noise: np.ndarray) -> Panel:
        values = self.made(noise)
        n = values.shape[1]
        return replace(
            a_panel(*values[:, :1].T),
            values=values,
            shown=values,
            columns={"m": slice(0, n)},
            areas=tuple(f"a{place}" for place in range(n)),
            floor=np.full(n, self.minimum),
            ceiling=np.full(n, np.inf),
            planes=self.planes(values),
        )

    def rules(self, panel: Panel) -> RuleSet:
        found = rules_for(replace(panel, areas=panel.areas[:1]), self.condition, self.measure)
        (rule,) = found.rules
        return replace(found, rules=(replace(rule, open_after=self.opens, clear_after=self.clears),))


def noise(
    chance: np.random.Generator, likeness: float, shape: tuple[int, ...], before: np.ndarray | None = None
) -> np.ndarray:
    found = np.empty(shape)
    for row in range(shape[0]):
        shock = chance.standard_normal(shape[1:])
        last = found[row - 1] if row else before
        found[row] = shock if last is None else likeness * last + np.sqrt(1 - likeness**2) * shock
    return found


def expected_of(kind: Kind, past: np.ndarray, *, together: bool) -> tuple[np.ndarray, np.ndarray]:
    """What is expected of each world in a month, and its error; each world alone, unless they are known together."""
    panel = kind.panel(past)
    weights, vary = expected.likeness_weights, counted.vary
    if not together:  # each world is a folder of one series
        expected.likeness_weights, counted.vary = _one_by_one, _vary_alone
    try:
        (found,) = expected.by_chance(kind.rules(panel), {panel.kind: panel}, AS_OF)
    finally:
        expected.likeness_weights, counted.vary = weights, vary
    return found.opens, found.error()


AS_OF = date(2099, 1, 1)


def _one_by_one(figures, autocorrelation):
    from alerting.evaluation.budget.likeness import likeness_weights

    return np.concatenate(
        [likeness_weights(figures[n : n + 1], autocorrelation[n : n + 1]) for n in range(len(figures))]
    )


def _vary_alone(chi, free):
    taken = np.maximum(free, 1)
    return (free > 0) & (chi2.sf(chi, taken) < counted.SURELY), (free > 0) & (chi2.cdf(chi, taken) < counted.SURELY)


def happens(
    kind: Kind, past: np.ndarray, chance: np.random.Generator, afters: Sequence[tuple[int, int]], futures: int
) -> np.ndarray:
    """Alerts that really open in a month, `[afters x worlds]`, over so many futures of a year.

    Args:
        afters: pairs of `for` and `clear_after`.
    """
    worlds = past.shape[1]
    opened = np.zeros((len(afters), worlds))
    step = max(4_000_000 // (worlds * (len(past) + YEAR)), 1)
    done = 0
    while done < futures:
        some = min(step, futures - done)
        future = noise(chance, kind.likeness, (YEAR, worlds, some), np.repeat(past[-1][:, None], some, axis=1))
        whole = np.concatenate([np.repeat(past[:, :, None], some, axis=2), future]).reshape(len(past) + YEAR, -1)
        opened += _opened(kind, kind.panel(whole), len(past), afters).reshape(len(afters), worlds, some).sum(axis=2)
        done += some
    return opened / futures / YEAR


def _opened(kind: Kind, panel: Panel, since: int, afters: Sequence[tuple[int, int]]) -> np.ndarray:
    """Judge once, and count what opens for each pair."""
    rules = kind.rules(panel)
    found = np.zeros((len(afters), panel.n_series))
    for verdicts in evaluate(rules, {panel.kind: panel}, AS_OF, every_period=True).verdicts:
        columns = verdicts.block.columns
        n = verdicts.state.shape[1]
        side = None if isinstance(verdicts.side, int) else verdicts.side
        counts = np.ones(verdicts.state.shape, dtype=bool) if verdicts.counts is None else verdicts.counts
        for line, (after, clears) in zip(found, afters, strict=True):
            opens = opening_rows(verdicts.state, counts, np.full(n, after), np.full(n, clears), side)
            line[columns] = opens[since:].sum(axis=0)
    return found
