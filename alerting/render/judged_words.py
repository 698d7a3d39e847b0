"""What was judged and what was not, in words: for digests, the month's draft and the demonstration's page."""

from collections.abc import Sequence
from dataclasses import dataclass

from alerting.reports.digest_views import Checked, NotJudged, ThemeTally
from alerting.wording.plain import counted, listed, number


@dataclass(frozen=True, slots=True, kw_only=True)
class NotJudgedGroup:
    """What was not judged for one reason: a line per measure and period; `more` says how much is left out."""

    reason: str
    lines: Sequence[str]
    more: str | None


def checked_sentence(checked: Checked, *, why: bool = True) -> str:
    """Write what was checked: "1,204 of 1,210 figures judged, of periods to 30 September 2020; 4 held, 2 late"."""
    until = f", of periods to {checked.until}" if checked.until else ""
    head = f"{number(checked.judged)} of {number(checked.series)} figures judged{until}"
    reasons = "" if not why else ", ".join(f"{number(count)} {word}" for word, count in checked.reasons if count)
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


def absent_topics(not_included: Sequence[str], without_figures: Sequence[str], of: str | None = None) -> str | None:
    """Name the topics that a summary has no line for, and say why."""
    parts = [f"Not due in this summary: {listed(not_included)}."] if not_included else []
    parts += (
        [f"Without any figure {f'of {of}' if of else 'so far'}: {listed(without_figures)}."] if without_figures else []
    )
    return " ".join(parts) or None


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
