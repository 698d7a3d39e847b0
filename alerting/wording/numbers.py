"""Numbers as people read them: 7,767 · 83% · £1.712m · 13 min 0 s; with just enough digits that words never contradict them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from math import isfinite

from alerting.domain import exact
from alerting.domain.measure import Measure, Polarity, Unit

#: Digits after the point where a measure does not say: percents and rates as the reports print them.
_DECIMALS = {
    Unit.COUNT: 0, Unit.PERCENT: 1, Unit.RATE: 2, Unit.NUMBER: 2, Unit.CURRENCY: 0,
    Unit.SECONDS: 0, Unit.MINUTES: 1, Unit.DAYS: 1,
}  # fmt: skip
#: More digits than this are mostly noise of binary fractions.
_MOST_DECIMALS = 10
#: Stands for every digit a number has: where even the most decimals do not tell two numbers apart.
_EVERY_DIGIT = 99
#: Figures further apart than this, the largest number there is, are written as more than it.
_LARGEST = 1.7976931348623157e308
#: Below this every digit that is written is one that the number has, so that differences of written numbers can be told.
_EXACT_BELOW = 1e15
#: From here on numbers are written with a power of ten.
_ASTRONOMIC = 1e21
#: Sizes below this are written as less than it.
_LEAST = 1e-10
#: A level that a rule author wrote is quoted to so many decimals, also where the measure's figures have fewer.
_QUOTED_DECIMALS = 4
#: The last decimal's step, by number of decimals.
_STEPS = tuple(10.0**-decimals for decimals in range(_MOST_DECIMALS + 1))
_UNITS = tuple(Decimal(1).scaleb(-decimals) for decimals in range(_MOST_DECIMALS + 1))
#: Digits enough for any number below the astronomic with the most decimals.
_WIDE = Context(prec=40)
#: Measures whose `unit_name` is this are places in a list, of which the first is best.
PLACES = "places"
_SYMBOLS = {"GBP": "£", "EUR": "€", "USD": "$"}
_SCALES = {"thousand": "k", "million": "m", "billion": "bn"}
#: Of money in these, so many decimals: £1,852.7k, not to the pound; £1.712m, as the reports print it.
_SCALED_DECIMALS = {"thousand": 1, "million": 3, "billion": 3}
_SECONDS_PER_MINUTE = 60
_PENCE = 2
#: Relative changes below this are told to a tenth of a percent: 3.4%, but 22%.
_TENTHS_BELOW = 10.0


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """How one measure's figures are written."""

    unit: Unit
    decimals: int
    #: Two numbers farther apart than this look different at `decimals`.
    step: float
    #: Whether trailing zeros are kept (a measure that fixes its decimals).
    fixed: bool = False
    before: str = ""
    after: str = ""
    #: What is counted, as (singular, plural): call, calls.
    named: tuple[str, str] | None = None
    #: Whether a number is written with nothing but what follows it: no minutes, no currency, no fixed decimals.
    simple: bool = False
    #: Whether figures are places (`unit_name: places`), and of how many: 7th of 8.
    is_place: bool = False
    places: int | None = None
    #: Readings that say more than a number (none, all), so that only the very number may look like them.
    landmarks: tuple[float, ...] = (0.0,)

    @classmethod
    def of(cls, measure: Measure) -> "NumberStyle":
        """Return the style of *measure*; the same object for equal settings."""
        return _style(
            measure.unit,
            measure.decimals,
            measure.unit_name,
            measure.scale,
            measure.currency,
            _per(measure),
            _places(measure),
        )

    def value(self, x: float | None, *against: float | None) -> str:
        """Write a value so that it reads neither equal to nor across a number it is held against, unless it is."""
        text = self.bare(x, *against)
        if self.is_place and self.places is not None and x is not None and isfinite(x):
            return f"{text} of {self.places:,}"
        if self.named is None or self.is_place or x is None or not isfinite(x):
            return text
        return f"{text} {self.named[text not in _ONE]}"

    def bare(self, x: float | None, *against: float | None) -> str:
        """Write a value without its unit's name: limits and averages beside a value that has it."""
        if x is None or not isfinite(x):
            return "not known"
        return self._written(x, self._decimals(x, against))

    def level(self, x: float, *against: float | None) -> str:
        """Write a number that a rule author gave, as given: a standard of 89.95% is not one of 90%."""
        return self._written(x, max(self._decimals(x, against), self._quoted(x)))

    def reaching(self, x: float, *against: float | None, up: bool, given: bool = False) -> str:
        """Write a number so that who comes up (down) to what is written has come up (down) to it.

        Args:
            given: whether a rule author gave it, so that it is written as given.
        """
        decimals = max(self._decimals(x, against), self._quoted(x) if given else 0)
        if abs(x) >= _EXACT_BELOW or decimals == _EVERY_DIGIT:
            return self._written(x, decimals)
        rounding = ROUND_CEILING if up else ROUND_FLOOR
        return self._written(float(Decimal(repr(exact.meant(x))).quantize(_UNITS[decimals], rounding, _WIDE)), decimals)

    def difference(self, a: float, b: float) -> str:
        """Write how far apart two values are: 7 points, 1,508, £1.712m, 2 min 3 s; never nothing where they differ."""
        apart = apart_by(a, b)
        return self.size(apart) if isfinite(apart) else f"more than {self.size(_LARGEST)}"

    def apart(
        self, a: tuple[float, Sequence[float | None]], b: tuple[float, Sequence[float | None]], *, given: bool = False
    ) -> str:
        """Write how far apart two numbers are as they stand there: 1.7 points between 7% and 8.7%, whatever was rounded away.

        Args:
            a: a value, and what it is held against where it is written.
            b: likewise.
            given: whether a rule author gave the second, so that it is written as given.
        """
        (x, beside_x), (y, beside_y) = a, b
        if max(abs(x), abs(y)) >= _EXACT_BELOW:
            return self.difference(x, y)
        places = self._decimals(x, beside_x), max(self._decimals(y, beside_y), self._quoted(y) if given else 0)
        return self._sized(float(abs(_rounded(x, places[0]) - _rounded(y, places[1]))), max(places))

    def size(self, x: float, *against: float) -> str:
        """Write the size of a difference, with enough digits to tell it from the sizes it is held against."""
        apart = abs(x)
        return self._sized(apart, self._decimals(apart, against, (0.0,)))

    def wanted(self, x: float) -> str:
        """Write the size of a difference that a rule author gave, as given."""
        return self._sized(x, self._quoted(x))

    def a_day(self, x: float | None, *against: float | None, working: bool) -> str:
        """Write what a figure is per day, a digit finer than the figure: 100 a day, 3.5 a working day, £1,234.50 a day."""
        return f"{self.daily.bare(x, *against)} a {'working ' if working else ''}day"

    @property
    def daily(self) -> "NumberStyle":
        """How figures per day are written, less what follows them."""
        decimals = _PENCE if self._is_money else self.decimals + 1
        return replace(self, decimals=decimals, step=10.0**-decimals * (1 + 1e-9), fixed=False, named=None)

    def percent(self, x: float, *against: float) -> str:
        """Write the size of a relative change: 22%, 3.4%; 0% and 100% only for exactly none and all."""
        size = abs(x)
        decimals = 1 if size < _TENTHS_BELOW else 0
        for other in (0.0, 100.0, *against):
            if exact.same(size, other):  # 12.5% where 12.5% is wanted, not 13%
                decimals = next((n for n in range(decimals, _MOST_DECIMALS) if round(other, n) == other), decimals)
            elif abs(size - other) <= 1:
                decimals = max(decimals, _enough(size, other, decimals))
        if 0 < size < _LEAST:
            return f"less than {_plain(_LEAST, _MOST_DECIMALS)}%"
        return f"{_plain(size, decimals)}%"

    @staticmethod
    def printed_percent(x: float) -> str:
        """Write the size of a relative change that the source prints with the digits it has there: 0.68%, 12%."""
        return f"{_plain(abs(x), _EVERY_DIGIT)}%"

    def _decimals(self, x: float, against: Iterable[float | None], landmarks: Iterable[float] | None = None) -> int:
        """Return how many decimals tell *x* from every number of *against* and from the landmarks."""
        decimals, step = self.decimals, self.step
        for other in against:
            if other is not None and other != x and abs(other - x) <= step and not exact.same(x, other):
                decimals = max(decimals, self._telling(x, other))
        for other in self.landmarks if landmarks is None else landmarks:
            if other != x and abs(other - x) <= step and not exact.same(x, other):
                decimals = max(decimals, self._telling(x, other))
        return decimals

    def _telling(self, x: float, other: float) -> int:
        """Return how many decimals tell two numbers apart as they will be written: never a tenth of a pound."""
        decimals = _enough(x, other, self.decimals)
        return _enough(x, other, _PENCE) if decimals == 1 and self._is_money else decimals

    @property
    def _is_money(self) -> bool:
        return self.unit is Unit.CURRENCY and not self.after and not self.fixed

    def _quoted(self, x: float) -> int:
        """Return how many decimals give *x* in full; the measure's own where it is no short decimal number."""
        meant = exact.meant(x)
        if round(meant, self.decimals) == meant:
            return self.decimals
        decimals = range(self.decimals + 1, _QUOTED_DECIMALS + 1)
        return next((n for n in decimals if round(meant, n) == meant), self.decimals)

    def _sized(self, apart: float, decimals: int) -> str:
        """Write a difference with its unit: points for percents."""
        less = ""
        if 0 < apart < _LEAST:
            less, apart, decimals = "less than ", _LEAST, _MOST_DECIMALS
        if self.unit is Unit.PERCENT:
            text = _plain(apart, decimals)
            return f"{less}{text} {'point' if text == '1' else 'points'}"
        text = _plain(apart, decimals) if self.is_place else self._written(apart, decimals)
        return f"{less}{text}" if self.named is None else f"{less}{text} {self.named[text not in _ONE]}"

    def _written(self, x: float, decimals: int) -> str:
        if self.is_place and x >= 1 and x % 1 == 0:
            return nth(int(x))
        if self.simple:
            return _plain(x, decimals) + self.after
        if self.unit is Unit.SECONDS and decimals <= _MOST_DECIMALS and abs(x) < _ASTRONOMIC:
            total = float(_rounded(abs(x), decimals))
            if total >= _SECONDS_PER_MINUTE:
                minutes, seconds = divmod(total, _SECONDS_PER_MINUTE)
                sign = "-" if x < 0 else ""
                return f"{sign}{int(minutes):,} min {_plain(seconds, decimals)} s"
        text = _plain(x, decimals, fixed=self.fixed)
        if text[-2:-1] == "." and self._is_money:
            text += "0"  # £1,234.50, as money is written
        if self.before and x < 0:
            return f"\N{MINUS SIGN}{self.before}{text.removeprefix('-')}{self.after}"
        if self.unit is Unit.DAYS and self.named is None:
            return f"{text} day" if text in _ONE else f"{text} days"
        if self.unit is Unit.MINUTES and self.named is None:
            return f"{text} minute" if text in _ONE else f"{text} minutes"
        return f"{self.before}{text}{self.after}"


