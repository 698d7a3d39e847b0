"""The columns of a source: which there are, what they hold, and which heading of a file is which of them."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from alerting.domain.written_periods import written
from alerting.spelling import nearest


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceColumn:
    """One of our columns."""

    name: str
    holds: str
    meaning: str


#: Columns that hold words; every other column holds numbers.
WORD_COLUMNS = (
    SourceColumn(name="measure", holds="words", meaning="its id or exact title, or a name that the source's `names` map"),
    SourceColumn(name="area", holds="words", meaning="its id or exact title, or a name that the source's `names` map"),
    SourceColumn(name="period", holds="a period", meaning="the day, week, month, quarter or year the figure is of"),
    SourceColumn(name="published", holds="a day", meaning="the day it became known; not seen before it; a later day is a revision"),
    SourceColumn(name="provisional", holds="true or false", meaning="whether it may still change; it is judged, and marked so"),
    SourceColumn(name="note", holds="words", meaning="a remark on the figure; notices have it beside the figure"),
)  # fmt: skip
#: Columns of numbers with a meaning of their own.
NUMBER_COLUMNS = (
    SourceColumn(name="value", holds="a number", meaning="the figure; where it is empty, it is made of numerator and denominator"),
    SourceColumn(name="numerator", holds="a number", meaning="what is counted, of `denominator`"),
    SourceColumn(name="denominator", holds="a number", meaning="what `numerator` is a part of, or is counted per"),
    SourceColumn(name="lower_limit", holds="a number", meaning="the lower limit, as published"),
    SourceColumn(name="upper_limit", holds="a number", meaning="the upper limit, as published"),
    SourceColumn(name="centre", holds="a number", meaning="the centre line, as published; else the middle between both limits"),
    SourceColumn(name="target", holds="a number", meaning="the target, where the measure or rule says `target: target`"),
    SourceColumn(name="plan", holds="a number", meaning="the plan or budget that `variance` compares with"),
    SourceColumn(name="change_previous_period", holds="a number", meaning="percent change on the period before, as published"),
    SourceColumn(name="change_same_period_last_year", holds="a number", meaning="percent change on a year before, as published"),
    SourceColumn(name="change_year_to_date", holds="a number", meaning="percent change of the year to date, as published"),
)  # fmt: skip
#: What stands for "no figure", in lower case. [x] not available and [z] not applicable are the Government Analysis
#: Function's, "Symbols in tables"; two points are Eurostat's and the United Nations'.
MISSING = frozenset(
    {
        "",
        "-",
        "n/a",
        "na",
        "not available",
        "not known",
        "null",
        "\N{EN DASH}",
        "\N{EM DASH}",
        "[x]",
        "[z]",
        "..",
    }
)
#: What stands for a figure that is there and not told: confidential, or so small that it rounds to nothing (same source).
SUPPRESSED = frozenset({"[c]", "[low]", "*"})
WORDS = tuple(column.name for column in WORD_COLUMNS)
NUMBERS = tuple(column.name for column in NUMBER_COLUMNS)
#: What every source gives, beside `value` or both parts of it.
REQUIRED = ("measure", "area", "period")
PARTS = ("numerator", "denominator")
NEEDS = (*REQUIRED, "value")
#: Read under a heading in other letters ("Lower limit"); target and plan go by the very name that rules refer to.
_IN_ANY_LETTERS = frozenset((*WORDS, *NUMBERS)) - {"target", "plan"}
#: In `fixed`: the file's name says it, in its words for a period or a day.
FILE_NAME = "file_name"
FROM_FILE_NAME = ("period", "published")
#: Stands in the name of a part of a column; no heading can hold it.
_PART = "\x1f"
#: More columns than this are no tidy table of figures.
MOST_COLUMNS = 2_000
#: Headings that are listed in a message; the rest is counted.
_MOST_LISTED = 30
#: So many headings that are periods make a wide table.
_WIDE_FROM = 3


def averages_among(names: Iterable[str]) -> list[str]:
    """Return the columns that are averages, as a figure may be read beside them; the longest name says most."""
    return sorted((name for name in names if name.endswith("average")), key=len, reverse=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Which column of a file is which of ours. Places are 0-based, in the file's order."""

    #: As they stand in the file; line breaks and runs of spaces are one space.
    headings: tuple[str, ...]
    #: Our name (or a further column's own) -> its place, in the file's order.
    places: Mapping[str, int]
    #: Our names whose own heading in the file is not read, since another column is meant -> that heading's place.
    hidden: Mapping[str, int] = field(default_factory=dict)
    #: Places of headings in other letters than ours.
    alike: tuple[int, ...] = ()
    #: Headings that stand twice and that nothing needs.
    twice: tuple[str, ...] = ()
    #: Of a wide table: the headings that stand side by side in place of one column -> their places; empty: it is tidy.
    spread: Mapping[str, int] = field(default_factory=dict)
    #: Where two things stand in its header: each of these headings -> (what stands over it, what its own row says).
    of_two: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    #: Further columns of a wide table, that it says nothing by.
    left_out: tuple[str, ...] = ()
    #: What is missing or stands twice; None where the file can be read.
    trouble: str | None = None

    @property
    def needed(self) -> list[int]:
        """The places of measure, area, period and value, as far as they are there."""
        return [self.places[name] for name in (*REQUIRED, "value") if name in self.places]

    @property
    def words(self) -> frozenset[int]:
        """The places of our columns of words, and of their parts."""
        return frozenset(place for name, place in self.places.items() if holds_words(name))


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRow:
    """A row whose numbers cannot be trusted: what was found, as it stands, and what to write instead."""

    found: str
    fix: str


def one_line(heading: str) -> str:
    """Return a heading with line breaks and runs of spaces as one space."""
    return " ".join(heading.split())


