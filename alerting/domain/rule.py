"""Rules and everything a rules folder declares, after loading: plain frozen values, ids resolved."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from alerting.domain.area import AreaSelector, AreaTree
from alerting.domain.loads import Complete
from alerting.domain.measure import Match, Measure, Polarity, RollUp, Span, Topic, Unit, Window
from alerting.domain.period import Calendar, PeriodKind
from alerting.domain.place import Place
from alerting.domain.reading_windows import ReadingWindow
from alerting.domain.severity import Severity, SeverityBySide
from alerting.domain.spellings import AS_USUAL, Spellings
from alerting.domain.wide_columns import Wide
from alerting.domain.working_days import ENGLAND

if TYPE_CHECKING:
    from alerting.domain.condition import Condition


class Status(StrEnum):
    """Whether a rule counts: `shadow` is evaluated and told to its author only."""

    ACTIVE = "active"
    SHADOW = "shadow"
    OFF = "off"


class Presentation(StrEnum):
    """How a digest is laid out: as a mail to read, or as the two sheets of a board's scorecard."""

    DIGEST = "digest"
    SCORECARD = "scorecard"


class Remind(StrEnum):
    """How often an open alert is told again."""

    NEVER = "never"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify:
    """Whom a rule tells: names (area_owner, measure_owner, owner ids), or by area with `children` for an area's children.

    `by_area` maps an area id, "children" (every area with a parent) or "default" to names; empty: `names` serve all.
    """

    names: tuple[str, ...] = ("area_owner",)
    by_area: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A condition, the measures and areas it watches, how serious it is, and whom it tells."""

    id: str
    title: str
    #: Measure ids, resolved from ids, tags, topics or items, in the order the measures are declared.
    measures: tuple[str, ...]
    when: "Condition"
    #: None: all areas of the measure.
    areas: AreaSelector | None = None
    every: PeriodKind | None = None
    #: Exceptional periods in a row before it opens (`for:`).
    open_after: int = 1
    clear_after: int = 1
    severity: Severity | SeverityBySide = Severity.WARNING
    notify: Notify = Notify()
    inhibit: str | None = None
    remind: Remind = Remind.NEVER
    #: After how many of what an acknowledgement lapses: (3, "month").
    review_after: tuple[int, str] | None = None
    status: Status = Status.ACTIVE
    author: str | None = None
    why: str | None = None
    #: Holds for periods whose last day lies in since … until, both included.
    since: date | None = None
    until: date | None = None
    #: The rule's former id; alerts carry over.
    former_id: str | None = None
    place: Place
    #: The rule's own text and its hash, for the audit.
    text: str = ""
    digest: str = ""

    def severity_on(self, *, worse: bool | None) -> Severity:
        """Return the severity for the worse side (True), the better (False), or a side that is neither (None: worse)."""
        if isinstance(self.severity, SeverityBySide):
            return self.severity.better if worse is False else self.severity.worse
        return self.severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """A span of days, both included, in which an owner's deputy is told instead."""

    since: date
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalate:
    """Tell `to` too when an alert stands this many working days without an acknowledgement."""

    working_days: int
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """Local times between which only critical messages go out; may span midnight."""

    since: time
    until: time