@lru_cache(maxsize=4096)
def _style(
    unit: Unit,
    decimals: int | None,
    unit_name: str | None,
    scale: str | None,
    currency: str,
    per: str,
    places: int | None,
) -> NumberStyle:
    before = after = ""
    digits = _DECIMALS[unit] if decimals is None else decimals
    if unit is Unit.PERCENT:
        after = "%"
    elif unit is Unit.SECONDS:
        after = " s"
    elif unit is Unit.CURRENCY:
        before = _SYMBOLS.get(currency, f"{currency} ")
        if scale and decimals is None:
            digits = _SCALED_DECIMALS.get(scale, digits)
    if scale:
        after = _SCALES.get(scale, f" {scale}") + after
    name = unit_name if unit not in (Unit.PERCENT, Unit.CURRENCY, Unit.SECONDS) else None
    return NumberStyle(
        unit=unit,
        decimals=digits,
        step=10.0**-digits * (1 + 1e-9),
        fixed=decimals is not None,
        before=before,
        after=after,
        named=_named(name, per),
        is_place=places is not None,
        places=places or None,
        simple=decimals is None and unit in (Unit.COUNT, Unit.PERCENT, Unit.RATE, Unit.NUMBER),
        landmarks=(0.0, 100.0) if unit is Unit.PERCENT and decimals is None else (0.0,),
    )


