"""Digests: all since the last one, what stands, what could not be judged, and what was checked."""

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Generic, TypeVar

from alerting.domain.notify.notice import AnyPicture, Message
from alerting.render.digest_head import failed_sources, head_of, subject_of, watched_words
from alerting.render.environment import HTML_BUDGET_BYTES, mail_of, text_of
from alerting.render.marks import STANDING_TITLES
from alerting.reports.digest_views import (
    Checked,
    ComingNote,
    DataTrouble,
    DigestEntry,
    DigestTopic,
    DigestView,
    HoldNote,
    NotJudged,
    SilencedNote,
    Standing,
    ThemeTally,
    TopicLine,
)
from alerting.reports.views import (
    ChartView,
)
from alerting.wording.plain import counted, listed, number

Note = TypeVar("Note")
#: An entry with its chart, and the picture where it could be drawn.
_Charted = tuple[DigestEntry, ChartView, AnyPicture | None]

_STILL = (Standing.OPENED, Standing.WORSENED, Standing.ONGOING, Standing.PENDING)
#: What stands before the summary by topic.
_NEWS = (Standing.OPENED, Standing.WORSENED)
#: Told with the finding's sentences while the mail is short; what goes on is known from earlier mails.
_TOLD_IN_FULL = (Standing.OPENED, Standing.WORSENED, Standing.CORRECTED, Standing.RESOLVED, Standing.WITHDRAWN)
#: Entries with a chart, on a page and in a mail.
_MOST_CHARTS_OF_A_PAGE = 6
_MOST_CHARTS = 3
#: Of so many entries, for each chart wanted, one has enough figures for a chart.
_ASKED_FOR_A_CHART = 4
#: What a mail may weigh as it is sent, its pictures in base64.
_MAIL_BUDGET_BYTES = 195_000
_AS_BASE64 = 1.37


@dataclass(frozen=True, slots=True, kw_only=True)
class _Depth:
    """How much of everything is told.

    Entries with sentences, entries at all, lines for each reason of what was not judged, figures of each topic, notes of each kind,
    topics.
    """

    full: int
    listed: int
    lines: int
    figures: int = 9
    notes: int = 30
    topics: int = 100


#: Tried in turn until the mail is small enough to be shown whole.
_DEPTHS = (
    _Depth(full=10, listed=150, lines=40),
    _Depth(full=6, listed=80, lines=15),
    _Depth(full=4, listed=40, lines=5, figures=2, notes=10),
    _Depth(full=2, listed=20, lines=2, figures=1, notes=5, topics=20),
)
_MOST = sys.maxsize
_WHOLE = _Depth(full=20, listed=_MOST, lines=_MOST, figures=_MOST, notes=_MOST, topics=_MOST)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotJudgedGroup:
    """What was not judged for one reason: a line per measure and period; `more` says how much is left out."""

    reason: str
    lines: Sequence[str]
    more: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """An entry with its topic; without sentences where it is not `full`."""

    entry: DigestEntry
    topic: str
    full: bool
    chart: ChartView | None = None
    picture: AnyPicture | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Section:
    """Entries of which the same became, worst first: told with sentences, then listed by their headlines."""

    title: str
    told: list[_Line]
    listed: list[_Line]


@dataclass(frozen=True, slots=True, kw_only=True)
class _ThemeRows:
    """A theme's rows of the summary; its tally where its series are counted."""

    theme: str
    tally: ThemeTally | None
    rows: Sequence[TopicLine]


@dataclass(frozen=True, slots=True)
class _Some(Generic[Note]):
    """The first of some notes; `more` says how many are left out."""

    items: Sequence[Note]
    more: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    head: str
    summary: str
    checked: str
    #: What became of them, and entries: what is new or worse; and what goes on or has ended.
    news: Sequence[_Section]
    rest: Sequence[_Section]
    themes: Sequence[_ThemeRows]
    absent: str | None
    left_out: str | None
    not_judged: Sequence[NotJudgedGroup]
    troubles: _Some[DataTrouble]
    holds: _Some[HoldNote]
    silenced: _Some[SilencedNote]
    coming: _Some[ComingNote]
    pictures: tuple[AnyPicture, ...]


