"""Sources of which only the last months are read: what lies before them goes on counting, and nobody calls it gone."""

import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from samples.sampling import first
from samples.worlds import a_folder, an_engine

from alerting.app.situation.read_sources import read_figures
from alerting.app.situation.shrink_guard import admitted
from alerting.domain.coverage import EVERYTHING, Coverage
from alerting.domain.measure import Span
from alerting.domain.period import KINDS, Period, PeriodKind
from alerting.domain.reading_windows import FullRead, ReadingWindow
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


#: Thirty months of two areas: runs, a spike, a fall; and what was published wrong is put right a month later.
AREAS = ("force", "north")
PLAN = {
    "force": [100, 98, 103, 99, 101, 97, 102, 100, 99, 140, 101, 98, 112, 113, 114, 115, 116, 117, 118, 119, 99, 101, 100, 97, 60,
              101, 99, 102, 98, 130],
    "north": [40, 42, 41, 39, 43, 40, 42, 41, 40, 39, 60, 41, 40, 42, 41, 20, 41, 40, 42, 43, 41, 40, 39, 70, 41, 40, 42,
              41, 39, 40],
}  # fmt: skip
WRONG = {("north", 5): 65, ("force", 17): 90, ("north", 27): 90}
TICKED = """
topics: [{{id: t, title: Topic, owner: boss}}]
sources: {{s: {{{source}, owner: boss}}}}
areas: [{{id: force, title: Force, kind: policing, owner: boss}}, {{id: north, title: North, parent: force}}]
owners: [{{id: boss, name: Boss, email: boss@example.org}}]
roles: {{operator: boss, maintainer: boss, fallback: boss}}
measures: [{{id: m, title: Offences, topic: t, unit: count, better: lower, every: month, source: s}}]
rules:
  - {{id: limits, title: Outside, measures: m, when: {{outside_limits: {{limits: {{xmr: {{}}}}}}}}}}
  - {{id: run, title: Run, measures: m, when: {{run: {{length: 6, of: {{xmr: {{}}}}}}}}}}
  - {{id: year, title: Year, measures: m, when: {{change: {{versus: same_period_last_year, moves_by: 30 %}}}}}}
"""


class Months:
    """One source through thirty months, ticked on the third of each; its figures lie in a file or in a database."""

    def __init__(self, folder, source, *, in_database):
        text = TICKED.format(source=source)
        self.folder = a_folder(folder / "rules", {"rules.yaml": text, "f.csv": "measure,area,period,value\n"})
        self.state, self.in_database, self.asked = folder / "state", in_database, []

    def rows(self, known):
        return [
            ("m", area, month, WRONG.get((area, n), PLAN[area][n]) if n == known - 1 else PLAN[area][n])
            for n, month in enumerate(MONTHS[:known])
            for area in AREAS
        ]

    def lay(self, rows):
        if self.in_database:
            with closing(sqlite3.connect(self.folder / "f.db")) as database:
                database.execute("drop table if exists f")
                database.execute("create table f (measure text, area text, period text, value real)")
                database.executemany("insert into f values (?, ?, ?, ?)", rows)
                database.commit()
        else:
            lines = (",".join(map(str, row)) for row in rows)
            (self.folder / "f.csv").write_text("measure,area,period,value\n" + "\n".join(lines) + "\n", "utf-8")

    def tick(self, day, rows=None, **options):
        self.lay(self.rows(self.known(day)) if rows is None else rows)
        engine = an_engine(self.folder, self.state, day)
        with engine.state() as store:
            self.asked.append(engine.enquiries.windows(store, day).get("s"))
            return engine.tick(store, day, **options)

    @staticmethod
    def known(day):
        return (day.year - 2018) * 12 + day.month - 1

    def remembered(self, measure):
        """What the state holds of a measure."""
        engine = an_engine(self.folder, self.state, date(2020, 7, 3))
        read, rules = engine.enquiries.as_known(date(2020, 7, 3)), engine.rules
        measures, areas = list(rules.measures), list(rules.areas.areas)
        found = {
            (measures[one.measure[n]], areas[one.area[n]], str(Period(KINDS[one.kind[n]], int(one.ordinal[n]), 4)))
            for one in read.observations for n in range(len(one.ordinal))
        }  # fmt: skip
        return {figure for figure in found if figure[0] == measure}

    @property
    def events(self):
        with an_engine(self.folder, self.state, date(2020, 7, 3)).state() as store, store.begin() as state:
            events = state.alerts.events_between(None, datetime(2030, 1, 1, tzinfo=UTC))
        return [
            (one.at, one.alert.id, one.kind, one.finding and (one.finding.period, one.finding.value)) for one in events
        ]


