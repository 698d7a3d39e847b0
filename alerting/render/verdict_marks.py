"""What something is to its reader, by word and by character, so that no reader depends on colour; severity is weight."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from alerting.domain.alert import EventKind
from alerting.domain.finding import Meaning
from alerting.domain.severity import Severity
from alerting.reports.digest_views import DigestEntry, Standing
from alerting.reports.views import EventView
from alerting.wording.briefly import MARKS, NOT_COME
from alerting.wording.plain import counted

_SEVERITY_WORDS = {Severity.CRITICAL: "critical", Severity.WARNING: "warning", Severity.INFO: "for information"}


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictMark:
    """A character that no program draws as an emoji, a word, and the name of its colours in the style sheet."""

    shape: str
    word: str
    style: str
    #: Of what stands: information is outlined, the rest is filled, and what is critical says so.
    severity: Severity | None = None

    @property
    def tag_style(self) -> str:
        """The name of a tag's colours in the style sheet: filled, or outlined."""
        filled = self.severity is not None and self.severity > Severity.INFO
        return self.style if filled else f"out-{self.style}"

    @property
    def badge(self) -> str | None:
        """What stands in a tag of its own."""
        return _SEVERITY_WORDS[self.severity] if self.severity is Severity.CRITICAL else None

    @property
    def besides(self) -> str | None:
        """How serious it is, where no tag says so."""
        return None if self.severity is None or self.badge else _SEVERITY_WORDS[self.severity]

    @property
    def words(self) -> str:
        """Both in words: "Concern, critical"."""
        return self.word if self.severity is None else f"{self.word}, {_SEVERITY_WORDS[self.severity]}"

    @property
    def written(self) -> str:
        """For a text: "! Concern, critical"."""
        return f"{self.shape} {self.words}"


_VERDICTS: Final = {
    Meaning.CONCERN: VerdictMark(shape=MARKS[Meaning.CONCERN], word="Concern", style="concern"),
    Meaning.IMPROVEMENT: VerdictMark(shape=MARKS[Meaning.IMPROVEMENT], word="Improvement", style="improvement"),
    Meaning.CHANGE: VerdictMark(shape=MARKS[Meaning.CHANGE], word="Change", style="change"),
    None: VerdictMark(shape=NOT_COME, word="Not come", style="unknown"),
}
#: Verdicts in the order in which figures are counted.
WORST_FIRST: Final = (Meaning.CONCERN, Meaning.CHANGE, Meaning.IMPROVEMENT)
#: What stands and cannot be judged now, or has no verdict.
NOT_KNOWN: Final = VerdictMark(shape=NOT_COME, word="Not known", style="unknown")
#: What no rule finds exceptional.
EXPECTED: Final = VerdictMark(shape="\N{MIDDLE DOT}", word="As expected", style="usual")
_ENDS: Final = {
    Meaning.CONCERN: "Concern is over",
    Meaning.IMPROVEMENT: "Improvement is over",
    Meaning.CHANGE: "Change is over",
    None: "Resolved",
}

#: What an event is, beside its verdict.
KIND_WORDS = {
    EventKind.OPENED: "new exception",
    EventKind.WORSENED: "got worse",
    EventKind.CORRECTED: "corrected",
    EventKind.REMINDED: "still open",
    EventKind.ESCALATED: "passed on to you",
}
#: What has not come is counted among no exceptions.
_NEW_LATENESS = "new"
_TURNED = "turned to the other side"
STANDING_TITLES = {
    Standing.OPENED: "New",
    Standing.WORSENED: "Worse",
    Standing.ONGOING: "Going on",
    Standing.PENDING: "Not told yet",
    Standing.CORRECTED: "Corrected",
    Standing.RESOLVED: "Resolved",
    Standing.WITHDRAWN: "No longer watched",
}


def verdict_mark(meaning: Meaning | None, severity: Severity | None = None) -> VerdictMark:
    """Return the mark of a verdict that stands.

    Args:
        meaning: None of what has not come.
        severity: None where only the verdict is said.
    """
    return replace(_VERDICTS[meaning], severity=severity)


def mark(item: EventView | DigestEntry) -> VerdictMark:
    """Return the mark of an event or a digest's entry: its verdict while it stands, else what ended."""
    if not item.is_over:
        known = item.meaning is not None or item.not_come
        return verdict_mark(item.meaning, item.severity) if known else replace(NOT_KNOWN, severity=item.severity)
    what: str = item.kind.value if isinstance(item, EventView) else item.standing.value
    if what == Standing.RESOLVED.value:
        return _over(_ENDS[item.ended if isinstance(item, EventView) else item.meaning])
    return _over("Corrected" if what == Standing.CORRECTED.value else "No longer watched")


def more_areas(count: int, leads: Meaning | None, others: Iterable[Meaning | None]) -> str:
    """Write "2 more areas", and how many of them are worse than the one that leads: "2 more areas (1 concern)"."""
    worse = WORST_FIRST[: WORST_FIRST.index(leads)] if leads is not None else ()
    counts = Counter(others)
    said = [counted(counts[meaning], meaning.value) for meaning in worse if counts[meaning]]
    return counted(count, "more area") + (f" ({', '.join(said)})" if said else "")


def bare(one: VerdictMark) -> VerdictMark:
    """Return a mark without how serious it is."""
    return replace(one, severity=None)


def _over(word: str) -> VerdictMark:
    return VerdictMark(shape="=", word=word, style="over")


def kind_words(event: EventView) -> str | None:
    """Return what an event is, beside its verdict; None where its mark says it."""
    if event.not_come and event.kind is EventKind.OPENED:
        return _NEW_LATENESS
    return _TURNED if event.turned else None if event.is_over else KIND_WORDS.get(event.kind)
