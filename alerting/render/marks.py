"""How bad something is, by word and by shape, so that no reader depends on colour."""

from dataclasses import dataclass

from alerting.domain.alert import EventKind
from alerting.domain.rule import Severity
from alerting.reports.digest_views import DigestEntry, Standing
from alerting.reports.views import EventView


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A shape that no program draws as a coloured emoji, a word, and the name of its colours in the style sheet."""

    shape: str
    word: str
    style: str


_SEVERITY = {
    Severity.CRITICAL: Mark(shape="▲", word="Critical", style="crit"),
    Severity.WARNING: Mark(shape="◆", word="Warning", style="warn"),
    Severity.INFO: Mark(shape="●", word="Information", style="info"),
}
_OVER = {
    "resolved": Mark(shape="✓", word="Resolved", style="good"),
    "corrected": Mark(shape="✓", word="Corrected", style="good"),
    "withdrawn": Mark(shape="○", word="No longer watched", style="mute"),
}
_STATE = {"exception": "▲", "normal": "✓"}

#: What an event is, beside its severity.
KIND_WORDS = {
    EventKind.OPENED: "new exception",
    EventKind.WORSENED: "got worse",
    EventKind.CORRECTED: "corrected",
    EventKind.REMINDED: "still open",
    EventKind.ESCALATED: "passed on to you",
}
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


def mark(item: EventView | DigestEntry) -> Mark:
    """Return the mark of an event or a digest's entry: its severity while it stands, else how it ended."""
    what: str = item.kind.value if isinstance(item, EventView) else item.standing.value
    if what == "corrected" and not (isinstance(item, EventView) and item.ending):
        return _SEVERITY[item.severity]
    return _OVER.get(what) or _SEVERITY[item.severity]


def kind_words(event: EventView) -> str | None:
    """Return what an event is, beside its severity; None where its mark says it."""
    return _TURNED if event.turned else KIND_WORDS.get(event.kind)


def severity_mark(severity: Severity) -> Mark:
    """Return the mark of something that stands, by how serious it is."""
    return _SEVERITY[severity]


def state_mark(state: str) -> str:
    """Return the shape for an area's state word; none where there is no verdict."""
    return _STATE.get(state, "")
