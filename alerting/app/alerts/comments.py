"""What people say of topics and measures, and that in words beside what they say of alerts."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, tzinfo
from difflib import get_close_matches

from alerting.app.alerts.actions import check_person, comment
from alerting.domain.alert import Alert, AlertEvent
from alerting.domain.comment import About, Comment, Named
from alerting.domain.period import Period, PeriodKind
from alerting.domain.rule import RuleSet
from alerting.errors import UsageError
from alerting.ports.state import Store
from alerting.wording.dates import day_words


class Said:
    """What people said, in words: "Head of Contact, 12 October 2020: more staff from May"."""

    def __init__(
        self, events: Iterable[AlertEvent], comments: Iterable[Comment], rules: RuleSet, zone: tzinfo,
        since: datetime | None = None,
    ) -> None:  # fmt: skip
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
            words = f"{self._who(event.person, event.at)}: {event.reason or 'acknowledged'}"
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


def say(rules: RuleSet, store: Store, named: Named, words: str, person: str, at: datetime, day: date) -> str:
    """Note what somebody says of a topic or measure (or an alert), and return what is so now in a sentence.

    Args:
        named: where it names no period: the newest that is over (a topic's: the month).

    Raises:
        UsageError: there is no such thing or person, no words, the id is of both, or the period has not begun.
    """
    check_person(rules, person)
    text = words.encode("utf-8", "replace").decode("utf-8").strip()
    if not text:
        raise UsageError("a comment needs words")
    about, id_ = _subject(rules, named), named.id
    if about is None:
        return _of_alert(rules, store, named, text, person, at)
    every = PeriodKind.MONTH if about is About.TOPIC else rules.measures[id_].every
    period = named.period or rules.calendar.newest_complete(day, every)
    if period.first_day > day:
        raise UsageError(f"{period.label} has not begun on {day}; name an earlier period")
    said = Comment(about=about, subject=id_, period=period, person=person, at=at, words=text)
    with store.begin() as state:
        state.comments.save(said)
    return f"Noted on the {about.value} {id_}, {period.label}: it stands in the next digests and the month's draft."


def _of_alert(rules: RuleSet, store: Store, named: Named, words: str, person: str, at: datetime) -> str:
    with store.begin() as state:
        alert = state.alerts.get(named.id) if named.sort is None else None
    if alert is None:
        raise UsageError(_unknown(rules, named))
    if named.period is not None:
        raise UsageError(f"{named.id} is an alert, which has its own periods; leave --period out")
    return comment(rules, store, named.id, person, at, words)


def _subject(rules: RuleSet, named: Named) -> About | None:
    """Return what an id names; None: neither topic nor measure.

    Raises:
        UsageError: it names both.
    """
    id_ = named.id
    found = [about for about, ids in _known(rules, named.sort).items() if id_ in ids]
    if len(found) > 1:
        raise UsageError(f'"{id_}" is a topic and a measure; write topic:{id_} or measure:{id_}')
    return found[0] if found else None


def _known(rules: RuleSet, sort: About | None) -> dict[About, Sequence[str]]:
    known: dict[About, Sequence[str]] = {About.TOPIC: list(rules.topics), About.MEASURE: list(rules.measures)}
    return {about: ids for about, ids in known.items() if sort in (None, about)}


def _unknown(rules: RuleSet, named: Named) -> str:
    """Say that nothing goes by an id, and what may have been meant."""
    known = list(dict.fromkeys(id_ for ids in _known(rules, named.sort).values() for id_ in ids))
    near = get_close_matches(named.id, known, n=1)
    hint = (
        f'did you mean "{near[0]}"?'
        if near
        else "topics and measures are named in the rules, alerts by `alerting alerts list`"
    )
    return f'no {"topic, measure or alert" if named.sort is None else named.sort.value} "{named.id}"; {hint}'
