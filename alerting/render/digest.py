"""Digests: all since the last one, what stands, what could not be judged, and what was checked."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from alerting.domain.notice import Message
from alerting.domain.rule import Severity
from alerting.render.environment import first_that_fits, mail_of, text_of
from alerting.render.marks import STANDING_TITLES
from alerting.render.plain import counted, listed, number, one_line, shortened
from alerting.render.views import Checked, DigestEntry, DigestTopic, DigestView, NotJudged, Standing, ThemeTally

_SUBJECT_LENGTH = 150
#: Entries, and lines for each reason of what was not judged, in one digest; tried in turn until the mail fits.
_DEPTHS = ((200, 60), (80, 20), (30, 5))
_STILL = (Standing.OPENED, Standing.WORSENED, Standing.ONGOING)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotJudgedGroup:
    """What was not judged for one reason: a line per measure and period; `more` says how much is left out."""

    reason: str
    lines: Sequence[str]
    more: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    summary: str
    checked: str
    themes: Sequence[ThemeTally]
    #: (topic, [(what became of them, entries)]); exceptions before ends.
    topics: Sequence[tuple[str, Sequence[tuple[str, Sequence[DigestEntry]]]]]
    left_out: str | None
    not_judged: Sequence[NotJudgedGroup]


def render_digest(view: DigestView) -> Message:
    """Render a digest for one owner, or for the force with everybody's things; a quiet one says that it is."""
    subject = _subject(view)
    layouts = (_laid_out(view, most_entries, most_lines) for most_entries, most_lines in _DEPTHS)
    layout, html = first_that_fits(
        (layout, mail_of("digest.html.j2", view=view, layout=layout, title=subject)) for layout in layouts
    )
    text = text_of("digest.txt.j2", view=view, layout=layout)
    return Message(subject=subject, text=text, html=html, headers=view.headers)


def _subject(view: DigestView) -> str:
    marking = f"[{one_line(view.marking)}] " if view.marking else ""
    about = f"{marking}{one_line(view.title)}, {one_line(view.window)}"
    return shortened(f"{about}: {_what_happened(view)}", _SUBJECT_LENGTH)


def _what_happened(view: DigestView) -> str:
    """Count in the order of weight: "2 new (1 critical), 1 worse, 5 going on, 1 resolved"."""
    entries = [entry for topic in view.topics for entry in topic.entries]
    standings = Counter(entry.standing for entry in entries)
    if not entries:
        return "nothing exceptional"
    parts = [] if standings.keys() - {Standing.ONGOING} else ["nothing new"]
    for standing, title in STANDING_TITLES.items():
        if not standings[standing]:
            continue
        critical = sum(entry.standing is standing and entry.severity is Severity.CRITICAL for entry in entries)
        bracket = f" ({number(critical)} critical)" if critical and standing in _STILL else ""
        parts.append(f"{number(standings[standing])} {title.lower()}{bracket}")
    return ", ".join(parts)


def _laid_out(view: DigestView, most_entries: int, most_lines: int) -> _Layout:
    topics, left_out = _cut(view.topics, most_entries)
    return _Layout(
        summary=_summary(view),
        checked=checked_sentence(view.checked),
        themes=worst_themes_first(view.themes),
        topics=[(topic.title, _by_standing(topic.entries)) for topic in topics],
        left_out=left_out,
        not_judged=not_judged_groups(view.not_judged, most_lines),
    )


def _summary(view: DigestView) -> str:
    """Say in a sentence or two how the time went; what did not happen is said too."""
    standings = Counter(entry.standing for topic in view.topics for entry in topic.entries)
    ongoing = standings.pop(Standing.ONGOING, 0)
    going_on = f"{counted(ongoing, 'exception is', 'exceptions are')} still going on." if ongoing else ""
    if not standings:
        quiet = f"Nothing opened or resolved {view.span}."
        return f"{quiet} {going_on or 'No exceptions are open.'}"
    words = {
        Standing.OPENED: "opened",
        Standing.WORSENED: "got worse",
        Standing.CORRECTED: "corrected",
        Standing.RESOLVED: "resolved",
        Standing.WITHDRAWN: "no longer watched",
    }
    parts = [f"{number(standings[standing])} {word}" for standing, word in words.items() if standings[standing]]
    happened = f"{view.span[:1].upper()}{view.span[1:]}: {listed(parts)}."
    return f"{happened} {going_on}".rstrip()


def checked_sentence(checked: Checked) -> str:
    """Write what was checked: "1,204 of 1,210 series judged; 4 held, 2 late"."""
    head = f"{number(checked.judged)} of {number(checked.series)} series judged"
    reasons = ", ".join(f"{number(count)} {word}" for word, count in checked.reasons if count)
    return f"{head}; {reasons}" if reasons else head


def worst_themes_first(themes: Sequence[ThemeTally]) -> list[ThemeTally]:
    """Order themes by their exceptions, then by how many are critical, then as given."""
    return sorted(themes, key=lambda theme: (-theme.exceptions, -theme.critical))


def _cut(topics: Sequence[DigestTopic], most: int) -> tuple[list[DigestTopic], str | None]:
    """Keep the *most* worst entries over all topics, and say how many of which topic are left out."""
    order = list(STANDING_TITLES)
    ranked = sorted(
        (
            (order.index(entry.standing), -entry.severity, t, n)
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


def _by_standing(entries: Sequence[DigestEntry]) -> list[tuple[str, list[DigestEntry]]]:
    groups = []
    for standing, title in STANDING_TITLES.items():
        those = sorted((e for e in entries if e.standing is standing), key=lambda entry: -entry.severity)
        if those:
            groups.append((title, those))
    return groups


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
