"""How people and spreadsheets write periods: what a text says, before any calendar says which period that is."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from alerting.spelling import nearest

MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_MONTH_NUMBERS = {name[:3].lower(): n for n, name in enumerate(MONTH_NAMES, 1)} | {"sept": 9}
_MONTH_NUMBERS |= {name.lower(): n for n, name in enumerate(MONTH_NAMES, 1)}
#: Day 0 of Excel's 1900 date system, its phantom 29 February 1900 included.
_EXCEL_EPOCH = date(1899, 12, 30)
#: Serial numbers read as Excel dates: 1982-02-18 to 2119-04-02. Outside them a bare number is more likely an error.
_EXCEL_DAYS = range(30_000, 80_000)
_DASHES = str.maketrans(dict.fromkeys("\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}", "-"))


@dataclass(frozen=True, slots=True)
class Day:
    """A whole date, with the second of its day where a time stands beside it."""

    day: date
    second: int = 0


@dataclass(frozen=True, slots=True)
class Week:
    """A week of the year that holds its Thursday."""

    year: int
    week: int


@dataclass(frozen=True, slots=True)
class Months:
    """One month or several in a row, each as year × 12 + month - 1, both included."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter of a year; `second` is the year's other half as written (21 of 2020/21), None for a single number."""

    year: int
    second: str | None
    quarter: int


@dataclass(frozen=True, slots=True)
class Year:
    """A year; `second` as for quarters."""

    year: int
    second: str | None


@dataclass(frozen=True, slots=True)
class MonthOrYear:
    """2010-11 and 201011: November 2010, or the financial year."""

    year: int
    month: int


@dataclass(frozen=True, slots=True)
class MonthOfYear:
    """Sep 2020/21: the month of a financial year; `second` as for quarters."""

    year: int
    second: str
    month: int


Written = Day | Week | Months | Quarter | Year | MonthOrYear | MonthOfYear

_MONTH = rf"(?P<month>{'|'.join(sorted(_MONTH_NUMBERS, key=len, reverse=True))})\.?"
_TO_MONTH = _MONTH.replace("month", "to_month")
_TIME = (
    r"(?:[t ](?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
    r"(?: ?(?:z|utc|gmt|bst|[+-]\d{2}:?(?:\d{2})?))?)?"
)
_YEAR = r"(?P<year>\d{4}|\d{2})"
_PAIR = r"(?:fy ?)?(?P<year>\d{4}|\d{2}(?=[/-]\d{2}(?!\d)))(?:[/-](?P<second>\d{4}|\d{2}))?"
_QUARTER = r"(?:q|qtr|quarter) ?(?P<quarter>\d)"
_LENGTH = r"(?P<length>year|(?:12|twelve) months|quarter|(?:3|three) months)"
_WEEKDAY = r"(?:(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?,? )?"


def written(text: str) -> Written | None:
    """Return what a text says, None where it names no period.

    Raises:
        ValueError: it looks like one, and there is none such (30 February); says why.
    """
    plain = normal(text)
    for form, reader in _FORMS:
        if match := form.fullmatch(plain):
            found: Written | None = reader(match)
            return found
    return None


def normal(text: str) -> str:
    """Return a text in small letters, with one kind of blank and of dash."""
    return " ".join(text.split()).lower().translate(_DASHES)


def month_number(text: str) -> int | None:
    """Return the number of the month that a text names; None: it names none."""
    return _MONTH_NUMBERS.get(normal(text).rstrip("."))


def full_year(text: str) -> int:
    """Return a year of two digits in full: 70 to 99 are the last century's."""
    year = int(text)
    return year if len(text) == 4 else (2000 + year if year < 70 else 1900 + year)


def _iso_day(match: re.Match[str]) -> Day:
    return _at(match, date(int(match["year"]), int(match["month"]), int(match["day"])))


def _numbered_day(match: re.Match[str]) -> Day:
    day, month, year = int(match["day"]), int(match["month"]), full_year(match["year"])
    if month > 12 >= day:
        meant = date(year, day, month).isoformat()  # the month first, as in the United States
        raise ValueError(f"dates are read day first, and there is no month {month}; write {meant}")
    return _at(match, date(year, month, day))


