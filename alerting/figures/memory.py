"""Figures as they were read, as frames that are packed for keeping.

A frame has one row an observation, with ids in words, so that it outlives a change of the rules.
"""

import hashlib
import io
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import polars as pl
from numpy.typing import NDArray

from alerting.domain.arrays import Flags, Index
from alerting.domain.rule import RuleSet
from alerting.figures.addresses import places_of, words_beside
from alerting.figures.observations import Observations

#: What makes one figure; with the day on which it was published, one observation of it.
CELL = ["measure", "area", "kind", "ordinal"]
#: Numeric columns of the source carry this before their name.
NUMBER = "number:"
#: Columns that a frame has only where a row has something in them, with what the others have.
EMPTY: dict[str, bool | int] = {"suppressed": False, "provisional": False, "variant": 0}
#: One of these makes a row a figure.
VALUES = tuple(f"{NUMBER}{name}" for name in ("value", "numerator", "denominator"))
#: Digests of what was read, with the ids they are under: several ask for the same, and it takes as long as a copy.
_digests: WeakKeyDictionary[Observations, tuple[tuple[tuple[str, ...], ...], str]] = WeakKeyDictionary()


def fingerprint(observations: Observations, rules: RuleSet) -> str:
    """Return a digest of all that a source held, equal for equal figures in equal order under equal ids."""
    ids = (tuple(rules.measures), tuple(rules.areas.areas))
    if observations not in _digests or _digests[observations][0] != ids:
        _digests[observations] = (ids, _digest(observations, rules))
    return _digests[observations][1]


def _digest(observations: Observations, rules: RuleSet) -> str:
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


def frame_of(observations: Observations, rules: RuleSet, rows: Index | None = None) -> pl.DataFrame:
    """Return a source's observations as a frame; with *rows* some of them."""
    own = slice(None) if rows is None else rows
    words = {
        "measure": (list(rules.measures), observations.measure),
        "area": (list(rules.areas.areas), observations.area),
    }
    columns = {name: pl.Series(ids, dtype=pl.Categorical).gather(places[own]) for name, (ids, places) in words.items()}
    held: dict[str, NDArray[np.generic] | None] = {
        "kind": observations.kind.astype(np.int8), "ordinal": observations.ordinal, "published": observations.published,
        "refused": observations.refused, "suppressed": observations.suppressed,
        "provisional": observations.provisional, "variant": observations.variant,
    }  # fmt: skip
    columns |= {name: pl.Series(values[own]) for name, values in held.items() if values is not None}
    if observations.note is not None:
        texts = pl.Series([*observations.note_texts, ""], dtype=pl.String)
        columns["note"] = texts.gather(np.maximum(observations.note[own], 0))
    columns |= {f"{NUMBER}{name}": pl.Series(values[own]) for name, values in observations.columns.items()}
    return pl.DataFrame(columns)


def numbers_in(frame: pl.DataFrame) -> dict[str, str]:
    """Return a frame's numeric columns, with the name that each has in its source."""
    return {name: name.removeprefix(NUMBER) for name in frame.columns if name.startswith(NUMBER)}


def packed(frame: pl.DataFrame) -> bytes:
    """Return a frame as Parquet."""
    target = io.BytesIO()
    frame.write_parquet(target, compression="zstd")
    return target.getvalue()


def unpacked(content: bytes) -> pl.DataFrame:
    """Return the frame that was packed; its ids as codes, also where an earlier version packed words."""
    return pl.read_parquet(io.BytesIO(content)).with_columns(pl.col("measure", "area").cast(pl.Categorical))


def series_in(content: bytes, rows: int | None = None) -> dict[str, list[str]]:
    """Return the areas of each measure of a frame that was packed, without unpacking what is not asked for.

    Args:
        rows: only of so many, from the first on.
    """
    pairs = pl.read_parquet(io.BytesIO(content), columns=["measure", "area"], n_rows=rows).cast(pl.Categorical)
    return words_beside(pairs["measure"], pairs["area"])


def observations_of(frame: pl.DataFrame, rules: RuleSet, source: str, file: str) -> Observations:
    """Return the observations of a frame whose measures and areas are still declared."""
    measure, area = (
        places_of(frame[name], {id_: n for n, id_ in enumerate(declared)}).astype(np.int32, copy=False)
        for name, declared in (("measure", rules.measures), ("area", rules.areas.areas))
    )
    here = (measure >= 0) & (area >= 0)
    if not here.all():
        frame, measure, area = frame.filter(pl.Series(here)), measure[here], area[here]
    note, texts = _notes(frame)
    return Observations(
        source=source,
        file=file,
        measure=measure,
        area=area,
        kind=frame["kind"].to_numpy(),
        ordinal=frame["ordinal"].cast(pl.Int32).to_numpy(),
        published=frame["published"].cast(pl.Int32).to_numpy(),
        columns={own: frame[name].fill_null(float("nan")).to_numpy() for name, own in numbers_in(frame).items()},
        refused=frame["refused"].to_numpy(),
        suppressed=_flags(frame, "suppressed"),
        provisional=_flags(frame, "provisional"),
        variant=frame["variant"].fill_null(0).cast(pl.Int32).to_numpy() if "variant" in frame.columns else None,
        note=note,
        note_texts=texts,
        record=range(frame.height),
    )


def _flags(frame: pl.DataFrame, name: str) -> Flags | None:
    return frame[name].fill_null(value=False).to_numpy() if name in frame.columns else None


def _notes(frame: pl.DataFrame) -> tuple[np.ndarray | None, tuple[str, ...]]:
    if "note" not in frame.columns:
        return None, ("",)
    written = frame["note"].fill_null("")
    texts = ["", *(text for text in written.unique(maintain_order=True).to_list() if text)]
    codes = written.replace_strict({text: n for n, text in enumerate(texts)}, return_dtype=pl.Int32)
    return codes.to_numpy(), tuple(texts)
