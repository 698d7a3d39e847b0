"""Measures and their topics: what is counted or rated, in which unit, and which way is better."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, StrEnum
from functools import lru_cache
from typing import Final

from alerting.domain.area import AreaSelector
from alerting.domain.data_checks import DataChecks
from alerting.domain.ownership import Ownership
from alerting.domain.period import PeriodKind
from alerting.domain.working_days import ENGLAND

#: So many letters make two words one: offence, offences.
_STEM = 5
#: The most characters of a measure's `short`.
SHORT_MEASURE: Final = 24
#: Stands for all areas that are not named, where something differs by area.
DEFAULT_AREA: Final = "default"


class Unit(StrEnum):
    """What a measure's figures are; decides how they are added up and written."""

    COUNT = "count"
    PERCENT = "percent"
    RATE = "rate"
    NUMBER = "number"
    CURRENCY = "currency"
    SECONDS = "seconds"
    MINUTES = "minutes"
    DAYS = "days"

    @property
    def adds_up(self) -> bool:
        """Whether figures of parts that are counted apart (items of a family) sum to the figure of the whole.

        Not asked about periods and areas: there `domain.aggregation` knows what the measure says of itself.
        """
        return self in (Unit.COUNT, Unit.CURRENCY, Unit.NUMBER)


class Polarity(StrEnum):
    """Which way is better."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


class Include(StrEnum):
    """When a topic appears in monthly drafts and digests."""

    MONTH_AND_QUARTER = "month_and_quarter"
    QUARTER = "quarter"
    QUARTER_UNLESS_EXCEPTIONAL = "quarter_unless_exceptional"
    QUARTER_UNLESS_UPDATED = "quarter_unless_updated"
    EXCEPTIONAL_ONLY = "exceptional_only"
    MONTHLY_INCREASE = "monthly_increase"


class RollUp(StrEnum):
    """How a parent area's figure is made where the source never gives it.

    `TRUE` adds up counts and currency and makes ratios sum over sum; `SUM` and `RATIO` are how that was written before.
    """

    TRUE = "true"
    MEAN = "mean"
    SUM = "sum"
    RATIO = "ratio"
    NONE = "none"


class Aggregate(StrEnum):
    """How figures of several periods make the figure of them together."""

    SUM = "sum"
    MEAN = "mean"
    LAST = "last"
    RATIO = "ratio"


class PerDay(StrEnum):
    """Which days a period's figure is shared out among before it is compared with other periods'."""

    CALENDAR = "calendar"
    WORKING = "working"


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A number a value is held against: one number, a column of the source, dated, or per area.

    Exactly one of `number`, `column`, `dated`, `by_area`, `summed` is set.
    """

    number: float | None = None
    column: str | None = None
    #: (first day it holds, value), by day; before the first there is no level.
    dated: tuple[tuple[date, float], ...] | None = None
    #: area id -> level; the key "default" serves every other area.
    by_area: tuple[tuple[str, "Level"], ...] | None = None
    #: What holds for each period of the kind `every`: a coarser one is held against their sum.
    summed: "Level | None" = None
    every: PeriodKind | None = None

    def numbers(self) -> Iterator[float]:
        """Yield the numbers that are given: the one, each dated one, each area's."""
        if self.number is not None:
            yield self.number
        yield from (number for _, number in self.dated or ())
        for _, own in self.by_area or ():
            yield from own.numbers()

    def columns(self) -> Iterator[str]:
        """Yield the columns that are named: the one, each area's."""
        if self.column is not None:
            yield self.column
        for _, own in self.by_area or ():
            yield from own.columns()


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """When the figure of a period is due, counted from the period's last day; one of its first five, or `by_area`."""

    #: So many calendar days after it.
    days: int | None = None
    #: The nth working day after it.
    working_day: int | None = None
    #: The next day of the month of this number after it; in shorter months their last day.
    day: int | None = None
    #: The next day of the week after it, Monday is 0.
    weekday: int | None = None
    #: The next of these days after it, ascending; after the last one nothing is known to be due.
    dates: tuple[date, ...] | None = None
    #: With `weekday`, `day` and `dates`: days that lie between at least.
    after: int = 1
    #: What holds in areas; "default" in those that are not named, which are never late without it.
    by_area: "tuple[tuple[str, Expected], ...] | None" = None

    def of(self, area: str) -> "Expected | None":
        """Return what holds in an area; None: nothing is expected there."""
        if self.by_area is None:
            return self
        own = dict(self.by_area)
        return own.get(area, own.get(DEFAULT_AREA))

    @property
    def each(self) -> "tuple[Expected, ...]":
        """What holds somewhere."""
        return (self,) if self.by_area is None else tuple(one for _, one in self.by_area)


