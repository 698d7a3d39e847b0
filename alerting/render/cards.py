"""What a notice is made of: one card for each measure and period, with all its areas and all rules that fired there."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from alerting.domain.alert import EventKind
from alerting.domain.finding import Meaning
from alerting.domain.notify.notice import AnyPicture
from alerting.render import verdict_marks as marks
from alerting.render.area_rows import AreaRow, RowGroup, area_rows, row_groups
from alerting.render.verdict_marks import VerdictMark
from alerting.reports.order import Urgency, Weight, weight
from alerting.reports.views import ChartView, EventView
from alerting.wording.plain import listed, sentence

_NEWS = {EventKind.WORSENED: Urgency.WORSE, EventKind.OPENED: Urgency.NEW}
#: Events that no longer stand come after those that do, in this order.
_ORDER_OF_ENDS = {EventKind.CORRECTED: 1, EventKind.RESOLVED: 2, EventKind.WITHDRAWN: 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One measure and period."""

    #: The topmost area that is told of, under the rule that finds it worst.
    lead: EventView
    events: Sequence[EventView]
    #: Its place among the cards; None where it is the only one.
    number: int | None
    full: bool
    #: The leading figure's, the worst first where rules differ.
    marks: Sequence[VerdictMark]
    #: How serious it is and what happened, beside the first mark; None where the mark says it.
    kind: str | None
    #: Where and when: "West Mercia and 2 more areas · September 2020"; None where the head of the mail says it.
    place: str | None
    #: Other rules on the leading figure: their mark and what it is held against.
    also: Sequence[tuple[VerdictMark, str]]
    rows: Sequence[AreaRow]
    #: The same by verdict, where they are many; else empty.
    groups: Sequence[RowGroup]
    more: str | None
    #: The line that all rows are held against.
    line: str | None
    #: For whom it is told, and to whom else, where the head of the mail does not say so.
    readers: Sequence[tuple[str, str]]
    #: Rules that speak in it, each once.
    rules: Sequence[EventView]
    #: What the series looks like; without a picture where the mail has as many as it can carry.
    chart: ChartView | None = field(default=None)
    picture: AnyPicture | None = field(default=None)

    @property
    def has_figures(self) -> bool:
        """Whether the table of areas has a figure; else the areas are only named."""
        return not self.groups or any(not group.names for group in self.groups)

    @property
    def kind_alone(self) -> str | None:
        """What happened, where that is not that it is new: of a card in brief."""
        return None if self.lead.kind is EventKind.OPENED else marks.kind_words(self.lead)

    @property
    def in_brief(self) -> str:
        """What happened, figure and line in one phrase, what it was before and for how long; else its headline."""
        compared, since = self.lead.compared, self.lead.since
        if compared is None or compared.against is None:
            said = [sentence(self.lead.headline)]
        else:
            said = [sentence(compared.against), compared.before or ""]
        kind = sentence(self.kind_alone) if self.kind_alone else ""
        return " ".join(filter(None, [kind, *said, sentence(since) if since else ""]))

    @property
    def foot(self) -> str:
        """Where it is, what ends it, who else is told, and where its rules are written."""
        ends = self.lead.clears if self.lead.meaning is not Meaning.IMPROVEMENT else None
        readers = [f"{label}: {words}" for label, words in self.readers]
        said = [sentence(words) for words in (self.place, ends, *readers) if words]
        return " ".join([*said, ", ".join(event.rule.where for event in self.rules)])


def worst_first(events: Sequence[EventView]) -> list[EventView]:
    """Order events as readers meet them; those of one measure and period stand together, the topmost area first."""
    return [event for several in together(events) for event in several]


def together(events: Sequence[EventView]) -> list[list[EventView]]:
    """Return the events of each card, in the order of cards; in each the topmost area leads, the others follow by weight."""
    cards: dict[tuple[str, str, int], list[EventView]] = {}
    for event in sorted(events, key=event_weight):
        cards.setdefault((event.figure_id[0], event.period, end_rank(event)), []).append(event)
    found = []
    for several in cards.values():
        topmost = min(event.area_place for event in several)
        lead = [event for event in several if event.area_place == topmost]
        found.append([*lead, *(event for event in several if event.area_place != topmost)])
    return found