def third_of_months(first=1):
    return [date(2018 + n // 12, n % 12 + 1, 3) for n in range(first, 31)]


WINDOWED = {
    "csv": ("csv: f.csv, window: 6 months, full: never", False),
    "sql": ('sql: {connection: FIGURES_URL, query: "select * from f where period >= :since"}, window: 6 months, full: never', True),
}  # fmt: skip


@pytest.mark.parametrize("kind", first(1, WINDOWED))
def test_thirty_months_in_a_window_of_six_give_the_events_of_one_that_gives_all(kind, tmp_path, monkeypatch):
    monkeypatch.setenv("FIGURES_URL", "sqlite:///f.db")
    source, in_database = WINDOWED[kind]
    part, whole = (
        Months(tmp_path / "part", source, in_database=in_database),
        Months(tmp_path / "all", "csv: f.csv", in_database=False),
    )

    for day in third_of_months():
        told = [report.deliveries for report in (part.tick(day), whole.tick(day))]
        assert [one.message.subject for one in told[0]] == [one.message.subject for one in told[1]], day

    assert whole.events == part.events
    assert {"opened", "resolved", "corrected"} <= {kind.value for _, _, kind, _ in part.events}
    assert (None, date(2017, 9, 1), date(2020, 1, 1)) == (part.asked[0], part.asked[1], part.asked[-1])
    assert {None} == set(whole.asked)


def test_all_is_read_when_it_falls_due_and_on_that_very_day(tmp_path):
    months = Months(tmp_path, "csv: f.csv, window: 2 months, full: weekly", in_database=False)

    for day in (1, 1, 2, 7, 8, 8, 9):
        months.tick(date(2019, 6, day))

    april = date(2019, 4, 1)
    assert [None, None, april, april, None, None, april] == months.asked


def test_a_changed_mapping_reads_all(tmp_path):
    months = Months(tmp_path, "csv: f.csv, window: 2 months, full: never", in_database=False)
    months.tick(date(2019, 6, 1))
    months.tick(date(2019, 6, 2))
    rules = months.folder / "rules.yaml"
    rules.write_text(rules.read_text("utf-8").replace("owner: boss}}", "owner: boss, missing: [c]}}", 1), "utf-8")

    months.tick(date(2019, 6, 3))
    months.tick(date(2019, 6, 4))

    april = date(2019, 4, 1)
    assert [None, april, None, april] == months.asked


def test_a_new_measure_reads_all(tmp_path):
    """Its figures before the window were never read: they have to come once."""
    months = Months(tmp_path, "csv: f.csv, window: 2 months, full: never", in_database=False)
    rows = months.rows(17) + [("k", area, month, 7) for month in MONTHS[:17] for area in AREAS]
    months.tick(date(2019, 6, 1), rows)
    months.tick(date(2019, 6, 2), rows)
    rules = months.folder / "rules.yaml"
    measure = (
        "measures:\n  - {id: k, title: Calls, topic: t, unit: count, better: lower, every: month, source: s}\n  - {"
    )
    rules.write_text(
        rules.read_text("utf-8").replace("measures: [{", measure).replace("source: s}]", "source: s}"), "utf-8"
    )

    months.tick(date(2019, 6, 3), rows)
    months.tick(date(2019, 6, 4), rows)

    april = date(2019, 4, 1)
    assert [None, april, None, april] == months.asked
    assert {("k", area, month) for area in AREAS for month in MONTHS[:17]} == months.remembered("k")


def test_full_reads_all_of_a_source_with_a_window(tmp_path):
    months = Months(tmp_path, "csv: f.csv, window: 2 months, full: never", in_database=False)
    rows = months.rows(17)
    months.tick(date(2019, 6, 1), rows)
    short = [row for row in rows if row[2] != "2018-05"]

    def gone(**options):
        return [
            one.message for one in months.tick(date(2019, 6, 2), short, **options).problems if one.code == "vanished"
        ]

    said = "2 figures that it held before are no longer in it: m force 2018-05; m north 2018-05"
    assert ([], [said]) == (gone(), gone(full=True))


def test_a_whole_load_has_so_many_rows_and_a_window_of_it_fewer(tmp_path, monkeypatch):
    monkeypatch.setenv("FIGURES_URL", "sqlite:///f.db")
    query = '{connection: FIGURES_URL, query: "select * from f where period >= :since"}'
    months = Months(tmp_path, f"sql: {query}, window: 2 months, full: weekly, rows: at least 30", in_database=True)
    rows = months.rows(17)

    whole, part = months.tick(date(2019, 6, 1), rows), months.tick(date(2019, 6, 2), rows)
    short = months.tick(date(2019, 6, 9), rows[:28])

    assert [None, date(2019, 4, 1), None] == months.asked
    assert ([], []) == (list(whole.problems), list(part.problems))
    assert ["28 rows, and a whole load has at least 30" in problem.message for problem in short.problems] == [True]


def test_older_figures_neither_change_nor_vanish_until_all_is_read(tmp_path):
    months = Months(tmp_path, "csv: f.csv, window: 3 months, full: weekly", in_database=False)
    rows = months.rows(24)
    months.tick(date(2020, 2, 3), rows)
    changed = [
        (m, a, p, 500 if p == "2018-05" else v)
        for m, a, p, v in rows
        if p != "2018-07" and (a, p) != ("north", "2019-12")
    ]

    part = months.tick(date(2020, 2, 4), changed)
    again = months.tick(date(2020, 2, 5), changed)
    whole = months.tick(date(2020, 2, 10), changed)

    def gone(report):
        return [one.message for one in report.problems if one.code == "vanished"]

    assert gone(part) == gone(again) == ["1 figure that it held before is no longer in it: m north 2019-12"]
    assert [
        "3 figures that it held before are no longer in it: m force 2018-07; m north 2018-07; m north 2019-12"
    ] == gone(whole)
    assert {"corrected", "opened", "resolved", "withdrawn"} & set(part.happened) == set()
    assert part.counts == again.counts
    assert Counter(whole.happened) != Counter(part.happened)


def test_what_shrank_is_read_whole_until_it_is_accepted(tmp_path):
    months = Months(tmp_path, "csv: f.csv, window: 3 months, full: weekly", in_database=False)
    months.tick(date(2020, 2, 3), months.rows(24))
    few = months.rows(24)[30:]

    for day in (10, 11, 12, 13):
        months.tick(date(2020, 2, day), few)

    assert [None, None, None, date(2019, 11, 1)] == [months.asked[n] for n in (0, 1, 2, 4)]


@pytest.mark.parametrize(
    ("window", "day", "since"),
    [
        ("13 months", date(2020, 10, 15), date(2019, 9, 1)),
        ("1 year", date(2020, 2, 29), date(2019, 2, 1)),
        ("2 quarters", date(2020, 3, 31), date(2019, 9, 1)),
        ("6 weeks", date(2020, 2, 29), date(2020, 1, 18)),
        ("10 days", date(2020, 1, 5), date(2019, 12, 26)),
    ],
)
def test_a_window_begins_with_a_month_where_it_is_of_months(window, day, since):
    count, _, kind = window.partition(" ")
    span = Span(count=int(count), kind=PeriodKind(kind.removesuffix("s")))
    assert since == ReadingWindow(span=span).since(day)


@pytest.mark.parametrize(
    ("full", "last", "due"),
    [
        (FullRead.DAILY, date(2020, 1, 31), date(2020, 2, 1)),
        (FullRead.WEEKLY, date(2020, 1, 31), date(2020, 2, 7)),
        (FullRead.MONTHLY, date(2020, 1, 31), date(2020, 2, 29)),
        (FullRead.NEVER, date(2020, 1, 31), None),
    ],
)
def test_all_is_due_so_long_after_it_was_read(full, last, due):
    window = ReadingWindow(span=Span(count=13, kind=PeriodKind.MONTH), full=full)

    later = [day for n in range(1, 400) if window.is_full_due(last, day := last + timedelta(days=n))]

    assert due == (later[0] if later else None)
    assert window.is_full_due(None, last) and window.is_full_due(last, last) and window.is_full_due(due or last, last)


def test_full_without_a_window_is_a_mistake(tmp_path):
    folder = a_folder(
        tmp_path,
        {"rules.yaml": TICKED.format(source="csv: f.csv, full: weekly"), "f.csv": "measure,area,period,value\n"},
    )
    (found,) = load_rules(folder).problems
    assert ("bad-value", 3) == (found.code, found.place.line) and "window: 13 months" in str(found.fix)
