"""Notices: what happened to some exceptions, told to one owner."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from alerting.domain.alert import EventKind
from alerting.domain.finding import Meaning
from alerting.domain.notify.notice import AnyPicture, Message
from alerting.domain.severity import Severity
from alerting.render.answering import answering_of
from alerting.render.cards import Card, Common, card_of, end_rank, event_weight, together, worst_first
from alerting.render.environment import first_that_fits, mail_of, text_of
from alerting.reports.views import EventView, NoticeView
from alerting.wording.plain import counted, listed, number, one_line, sentence, with_minus

#: Characters of a subject, less a marking and how many more there are: as much as a phone shows.
SUBJECT_LENGTH = 60
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
#: So many numbers in a row are written one by one.
_FEW_IN_A_ROW = 2
#: What stands between the parts of a source's remark.
_PART = "; "
_TURNED, _OVER, _SHADOW = "Turned: ", "Over: ", "Shadow: "
#: What figures are counted as, in the order of weight: singular, plural, and the title of their section.
_COUNTED = {
    "concern": ("concern", "concerns", "Concerns"),
    "not come": ("figure not come", "figures not come", "Not come"),
    "not known": ("not known", "not known", "Not known"),
    "change": ("change", "changes", "Changes"),
    "improvement": ("improvement", "improvements", "Improvements"),
    "corrected": ("corrected", "corrected", "Corrected"),
    "over": ("exception over", "exceptions over", "Over"),
    "withdrawn": ("figure no longer watched", "figures no longer watched", "No longer watched"),
}
_HAPPENED = {
    EventKind.OPENED: "new",
    EventKind.WORSENED: "worse",
    EventKind.ESCALATED: "passed on to you",
    EventKind.REMINDED: "still open",
    EventKind.CORRECTED: "corrected",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Depth:
    """How many cards are shown in full, then in brief, and how many figures stand in a list where that is not all."""

    full: int
    brief: int
    listed: int


#: Cards that a notice shows with all that belongs to them; where there are many more, none.
MOST_IN_FULL = 3
#: (cards, of which so many are shown in full): a mail of many is read on a telephone, too.
_IN_FULL = ((3, 3), (6, 2), (8, 1))
#: Tried in turn until the mail is small enough to be shown whole.
_DEPTHS = (
    _Depth(full=MOST_IN_FULL, brief=57, listed=150),
    _Depth(full=MOST_IN_FULL, brief=37, listed=150),
    _Depth(full=1, brief=15, listed=150),
    _Depth(full=1, brief=9, listed=80),
    _Depth(full=1, brief=0, listed=30),
)
_SUMMARY_DEPTHS = (_Depth(full=3, brief=0, listed=150), _Depth(full=1, brief=0, listed=80))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Section:
    """The cards of one verdict."""

    #: None where there is only one card.
    title: str | None
    cards: Sequence[Card]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Remark:
    """What is said once for all cards that it is about."""

    #: Their numbers: "1, 3 and 4"; None where it is about all.
    items: str | None
    text: str

    def __str__(self) -> str:
        """Write it, with the numbers of what it is about."""
        return f"{f'({self.items}) ' if self.items else ''}{sentence(self.text)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """Everything a notice's templates arrange."""

    #: How many of what, as a heading; None for one card, whose measure is the heading.
    heading: str | None
    #: What happened to them, and where and when: "All new, worst first. West Mercia, Q2 2020/21 unless said."
    opening: str
    #: Who is told, and who else, where that is so of all.
    to_you: str
    sections: Sequence[_Section]
    #: The list at the top of what has no card, and how many it leaves out, by rule; empty where all have one.
    missing: Sequence[EventView]
    unlisted: Sequence[str]
    shortening: str | None
    #: Notes of rule files, and what sources say beside their figures.
    notes: Sequence[_Remark]
    remarks: Sequence[_Remark]
    #: What is written in rule files to take over averages that should be set anew.
    accepting: Sequence[_Remark] = ()
    #: What is no longer watched, where there is much to read: some words each, after all cards.
    unwatched: Sequence[EventView] = ()

    @property
    def items(self) -> tuple[tuple[str, ...], ...]:
        """The ids of the alerts under each number, the first one's first; empty where nothing is numbered."""
        cards = sorted(
            (card for section in self.sections for card in section.cards if card.number is not None),
            key=lambda card: card.number or 0,
        )
        return tuple(tuple(dict.fromkeys(event.alert for event in card.events)) for card in cards)

    @property
    def pictures(self) -> tuple[AnyPicture, ...]:
        """The pictures that the cards show, each once."""
        shown = (card.picture for section in self.sections for card in section.cards)
        return tuple({picture.id: picture for picture in shown if picture is not None}.values())