def render_digest(view: DigestView, *, whole: bool = False) -> Message:
    """Render a digest for one owner, or for the force with everybody's things; a quiet one says that it is.

    Args:
        whole: for a page, which may be as long as it is; a mail is cut where programs would stop showing it.
    """
    subject = subject_of(view)
    charts = _charts(view, _MOST_CHARTS_OF_A_PAGE if whole else _MOST_CHARTS)
    *earlier, last = (_WHOLE,) if whole else _DEPTHS
    for depth in earlier:
        message = _message(view, depth, charts, subject)
        if _fits(message):
            return message
    return _message(view, last, charts, subject)


def _message(view: DigestView, depth: _Depth, charts: Sequence[_Charted], subject: str) -> Message:
    layout = _laid_out(view, depth, charts)
    html = mail_of("digest.html.j2", view=view, layout=layout, title=subject)
    text = text_of("digest.txt.j2", view=view, layout=layout)
    return Message(subject=subject, text=text, html=html, headers=view.headers, pictures=layout.pictures)


def _fits(message: Message) -> bool:
    html, text = len(message.html.encode()), len(message.text.encode())
    pictures = _AS_BASE64 * sum(picture.most_bytes for picture in message.pictures)
    return html <= HTML_BUDGET_BYTES and html + text + pictures <= _MAIL_BUDGET_BYTES


def _laid_out(view: DigestView, depth: _Depth, charts: Sequence[_Charted]) -> _Layout:
    topics, left_out = _cut(view.topics, depth.listed)
    sections = _by_standing(topics, depth.full, charts)
    lines = [line for section in sections.values() for line in section.told]
    shown = {line.picture.id: line.picture for line in lines if line.picture is not None}
    return _Layout(
        head=head_of(view),
        summary=_summary(view),
        checked=checked_sentence(view.checked),
        news=[section for standing, section in sections.items() if standing in _NEWS],
        rest=[section for standing, section in sections.items() if standing not in _NEWS],
        themes=_by_theme(view, depth),
        absent=_absent(view, depth.topics),
        left_out=left_out,
        not_judged=not_judged_groups(view.not_judged, depth.lines),
        troubles=_some(view.troubles, depth.notes),
        holds=_some(view.holds, depth.notes),
        silenced=_some(view.silenced, depth.notes),
        coming=_some(view.coming, depth.notes),
        pictures=tuple(shown.values()),
    )


def _charts(view: DigestView, most: int) -> list[_Charted]:
    """Ask for the charts of the worst few that stand, new ones first, and draw them."""
    standing = [entry for topic in view.topics for entry in topic.entries if entry.standing in _STILL]
    ranked = sorted(standing, key=lambda entry: entry.weight)
    charts = ((entry, entry.chart()) for entry in ranked[: most * _ASKED_FOR_A_CHART])
    found = ((entry, chart, chart.draw()) for entry, chart in charts if chart is not None)
    return list(islice(found, most))


def _some(notes: Sequence[Note], most: int) -> _Some[Note]:
    left = len(notes) - most
    return _Some(notes[:most], f"and {number(left)} more" if left > 0 else None)


def _summary(view: DigestView) -> str:
    """Say what is counted, and that there may be more where figures could not be read."""
    failed = failed_sources(view)
    but = f" But {counted(failed, 'source')} could not be read, so there may be more." if failed else ""
    new, exceptional = view.counts.new, view.counts.exceptional
    age = "" if not new else " All exceptions are new." if new == exceptional else f" {number(new)} are new."
    return f"{watched_words(view.counts)}.{age}{but}"


def checked_sentence(checked: Checked) -> str:
    """Write what was checked: "1,204 of 1,210 figures judged, of periods to 30 September 2020; 4 held, 2 late"."""
    until = f", of periods to {checked.until}" if checked.until else ""
    head = f"{number(checked.judged)} of {number(checked.series)} figures judged{until}"
    reasons = ", ".join(f"{number(count)} {word}" for word, count in checked.reasons if count)
    unread = (
        f"{counted(checked.unread_measures, 'measure')} not judged at all, because "
        f"{counted(checked.unread_sources, 'source')} could not be read"
        if checked.unread_measures
        else ""
    )
    return "; ".join(part for part in (head, reasons, unread) if part)


def worst_themes_first(themes: Sequence[ThemeTally]) -> list[ThemeTally]:
    """Order themes by their exceptions, then by how many are critical, then as given."""
    return sorted(themes, key=lambda theme: (-theme.exceptions, -theme.critical))


