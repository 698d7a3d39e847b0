"""Sources that fail, shrink, or hold what no figure is, the same through every kind; numbers are those of the matrix of faults."""

from contextlib import closing
from datetime import date, timedelta

import psycopg
import pytest
from samples.source_kinds import HEADER, NEEDS, SourceOf
from samples.web_server import Reply, web_server
from samples.worlds import a_folder, an_engine

from alerting.domain.period import KINDS, Period
from alerting.opening import open_store
from alerting.sources.tables import whole
from alerting.sources.web import web_pages

AS_OF = date(2020, 10, 7)
RULES = """
topics: [{{id: t, title: Topic, owner: boss}}]
sources: {{s: {{{settings}, owner: keeper{keys}}}}}
areas: [{areas}]
owners: [{{id: boss, name: Boss, email: boss@example.org}}, {{id: keeper, name: Keeper, email: keeper@example.org}}]
measures: [{{id: m, title: Offences, topic: t, unit: count, better: lower, every: month, source: s, minimum: -1000}}]
rules: [{{id: a, title: Too many, measures: m, when: {{target_missed: {{at_most: 100}}}}}}]
"""


class World:
    """A rules folder with one source, read as the commands read it."""

    def __init__(self, kind, tmp_path, monkeypatch, around):
        self.kind, self.state = kind, tmp_path / "state"
        self.source = SourceOf(kind, tmp_path / "rules", around)
        for name, secret in self.source.secrets.items():
            monkeypatch.setenv(name, secret)
        self.declare("force", "north")

    def declare(self, *areas, keys=""):
        """Write the rules, with areas of these ids and titles of other words."""
        listed = ", ".join(f'{{id: "{id_}", title: "Area {n}", kind: k, owner: boss}}' for n, id_ in enumerate(areas))
        rules = RULES.format(settings=self.source.settings, areas=listed, keys=keys)
        a_folder(self.source.folder, {"r.yaml": rules})
        self.areas = areas

    def read(self, rows=None, header=HEADER):
        """What rows come to: (area, period) -> number or what else it is; what is said stays."""
        if rows is not None:
            self.source.put(rows, header)
        reading = an_engine(self.source.folder, self.state, AS_OF).enquiries.read()
        self.said = "\n".join(map(str, reading.problems))
        return {
            (self.areas[read.area[n]], str(Period(KINDS[read.kind[n]], int(read.ordinal[n]), 4))): cell_of(read, n)
            for read in reading.observations for n in range(len(read.ordinal))
        }  # fmt: skip


def cell_of(read, n):
    if read.refused[n]:
        return "refused"
    value = read.columns["value"][n]
    return "missing" if value != value else float(value)


@pytest.fixture
def web():
    with web_server() as found:
        yield found


@pytest.fixture
def postgresql(postgres):
    with postgres.database(empty=True) as url:
        yield url


@pytest.fixture
def world_of(request, tmp_path, monkeypatch):
    monkeypatch.setattr(web_pages, "FIRST_PAUSE_S", 0.001)

    def made(kind):
        around = [request.getfixturevalue(name) for name in NEEDS[kind]]
        return World(kind, tmp_path, monkeypatch, *(around or [None]))

    return made


@pytest.fixture(params=NEEDS)
def world(request, world_of):
    return world_of(request.param)


# -- 92 to 107: what rows hold --

#: (cell as text, what comes of it); each stands in a month of its own.
CELLS = (
    ("12", 12.0), ("12.5", 12.5), ("1,234", 1234.0), ("", "missing"), ("n/a", "missing"), ("-0.0", 0.0),
    ("9007199254740993", 9007199254740992.0), ("0." + "1" * 400, 0.1111111111111111), ("12%", "refused"),
    ("1.234,5", "refused"), ("1e400", "refused"), ("-1e400", "refused"), ("inf", "refused"), ("nan", "refused"),
    ("9" * 400, "refused"), ("about 12", "refused"), ("TRUE", "refused"), ("12; drop table f", "refused"),
)  # fmt: skip