def render_notice(view: NoticeView) -> Message:
    """Render a notice: worst first, in full for the first cards and in brief for the rest where there are many."""
    events = worst_first(view.events)
    subject = _subject(view, events)
    # Where very many opened at once, all of them are listed before any is shown at length.
    layouts = (_laid_out(view.owner, events, depth) for depth in (_DEPTHS if view.summary is None else _SUMMARY_DEPTHS))
    laid_out = ((layout, answering_of(view, events, subject, numbered=bool(layout.items))) for layout in layouts)
    (layout, answering), html = first_that_fits(
        ((one, how), mail_of("notice.html.j2", view=view, layout=one, title=subject, answering=how))
        for one, how in laid_out
    )
    text = text_of("notice.txt.j2", view=view, layout=layout, answering=answering)
    return Message(
        subject=subject, text=text, html=html, headers=view.headers, pictures=layout.pictures, items=layout.items
    )


def subject_of(view: NoticeView) -> str:
    """Return a notice's subject alone: it needs no view to be in full."""
    return _subject(view, worst_first(view.events))


def told_in_full(events: Sequence[EventView]) -> Iterator[EventView]:
    """Yield the events that lead the cards which may be shown in full."""
    for several in together(events)[:MOST_IN_FULL]:
        yield several[0]


def _subject(view: NoticeView, events: Sequence[EventView]) -> str:
    """Name the worst event and count the other figures: what a reader sees of it on a phone comes first."""
    marking = f"[{one_line(view.marking)}] " if view.marking else ""
    leading = events[0]
    start = _event_words(leading)
    figures = {event.figure_id for event in events}
    more = f" and {number(len(figures) - 1)} more" if len(figures) > 1 else ""
    brief = leading.brief if end_rank(leading) == 0 else replace(leading.brief, mark="")  # what is over has none
    return f"{marking}{start}{with_minus(one_line(brief.within(SUBJECT_LENGTH - len(start))))}{more}"


def _event_words(event: EventView) -> str:
    if event.shadow:
        return _SHADOW
    if event.turned:
        return _TURNED
    if event.kind is EventKind.RESOLVED and event.ended not in (None, Meaning.CONCERN):
        return _OVER
    return _PREFIXES[event.kind]


def _laid_out(owner: str, events: Sequence[EventView], depth: _Depth) -> _Layout:
    cards = together(events)
    many = len(cards) > MOST_IN_FULL
    watched = [card for card in cards if _is_watched(card[0]) or not many]
    unwatched = [event for card in cards[len(watched) :] for event in card]  # they come last of all
    shown = watched[: depth.full + depth.brief]
    room = depth.full + depth.brief - len(shown)
    missing = [event for card in watched[len(shown) :] for event in card] + unwatched[room:]
    common = Common.of(watched or cards)
    made = _cards(shown, _in_full(len(watched), depth), common)
    in_list, unlisted = missing[: depth.listed], missing[depth.listed :]
    by_rule = Counter(event.rule.title for event in unlisted).most_common()
    return _Layout(
        heading=_heading(events) if len(cards) > 1 else None,
        opening=" ".join(filter(None, (_happened(events), f"{common.place} unless said." if common.place else ""))),
        to_you=_to_you(owner, common.readers if len(cards) > 1 else made[0].readers),
        sections=_sections(made) if len(cards) > 1 else [_Section(title=None, cards=made)],
        missing=in_list,
        unlisted=[f"{title}: {number(count)}" for title, count in by_rule[: depth.listed]],
        shortening=_shortening(made, len(unwatched[:room]), len(in_list), len(unlisted)) if missing else None,
        notes=_once(made, lambda event: event.notes),
        remarks=_in_common(_once(made, lambda event: () if event.remark is None else event.remark.split(_PART))),
        accepting=_once(made, lambda event: () if event.accepting is None else (event.accepting,)),
        unwatched=unwatched[:room],
    )


def _to_you(owner: str, readers: Sequence[tuple[str, str]]) -> str:
    return " ".join([sentence(f"To you, {owner}"), *(sentence(f"{label}: {words}") for label, words in readers)])


def _in_full(cards: int, depth: _Depth) -> int:
    """Return how many of so many cards are shown in full."""
    return min(depth.full, next((full for most, full in _IN_FULL if cards <= most), 0))


def _cards(shown: Sequence[Sequence[EventView]], full: int, common: Common) -> list[Card]:
    """Make cards; those told in full with their charts, and pictures from the worst on as long as the mail stays small."""
    found, left = [], PICTURES_BUDGET_BYTES
    for n, events in enumerate(shown):
        chart = events[0].chart() if n < full else None
        picture = chart.draw() if chart is not None and left > 0 else None
        left -= picture.most_bytes if picture is not None else 0
        if left < 0:  # nothing after it is drawn either: a mail with pictures here and there looks broken
            picture = None
        card = card_of(events, n + 1 if len(shown) > 1 else None, full=n < full, common=common, chart=chart)
        found.append(replace(card, picture=picture))
    return found


