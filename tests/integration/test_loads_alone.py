"""Complete before judged, one thing at a time: what makes a load whole, what waits, what counts in its place, who is told."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pytest
from samples.lives import Life

from alerting.app.situation.whole_loads import Remembered, sifted
from alerting.app.tick.tick import run_tick
from alerting.app.tick.times import TickTimes
from alerting.domain.coverage import Coverage
from alerting.domain.loads import LoadSigns
from alerting.domain.period import KINDS, PeriodKind
from alerting.domain.place import Place
from alerting.domain.problem import Problem, ProblemSeverity
from alerting.figures.observations import Observations, Reading
from alerting.store.memory import MemoryStore

AREAS = ("force", "north", "south")
MARCH, APRIL, MAY = range(2020 * 12 + 2, 2020 * 12 + 5)
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
JUNE = datetime(2020, 6, 1, 6, tzinfo=UTC)
LATE = ("data", "source_trouble")


def month(ordinal, *values):
    return {(area, ordinal): value for area, value in enumerate(values)}


OLD, NEW = month(APRIL, 5, 5, 5), month(MAY, 5, 20, 5)
PART = dict(list(NEW.items())[:2])


def observed(rows, covers=None):
    """Figures `{(area, month): value}` as a source gives them."""
    cells = np.array([*rows], dtype=np.int32).reshape(-1, 2)
    kind = np.full(len(rows), KINDS.index(PeriodKind.MONTH), dtype=np.int8)
    return Observations(
        source="calls", file="m.csv", measure=np.zeros(len(rows), dtype=np.int32), area=cells[:, 0], kind=kind,
        ordinal=cells[:, 1], published=np.zeros(len(rows), dtype=np.int32),
        columns={"value": np.array([*rows.values()], dtype=np.float64)}, refused=np.zeros(len(rows), dtype=bool),
        provisional=None, note=None, note_texts=("",), record=range(len(rows)), covers=covers or Coverage(),
    )  # fmt: skip


class Feed:
    """A source and what ticks make of it; *complete* is what the rules say."""

    def __init__(self, folder, complete, measure=", expected: 5 days", rule=""):
        life = Life(folder, source=f", complete: {{{complete}}}", measure=measure, rule=rule)
        life.write()
        self.own = life.engine(JUNE.date(), time(7)).installation
        self.store = MemoryStore.empty()

    def reading(self, rows, signs, covers=None):
        return Reading(observations=(observed(rows, covers),), signs={"calls": LoadSigns(**signs)})

    def post(self, at):
        with self.store.begin() as state:
            state.loads.post("calls", at, str(at))

    def tick(self, at, rows, covers=None, **signs):
        """Tick; return how many series stand how, and what is told."""
        times = TickTimes(at=at, now=at, due_at=None, place=self.own.place)
        reading = self.reading(rows, signs, covers)
        report = run_tick(self.own.rules, reading, self.store, at.date(), times, self.own.message_defaults)
        with self.store.begin() as state:
            state.outbox.accept([one.id for one in report.deliveries], at)
        kinds = [(one.owner, one.kind.value) for one in report.notices if not one.events]
        return {state: n for state, n in report.counts.items() if n}, kinds

    def sift(self, at, rows, problems=(), **signs):
        """Look at what the source holds, and write down how it stands; no tick judges it."""
        reading = replace(self.reading(rows, signs), problems=problems)
        with self.store.begin() as state:
            return sifted(reading, self.own.rules, Remembered.of(state), at, at, keep=True)


@pytest.fixture
def feed(tmp_path, monkeypatch):
    """Makes a source; of what it held in April, all was judged."""
    monkeypatch.setattr("alerting.app.tick.tick.draw_queued", lambda *_: ())

    def make(complete, **parts):
        made = Feed(tmp_path, complete, **parts)
        begins = JUNE - 25 * DAY
        made.post(begins - MINUTE)
        made.tick(begins, OLD, changed=begins - HOUR, marked=begins - MINUTE)
        return made

    return make


WAITS, JUDGED = ({"no_data": 3}, []), ({"exception": 1, "normal": 2}, [])
#: Before April's load was taken, and after.
LONG_AGO = JUNE - 30 * DAY


@pytest.mark.parametrize(
    ("changed", "said", "expected"),
    [
        (JUNE - HOUR, None, WAITS),
        (JUNE - HOUR, JUNE - HOUR - MINUTE, WAITS),
        (JUNE - HOUR, JUNE - HOUR, JUDGED),
        (LONG_AGO, LONG_AGO + MINUTE, WAITS),
        (LONG_AGO, JUNE - HOUR, JUDGED),
        (None, JUNE - HOUR, JUDGED),
    ],
    ids=["never", "before the figures", "with the figures", "of the last load", "of old files", "of no files"],
)
@pytest.mark.parametrize("way", ["marker: done.flag", "posted: true"])
def test_a_marker_or_a_post_is_no_older_than_the_figures_and_of_no_load_before(feed, way, changed, said, expected):
    source = feed(way)
    if way == "posted: true" and said is not None:
        source.post(said)
    assert source.tick(JUNE, OLD | NEW, changed=changed, marked=said) == expected


def test_nothing_may_change_for_as_long_as_the_source_says(feed):
    source = feed("quiet: 10 minutes")
    changed = JUNE - 10 * MINUTE + SECOND
    assert source.tick(JUNE, OLD | NEW, changed=changed) == WAITS
    assert source.tick(JUNE + SECOND, OLD | NEW, changed=changed) == JUDGED


def test_without_files_the_quiet_time_begins_when_the_same_was_first_seen(feed):
    source = feed("quiet: 10 minutes")
    assert source.tick(JUNE, OLD | PART) == WAITS
    seen, whole = 8 * MINUTE, 18 * MINUTE
    assert [source.tick(JUNE + after, OLD | NEW) for after in (seen, whole - SECOND, whole)] == [WAITS, WAITS, JUDGED]


def test_rows_are_of_the_newest_period_or_beyond_all_series_of_all(feed):
    source = feed("rows: 3")
    assert source.tick(JUNE, OLD | PART) == WAITS
    assert source.tick(JUNE + HOUR, OLD | NEW) == JUDGED


def test_rows_beyond_all_series_are_of_all_periods(feed):
    source = feed("rows: 6")
    assert [source.tick(JUNE, OLD | now)[0] for now in (PART, NEW)] == [WAITS[0], JUDGED[0]]


def test_what_was_known_counts_in_the_place_of_what_is_not_whole(feed):
    source = feed("marker: done.flag")
    at = JUNE - 20 * DAY
    assert source.tick(at, OLD | {(1, APRIL): 20}, changed=at) == ({"normal": 3}, [])
    assert source.tick(at + HOUR, dict(list(OLD.items())[:1]), changed=at) == ({"normal": 3}, [])


def test_of_a_first_load_only_figures_can_tell_which_periods_are_whole(tmp_path):
    def months(complete):
        found = Feed(tmp_path / complete[:4], complete).sift(JUNE, OLD | PART, changed=JUNE)
        assert len(found.reading.partial_loads) == 1
        return [month for one in found.reading.observations for month in np.unique(one.ordinal)]

    assert months("areas: all") == [APRIL]
    assert months("posted: true") == []


def test_what_is_wrong_in_a_part_is_not_said_but_that_it_is_one(tmp_path):
    place = Place(file="m.csv", line=2, column=1)
    wrong = [
        Problem(place=place, code="conflict", severity=ProblemSeverity.ERROR, message="m", source=of)
        for of in ("calls", "x")
    ]
    found = Feed(tmp_path, "posted: true").sift(JUNE, PART, problems=tuple(wrong)).reading.problems
    assert [(one.source, one.code) for one in found] == [("x", "conflict"), ("calls", "partial-load")]


def test_a_first_load_of_which_nothing_counts_is_no_data_area_by_area(tmp_path):
    assert Feed(tmp_path, "posted: true").tick(JUNE, OLD | NEW, changed=JUNE)[0] == WAITS[0]


def test_a_load_that_was_whole_is_whole_before_a_tick_has_judged_it_too(feed):
    source = feed("marker: done.flag")
    looks = [source.sift(JUNE + n * MINUTE, OLD | NEW, changed=JUNE, marked=JUNE) for n in (1, 2)]
    assert [look.reading.partial_loads for look in looks] == [(), ()]


def test_a_window_that_moves_on_over_what_was_known_brings_no_new_load(feed):
    source = feed("marker: done.flag")
    both = month(MARCH, 5, 5, 5) | OLD
    at = JUNE - 20 * DAY
    assert source.tick(at, both, changed=at, marked=at) == ({"normal": 3}, [])

    def waits_since(after, **signs):
        assert source.tick(at + after, OLD, changed=at + MINUTE, **signs)[0] == {"normal": 3}
        with source.store.begin() as state:
            return state.loads.standing("calls").since

    assert waits_since(HOUR) == at + HOUR  # all was read, and March is gone
    assert waits_since(2 * HOUR, covers=Coverage(since=date(2020, 4, 1))) is None


def test_a_post_that_came_before_the_figures_were_seen_is_not_spent_on_what_was_known(feed):
    source = feed("posted: true")
    at, both = JUNE - 20 * DAY, month(MARCH, 5, 5, 5) | OLD
    source.post(at)
    source.tick(at, both, changed=at)
    source.post(JUNE - HOUR)
    source.tick(JUNE - MINUTE, OLD, covers=Coverage(since=date(2020, 4, 1)), changed=at)
    assert source.tick(JUNE, both | NEW, changed=JUNE - 2 * HOUR) == JUDGED


def test_a_load_that_is_late_is_told_on_the_day_after_it_was_due_and_once(feed):
    source = feed("marker: done.flag")
    days = [JUNE + n * DAY for n in (0, 4, 5, 6)]
    assert [source.tick(day, OLD | PART, changed=JUNE)[1] for day in days] == [[], [], [LATE], []]


def test_a_load_of_which_nobody_says_when_it_is_due_is_late_after_a_day_and_each_once(feed):
    source = feed("marker: done.flag", measure="")
    told = [source.tick(JUNE + after, OLD | PART, changed=JUNE)[1] for after in (0 * DAY, DAY - MINUTE, DAY, 2 * DAY)]
    assert told == [[], [], [LATE], []]

    at = JUNE + 3 * DAY
    assert source.tick(at, OLD | NEW, changed=at, marked=at)[0] == JUDGED[0]
    more = OLD | NEW | {(0, APRIL): 4}
    assert [LATE in source.tick(at + after, more, changed=at + MINUTE)[1] for after in (HOUR, DAY, DAY + HOUR)] == [
        False, False, True,
    ]  # fmt: skip


def test_a_rule_that_tells_of_late_figures_leaves_nothing_to_say(feed):
    source = feed("marker: done.flag", rule="}, {id: late, title: Late, measures: m, when: {not_fresh: {}}")
    told = [source.tick(JUNE + n * DAY, OLD | PART, changed=JUNE)[1] for n in (0, 6)]
    assert LATE not in [one for tick in told for one in tick]
