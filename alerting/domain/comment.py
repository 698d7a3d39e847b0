"""What people say of a topic or a measure in a period, whether or not anything of it is exceptional."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from alerting.domain.alert import Alert
from alerting.domain.period import Period


class About(StrEnum):
    """What a comment is about."""

    TOPIC = "topic"
    MEASURE = "measure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What somebody means to say something of.

    `sort`: what the id is of, None: whichever there is; `period`: None: the newest that is over.
    """

    id: str
    sort: About | None = None
    period: Period | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """What somebody said of a topic or measure in a period."""

    about: About
    #: The id of the topic or measure.
    subject: str
    period: Period
    #: An owner's id.
    person: str
    at: datetime
    words: str
    #: By which it is taken back; None until it is kept.
    number: int | None = None
    #: When and by whom it was taken back; both or neither.
    withdrawn_at: datetime | None = None
    withdrawn_by: str | None = None

    @property
    def stands(self) -> bool:
        """Say whether nobody took it back."""
        return self.withdrawn_at is None

    def is_of(self, alert: Alert) -> bool:
        """Say whether it is about an alert's measure, in the time in which the alert stood."""
        if self.about is not About.MEASURE or self.subject != alert.key.measure:
            return False
        return self.period.last_day >= alert.opened.first_day and self.period.first_day <= alert.period.last_day
