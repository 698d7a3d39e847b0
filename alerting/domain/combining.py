"""Putting figures together: pieces (periods of a span, areas of a parent) to the figure of the whole, or why there is none."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from alerting.domain import exact
from alerting.domain.arrays import Codes, Flags, Floats
from alerting.domain.finding import Reason
from alerting.domain.measure import Aggregate

PARTS = ("numerator", "denominator")
_SMALL = Reason.SMALL_NUMBERS.code
_PARTIAL = Reason.PARTIAL.code


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How a measure's pieces are put together, and the columns that go along with its figures."""

    how: Aggregate | None
    #: What numerator / denominator is multiplied by.
    scale: float = 1.0
    #: How numerators and denominators are put together.
    parts: tuple[Aggregate | None, Aggregate | None] = (Aggregate.SUM, Aggregate.SUM)
    along: tuple[str, ...] = ()
    #: How many pieces are enough, the last among them; None: all.
    at_least: int | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Pieces:
    """Figures to be put together, `[pieces x series]`; NaN where one is not there."""

    value: Floats
    planes: Mapping[str, Floats]
    reasons: Codes | None
    #: Which may still change. None: none.
    provisional: Flags | None = None

    @property
    def turned(self) -> "Pieces":
        """Series and pieces change places: areas of a parent stand beside one another."""
        planes = {name: plane.T for name, plane in self.planes.items()}
        reasons = None if self.reasons is None else self.reasons.T
        provisional = None if self.provisional is None else self.provisional.T
        return Pieces(value=self.value.T, planes=planes, reasons=reasons, provisional=provisional)

    @property
    def usable(self) -> Flags:
        """Where nothing stands against using a figure; that it rests on few cases does not: the whole's denominator decides."""
        if self.reasons is None:
            return np.ones(self.value.shape, dtype=bool)
        usable: Flags = (self.reasons == 0) | (self.reasons == _SMALL)
        return usable

    @property
    def came(self) -> Flags:
        """Where there is a figure, used or not."""
        came: Flags = self.value == self.value
        return came if self.reasons is None else came | (self.reasons != 0)

    @property
    def has_ratio(self) -> Flags:
        """Where numerator and denominator are both there, and what they make, if it is not nothing over nothing."""
        if not set(PARTS) <= self.planes.keys():
            return np.zeros(self.value.shape, dtype=bool)
        both: Flags = np.isfinite(self.planes["numerator"]) & np.isfinite(self.planes["denominator"])
        both &= (
            (self.value == self.value)
            if self.reasons is None
            else (self.value == self.value) | (self.reasons == _SMALL)
        )
        return both


@dataclass(frozen=True, kw_only=True, eq=False)
class Combined:
    """What pieces make, per series; NaN, with the reason, where they do not."""

    value: Floats
    planes: Mapping[str, Floats]
    #: What it is made of, and which of that is used.
    pieces: Pieces
    there: Flags
    #: What a provisional piece is part of may still change too. None: no piece is provisional.
    provisional: Flags | None

    @cached_property
    def reasons(self) -> Codes:
        """Why there is no value although a piece came; 0 elsewhere."""
        return _why(self.pieces, self.value, self.planes, self.there)

    @property
    def used(self) -> Floats:
        """How many pieces are used."""
        used: Floats = self.there.sum(axis=0) * 1.0
        return used