def event_weight(event: EventView) -> tuple[int, Weight]:
    """What stands comes before what is over; that is told by what it was."""
    rank = end_rank(event)
    meaning, news = event.ended if rank else event.meaning, _NEWS.get(event.kind, Urgency.STANDS)
    return rank, weight(meaning, event.severity, news, event.distance, event.rule_place)


def end_rank(event: EventView) -> int:
    """0 while an exception stands; else its place among the ends."""
    return _ORDER_OF_ENDS[event.kind] if event.is_over else 0


def card_of(
    events: Sequence[EventView], number_: int | None, *, full: bool, common: "Common", chart: ChartView | None = None
) -> Card:
    """Arrange one measure and period.

    Args:
        events: as `together` has them.
        number_: the card's place among others.
        common: what the head of the mail says of all cards.
    """
    lead = events[0]
    of_lead = [event for event in events if event.area == lead.area]
    rows, more = area_rows(events, full=full)
    lines = {row.line for row in rows}
    line = next(iter(lines)) if len(lines) == 1 else None
    first = marks.mark(lead)
    shown = {marks.mark(event).style: marks.mark(event) for event in of_lead}
    for meaning in () if lead.is_over else lead.by_all_rules:
        shown.setdefault(marks.verdict_mark(meaning).style, marks.verdict_mark(meaning))
    others = [one for style, one in shown.items() if style != first.style]
    kind = ", ".join(filter(None, (first.besides, marks.kind_words(lead)))) or None
    also = [
        (marks.mark(event), event.compared.against)
        for event in of_lead[1:]
        if event.compared and event.compared.against
    ]
    return Card(
        lead=lead,
        events=events,
        number=number_,
        full=full,
        marks=[first, *others],
        kind=kind,
        place=None if common.covers(events) else _place(events),
        also=also,
        rows=rows,
        groups=row_groups(rows),
        more=more,
        line=line,
        readers=[] if common.readers else _readers(events),
        rules=list({(event.rule.title, event.rule.where): event for event in events}.values()),
        chart=chart,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """What most cards have in common, and is said once, in the head of a mail with several."""

    place: str | None = None
    #: (label, words): for whom all is told, and to whom else; empty where that differs from card to card.
    readers: Sequence[tuple[str, str]] = ()

    def covers(self, events: Sequence[EventView]) -> bool:
        """Whether the head says where and when this is."""
        return self.place is not None and _place(events) == self.place

    @classmethod
    def of(cls, cards: Sequence[Sequence[EventView]]) -> "Common":
        """Return what cards have in common: the place of most, and the readers of all."""
        places = Counter(_place(card) for card in cards)
        place, count = places.most_common(1)[0]
        readers = [_readers(card) for card in cards]
        return cls(
            place=place if count * 2 > len(cards) > 1 else None,
            readers=readers[0] if len(cards) > 1 and all(one == readers[0] for one in readers) else (),
        )


def _place(events: Sequence[EventView]) -> str:
    lead, worst = events[0], {event.area: event.meaning for event in sorted(events, key=event_weight, reverse=True)}
    others = [meaning for area, meaning in worst.items() if area != lead.area]
    areas = f"{lead.area} and {marks.more_areas(len(others), lead.meaning, others)}" if others else lead.area
    return f"{areas} · {lead.period}" if lead.period else areas


def _readers(events: Sequence[EventView]) -> list[tuple[str, str]]:
    """Say for whom the reader is told, and who else is."""
    behalf = dict.fromkeys(name for event in events for name in event.on_behalf_of)
    also = dict.fromkeys(name for event in events for name in event.also_told)
    found = []
    if behalf and all(event.kind is EventKind.ESCALATED for event in events):
        also = dict.fromkeys(name for name in also if name not in behalf)
        found.append(("Passed on", f"from {listed(list(behalf))}"))
    elif behalf:
        found.append(("Told for", listed(list(behalf))))
    return [*found, ("Also told", listed(list(also)))] if also else found
