"""How numbers, periods and counts are written by the contract's examples and the force's reports, and read back."""

import re
from datetime import date
from decimal import Decimal

from alerting.domain.measure import Covers, Measure, Span, Unit
from alerting.domain.period import Period, PeriodKind

#: Digits after the point, by unit; money in thousands, millions and billions has three.
DECIMALS = {
    Unit.COUNT: 0, Unit.PERCENT: 1, Unit.RATE: 2, Unit.NUMBER: 2, Unit.CURRENCY: 0, Unit.SECONDS: 0, Unit.MINUTES: 1, Unit.DAYS: 1,
}  # fmt: skip
ONE_OF = {
    "offences": "offence", "calls": "call", "missing persons": "missing person", "burglaries": "burglary", "losses": "loss",
    "searches": "search", "people": "person", "members of staff": "member of staff", "minutes": "minute", "days": "day",
    "points": "point",
}  # fmt: skip
SIGNS = {"GBP": "£", "EUR": "€", "USD": "$", "JPY": "JPY "}
SHORT_SCALES = {"thousand": "k", "million": "m", "billion": "bn", None: ""}
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
PLACES = ("zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
COUNTED = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
#: A number, and a change in percent.
N = r"-?\d(?:[\d,]*\d)?(?:\.\d+)?(?:e[+-]?\d+)?"
P = f"(?:less than )?{N}%"
#: What arithmetic with binary fractions may be off by, relatively.
SLACK = Decimal("1e-12")


class UnreadableError(AssertionError):
    """A text that says something else than its figures, or nothing that can be read."""


def must(holds: object, why: str) -> None:
    if not holds:
        raise UnreadableError(why)


def sign(number: float | Decimal) -> int:
    return (number > 0) - (number < 0)


def written(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def counted(n: int) -> str:
    """An ordinal: first … tenth, 11th, 22nd."""
    if n < len(PLACES):
        return PLACES[n]
    return f"{n}{'th' if n // 10 % 10 == 1 else {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th')}"


def named(period: Period) -> str:
    """A period's name, from its first day; the financial year starts in April."""
    first = period.first_day
    if period.kind is PeriodKind.DAY:
        return written(first)
    if period.kind is PeriodKind.WEEK:
        return f"week {first.isocalendar().week}, {first.isocalendar().year}"
    if period.kind is PeriodKind.MONTH:
        return f"{MONTHS[first.month - 1]} {first.year}"
    year = first.year - (first.month < MONTHS.index("April") + 1)
    years = f"{year}/{str(year + 1)[2:]}"
    return years if period.kind is PeriodKind.YEAR else f"Q{(first.month - 4) % 12 // 3 + 1} {years}"


def placed(period: Period, span: Span | Covers | None) -> str:
    """A period with its preposition."""
    end = f"{MONTHS[period.last_day.month - 1]} {period.last_day.year}"
    if span is Covers.YEAR_TO_DATE:
        return f"in the year to date to {end}"
    if isinstance(span, Span):
        return f"in the {span.count} {span.kind.value}s to {end}"
    return f"{'on' if period.kind is PeriodKind.DAY else 'in'} {named(period)}"


#: Per how many a rate is, behind its figure.
PER = r" per [\d,]+$"


class Figures:
    """How one measure's figures are written, and back."""

    def __init__(self, measure: Measure) -> None:
        self.unit = measure.unit
        usual = DECIMALS[measure.unit]
        if measure.unit is Unit.CURRENCY and measure.scale is not None:
            usual = 1 if measure.scale == "thousand" else 3
        self.decimals = usual if measure.decimals is None else measure.decimals
        self.name = measure.unit_name if measure.unit not in (Unit.PERCENT, Unit.CURRENCY, Unit.SECONDS) else None
        #: Patterns: beside the value, the value itself, and a difference.
        self.bare = self._bare(measure)
        self.full = self.bare if self.name is None else f"{N} (?:{self.name}|{ONE_OF[self.name]})"
        if measure.unit is Unit.RATE and measure.per != 1:
            self.full += re.escape(f" per {measure.per:,.0f}")
        self.size = f"(?:less than |more than )?{f'{N} points?' if measure.unit is Unit.PERCENT else self.full}"

    def _bare(self, measure: Measure) -> str:
        if measure.unit is Unit.CURRENCY:
            unsigned = N.removeprefix("-?")
            return f"\N{MINUS SIGN}?{re.escape(SIGNS[measure.currency])}{unsigned}{SHORT_SCALES[measure.scale]}"
        if measure.unit is Unit.SECONDS:
            return rf"(?:-?[\d,]+ min {N} s|{N} s)"
        if measure.unit in (Unit.MINUTES, Unit.DAYS) and self.name is None:
            return f"{N} (?:{measure.unit.value}|{ONE_OF[measure.unit.value]})"
        return f"{N}%" if measure.unit is Unit.PERCENT else N

    def read(self, text: str) -> Decimal:
        """The number in a text, in the measure's unit; its commas stand in threes, its noun agrees with it."""
        if match := re.fullmatch(rf"(-?)([\d,]+) min ({N}) s", text):
            seconds = Decimal(match[3])
            must(seconds < 60, f"{text}: sixty seconds are a minute")
            total = _plain(match[2]) * 60 + seconds
            return -total if match[1] else total
        text = re.sub(PER, "", text)
        match = re.search(N, text)
        assert match, text
        number = match[0]
        for many, one in ONE_OF.items():
            if text.endswith((f"{number} {many}", f"{number} {one}")):
                must(text.endswith(f" {one}") == (number in ("1", "-1")), f"{text}: one or many")
        value = _plain(number)
        return -value if text.startswith("\N{MINUS SIGN}") and match.start() > 0 else value

    def same(self, text: str, true: float, decimals: int | None = None) -> Decimal:
        """The number in a text, which must be what *true* rounds to."""
        shown, exact = self.read(text), Decimal(true)
        if text.startswith("less than "):
            must(0 < abs(exact) < shown, f"{text} for {true!r}")
        elif not text.startswith("more than "):
            number = re.findall(N, re.sub(PER, "", text))[-1]
            places = max(len(number.partition(".")[2]), self.decimals if decimals is None else decimals)
            step = Decimal(0) if "e" in number else Decimal(10) ** -places
            must(abs(shown - exact) <= step / 2 + abs(exact) * SLACK, f"{text} for {true!r}")
        return shown


def _plain(number: str) -> Decimal:
    digits = number.partition("e")[0].partition(".")[0].lstrip("-")
    must(re.fullmatch(r"\d{1,3}(,\d{3})*", digits), f"{number}: commas not in threes")
    return Decimal(number.replace(",", ""))


def percent(text: str, true: float) -> None:
    """A change in percent, to a tenth where it is below ten; none and all only where they are."""
    shown, exact = Decimal(re.findall(N, text)[0].replace(",", "")), abs(Decimal(true))
    if text.startswith("less than "):
        must(0 < exact < shown, f"{text} for {true!r}")
        return
    places = max(len(text.removesuffix("%").partition(".")[2]), 1 if exact < 10 else 0)
    step = Decimal(0) if "e" in text else Decimal(10) ** -places
    must(abs(shown - exact) <= step / 2 + exact * SLACK, f"{text} for {true!r}")
    must((shown == 0) == (exact == 0) and (shown == 100) == (exact == 100), f"{text} for {true!r}")
