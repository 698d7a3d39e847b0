"""What a digest says first, in the subject and at its head: how many figures stand how, and what is not known."""

from collections.abc import Sequence
from dataclasses import dataclass

from alerting.render.paper import width_em
from alerting.reports.digest_views import DigestView
from alerting.reports.watched import FigureCounts
from alerting.wording.plain import counted, number, one_line

_NOTHING = "nothing exceptional"
#: A part of the bar is at least so wide, in percent of it, that its number can be read.
_LEAST = 9
#: How wide the bar is on a telephone, in heights of its letters; bold ones are wider than others, and have room beside them.
_ON_A_TELEPHONE, _BOLD, _BESIDE = 328 / 14, 1.06, 0.4
#: So many have words of their own.
_BOTH = 2
_FILLED = ("concern", "change", "improvement")


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the bar: its words, and its width in percent; `style` names its colours."""

    words: str
    percent: int
    style: str

    @property
    def is_filled(self) -> bool:
        """Whether it has the colour of an exception."""
        return self.style in _FILLED


def subject_of(view: DigestView) -> str:
    """Write "Week to 4 March: 5 concerns (1 new), 2 improvements, 1 over, 4 not known"; a marking stands in front."""
    marking = f"[{one_line(view.marking)}] " if view.marking else ""
    return f"{marking}{one_line(view.time)}: {head_of(view)}"


def head_of(view: DigestView) -> str:
    """Write what the subject counts; what there is none of is left out, and a source that failed comes last."""
    counts, failed = view.counts, _failed_sources(view)
    parts = [
        _with_new(counts.concerns, counts.new_concerns, "concern"),
        _with_new(counts.changes, counts.new_changes, "change"),
        _with_new(counts.improvements, counts.new_improvements, "improvement"),
        f"{number(counts.over)} over" if counts.over else "",
        f"{number(counts.not_known)} not known" if counts.not_known else "",
        f"{counted(failed, 'source')} failed" if failed else "",
    ]
    return ", ".join(part for part in parts if part) or (_NOTHING if counts.watched else "nothing watched")


def bar_of(counts: FigureCounts, *, room: float = _ON_A_TELEPHONE) -> Sequence[Segment]:
    """Return the five counts as parts of a bar that is all that is watched; none where nothing is.

    Args:
        room: how wide the bar is, in heights of its letters; a part without room for its words has its mark.
    """
    parts = [
        (counts.concerns, "!", "concern" if counts.concerns == 1 else "concerns", "concern"),
        (counts.changes, "~", "change" if counts.changes == 1 else "changes", "change"),
        (counts.improvements, "+", "improvement" if counts.improvements == 1 else "improvements", "improvement"),
        (counts.expected, "\N{MIDDLE DOT}", "as expected", "usual"),
        (counts.not_known, "?", "not known", "out-unknown"),
    ]
    there = [part for part in parts if part[0]]
    rest = 100 - _LEAST * len(there)
    found = []
    for count, mark, words, style in there:
        percent = _LEAST + rest * count // counts.watched
        whole = f"{number(count)} {words}"
        fits = width_em(whole) * _BOLD + _BESIDE <= room * percent / 100
        found.append(Segment(whole if fits else f"{number(count)} {mark}", percent, style))
    return found


def summary_of(view: DigestView) -> str:
    """Say what is counted, what of it is new and critical, and that there may be more where figures could not be read."""
    counts, failed = view.counts, _failed_sources(view)
    expected = f", {number(counts.expected)} as expected" if counts.expected else ""
    parts = [f"{counted(counts.watched, 'figure')} watched (a measure in an area){expected}."]
    if counts.exceptional:
        critical = (
            f" {number(counts.critical)} {'is' if counts.critical == 1 else 'are'} critical." if counts.critical else ""
        )
        parts.append(f"{_news(counts)}{critical}")
    if counts.watched and counts.not_known == counts.watched:
        parts.append("So this digest cannot say how things stand.")
    if failed:
        parts.append(f"{counted(failed, 'source')} could not be read, so there may be more.")
    return " ".join(parts)


def _news(counts: FigureCounts) -> str:
    if counts.exceptional == 1:
        return f"The exception is {'new' if counts.new else 'not new'}."
    if not counts.new:
        both = counts.exceptional == _BOTH
        return "Neither exception is new." if both else f"None of the {number(counts.exceptional)} exceptions is new."
    if counts.new == counts.exceptional == _BOTH:
        return "Both exceptions are new."
    of = "All" if counts.new == counts.exceptional else f"{number(counts.new)} of"
    return f"{of} {number(counts.exceptional)} exceptions are new."


def _failed_sources(view: DigestView) -> int:
    return sum(trouble.failed for trouble in view.troubles)


def _with_new(count: int, new: int, noun: str) -> str:
    if not count:
        return ""
    return f"{counted(count, noun)}{f' ({number(new)} new)' if new else ''}"
