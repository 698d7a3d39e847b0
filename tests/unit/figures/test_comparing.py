"""What is new in a source and what is gone, and addresses of rows, against the same worked out row by row."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
import pytest
from samples.observations import AREAS, IDS, MEASURES, changed, some_observations, the_rules

from alerting.figures import addresses
from alerting.figures.addresses import numbered
from alerting.figures.comparing import ReadingComparison, latest_rows
from alerting.figures.memory import fingerprint, frame_of, observations_of, packed, series_in, unpacked


@dataclass(frozen=True)
class Row:
    """A row in plain values; what is no number, no flag and no note says nothing."""

    observation: tuple
    facts: frozenset

    @property
    def cell(self):
        return self.observation[:4]


def rows_of(frame):
    found = []
    for row in frame.iter_rows(named=True):
        facts = {(name, value) for name, value in row.items() if name not in IDS and value and value == value}
        facts |= {(name, 0) for name, value in row.items() if name.startswith("number:") and value == 0}
        found.append(Row(tuple(row[name] for name in IDS), frozenset(facts)))
    return found


def by_observation(rows):
    found = {}
    for row in rows:
        found.setdefault(row.observation, set()).add(row.facts)
    return found


def is_figure(row):
    return any(name in ("number:value", "number:numerator") for name, _ in row.facts)


CASES = [
    pytest.param({"far": far, "rich": rich, "repeated": repeated}, id=f"far={far}-rich={rich}-repeated={repeated}")
    for far in (False, True) for rich in (False, True) for repeated in (False, True)
]  # fmt: skip


@pytest.mark.parametrize("how", CASES)
def test_news_and_what_vanished_are_those_found_row_by_row(how, monkeypatch):
    monkeypatch.setattr(addresses, "_FEW", 0)  # small frames too leave out numbers that no row has
    chance, rules = np.random.default_rng(13), the_rules()
    told = 0
    for size in (0, 1, 7, 40, 40, 40, 40, 40):
        before = some_observations(chance, size, **how)
        now = changed(chance, before) if chance.random() < 0.8 else some_observations(chance, 30, **how)
        known = unpacked(packed(frame_of(before, the_rules((*MEASURES, "gone")))))
        compared, old, new = ReadingComparison(known, now, rules), rows_of(known), rows_of(frame_of(now, rules))
        was, is_ = by_observation(old), by_observation(new)
        expected = [n for n, row in enumerate(new) if was.get(row.observation) != is_[row.observation]]
        assert compared.changed_rows().tolist() == expected
        cells = {row.cell for row in new}
        gone = [row for row in old if row.cell not in cells and is_figure(row)]
        assert rows_of(compared.vanished()) == gone
        told += len(expected) * len(gone)
    assert told


@pytest.mark.parametrize("how", CASES)
def test_of_each_observation_the_rows_of_the_last_batch_hold(how):
    chance, rules = np.random.default_rng(14), the_rules()
    for count in (1, 2, 5):
        batches = [frame_of(some_observations(chance, 25, **how), rules) for _ in range(count)]
        last = {row.observation: n for n, batch in enumerate(batches) for row in rows_of(batch)}
        expected = [row for n, batch in enumerate(batches) for row in rows_of(batch) if last[row.observation] == n]
        assert rows_of(latest_rows(batches)) == expected
    assert latest_rows([]) is None


def test_ids_that_are_declared_no_more_are_gone_and_leave_the_others_in_place():
    now = some_observations(np.random.default_rng(1), 24, rich=False, repeated=False)
    known = frame_of(now, the_rules(("m2", "old", "m0"), ("a1", "other", "a3", "a0")))
    gone = rows_of(ReadingComparison(known, now, the_rules()).vanished())
    assert {row.observation[0] for row in gone} == {"old"} | {"m2", "m0"}
    assert {row.observation[1] for row in gone if row.observation[0] != "old"} == {"other"}
    read = observations_of(known, the_rules(), "s", "f")
    assert {(MEASURES[m], AREAS[a]) for m, a in zip(read.measure.tolist(), read.area.tolist(), strict=True)} == {
        (m, a) for m in ("m2", "m0") for a in ("a1", "a3", "a0")
    }


def test_a_first_note_or_a_new_empty_column_makes_no_news_of_the_other_rows():
    before = some_observations(np.random.default_rng(2), 30, rich=False, repeated=False)
    note = np.zeros(30, dtype=np.int32)
    note[4] = 1
    columns = dict(before.columns) | {"denominator": np.full(30, np.nan)}
    now = replace(before, note=note, columns=columns, provisional=np.arange(30) == 9)
    assert ReadingComparison(frame_of(before, the_rules()), now, the_rules()).changed_rows().tolist() == [4, 9]


def test_what_an_earlier_version_packed_in_words_is_read():
    words = pl.DataFrame({"measure": ["m0", "m1", "m0"], "area": ["a0", "a0", "a0"]})
    assert {"m0": ["a0"], "m1": ["a0"]} == series_in(packed(words))
    assert unpacked(packed(words)).cast(pl.String).rows() == words.rows()


def test_rows_that_are_equal_have_one_number_however_far_their_values_lie_apart():
    chance = np.random.default_rng(3)
    for span in (1, 5, 10_000, 2**31 - 2):
        columns = [
            tuple(chance.integers(-span, span, size, dtype=np.int32, endpoint=True) for size in (50, 0, 70))
            for _ in range(3)
        ]
        found = numbered(*columns)
        every = np.concatenate(found.frames)
        rows = list(zip(*(np.concatenate(column).tolist() for column in columns), strict=True))
        assert len(set(every.tolist())) == len(set(rows)) == len(set(zip(every.tolist(), rows, strict=True)))
        assert 0 <= every.min() <= every.max() < found.size


def test_a_fingerprint_is_of_the_figures_and_of_the_ids_they_stand_under():
    chance = np.random.default_rng(2)
    one = some_observations(chance, 30)
    first = fingerprint(one, the_rules())
    assert first == fingerprint(one, the_rules()) == fingerprint(replace(one), the_rules())
    assert first != fingerprint(one, the_rules(areas=("a0", "a1", "a3", "a2")))
    assert first != fingerprint(replace(one, ordinal=one.ordinal + 1), the_rules())


@pytest.mark.parametrize("span", [5, 40_000, 3_000_000_000])
def test_rows_are_numbered_alike_whatever_type_their_columns_have(span):
    chance = np.random.default_rng(4)
    one, other = chance.integers(0, 7, 200), chance.integers(0, 7, 300)
    frames = [(own * (span // 6) - 50).astype(kind) for own, kind in ((one, np.int64), (other, np.int64))]
    if span == 5:
        frames = [one.astype(np.int16), other.astype(np.int32)]
    found = numbered(frames, (np.zeros(200, np.int8), np.zeros(300, np.int8)))
    assert len({frame.dtype for frame in found.frames}) == 1
    whole, words = np.concatenate(found.frames), np.concatenate([one, other])
    assert 7 == len(set(whole.tolist())) == len(set(zip(whole.tolist(), words.tolist(), strict=True)))
    assert 0 <= whole.min() and whole.max() < found.size
