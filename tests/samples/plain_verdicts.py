"""What a rule finds, worked out a second time from the findings' own values: plain Python, exact fractions, period by period.

`None` is said of what is not simple enough to be worked out here.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from alerting.domain.period import Period, PeriodKind
from samples.plain_figures import PlainFigures, number, total

Finding = Mapping[str, Any]
#: Said where nothing came that could be judged: such a figure is no neighbour, and no base.
NO_FIGURE = {
    "held", "late", "missing", "refused", "conflict", "source_failed", "suppressed", "no_level", "partial", "small_numbers",
}  # fmt: skip
MARGIN = Fraction(64, 2**53)
MONTHS = 12
_OF_GAPS = re.compile(r"'[gt]': ")
EXCEPTION, NORMAL, UNKNOWN = "exception", "normal", "unknown"


@dataclass(frozen=True, kw_only=True)
class Told:
    """All that one rule finds of one series."""

    rule: Mapping[str, Any]
    measure: str
    area: str
    findings: Mapping[Period, Finding]
    figures: PlainFigures

    def value(self, period: Period) -> Fraction | None:
        """Return the figure that may be judged."""
        one = self.findings.get(period)
        return None if one is None or one["reason"] in NO_FIGURE else exactly(one["value"])

    def beside(self, period: Period, judged: Period) -> Fraction | None:
        """Return the figure where it can be compared with a judged one: not across a break."""
        day = self.figures.broken_on(self.measure)
        across = day is not None and (period.last_day < day) != (judged.last_day < day)
        return None if across else self.value(period)

    def can_reach(self, first: Period) -> bool:
        """Say whether all figures from a period on are seen here."""
        return "from" not in self.rule or first in self.findings

    @property
    def judges_gaps(self) -> bool:
        """Say whether days between events are judged, not figures."""
        when = str(self.rule["when"])
        named = [written for name, written in self.figures.folder.limits.items() if f"'{name}'" in when]
        return _OF_GAPS.search(f"{when} {named}") is not None

    @property
    def is_per_day(self) -> bool:
        """Whether figures are compared by what they are a day."""
        return "per_day" in self.figures.measures[self.measure]


def exactly(value: float | None) -> Fraction | None:
    """Return the decimal that is printed."""
    return None if value is None else Fraction(repr(value))


def side_of(value: Fraction, line: Fraction, *also: Fraction | None) -> int:
    """Return 1 above the line, -1 below it, 0 on it: apart by no more than the margin of the largest that went in."""
    largest = max(abs(one) for one in (value, line, *also) if one is not None)
    return 0 if abs(value - line) <= largest * MARGIN else 1 if value > line else -1


def plain_verdict(told: Told, period: Period) -> str | None:
    """Return exception, normal or unknown for one period with a figure; None: nothing is said here."""
    ((key, written),) = told.rule["when"].items()
    judge = VERDICTS.get(key)
    if judge is None or told.value(period) is None:
        return None
    return judge(told, period, written)


def _window(told: Told, period: Period, length: int) -> list[Fraction | None] | None:
    if told.is_per_day or not told.can_reach(period - (length - 1)):
        return None
    return [told.beside(period - back, period) for back in reversed(range(length))]


def _along(values: Sequence[Fraction | None], holds: bool) -> str:
    """Say what comes of a pattern that no value present refutes, or that one does."""
    return NORMAL if not holds else UNKNOWN if None in values else EXCEPTION


def _trend(told: Told, period: Period, written: Mapping[str, Any]) -> str | None:
    values = _window(told, period, written.get("length", 7))
    if values is None:
        return None
    ways = {"rising": (1,), "falling": (-1,)}.get(written.get("direction", "either"), (1, -1))
    pairs = [side_of(after, before) for before, after in pairwise(value for value in values if value is not None)]
    return _along(values, any(all(pair == way for pair in pairs) for way in ways))


def _lines(one: Finding) -> tuple[Fraction | None, ...]:
    return tuple(exactly(one[name]) for name in ("centre", "lower", "upper"))


def _method(told: Told, written: Any) -> tuple[str, Mapping[str, Any]]:
    if isinstance(written, str):
        written = told.figures.folder.limits.get(written, {written: {}})
    ((key, parameters),) = written.items()
    return key, parameters


def _stands_still(told: Told, written: Any) -> bool:
    key, parameters = _method(told, written)
    return key not in ("rebased_average", "g", "t") and "rebase_on" not in parameters


def _run(told: Told, period: Period, written: Mapping[str, Any]) -> str | None:
    centre, lower, upper = _lines(told.findings[period])
    values = _window(told, period, written.get("length", 8))
    if values is None or centre is None or not _stands_still(told, written["of"]):
        return None
    ways = {"above": (1,), "below": (-1,)}.get(written.get("side", "either"), (1, -1))
    sides = [side_of(value, centre, lower, upper) for value in values if value is not None]
    return _along(values, any(all(side == way for side in sides) for way in ways))


def _near_limit(told: Told, period: Period, written: Mapping[str, Any]) -> str | None:
    centre, lower, upper = _lines(told.findings[period])
    values = _window(told, period, written.get("out_of", 3))
    if values is None or centre is None or not _stands_still(told, written["limits"]):
        return None
    found = set()
    for way, limit in ((1, upper), (-1, lower)):
        if limit is None or side_of(limit, centre) == 0:
            continue
        edge = centre + (limit - centre) * 2 / 3
        near = [
            value is None or (side_of(value, edge, limit) == way and side_of(value, limit, centre) != way)
            for value in values
        ]
        one_side = all(value is None or side_of(value, centre, limit) == way for value in values)
        found.add(one_side and near[-1] and sum(near) >= written.get("points", 2))
    return _along(values, any(found)) if found else None


def _limits(told: Told, period: Period, written: Mapping[str, Any]) -> str | None:
    ((key, _),) = told.rule["when"].items()
    centre, lower, upper = _lines(told.findings[period])
    if _method(told, written.get("limits", "funnel"))[0] in ("g", "t"):
        return None
    value, tested = told.value(period), {"above_upper_limit": (1,), "below_lower_limit": (-1,)}.get(key, (1, -1))
    if value is None:
        return None
    lines = {1: upper, -1: lower}
    sides = [side_of(value, line, centre) == way for way in tested if (line := lines[way]) is not None]
    return (EXCEPTION if any(sides) else NORMAL) if sides else None


def level_at(told: Told, period: Period, level: Any) -> tuple[bool, Fraction | None]:
    """Return whether a written level can be read here, and what it is for a period."""
    if isinstance(level, dict):
        return level_at(told, period, level.get(told.area, level.get("default", [])))
    if isinstance(level, list):
        steps = [step["value"] for step in level if step["from"] <= str(period.last_day)]
        return True, number(steps[-1]) if steps else None
    if not isinstance(level, str):
        return True, number(level)
    given = told.figures.given.get((told.measure, told.area), {}).get(period)
    simple = told.figures.is_given(told.measure) and given is not None and bool(given.beside)
    return simple, given.beside.get(level) if simple and given is not None else None


def _target_missed(told: Told, period: Period, written: Mapping[str, Any]) -> str | None:
    measure = told.figures.measures[told.measure]
    low_is_bad = "at_least" in written or ("at_most" not in written and measure["better"] == "higher")
    level = written.get("at_least", written.get("at_most", measure.get("target")))
    known, target = level_at(told, period, level)
    if not known or ("every" in told.rule and "at_least" not in written and "at_most" not in written):
        return None
    if target is None:
        return UNKNOWN
    if str(period.last_day) < written.get("due", ""):
        return NORMAL
    return _beyond(told.value(period), target, -1 if low_is_bad else 1)


def _beyond(value: Fraction | None, line: Fraction, way: int, *also: Fraction) -> str | None:
    return None if value is None else EXCEPTION if side_of(value, line, *also) == way else NORMAL


def _outside_range(told: Told, period: Period, written: Mapping[str, Any]) -> str | None:
    ends = [(way, number(written[name])) for way, name in ((-1, "from"), (1, "to")) if name in written]
    said = {_beyond(told.value(period), end, way) for way, end in ends if end is not None}
    return EXCEPTION if EXCEPTION in said else NORMAL


def _band(told: Told, period: Period, written: Mapping[str, Any]) -> str | None:
    value, bands = told.value(period), [next(iter(band.items())) for band in written["bands"]]
    for place, (_, words) in enumerate(bands):
        first, *_, last = words.split()
        low = number(first) if first != "below" else None
        high = number(last) if last != "more" else None
        above = low is None or (value is not None and side_of(value, low) >= 0)
        if above and (high is None or (value is not None and side_of(value, high) < 0)):
            names = [name for name, _ in bands]
            mildest = names.index(written["exception_from"]) if "exception_from" in written else 0
            return EXCEPTION if place <= mildest else NORMAL
    return None


def _amount(base: Fraction, written: Any) -> tuple[Fraction, bool]:
    """Return an amount in the unit of the figures, and whether it was relative."""
    relative = str(written).endswith("%")
    amount = Fraction(str(written).removesuffix("%").strip())
    return (abs(base) * amount / 100 if relative else amount), relative


def _spans(told: Told, period: Period, versus: str) -> tuple[list[Period], list[Period]] | None:
    """Return the periods that are put together, and those that they are compared with."""
    before = period.same_period_last_year
    if versus == "previous_period":
        return [period], [period - 1]
    if versus == "same_period_last_year":
        return [period], [] if before is None else [before]
    if period.kind is not PeriodKind.MONTH:
        return None
    back = MONTHS - 1
    if versus == "year_to_date":
        back = (period.first_day.month - told.figures.calendar.starts) % MONTHS
    now = [period - n for n in range(back + 1)]
    return now, [one - MONTHS for one in now]


def _compared(told: Told, period: Period, versus: str) -> tuple[Fraction, Fraction] | str | None:
    """Return the figure and its base; or that there is none."""
    spans = _spans(told, period, versus)
    one = told.figures.measures[told.measure]
    added = one.get("aggregate", "sum") == "sum" and one["unit"] in ("count", "currency")
    if spans is None or told.is_per_day or (len(spans[0]) > 1 and (not added or "covers" in one)):
        return None
    if versus in ("year_to_date", "rolling_12_months") and (
        not added or "covers" in one or told.figures.has_parts(told.measure)
    ):
        return None
    if spans[1] and not told.can_reach(spans[1][-1]):
        return None
    now, then = ([told.beside(piece, period) for piece in span] for span in spans)
    if not then or None in now or None in then:
        return None if told.findings[period]["change"] is not None else UNKNOWN
    return total(now), total(then)


def _change(told: Told, period: Period, written: Mapping[str, Any]) -> str | None:
    found = _compared(told, period, written["versus"])
    if found is None or isinstance(found, str) or "significant" in written:
        return found if "significant" not in written and isinstance(found, str) else None
    now, base = found
    ways = {"rises_by": (1,), "falls_by": (-1,), "moves_by": (1, -1)}
    key = next(key for key in ways if key in written)
    amount, relative = _amount(base, written[key])
    if relative and base == 0:
        return None if told.findings[period]["change"] is not None else UNKNOWN
    reached = [side_of(now, base + way * amount, base) != -way and side_of(now, base) == way for way in ways[key]]
    return EXCEPTION if any(reached) else NORMAL


def _reduction_missed(told: Told, period: Period, written: Mapping[str, Any]) -> str | None:
    found = _compared(told, period, written.get("versus", "same_period_last_year"))
    if found is None or isinstance(found, str):
        return found
    now, base = found
    amount, relative = _amount(base, written["at_least"])
    if relative and base == 0:
        return None if told.findings[period]["change"] is not None else UNKNOWN
    return EXCEPTION if side_of(now, base - amount, base) > 0 else NORMAL


def _variance(told: Told, period: Period, written: Mapping[str, Any]) -> str | None:
    plan = exactly(told.findings[period]["plan"])
    if plan is None:
        return None
    key, way = ("over", 1) if "over" in written else ("under", -1)
    amount, relative = _amount(plan, written[key])
    if relative and plan == 0:
        return UNKNOWN
    return _beyond(told.value(period), plan + way * amount, way, plan)


def _trajectory(told: Told, period: Period, written: Mapping[str, Any]) -> str | None:
    ((key, _),) = told.rule["when"].items()
    way, value, plan = (1 if key.startswith("above") else -1), told.value(period), plan_at(period, written)
    if plan is None:
        return NORMAL
    line = plan + way * Fraction(str(written.get("tolerance", 0)))
    if value is None or 0 < abs(value - line) < Fraction(1, 10**9):
        return None
    return _beyond(value, line, way)


def plan_at(period: Period, written: Mapping[str, Any]) -> Fraction | None:
    """Return where the plan stands on a period's last day; None before it begins."""
    steps = [(one["date"], Fraction(str(one["value"]))) for one in written["milestones"]]
    day = str(period.last_day)
    reached = [step for step in steps if step[0] <= day]
    if not reached:
        return None
    ahead = [step for step in steps if step[0] > day]
    if not ahead or written.get("shape", "linear") == "step":
        return reached[-1][1]
    (begin, low), (end, high) = reached[-1], ahead[0]
    days = [period.last_day.fromisoformat(one) for one in (begin, end)]
    return low + (high - low) * (period.last_day - days[0]).days / (days[1] - days[0]).days


