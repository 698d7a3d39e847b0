"""All figures that are known, as one Parquet file: with the days on which they became known, their sources and their marks."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import NamedTuple

import polars as pl

from alerting.domain.exported_figures import EXPORT_FORM, EXPORT_KEY, REFUSED, WITHHELD
from alerting.domain.measure import Unit
from alerting.domain.period import KINDS, Period
from alerting.domain.rule import RuleSet
from alerting.errors import UsageError
from alerting.figures.batches import batches_in
from alerting.figures.comparing import ReadingComparison, latest_rows
from alerting.figures.memory import VALUES, frame_of, numbers_in
from alerting.figures.observations import Observations, Reading
from alerting.ports.figures import ReadingBook
from alerting.spelling import nearest

_ALWAYS = ("measure", "area", "period", "value", "published", "source")
_MARKS = (WITHHELD, REFUSED, "provisional")


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedFigures:
    """Which figures are exported.

    Args:
        since: of periods that end on this day or later; None: all.
        measures: by id, or by that of a family; None: all.
        fewer_than: counts above 0 and below this, and shares and rates with so few on either side of the line or outside it,
            are withheld; None: none are.
    """

    since: date | None = None
    measures: Sequence[str] | None = None
    fewer_than: int | None = None


class Exported(NamedTuple):
    """The file, and what is in it."""

    content: bytes
    rows: int
    measures: int
    sources: int
    withheld: int


def export_figures(
    rules: RuleSet, reading: Reading, readings: ReadingBook | None, at: datetime, zone: tzinfo, wanted: WantedFigures
) -> Exported:
    """Export what sources hold, and what ticks have read before with the day of that tick.

    A figure that was first there when the first tick read its source keeps what its source says of its day; one that came or
    changed at a later tick, without a day of its own, became known on that tick's day.

    Args:
        readings: what ticks kept; None: the state is not of these rules, or there is none.
        at: now.

    Raises:
        UsageError: a measure is asked for that there is none of.
    """
    asked = _measures(rules, wanted.measures)
    parts = []
    for read in reading.observations:
        frame = _of_source(read, rules, readings, at, zone)
        parts.append(frame.with_columns(pl.lit(read.source).alias("source")))
    empty = pl.DataFrame(schema={"measure": pl.String, "area": pl.String, "kind": pl.Int8, "ordinal": pl.Int32})
    frame = _kept(pl.concat(parts or [empty], how="diagonal_relaxed"), rules, asked, wanted.since)
    frame = _few_withheld(frame, rules, wanted.fewer_than)
    frame = _written(frame)
    content = io.BytesIO()
    frame.write_parquet(content, compression="zstd", statistics=True, metadata={EXPORT_KEY: EXPORT_FORM})
    return Exported(
        content.getvalue(),
        frame.height,
        frame["measure"].n_unique(),
        frame["source"].n_unique(),
        int(frame[WITHHELD].sum()) if WITHHELD in frame.columns else 0,
    )


def _of_source(
    read: Observations, rules: RuleSet, readings: ReadingBook | None, at: datetime, zone: tzinfo
) -> pl.DataFrame:
    """Return all observations of a source, each with the day on which it became known where that can be told."""
    batches = [batch for record in readings.of(read.source) for batch in batches_in(record)] if readings else []
    known = latest_rows([frame for _, frame in batches])
    if known is None:
        return _plain(frame_of(read, rules))
    news = ReadingComparison(known, read, rules).changed_rows()
    later = [*batches[1:], (at, frame_of(read, rules, news))]
    dated = [batches[0][1], *(_known_on(frame, instant.astimezone(zone).date()) for instant, frame in later)]
    whole = latest_rows(dated)
    assert whole is not None
    return _plain(whole)


def _known_on(frame: pl.DataFrame, day: date) -> pl.DataFrame:
    """Give rows without a day of their own the day on which they were read."""
    own = pl.col("published")
    return frame.with_columns(
        pl.when(own == 0).then(pl.lit(day.toordinal())).otherwise(own).cast(pl.Int32).alias("published")
    )


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Return ids as words: categories of two frames are not the same."""
    return frame.with_columns(pl.col("measure", "area").cast(pl.String))


