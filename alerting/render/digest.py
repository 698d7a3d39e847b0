"""Digests: two screens that say how things stand, then every exception once; what ended, what is not known, what comes."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from math import inf

from alerting.domain.notify.notice import AnyPicture, Message
from alerting.render.digest_cards import STILL, DigestCard, Table, cards_of, standing_words, tables_of
from alerting.render.digest_depth import DEPTHS, WHOLE, Depth, Some, some
from alerting.render.digest_head import Segment, bar_of, head_of, subject_of, summary_of
from alerting.render.environment import HTML_BUDGET_BYTES, mail_of, text_of
from alerting.render.judged_words import absent_topics, checked_sentence
from alerting.render.verdict_marks import STANDING_TITLES, VerdictMark, mark
from alerting.reports.digest_views import (
    ComingNote,
    DataTrouble,
    DigestEntry,
    DigestView,
    ExpectedFigure,
    HoldNote,
    SilencedNote,
    Standing,
    UnknownGroup,
)
from alerting.wording.plain import capitalised, listed, number, sentence

#: What a mail may weigh as it is sent, its pictures in base64.
_MAIL_BUDGET_BYTES = 195_000
_AS_BASE64 = 1.37
#: Lines to read first, of what goes well, of what is not known and of days to come, on the first two screens.
_LEGEND = "Changes are on last year, unless named."
_MOST_FIRST, _MOST_WELL, _MOST_UNKNOWN, _MOST_COMING = 5, 5, 3, 3


@dataclass(frozen=True, slots=True)
class EndLine:
    """Something in a line that is no exception of today: what ended, or cannot be judged now."""

    mark: VerdictMark
    words: str
    #: What people said of it, who answers for it, where more is to be read.
    comments: Sequence[str] = ()
    owner: str | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Entries of which the same became."""

    title: str
    lines: Some[EndLine]


@dataclass(frozen=True, slots=True)
class OfPeriod:
    """Figures of one period in a row."""

    period: str
    words: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A group of figures that are not known: "40 have no figure for Q3 2018/19", with their measures' names."""

    words: str
    names: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestLayout:
    """A digest as templates lay it out."""

    head: str
    bar: Sequence[Segment]
    #: The same in words, however long.
    counts: Sequence[Segment]
    summary: str
    first: Sequence[DigestCard]
    well: Sequence[OfPeriod]
    more_well: str | None
    unknown_title: str
    unknown: str | None
    next_days: Sequence[ComingNote]
    tables: Sequence[Table]
    left_out: str | None
    legend: str | None
    bear_in_mind: Some[str]
    #: What is wanted of what stands first, as rule files say.
    good: Sequence[str]
    expected: Sequence[OfPeriod]
    more_expected: str | None
    expected_title: str
    absent: str | None
    sections: Sequence[Section]
    unknown_groups: Sequence[Unknown]
    troubles: Some[DataTrouble]
    holds: Some[HoldNote]
    silenced: Some[SilencedNote]
    inhibited: str | None
    coming: Some[ComingNote]
    checked: str
    pictures: tuple[AnyPicture, ...]


def render_digest(view: DigestView, *, whole: bool = False) -> Message:
    """Render a digest for one owner, or for the force with everybody's things; a quiet one says that it is.

    Args:
        whole: for a page, which may be as long as it is; a mail is cut where programs would stop showing it.
    """
    cards = cards_of(view.topics)
    *earlier, last = (WHOLE,) if whole else DEPTHS
    for depth in earlier:
        message = _message(view, depth, cards)
        if _fits(message):
            return message
    return _message(view, last, cards)


def _message(view: DigestView, depth: Depth, cards: Sequence[DigestCard]) -> Message:
    layout, subject = _laid_out(view, depth, cards), subject_of(view)
    html = mail_of("digest.html.j2", view=view, layout=layout, title=subject)
    text = text_of("digest.txt.j2", view=view, layout=layout)
    return Message(subject=subject, text=text, html=html, headers=view.headers, pictures=layout.pictures)


