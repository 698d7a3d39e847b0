"""What the templates see: plain words and values, filled by the use cases. No figure is worked out here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from alerting.domain.alert import EventKind
from alerting.domain.finding import Meaning
from alerting.domain.notify.notice import AnyPicture
from alerting.domain.rule import Severity
from alerting.reports.order import News, Weight, weight
from alerting.wording.briefly import Brief


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaGlance:
    """Another area of the same measure and period: "Herefordshire", "91%", "normal"."""

    area: str
    value: str
    #: exception, normal, or why there is no verdict (late, held, missing …).
    state: str


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


def _no_chart() -> ChartView | None:
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
    #: What orders it among others, as `order.weight` has it.
    meaning: Meaning | None = None
    distance: float = 0.0
    rule_place: int = 0
    headline: str
    text: str
    topic: str
    measure: str
    area: str
    period: str
    rule: RuleNote
    since: str | None = None
    #: Why, where the finding alone does not say: what was revised, what became of the rule.
    reason: str | None = None
    notes: tuple[str, ...] = ()
    #: Whether it got worse by jumping to the other side of its line.
    turned: bool = False
    #: Set where nothing exceptional stands any more.
    ending: Ending | None = None
    #: What it was to its reader that is over; None: not known, or what had not come.
    ended: Meaning | None = None
    #: The place of its area in the tree of all: parents before their children.
    area_place: int = 0
    others: tuple[AreaGlance, ...] = ()
    also_told: tuple[str, ...] = ()
    #: Those who are away, for whom the reader stands in.
    on_behalf_of: tuple[str, ...] = ()
    #: Of a correction: what was told first, and when.
    cites: str | None = None
    #: What was said of this series before: who, when and what.
    comments: tuple[str, ...] = ()
    #: What the figure's source says beside it.
    remark: str | None = None
    link: str | None = None
    #: Asked for where the event is told in full.
    chart: Callable[[], ChartView | None] = _no_chart


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


class Standing(StrEnum):
    """What became of an alert within a digest's window."""

    OPENED = "opened"
    WORSENED = "worsened"
    ONGOING = "ongoing"
    CORRECTED = "corrected"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"


_NEWS = {Standing.WORSENED: News.WORSE, Standing.OPENED: News.NEW}


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestEntry:
    """One alert's line in a digest; fields as in `EventView`."""

    standing: Standing
    severity: Severity
    meaning: Meaning | None = None
    distance: float = 0.0
    rule_place: int = 0
    headline: str
    since: str | None = None
    #: A further sentence: the newest figure, how it ended, why it was withdrawn.
    text: str | None = None
    #: Named where the digest is about several owners' things.
    owner: str | None = None
    link: str | None = None
    #: What the rules say of figures of the time.
    notes: tuple[str, ...] = ()
    #: What people said of the series last: who, when and what.
    comments: tuple[str, ...] = ()
    #: Asked for where the entry is among the worst few.
    chart: Callable[[], ChartView | None] = _no_chart

    @property
    def weight(self) -> Weight:
        """What orders it among others."""
        news = _NEWS.get(self.standing, News.STANDS)
        return weight(self.meaning, self.severity, news, self.distance, self.rule_place)


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestTopic:
    """A topic with what happened in it."""

    title: str
    entries: tuple[DigestEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureLine:
    """One measure's newest figure in a topic's line of the summary; `severity` where it is exceptional itself."""

    text: str
    severity: Severity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicLine:
    """A topic's line of the summary: what the figures say now, and where they are exceptional."""

    theme: str
    topic: str
    #: When it stands in a summary, in words: "Quarter unless exceptional".
    inclusion: str
    figures: tuple[FigureLine, ...]
    #: "Exceptional volumes in Telford & Wrekin", "No exceptional volumes".
    commentary: str
    exceptional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DataTrouble:
    """A source or file whose figures cannot be used as they are; `failed` where it could not be read at all."""

    source: str
    #: What is wrong and where, a whole sentence each.
    lines: tuple[str, ...]
    #: What follows for the reader: "4 measures were not judged".
    effect: str | None = None
    failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldNote:
    """Figures that are shown and not judged for some time: which ones, until when ("23 October 2020") and why."""

    title: str
    until: str | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SilencedNote:
    """Exceptions whose messages are held back: which ones, until when ("18 December 2022"), why and by whom.

    `person`: None where the silence stands in the rules folder.
    """

    title: str
    until: str | None
    reason: str
    person: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComingNote:
    """What falls on a day soon ("30 October 2020"), a line each."""

    day: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeTally:
    """How the series of one theme stand: counts of rule verdicts; `critical` is a part of `exceptions`."""

    theme: str
    exceptions: int
    critical: int
    normal: int
    not_judged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NotJudged:
    """A series without a verdict. `reason` groups ("late", "held", "refused"); `detail` says more, and until when."""

    measure: str
    area: str
    period: str
    reason: str
    detail: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """How many series were judged, and how many were not for each reason."""

    series: int
    judged: int
    reasons: tuple[tuple[str, int], ...] = ()
    #: The last day of the newest period judged, in words.
    until: str | None = None
    #: Measures whose source could not be read and of which no series is known, and how many sources that are.
    unread_measures: int = 0
    unread_sources: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestView:
    """All since the owner's last digest."""

    owner: str
    #: "Weekly digest", "Force Delivery Group digest".
    title: str
    #: The window in words, "9 to 15 October 2020"; and as it is called in a sentence, "this week".
    window: str
    span: str
    as_of: str
    topics: tuple[DigestTopic, ...]
    themes: tuple[ThemeTally, ...]
    checked: Checked
    #: Of which figures it does not speak, where some came since what it does; a whole sentence.
    newer: str | None = None
    not_judged: tuple[NotJudged, ...] = ()
    #: The summary, in the order of topics; the titles of those that their inclusion leaves out, and of those without figures.
    lines: tuple[TopicLine, ...] = ()
    not_included: tuple[str, ...] = ()
    without_figures: tuple[str, ...] = ()
    troubles: tuple[DataTrouble, ...] = ()
    holds: tuple[HoldNote, ...] = ()
    silenced: Sequence[SilencedNote] = ()
    coming: tuple[ComingNote, ...] = ()
    marking: str | None = None
    reply_to: str | None = None
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftView:
    """The month's lines for the performance report."""

    #: "March 2019", and whether it ends a quarter.
    month: str
    ends_quarter: bool
    as_of: str
    lines: tuple[TopicLine, ...]
    not_included: tuple[str, ...]
    without_figures: tuple[str, ...]
    checked: Checked
    troubles: tuple[DataTrouble, ...] = ()
    marking: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One thing in a file that the source's owner can mend. `row` counts from 1, the heading included."""

    file: str
    message: str
    fix: str | None = None
    row: int | None = None
    column: str | None = None
    found: str | None = None

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