_ONE = ("1", "-1")


def _places(measure: Measure) -> int | None:
    """Return among how many figures are places, 0 where that is not said; None: they are no places."""
    if measure.unit_name != PLACES or measure.better is not Polarity.LOWER:
        return None
    return 0 if measure.maximum is None else int(measure.maximum)


def _per(measure: Measure) -> str:
    """Return per how many a rate is, where neither title nor sentence says so: per 100,000."""
    if measure.unit is not Unit.RATE or measure.per == 1:
        return ""
    said = f"{measure.title} {measure.family_title or ''} {measure.sentence or ''}".casefold().split()
    return "" if "per" in said else f"per {measure.per:,.6g}"


def _named(name: str | None, per: str) -> tuple[str, str] | None:
    """Return what is counted, in the singular and plural, with per how many."""
    if name is None:
        return (per, per) if per else None
    return (f"{_singular(name)} {per}".rstrip(), f"{name} {per}".rstrip())


def _enough(x: float, other: float, least: int) -> int:
    """Return the fewest decimals, from *least* on, at which the two do not look alike."""
    for decimals in range(least, _MOST_DECIMALS + 1):
        if _rounded(x, decimals) != _rounded(other, decimals):
            return decimals
    return _EVERY_DIGIT


@lru_cache(maxsize=65536)  # the same figures are told by several rules, and rounded ones come again and again
def _plain(x: float, decimals: int, *, fixed: bool = False) -> str:
    """Write with thousands commas; without *fixed*, trailing zeros fall away. Negative zero is 0."""
    if abs(x) >= _ASTRONOMIC:
        return repr(x)  # 1e+300: nobody counts three hundred digits
    if not fixed and x % 1 == 0:
        return f"{x + 0.0:,.0f}"  # -0.0 + 0.0 is 0.0
    text = f"{Decimal(repr(exact.meant(x))):,f}" if decimals == _EVERY_DIGIT else f"{_rounded(x, decimals):,f}"
    if not fixed and text[-1] == "0" and "." in text:
        text = text.rstrip("0")
        if text[-1] == ".":
            text = text[:-1]
    return text[1:] if text[0] == "-" and not text.strip("-0.") else text


