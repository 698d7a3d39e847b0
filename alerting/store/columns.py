"""Column types that keep our values exactly: instants, periods and words."""

from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import DateTime, Dialect, String
from sqlalchemy.types import TypeDecorator

from alerting.domain.period import Calendar, Period

#: The month in which a financial year starts unless the text says otherwise.
_APRIL = 4
#: How many different values of a column are kept as they were read.
_MOST_REMEMBERED = 4096
_Value = TypeVar("_Value")


class _Remembered(TypeDecorator[_Value]):
    """A type of few different values: thousands of rows of one tick have the same instants, periods and words."""

    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: Any) -> Callable[[Any], _Value | None] | None:
        """Return what reads a value, each different one once."""
        read = super().result_processor(dialect, coltype)
        return None if read is None else lru_cache(maxsize=_MOST_REMEMBERED)(read)


class Instant(_Remembered[datetime]):
    """An aware instant, kept in UTC. A naive one is refused: nobody could say later which hour it was."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Mark as UTC what the database gives back without a zone (SQLite), convert what it gives in another."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class PeriodText(_Remembered[Period]):
    """A period in its canonical form; `@1` … `@12` follows where the financial year does not start in April."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: Period | None, dialect: Dialect) -> str | None:
        """Write the period."""
        return None if value is None else period_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Period | None:
        """Read the period."""
        return None if value is None else period_of(value)


class EnumText(_Remembered[Enum]):
    """A member of an enum by the word that people read for it."""

    impl = String(32)
    cache_ok = True

    def __init__(self, members: type[Enum]) -> None:
        super().__init__()
        self.members = members
        self._by_word = {word_of(member): member for member in members}
        self._words = {member: word for word, member in self._by_word.items()}

    def process_bind_param(self, value: Enum | None, dialect: Dialect) -> str | None:
        """Write the word."""
        return None if value is None else self._words[value]

    def process_result_value(self, value: str | None, dialect: Dialect) -> Enum | None:
        """Read the word."""
        return None if value is None else self._by_word[value]

    def __repr__(self) -> str:
        return f"Word({self.members.__name__})"


def word_of(member: Enum) -> str:
    """Return the word a member is written as: its `word` where it has one, else its value."""
    word: Any = getattr(member, "word", member.value)
    return str(word)


def period_text(period: Period) -> str:
    """Write *period* so that `period_of` gives the same again."""
    return str(period) if period.starts == _APRIL else f"{period}@{period.starts}"


@lru_cache(maxsize=65536)
def period_of(text: str) -> Period:
    """Read what `period_text` wrote."""
    written, _, starts = text.partition("@")
    return Calendar(int(starts) if starts else _APRIL).parse_exact(written)
