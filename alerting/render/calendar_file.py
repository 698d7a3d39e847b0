"""Days on which figures are due, as a calendar that other programs read (iCalendar, RFC 5545)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from hashlib import blake2b

from icalendar import Calendar, Event

from alerting.domain.rule import RuleSet
from alerting.reports.publication_calendar import AwaitedFigures, by_source, figures_line
from alerting.wording.plain import counted


def calendar_of(awaited: Sequence[AwaitedFigures], rules: RuleSet, made_on: date) -> bytes:
    """Return an event of a whole day for each day on which figures of a source are due; what is late stands on its own day.

    An event keeps its identity from one calendar to the next, so that a program that reads it again has no event twice.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//alerting//figures due//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Figures due")
    for (day, source), several in by_source(awaited).items():
        calendar.add_component(_event(day, source, several, rules, made_on))
    content: bytes = calendar.to_ical()
    return content


def _event(day: date, source: str, several: Sequence[AwaitedFigures], rules: RuleSet, made_on: date) -> Event:
    event = Event()
    event.add("uid", f"{blake2b(f'{day} {source}'.encode(), digest_size=10).hexdigest()}@figures-due")
    event.add("dtstamp", datetime.combine(made_on, time(), UTC))
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    late = "Late: " if any(one.is_late for one in several) else ""
    event.add("summary", f"{late}{counted(sum(len(one.areas) for one in several), 'figure')} from {source}")
    event.add("description", "\n".join(figures_line(one, rules) for one in several))
    event.add("transp", "TRANSPARENT")
    return event
