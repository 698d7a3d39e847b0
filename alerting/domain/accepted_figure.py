"""A strange figure that somebody says is true, so that no check of its measure holds it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from alerting.domain.period import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedFigure:
    """One figure as it was when it was let through; revised, it is checked again."""

    measure: str
    area: str
    period: Period
    value: float
    person: str
    at: datetime
    #: Why it is believed.
    reason: str

    def as_json(self) -> dict[str, Any]:
        """Return the values for JSON."""
        return {
            "period": str(self.period),
            "value": self.value,
            "person": self.person,
            "at": self.at.isoformat(),
            "reason": self.reason,
        }