def part_name(ours: str, n: int) -> str:
    """Return what the n-th of several columns that make one of ours is called in tables."""
    return f"{ours}{_PART}{n}"


def whose_part(name: str) -> str | None:
    """Return our column that a column of a table is a part of; None: it is whole."""
    ours, is_part, _ = name.partition(_PART)
    return ours if is_part else None


def holds_words(name: str) -> bool:
    """Whether one of a table's columns is words, or a part of one that is."""
    return name in WORDS or _PART in name


def layout_of(
    found: Sequence[str],
    mapped: Mapping[str, str],
    fixed: Collection[str] = (),
    parts: Mapping[str, Sequence[str]] = MappingProxyType({}),
    needs: Collection[str] = NEEDS,
) -> Layout:
    """Tell which of a file's columns are ours: those that are mapped, wherever they stand, then those of our names.

    Args:
        found: the header's cells.
        mapped: our name -> the file's, as the source's `columns` say.
        fixed: our names that the source gives for all rows; they need no column.
        parts: our names that several of the file's columns make, which go by their own names.
        needs: what it cannot do without; a value may be given by both of its parts.
    """
    headings = tuple(one_line(cell) for cell in found)
    counts = Counter(heading for heading in headings if heading)
    wanted = {ours: one_line(theirs) for ours, theirs in mapped.items()}
    first = {heading: place for place, heading in reversed(list(enumerate(headings))) if heading}
    several = {part_name(ours, n): one_line(name) for ours, names in parts.items() for n, name in enumerate(names)}
    absent = [theirs for theirs in (*wanted.values(), *several.values()) if theirs not in first]
    if absent:
        return Layout(headings=headings, places={}, trouble=no_column(absent[0], headings, None))
    by_name = {ours: first[theirs] for ours, theirs in (wanted | several).items()}
    taken = set(by_name.values())
    own = {name: place for name, place in first.items() if place not in taken and counts[name] == 1}
    given = {*fixed, *parts}
    hidden = {name: place for name, place in own.items() if name in by_name or name in given}
    by_name |= {name: place for name, place in own.items() if name not in hidden}
    alike = _alike(by_name, hidden, given)
    by_name = {alike.get(name, name): place for name, place in by_name.items()}
    places = dict(sorted(by_name.items(), key=lambda item: item[1]))
    return Layout(
        headings=headings,
        places=places,
        hidden=hidden,
        alike=tuple(places[name] for name in alike.values()),
        twice=tuple(name for name, count in counts.items() if count > 1),
        trouble=_trouble(headings, counts, {*wanted.values(), *several.values()}, {*places, *given}, needs),
    )


def _alike(by_name: Mapping[str, int], hidden: Mapping[str, int], fixed: Collection[str]) -> dict[str, str]:
    """Return headings that are one of our names in other letters, where nothing else is it."""
    found: dict[str, list[str]] = {}
    for name in by_name:
        ours = name.casefold().replace(" ", "_").replace("-", "_")
        if ours in _IN_ANY_LETTERS and ours != name and ours not in by_name and ours not in fixed:
            found.setdefault(ours, []).append(name)
    return {names[0]: ours for ours, names in found.items() if len(names) == 1 and ours not in hidden}


def _trouble(
    headings: Sequence[str],
    counts: Mapping[str, int],
    wanted: Collection[str],
    have: Collection[str],
    needs: Collection[str],
) -> str | None:
    used = (*(name for name in (*WORDS, *NUMBERS) if name not in have), *wanted)
    twice = [name for name in used if counts.get(name, 0) > 1]
    if twice:
        return f'column "{twice[0]}" stands twice in the header; rename one of them'
    missing = [name for name in REQUIRED if name in needs and name not in have]
    if not missing and "value" in needs and "value" not in have and not set(PARTS) <= set(have):
        missing = ["value"]
    return no_column(missing[0], headings, missing[0]) if missing else None


def no_column(name: str, headings: Sequence[str], ours: str | None) -> str:
    """Say which column is missing, which there are, and what to write.

    Args:
        ours: its name among ours; None: the rules say that the file calls it so.
    """
    named = [heading for heading in headings if heading]
    begins = f'no column "{name}"; the header has {listed(named) if named else "no names"}'
    near = nearest(name, named[:_MOST_LISTED])
    meant = f' Did you mean "{near}"?' if near else ""
    if ours is None:
        return f"{begins}.{meant}" if meant else begins
    wide = _periods_in(named)
    if len(wide) >= _WIDE_FROM and ours in ("period", "value"):
        return (
            f'no column "{name}"; the periods "{wide[0]}" to "{wide[-1]}" stand in the header: this is a wide table.'
            " Write wide: {periods: header} in the source, or one row a figure with the columns measure, area, period and value"
        )
    whole = f", or give it for the whole file: fixed: {{{name}: …}}" if name in REQUIRED else ""
    return f"{begins}.{meant} Rename it there, or map it under the source's columns: {{{name}: …}}{whole}"


def listed(names: Sequence[str]) -> str:
    """List names with commas; of very many the first ones and how many more there are."""
    if len(names) <= _MOST_LISTED:
        return ", ".join(names)
    return f"{', '.join(names[:_MOST_LISTED])} and {len(names) - _MOST_LISTED:,} more"


def _periods_in(headings: Sequence[str]) -> list[str]:
    return [heading for heading in headings[:MOST_COLUMNS] if is_period(heading)]


def is_period(heading: str) -> bool:
    """Whether a heading is a period, in any of the ways in which people write one."""
    if not any(c.isdigit() for c in heading):
        return False
    try:
        return written(heading) is not None
    except ValueError:  # it looks like one, and there is none such
        return True
