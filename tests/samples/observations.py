"""Observations at random, and as a source gives them the next time: revised, left out, of other days."""

from dataclasses import replace

import numpy as np

from alerting.domain.area import Area, AreaTree
from alerting.domain.period import Calendar
from alerting.domain.rule import RuleSet
from alerting.figures.observations import Observations
from samples.worlds import a_measure

MEASURES, AREAS = ("m0", "m1", "m2"), ("a0", "a1", "a2", "a3")
IDS = ("measure", "area", "kind", "ordinal", "published")


def the_rules(measures=MEASURES, areas=AREAS):
    return RuleSet(
        folder="rules", version="sha256:0", calendar=Calendar(), areas=AreaTree.of([Area(id=one, title=one) for one in areas]),
        topics={}, measures={one: a_measure(id=one, title=one, source="s") for one in measures}, sources={}, rules=(), owners={},
    )  # fmt: skip


def some_observations(chance, rows, *, far=False, rich=True, repeated=True):
    """Rows of few figures, so that many are of one observation; *far*: their periods and days lie far apart."""
    whole = np.arange(rows) if not repeated else chance.integers(0, max(rows, 1), rows)
    measure, area, ordinal = whole % 3, whole // 3 % 4, whole // 12
    values = chance.choice([1.0, 2.0, np.nan, -0.0, 0.0], rows)

    def maybe(array):
        return array if rich and chance.random() < 0.6 else None

    note = maybe(chance.integers(0, 3, rows).astype(np.int32))
    return Observations(
        source="s", file="f", measure=measure.astype(np.int32), area=area.astype(np.int32),
        kind=(chance.integers(1, 3, rows) if far else np.full(rows, 2)).astype(np.int8),
        ordinal=(ordinal * (1_000_000 if far else 1) + 600).astype(np.int32),
        published=(chance.integers(0, 2, rows) * 737_000).astype(np.int32),
        columns={"value": values} | ({"numerator": chance.choice([3.0, np.nan], rows)} if chance.random() < 0.5 else {}),
        refused=chance.random(rows) < 0.1, suppressed=maybe(chance.random(rows) < 0.2),
        provisional=maybe(chance.random(rows) < 0.2), variant=maybe(chance.integers(0, 2, rows).astype(np.int32)),
        note=note, note_texts=("", "estimated", "late"), record=range(rows),
    )  # fmt: skip


def changed(chance, one):
    """Some rows left out, some revised, some of other days."""
    keep = np.flatnonzero(chance.random(len(one.ordinal)) < 0.9)
    values = one.columns["value"].copy()
    values[chance.random(len(values)) < 0.1] = 7.0
    taken = {
        name: None if (array := getattr(one, name)) is None else array[keep]
        for name in (*IDS, "refused", "suppressed", "provisional", "variant", "note")
    }
    columns = {name: array[keep] for name, array in (one.columns | {"value": values}).items()}
    return replace(one, **taken, columns=columns, record=range(len(keep)))
