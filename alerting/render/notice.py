"""Notices: what happened to some exceptions, told to one owner."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from alerting.domain.alert import EventKind
from alerting.domain.finding import Meaning
from alerting.domain.notify.notice import AnyPicture, Message
from alerting.domain.rule import Severity
from alerting.render import marks
from alerting.render.environment import first_that_fits, mail_of, text_of
from alerting.reports.order import News, Weight, weight
from alerting.reports.views import AreaGlance, ChartView, EventView, NoticeView
from alerting.wording.plain import counted, listed, number, one_line

#: Characters of a subject, less a marking and how many more there are: as much as a phone shows.
SUBJECT_LENGTH = 60
#: From so many events on a list of one line each comes first.
_LIST_FROM = 4
#: Other areas shown under one event; exceptional ones first where there are more.
_MOST_OTHERS = 12
#: Pictures of one mail together: with its HTML, and written as mail writes bytes, it stays below 200 kB.
PICTURES_BUDGET_BYTES = 54 * 1024
_PREFIXES = {
    EventKind.OPENED: "",
    EventKind.WORSENED: "Worse: ",
    EventKind.CORRECTED: "Corrected: ",
    EventKind.RESOLVED: "Resolved: ",
    EventKind.WITHDRAWN: "No longer watched: ",
    EventKind.REMINDED: "Still open: ",
    EventKind.ESCALATED: "Passed on: ",
}
_NEWS = {EventKind.WORSENED: News.WORSE, EventKind.OPENED: News.NEW}
_TURNED, _OVER = "Turned: ", "Over: "
_GROUP_TITLES = {
    EventKind.OPENED: "New",
    EventKind.WORSENED: "Worse",
    EventKind.ESCALATED: "Passed on to you",
    EventKind.REMINDED: "Still open",
    EventKind.CORRECTED: "Corrected",
    EventKind.RESOLVED: "Resolved",
    EventKind.WITHDRAWN: "No longer watched",
}
_COUNTED = {
    EventKind.OPENED: ("new exception", "new exceptions"),
    EventKind.WORSENED: ("got worse", "got worse"),
    EventKind.ESCALATED: ("passed on to you", "passed on to you"),
    EventKind.REMINDED: ("still open", "still open"),
    EventKind.CORRECTED: ("corrected", "corrected"),
    EventKind.RESOLVED: ("resolved", "resolved"),
    EventKind.WITHDRAWN: ("no longer watched", "no longer watched"),
}
#: Events that no longer stand come after those that do, in this order.
_ORDER_OF_ENDS = {EventKind.CORRECTED: 1, EventKind.RESOLVED: 2, EventKind.WITHDRAWN: 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Depth:
    """How many events are shown in full, then shortened, and how many stand in the list at all."""

    full: int
    brief: int
    listed: int


#: Events that a notice shows with all that belongs to them.
MOST_IN_FULL = 12
#: Tried in turn until the mail is small enough to be shown whole.
_DEPTHS = (
    _Depth(full=MOST_IN_FULL, brief=30, listed=150),
    _Depth(full=6, brief=40, listed=150),
    _Depth(full=3, brief=10, listed=80),
    _Depth(full=1, brief=0, listed=30),
)


_SUMMARY_DEPTHS = (_Depth(full=3, brief=0, listed=150), _Depth(full=1, brief=0, listed=80))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Card:
    event: EventView
    full: bool
    others: Sequence[AreaGlance]
    more_others: str | None
    #: How serious it is and what happened, beside its mark; None where the mark says it.
    kind: str | None
    #: (label, words): for whom it is told, and to whom else.
    readers: Sequence[tuple[str, str]]
    #: What the series looks like; without a picture where the mail has as many as it can carry.
    chart: ChartView | None = None
    picture: AnyPicture | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """Everything a notice's templates arrange."""

    #: How many of what, as a heading; None for one event, whose headline is the heading.
    heading: str | None
    #: (title, events) of the list at the top, and how many it leaves out, by rule; empty for few events.
    groups: Sequence[tuple[str | None, Sequence[EventView]]]
    unlisted: Sequence[str]
    shortening: str | None
    #: (topic, cards); the topic is None where there is only one event.
    topics: Sequence[tuple[str | None, Sequence[_Card]]]
    #: What is no longer watched, where there is much to read: some words each, after all topics and not in the list.
    unwatched: Sequence[EventView] = ()

    @property
    def pictures(self) -> tuple[AnyPicture, ...]:
        """The pictures that the cards show, each once."""
        shown = (card.picture for _, cards in self.topics for card in cards)
        return tuple({picture.id: picture for picture in shown if picture is not None}.values())