def _counted_as(event: EventView) -> str:
    """Return what a figure counts as, by a key of `_COUNTED`."""
    if event.is_over:
        return {EventKind.CORRECTED: "corrected", EventKind.WITHDRAWN: "withdrawn"}.get(event.kind, "over")
    if event.meaning is not None:
        return event.meaning.value
    return "not come" if event.not_come else "not known"


def _figures(events: Sequence[EventView]) -> list[EventView]:
    """Return one event for each figure, the one that finds it worst."""
    worst: dict[tuple[str, str], EventView] = {}
    for event in sorted(events, key=event_weight):
        worst.setdefault(event.figure_id, event)
    return list(worst.values())


def _heading(events: Sequence[EventView]) -> str:
    """Count figures by what they are: "8 concerns (1 critical), 5 changes, 2 improvements"."""
    figures = _figures(events)
    kinds = Counter(_counted_as(event) for event in figures)
    parts = []
    for kind, (singular, plural, _) in _COUNTED.items():
        if not kinds[kind]:
            continue
        those = [event for event in figures if _counted_as(event) == kind]
        critical = sum(event.severity is Severity.CRITICAL and not event.is_over for event in those)
        parts.append(counted(kinds[kind], singular, plural) + (f" ({number(critical)} critical)" if critical else ""))
    return ", ".join(parts)


def _happened(events: Sequence[EventView]) -> str | None:
    """Say what is new and what is not: "All new.", "2 new, 1 worse."; nothing where all is over."""
    figures = _figures(events)
    kinds = Counter(_HAPPENED[event.kind] for event in figures if not event.is_over)
    if len(kinds) == 1 and kinds.total() == len(figures):
        return f"All {next(iter(kinds))}."
    return (
        ", ".join(f"{number(kinds[word])} {word}" for word in _HAPPENED.values() if kinds[word]) + "."
        if kinds
        else None
    )


def _sections(cards: Sequence[Card]) -> list[_Section]:
    """Put cards under their verdicts, in the order in which the worst of each come; a card goes by its worst figure."""
    found: dict[str, list[Card]] = {}
    for card in cards:
        found.setdefault(_counted_as(min(card.events, key=event_weight)), []).append(card)
    return [_Section(title=_COUNTED[kind][2], cards=those) for kind, those in found.items()]


def _once(cards: Sequence[Card], said: Callable[[EventView], Sequence[str]]) -> list[_Remark]:
    """Return what is said of cards, each once, with the numbers of those that it is about."""
    about: dict[str, dict[int, None]] = {}
    for n, card in enumerate(cards, start=1):
        for text in (text for event in card.events for text in said(event)):
            about.setdefault(text, {})[n] = None
    return [
        _Remark(items=None if len(those) == len(cards) else listed(list(_spans(sorted(those)))), text=text)
        for text, those in about.items()
    ]


def _in_common(remarks: Sequence[_Remark]) -> list[_Remark]:
    """Join again what several remarks do not share: a report's name is said once, what it says of a figure by its number."""
    return [
        replace(first, text=_PART.join(one.text for one in (first, *rest)))
        for first, *rest in (list(several) for _, several in groupby(remarks, key=lambda one: one.items))
    ]


def _spans(numbers: Sequence[int]) -> Iterator[str]:
    """Yield ascending numbers, three and more in a row as one: 1, 3 to 5."""
    rows = groupby(enumerate(numbers), lambda pair: pair[1] - pair[0])
    for row in ([n for _, n in pairs] for _, pairs in rows):
        yield from [f"{row[0]} to {row[-1]}"] if len(row) > _FEW_IN_A_ROW else map(number, row)


def _is_watched(event: EventView) -> bool:
    """Whether somebody may have to act on it."""
    return event.kind is not EventKind.WITHDRAWN


def _shortening(cards: Sequence[Card], in_words: int, in_list: int, unlisted: int) -> str:
    """Say plainly what is not told in full."""
    full = sum(len(card.events) for card in cards if card.full)
    parts = [f"the worst {number(full)} in full" if full > 1 else "the worst in full"] if full else []
    if brief := sum(len(card.events) for card in cards if not card.full) + in_words:
        parts.append(f"{number(brief)} in brief")
    if in_list:
        parts.append(f"{number(in_list)} in the list alone")
    if unlisted:
        parts.append(f"{number(unlisted)} as a count by rule")
    return f"Details are shortened to keep this mail readable: {listed(parts)}."