class Covers(Enum):
    """Special spans a printed figure may cover; a number of periods is held as an int instead."""

    YEAR_TO_DATE = "year_to_date"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A length in periods of one kind: `12 months`; of a rolling window, how many of them must be there (None: all)."""

    count: int
    kind: PeriodKind
    at_least: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """A measure made of two others: numerator / denominator."""

    numerator: str
    denominator: str
    #: How each of them makes its figure of several periods, as `domain.aggregation` finds it; None: it does not.
    numerator_by: Aggregate | None = field(default=None, compare=False)
    denominator_by: Aggregate | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """Something counted or rated at regular periods. Keys and defaults as in the rule files."""

    id: str
    title: str
    topic: str
    unit: Unit
    better: Polarity
    every: PeriodKind
    sentence: str | None = None
    target: Level | None = None
    called: str = "target"
    source: str | None = None
    #: Who answers for it; nobody: who answers for its topic.
    owners: Ownership = ()
    tags: frozenset[str] = frozenset()
    expected: Expected | None = None
    #: Whose bank holidays are no working days, as `domain.working_days` names them.
    holidays: str = ENGLAND
    settles_after_days: int | None = None
    #: What its figures must look like to be judged.
    checks: DataChecks | None = None
    covers: Span | Covers | None = None
    #: As declared; None: `ratio` where numerators and denominators come, else by the unit.
    aggregate: Aggregate | None = None
    per_day: PerDay | None = None
    rolling: Span | None = None
    minimum: float | None = None
    maximum: float | None = None
    smallest_denominator: float | None = None
    areas: AreaSelector | None = None
    roll_up: RollUp = RollUp.NONE
    link: str | None = None
    of: Ratio | None = None
    per: float = 1.0
    decimals: int | None = None
    unit_name: str | None = None
    scale: str | None = None
    currency: str = "GBP"
    #: What subject lines and tables call it; at most `SHORT_MEASURE` characters.
    short: str | None = None
    #: What is wanted of it, in words; None: what is of its topic.
    good_looks_like: str | None = None
    #: For an item, the id of the measure it belongs to.
    item_of: str | None = None
    #: For an item, the title of that measure.
    family_title: str | None = None
    #: On every item: whether it is the total that the other items add up to.
    is_total: bool = False
    #: For error messages about figures: file:line of the declaration.
    where: str = ""

    @property
    def item(self) -> str | None:
        """For an item, its key among the `items` of its measure."""
        return None if self.item_of is None else self.id[len(self.item_of) + 1 :]

    @property
    def full_title(self) -> str:
        """The title with that of the item's family, where the title alone does not say it: Maternity (Friends and Family Test)."""
        return self.title if self.family_title is None else _within(self.title, self.family_title)

    @property
    def ratio_scale(self) -> float:
        """What numerator / denominator is multiplied by: 100 for percents, `per` for rates, else 1."""
        if self.unit is Unit.PERCENT:
            return 100.0
        return self.per if self.unit is Unit.RATE else 1.0


@lru_cache(maxsize=4096)
def _within(title: str, family: str) -> str:
    """Add the family's title unless the item's own has one of its words, in whatever number."""
    stems = {word[:_STEM] for word in title.casefold().split() if len(word) >= _STEM}
    said = any(word[:_STEM] in stems for word in family.casefold().split() if len(word) >= _STEM)
    return title if said else f"{title} ({family})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Items that add up to one of them, by their places among all measures."""

    total: int
    parts: tuple[int, ...]


def families_with_total(measures: Sequence[Measure]) -> Iterator[Family]:
    """Yield the families of items of which one is declared the total of all others."""
    members: dict[str, list[int]] = {}
    for n, measure in enumerate(measures):
        if measure.item_of is not None:
            members.setdefault(measure.item_of, []).append(n)
    for places in members.values():
        total = next((n for n in places if measures[n].is_total), None)
        if total is not None and len(places) > 1:
            yield Family(total=total, parts=tuple(n for n in places if n != total))


def why_no_sum(items: Iterable[Measure]) -> str | None:
    """Say why items' figures cannot add up to a figure of one of them; None where they can."""
    kinds = {(item.unit, item.scale, item.currency, item.every, item.covers) for item in items}
    if len(kinds) > 1:
        return "items that differ in unit, scale or period do not add up"
    unfit = next((unit for unit, *_ in kinds if not unit.adds_up), None)
    return None if unfit is None else f"figures in the unit {unfit.value} do not add up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A heading for measures, with its owner and its place in digests."""

    id: str
    title: str
    theme: str = ""
    #: Who answers for its measures.
    owners: Ownership = ()
    #: What tables call it; at most `SHORT` characters.
    short: str | None = None
    include: Include = Include.MONTH_AND_QUARTER
    #: What is wanted of its measures, in words.
    good_looks_like: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Selects series: all given keys must match; an empty key matches everything."""

    measures: frozenset[str] = field(default_factory=frozenset)
    areas: frozenset[str] = field(default_factory=frozenset)
    rules: frozenset[str] = field(default_factory=frozenset)
    tags: frozenset[str] = field(default_factory=frozenset)
    topics: frozenset[str] = field(default_factory=frozenset)

    def covers_measure(self, measure: Measure) -> bool:
        """Whether the keys about measures (measures, tags, topics) all match *measure*; an item matches by its family."""
        named = not self.measures or measure.id in self.measures or measure.item_of in self.measures
        tagged = not self.tags or bool(self.tags & measure.tags)
        return named and tagged and (not self.topics or measure.topic in self.topics)

    def covers_area(self, area: str) -> bool:
        """Whether *area* (an id) matches."""
        return not self.areas or area in self.areas

    def covers_rule(self, rule: str) -> bool:
        """Whether *rule* (an id) matches."""
        return not self.rules or rule in self.rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A hold, note, break or exclusion: which series, which days (both included), and the words for it."""

    id: str
    match: Match
    since: date | None
    until: date | None
    words: str
