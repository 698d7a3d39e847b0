"""The names that an organisation's own templates can use: words, numbers, lists and mappings, nothing else.

They are a promise to whoever wrote a template: a name may be added, none goes away or changes its meaning. TEMPLATES.md in
the shipped rules folder explains each.
"""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from alerting.domain.notify.notice import Message
from alerting.domain.severity import Severity
from alerting.render import verdict_marks as marks
from alerting.render.cards import worst_first
from alerting.render.environment import safe_link
from alerting.render.judged_words import checked_sentence
from alerting.reports.digest_views import DigestEntry, DigestView
from alerting.reports.views import EventView, NoticeView


def names_of(view: NoticeView | DigestView, message: Message) -> dict[str, Any]:
    """Return all names for one message; *message* is the built-in one."""
    letter = {"owner": view.owner, "as_of": view.as_of, "marking": view.marking, "reply_to": view.reply_to}
    # The built-in frame asks the view itself.
    frame = {field.name: getattr(view, field.name) for field in fields(view)}
    frame = {name: value for name, value in frame.items() if value is None or isinstance(value, str)}
    names = {**letter, "subject": message.subject, "text": message.text, "title": message.subject, "view": frame}
    return names | (_notice(view, message) if isinstance(view, NoticeView) else _digest(view))


def _notice(view: NoticeView, message: Message) -> dict[str, Any]:
    events = worst_first(view.events)
    pictures = _pictures(events, {picture.id for picture in message.pictures})
    return {"summary": view.summary, "events": [_event(event, pictures.get(n)) for n, event in enumerate(events)]}


def _pictures(events: Sequence[EventView], shown: set[str]) -> dict[int, str]:
    """Return the ids of those pictures that the built-in message carries; no other is drawn for a template."""
    found: dict[int, str] = {}
    for n, event in enumerate(events):
        if len(set(found.values())) == len(shown):
            break
        chart = event.chart()
        picture = chart.draw() if chart is not None else None
        if picture is not None and picture.id in shown:
            found[n] = picture.id
    return found


def _event(event: EventView, picture: str | None) -> dict[str, Any]:
    ending, chart = event.ending, event.chart() if picture else None
    return {
        "kind": event.kind.value,
        "kind_words": marks.kind_words(event),
        **_item(event, event.severity),
        "headline": event.headline,
        "text": event.text,
        "topic": event.topic,
        "measure": event.measure,
        "area": event.area,
        "period": event.period,
        "since": event.since,
        "clears": event.clears,
        "outlook": event.outlook,
        "drivers": event.drivers,
        "good_looks_like": event.good_looks_like,
        "reason": event.reason,
        "notes": list(event.notes),
        "rule": {"title": event.rule.title, "why": event.rule.why, "where": event.rule.where},
        "ending": ending and {"now": ending.new_value, "before": ending.old_value, "lasted": ending.lasted},
        "others": [{"area": other.area, "value": other.figure().value, "state": other.state} for other in event.others],
        "also_told": list(event.also_told),
        "on_behalf_of": list(event.on_behalf_of),
        "cites": event.cites,
        "comments": list(event.comments),
        "source": event.remark,
        "link": safe_link(event.link),
        "chart": chart and {"src": f"cid:{picture}", "alt": chart.alt, "width": chart.width, "height": chart.height},
    }


def _item(item: EventView | DigestEntry, severity: Severity) -> dict[str, Any]:
    mark = marks.mark(item)
    ended = item.ended if isinstance(item, EventView) else item.meaning
    meaning = ended if item.is_over else item.meaning
    return {
        "severity": severity.word,
        "stands": not item.is_over,
        "verdict": None if meaning is None else meaning.value,
        "mark": {"shape": mark.shape, "word": mark.word},
    }


def _digest(view: DigestView) -> dict[str, Any]:
    return {
        "name": view.title,
        "window": view.window,
        "span": view.span,
        "topics": [
            {"title": topic.title, "entries": [_entry(entry) for entry in topic.entries]} for topic in view.topics
        ],
        "themes": [
            {
                "theme": theme.theme,
                "exceptions": theme.exceptions,
                "critical": theme.critical,
                "normal": theme.normal,
                "not_judged": theme.not_judged,
            }
            for theme in view.themes
        ],
        "checked": checked_sentence(view.checked),
        "not_judged": [
            {"measure": one.measure, "area": one.area, "period": one.period, "reason": one.reason, "detail": one.detail}
            for one in view.not_judged
        ],
    }


def _entry(entry: DigestEntry) -> dict[str, Any]:
    return {
        "standing": entry.standing.value,
        "standing_words": marks.STANDING_TITLES[entry.standing],
        **_item(entry, entry.severity),
        "headline": entry.headline,
        "since": entry.since,
        "text": entry.text,
        "good_looks_like": entry.good_looks_like,
        "owner": ", ".join(entry.owners) or None,
        "link": safe_link(entry.link),
    }