#: How often a month has what.
A_MONTH = {"day": 365.25 / 12, "week": 365.25 / 84, "month": 1.0, "quarter": 1 / 3, "year": 1 / 12}


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """A named post who answers for an area, a topic or a measure."""

    id: str
    name: str
    email: str | None = None
    deputy: str | None = None
    away: tuple[Away, ...] = ()
    escalate: Escalate | None = None
    channels: tuple[str, ...] = ("email",)
    quiet_hours: QuietHours | None = None
    #: (messages, per what): "20 per day".
    mail_budget: tuple[int, str] | None = None
    #: (openings by chance, per what): "at most 1 per month".
    false_alarms: tuple[float, str] | None = None

    @property
    def chance_limit(self) -> float | None:
        """How many alerts chance may open in a month; None: nothing is said."""
        return None if self.false_alarms is None else self.false_alarms[0] * A_MONTH[self.false_alarms[1]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where figures come from: a kind (`csv`, …) with its settings, and how its columns and names map."""

    id: str
    kind: str
    settings: Mapping[str, Any]
    owner: str | None = None
    #: our column -> the source's column
    columns: Mapping[str, str] = field(default_factory=dict)
    #: our column of words -> the source's columns that make it together: a period of year and month
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: the source's name -> our id
    names: Mapping[str, str] = field(default_factory=dict)
    #: what stands in cells whose figure it withholds
    missing: frozenset[str] = frozenset()
    #: how else it writes figures
    spellings: Spellings = AS_USUAL
    #: our column -> what it holds in every row
    fixed: Mapping[str, str] = field(default_factory=dict)
    #: "comma" or "point": the sign that decimals begin with; None: a point, unless figures say otherwise beyond doubt.
    decimal: str | None = None
    #: What its amounts are multiplied with: 1,000 where it is in thousands.
    scale: float = 1.0
    #: Fewer rows are no whole load.
    at_least_rows: int = 0
    #: When a load is whole: until then what was read before counts; None: always.
    complete: Complete | None = None
    #: Whether a whole load is judged as soon as it is seen.
    on_load: bool = False
    #: What stands side by side in its header, of two the one above first; none: one row a figure.
    wide: tuple[Wide, ...] = ()
    #: How far back it is read from one day to the next; None: all of it is read.
    window: ReadingWindow | None = None
    #: Its key under `sources:`, or the first `source:` with its path where it has none; None: nothing reads its kind.
    place: Place | None = None
    #: What its settings name, by their keys; only while it is read.
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A way out: a notifier kind (`email`, `folder`, …) with its settings."""

    id: str
    kind: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    #: Whether it goes to an owner's own mail address; else their id is address enough.
    by_address: bool = True
    #: Its key under `channels:`; None: it is not written there.
    place: Place | None = None

    def address_of(self, owner: "Owner") -> str | None:
        """Return where an owner is reached; None: nowhere."""
        return owner.email if self.by_address or owner.email is not None else owner.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Mutes messages (never the judging) for matching alerts on these days, both included."""

    id: str
    match: Match
    since: date | None
    until: date | None
    reason: str
    #: Who made it by command, and when; None: it stands in the rules folder.
    person: str | None = None
    made_at: datetime | None = None

    def mutes(self, rule: str, measure: Measure, area: str, day: date) -> bool:
        """Say whether it mutes a series under a rule on a day."""
        match = self.match
        covers = match.covers_rule(rule) and match.covers_area(area) and match.covers_measure(measure)
        return covers and self.holds(day)

    def holds(self, day: date) -> bool:
        """Say whether a day is one of its days."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

    def of_rules(self, ids: Iterable[str]) -> "Silence":
        """Return it with other names of the rules that it is about."""
        rules = frozenset(ids)
        return self if rules == self.match.rules else replace(self, match=replace(self.match, rules=rules))


#: Messages of the same month a year before are there to be looked at.
KEEP = Span(count=13, kind=PeriodKind.MONTH)


class OnHoliday(StrEnum):
    """When what falls due on a bank holiday is done."""

    SAME_DAY = "same_day"
    NEXT_WORKING_DAY = "next_working_day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When the service evaluates, in which zone, how many openings at once are odd, and how long messages are kept."""

    timezone: str = "Europe/London"
    evaluate: str = "mon-fri 07:00"
    #: Whose bank holidays are no working days, as `domain.working_days` names them.
    holidays: str = ENGLAND
    on_holiday: OnHoliday = OnHoliday.SAME_DAY
    flood: int = 50
    #: For how long bodies and pictures of messages are kept; what was told, to whom and when is kept for ever.
    keep: Span = KEEP


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """A regular message: `every` (a schedule text), or `before` so many working days each of `meetings`."""

    id: str
    to: tuple[str, ...]
    every: str | None = None
    before_working_days: int | None = None
    meetings: tuple[date, ...] = ()
    about: Match | None = None
    form: Presentation = Presentation.DIGEST
    #: None: as the schedule says.
    on_holiday: OnHoliday | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """Owner ids for duties: the operator, the rules' maintainer, and the fallback for undeliverable messages."""

    operator: str | None = None
    maintainer: str | None = None
    fallback: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, weakref_slot=True)
