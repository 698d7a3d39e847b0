"""What a digest says first, in the subject and at its head: how many figures stand how, and what is not known."""

from alerting.reports.digest_views import DigestView
from alerting.reports.watched import FigureCounts
from alerting.wording.plain import counted, number, one_line

_NOTHING = "nothing exceptional"


def subject_of(view: DigestView) -> str:
    """Write "Week to 4 March: 5 concerns (1 new), 2 improvements, 1 over, 4 not known"; a marking stands in front."""
    marking = f"[{one_line(view.marking)}] " if view.marking else ""
    return f"{marking}{one_line(view.time)}: {head_of(view)}"


def head_of(view: DigestView) -> str:
    """Write what the subject counts; what there is none of is left out, and a source that failed comes last."""
    counts, failed = view.counts, failed_sources(view)
    parts = [
        _with_new(counts.concerns, counts.new_concerns, "concern"),
        _with_new(counts.changes, counts.new_changes, "change"),
        _with_new(counts.improvements, counts.new_improvements, "improvement"),
        f"{number(counts.over)} over" if counts.over else "",
        f"{number(counts.not_known)} not known" if counts.not_known else "",
        f"{counted(failed, 'source')} failed" if failed else "",
    ]
    return ", ".join(part for part in parts if part) or (_NOTHING if counts.watched else "nothing watched")


def failed_sources(view: DigestView) -> int:
    """Return how many sources could not be read."""
    return sum(trouble.failed for trouble in view.troubles)


def watched_words(counts: FigureCounts) -> str:
    """Write what is counted: "175 figures watched (a measure in an area): 35 concerns, 11 improvements, 65 as expected"."""
    parts = [
        _with_new(counts.concerns, 0, "concern"),
        _with_new(counts.changes, 0, "change"),
        _with_new(counts.improvements, 0, "improvement"),
        f"{number(counts.expected)} as expected" if counts.expected else "",
        f"{number(counts.not_known)} not known" if counts.not_known else "",
    ]
    told = ", ".join(part for part in parts if part)
    return f"{counted(counts.watched, 'figure')} watched (a measure in an area){f': {told}' if told else ''}"


def _with_new(count: int, new: int, noun: str) -> str:
    if not count:
        return ""
    return f"{counted(count, noun)}{f' ({number(new)} new)' if new else ''}"