def test_092_107_a_cell_is_a_figure_or_refused_by_itself(world):
    months = [f"{2018 + n // 12}-{n % 12 + 1:02d}" for n in range(len(CELLS))]
    found = world.read([("m", "force", month, text) for month, (text, _) in zip(months, CELLS, strict=True)])

    assert {("force", month): read for month, (_, read) in zip(months, CELLS, strict=True)} == found, world.said
    assert sum(read == "refused" for _, read in CELLS) == world.said.count("error[refused-cell]")


def test_093_a_row_without_a_name_is_counted_and_named(world):
    found = world.read([("m", "force", "2020-06", 1), ("m", None, "2020-06", 2), (None, "north", "2020-06", 3)])

    assert {("force", "2020-06"): 1.0} == found
    assert "1 row has a figure and no area" in world.said and "1 row has a figure and no measure" in world.said


def test_094_areas_are_names_whatever_they_look_like(world):
    names = ("NA", "null", "None", "007", "7", "1e5", "true", "nan")
    world.declare(*names)
    found = world.read([("m", name, "2020-06", n) for n, name in enumerate(names)])

    assert {(name, "2020-06"): float(n) for n, name in enumerate(names)} == found, world.said
    assert "error" not in world.said and "unclaimed" not in world.said


def test_094_what_is_only_like_a_name_is_not_taken_for_it(world):
    """Blanks around a name are none of it; letters are."""
    found = world.read(
        [("m", " force ", "2020-06", 1), ("m", "Force", "2020-07", 2), ("m", "forc\u00e9", "2020-07", 3)]
    )

    assert {("force", "2020-06"): 1.0} == found
    assert 'no area claims 1 row of "Force"' in world.said and "did you mean" in world.said.lower()


def test_095_rows_for_one_figure_are_one_where_they_are_equal_and_named_where_they_differ(world):
    rows = [
        ("m", "force", "2020-06", 1),
        ("m", "force", "2020-06", 1),
        ("m", "north", "2020-06", 1),
        ("m", "north", "2020-06", 2),
    ]
    world.read(rows)
    answer = an_engine(world.source.folder, world.state, AS_OF).enquiries.evaluate(AS_OF, every_period=True)

    found = {
        one.finding.area: (one.finding.value, one.finding.reason and one.finding.reason.value) for one in answer.found
    }
    assert {"force": (1.0, None), "north": (None, "conflict")} == found
    assert 1 == "\n".join(map(str, answer.problems)).count("error[conflict")


@pytest.mark.parametrize(
    ("header", "says"),
    [
        pytest.param(("measure", "area", "month", "value"), 'no column "period"', id="renamed"),
        pytest.param(("measure", "area", "period"), 'no column "value"', id="dropped"),
    ],
)
def test_096_a_column_that_is_gone_is_named_and_nothing_is_read(world, header, says):
    rows = [("m", "force", "2020-06", 1)[: len(header)]]

    assert {} == world.read(rows, header)
    assert "error[source-failed]" in world.said and says in world.said


def test_096_columns_may_be_added_and_stand_in_any_order(world):
    rows = [(1, "x", "2020-06", "north", "m")]

    assert {("north", "2020-06"): 1.0} == world.read(rows, ("value", "extra", "period", "area", "measure")), world.said


def test_097_words_that_begin_half_way_down_refuse_their_cells_alone(world):
    months = [f"2018-{n:02d}" for n in range(1, 13)] + [f"2019-{n:02d}" for n in range(1, 13)]
    cells = [str(n) for n in range(20)] + ["twenty", "none", "22", "23"]
    found = world.read([("m", "force", month, cell) for month, cell in zip(months, cells, strict=True)])

    assert [*map(float, range(20)), "refused", "refused", 22.0, 23.0] == [found["force", month] for month in months]
    assert '"twenty" is no number' in world.said


def test_102_periods_of_another_age_stop_nothing(world):
    rows = [
        ("m", "force", period, 5) for period in ("2020-06", "2262-04", "0001-01", "1900-00-00", "9999-12", "2020-13")
    ]
    found = world.read(rows)

    assert 5.0 == found["force", "2020-06"]
    assert '"1900-00-00"' in world.said.replace("'", '"') and '"2020-13"' in world.said.replace("'", '"')


