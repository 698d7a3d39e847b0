"""Periods that stand in several cells: a year beside a month, quarter, week, or month and day."""

import re
from collections.abc import Sequence

from alerting.domain.period import PeriodKind
from alerting.domain.written_periods import month_number, normal

#: Stands between the cells of one period; no cell can hold it.
BETWEEN = "\x1f"
_YEAR = re.compile(r"(?:fy ?|year )?(\d{4})(?:[/-](\d{4}|\d{2}))?", re.ASCII)
_NUMBER = re.compile(r"\d{1,2}", re.ASCII)
#: How a number beside a year is written, by the kind of period that a measure comes in.
_WRITTEN = {
    PeriodKind.MONTH: "{year}-{number:02d}",
    PeriodKind.QUARTER: "{year} Q{number}",
    PeriodKind.WEEK: "{year}-W{number:02d}",
}


def in_one_text(text: str, every: PeriodKind, starts: int) -> str:
    """Return a period of several cells as one would write it in one; what they do not make together, beside one another.

    A bare number beside the year is what the measure comes in: a month, a quarter or a week. A month's name beside a
    financial year lies in that year.

    Args:
        text: the cells, BETWEEN between them, in any order; a text without is given back.
        starts: month in which the financial year starts.
    """
    if BETWEEN not in text:
        return text
    cells = [cell.strip() for cell in text.split(BETWEEN) if cell.strip()]
    plain = [normal(cell) for cell in cells]
    years = [n for n, cell in enumerate(plain) if _YEAR.fullmatch(cell)]
    if len(years) != 1:
        return " ".join(cells)
    year, others = cells[years[0]], [cell for n, cell in enumerate(cells) if n != years[0]]
    if years[0] and len(others) == 2:
        others.reverse()  # day, month, year
    return _together(year, others, every, starts) or " ".join([*others, year])


def _together(year: str, others: Sequence[str], every: PeriodKind, starts: int) -> str | None:
    match = _YEAR.fullmatch(normal(year))
    assert match is not None
    numbers = [int(cell) for cell in others if _NUMBER.fullmatch(cell)]
    months = [number for cell in others if (number := month_number(cell)) is not None]
    if match[2] and len(others) == len(months) == 1:
        return f"{int(match[1]) + (months[0] < starts)}-{months[0]:02d}"
    if len(others) == 1 and numbers and every in _WRITTEN and (match[2] is None or every is PeriodKind.QUARTER):
        return _WRITTEN[every].format(year=year, number=numbers[0])
    if len(others) == 2 and every is PeriodKind.DAY and match[2] is None:
        return _day(match[1], others, months, numbers)
    if len(others) == 1 and not numbers and not months:
        return f"{year} {others[0]}"
    return None


def _day(year: str, others: Sequence[str], months: Sequence[int], numbers: Sequence[int]) -> str | None:
    """Return a day of a year; where month and day are both numbers, the month comes first."""
    if len(numbers) == len(others):
        return f"{year}-{numbers[0]:02d}-{numbers[1]:02d}"
    return f"{year}-{months[0]:02d}-{numbers[0]:02d}" if len(months) == len(numbers) == 1 else None
