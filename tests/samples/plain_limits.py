"""Centre and limits worked out a second time by their formulas, for plain figures: one series, one period, one list of numbers."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from math import sqrt
from statistics import fmean, stdev
from typing import Any

from alerting.domain.period import Period, PeriodKind
from samples.plain_verdicts import NO_FIGURE, Told

Lines = tuple[float, float, float]
#: Numbers apart by less than this part of the largest are one: two ways of adding up differ in the last digits.
CLOSE = 1e-9
#: Figures that the financial year before must have.
_TWO_THIRDS = {PeriodKind.MONTH: 8, PeriodKind.QUARTER: 3, PeriodKind.WEEK: 35}
_NEVER_NEGATIVE = ("count", "percent", "rate", "seconds", "minutes", "days")


def limits_of(told: Told) -> tuple[str, Mapping[str, Any]] | None:
    """Return the limits method of a rule, where it has one that is worked out here."""
    ((_, written),) = told.rule["when"].items()
    method = (written.get("limits") or written.get("of")) if isinstance(written, dict) else None
    if isinstance(method, str):
        method = told.figures.folder.limits.get(method, {method: {}})
    if not method or next(iter(method)) not in METHODS or told.is_per_day or "from" in told.rule:
        return None
    return next(iter(method.items()))


def plain_lines(told: Told, period: Period) -> Lines | str | None:
    """Return centre, lower and upper; that there are too few figures; None: nothing is said here."""
    method = limits_of(told)
    if method is None:
        return None
    lines = METHODS[method[0]](told, period, method[1])
    return _clipped(lines, told) if isinstance(lines, tuple) else lines


def _clipped(lines: Lines, told: Told) -> Lines:
    """Hold the limits within what the measure can be."""
    one = told.figures.measures[told.measure]
    low = one.get("minimum", 0 if one["unit"] in _NEVER_NEGATIVE else None)
    high = one.get("maximum", 100 if one["unit"] == "percent" else None)
    centre, lower, upper = lines
    return centre, lower if low is None else max(lower, low), upper if high is None else min(upper, high)


def _history(told: Told, first: Period, count: int, judged: Period) -> list[float | None]:
    """Return the figures from a period on; None for those that are missing, and for those that no baseline has."""
    values = [None if told.figures.is_left_out(first + n) else told.beside(first + n, judged) for n in range(count)]
    return [None if value is None else float(value) for value in values]


def _spread(values: Sequence[float | None], sigmas: float, fewest: int) -> Lines | str:
    known = [value for value in values if value is not None]
    if len(known) < fewest:
        return "few"
    reach = sigmas * (stdev(known) if len(known) > 1 else 0)
    return fmean(known), fmean(known) - reach, fmean(known) + reach


def _previous_financial_year(told: Told, period: Period, written: Mapping[str, Any]) -> Lines | str | None:
    calendar = told.figures.calendar
    year = calendar.coarser(period, PeriodKind.YEAR)
    if period.kind not in _TWO_THIRDS:
        return None
    before = calendar.within(year - 1, period.kind)
    fewest = written.get("minimum_points", _TWO_THIRDS[period.kind])
    return _spread(_history(told, before[0], len(before), period), written.get("sigmas", 2), fewest)


def _rolling(told: Told, period: Period, written: Mapping[str, Any]) -> Lines | str | None:
    window = written.get("window", 12)
    values = _history(told, period - window, window, period)
    return None if None in values or window < 2 else _spread(values, written.get("sigmas", 2), window)


def _xmr(told: Told, period: Period, written: Mapping[str, Any]) -> Lines | str | None:
    """Mean ± 2.66 x sigmas / 3 x mean moving range, wide ranges left out once."""
    if written.get("baseline", "all") != "all" or "rebase_on" in written:
        return None
    first = min(told.findings, key=lambda period: period.first_day)
    count = sum(1 for one in told.findings if first.first_day <= one.first_day <= period.first_day)
    values = _history(told, first, count, period)
    known = [value for value in values if value is not None]
    ranges = [abs(b - a) for a, b in pairwise(values) if a is not None and b is not None]
    if len(known) < written.get("minimum_points", 2) or not ranges:
        return "few"
    mean = fmean(ranges)
    if written.get("screen", True):
        kept = [one for one in ranges if one < 3.267 * mean]
        mean = fmean(kept) if kept and fmean(kept) > 0 else mean
    reach = 2.66 * written.get("sigmas", 3) / 3 * mean
    return fmean(known), fmean(known) - reach, fmean(known) + reach


def _c(told: Told, period: Period, written: Mapping[str, Any]) -> Lines | str | None:
    if written.get("baseline", "all") != "all" or "overdispersed" in written or "rebase_on" in written:
        return None
    first = min(told.findings, key=lambda period: period.first_day)
    count = sum(1 for one in told.findings if first.first_day <= one.first_day <= period.first_day)
    known = [value for value in _history(told, first, count, period) if value is not None]
    if len(known) < 2:
        return None
    reach = written.get("sigmas", 3) * sqrt(max(fmean(known), 0))
    return fmean(known), max(fmean(known) - reach, 0), fmean(known) + reach


METHODS: Mapping[str, Callable[[Told, Period, Mapping[str, Any]], Lines | str | None]] = {
    "previous_financial_year": _previous_financial_year, "rolling": _rolling, "xmr": _xmr, "c": _c,
}  # fmt: skip


def lines_apart(told: Told) -> list[str]:
    """Return where the limits of a series are not what their formulas give."""
    found = []
    for period, one in told.findings.items():
        if told.value(period) is None or one["reason"] in NO_FIGURE:
            continue
        said, shown = plain_lines(told, period), tuple(one[name] for name in ("centre", "lower", "upper"))
        if isinstance(said, tuple):
            largest = max(map(abs, said)) + abs(one["value"])
            if any(line is None or abs(line - own) > CLOSE * largest for line, own in zip(shown, said, strict=True)):
                found.append(f"{period} limits {shown}, by their formula {said}")
        elif said == "few" and shown != (None, None, None):
            found.append(f"{period} limits {shown} of too few figures")
    return found
