"""What was known of a source against what it holds now: what is new in it, what is gone, and what holds after several readings."""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cached_property
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from alerting.domain.arrays import Flags, Index
from alerting.domain.coverage import Coverage
from alerting.domain.period import KINDS, Period
from alerting.domain.rule import RuleSet
from alerting.figures.addresses import Codes, FrameNumbers, numbered, places_of, vocabulary
from alerting.figures.memory import CELL, EMPTY, NUMBER, VALUES
from alerting.figures.observations import Observations

Column: TypeAlias = NDArray[np.generic]


def latest_rows(batches: Sequence[pl.DataFrame]) -> pl.DataFrame | None:
    """Return what is known after all batches in order: of each observation, the rows of the last batch that has it."""
    if len(batches) <= 1:
        return batches[0] if batches else None
    ids = [_coded([batch[name] for batch in batches]) for name in ("measure", "area")]
    days = [[batch[name].to_numpy() for batch in batches] for name in ("kind", "ordinal", "published")]
    found = numbered(numbered(*ids).frames, numbered(*days).frames)
    later = np.zeros(found.size, dtype=bool)
    kept: list[pl.DataFrame] = []
    for batch, own in zip(reversed(batches), reversed(found.frames), strict=True):
        over = later[own]
        kept.append(batch.filter(pl.Series(~over)) if over.any() else batch)
        later[own] = True
    return pl.concat(reversed(kept), how="diagonal")


class ReadingComparison:
    """What was known, as `latest_rows` returns it, beside a source's observations now."""

    def __init__(self, known: pl.DataFrame, now: Observations, rules: RuleSet) -> None:
        """Tell rows apart by numbers; from then on what made these is not held any more, where nobody else holds it."""
        self.now = now
        measure, area = known["measure"], known["area"]
        ids = numbered(
            (places_of(measure, vocabulary([measure], rules.measures)), now.measure),
            (places_of(area, vocabulary([area], rules.areas.areas)), now.area),
        )
        days = ((known["kind"].to_numpy(), now.kind), (known["ordinal"].to_numpy(), now.ordinal))
        self._cells = numbered(ids.frames, *days)
        self._gone = self._not_held(known)
        self.known = known.drop(CELL)

    def vanished(self) -> pl.DataFrame:
        """Return the rows of figures that were known and are not held now in any version; an empty cell is none."""
        return self._gone

    def _not_held(self, known: pl.DataFrame) -> pl.DataFrame:
        before, after = self._cells.frames
        held = np.zeros(self._cells.size, dtype=bool)
        held[after] = True
        gone = known.filter(pl.Series(~held[before]))
        values = [pl.col(name).is_not_nan() & pl.col(name).is_not_null() for name in gone.columns if name in VALUES]
        return gone.filter(pl.any_horizontal(values)) if values else gone

    def changed_rows(self) -> Index:
        """Return the places of the observations that are new, or are not what was known of them, in order.

        Of one that is not quite the same any more, all rows: it may have been in conflict, or be so now.
        """
        if self.known.is_empty():
            return np.arange(len(self.now.ordinal))
        before, after = self._observations.frames
        last = np.full(self._observations.size, -1, dtype=np.int32)
        several = _repeated(before, last)
        where = last[after]
        several |= _repeated(after, np.full_like(last, -1))
        changed = where < 0
        for old, new in self._facts():
            changed |= ~_equal(old[where], new)
        if several.any():
            unlike = self._unlike(several)
            changed = np.where(several[after], unlike[after], changed)
        return np.flatnonzero(changed)

    @cached_property
    def _observations(self) -> FrameNumbers:
        return numbered(self._cells.frames, (self.known["published"].to_numpy(), self.now.published))

    def _unlike(self, several: Flags) -> Flags:
        """Mark, of observations with several rows, those of which a row is new or gone."""
        before, after = (np.flatnonzero(several[frame]) for frame in self._observations.frames)
        number = [self._observations.frames[0][before], self._observations.frames[1][after]]
        frames = [{"number": pl.Series(own)} for own in number]
        for n, (old, new) in enumerate(self._facts()):
            frames[0][str(n)], frames[1][str(n)] = pl.Series(old[before]), pl.Series(new[after])
        known, now = (pl.DataFrame(frame) for frame in frames)
        found = np.zeros(self._observations.size, dtype=bool)
        for one, other in ((known, now), (now, known)):
            found[one.join(other, on=one.columns, how="anti")["number"].to_numpy()] = True
        return found

    def _facts(self) -> Iterator[tuple[Column, Column]]:
        """Yield, of all that a row says, what is known and what is held now; where a frame has no such column, its default."""
        known, now = self.known, self.now
        flags = {"suppressed": now.suppressed, "provisional": now.provisional, "variant": now.variant}
        yield known["refused"].to_numpy(), now.refused
        for name, here in flags.items():
            yield from self._beside(name, here, EMPTY[name])
        numbers = {f"{NUMBER}{name}": values for name, values in now.columns.items()}
        for name in dict.fromkeys((*numbers, *(name for name in known.columns if name.startswith(NUMBER)))):
            yield from self._beside(name, numbers.get(name), np.nan)
        if now.note is not None or "note" in known.columns:
            yield self._notes()

    def _beside(self, name: str, here: Column | None, empty: float) -> Iterator[tuple[Column, Column]]:
        """Yield a column of both; nothing where neither has it."""
        there = self.known[name].fill_null(empty).to_numpy() if name in self.known.columns else None
        if there is not None and here is not None:
            yield there, here
        elif there is not None:
            yield there, np.full(len(self.now.ordinal), empty, dtype=there.dtype)
        elif here is not None:
            yield np.full(self.known.height, empty, dtype=here.dtype), here

    def _notes(self) -> tuple[Column, Column]:
        """Return the notes of both as numbers; 0: none."""
        known, now = self.known, self.now
        own = known["note"] if "note" in known.columns else pl.Series(dtype=pl.String)
        places = vocabulary([own], ["", *now.note_texts])
        before = np.maximum(places_of(own, places), 0) if len(own) else np.zeros(known.height, dtype=np.int32)
        if now.note is None:
            return before, np.zeros(len(now.ordinal), dtype=np.int32)
        here = np.array([places[text] for text in (*now.note_texts, "")], dtype=np.int32)
        return before, here[np.maximum(now.note, 0)]