def _fits(message: Message) -> bool:
    html, text = len(message.html.encode()), len(message.text.encode())
    pictures = _AS_BASE64 * sum(picture.most_bytes for picture in message.pictures)
    return html <= HTML_BUDGET_BYTES and html + text + pictures <= _MAIL_BUDGET_BYTES


def _laid_out(view: DigestView, depth: Depth, cards: Sequence[DigestCard]) -> DigestLayout:
    shown = [_pictured(card) if n < depth.pictures else card for n, card in enumerate(cards[: depth.cards])]
    first = [card for card in cards if not card.is_improvement]
    well = [card for card in cards if card.goes_well]
    groups, coming, expected = view.unknown, view.coming, _expected(view)
    return DigestLayout(
        head=head_of(view),
        bar=bar_of(view.counts),
        counts=bar_of(view.counts, room=inf),
        summary=summary_of(view),
        first=first[:_MOST_FIRST],
        well=_by_period((card.brief, card.lead.figure.period) for card in well[:_MOST_WELL]),
        more_well=some(well, _MOST_WELL, "measure").more,
        unknown_title=f"Not known ({number(view.counts.not_known)})",
        unknown=_unknown_head(groups),
        next_days=coming[:_MOST_COMING],
        tables=tables_of(shown),
        left_out=_left_out(cards[depth.cards :]),
        legend=_LEGEND if any(card.lead.figure.is_on_last_year for card in shown) else None,
        bear_in_mind=some(_notes(view), depth.mind),
        good=_good(shown)[: depth.good],
        expected=_by_period((one.words, one.period) for one in expected[: depth.expected]),
        more_expected=_more_expected(view, min(len(expected), depth.expected)),
        expected_title=f"As expected ({number(view.counts.expected)})",
        absent=_absent(view),
        sections=list(_sections(view, depth)),
        unknown_groups=[_group(group, depth) for group in groups],
        troubles=some(view.troubles, depth.notes),
        holds=some(view.holds, depth.notes),
        silenced=some(view.silenced, depth.notes),
        inhibited=_inhibited(cards),
        coming=some(coming if len(coming) > _MOST_COMING else (), depth.notes),
        checked=checked_sentence(view.checked, why=False),
        pictures=tuple({card.picture.id: card.picture for card in shown if card.picture is not None}.values()),
    )


def _pictured(card: DigestCard) -> DigestCard:
    chart = card.lead.entries[0].chart()
    return card if chart is None else replace(card, picture=chart.draw())


def _left_out(cards: Sequence[DigestCard]) -> str | None:
    """Say how many exceptions of which topic are left out."""
    if not cards:
        return None
    topics: dict[str, int] = {}
    for card in cards:
        topics[card.topic] = topics.get(card.topic, 0) + 1 + len(card.others)
    names = ", ".join(f"{topic} {number(count)}" for topic, count in topics.items())
    left = number(sum(topics.values()))
    return f"Shortened to keep this mail readable: {left} of lesser weight are left out ({names})."


def _absent(view: DigestView) -> str | None:
    """Name the topics of which not all is said, and why."""
    unwritten = [line.topic for line in view.lines if line.unwritten]
    failed = f"The program could not say in words what is as expected in {listed(unwritten)}." if unwritten else None
    return " ".join(one for one in (absent_topics(view.not_included, view.without_figures), failed) if one) or None


def _notes(view: DigestView) -> list[str]:
    """Return what the rules say of figures of the time, each once, what is said of the most figures first."""
    entries = (entry for topic in view.topics for entry in topic.entries if entry.standing in STILL)
    counts = Counter(sentence(note) for entry in entries for note in entry.notes)
    return [note for note, _ in counts.most_common()]