def _by_theme(view: DigestView, depth: _Depth) -> list[_ThemeRows]:
    """Put topics under their themes, the worst theme first; a theme without a tally comes last."""
    rows: dict[str, list[TopicLine]] = {}
    exceptional_first = sorted(view.lines, key=lambda line: not line.exceptional)
    kept = {id(line) for line in exceptional_first[: depth.topics]}
    for line in (line for line in view.lines if id(line) in kept):
        rows.setdefault(line.theme, []).append(replace(line, figures=line.figures[: depth.figures]))
    tallies = {tally.theme: tally for tally in worst_themes_first(view.themes)}
    names = dict.fromkeys([*tallies, *rows])
    return [_ThemeRows(theme=name, tally=tallies.get(name), rows=rows.get(name, ())) for name in names]


def _absent(view: DigestView, most: int) -> str | None:
    left = len(view.lines) - most
    shortened_by = f"{counted(left, 'more topic')} left out to keep this mail readable." if left > 0 else ""
    return f"{shortened_by} {absent_topics(view.not_included, view.without_figures) or ''}".strip() or None


def absent_topics(not_included: Sequence[str], without_figures: Sequence[str]) -> str | None:
    """Name the topics that a summary has no line for, and say why."""
    parts = [f"Not in this summary by their inclusion: {listed(not_included)}."] if not_included else []
    parts += [f"Without any figure so far: {listed(without_figures)}."] if without_figures else []
    return " ".join(parts) or None


def _cut(topics: Sequence[DigestTopic], most: int) -> tuple[list[DigestTopic], str | None]:
    """Keep the *most* worst entries over all topics, and say how many of which topic are left out."""
    order = list(STANDING_TITLES)
    ranked = sorted(
        (
            (order.index(entry.standing), entry.weight, t, n)
            for t, topic in enumerate(topics)
            for n, entry in enumerate(topic.entries)
        )
    )
    kept = {(t, n) for _, _, t, n in ranked[:most]}
    left = Counter(topics[t].title for _, _, t, _ in ranked[most:])
    cut = [
        DigestTopic(title=topic.title, entries=tuple(entry for n, entry in enumerate(topic.entries) if (t, n) in kept))
        for t, topic in enumerate(topics)
    ]
    sentence = None
    if left:
        names = ", ".join(f"{title} {number(count)}" for title, count in left.most_common())
        sentence = (
            f"Shortened to keep this mail readable: {number(left.total())} of lesser weight are left out ({names})."
        )
    return [topic for topic in cut if topic.entries], sentence


def _by_standing(topics: Sequence[DigestTopic], full: int, charts: Sequence[_Charted]) -> dict[Standing, _Section]:
    """Arrange entries by what became of them, worst first; so many of the first are told with sentences."""
    charted = {id(entry): (chart, picture) for entry, chart, picture in charts}
    sections: dict[Standing, _Section] = {}
    for standing, title in STANDING_TITLES.items():
        those = [(entry, topic.title) for topic in topics for entry in topic.entries if entry.standing is standing]
        those.sort(key=lambda pair: pair[0].weight)
        lines = []
        for entry, topic in those:
            chart, picture = charted.get(id(entry), (None, None))
            in_full = chart is not None or (standing in _TOLD_IN_FULL and full > 0)
            full -= in_full
            lines.append(_Line(entry=entry, topic=topic, full=in_full, chart=chart, picture=picture))
        if lines:
            told, listed_ = [line for line in lines if line.full], [line for line in lines if not line.full]
            sections[standing] = _Section(title=f"{title} ({number(len(lines))})", told=told, listed=listed_)
    return sections


def not_judged_groups(series: Sequence[NotJudged], most: int) -> list[NotJudgedGroup]:
    """Group what was not judged by reason, the areas of a measure and period on one line; *most* lines each."""
    reasons: dict[str, dict[tuple[str, str, str | None], list[str]]] = {}
    for one in series:
        areas = reasons.setdefault(one.reason, {}).setdefault((one.measure, one.period, one.detail), [])
        areas.append(one.area)
    groups = []
    for reason, lines in reasons.items():
        written = [
            f"{measure}, {period}: {listed(areas)}" + (f". {detail}" if detail else "")
            for (measure, period, detail), areas in lines.items()
        ]
        left = sum(len(areas) for areas in list(lines.values())[most:])
        more = f"and {number(left)} more series" if left else None
        groups.append(NotJudgedGroup(reason=f"{reason} ({number(_count(lines))})", lines=written[:most], more=more))
    return groups


def _count(lines: dict[tuple[str, str, str | None], list[str]]) -> int:
    return sum(len(areas) for areas in lines.values())