def render_notice(view: NoticeView) -> Message:
    """Render a notice: worst first, in full for the first events and shorter for the rest where there are many."""
    events = worst_first(view.events)
    subject = _subject(view, events)
    # Where very many opened at once, all of them are listed before any is shown at length.
    layouts = (_laid_out(events, depth) for depth in (_DEPTHS if view.summary is None else _SUMMARY_DEPTHS))
    layout, html = first_that_fits(
        (layout, mail_of("notice.html.j2", view=view, layout=layout, title=subject)) for layout in layouts
    )
    text = text_of("notice.txt.j2", view=view, layout=layout)
    return Message(subject=subject, text=text, html=html, headers=view.headers, pictures=layout.pictures)


def worst_first(events: Sequence[EventView]) -> list[EventView]:
    """Order events as readers meet them; those of one measure and period stand together, the topmost area first."""
    together: dict[tuple[str, str, int], list[EventView]] = {}
    for event in sorted(events, key=_weight):
        together.setdefault((event.measure, event.period, _end_rank(event)), []).append(event)
    found: list[EventView] = []
    for several in together.values():
        topmost = min(several, key=lambda event: event.area_place)
        found += [topmost, *(event for event in several if event is not topmost)]
    return found


def _weight(event: EventView) -> tuple[int, Weight]:
    """What stands comes before what is over; that is told by what it was."""
    rank = _end_rank(event)
    meaning, news = event.ended if rank else event.meaning, _NEWS.get(event.kind, News.STANDS)
    return rank, weight(meaning, event.severity, news, event.distance, event.rule_place)


def _end_rank(event: EventView) -> int:
    """0 while an exception stands; else its place among the ends."""
    return _ORDER_OF_ENDS[event.kind] if event.is_over else 0


def _subject(view: NoticeView, events: Sequence[EventView]) -> str:
    """Name the worst event and count the other figures: what a reader sees of it on a phone comes first."""
    marking = f"[{one_line(view.marking)}] " if view.marking else ""
    leading = events[0]
    start = _event_words(leading)
    figures = {(event.measure, event.area) for event in events}
    more = f" and {number(len(figures) - 1)} more" if len(figures) > 1 else ""
    brief = leading.brief if _end_rank(leading) == 0 else replace(leading.brief, mark="")  # what is over has none
    return f"{marking}{start}{one_line(brief.within(SUBJECT_LENGTH - len(start)))}{more}"


def _event_words(event: EventView) -> str:
    if event.turned:
        return _TURNED
    if event.kind is EventKind.RESOLVED and event.ended not in (None, Meaning.CONCERN):
        return _OVER
    return _PREFIXES[event.kind]


def _laid_out(events: Sequence[EventView], depth: _Depth) -> _Layout:
    shown = events[: depth.full + depth.brief]
    many = len(events) >= _LIST_FROM
    watched = [event for event in shown if _is_watched(event) or not many]
    unwatched = shown[len(watched) :]  # they come last of all events
    cards = _with_charts([_card(event, full=n < depth.full) for n, event in enumerate(watched)])
    in_list = [*watched, *events[len(shown) : depth.listed]]
    unlisted = events[depth.listed :] if many else ()
    by_rule = Counter(event.rule.title for event in unlisted).most_common()
    return _Layout(
        heading=_heading(events) if len(events) > 1 else None,
        groups=_groups(in_list) if len(in_list) >= _LIST_FROM else (),
        unlisted=[f"{title}: {number(count)}" for title, count in by_rule[: depth.listed]],
        shortening=_shortening(events, len(unlisted), depth),
        topics=_by_topic(cards) if len(events) > 1 else [(None, cards)],
        unwatched=unwatched,
    )


