"""Sources of which only the last months are read: what lies before them goes on counting, and nobody calls it gone."""

from dataclasses import replace
from datetime import UTC, date, datetime

import polars as pl
import pytest
from samples.worlds import a_folder

from alerting.app.situation.read_sources import read_figures
from alerting.app.situation.shrink_guard import admitted
from alerting.domain.coverage import EVERYTHING, Coverage
from alerting.opening import memory_store
from alerting.rulefile import load_rules
from alerting.sources.csv import CsvSource

RULES = """
topics: [{id: t, title: Topic, owner: boss}]
sources: {s: {csv: f.csv, owner: boss}}
areas: [{id: force, title: Force, kind: policing, owner: boss}]
owners: [{id: boss, name: Boss, email: boss@example.org}]
measures: [{id: m, title: Offences, topic: t, unit: count, better: lower, every: month, source: s}]
rules: [{id: a, title: A, measures: m, when: {target_missed: {at_most: 100}}}]
"""
MONTHS = [f"{year}-{month:02}" for year in (2018, 2019, 2020) for month in range(1, 13)][:30]
SINCE = date(2020, 4, 1)


class LastMonths(CsvSource):
    """Gives the rows of the periods from a month on."""

    def read(self, source, folders, wanted=EVERYTHING):
        table = super().read(source, folders, wanted)
        late = pl.Series([period >= "2020-04" for period in table.columns["period"].to_list()])
        columns = {name: column.filter(late) for name, column in table.columns.items()}
        return replace(table, columns=columns, covers=Coverage(since=SINCE))


class State:
    """Figures in a file, read by one kind of source or another on one day after the other, and remembered."""

    def __init__(self, folder):
        self.folder, self.store, self.day = folder, memory_store(), 0
        self.rules = load_rules(folder).rules

    def tick(self, adapter, months):
        rows = "".join(f"m,force,{month},{n}\n" for n, month in enumerate(months, 1))
        (self.folder / "f.csv").write_text(f"measure,area,period,value\n{rows}", encoding="utf-8")
        self.day += 1
        at = datetime(2020, 7, self.day, tzinfo=UTC)
        reading = read_figures(self.rules, {"csv": adapter}, [self.folder], at.date())
        with self.store.begin() as state:
            known = admitted(reading, self.rules, state, at, keep=True)
        self.problems = [problem for problem in known.problems if problem.code in ("vanished", "shrunk")]
        return {(source.kind[n], ordinal) for source in known.observations for n, ordinal in enumerate(source.ordinal)}


@pytest.fixture
def state(tmp_path):
    found = State(a_folder(tmp_path / "rules", {"rules.yaml": RULES, "f.csv": "measure,area,period,value\n"}))
    yield found
    found.store.close()


def test_what_lies_before_the_window_goes_on_counting_and_is_not_called_gone(state):
    whole = state.tick(CsvSource(), MONTHS)

    assert [whole, whole] == [state.tick(LastMonths(), MONTHS), state.tick(LastMonths(), MONTHS)]
    assert [] == state.problems


def test_what_vanishes_inside_the_window_is_named_alone(state):
    whole = state.tick(CsvSource(), MONTHS)

    assert whole == state.tick(LastMonths(), [month for month in MONTHS if month not in ("2020-05", "2019-05")])
    (problem,) = state.problems
    assert ("vanished", "s") == (problem.code, problem.source)
    assert "1 figure that it held before is no longer in it: m force 2020-05" == problem.message


def test_a_whole_reading_calls_gone_what_is_gone_anywhere(state):
    state.tick(CsvSource(), MONTHS)
    state.tick(LastMonths(), MONTHS)

    state.tick(CsvSource(), [month for month in MONTHS if month != "2019-05"])
    assert ["1 figure that it held before is no longer in it: m force 2019-05"] == [p.message for p in state.problems]