def _good(cards: Sequence[DigestCard]) -> list[str]:
    """Return what good looks like, of each measure that stands, those in the order of cards; what is wanted of several once."""
    wanted: dict[str, list[str]] = {}
    for card in cards:
        if (good := card.lead.entries[0].good_looks_like) is not None:
            wanted.setdefault(good, []).append(capitalised(card.lead.figure.measure))
    return [f"{', '.join(dict.fromkeys(names))}: {sentence(good)}" for good, names in wanted.items()]


def _expected(view: DigestView) -> list[ExpectedFigure]:
    """Return the figures that are as expected: the first of each topic, then the second of each."""
    rounds = zip_longest(*(line.expected for line in view.lines))
    return [figure for those in rounds for figure in those if figure is not None]


def _more_expected(view: DigestView, named: int) -> str | None:
    left = view.counts.expected - named
    return (
        sentence(f"and {number(left)} more {'is' if left == 1 else 'are'} as expected") if left > 0 and named else None
    )


def _by_period(figures: Iterable[tuple[str, str]]) -> list[OfPeriod]:
    """Put figures (in words, and their period) in a row for each period."""
    periods: dict[str, list[str]] = {}
    for words, period in figures:
        periods.setdefault(period, []).append(words)
    return [OfPeriod(period, sentence("; ".join(those))) for period, those in periods.items()]


def _unknown_head(groups: Sequence[UnknownGroup]) -> str | None:
    """Write the largest groups in a sentence, and how many figures the others are."""
    if not groups:
        return None
    named = [f"{number(group.count)} {group.words}" for group in groups[:_MOST_UNKNOWN]]
    left = sum(group.count for group in groups[_MOST_UNKNOWN:])
    return sentence(listed([*named, *([f"{number(left)} for other reasons"] if left else [])]))


def _group(group: UnknownGroup, depth: Depth) -> Unknown:
    names = some(group.names, depth.names, "measure")
    return Unknown(
        f"{number(group.count)} {group.words}",
        sentence("; ".join([*names.items, *([names.more] if names.more else [])])),
    )


def _inhibited(cards: Sequence[DigestCard]) -> str | None:
    """Name the areas whose exceptions are not told singly while another speaks for them."""
    names = [
        f"{one.figure.measure} in {one.figure.area}"
        for card in cards
        for one in (card.lead, *card.others)
        if any(entry.is_inhibited for entry in one.entries)
    ]
    return sentence(listed(names)) if names else None


def _sections(view: DigestView, depth: Depth) -> Iterator[Section]:
    """Yield what stands and cannot be judged now, what has not come, and what ended."""
    entries = [entry for topic in view.topics for entry in topic.entries]
    standing = [entry for entry in entries if entry.standing in STILL and not entry.is_over]
    for title, those in (
        ("Open, as last known", [one for one in standing if not one.is_known and not one.not_come]),
        ("Not come", [one for one in standing if one.not_come]),
        ("Over", [one for one in entries if one.standing is Standing.RESOLVED]),
        ("Corrected", [one for one in entries if one.standing is Standing.CORRECTED and one.is_over]),
        (STANDING_TITLES[Standing.WITHDRAWN], [one for one in entries if one.standing is Standing.WITHDRAWN]),
    ):
        if those:
            lines = [_line(one) for one in sorted(those, key=lambda one: one.weight)]
            yield Section(f"{title} ({number(len(lines))})", some(lines, depth.notes))


def _line(entry: DigestEntry) -> EndLine:
    figure = entry.figure
    if not entry.is_over:
        words = sentence(entry.headline if figure is None else standing_words(figure))
        also = sentence(entry.since) if entry.since else ""
    else:
        words, ending = sentence(entry.headline), entry.ending
        also = sentence(entry.text) if entry.text and ending is None else ""
        if ending is not None:
            lasted = f", for {ending.lasted}" if ending.lasted else ""
            also = f"It was {ending.old_value}{lasted}."
    return EndLine(
        mark(entry), f"{words} {also}".strip(), entry.comments, entry.owners[0] if entry.owners else None, entry.link
    )
