"""What the templates see: plain words and values, filled by the use cases. No figure is worked out here."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field

from alerting.domain.alert import EventKind
from alerting.domain.finding import Meaning
from alerting.domain.notify.notice import AnyPicture
from alerting.domain.severity import Severity
from alerting.wording.briefly import Brief
from alerting.wording.compared import Compared
from alerting.wording.plain import sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaFigure:
    """An area's figure as a table shows it, with what it is held against and how far it lies from that."""

    #: "91%"
    value: str
    #: "standard 90%", "1 point above"
    line: str | None = None
    apart: str | None = None
    #: The figure and the number of its line, in the measure's unit; None: it has none, or is a place among others.
    number: float | None = None
    held: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaGlance:
    """An area at the same measure and period: "Herefordshire", "normal"; by all rules on that figure."""

    area: str
    #: exception, normal, or why there is no verdict (late, held, missing …).
    state: str
    #: Asked for where the area is shown: of many, most are counted only.
    figure: Callable[[], AreaFigure]
    #: What an exception is to its reader, the worst first where rules differ.
    meanings: tuple[Meaning, ...] = ()
    #: Beyond its line, as `Found.distance`; 0 of what is no exception.
    distance: float = 0.0


class AreaList:
    """Areas at one measure and period, in tree order; of many, few are looked at."""

    def __init__(self, glances: Iterable[AreaGlance] = ()) -> None:
        self._glances = tuple(glances)

    def __iter__(self) -> Iterator[AreaGlance]:
        """Yield each of them."""
        yield from self._glances

    def named(self, area: str) -> AreaGlance | None:
        """Return the area of a title; None where there is none."""
        return next((one for one in self if one.area == area), None)

    def without(self, area: str) -> "AreaList":
        """Return the areas of other titles."""
        return AreaList(one for one in self if one.area != area)

    def foremost(self, most: int, *, without: Collection[str]) -> tuple[list[AreaGlance], Counter[str]]:
        """Return so many areas, exceptional ones first, each kind by its distance; and the states of the others.

        Args:
            without: titles of areas that do not count.
        """
        others = [one for one in self if one.area not in without]
        others.sort(key=lambda one: (not one.meanings, -one.distance))
        return others[:most], Counter(one.state for one in others[most:])


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleNote:
    """Which rule spoke, why it exists, and where it is written (file:line)."""

    title: str
    where: str
    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How an exception ended: the new value, the last exceptional one, how long it lasted ("3 months").

    What turned out to be none, lasted for no time. `was_told`: the reader was told the old value, which may have been revised
    since without a word.
    """

    new_value: str
    old_value: str
    lasted: str | None
    was_told: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartView:
    """A series as a picture: what it shows in words, and how to draw it, which takes longer than all else of a mail."""

    #: The finding and what the chart shows; for whoever does not see it.
    alt: str
    #: What the chart shows without the finding.
    shows: str
    #: As it is shown, in CSS pixels.
    width: int
    height: int
    draw: Callable[[], AnyPicture | None]


def no_chart() -> ChartView | None:
    """Return none: where no chart was asked for."""
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """One change of one alert, in words.

    `headline` says measure, figure and comparison in a line and names the area; `text` is the finding's sentences;
    `since` a phrase such as "since July 2020, third month running". `brief` is what a subject line says of it.
    """

    kind: EventKind
    severity: Severity
    brief: Brief
    #: The alert's id.
    alert: str = ""
    #: What orders it among others, as `order.weight` has it.
    meaning: Meaning | None = None
    distance: float = 0.0
    rule_place: int = 0
    #: Whether it is that a figure has not come.
    not_come: bool = False
    headline: str
    text: str
    topic: str
    measure: str
    area: str
    period: str
    #: The figure beside its line; None where that is not known now.
    compared: Compared | None = None
    #: What it takes to end it: "Clears at 90% or more".
    clears: str | None = None
    #: Whether it will go on, as the series runs now, in a sentence; None: nothing is known of that.
    outlook: str | None = None
    #: Which items or areas make most of the change: "Telford & Wrekin +195 of +210 on last year".
    drivers: str | None = None
    #: What is wanted of the measure, as its rule file says.
    good_looks_like: str | None = None
    rule: RuleNote
    since: str | None = None
    #: Why, where the finding alone does not say: what was revised, what became of the rule.
    reason: str | None = None
    notes: tuple[str, ...] = ()
    #: Where the average should be set anew: what is written in the rule file for that.
    accepting: str | None = None
    #: Whether it got worse by jumping to the other side of its line.
    turned: bool = False
    #: Whether its rule is tried out, so that its author alone is told.
    shadow: bool = False
    #: Of a correction: whether it leaves nothing exceptional.
    closed: bool = False
    #: How it ended, where that is known.
    ending: Ending | None = None
    #: What it was to its reader that is over; None: not known, or what had not come.
    ended: Meaning | None = None
    #: The place of its area in the tree of all: parents before their children.
    area_place: int = 0
    others: AreaList = field(default_factory=AreaList)
    #: What all rules find of this very figure, the worst first; empty of an event that is told in brief, and of an end.
    by_all_rules: tuple[Meaning, ...] = ()
    #: Its own figure as those of the other areas are shown; None where it is not known so.
    own: AreaGlance | None = None
    also_told: tuple[str, ...] = ()
    #: Those who are away, for whom the reader stands in.
    on_behalf_of: tuple[str, ...] = ()
    #: The areas for which it speaks, so that nobody is told of them singly: "Telford & Wrekin 12.2%".
    speaks_for: tuple[str, ...] = ()
    #: Of a correction: what was told first, and when.
    cites: str | None = None
    #: What was said of this series before: who, when and what.
    comments: tuple[str, ...] = ()
    #: What the figure's source says beside it.
    remark: str | None = None
    link: str | None = None
    #: Asked for where the event is told in full.
    chart: Callable[[], ChartView | None] = no_chart
    #: The ids of its measure and area, by which it goes together with others; None: their titles are all that is known.
    series: tuple[str, str] | None = None

    @property
    def figure_id(self) -> tuple[str, str]:
        """What tells its measure and area from others, whatever these are called."""
        return self.series or (self.measure, self.area)

    @property
    def is_over(self) -> bool:
        """Whether nothing exceptional stands any more."""
        return self.kind in (EventKind.RESOLVED, EventKind.WITHDRAWN) or self.closed


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeView:
    """One message to one owner about one or more events; shown worst first, as given where equally bad."""

    owner: str
    events: tuple[EventView, ...]
    #: The day up to which figures are known, in words: "15 October 2020".
    as_of: str
    marking: str | None = None
    reply_to: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    #: Why this is a summary: very many opened at once, or messages were held back.
    summary: str | None = None
    #: How answers find this message, where they are read: "address" or "text".
    answers: str | None = None
    #: Where its figures come from: "figures/calls.csv, row 412, read at 07:00"; None: that is not known.
    provenance: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One thing in a file that the source's owner can mend. `row` counts from 1, the heading included."""

    file: str
    message: str
    fix: str | None = None
    row: int | None = None
    column: str | None = None
    found: str | None = None
    #: Whether the message begins with a measure's id, which is typed as it stands.
    begins_with_id: bool = False

    @property
    def said(self) -> str:
        """The message as a sentence."""
        written = sentence(self.message)
        return self.message[:1] + written[1:] if self.begins_with_id else written

    @property
    def place(self) -> str:
        """Where it is: "figures/calls.csv, row 12, column value"."""
        row = f", row {self.row}" if self.row is not None else ""
        column = f", column {self.column}" if self.column is not None else ""
        return f"{self.file}{row}{column}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport:
    """What is wrong with one source; `failed` is set where it could not be read at all."""

    source: str
    failed: str | None = None
    #: Its file, where much is missing in it and nobody has accepted that.
    waiting: tuple[Trouble, ...] = ()
    refused: tuple[Trouble, ...] = ()
    conflicts: tuple[Trouble, ...] = ()
    #: Late, empty or unclaimed figures, and what else should be looked at.
    other: tuple[Trouble, ...] = ()
    #: What follows from it, in a sentence: which series were not judged.
    effect: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTroubleView:
    """One message to the owner of some sources."""

    owner: str
    reports: tuple[SourceReport, ...]
    as_of: str
    marking: str | None = None
    reply_to: str | None = None
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineNoteView:
    """The engine's own word to whoever looks after it: what happened, what follows, what to do."""

    owner: str
    title: str
    paragraphs: tuple[str, ...]
    as_of: str
    #: A list below, with how many more there are than it shows.
    lines: tuple[str, ...] = ()
    marking: str | None = None
    reply_to: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
