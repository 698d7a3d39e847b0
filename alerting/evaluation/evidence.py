"""What findings rest on: which figures made the limits, how they spread, which values in a row were looked at."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from alerting.domain.judging import Condition, LimitsMethod
from alerting.domain.panel import Block, Index
from alerting.evaluation.cells import Cells, known
from alerting.limits.base import mean_and_deviation


def rests_on(condition: Condition, block: Block) -> list[dict[str, Any]]:
    """Return the evidence of each column of a block of one judged row: `limits`, and `values` where several in a row count."""
    found: list[dict[str, Any]] = [{} for _ in range(block.shape[1])]
    if condition.method is not None:
        for evidence, limits in zip(found, _limits(condition.method, block), strict=True):
            evidence["limits"] = limits
    if condition.looks_back > 1:
        for evidence, values in zip(found, _values(block, condition.looks_back), strict=True):
            evidence["values"] = values
    return found


def _limits(method: LimitsMethod, block: Block) -> Iterator[dict[str, Any]]:
    """Yield each column's limits method and the figures behind it: from, until, how many, which between were left out."""
    with np.errstate(all="ignore"):  # as where limits are computed: figures near the largest numbers overflow
        members = method.members(block)
    if members is None:
        yield from ({"method": method.key} for _ in range(block.shape[1]))
        return
    taken, values = members.taken, block.history()
    mean, deviation, count = mean_and_deviation(np.where(taken, values, np.nan))
    names = block.panel.names
    first, last = taken.argmax(axis=0), block.stop - 1 - taken[::-1].argmax(axis=0)
    rows = np.arange(block.stop)[:, None]
    left_out = ~taken & (rows > first) & (rows < last)
    some = left_out.any(axis=0).tolist()
    ranges = members.mean_moving_range
    columns = (count.tolist(), first.tolist(), last.tolist(), known(mean), known(deviation))
    for place, (n, begin, end, centre, spread) in enumerate(zip(*columns, strict=True)):
        found: dict[str, Any] = {"method": method.key, "figures": int(n)}
        if n:
            found |= {"from": names[begin], "until": names[end], "mean": centre, "standard_deviation": spread}
            found["left_out"] = [names[row] for row in np.flatnonzero(left_out[:, place])] if some[place] else []
        if ranges is not None:
            found["mean_moving_range"] = known(ranges[place : place + 1])[0]
        yield found


def _values(block: Block, length: int) -> Iterator[dict[str, Any]]:
    """Yield the last *length* values of each column, oldest first; None for what lies behind a break."""
    first = max(block.stop - length, 0)
    ends = block.panel.names[first], block.panel.names[block.stop - 1]
    values, segments = block.history(first), block.panel.segments
    if segments is not None:
        own = segments[first : block.stop, block.columns] == segments[block.stop - 1, block.columns]
        values = np.where(own, values, np.nan)
    for figures in values.T:
        yield {"from": ends[0], "until": ends[1], "figures": known(figures)}


def evidence_of(conditions: tuple[Condition, ...], cells: Cells, places: range) -> list[dict[str, Any]]:
    """Return the evidence of some cells: what the planes say, and what the part of the rule that decided rests on."""
    found = [dict(cells.evidence[n]) for n in places]
    columns = np.array(cells.columns[places.start : places.stop], dtype=np.intp)
    decided = np.array([cells.decided[n] or 0 for n in places])
    for part, condition in enumerate(conditions):
        own: Index = np.flatnonzero(decided == part)
        if not len(own) or (condition.method is None and condition.looks_back < 2):
            continue
        block = Block(cells.panel, cells.at, cells.at + 1, columns[own])
        with np.errstate(all="ignore"):  # figures near the largest numbers, as when they were judged
            rested = rests_on(condition, block)
        for n, rests in zip(own.tolist(), rested, strict=True):
            found[n] |= rests
            if "limits" in rests:
                at = places.start + n
                rests["limits"] |= {"centre": cells.centre[at], "lower": cells.lower[at], "upper": cells.upper[at]}
    return found
