"""What slips were found in on an earlier day is found on the next one too, without looking at all figures again."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from samples.sampling import first

from alerting.figures.doubts import Doubts, Figures
from alerting.figures.slips import swapped, tenfold

AREAS, PERIODS, LOOKED_THROUGH = 5, 34, 8


def days(seed):
    """Yield figures of two measures as known on one day after the other: periods come, gaps are filled, figures are revised."""
    draw = Random(seed)
    levels = [100 * (place + 1) for place in range(AREAS)] * 2
    values = np.array([[round(draw.gauss(level, 5)) for level in levels] for _ in range(PERIODS)], dtype=float)
    parts = np.tile(10.0 * np.array(levels), (PERIODS, 1))
    for row in draw.sample(range(15, PERIODS), 8):
        one, other = draw.sample(range(AREAS), 2)
        if draw.random() < 0.5:
            values[row, one] *= 10
        else:
            for plane in (values, parts):
                plane[row, [one, other]] = plane[row, [other, one]]
        values[row, draw.randrange(2 * AREAS)] = np.nan
    segments = np.zeros(values.shape, dtype=np.int32)
    segments[25:, draw.randrange(2 * AREAS)] = 1
    accepted = np.zeros(values.shape, dtype=bool)
    for rows in range(18, PERIODS + 1):
        yield Figures(
            values=values[:rows].copy(),
            denominators=parts[:rows],
            segments=segments[:rows],
            accepted=accepted[:rows].copy(),
            measure_of=np.repeat(np.array([0, 1], dtype=np.int32), AREAS),
            since=rows - LOOKED_THROUGH,
            layout="the same",
        )
        row = draw.randrange(rows - LOOKED_THROUGH, rows)
        if draw.random() < 0.5:
            values[row, draw.randrange(AREAS)] = draw.choice([100, 200, 3000])
        accepted[row, draw.randrange(AREAS)] = draw.random() < 0.2


def said(doubtful):
    flags, words = doubtful
    return {(row, column): words(row, column) for row, column in np.argwhere(flags).tolist()}


def each(figures, before):
    """Look for both slips."""
    return (
        swapped(figures, str, lambda column: f"area {column}", before[0]),
        tenfold(figures, str, before[1]),
    )


@pytest.mark.parametrize("seed", first(12, range(400)))
def test_day_after_day_the_same_is_found_as_by_looking_at_all(seed):
    before = (None, None)
    for figures in days(seed):
        found = each(figures, before)
        assert [said(one) for one in found] == [said(one) for one in each(figures, (None, None))]
        before = [Doubts(figures=figures, found=one) for one in found]


def test_the_samples_have_slips_of_both_sorts_that_stay_and_that_go():
    swaps, tens = zip(*(map(frozenset, map(said, each(figures, (None, None)))) for figures in days(1)), strict=True)
    assert len(set(swaps)) > 3
    assert len(set(tens)) > 3


def test_what_has_not_changed_is_not_looked_at_again():
    """What was found is believed where nothing differs, whatever it was."""
    *_, now = days(1)
    everything = np.zeros(now.values.shape, dtype=bool)
    everything[-2:] = ~now.accepted[-2:] & ~np.isnan(now.values[-2:])
    before = Doubts(figures=now, found=(everything, lambda row, column: f"{row} {column}"))

    assert said(tenfold(now, str, before)) == said(before.found)
    assert said(swapped(now, str, str, before)) == said(before.found)


def test_figures_of_other_series_say_nothing():
    *_, now = days(2)
    everything = np.zeros(now.values.shape, dtype=bool)
    everything[-2:] = True
    other = Doubts(figures=replace(now, layout="another"), found=(everything, lambda *_: "as before"))

    assert [said(one) for one in each(now, (other, other))] == [said(one) for one in each(now, (None, None))]
