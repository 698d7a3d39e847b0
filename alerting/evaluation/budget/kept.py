"""What worlds of noise showed of shapes, kept under what decides it, so that the same rules and figures are not tried again."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from alerting.domain.canonical import NotCanonical, digest_of
from alerting.domain.panel import Panel
from alerting.evaluation.budget.shapes import Shape
from alerting.evaluation.budget.trial import Rates
from alerting.evaluation.budget.worlds import FUTURES, LIKENESS, SEED
from alerting.evaluation.groups import Group


class KeepsRates(Protocol):
    """What knows rates again."""

    def rates(self, name: str, shapes: int, make: Callable[[], Rates]) -> Rates:
        """Return the rates of so many shapes that are kept under a name; else make them, and keep them."""
        ...


class KeepsNothing:
    """Makes all anew."""

    def rates(self, _name: str, _shapes: int, make: Callable[[], Rates]) -> Rates:
        """Return what is made."""
        return make()


NOTHING_KEPT = KeepsNothing()


def decided_by(
    group: Group, panel: Panel, shapes: Sequence[Shape], figures: int, periods: int, size: int
) -> str | None:
    """Return a name for all that decides what worlds show, beside the program; None: it cannot be told.

    Args:
        figures: past periods of the worlds, *periods* their future ones, *size* how many there are.
    """
    each = [
        (
            (one.figures, one.draw, one.rule.open_after, one.rule.clear_after, one.denominator),
            (dict(one.numbers), dict(one.planes)),
            (float(panel.floor[one.column]), float(panel.ceiling[one.column])),
            None if panel.siblings is None else int(panel.siblings[one.column]),
        )
        for one in shapes
    ]
    measure = replace(shapes[0].member.measure, expected=None)
    of_panel = (panel.kind, int(panel.first), panel.n_periods, panel.starts, panel.aggregates, sorted(panel.planes))
    try:
        return digest_of((SEED, LIKENESS, FUTURES, figures, periods, size, group.condition, measure, of_panel, each))
    except NotCanonical:
        return None
