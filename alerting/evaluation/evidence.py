"""What findings rest on: which figures made the limits, how they spread, which values in a row were looked at."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any

import numpy as np

from alerting.conditions.judged import compared_block
from alerting.domain.arrays import Flags, Floats, Index
from alerting.domain.block import Block
from alerting.domain.condition import Condition
from alerting.domain.limit_lines import Members
from alerting.domain.limits_method import LimitsMethod
from alerting.evaluation.cells import Cells, known
from alerting.limits.base import mean_and_deviation

Evidence = dict[str, Any]


def evidence_of(conditions: Sequence[Condition], cells: Cells) -> list[Evidence]:
    """Return each cell's evidence: what the planes say, and what the part of the rule that decided rests on.

    Args:
        conditions: the parts of any of the rules that were judged together; what a part looks at is alike in all of them.
    """
    found = cells.evidence
    columns = np.array(cells.columns, dtype=np.intp)
    dispersion = cells.numbers("dispersion")
    decided = np.array([part or 0 for part in cells.decided])
    for part, condition in enumerate(conditions):
        own: Index = np.flatnonzero(decided == part)
        if not len(own):
            continue
        block = compared_block(condition, Block(cells.panel, cells.at, cells.at + 1, columns[own], days=cells.days))
        places = own.tolist()
        with np.errstate(all="ignore"):  # figures near the largest numbers, as when they were judged
            if condition.method is not None:
                for n, limits in zip(places, _limits(condition.method, block), strict=True):
                    limits["centre"], limits["lower"], limits["upper"] = cells.centre[n], cells.lower[n], cells.upper[n]
                    if dispersion[n] is not None:
                        limits["dispersion"] = dispersion[n]
                    found[n]["limits"] = limits
            if condition.looks_back > 1:
                for n, values in zip(places, _values(block, condition.looks_back), strict=True):
                    found[n]["values"] = values
    return found


def _limits(method: LimitsMethod, block: Block) -> Iterator[Evidence]:
    """Yield each column's limits method and what its lines rest on."""
    common: Evidence = {"method": method.key}
    if method.sigmas is not None:
        common["sigmas"] = method.sigmas
    members = method.members(block)
    if members is None:
        yield from (dict(common) for _ in range(block.shape[1]))
        return
    numbers = {name: known(plane) for name, plane in _widths(members).items()}
    allowed = None if members.overdispersed is None else members.overdispersed.tolist()
    figures = repeat(common) if members.taken is None else _figures(members.taken, block, own="points" not in numbers)
    for place, own in zip(range(block.shape[1]), figures, strict=False):
        found = common | own
        for name, column in numbers.items():
            if (number := column[place]) is not None:
                found[name] = int(number) if name == "points" else number
        if allowed is not None:
            found["overdispersed"] = allowed[place]
        yield found


def _widths(members: Members) -> Mapping[str, Floats]:
    """Return what made the limits' width, by evidence key."""
    if members.mean_moving_range is None:
        return members.numbers
    return {"mean_moving_range": members.mean_moving_range, **members.numbers}


def _figures(taken: Flags, block: Block, *, own: bool) -> Iterator[Evidence]:
    """Yield each column's figures behind its limits: from, to, how many points, which between were left out.

    Args:
        own: whether the limits are made of the figures themselves; else what is made of them was counted by the method.
    """
    mean, deviation, count = mean_and_deviation(np.where(taken, block.history(), np.nan))
    names = block.panel.names
    # A series a row: the first that is taken is found without looking at the rest.
    lying = np.ascontiguousarray(taken.T)
    first, last = lying.argmax(axis=1), block.stop - 1 - lying[:, ::-1].argmax(axis=1)
    rows = np.arange(block.stop)[:, None]
    left_out = ~taken & (rows > first) & (rows < last)
    some = left_out.any(axis=0).tolist()
    columns = (count.astype(np.intp).tolist(), first.tolist(), last.tolist(), known(mean), known(deviation))
    for place, (n, begin, end, centre, spread) in enumerate(zip(*columns, strict=True)):
        found: Evidence = {"points": n}
        if n:
            found["from"], found["to"] = names[begin], names[end]
            if not own:
                yield found
                continue
            found["mean"], found["standard_deviation"] = centre, spread
            found["left_out"] = [names[row] for row in np.flatnonzero(left_out[:, place])] if some[place] else []
        yield found


def _values(block: Block, length: int) -> Iterator[Evidence]:
    """Yield the last *length* values of each column, oldest first, from its first figure on; None for what lies behind a break."""
    first = max(block.stop - length, 0)
    values, segments = block.history(first), block.panel.segments
    if segments is not None:
        own = segments[first : block.stop, block.columns] == segments[block.stop - 1, block.columns]
        values = np.where(own, values, np.nan)
    columns = values.T.tolist() if np.isfinite(values).all() else [known(column) for column in values.T]
    begun = np.clip(block.panel.first_rows[block.columns] - first, 0, len(values) - 1)
    names = block.panel.names
    for begin, figures in zip(begun.tolist(), columns, strict=True):
        yield {"from": names[first + begin], "until": names[block.stop - 1], "figures": figures[begin:]}
