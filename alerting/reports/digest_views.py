"""What digests and the month's draft show: plain words and values, filled by the use cases. No figure is worked out here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from alerting.domain.finding import Meaning
from alerting.domain.severity import Severity
from alerting.reports.order import Urgency, Weight, weight
from alerting.reports.views import ChartView, Ending, no_chart
from alerting.reports.watched import FigureCounts


class Standing(StrEnum):
    """What became of an alert within a digest's window."""

    OPENED = "opened"
    WORSENED = "worsened"
    ONGOING = "ongoing"
    #: No alert has opened of it: its rule waits for more periods, or no tick has seen it.
    PENDING = "pending"
    CORRECTED = "corrected"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"


_NEWS = {Standing.WORSENED: Urgency.WORSE, Standing.OPENED: Urgency.NEW}


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFigure:
    """The figure that an entry is about, in a table's few words."""

    #: The measure and the area: equal for all rules on one figure.
    id: tuple[str, str]
    #: What the measure is called in a table, and in a sentence.
    measure: str
    title: str
    area: str
    #: The area's place in the tree of all: parents before their children.
    area_place: int = 0
    area_unsaid: bool = True
    #: "Sep 2020".
    period: str
    #: The period with its preposition, where there is room: "in August 2020".
    when: str
    #: "83%"; empty where only a change is printed.
    value: str
    #: What it is held against: "standard 90%".
    line: str | None = None
    #: The same where there is room, with the side on which it lies: "below the standard of 90%".
    comparison: str | None = None
    #: "+2 points on Aug 2020"; "−38%" of last year's.
    change: str | None = None
    #: Whether that is on last year, which it does not say.
    is_on_last_year: bool = False
    #: Which items or areas make most of the change: "Telford & Wrekin +195 of +210 on last year".
    drivers: str | None = None
    #: "no newer figure since March 2019", where a newer one should be there.
    age: str | None = None
    provisional: bool = False
    #: Since when it has been one: "since Aug 2020"; None: in this period alone.
    since: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestEntry:
    """One alert's line in a digest; fields as in `EventView`, but that `meaning` is what it was where it is over."""

    standing: Standing
    severity: Severity
    meaning: Meaning | None = None
    #: What the rules that tell others find of its figure.
    by_others: tuple[Meaning, ...] = ()
    distance: float = 0.0
    rule_place: int = 0
    not_come: bool = False
    closed: bool = False
    headline: str
    #: None where the measure is not known any more.
    figure: EntryFigure | None = None
    #: Whether its rule is tried out, and only its author is told.
    shadow: bool = False
    #: Whether it counts as an exception today; what stands and cannot be judged now does not.
    is_known: bool = True
    #: Whether somebody was to be told and another exception speaks for it.
    is_inhibited: bool = False
    #: Where it is over: what the figure is now, what it was told as, and for how long.
    ending: Ending | None = None
    since: str | None = None
    #: A further sentence: the newest figure, how it ended, why it was withdrawn.
    text: str | None = None
    #: Those who answer for it, where the digest is about several owners' things.
    owners: tuple[str, ...] = ()
    link: str | None = None
    #: What the rules say of figures of the time.
    notes: tuple[str, ...] = ()
    #: What is wanted of the measure, as its rule file says.
    good_looks_like: str | None = None
    #: What people said of the series last: who, when and what.
    comments: tuple[str, ...] = ()
    #: Asked for where the entry is among the worst few.
    chart: Callable[[], ChartView | None] = no_chart

    @property
    def weight(self) -> Weight:
        """What orders it among others."""
        news = _NEWS.get(self.standing, Urgency.STANDS)
        return weight(self.meaning, self.severity, news, self.distance, self.rule_place)

    @property
    def is_over(self) -> bool:
        """Whether nothing exceptional stands any more."""
        return self.standing in (Standing.RESOLVED, Standing.WITHDRAWN) or self.closed


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestTopic:
    """A topic with what happened in it."""

    title: str
    entries: tuple[DigestEntry, ...]
    #: The theme it belongs to; its own title where it has none.
    theme: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureLine:
    """One measure's newest figure in a topic's line of the summary.

    `severity`: where it is exceptional itself; `meaning`: what that is, None of what has not come.
    """

    text: str
    severity: Severity | None = None
    meaning: Meaning | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedFigure:
    """A figure that is as expected, briefly: "Missing persons 932 (−21%)" of "Q2 20/21"."""

    words: str
    period: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicLine:
    """A topic in a digest or draft: what is as expected; in a draft also what the figures say, and where they are exceptional."""

    theme: str
    topic: str
    #: When it stands in a summary, in words: "Quarter unless exceptional".
    inclusion: str
    figures: tuple[FigureLine, ...]
    #: "Exceptional volumes in Telford & Wrekin", "No exceptional volumes".
    commentary: str
    #: What people said of its exceptions: who, when and what.
    comments: tuple[str, ...] = ()
    #: The measures that are as expected.
    expected: tuple[ExpectedFigure, ...] = ()
    #: Whether the program failed at putting it into words.
    unwritten: bool = False


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
class TopicComments:
    """What people said of a topic and its measures, oldest first: whom, when, of what, and what."""

    topic: str
    comments: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComingNote:
    """What falls on a day soon ("30 October 2020"), a line each."""

    day: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeTally:
    """How the figures of one theme stand; `critical` is a part of `exceptions`."""

    theme: str
    exceptions: int
    critical: int
    normal: int
    not_judged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NotJudged:
    """A figure that is not known. `reason` groups ("late", "held", "refused"); `detail` says more, and until when."""

    measure: str
    area: str
    period: str
    reason: str
    detail: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownGroup:
    """Figures that are not known for one reason.

    `words` follow their number: "40 have no figure for Q3 2018/19"; `names` are the measures', with areas where they have several.
    """

    count: int
    words: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """How many figures were judged, and how many were not for each reason."""

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
    #: The time that it is about, as a subject begins: "Week to 15 October".
    time: str
    as_of: str
    #: All figures that the reader watches, by how they stand.
    counts: FigureCounts
    topics: tuple[DigestTopic, ...]
    themes: tuple[ThemeTally, ...]
    checked: Checked
    #: Of which figures it does not speak, where some came since what it does; a whole sentence.
    newer: str | None = None
    not_judged: tuple[NotJudged, ...] = ()
    #: The figures that are not known, grouped, the most first.
    unknown: tuple[UnknownGroup, ...] = ()
    #: The summary, in the order of topics; the titles of those that their inclusion leaves out, and of those without figures.
    lines: tuple[TopicLine, ...] = ()
    not_included: tuple[str, ...] = ()
    without_figures: tuple[str, ...] = ()
    troubles: tuple[DataTrouble, ...] = ()
    holds: tuple[HoldNote, ...] = ()
    silenced: Sequence[SilencedNote] = ()
    coming: tuple[ComingNote, ...] = ()
    #: By topic, what was said of no exception that stands.
    comments: tuple[TopicComments, ...] = ()
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
    #: What was said of topics that have no line.
    comments: tuple[TopicComments, ...] = ()
    marking: str | None = None
