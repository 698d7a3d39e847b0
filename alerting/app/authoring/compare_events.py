"""What ticks on made-up figures brought about, held against what an author expected."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from alerting.app.authoring.mail_files import MailFiles
from alerting.domain.period import Period, PeriodKind
from alerting.domain.place import Place
from alerting.domain.problem import Problem, ProblemSeverity
from alerting.domain.rule_test import ExpectedEvent, RuleTest

#: These count only where one of them is expected.
ON_REQUEST = ("reminded", "escalated", "acknowledged")
FAILED = "test-failed"
#: Smaller numbers are written with a power of ten, whose digits say nothing of how exactly they are meant.
_SMALLEST = 1e-4
#: Which period of a kind a measure's tick on a day is for.
TickOf = Callable[[str, PeriodKind, date], Period]


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One event of one alert on one day: who was told of it (or, of what is suppressed, who was not), and in what words."""

    day: date
    event: str
    rule: str
    measure: str
    area: str
    #: The rule's period that the tick was for.
    period: Period
    to: tuple[str, ...] = ()
    words: tuple[str, ...] = field(default=(), repr=False)
    #: The mails that tell of it, whole, one a reader.
    mails: tuple[str, ...] = field(default=(), repr=False)
    reason: str | None = None

    def __str__(self) -> str:
        """As a failure lists it."""
        told = f", told to {', '.join(self.to)}" if self.to and self.reason is None else ""
        why = f" ({self.reason})" if self.reason else ""
        return f"{self.period} {self.event}{why} {self.rule} {self.measure} {self.area}{told}"


def failure(place: Place, message: str, fix: str | None = None) -> Problem:
    """Make a problem of something that is not as expected."""
    return Problem(place=place, code=FAILED, severity=ProblemSeverity.ERROR, message=message, fix=fix)


def differences(
    test: RuleTest,
    happened: Sequence[Happening],
    tick_of: TickOf,
    found_then: Callable[[ExpectedEvent], str],
    mails: MailFiles | None = None,
) -> Iterator[Problem]:
    """Compare what happened with what was expected: exactly that, in the order of ticks.

    Args:
        found_then: says what the rules found when something was to happen.
        mails: files with whole mails; None: they are not looked at.
    """
    assert test.expect is not None
    asked = {one.event for one in test.expect}
    left = [one for one in happened if one.event not in ON_REQUEST or one.event in asked]
    latest = date.min
    for expected in test.expect:
        alike = [one for one in left if _is_meant(expected, one, tick_of)]
        if not alike:
            yield failure(expected.place, f"{_absent(expected, left, tick_of)}{found_then(expected)}")
            continue
        wrongs = {id(one): list(_wrong(expected, one)) for one in alike}
        found = min(alike, key=lambda one: len(wrongs[id(one)]))
        left.remove(found)
        if expected.mail is not None and mails is not None:
            for message in mails.unlike(expected.mail, found.mails):
                yield failure(expected.place, message)
        for message in wrongs[id(found)]:
            yield failure(expected.place, message)
        if found.day < latest:
            yield failure(expected.place, f"it comes before what is listed above it: it happened on {found.day}")
        latest = max(latest, found.day)
    for one in left:
        yield failure(test.place, f"this was not expected: {one}")


@dataclass(eq=False)
class Events:
    """What a test expects, held against what has happened after each tick.

    Args:
        is_tick_for: whether the tick on a day is for a period.
        days: of all ticks.
    """

    test: RuleTest
    tick_of: TickOf
    is_tick_for: Callable[[Period, date], bool]
    days: Sequence[date]

    def is_off(self, happened: Sequence[Happening], day: date) -> bool:
        """Whether `differences` will find any, whatever happens on later days."""
        if self.test.expect is None:
            return False
        asked = {one.event for one in self.test.expect}
        today = [one for one in happened if one.day == day and (one.event not in ON_REQUEST or one.event in asked)]
        if any(not self._is_expected(one) for one in today):
            return True
        due = (one for one, last in zip(self.test.expect, self._last_days, strict=True) if last == day)
        return any(not any(_is_meant(expected, one, self.tick_of) for one in happened) for expected in due)

    def _is_expected(self, one: Happening) -> bool:
        return any(
            _is_meant(expected, one, self.tick_of) and next(_wrong(expected, one), None) is None
            for expected in self.test.expect or ()
        )

    @cached_property
    def _last_days(self) -> Sequence[date | None]:
        """The last day on which each expected event may happen."""
        return [
            max((day for day in self.days if self.is_tick_for(one.period, day)), default=None)
            for one in self.test.expect or ()
        ]


def _is_meant(expected: ExpectedEvent, one: Happening, tick_of: TickOf) -> bool:
    named = ((expected.rule, one.rule), (expected.measure, one.measure), (expected.area, one.area))
    return (
        expected.event == one.event
        and all(wanted is None or wanted == found for wanted, found in named)
        and tick_of(one.measure, expected.period.kind, one.day) == expected.period
    )


def _wrong(expected: ExpectedEvent, one: Happening) -> Iterator[str]:
    if expected.to is not None and set(expected.to) != set(one.to):
        told = ", ".join(one.to) or "nobody"
        yield f"told to {told}; the test names {', '.join(expected.to) or 'nobody'}"
    if expected.says is not None and not any(_unbroken(expected.says) in _unbroken(words) for words in one.words):
        said = f'; it begins "{_first_line(one.words[0])}"' if one.words else "; there is no message"
        yield f'no message says "{expected.says}"{said}'
    if expected.reason is not None and expected.reason != one.reason:
        yield f"the reason is {one.reason}, not {expected.reason}"


def _unbroken(words: str) -> str:
    """Return words as one line: where a message breaks its lines is nobody's concern."""
    return " ".join(words.split())


def _first_line(words: str) -> str:
    return words.strip().split("\n", 1)[0]


def _absent(expected: ExpectedEvent, left: Sequence[Happening], tick_of: TickOf) -> str:
    names = (name for name in (expected.rule, expected.measure, expected.area) if name is not None)
    what = " ".join((expected.event, *names))
    then = [str(one) for one in left if tick_of(one.measure, expected.period.kind, one.day) == expected.period]
    return f'"{what}" did not happen at {expected.period}; what did: {"; ".join(then) or "nothing"}'


def unlike(keys: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    """Say which keys of a finding are not as expected; numbers count to as many digits as are written."""
    for key, wanted in keys.items():
        actual = found[key]
        if key == "text" and isinstance(wanted, str):
            if wanted not in (actual or ""):
                yield f'the text does not say "{wanted}"; it is "{actual}"'
        elif not _same(wanted, actual):
            yield f"{key} is {_shown(actual)}, not {_shown(wanted)}"


def _same(wanted: Any, actual: Any) -> bool:
    numbers = all(isinstance(one, (int, float)) and not isinstance(one, bool) for one in (wanted, actual))
    if not numbers:
        return wanted == actual or (actual is not None and wanted is not None and str(wanted) == str(actual))
    exponent = Decimal(str(wanted)).as_tuple().exponent if math.isfinite(wanted) else 0
    if not isinstance(exponent, int) or exponent >= 0 or abs(wanted) < _SMALLEST or float(wanted).is_integer():
        return math.isclose(wanted, actual, rel_tol=1e-9, abs_tol=1e-12)
    return bool(abs(wanted - actual) <= 0.5 * 10.0**exponent + 1e-12)


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.12g}"
    return "null" if value is None else str(value)