class RuleSet:
    """One loaded rules folder, valid as a whole."""

    folder: str
    #: "sha256:…" over every file's path and bytes.
    version: str
    calendar: Calendar
    areas: AreaTree
    topics: Mapping[str, Topic]
    #: In the order declared; items right after one another.
    measures: Mapping[str, Measure]
    sources: Mapping[str, Source]
    rules: tuple[Rule, ...]
    owners: Mapping[str, Owner]
    roles: Roles = Roles()
    channels: Mapping[str, Channel] = field(default_factory=dict)
    holds: tuple[Window, ...] = ()
    breaks: tuple[Window, ...] = ()
    notes: tuple[Window, ...] = ()
    exclusions: tuple[Window, ...] = ()
    silences: tuple[Silence, ...] = ()
    schedule: Schedule = Schedule()
    digests: tuple[Digest, ...] = ()

    def __hash__(self) -> int:
        """Hash by the version: equal files, equal rules."""
        return hash(self.version)

    @property
    def renamed(self) -> Mapping[str, str]:
        """Former id -> today's of the rules that have another name now."""
        ids = {rule.id for rule in self.rules}
        return {rule.former_id: rule.id for rule in self.rules if rule.former_id and rule.former_id not in ids}

    def as_judged(self, rule: str, measure: str) -> Measure | None:
        """Return a measure as a rule judges it: in the unit of what it holds against its limits; None for one that is gone."""
        found = self.measures.get(measure)
        view = next((one.when.view for one in self.rules if one.id == rule), None)
        return found if found is None or view is None else view.measure(found)

    def reporting(self, measure: str) -> frozenset[str] | None:
        """Return the areas that are expected to report a measure, with the parents made of them; None where nothing says which."""
        found = self.measures.get(measure)
        if found is None or found.areas is None:
            return None
        chosen = self.areas.selected(found.areas)
        return chosen if found.roll_up is RollUp.NONE else self.areas.with_parents(chosen)

    def watched_areas(self, rule: Rule, measure: str) -> frozenset[str] | None:
        """Return the areas in which *rule* watches a measure: of its own, those that report; None: whichever do."""
        reporting = self.reporting(measure)
        if rule.areas is None:
            return reporting
        chosen = self.areas.selected(rule.areas)
        return chosen if reporting is None else chosen & reporting

    def goes_unsaid(self, measure: Measure, area: str) -> bool:
        """Say whether an area's name may be left out: it has no parent, and what is counted is no money."""
        found = self.areas.areas.get(area)
        return measure.unit is not Unit.CURRENCY and (found is None or found.parent not in self.areas)

    def is_over(self, rule: Rule, as_of: date) -> bool:
        """Say whether *rule* watches no longer: its `until` lies before the newest complete period of all it judges."""
        if rule.until is None:
            return False
        kinds = {rule.every or self.measures[id_].every for id_ in rule.measures}
        return all(self.calendar.newest_complete(as_of, kind).last_day > rule.until for kind in kinds)


def side_is_worse(*, above: bool, better: Polarity) -> bool | None:
    """Say whether a value *above* (else below) its comparison is on the worse side; None where neither way is better."""
    if better is Polarity.NEITHER:
        return None
    return above is (better is Polarity.LOWER)
