"""How serious an exception is."""

from dataclasses import dataclass
from enum import IntEnum


class Severity(IntEnum):
    """How serious an exception is; ordered."""

    INFO = 0
    WARNING = 1
    CRITICAL = 2

    @property
    def word(self) -> str:
        """As written in rule files and JSON."""
        return _SEVERITY_WORDS[self]


_SEVERITY_WORDS = tuple(severity.name.lower() for severity in Severity)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityBySide:
    """Severity by whether the exception is on the worse or the better side by the measure's polarity."""

    worse: Severity
    better: Severity
