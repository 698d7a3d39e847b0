"""What people say of topics and measures."""

from collections.abc import Sequence
from datetime import date, datetime
from difflib import get_close_matches

from alerting.app.alerts.actions import check_person, comment
from alerting.domain.comment import About, Comment, Named
from alerting.domain.period import PeriodKind
from alerting.domain.rule import RuleSet
from alerting.errors import UsageError
from alerting.ports.state import Store


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
