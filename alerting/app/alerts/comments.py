"""What people say of topics and measures."""

from collections.abc import Sequence
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

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


def listed(rules: RuleSet, store: Store, named: Named, *, every: bool) -> list[Comment]:
    """Return what was said of topics and measures, oldest first.

    Args:
        named: of what, a topic with its measures; an empty id: of all. Without a period: of any.
        every: those too that were taken back.

    Raises:
        UsageError: there is no such topic or measure, or the id is of both.
    """
    about = _subject(rules, named) if named.id else None
    if named.id and about is None:
        raise UsageError(_unknown(rules, named, alerts=False))
    with store.begin() as state:
        found = state.comments.every() if every else state.comments.made()
    return [
        one
        for one in found
        if named.period in (None, one.period) and (about is None or _is_about(one, about, named.id, rules))
    ]


def _is_about(comment: Comment, about: About, id_: str, rules: RuleSet) -> bool:
    if (comment.about, comment.subject) == (about, id_):
        return True
    measure = rules.measures.get(comment.subject) if comment.about is About.MEASURE else None
    return about is About.TOPIC and measure is not None and measure.topic == id_


def take_back(rules: RuleSet, store: Store, number: int, person: str, at: datetime) -> str:
    """Take a comment back, and return what is so now in a sentence.

    Raises:
        UsageError: there is no such comment or person, or it was taken back before.
    """
    check_person(rules, person)
    with store.begin() as state:
        found = next((one for one in state.comments.every() if one.number == number), None)
        if found is None:
            raise UsageError(f"no comment {number}; `alerting comment list` numbers them")
        if found.withdrawn_at is not None:
            raise UsageError(
                f"comment {number} was taken back by {found.withdrawn_by} on {found.withdrawn_at:%Y-%m-%d}"
            )
        state.comments.withdraw(number, person, at)
    return (
        f"Taken back: comment {number} on the {found.about.value} {found.subject}, {found.period.label}."
        " What was sent with it stays sent."
    )


def as_json(comment: Comment) -> dict[str, Any]:
    """Return a comment's values for JSON."""
    return {
        "number": comment.number,
        "about": comment.about.value,
        "subject": comment.subject,
        "period": str(comment.period),
        "person": comment.person,
        "at": comment.at.isoformat(),
        "words": comment.words,
        "withdrawn_at": comment.withdrawn_at and comment.withdrawn_at.isoformat(),
        "withdrawn_by": comment.withdrawn_by,
    }


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


def _unknown(rules: RuleSet, named: Named, *, alerts: bool = True) -> str:
    """Say that nothing goes by an id, and what may have been meant."""
    known = list(dict.fromkeys(id_ for ids in _known(rules, named.sort).values() for id_ in ids))
    near = get_close_matches(named.id, known, n=1)
    where = "topics and measures are named in the rules"
    hint = f'did you mean "{near[0]}"?' if near else f"{where}, alerts by `alerting alerts list`" if alerts else where
    sorts = "topic, measure or alert" if alerts else "topic or measure"
    return f'no {sorts if named.sort is None else named.sort.value} "{named.id}"; {hint}'