def _named_day(match: re.Match[str]) -> Day:
    return _at(match, date(full_year(match["year"]), _MONTH_NUMBERS[match["month"]], int(match["day"])))


def _excel_day(match: re.Match[str]) -> Day | None:
    number = int(match["number"])
    return Day(_EXCEL_EPOCH + timedelta(days=number)) if number in _EXCEL_DAYS else None


def _at(match: re.Match[str], day: date) -> Day:
    hour, minute, second = (int(match[name] or 0) for name in ("hour", "minute", "second"))
    if hour > 23 or minute > 59 or second > 60:
        raise ValueError("there is no such time of day")
    return Day(day, (hour * 60 + minute) * 60 + second)


def _week(match: re.Match[str]) -> Week:
    return Week(int(match["year"]), int(match["week"]))


def _week_of_day(match: re.Match[str]) -> Week:
    read = written(match["day"])
    if not isinstance(read, Day):
        raise ValueError("the day of the week is not readable")  # noqa: TRY004  # a text is wrong, not a type
    begins = match["begins"] is not None
    if read.day.isoweekday() != (1 if begins else 7):
        which = "begin on Mondays" if begins else "end on Sundays"
        raise ValueError(f"weeks {which}, and {read.day.isoformat()} is a {read.day:%A}")
    year, week, _ = read.day.isocalendar()
    return Week(year, week)


def _month_or_year(match: re.Match[str]) -> Written:
    year, number = int(match["year"]), int(match["number"])
    if number == (year + 1) % 100 and len(match["number"]) == 2:
        return MonthOrYear(year, number) if 1 <= number <= 12 else Year(year, match["number"])
    if not 1 <= number <= 12:
        following = f"{year}/{(year + 1) % 100:02d}"
        raise ValueError(f"there is no month {number}, and the year that begins in {year} is {following}")
    return _one_month(year, number)


def _numbered_month(match: re.Match[str]) -> Months:
    return _one_month(int(match["year"]), int(match["number"]))


def _named_month(match: re.Match[str]) -> Months:
    return _one_month(full_year(match["year"]), _MONTH_NUMBERS[match["month"]])


def _month_of_year(match: re.Match[str]) -> MonthOfYear:
    return MonthOfYear(int(match["year"]), match["second"], _MONTH_NUMBERS[match["month"]])


def _one_month(year: int, number: int) -> Months:
    first = date(year, number, 1)  # complains of month 13
    return Months(first.year * 12 + first.month - 1, first.year * 12 + first.month - 1)


def _span(match: re.Match[str]) -> Months:
    last = full_year(match["year"]) * 12 + _MONTH_NUMBERS[match["to_month"]] - 1
    year = full_year(match["from_year"]) if match["from_year"] else last // 12
    first = year * 12 + _MONTH_NUMBERS[match["month"]] - 1
    if first >= last:
        raise ValueError("it ends before it begins; write both years")
    return Months(first, last)