VERDICTS: Mapping[str, Callable[[Told, Period, Mapping[str, Any]], str | None]] = {
    "trend": _trend, "run": _run, "near_limit": _near_limit, "above_upper_limit": _limits, "below_lower_limit": _limits,
    "outside_limits": _limits, "target_missed": _target_missed, "outside_range": _outside_range, "band": _band,
    "change": _change, "reduction_missed": _reduction_missed, "variance": _variance, "below_trajectory": _trajectory,
    "above_trajectory": _trajectory, "outlier_among_areas": _limits,
}  # fmt: skip


def _counted(told: Told, streak: int, before: Finding | None, one: Finding) -> tuple[int, ...]:
    """Return how many exceptions of one side in a row there may be; one on no side goes with either.

    What `not` finds lies on either side of the line that its part tests.
    """
    if before is None or before["state"] != EXCEPTION:
        return (1,)
    alike, on_neither = before["side"] == one["side"], None in (before["side"], one["side"])
    if "'not'" in str(told.rule["when"]) or (on_neither and not alike):
        return (streak + 1, 1)
    return (streak + 1,) if alike else (1,)


def told_apart(told: Told) -> Iterator[str]:
    """Yield where findings of a series are not what they are by this second reading."""
    streak, before = 0, None
    for period in sorted(told.findings, key=lambda period: period.first_day):
        one = told.findings[period]
        state = one["state"] if one["state"] in (EXCEPTION, NORMAL) else UNKNOWN
        said = plain_verdict(told, period)
        if said is not None and said != state:
            yield f"{period} {state}, read plainly {said}"
        counted = _counted(told, streak, before, one) if state == EXCEPTION else (0,) if state == NORMAL else (None,)
        if one["consecutive"] not in counted:
            yield f"{period} consecutive {one['consecutive']}, counted {counted[0]}"
        streak = one["consecutive"] or 0
        before = one