def gone_from(gone: pl.DataFrame, covers: Coverage, starts: int) -> pl.DataFrame:
    """Return, of rows that are not held any more, those of which that is said: the others were not read.

    Args:
        starts: the month in which financial years start.
    """
    if covers.measures is not None:
        gone = gone.filter(pl.col("measure").cast(pl.String).is_in(sorted(covers.measures)))
    if covers.areas is not None:
        gone = gone.filter(pl.col("area").cast(pl.String).is_in(sorted(covers.areas)))
    if covers.since is None and covers.until is None:
        return gone
    begins = {
        (kind, ordinal): Period(KINDS[kind], ordinal, starts).first_day
        for kind, ordinal in gone.select("kind", "ordinal").unique().iter_rows()
    }
    first, last = covers.since or date.min, covers.until or date.max
    inside = [first <= begins[period] <= last for period in gone.select("kind", "ordinal").iter_rows()]
    return gone.filter(pl.Series(inside, dtype=pl.Boolean))


def _repeated(rows: Codes, last: Codes) -> Flags:
    """Write down the last row of each number, and mark numbers that more than one row has."""
    order = np.arange(len(rows), dtype=np.int32)
    last[rows] = order
    found = np.zeros(len(last), dtype=bool)
    found[rows[last[rows] != order]] = True
    return found


def _equal(one: Column, other: Column) -> Flags:
    """Compare values; two that are no number are equal."""
    equal: Flags = (one == other) | ((one != one) & (other != other))
    return equal


def _coded(columns: Sequence[pl.Series]) -> list[Codes]:
    """Return words of several frames as places in one vocabulary."""
    places = vocabulary(columns)
    return [places_of(column, places) for column in columns]