def together(pieces: Pieces, recipe: Recipe) -> Combined:
    """Put pieces together: a sum, a mean, the last, or sum over sum; nothing where a piece that it needs is missing."""
    how = recipe.how
    there = pieces.usable & (pieces.has_ratio if how is Aggregate.RATIO else pieces.value == pieces.value)
    if how is Aggregate.LAST:
        pieces, there = _last(pieces), there[-1:]
    enough = there.all(axis=0)
    if recipe.at_least is not None and how is not Aggregate.LAST:
        enough = there[-1] & (there.sum(axis=0) >= recipe.at_least)
    with np.errstate(all="ignore"):  # of pieces none of which is there, the mean is nothing over nothing
        planes = {name: _part(pieces, name, by, there) for name, by in zip(PARTS, recipe.parts, strict=True)}
        if how is None:
            enough, value = np.zeros(enough.shape, dtype=bool), np.full(enough.shape, np.nan)
        elif how is Aggregate.RATIO:
            value = exact.ratio(planes["numerator"], planes["denominator"], recipe.scale)
        else:
            value = _reduced(pieces.value, there, how)
        planes |= {name: _along(pieces, name, how, there) for name in recipe.along if name in pieces.planes}
    planes = {name: np.where(enough, plane, np.nan) for name, plane in planes.items()}
    value = np.where(enough & np.isfinite(value), value, np.nan)
    may_change = None if pieces.provisional is None else (pieces.provisional & there).any(axis=0) & (value == value)
    return Combined(value=value, planes=planes, pieces=pieces, there=there, provisional=may_change)


def _last(pieces: Pieces) -> Pieces:
    planes = {name: plane[-1:] for name, plane in pieces.planes.items()}
    reasons = None if pieces.reasons is None else pieces.reasons[-1:]
    provisional = None if pieces.provisional is None else pieces.provisional[-1:]
    return Pieces(value=pieces.value[-1:], planes=planes, reasons=reasons, provisional=provisional)


def _reduced(plane: Floats, there: Flags, how: Aggregate) -> Floats:
    """Reduce the pieces that are there; row by row, so that a series has the same last digit alone and among others."""
    if how is Aggregate.LAST:
        last: Floats = plane[-1]
        return last
    taken = np.where(there, plane, 0.0)
    total = np.add.accumulate(taken)[-1]
    largest = (
        np.abs(taken).max(axis=0) if (taken < 0).any() else total
    )  # no part is larger than a sum that none lessens
    total = exact.as_decimal(total, largest)
    return total / there.sum(axis=0) if how is Aggregate.MEAN else total


def _part(pieces: Pieces, name: str, how: Aggregate | None, there: Flags) -> Floats:
    """Return the numerator or denominator of the whole; NaN where a piece has none or nothing says how."""
    plane = pieces.planes.get(name)
    if plane is None or how in (None, Aggregate.RATIO) or np.isnan(plane).all():
        return np.full(pieces.value.shape[1], np.nan)
    assert how is not None
    found = _reduced(plane, there, how)
    return np.where((there & np.isnan(plane)).any(axis=0), np.nan, found)


def _along(pieces: Pieces, name: str, how: Aggregate | None, there: Flags) -> Floats:
    """Return a plan or target of the whole, made as its figure is; that of a ratio is weighted by the denominators."""
    plane = pieces.planes[name]
    if how is None or (how is Aggregate.RATIO and "denominator" not in pieces.planes):
        found = np.full(plane.shape[1], np.nan)  # no parts at all: nothing is made, and nothing is there to weigh with
    elif how is not Aggregate.RATIO:
        found = _reduced(plane, there, how)
    else:
        weight = np.where(there, pieces.planes["denominator"], 0.0)
        found = np.add.accumulate(np.where(there, plane * weight, 0.0))[-1] / np.add.accumulate(weight)[-1]
    same = (plane == plane[0]).all(axis=0)  # the mean of equal levels is that level, whatever adding them up rounds to
    averaged = how in (Aggregate.RATIO, Aggregate.MEAN)
    return np.where(same, plane[0], found) if averaged else found


def _why(pieces: Pieces, value: Floats, planes: Mapping[str, Floats], there: Flags) -> Codes:
    """Say why there is no value where a piece came: what stands against one, that all are nothing, or that one is not there."""
    unmade = np.isnan(value) & pieces.came.any(axis=0)
    reasons = np.zeros(value.shape, dtype=np.int8)
    if not unmade.any():
        return reasons
    if pieces.reasons is not None:
        reasons = np.where(pieces.usable, 0, pieces.reasons).max(axis=0).astype(np.int8)
    nothing = there.all(axis=0) & (planes["denominator"] == 0)
    reasons = np.where(reasons == 0, np.where(nothing, _SMALL, _PARTIAL), reasons)
    return np.where(unmade, reasons, 0).astype(np.int8)
