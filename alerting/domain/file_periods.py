"""Periods that the names of files say: `crime_2020-09_v2.csv` is of September 2020."""

import re
from collections.abc import Iterator

from alerting.domain.period import Calendar, Period, PeriodError, PeriodKind

#: Stands before a file's name in a column of periods or days; no cell can hold it.
IN_NAME = "\x1e"
_APART = re.compile(r"[\s_.,;()\[\]-]+")
#: Words of a name that one period takes at most: "April to June 2020", "w c 14 Sep 2020".
_MOST_WORDS = 6
#: A bare number of five digits is more likely a number than a day of Excel's.
_NUMBER = re.compile(r"\d{5}")


def period_in_name(name: str, calendar: Calendar, every: PeriodKind) -> str:
    """Return the part of a file's name, without its ending, that says a period, as it is to be read.

    The longest readable parts count: 2020-09-14 is a day, not its month.

    Raises:
        PeriodError: it says none, or two different ones.
    """
    words = [word for word in _APART.split(name) if word]
    found: dict[Period, str] = {}
    taken = [False] * len(words)
    for length in range(min(len(words), _MOST_WORDS), 0, -1):
        here = [
            (begin, text, period)
            for begin in range(len(words) - length + 1)
            if not any(taken[begin : begin + length])
            for text, period in _readings(words[begin : begin + length], calendar, every)
        ]
        for begin, text, period in here:
            taken[begin : begin + length] = [True] * length
            found.setdefault(period, text)
    if not found:
        raise PeriodError(
            f"the file's name, {name!r}, says no {every.value}; name it like figures-{_example(calendar, every)}"
        )
    if len(found) > 1:
        one, other = [f"{text!r}" for text in found.values()][:2]
        raise PeriodError(f"the file's name, {name!r}, says two periods, {one} and {other}; leave one of them out")
    return next(iter(found.values()))


def _readings(words: list[str], calendar: Calendar, every: PeriodKind) -> Iterator[tuple[str, Period]]:
    """Yield what words in a row say as a period."""
    for between in ("-", " "):
        text = between.join(words)
        if _NUMBER.fullmatch(text):
            return
        try:
            yield text, calendar.parse(text, every)
        except PeriodError:
            continue
        return


def _example(calendar: Calendar, every: PeriodKind) -> str:
    return str(calendar.parse("2020-09-14", every)).replace("/", "-")