def _span_to(match: re.Match[str]) -> Months:
    last = full_year(match["year"]) * 12 + _MONTH_NUMBERS[match["to_month"]] - 1
    if match["day"]:
        day = date(last // 12, last % 12 + 1, int(match["day"]))
        if (day + timedelta(days=1)).month == day.month:
            raise ValueError("it does not end with a month")
    words = match["length"]
    return Months(last - (11 if words.startswith(("year", "12", "twelve")) else 2), last)


def _quarter(match: re.Match[str]) -> Quarter:
    return Quarter(full_year(match["year"]), match["second"], int(match["quarter"]))


def _year(match: re.Match[str]) -> Year:
    return Year(full_year(match["year"]), match["second"])


_Reader = Callable[[re.Match[str]], Written | None]
_FORMS: tuple[tuple[re.Pattern[str], _Reader], ...] = tuple(
    (re.compile(form, re.ASCII), reader)
    for form, reader in (
        (rf"(?P<year>\d{{4}})([-/.])(?P<month>\d{{1,2}})\2(?P<day>\d{{1,2}}){_TIME}", _iso_day),
        (r"(?P<year>\d{4})(?P<dash>-?)(?P<number>(?<=-)\d{1,2}|\d{2})", _month_or_year),
        (rf"(?P<day>\d{{1,2}})([/.])(?P<month>\d{{1,2}})\2{_YEAR}{_TIME}", _numbered_day),
        (rf"(?P<day>\d{{1,2}})-(?P<month>\d{{1,2}})-(?P<year>\d{{4}}){_TIME}", _numbered_day),
        (rf"{_MONTH}[ ,/-]*'?{_YEAR}", _named_month),
        (rf"{_MONTH} (?P<year>\d{{4}})[/-](?P<second>\d{{4}}|\d{{2}})", _month_of_year),
        (rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[ -]?(?:of )?{_MONTH}[ ,-]*{_YEAR}{_TIME}", _named_day),
        (rf"{_WEEKDAY}{_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}}){_TIME}", _named_day),
        (rf"(?P<year>\d{{4}})[ -]?{_MONTH}", _named_month),
        (rf"{_PAIR}[ -]*{_QUARTER}", _quarter),
        (rf"{_QUARTER}[,: -]*(?:of )?(?:fy ?)?{_YEAR}(?:[/-](?P<second>\d{{4}}|\d{{2}}))?", _quarter),
        (r"(?:fy ?|financial year )?(?P<year>\d{4})(?:/| ?- ?| to )(?P<second>\d{4}|\d{2})", _year),
        (r"(?:fy ?|financial year )(?P<year>\d{2})[/-](?P<second>\d{2})", _year),
        (r"(?P<number>\d{5})(?:\.\d+)?", _excel_day),
        (r"(?P<year>\d{4})[ -]?(?:w|wk|week)[ -]?(?P<week>\d{1,2})", _week),
        (r"(?:w|wk|week) ?(?P<week>\d{1,2})(?:[,/ -]| of )*(?P<year>\d{4})", _week),
        (
            r"(?:(?P<begins>w/?c|w/?b|week (?:commencing|beginning|starting))|w/?e|week (?:ending|ended))[: ]+(?P<day>.+)",
            _week_of_day,
        ),
        (rf"(?P<year>\d{{4}})(?P<month>\d{{2}})(?P<day>\d{{2}}){_TIME}", _iso_day),
        (r"(?P<year>\d{4})[ -]?m(?P<number>\d{1,2})", _numbered_month),
        (r"(?P<number>\d{1,2})[/-](?P<year>\d{4})", _numbered_month),
        (rf"{_MONTH}(?:[ -]?'?(?P<from_year>\d{{4}}|\d{{2}}))? ?(?:to|-|until) ?{_TO_MONTH}[ -]'?{_YEAR}", _span),
        (rf"{_LENGTH} (?:ending|ended|to)(?: in)? (?:(?P<day>\d{{1,2}}) )?{_TO_MONTH} {_YEAR}", _span_to),
        (r"(?P<year>\d{4})(?P<second>(?!))?", _year),
    )
)
_TWO_NUMBERS = re.compile(r"(\d{4})-?(\d{2})")
_THREE_NUMBERS = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?: .*)?")


class TwoWays(NamedTuple):
    """A text that could be read in two ways, in a column in which another is written in the way that is not ours."""

    text: str
    could_be: str
    write: str
    other: str


def read_two_ways(texts: Iterable[str], *, yearly: bool) -> Iterator[TwoWays]:
    """Yield what cannot be relied on in a column: 2010-11 beside 2012-13, 06/10/2020 beside 10/31/2020.

    Args:
        yearly: years are wanted: 2010-11 is one, and 2012-12 is the other way.
    """
    doubtful: dict[str, list[tuple[str, re.Match[str]]]] = {"year": [], "day": []}
    other: dict[str, str] = {}
    for text in texts:
        plain = normal(text)
        if match := _TWO_NUMBERS.fullmatch(plain):
            is_year, is_month = int(match[2]) == (int(match[1]) + 1) % 100, 1 <= int(match[2]) <= 12
            if is_year and is_month:
                doubtful["year"].append((text, match))
            elif is_month if yearly else is_year:
                other.setdefault("year", text)
        elif match := _THREE_NUMBERS.fullmatch(plain):
            day, month = int(match[1]), int(match[3])
            if day <= 12 and month <= 12 and day != month:
                doubtful["day"].append((text, match))
            elif month > 12 >= day:
                other.setdefault("day", text)
    for kind, found in doubtful.items():
        if kind in other:
            yield from (_two_ways(kind, text, match, other[kind]) for text, match in found)


def _two_ways(kind: str, text: str, match: re.Match[str], other: str) -> TwoWays:
    if kind == "year":
        month = f"{MONTH_NAMES[int(match[2]) - 1]} {match[1]}"
        year = f"{match[1]}/{match[2]}"
        return TwoWays(text, f"{month} or the year {year}", f"{year} or {month}", other)
    year, one, two = str(full_year(match[4])), int(match[1]), int(match[3])
    could_be = f"{one} {MONTH_NAMES[two - 1]} or {two} {MONTH_NAMES[one - 1]} {year}"
    return TwoWays(text, could_be, f"{year}-{two:02d}-{one:02d} or {year}-{one:02d}-{two:02d}", other)


#: A word and a year: a month with a slip of the pen, or "Total 2020".
_WORD_AND_YEAR = re.compile(r"([A-Za-z]{3,9})([ '/.-]*)(\d{2}|\d{4})")


#: A year above months: 2020, 2020/21, 2020-21, FY 2020/21.
_YEAR_ABOVE = re.compile(r"(?:fy ?|financial year |year )?(\d{4}(?:[/-]\d{2,4})?)", re.IGNORECASE)


def year_over_months(text: str) -> str:
    """Return the year that a heading above months is, as it is written; nothing where it is none."""
    match = _YEAR_ABOVE.fullmatch(text)
    return match[1] if match else ""


def misspelt_period(heading: str) -> str | None:
    """Return the period that a heading may have been meant to be, which is none; None where it is like none."""
    match = _WORD_AND_YEAR.fullmatch(heading)
    if match is None:
        return None
    length = len(match[1])
    names = [name if length > 4 else name[:3] for name in MONTH_NAMES]
    near = nearest(match[1], names)
    return f"{near}{match[2]}{match[3]}" if near else None


_LEDGER_NUMBER = r"(?P<number>(?P<ledger>(?:p|per|period|mth|month)[ .]?\d{1,3}|0\d{2})|\d{1,2})"
_YEAR_BESIDE = r"(?P<year>(?:fy ?)?\d{4}(?P<second>[/-](?:\d{4}|\d{2}))?)"
_NUMBERED = tuple(
    re.compile(form, re.ASCII)
    for form in (rf"{_YEAR_BESIDE} {_LEDGER_NUMBER}", rf"{_LEDGER_NUMBER} {_YEAR_BESIDE}", _LEDGER_NUMBER)
)


class NumberedMonth(NamedTuple):
    """A month given by a number that may be counted from January, or from where a financial year starts."""

    number: str
    #: The financial year beside it; empty where the number is a ledger's own.
    year: str


def month_of_unknown_start(text: str) -> NumberedMonth | None:
    """Return the number of a month in a text that does not say which month is number 1; None where there is none such.

    Ledgers count in periods, "001" or "P01", from the month in which their year starts; beside 2023/24, 1 may be either.
    """
    match = next((found for form in _NUMBERED if (found := form.fullmatch(normal(text)))), None)
    if match is None:
        return None
    number: str = match["number"]
    if match["ledger"]:
        return NumberedMonth(f"P{number[1:]}" if number[1:].isdigit() and number[0] == "p" else number, "")
    return NumberedMonth(number, match["year"].upper()) if match.groupdict().get("second") else None