def _measures(rules: RuleSet, asked: Sequence[str] | None) -> list[str]:
    """Return the ids that are asked for, in the order of the rules; a family stands for its items."""
    if asked is None:
        return list(rules.measures)
    found = {id_ for id_, measure in rules.measures.items() if id_ in asked or measure.item_of in asked}
    families = {measure.item_of for measure in rules.measures.values()}
    for id_ in asked:
        if id_ not in rules.measures and id_ not in families:
            near = nearest(id_, rules.measures)
            raise UsageError(f'no measure "{id_}"' + (f'; did you mean "{near}"?' if near else ""))
    return [id_ for id_ in rules.measures if id_ in found]


def _kept(frame: pl.DataFrame, rules: RuleSet, measures: Sequence[str], since: date | None) -> pl.DataFrame:
    """Keep what is wanted, in the order of the rules, areas, periods and days."""
    order = {id_: n for n, id_ in enumerate(measures)}
    areas = {id_: n for n, id_ in enumerate(rules.areas.areas)}
    frame = frame.filter(pl.col("measure").is_in(list(order)) & pl.col("area").is_in(list(areas)))
    periods = frame.select("kind", "ordinal").unique()
    spans = [Period(KINDS[kind], ordinal, rules.calendar.starts) for kind, ordinal in periods.iter_rows()]
    periods = periods.with_columns(
        pl.Series("period", [str(one) for one in spans], dtype=pl.String),
        pl.Series("ends", [one.last_day for one in spans], dtype=pl.Date),
    )
    frame = frame.join(periods, on=["kind", "ordinal"], how="left")
    if since is not None:
        frame = frame.filter(pl.col("ends") >= since)
    places = [
        pl.col("measure").replace_strict(order, return_dtype=pl.Int32),
        pl.col("area").replace_strict(areas, return_dtype=pl.Int32),
    ]
    by = [*places, "kind", "ordinal", "published"]
    return frame.sort(by, maintain_order=True) if frame.height else frame


def _few_withheld(frame: pl.DataFrame, rules: RuleSet, fewer_than: int | None) -> pl.DataFrame:
    """Take out numbers so small that they could be told to be somebody's, and mark them."""
    if fewer_than is None or frame.is_empty():
        return frame
    few = pl.lit(value=False)
    counts = [measure.id for measure in rules.measures.values() if measure.unit is Unit.COUNT]
    value, top, below = (pl.col(name) if name in frame.columns else None for name in VALUES)
    if value is not None:
        few |= pl.col("measure").is_in(counts) & _few(value, fewer_than)
    if top is not None and below is not None:
        few |= _few(top, fewer_than) | _few(below, fewer_than) | _few(below - top, fewer_than)
    few = few.fill_null(value=False)
    old = pl.col("suppressed").fill_null(value=False) if "suppressed" in frame.columns else pl.lit(value=False)
    return frame.with_columns(
        *(pl.when(few).then(None).otherwise(pl.col(name)).alias(name) for name in numbers_in(frame)),
        (old | few).alias("suppressed"),
    )


def _few(number: pl.Expr, fewer_than: int) -> pl.Expr:
    return (number > 0) & (number < fewer_than)


def _written(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the columns as sources name them; those without anything in them are left out."""
    published = pl.Series("published", frame["published"] if "published" in frame.columns else [], dtype=pl.Int32)
    days = [None if not day else date.fromordinal(day) for day in published.to_list()]
    frame = frame.with_columns(pl.Series("published", days, dtype=pl.Date))
    frame = frame.rename({"suppressed": WITHHELD} if "suppressed" in frame.columns else {})
    numbers = numbers_in(frame)
    frame = frame.with_columns(pl.col(name).fill_nan(None) for name in numbers).rename(numbers)
    if "value" not in frame.columns:
        frame = frame.with_columns(pl.lit(None, dtype=pl.Float64).alias("value"))
    if "period" not in frame.columns:
        frame = frame.with_columns(
            pl.lit(None, dtype=pl.String).alias("period"), pl.lit(None, dtype=pl.String).alias("source")
        )
    ordered = ["measure", "area", "period", "value", *(name for name in numbers.values() if name != "value")]
    kept = [*ordered, "published", "source", *(name for name in (*_MARKS, "note") if name in frame.columns)]
    return frame.select(name for name in kept if name in _ALWAYS or _says_something(frame[name]))


def _says_something(column: pl.Series) -> bool:
    if column.dtype == pl.Boolean:
        return bool(column.any())
    if column.dtype == pl.String:
        return bool((column.fill_null("") != "").any())
    return column.null_count() < len(column)
