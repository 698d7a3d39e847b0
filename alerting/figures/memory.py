"""Figures as they were read: what is new in a reading, what an earlier one had, and both packed for keeping.

A frame has one row an observation, with ids in words, so that it outlives a change of the rules.
"""

import hashlib
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from alerting.domain.panel import Flags
from alerting.domain.rule import RuleSet
from alerting.figures.observations import Observations

#: What makes one figure, and what makes one observation of it.
CELL = ["measure", "area", "kind", "ordinal"]
OBSERVATION = [*CELL, "published"]
#: Numeric columns of the source carry this before their name.
_NUMBER = "number:"
_BATCH = "batch"
#: Columns that a frame has only where a row has something in them, with what the others have.
_EMPTY: dict[str, bool | int] = {"suppressed": False, "provisional": False, "variant": 0}
_VALUES = tuple(f"{_NUMBER}{name}" for name in ("value", "numerator", "denominator"))


def fingerprint(observations: Observations, rules: RuleSet) -> str:
    """Return a digest of all that a source held, equal for equal figures in equal order under equal ids."""
    digest = hashlib.blake2b(digest_size=16)
    digest.update("\0".join((*rules.measures, "", *rules.areas.areas)).encode())
    arrays: dict[str, Any] = {
        "measure": observations.measure, "area": observations.area, "kind": observations.kind,
        "ordinal": observations.ordinal, "published": observations.published, "refused": observations.refused,
        "variant": observations.variant, "suppressed": observations.suppressed,
        "provisional": observations.provisional, "note": observations.note,
        **observations.columns,
    }  # fmt: skip
    for name, array in arrays.items():
        digest.update(name.encode())
        if array is not None:
            digest.update(np.ascontiguousarray(array).tobytes())
    digest.update("\0".join(observations.note_texts).encode())
    return digest.hexdigest()


def frame_of(observations: Observations, rules: RuleSet) -> pl.DataFrame:
    """Return a source's observations as a frame."""
    measures, areas = pl.Series(list(rules.measures)), pl.Series(list(rules.areas.areas))
    texts = pl.Series([*observations.note_texts, ""], dtype=pl.String)
    columns: dict[str, pl.Series] = {
        "measure": measures.gather(observations.measure),
        "area": areas.gather(observations.area),
        "kind": pl.Series(observations.kind.astype(np.int8)),
        "ordinal": pl.Series(observations.ordinal),
        "published": pl.Series(observations.published),
        "refused": pl.Series(observations.refused),
    }
    for name, flags in (("suppressed", observations.suppressed), ("provisional", observations.provisional)):
        if flags is not None:
            columns[name] = pl.Series(flags)
    if observations.variant is not None:
        columns["variant"] = pl.Series(observations.variant)
    if observations.note is not None:
        columns["note"] = texts.gather(np.maximum(observations.note, 0))
    numbers = {f"{_NUMBER}{name}": pl.Series(values) for name, values in observations.columns.items()}
    return pl.DataFrame(columns | numbers)


def news(known: pl.DataFrame | None, now: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of *now* whose observation is new, or is not what was known of it."""
    if known is None or known.is_empty():
        return now
    frames = [frame.with_columns(pl.lit(n).alias(_BATCH)) for n, frame in enumerate((known, now))]
    both = pl.concat(frames, how="diagonal")
    both = both.with_columns(pl.col(name).fill_null(empty) for name, empty in _EMPTY.items() if name in both.columns)
    before, after = (both.filter(pl.col(_BATCH) == n).drop(_BATCH) for n in (0, 1))
    unequal = after.join(before, on=before.columns, how="anti", nulls_equal=True)
    # Of an observation that is not quite the same any more, all rows: it may have been in conflict, or be so now.
    fewer = before.join(after, on=before.columns, how="anti", nulls_equal=True)
    touched = pl.concat([unequal.select(OBSERVATION), fewer.select(OBSERVATION)]).unique()
    return now.join(touched, on=OBSERVATION, how="semi")


def vanished(known: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of figures that were known and that *now* does not hold in any version; an empty cell is none."""
    values = [pl.col(name).is_not_nan() & pl.col(name).is_not_null() for name in known.columns if name in _VALUES]
    figures = known.filter(pl.any_horizontal(values)) if values else known
    return figures.join(now.select(CELL).unique(), on=CELL, how="anti")


def settled(batches: Sequence[pl.DataFrame]) -> pl.DataFrame | None:
    """Return what is known after all batches in order: of each observation, the rows of the last batch that has it."""
    if not batches:
        return None
    numbered = [batch.with_columns(pl.lit(n, dtype=pl.Int32).alias(_BATCH)) for n, batch in enumerate(batches)]
    joined = pl.concat(numbered, how="diagonal")
    if len(batches) > 1:
        joined = joined.filter(pl.col(_BATCH) == pl.col(_BATCH).max().over(OBSERVATION))
    return joined.drop(_BATCH)


def packed(frame: pl.DataFrame) -> bytes:
    """Return a frame as Parquet."""
    target = io.BytesIO()
    frame.write_parquet(target, compression="zstd")
    return target.getvalue()


def unpacked(content: bytes) -> pl.DataFrame:
    """Return the frame that was packed."""
    return pl.read_parquet(io.BytesIO(content))


def series_in(content: bytes) -> list[tuple[str, str]]:
    """Return the (measure, area) pairs of a frame that was packed, without unpacking what is not asked for."""
    pairs = pl.read_parquet(io.BytesIO(content), columns=["measure", "area"])
    return pairs.unique().rows()


def observations_of(frame: pl.DataFrame, rules: RuleSet, source: str, file: str) -> Observations:
    """Return the observations of a frame whose measures and areas are still declared."""
    measures = {id_: n for n, id_ in enumerate(rules.measures)}
    areas = {id_: n for n, id_ in enumerate(rules.areas.areas)}
    frame = frame.filter(pl.col("measure").is_in(list(measures)) & pl.col("area").is_in(list(areas)))
    note, texts = _notes(frame)
    return Observations(
        source=source, file=file, measure=_places(frame["measure"], measures), area=_places(frame["area"], areas),
        kind=frame["kind"].to_numpy(), ordinal=frame["ordinal"].cast(pl.Int32).to_numpy(),
        published=frame["published"].cast(pl.Int32).to_numpy(),
        columns={
            name.removeprefix(_NUMBER): frame[name].fill_null(float("nan")).to_numpy()
            for name in frame.columns
            if name.startswith(_NUMBER)
        },
        refused=frame["refused"].to_numpy(), suppressed=_flags(frame, "suppressed"),
        provisional=_flags(frame, "provisional"),
        variant=frame["variant"].fill_null(0).cast(pl.Int32).to_numpy() if "variant" in frame.columns else None,
        note=note, note_texts=texts, record=range(frame.height),
    )  # fmt: skip


def _places(ids: pl.Series, places: dict[str, int]) -> np.ndarray:
    return ids.replace_strict(places, return_dtype=pl.Int32).to_numpy()


def _flags(frame: pl.DataFrame, name: str) -> Flags | None:
    return frame[name].fill_null(value=False).to_numpy() if name in frame.columns else None


def _notes(frame: pl.DataFrame) -> tuple[np.ndarray | None, tuple[str, ...]]:
    if "note" not in frame.columns:
        return None, ("",)
    written = frame["note"].fill_null("")
    texts = ["", *(text for text in written.unique(maintain_order=True).to_list() if text)]
    codes = written.replace_strict({text: n for n, text in enumerate(texts)}, return_dtype=pl.Int32)
    return codes.to_numpy(), tuple(texts)
