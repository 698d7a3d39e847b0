"""Where the figures of one series come from: file and row, what they were before, and which tick read them first."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import isnan
from typing import Any

import numpy as np
import polars as pl

from alerting.domain.accepted_figure import AcceptedFigure
from alerting.domain.period import KINDS, Period
from alerting.domain.rule import RuleSet
from alerting.errors import UsageError
from alerting.figures.batches import batches_in
from alerting.figures.memory import numbers_in
from alerting.figures.observations import Observations, Reading
from alerting.ports.figures import ReadingBook
from alerting.spelling import nearest

#: (kind, ordinal, day of publication): what makes one version of a figure, as its source tells versions apart.
_Version = tuple[int, int, int]
#: What is written of a version: its numbers by name, and its marks.
_Numbers = tuple[tuple[tuple[str, float], ...], tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedFigure:
    """One version of one figure."""

    period: Period
    #: By column; what is empty is left out.
    numbers: Mapping[str, float]
    #: "withheld", "refused", "provisional".
    marks: tuple[str, ...]
    published: date | None
    #: The tick that read it first; None: none has.
    read_at: datetime | None
    #: Where it stands today, with the number by which people know the row; None: nowhere any more.
    file: str | None
    row: int | None

    @property
    def value(self) -> float | None:
        """The figure as printed; None where the source gives its parts alone."""
        return self.numbers.get("value")

    def as_json(self) -> dict[str, Any]:
        """Return the values for JSON."""
        return {
            "period": str(self.period),
            "value": self.value,
            "columns": dict(self.numbers),
            "marks": list(self.marks),
            "published": None if self.published is None else self.published.isoformat(),
            "read_at": None if self.read_at is None else self.read_at.isoformat(),
            "file": self.file,
            "row": self.row,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesRecord:
    """Everything that is known of the figures of a measure in an area, by period, oldest version first."""

    measure: str
    area: str
    #: None: it is made of other measures.
    source: str | None
    figures: tuple[RecordedFigure, ...]
    #: What somebody let through the checks, oldest first.
    accepted: tuple[AcceptedFigure, ...] = ()


def series_record(
    rules: RuleSet, reading: Reading, readings: ReadingBook | None, measure: str, area: str
) -> SeriesRecord:
    """Collect the versions of a series' figures that its source holds, and those that ticks have read.

    Args:
        readings: what ticks kept; None: the state is not of these rules, or there is none.

    Raises:
        UsageError: there is no such measure or area.
    """
    _check("measure", measure, rules.measures)
    _check("area", area, rules.areas.areas)
    source = rules.measures[measure].source
    here = [one for one in reading.observations if one.source == source]
    standing = {key: entries for one in here for key, entries in _standing(one, rules, measure, area).items()}
    read = list(_read(readings, source, measure, area)) if readings is not None and source is not None else []
    found = [*_versions(standing, read)]
    starts = rules.calendar.starts
    figures = tuple(
        RecordedFigure(
            period=Period(KINDS[kind], ordinal, starts),
            numbers=dict(numbers),
            marks=marks,
            read_at=at,
            published=date.fromordinal(published) if published > 0 else None,
            file=place and place[0],
            row=place and place[1],
        )
        for (kind, ordinal, published), (numbers, marks), at, place in sorted(found, key=_by_time)
    )
    return SeriesRecord(measure=measure, area=area, source=source, figures=figures)


def _check(what: str, id_: str, known: Mapping[str, object]) -> None:
    if id_ not in known:
        near = nearest(id_, known)
        raise UsageError(f'no {what} "{id_}"' + (f'; did you mean "{near}"?' if near else ""))


_Found = tuple[_Version, _Numbers, datetime | None, tuple[str, int] | None]


def _by_time(found: _Found) -> tuple[int, int, int, bool, float]:
    (kind, ordinal, published), _, at, _ = found
    return (kind, ordinal, published, at is None, 0.0 if at is None else at.timestamp())


def _standing(
    read: Observations, rules: RuleSet, measure: str, area: str
) -> dict[_Version, list[tuple[_Numbers, tuple[str, int]]]]:
    """Return what a source holds of a series now, by version; several rows may stand for one."""
    places = {id_: n for n, id_ in enumerate(rules.measures)}, {id_: n for n, id_ in enumerate(rules.areas.areas)}
    own = np.flatnonzero((read.measure == places[0][measure]) & (read.area == places[1][area]))
    found: dict[_Version, list[tuple[_Numbers, tuple[str, int]]]] = {}
    for entry in own.tolist():
        key = (int(read.kind[entry]), int(read.ordinal[entry]), int(read.published[entry]))
        numbers = {name: float(column[entry]) for name, column in read.columns.items()}
        flags = {
            "withheld": read.suppressed is not None and bool(read.suppressed[entry]),
            "refused": bool(read.refused[entry]),
            "provisional": read.provisional is not None and bool(read.provisional[entry]),
        }
        found.setdefault(key, []).append((_content(numbers, flags), read.where(entry)))
    return found


def _read(readings: ReadingBook, source: str, measure: str, area: str) -> Iterator[tuple[_Version, _Numbers, datetime]]:
    """Yield what ticks read of a series, as each was new, oldest first."""
    for record in readings.of(source):
        for at, batch in batches_in(record):
            own = batch.filter((pl.col("measure") == measure) & (pl.col("area") == area))
            names = numbers_in(own)
            for row in own.iter_rows(named=True):
                numbers = {own_name: row[name] for name, own_name in names.items()}
                flags = {
                    "withheld": bool(row.get("suppressed")),
                    "refused": bool(row.get("refused")),
                    "provisional": bool(row.get("provisional")),
                }
                yield (row["kind"], row["ordinal"], row["published"]), _content(numbers, flags), at


def _content(numbers: Mapping[str, float | None], flags: Mapping[str, bool]) -> _Numbers:
    filled = tuple(sorted((name, float(x)) for name, x in numbers.items() if x is not None and not isnan(x)))
    return filled, tuple(name for name, is_set in flags.items() if is_set)


def _versions(
    standing: Mapping[_Version, Sequence[tuple[_Numbers, tuple[str, int]]]],
    read: Sequence[tuple[_Version, _Numbers, datetime]],
) -> Iterator[_Found]:
    """Put what was read beside what stands: the newest that was read of a version is where the same numbers stand today."""
    newest = {(key, numbers): at for key, numbers, at in read}
    first: dict[tuple[_Version, _Numbers], datetime] = {}
    for key, numbers, at in read:
        first.setdefault((key, numbers), at)
    shown: set[tuple[_Version, _Numbers]] = set()
    for key, entries in standing.items():
        for numbers, place in entries:
            shown.add((key, numbers))
            yield key, numbers, newest.get((key, numbers)), place
    for known, at in first.items():
        if known not in shown:
            yield *known, at, None
