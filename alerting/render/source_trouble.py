"""Messages to those who own sources: which rows and files cannot be used, and what to mend."""

from collections.abc import Sequence
from dataclasses import dataclass

from alerting.domain.notify.notice import Message
from alerting.render.environment import first_that_fits, mail_of, text_of
from alerting.reports.views import SourceReport, SourceTroubleView, Trouble
from alerting.wording.plain import counted, listed, one_line, shortened

_SUBJECT_LENGTH = 150
#: Rows named for each kind of trouble, tried in turn until the mail is small enough.
_DEPTHS = (50, 10, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Troubles of which the same is to be said: where each is, in words that end with how many are left out."""

    places: str
    is_one: bool
    first: Trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class _Section:
    title: str
    alike: Sequence[Alike]
    more: str | None


def render_source_trouble(view: SourceTroubleView) -> Message:
    """Render what is wrong with an owner's sources: file, row, column, what was found and the fix."""
    subject = _subject(view)
    heading = _heading(view)
    layouts = ([(report, _sections(report, most)) for report in view.reports] for most in _DEPTHS)
    reports, html = first_that_fits(
        (reports, mail_of("source_trouble.html.j2", view=view, reports=reports, title=subject, heading=heading))
        for reports in layouts
    )
    text = text_of("source_trouble.txt.j2", view=view, reports=reports, heading=heading)
    return Message(subject=subject, text=text, html=html, headers=view.headers)


def _heading(view: SourceTroubleView) -> str:
    failed = sum(report.failed is not None for report in view.reports)
    waiting = sum(len(report.waiting) for report in view.reports)
    refused = sum(len(report.refused) for report in view.reports)
    conflicts = sum(len(report.conflicts) for report in view.reports)
    other = sum(len(report.other) for report in view.reports)
    parts = [counted(failed, "source could not be read", "sources could not be read")] if failed else []
    parts += (
        [counted(waiting, "file waits, as much is missing in it", "files wait, as much is missing in them")]
        if waiting
        else []
    )
    parts += [counted(refused, "figure refused", "figures refused")] if refused else []
    parts += [counted(conflicts, "contradiction")] if conflicts else []
    more = "other " if parts else ""
    parts += [counted(other, f"{more}thing to look at", f"{more}things to look at")] if other else []
    return listed(parts) or "Nothing to mend"


def _subject(view: SourceTroubleView) -> str:
    marking = f"[{one_line(view.marking)}] " if view.marking else ""
    sources = listed([one_line(report.source) for report in view.reports])
    heading = _heading(view)
    room = max(_SUBJECT_LENGTH - len(marking) - len(heading) - len("Figures to mend in : "), 20)
    return shortened(f"{marking}Figures to mend in {shortened(sources, room)}: {heading}", _SUBJECT_LENGTH)


def _sections(report: SourceReport, most: int) -> list[_Section]:
    kinds = (
        ("Much is missing", report.waiting),
        ("Refused", report.refused),
        ("Contradictions", report.conflicts),
        ("Also", report.other),
    )
    sections: list[_Section] = []
    for title, troubles in kinds:
        groups = _alike(troubles)
        left = sum(len(those) for those in groups[most:])
        more = f"and {counted(left, 'more of the same kind', 'more of the same kind')}" if left else None
        if groups:
            alike = [
                Alike(places=_places(those, most), is_one=len(those) == 1, first=those[0]) for those in groups[:most]
            ]
            named = "To look at" if troubles is report.other and not sections else title
            sections.append(_Section(title=f"{named} ({len(troubles):,})", alike=alike, more=more))
    return sections


def _alike(troubles: Sequence[Trouble]) -> list[list[Trouble]]:
    """Put troubles together that say the same of several places, in the order of the first of each."""
    groups: dict[tuple[str, str | None, str | None], list[Trouble]] = {}
    for trouble in troubles:
        groups.setdefault((trouble.message, trouble.found, trouble.fix), []).append(trouble)
    return list(groups.values())


def _places(troubles: Sequence[Trouble], most: int) -> str:
    left = len(troubles) - most
    return "; ".join([*(one.place for one in troubles[:most]), *([f"and {left:,} more"] if left > 0 else [])])
