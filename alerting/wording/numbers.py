"""Numbers as people read them: 7,767 · 83% · £1.712m · 13 min 0 s; with just enough digits that words never contradict them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from alerting.domain.measure import Measure, Unit

#: Digits after the point where a measure does not say: percents and rates as the reports print them.
_DECIMALS = {
    Unit.COUNT: 0, Unit.PERCENT: 1, Unit.RATE: 2, Unit.NUMBER: 2, Unit.CURRENCY: 0,
    Unit.SECONDS: 0, Unit.MINUTES: 1, Unit.DAYS: 1,
}  # fmt: skip
#: More digits than this would be noise of binary fractions.
_MOST_DECIMALS = 10
_SYMBOLS = {"GBP": "£", "EUR": "€", "USD": "$"}
_SCALES = {"thousand": "k", "million": "m", "billion": "bn"}
_SECONDS_PER_MINUTE = 60


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """How one measure's figures are written."""

    unit: Unit
    decimals: int
    #: Whether trailing zeros are kept (a measure that fixes its decimals).
    fixed: bool = False
    before: str = ""
    after: str = ""
    unit_name: str | None = None

    @classmethod
    def of(cls, measure: Measure) -> "NumberStyle":
        """Return the style of *measure*; the same object for equal settings."""
        return _style(measure.unit, measure.decimals, measure.unit_name, measure.scale, measure.currency)

    def value(self, x: float | None, *against: float | None) -> str:
        """Write a value so that it reads neither equal to nor across a number it is held against, unless it is."""
        if x is None or x != x:
            return "not known"
        decimals = self.decimals
        for other in against:
            if other is not None and other == other and other != x:
                decimals = max(decimals, self._enough(x, other))
        return self._written(x, decimals)

    def bare(self, x: float | None, *against: float | None) -> str:
        """Write a value without its unit's name: limits and averages beside a value that has it."""
        text = self.value(x, *against)
        if self.unit_name is None or x is None or x != x:
            return text
        return text.rsplit(" ", 1)[0]

    def difference(self, a: float, b: float) -> str:
        """Write how far apart two values are: 7 points, 1,508, £1.712m, 2 min 3 s; never nothing where they differ."""
        apart = _rounded_off(abs(a - b))
        decimals = self.decimals
        if apart:
            decimals = max(decimals, self._enough(apart, 0.0))
        if self.unit is Unit.PERCENT:
            text = _plain(apart, decimals, fixed=False)
            return f"{text} point" if text == "1" else f"{text} points"
        return self._written(apart, decimals)

    def percent(self, x: float) -> str:
        """Write the size of a relative change: 22%, 0.4%; 0% only for exactly none."""
        size = abs(x)
        decimals = 0
        while size and decimals < _MOST_DECIMALS and float(f"{size:.{decimals}f}") == 0:
            decimals += 1
        return f"{size:,.{decimals}f}%" if size >= 1 or decimals else f"{_plain(size, 1, fixed=False)}%"

    def _enough(self, x: float, other: float) -> int:
        """Return the fewest decimals at which the two do not look alike."""
        for decimals in range(self.decimals, _MOST_DECIMALS + 1):
            if round(x, decimals) != round(other, decimals):
                return decimals
        return _MOST_DECIMALS

    def _written(self, x: float, decimals: int) -> str:
        if self.unit is Unit.SECONDS and not decimals and abs(x) >= _SECONDS_PER_MINUTE:
            minutes, seconds = divmod(round(abs(x)), _SECONDS_PER_MINUTE)
            return f"{'-' if x < 0 else ''}{minutes:,} min {seconds} s"
        text = _plain(x, decimals, fixed=self.fixed)
        if self.before and text.startswith("-"):
            return f"-{self.before}{text[1:]}{self.after}"
        if self.unit_name is not None:
            return f"{text} {_singular(self.unit_name) if text == '1' else self.unit_name}"
        if self.unit is Unit.DAYS:
            return f"{text} day" if text == "1" else f"{text} days"
        if self.unit is Unit.MINUTES:
            return f"{text} minute" if text == "1" else f"{text} minutes"
        return f"{self.before}{text}{self.after}"


@lru_cache(maxsize=4096)
def _style(unit: Unit, decimals: int | None, unit_name: str | None, scale: str | None, currency: str) -> NumberStyle:
    before = after = ""
    digits = _DECIMALS[unit] if decimals is None else decimals
    if unit is Unit.PERCENT:
        after = "%"
    elif unit is Unit.SECONDS:
        after = " s"
    elif unit is Unit.CURRENCY:
        before = _SYMBOLS.get(currency, f"{currency} ")
        if scale and decimals is None:
            digits = 3
    if scale:
        after = _SCALES.get(scale, f" {scale}") + after
    named = unit_name if unit not in (Unit.PERCENT, Unit.CURRENCY) else None
    return NumberStyle(unit, digits, decimals is not None, before, after, named)


def _plain(x: float, decimals: int, *, fixed: bool) -> str:
    """Write with thousands commas; without *fixed*, trailing zeros fall away. Negative zero is 0."""
    if x == int(x) and not fixed if abs(x) < 1e15 else False:
        return f"{int(x):,}"
    text = f"{x:,.{decimals}f}"
    if not fixed and "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _rounded_off(x: float) -> float:
    """Drop the noise of binary fractions: 0.1 + 0.2 is 0.3."""
    return float(f"{x:.12g}")


def _singular(noun: str) -> str:
    """Return the singular of a plural noun phrase as rule files write it: calls, offences, enquiries."""
    if noun.endswith("ies"):
        return f"{noun[:-3]}y"
    return noun[:-1] if noun.endswith("s") and not noun.endswith("ss") else noun


_ORDINALS = ("zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def ordinal(n: int) -> str:
    """Write first … tenth, 11th, 12th, 21st and so on."""
    if 0 <= n < len(_ORDINALS):
        return _ORDINALS[n]
    ending = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n:,}{ending}"


def listed(words: Iterable[str]) -> str:
    """Join words: a, b and c."""
    *first, last = list(words) or [""]
    return f"{', '.join(first)} and {last}" if first else last
