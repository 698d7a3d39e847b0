"""What people said of alerts, topics and measures, in words."""

from collections.abc import Iterable
from datetime import datetime, tzinfo

from alerting.domain.alert import Alert, AlertEvent
from alerting.domain.comment import Comment
from alerting.domain.period import Period
from alerting.domain.rule import RuleSet
from alerting.wording.dates import day_words


class Said:
    """What people said, in words: "Head of Contact, 12 October 2020: more staff from May"."""

    def __init__(
        self,
        events: Iterable[AlertEvent],
        comments: Iterable[Comment],
        rules: RuleSet,
        zone: tzinfo,
        since: datetime | None = None,
    ) -> None:
        """Put what was said into words.

        Args:
            events: acknowledgements and comments on alerts, oldest first.
            comments: on topics and measures, oldest first.
            since: only what was said after it.
        """
        self._rules, self._zone = rules, zone
        self.comments = [one for one in comments if since is None or one.at > since]
        self._of_alerts: dict[str, list[tuple[datetime, str]]] = {}
        for event in (one for one in events if since is None or one.at > since):
            way = f", {event.via}" if event.via else ""
            said = event.reason or ("a false alarm" if event.false_alarm else "acknowledged")
            words = f"{self._who(event.person, event.at)}{way}: {said}"
            self._of_alerts.setdefault(event.alert.id, []).append((event.at, words))

    def of(self, alert: Alert) -> list[str]:
        """Return what was said of an alert, and of its measure in its time, oldest first.

        What was said of an exception that is over is not said of the next one of its series.
        """
        of_measure = [(one.at, self.words(one)) for one in self.comments if one.is_of(alert)]
        found = sorted([*self._of_alerts.get(alert.id, ()), *of_measure], key=lambda pair: pair[0])
        return [words for _, words in found]

    def words(self, comment: Comment, of: Period | None = None) -> str:
        """Write a comment with its period: "Head of Contact, 12 October 2020, on May 2020: more staff".

        Args:
            of: the period that is spoken of anyway.
        """
        on = "" if comment.period == of else f", on {comment.period.label}"
        return f"{self._who(comment.person, comment.at)}{on}: {comment.words}"

    def _who(self, person: str | None, at: datetime) -> str:
        owner = self._rules.owners.get(person or "")
        name = owner.name if owner is not None else person or "Somebody"
        return f"{name}, {day_words(at.astimezone(self._zone).date())}"
