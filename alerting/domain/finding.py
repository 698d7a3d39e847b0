"""What one rule says of one series at one period."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any, TypeAlias

from alerting.domain.period import Period
from alerting.domain.severity import Severity


class State(IntEnum):
    """The verdict; small integers so that whole panels of states fit in int8 arrays."""

    NORMAL = 0
    EXCEPTION = 1
    NO_DATA = 2
    NOT_ENOUGH_HISTORY = 3

    @property
    def word(self) -> str:
        """As written in JSON: exception, normal, no_data, not_enough_history."""
        return self.name.lower()

    @property
    def is_verdict(self) -> bool:
        """Whether the rule could judge: normal or exception."""
        return self <= State.EXCEPTION


#: Findings of which states are asked for: of one, or of several; None: of all.
Only: TypeAlias = State | Collection[State] | None
#: Those that have words unless somebody asks for the words of normal ones too.
UNUSUAL: Only = tuple(state for state in State if state is not State.NORMAL)


class Reason(StrEnum):
    """Why there is no verdict. `NUMBERS` gives each its int8 code; 0 is no reason."""

    LATE = "late"
    MISSING = "missing"
    GAP = "gap"
    HELD = "held"
    REFUSED = "refused"
    CONFLICT = "conflict"
    SOURCE_FAILED = "source_failed"
    NO_TARGET = "no_target"
    NO_PLAN = "no_plan"
    NO_LIMITS = "no_limits"
    NO_COMPARISON = "no_comparison"
    ZERO_BASE = "zero_base"
    FEW_POINTS = "few_points"
    SMALL_NUMBERS = "small_numbers"
    SUPPRESSED = "suppressed"
    NO_LEVEL = "no_level"
    BREAK = "break"
    EXCLUDED = "excluded"
    FEW_AREAS = "few_areas"
    PARTIAL = "partial"

    @property
    def code(self) -> int:
        """The int8 code in arrays of reasons; 1 and up."""
        return _CODES[self]

    @classmethod
    def from_code(cls, code: int) -> "Reason | None":
        """Return the reason for an array's code; None for 0."""
        return _REASONS[code]

    @property
    def state(self) -> State:
        """The state this reason goes with."""
        return State.NOT_ENOUGH_HISTORY if self in HISTORY else State.NO_DATA


_REASONS: tuple[Reason | None, ...] = (None, *Reason)
_CODES = {reason: code for code, reason in enumerate(_REASONS) if reason}
#: Reasons of too little to judge by.
HISTORY = (Reason.FEW_POINTS, Reason.SMALL_NUMBERS, Reason.FEW_AREAS, Reason.EXCLUDED)


class Meaning(StrEnum):
    """What an exception is to its reader; of a rule's or measure's words nothing is read."""

    CONCERN = "concern"
    IMPROVEMENT = "improvement"
    CHANGE = "change"


class Assurance(StrEnum):
    """What a steady series will do to its target if nothing changes: its whole range is on the good side, on the bad one, both."""

    PASSES = "passes"
    FAILS = "fails"
    HIT_AND_MISS = "hit_and_miss"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one rule says of one series at one period. Numbers are in the measure's unit, percents 0-100; None: not applicable."""

    rule: str
    measure: str
    area: str
    period: Period
    state: State
    severity: Severity
    value: float | None = None
    target: float | None = None
    plan: float | None = None
    centre: float | None = None
    lower: float | None = None
    upper: float | None = None
    band: str | None = None
    change: float | None = None
    consecutive: int | None = None
    due: str | None = None
    trial: bool | None = None
    provisional: bool = False
    rebased_on: Period | None = None
    previous_centre: float | None = None
    rebase_count: int | None = None
    #: above or below the line or what it is compared with.
    side: str | None = None
    meaning: Meaning | None = None
    assurance: Assurance | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    reason: Reason | None = None
    #: The words of notes (and of the hold) that cover it; last, where `sourced`, the source's own note on the figure.
    notes: tuple[str, ...] = ()
    text: str | None = None
    where: str = ""
    #: For wording and charts, not in the JSON: the values one period and one year before.
    previous: float | None = None
    last_year: float | None = None
    #: Whether the last note is the source's own.
    sourced: bool = False

    def say(self, text: str) -> None:
        """Write the text into the finding: its maker does so once, before anybody else has it, and so for thousands."""
        object.__setattr__(self, "text", text)
