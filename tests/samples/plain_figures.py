"""A folder's figures read a second time, slowly: plain Python, exact fractions, nothing of the engine but its calendar.

Only what is simple is read: measures with rows of their own, and what is made of them in one step. Of all else nothing is said.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any

from alerting.domain.period import Calendar, Period, PeriodKind
from samples.random_folders import Folder, family

Series = tuple[str, str]
#: Which areas an area is made of.
CHILDREN = {"force": ("north", "south", "east"), "east": ("east-1", "east-2")}
_ADDED_UP = ("count", "currency")


@dataclass(frozen=True, kw_only=True)
class Figure:
    """What is known of one period: a value, perhaps with what it is the quotient of; nothing of either where it is no number."""

    value: Fraction | None = None
    numerator: Fraction | None = None
    denominator: Fraction | None = None
    #: Plan, target and other numbers beside it.
    beside: Mapping[str, Fraction | None]


class PlainFigures:
    """What the source gives as known on the day, by series and period."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.measures = {id_: one for one in folder.measures for id_ in ids_of(one)}
        january = any("january" in line for line in folder.rest)
        self.calendar = Calendar(1 if january else 4)

    @cached_property
    def given(self) -> dict[Series, dict[Period, Figure]]:
        """The figures of rows: the row that was published last, nothing where two of one day differ."""
        rows: dict[tuple[str, str, str], dict[str, list[dict[str, str]]]] = {}
        for row in csv.DictReader(self.folder.figures.splitlines()):
            if row["published"] == "" or date.fromisoformat(row["published"]) <= self.folder.as_of:
                days = rows.setdefault((row["measure"], row["area"], row["period"]), {})
                days.setdefault(row["published"], []).append(row)
        found: dict[Series, dict[Period, Figure]] = {}
        for (measure, area, period), days in rows.items():
            newest = days[max(days)]  # a row without a day was known from the beginning, and "" comes before every day
            one = self._figure(measure, newest[0] if all(row == newest[0] for row in newest) else {})
            found.setdefault((measure, area), {})[self.calendar.parse_exact(period)] = one
        return found

    def _figure(self, measure: str, row: Mapping[str, str]) -> Figure:
        beside = {name: number(cell) for name, cell in row.items()}
        top, bottom = beside.get("numerator"), beside.get("denominator")
        value = number(row.get("value", "").removesuffix(" [p]").removesuffix(" [r]"))
        if value is None and top is not None and bottom and not row["value"]:
            value = top * self.scale(measure) / bottom
        return Figure(value=value, numerator=top, denominator=bottom, beside=beside)

    def scale(self, measure: str) -> Fraction:
        """What numerator over denominator is multiplied by."""
        one = self.measures[measure]
        return (
            Fraction(100) if one["unit"] == "percent" else Fraction(one.get("per", 1) if one["unit"] == "rate" else 1)
        )

    def is_given(self, measure: str, *but: str) -> bool:
        """Say whether the measure's own periods are the source's rows and nothing else, but for some keys."""
        one = self.measures[measure]
        return not {"of", "rolling", "roll_up", "smallest_denominator"}.difference(but) & one.keys()

    def held(self, measure: str, area: str) -> bool:
        """Say whether figures of the series, or of what it is made of, may be held back."""
        return any(line.startswith("holds:") for line in self.folder.rest) and area in ("north", "force")

    def is_left_out(self, period: Period) -> bool:
        """Say whether a period's figures take no part in limits."""
        line = next((line for line in self.folder.rest if line.startswith("exclusions:")), None)
        if line is None:
            return False
        begin, end = (line.split(word)[1][:10] for word in ("from: ", "until: "))
        return begin <= str(period.last_day) <= end

    def broken_on(self, measure: str) -> date | None:
        """Return the day from which the measure's figures are of another kind."""
        line = next((line for line in self.folder.rest if line.startswith("breaks:")), None)
        return date.fromisoformat(line.split("on: ")[1][:10]) if line and family(measure) == "m0" else None

    def made(self, measure: str, area: str, period: Period) -> tuple[bool, Fraction | None]:
        """Return whether anything can be said here of a figure made of others in one step, and what."""
        one, series = self.measures[measure], self.given.get((measure, area), {})
        nothing = (False, None)
        if self.held(measure, area) or self.broken_on(measure) is not None:
            return nothing
        if area in CHILDREN and "roll_up" in one and self.is_given(measure, "roll_up") and not series:
            parent = self._parent(measure, area, period) if period.kind is PeriodKind(one["every"]) else None
            return parent is not None, None if parent is None else parent.value
        if period.kind is PeriodKind(one["every"]) or not self.is_given(measure) or "covers" in one:
            return nothing
        within = self.calendar.within(period, PeriodKind(one["every"]))
        return self._together(measure, [series.get(piece) for piece in within], self._over_time(measure))

    def _parent(self, measure: str, area: str, period: Period) -> Figure | None:
        """Return what an area's children make, where all are there; None where that is not simple."""
        series = self.given.get((measure, area), {})
        if series or area not in CHILDREN:
            return series.get(period)
        pieces = [self._parent(measure, child, period) for child in CHILDREN[area]]
        one = self.measures[measure]
        added = one["unit"] in _ADDED_UP
        if added and one["roll_up"] == "ratio":
            return None
        how = "mean" if one["roll_up"] == "mean" else "sum" if added else "ratio"
        known, value = self._together(measure, pieces, how)
        if not known:
            return None
        top, bottom = (total(getattr(piece, name) for piece in pieces) for name in ("numerator", "denominator"))
        return Figure(value=value, numerator=top, denominator=bottom or None, beside={})

    def has_parts(self, measure: str) -> bool:
        """Say whether any figure of the measure comes as numerator and denominator."""
        own = [series for (id_, _), series in self.given.items() if id_ == measure]
        return any(one.denominator is not None for series in own for one in series.values())

    def _over_time(self, measure: str) -> str | None:
        one, ratios = self.measures[measure], self.has_parts(measure)
        if ratios and one["unit"] in _ADDED_UP:
            return None
        return one.get("aggregate") or ("ratio" if ratios else "sum" if one["unit"] in _ADDED_UP else None)

    def _together(self, measure: str, pieces: Sequence[Figure | None], how: str | None) -> tuple[bool, Fraction | None]:
        known = [piece for piece in pieces if piece is not None and piece.value is not None]
        if how is None or len(known) < len(pieces):
            return False, None
        values = [piece.value for piece in known if piece.value is not None]
        if how == "ratio":
            tops, bottoms = [piece.numerator for piece in known], [piece.denominator for piece in known]
            if None in tops or None in bottoms:
                return False, None
            return True, total(tops) * self.scale(measure) / total(bottoms)
        if any(piece.denominator is not None for piece in known) and self.measures[measure]["unit"] in _ADDED_UP:
            return False, None
        return True, {"sum": total(values), "mean": total(values) / len(values), "last": values[-1]}[how]


def ids_of(measure: Mapping[str, Any]) -> list[str]:
    """Return the ids an entry stands for."""
    return [f"{measure['id']}/{item}" for item in measure.get("items", ())] or [measure["id"]]


def total(numbers: Iterable[Fraction | None]) -> Fraction:
    """Add up, exactly."""
    return sum((number for number in numbers if number is not None), Fraction(0))


def number(cell: Any) -> Fraction | None:
    """Return a number as it is printed; None: it is none."""
    try:
        return Fraction(str(cell))
    except (ValueError, ZeroDivisionError):
        return None