def test_104_days_with_the_month_first_are_refused_and_none_is_guessed(world):
    found = world.read([("m", "force", "07/13/2020", 1), ("m", "north", "13/07/2020", 2)])

    assert {("north", "2020-07"): 2.0} == found
    assert "there is no month 13" in world.said


def test_105_ten_times_the_rows_are_read(world):
    months = [f"{1970 + n // 12}-{n % 12 + 1:02d}" for n in range(600)]
    few = world.read([("m", "force", month, n) for n, month in enumerate(months[:60])])
    many = world.read([("m", "force", month, n) for n, month in enumerate(months)])

    assert (60, 600) == (len(few), len(many))
    assert few.items() <= many.items()


# -- 86 to 91, 99, 108 to 113: what fails, shrinks and comes back --

MONTHS = ("2020-04", "2020-05", "2020-06", "2020-07", "2020-08")


def a_load(**last):
    """Five months of some areas, with what each has in the last."""
    return [("m", area, month, last[area] if month == MONTHS[-1] else 90.0) for area in last for month in MONTHS]


class Days:
    """One tick a day."""

    def __init__(self, world):
        self.world, self.day = world, AS_OF - timedelta(days=1)

    def tick(self):
        """Return what happened to alerts, and who was told what."""
        self.day += timedelta(days=1)
        engine = an_engine(self.world.source.folder, self.world.state, self.day)
        with closing(open_store(engine.settings)) as store:
            report = engine.tick(store)
        self.said = "\n".join(map(str, report.problems))
        return {kind: n for kind, n in report.happened.items() if n}, [
            (one.owner, one.message.subject) for one in report.deliveries
        ]


def gone(source):
    if source.kind == "postgresql":
        with psycopg.connect(source.around, autocommit=True) as connection:
            connection.execute("drop table f")
    elif source.kind in ("json", "web-csv"):
        source.around.says("/f", Reply(status=500))
    else:
        for path in (source.folder / "figures").iterdir():
            path.unlink()


def cut_off(source):
    if source.kind in ("sqlite", "postgresql"):
        source.put([("m", "force", "2020-08", 1)], (*HEADER[:3], "valeu"))  # a database has no half of a table
    else:
        content = source.content(a_load(force=50.0, north=50.0))
        source.puts(content[: len(content) // 2 - 3])


def no_table(source):
    if source.kind == "postgresql":
        source.put([("a",)], ("x",))
    else:
        source.puts(b"<html><title>Sign in</title>\n" * 9)


def empty(source):
    source.put([])


FAILING = {"086-110-gone": gone, "088-109-cut-off": cut_off, "108-112-113-no-table": no_table, "089-no-rows": empty}


@pytest.mark.sampled(2, each=False)
@pytest.mark.parametrize("kind", [kind for kind in NEEDS if kind != "ods"])  # read as excel is
def test_086_to_113_what_fails_resolves_nothing_and_its_owner_hears_once_each_way(world_of, kind, monkeypatch):
    """Whatever follows what: gone, half of it, something else, empty; then back, and one of two series short."""
    monkeypatch.setattr(whole, "QUIET_S", 0.0)
    world = world_of(kind)
    world.declare("force", "north", keys=", rows: at least 5")
    days, source = Days(world), world.source
    source.put(a_load(force=120.0, north=50.0))
    assert {"opened": 1} == days.tick()[0]

    told = []
    for name, fails in FAILING.items():
        fails(source)
        happened, owners = days.tick()
        told += owners
        assert ({}, True) == (happened, "error[source-failed]" in days.said), (name, days.said)
    assert [("keeper", "Figures to mend in s: 1 source could not be read")] == told

    source.put(a_load(force=120.0, north=80.0))  # a revision that changes no verdict
    assert ({}, [("keeper", "Figures in order again: s")]) == days.tick()
    source.put(a_load(force=120.0))
    assert ({}, [("keeper", "Figures to mend in s: 1 thing to look at")]) == days.tick()
    assert "5 figures that it held before are no longer in it: m north 2020-04" in days.said
    source.put(a_load(force=60.0, north=80.0))
    assert {"corrected": 1} == days.tick()[0]