def apart_by(a: float, b: float) -> float:
    """Return a - b as the decimals say it: 83.1 - 83.0 is 0.1."""
    apart = a - b
    if not isfinite(apart):
        return apart
    return 0.0 if exact.same(a, b) else exact.meant(apart, a, b)


@lru_cache(maxsize=65536)
def _rounded(x: float, decimals: int) -> Decimal:
    """Round what a number means to so many decimals, halves away from zero, as people do: 154.5 is 155, 0.15 is 0.2."""
    if decimals == _EVERY_DIGIT:
        return Decimal(repr(exact.meant(x)))
    return Decimal(repr(exact.meant(x))).quantize(_UNITS[decimals], ROUND_HALF_UP, _WIDE)


#: Plurals that no ending tells.
_SINGULARS = {"people": "person", "children": "child", "men": "man", "women": "woman", "series": "series"}
#: Endings of plurals in -es whose singular has no e: losses, boxes, searches, crashes.
_HISSING = ("sses", "xes", "ches", "shes", "zzes")


def _singular(name: str) -> str:
    """Return the singular of a plural noun phrase as rule files write it: calls, missing persons, members of staff."""
    head, of, rest = name.partition(" of ")
    first, space, noun = head.rpartition(" ")
    return f"{first}{space}{_singular_noun(noun)}{of}{rest}"


def _singular_noun(noun: str) -> str:
    if noun in _SINGULARS:
        return _SINGULARS[noun]
    if noun.endswith("ies"):
        return f"{noun[:-3]}y"
    if noun.endswith(_HISSING):
        return noun[:-2]
    return noun[:-1] if noun.endswith("s") and not noun.endswith("ss") else noun


_ORDINALS = ("zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def ordinal(n: int) -> str:
    """Write first … tenth, 11th, 12th, 21st and so on."""
    return _ORDINALS[n] if 0 <= n < len(_ORDINALS) else nth(n)


def nth(n: int) -> str:
    """Write 1st, 2nd, 11th, 21st and so on."""
    ending = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n:,}{ending}"


def placed(evidence: Mapping[str, float]) -> str:
    """Write an area's place: 7th; joint 3rd where others share it."""
    place = nth(int(evidence["place"]))
    return f"joint {place}" if evidence.get("sharing") else place


def place_before(evidence: Mapping[str, float]) -> str:
    """Write, to follow a place, which one it was in the period before: ", was 6th"; nothing where it is the same or not known."""
    before = evidence.get("place_before")
    return "" if before is None or before == evidence["place"] else f", was {nth(int(before))}"