def _heading(events: Sequence[EventView]) -> str:
    """Count what happened: "4 new exceptions (2 critical), 1 resolved"."""
    kinds = Counter(event.kind for event in events)
    parts = []
    for kind, (singular, plural) in _COUNTED.items():
        if not kinds[kind]:
            continue
        critical = sum(e.kind is kind and e.severity is Severity.CRITICAL and _end_rank(e) == 0 for e in events)
        parts.append(counted(kinds[kind], singular, plural) + (f" ({number(critical)} critical)" if critical else ""))
    return ", ".join(parts)


def _groups(events: Sequence[EventView]) -> list[tuple[str | None, list[EventView]]]:
    groups: dict[EventKind, list[EventView]] = {}
    for event in events:
        groups.setdefault(event.kind, []).append(event)
    if len(groups) == 1:
        return [(None, list(events))]
    return [(title, groups[kind]) for kind, title in _GROUP_TITLES.items() if kind in groups]


def _is_watched(event: EventView) -> bool:
    """Whether somebody may have to act on it."""
    return event.kind is not EventKind.WITHDRAWN


def _shortening(events: Sequence[EventView], unlisted: int, depth: _Depth) -> str | None:
    """Say plainly what is not told in full."""
    count, watched = len(events), sum(_is_watched(event) for event in events)
    if count <= depth.full or (watched <= depth.full and count <= depth.full + depth.brief):
        return None
    full = min(depth.full, watched)
    brief = min(count, depth.full + depth.brief) - full
    list_only = count - full - brief - unlisted
    parts = [f"the worst {number(full)} in full" if full > 1 else "the worst in full"] if full else []
    if brief:
        parts.append(f"{number(brief)} without other areas, sources and reasons")
    if list_only:
        parts.append(f"{number(list_only)} in the list alone")
    if unlisted:
        parts.append(f"{number(unlisted)} as a count by rule")
    return f"Details are shortened to keep this mail readable: {listed(parts)}."


def _by_topic(cards: Sequence[_Card]) -> list[tuple[str | None, list[_Card]]]:
    topics: dict[str, list[_Card]] = {}
    for card in cards:
        topics.setdefault(card.event.topic, []).append(card)
    return list(topics.items())


def _card(event: EventView, *, full: bool) -> _Card:
    others: Sequence[AreaGlance] = event.others if full else ()
    more = None
    if len(others) > _MOST_OTHERS:
        others = sorted(others, key=lambda other: other.state != "exception")
        states = Counter(other.state for other in others[_MOST_OTHERS:])
        more = _states_in_words(states)
        others = others[:_MOST_OTHERS]
    kind = ", ".join(filter(None, (marks.mark(event).besides, marks.kind_words(event)))) or None
    return _Card(event=event, full=full, others=others, more_others=more, kind=kind, readers=_readers(event))


def _readers(event: EventView) -> list[tuple[str, str]]:
    """Say for whom the reader is told, and who else is."""
    also, found = event.also_told, []
    if event.on_behalf_of and event.kind is EventKind.ESCALATED:
        also = tuple(name for name in also if name not in event.on_behalf_of)
        found.append(("Passed on", f"from {listed(event.on_behalf_of)}"))
    elif event.on_behalf_of:
        found.append(("Told for", listed(event.on_behalf_of)))
    return [*found, ("Also told", listed(also))] if also else found


def _with_charts(cards: Sequence[_Card]) -> list[_Card]:
    """Give the cards that are told in full their charts, and pictures of them from the worst on as long as the mail stays small."""
    found, left = [], PICTURES_BUDGET_BYTES
    for card in cards:
        chart = card.event.chart() if card.full else None
        picture = chart.draw() if chart is not None and left > 0 else None
        left -= picture.most_bytes if picture is not None else 0
        if left < 0:  # nothing after it is drawn either: a mail with pictures here and there looks broken
            picture = None
        found.append(replace(card, chart=chart, picture=picture))
    return found


def _states_in_words(states: Counter[str]) -> str:
    left = f"and {number(states.total())} more"
    if len(states) == 1:
        return f"{left}, {'all ' if states.total() > 1 else ''}{next(iter(states))}"
    return f"{left}: " + ", ".join(f"{number(count)} {word}" for word, count in states.items())
