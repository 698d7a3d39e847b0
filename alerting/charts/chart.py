"""What a chart shows, before anybody has decided where a line lies: plain values in the measure's unit."""

import hashlib
import re
from dataclasses import dataclass, field, fields, is_dataclass
from enum import Enum, StrEnum
from math import isfinite

from alerting.domain.finding import Meaning
from alerting.domain.period import Calendar, Period, PeriodKind
from alerting.wording.numbers import NumberStyle

#: Raised by whoever changes how charts look, so that no picture of before is taken for one of now.
LOOK = 2
#: Of a field that no picture shows, so that its name does not tell it.
_NOT_DRAWN = {"is_drawn": False}
#: Controls, halves of characters, and marks that turn the direction of writing: none belongs in a picture's words.
_UNDRAWABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff\ud800-\udfff]+")


class Mark(StrEnum):
    """Why a point is drawn apart from the others."""

    EXCEPTION = "exception"
    #: One of the values in a row that a run, a trend or a pair near a limit is made of.
    RUN = "run"
    #: The average moved in this period.
    MOVED = "moved"
    #: A move of the average is proposed in this period, and not made.
    PROPOSED = "proposed"

    @property
    def is_exceptional(self) -> bool:
        """Whether its point is an exception itself, and not only one of those in a row that made one."""
        return self is not Mark.RUN


class LineKind(StrEnum):
    """What a line beside the values is; decides how it is drawn."""

    CENTRE = "centre"
    LIMIT = "limit"
    TARGET = "target"
    PLAN = "plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One period. `meaning` is what an exceptional value is to its reader; None where it is none, or nobody can say."""

    period: Period
    value: float | None = None
    mark: Mark | None = None
    meaning: Meaning | None = None
    provisional: bool = False
    #: False for figures that are shown and not judged: held ones.
    judged: bool = True
    #: Whether nothing before is compared with it: a break lies right before this period.
    after_break: bool = False
    #: Whether there is a figure, which the source keeps to itself. Words say so; no picture shows it, so that it names none.
    withheld: bool = field(default=False, metadata=_NOT_DRAWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A level for each point, None where there is none; `stepped` where it holds for a whole period and then jumps."""

    kind: LineKind
    called: str
    values: tuple[float | None, ...]
    stepped: bool = True

    @property
    def last(self) -> float | None:
        """The newest level."""
        return next((value for value in reversed(self.values) if value is not None), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartBand:
    """A range of values with a name, behind everything; None is open. `rank` is 0 for the worst, 1 for the best."""

    called: str
    low: float | None
    high: float | None
    rank: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One series with what it is held against. Points follow one another without gaps; the last is the judged one."""

    title: str
    area: str
    points: tuple[Point, ...]
    style: NumberStyle
    lines: tuple[Line, ...] = ()
    bands: tuple[ChartBand, ...] = ()

    @property
    def kind(self) -> PeriodKind:
        """How long each period is."""
        return self.points[0].period.kind

    @property
    def years(self) -> tuple[Period, ...]:
        """The financial year of each point."""
        return tuple(Calendar(p.period.starts).coarser(p.period, PeriodKind.YEAR) for p in self.points)

    @property
    def year_starts(self) -> tuple[int, ...]:
        """The places of points that begin another financial year than the one before; none where points are years."""
        if self.kind is PeriodKind.YEAR:
            return ()
        years = self.years
        return tuple(n for n in range(1, len(years)) if years[n] != years[n - 1])

    @property
    def newest(self) -> int:
        """The place of the newest point with a value."""
        return max(n for n, point in enumerate(self.points) if point.value is not None)

    def last_words(self) -> str:
        """Write the newest value so that it reads neither equal to nor across a line, unless it is."""
        return self.style.bare(self.points[self.newest].value, *(line.last for line in self.lines))

    def level_words(self, line: Line) -> str:
        """Write a line's newest level, as the texts beside a chart write it."""
        level, value = line.last, self.points[self.newest].value
        if level is None:
            return ""
        set_by_author = line.kind in (LineKind.TARGET, LineKind.PLAN) and level != value
        return self.style.level(level, value) if set_by_author else self.style.bare(level, value)

    @property
    def digest(self) -> str:
        """A name for the picture: equal for equal charts, whoever draws them, and for no others."""
        return hashlib.sha256(repr((LOOK, _drawn(self))).encode("utf-8", "replace")).hexdigest()


def _drawn(value: object) -> object:
    """Return what a picture shows of a value as words and numbers, so that a digest of it knows no names of ours."""
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value):
        return tuple(_drawn(getattr(value, one.name)) for one in fields(value) if one.metadata.get("is_drawn", True))
    return tuple(map(_drawn, value)) if isinstance(value, tuple) else value


def drawable(text: str) -> str:
    """Return *text* in one line, without what no picture can show."""
    return " ".join(_UNDRAWABLE.sub(" ", text).split())


def known(value: float | None) -> float | None:
    """Return a value that can be drawn; None for what is not finite."""
    return value if value is not None and isfinite(value) else None
