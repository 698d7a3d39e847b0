"""Queries to SQLite and PostgreSQL: cells of every type, answers that are not to be believed, statements that do more than read."""

import os
import sqlite3
import sys
import threading
import time
from contextlib import closing
from datetime import date
from pathlib import Path
from random import Random

import psycopg
import pytest
from samples.plugin_cases import SourceCase
from samples.sampling import few
from sqlalchemy.dialects import mssql

from alerting.domain.coverage import EVERYTHING, Coverage
from alerting.domain.rule import Source
from alerting.errors import SourceUnavailable
from alerting.sources.database.sql_query import query_of
from alerting.sources.database.sql_rows import text_of, word_of
from alerting.sources.sql import SqlSource, _Asked, _running, _within

FIGURES = (("m", "force", "2020-06", 12.0), ("m", "north", "2020-06", 7.5), ("m", "force", "2020-07", 13.0))
TABLE = "create table f (measure text, area text, period text, value double precision)"
ALL = "select * from f"
FAR_BACK = 1_000_000_000


class Database:
    """A database with a table `f`, and the source that reads it."""

    def __init__(self, url, run):
        self.url, self.run = url, run

    def source(self, query, **keys):
        settings = {"sql": {"connection": "WAREHOUSE_URL", "query": query, **keys}}
        return Source(id="warehouse", kind="sql", settings=settings, secrets={"connection": self.url})

    def read(self, query=ALL, wanted=EVERYTHING, **keys):
        return SqlSource().read(self.source(query, **keys), [], wanted)

    def cells(self, query=ALL, **keys):
        return {name: column.to_list() for name, column in self.read(query, **keys).columns.items()}

    def refuses(self, query=ALL, **keys):
        with pytest.raises(SourceUnavailable) as caught:
            self.read(query, **keys)
        return str(caught.value)


def in_sqlite(path, *statements):
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    os.utime(path, (FAR_BACK, FAR_BACK))


@pytest.fixture
def sqlite(tmp_path):
    path = tmp_path / "f.db"
    return Database(f"sqlite:///{path}", lambda *statements: in_sqlite(path, *statements))


@pytest.fixture
def server(postgres):
    with postgres.database(empty=True) as url:

        def run(*statements):
            with psycopg.connect(url, autocommit=True) as connection:
                for statement in statements:
                    connection.execute(statement)

        yield Database(url, run)


@pytest.fixture(params=["sqlite", "server"])
def database(request):
    return request.getfixturevalue(request.param)


def rows(*some):
    return "insert into f values " + ", ".join("(" + ", ".join(row) + ")" for row in some)


def test_figures_are_read_as_they_stand_and_words_stay_words(database):
    database.run(
        TABLE,
        rows(("'m'", "'NA'", "'2020-06'", "12"), ("'m'", "'007'", "'2020-06'", "0.1"), ("'m'", "'null'", "'2020-06'", "null"),
             ("'m'", "null", "''", "-7.25")),
    )  # fmt: skip

    read = database.cells()

    assert ["NA", "007", "null", None] == read["area"]
    assert [12.0, 0.1, None, -7.25] == read["value"]
    assert ["2020-06", "2020-06", "2020-06", ""] == [period or "" for period in read["period"]]


def test_every_type_of_the_server_is_read_as_what_it_says(server):
    server.run(
        "create table t (measure text, area varchar(9), period date, value numeric(12,2), n bigint, f real, provisional bool,"
        " note text, published timestamptz)",
        r"insert into t values ('m', 'force', '2020-04-01', 1234.50, 9007199254740993, 0.5, true, E'a\tb\nc\\d \"e\"',"
        " '2020-05-02 10:30:00+00'), ('m', 'north', '2020-05-31', null, -1, 'NaN', null, '', null)",
    )

    read = server.cells("select * from t")

    assert ["2020-04-01", "2020-05-31"] == read["period"]
    assert ([1234.5, None], [0.5, None]) == (read["value"], read["f"])
    assert [9007199254740992.0, -1.0] == read["n"]
    assert ["true", None] == read["provisional"]
    assert ('a\tb\nc\\d "e"', "2020-05-02") == (read["note"][0], read["published"][0])


def test_years_and_months_as_numbers_have_no_point(sqlite):
    sqlite.run("create table f (measure, area, period, value)",
               rows(("'m'", "'force'", "202006", "1"), ("'m'", "'force'", "202007.0", "'1,234'")))  # fmt: skip

    read = sqlite.cells()

    assert ["202006", "202007"] == read["period"]
    assert ["1", "1,234"] == [text.removesuffix(".0") for text in read["value"]]  # its reader knows what is a number


def test_107_what_no_number_can_hold_stays_as_text_to_be_refused(server):
    server.run(TABLE.replace("double precision", "numeric"),
               rows(("'m'", "'force'", "'2020-06'", "1e400"), ("'m'", "'force'", "'2020-07'", "'NaN'"),
                    ("'m'", "'force'", "'2020-08'", "2.5")),
               "create table g as select measure, area, period, 'infinity'::float8 as value from f")  # fmt: skip

    large, none, plain = server.cells()["value"]
    assert (401, None, "2.5") == (len(large), none, plain)
    assert {"Infinity"} == set(server.cells("select * from g")["value"])


def test_columns_may_stand_in_any_order_and_more_may_be_there(database):
    database.run(TABLE, rows(("'m'", "'force'", "'2020-06'", "12")))

    read = database.cells("select value, 3 as target, period, 'x' as colour, area, measure from f")

    assert ["m"] == read["measure"] and [12.0] == read["value"] and [3.0] == read["target"]


def test_many_rows_come_as_they_are(database):
    """More than are read at once: codes of words go on from one piece to the next."""
    database.run(TABLE)
    many = [(f"'m{n % 7}'", f"'a{n % 501}'", "'2020-06'", str(n / 4)) for n in range(9_000)]
    database.run(*(rows(*many[n : n + 500]) for n in range(0, len(many), 500)))

    read = database.cells()

    assert [n / 4 for n in range(9_000)] == read["value"]
    assert [f"a{n % 501}" for n in range(9_000)] == read["area"]


def test_116_days_are_put_where_the_query_wants_them(database):
    database.run(TABLE, rows(*((f"'{m}'", f"'{a}'", f"'{p}-01'", str(v)) for m, a, p, v in FIGURES)))
    wanted = Coverage(since=date(2020, 8, 1), until=date(2020, 9, 30))

    part = database.read("select * from f where period >= :since and period <= :until", wanted)
    whole = database.read("select * from f where period >= :since and area <> ':x 12:30'")

    assert (["2020-07-01"], wanted) == (part.columns["period"].to_list(), part.covers)
    assert (3, EVERYTHING) == (len(whole.columns["period"]), whole.covers)
    assert EVERYTHING == database.read(ALL, wanted).covers  # it was not asked for a part


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("drop table f", 'begins with "drop"'),
        ("select * from f; drop table f", "more than one statement"),
        ("/* select */ delete from f", 'begins with "delete"'),
        ("pragma user_version", 'begins with "pragma"'),
        ("attach 'x.db' as x", 'begins with "attach"'),
        ("vacuum into 'x.db'", 'begins with "vacuum"'),
        ("copy f to program 'id'", 'begins with "copy"'),
        ("", "is empty"),
        ("-- nothing", "is empty"),
        ("select * from f where area = :area", "names :area; only :since and :until are given"),
        ("select measure, area, value from f", 'no column "period"'),
        ("select *, value as value from f", 'column "value" stands twice'),
        ("select * from nowhere", "nowhere"),
        ("select * from f where false", "gives no row"),
        ("with gone as (delete from f returning *) select * from gone", "the query"),
    ],
)
def test_114_a_statement_that_does_not_read_one_table_of_figures_is_refused_and_changes_nothing(database, query, says):
    database.run(TABLE, rows(("'m'", "'force'", "'2020-06'", "12")))

    assert says in database.refuses(query)
    assert [12.0] == database.cells()["value"]


@pytest.mark.parametrize(
    "query",
    [
        "select * from pragma_database_list, f",
        "select load_extension('x') as measure, area, period, value from f",
        "select * from f where period > (select * from pragma_journal_mode)",
    ],
)
def test_115_sqlite_lets_nothing_through_but_reading(sqlite, query):
    sqlite.run(TABLE, rows(("'m'", "'force'", "'2020-06'", "12")))
    assert "may only read tables" in sqlite.refuses(query)


@pytest.mark.parametrize(
    "expression",
    [
        "pg_read_file('/etc/hostname')",
        "lo_import('/etc/hostname')::text",
        "set_config('transaction_read_only', 'off', true)",
        "nextval('s')::text",
        "query_to_xml('select pg_read_file(''/etc/hostname'')', true, true, '')::text",
        "pg_terminate_backend(1)::text || pg_reload_conf()::text",
    ],
)
def test_114_a_superuser_on_the_server_may_read_tables_and_nothing_else(server, expression):
    server.run(TABLE, rows(("'m'", "'force'", "'2020-06'", "12")), "create sequence s")

    said = server.refuses(f"select measure, area, period, value, {expression} as note from f")

    assert "cannot be read: " in said
    assert ["its connection signs in as a superuser; give it a role that may only read"] == server.read().remarks


def test_114_a_statement_cannot_end_the_command_around_it(server):
    server.run(TABLE, rows(("'m'", "'force'", "'2020-06'", "12")))

    assert "syntax error" in server.refuses("select * from f) to program 'id' --")
    assert [12.0] == server.cells("select * from f -- the end")["value"]
    assert [12.0] == server.cells("select * from f; -- the end\n")["value"]


ENDLESS = """with recursive n(x) as (select 1 union all select x + 1 from n)
    select x as measure, x as area, x as period, x as value from n"""


def test_105_an_endless_answer_ends_with_its_rows(database):
    database.run(TABLE)
    assert "more than 5,000 rows" in database.refuses(ENDLESS, most_rows=5_000)


def test_087_what_takes_too_long_is_ended(database):
    database.run(TABLE, rows(("'m'", "'force'", "'2020-06'", "12")))
    said = database.refuses(f"select * from f where value > (select count(*) from ({ENDLESS}) as q)", seconds=0.2)

    assert "more `seconds`" in said


def test_087_what_lifts_the_servers_own_limit_is_ended_all_the_same(server):
    server.run(TABLE, rows(("'m'", "'force'", "'2020-06'", "12")))

    said = server.refuses(
        "select measure, area, period, value from f where set_config('statement_timeout', '0', false) = '0'"
        " and pg_sleep(60) is not null",
        seconds=0.2,
    )
    assert "more `seconds`" in said


def test_106_a_cell_that_no_figure_has_is_refused(database, request):
    made = "repeat('x', 3000000)"
    database.run(TABLE, rows(("'m'", "'force'", "'2020-06'", "12")))
    if "sqlite" in request.node.callspec.params.values():
        made = "replace(hex(zeroblob(1500000)), '00', 'xx')"

    assert "leave its column out of the query" in database.refuses(f"select {made} as note, * from f")


def test_088_an_error_in_the_middle_of_an_answer_is_no_answer(server):
    server.run(TABLE, *(rows(*(("'m'", f"'a{n}'", "'2020-06'", str(n)) for n in range(1, 500))) for _ in range(40)))

    said = server.refuses("select measure, area, period, 1 / (value - 499)::int as value from f")
    assert "division by zero; mend the query" in said


def test_088_a_line_that_breaks_in_the_middle_of_an_answer_is_no_answer(server):
    """The server ends the connection after half of the rows have come."""
    query = (
        "select 'm' as measure, 'force' as area, '2020-06' as period, case when n < 20000 then n"
        " else length(pg_sleep(60)::text) end as value from generate_series(1, 20001) as g(n)"
    )
    kill = (
        "select pg_terminate_backend(pid) from pg_stat_activity where query ilike 'copy%generate_series%'"
        " and wait_event = 'PgSleep'"
    )

    def end():
        with psycopg.connect(server.url, autocommit=True) as connection:
            while not connection.execute(kill).fetchall():
                time.sleep(0.02)

    ending = threading.Thread(target=end)
    ending.start()
    said = server.refuses(query)
    ending.join()
    assert "the next tick tries again" in said


@pytest.mark.sampled
def test_112_damage_anywhere_is_refused_or_read_and_never_more(sqlite, tmp_path):
    sqlite.run(TABLE, rows(*(("'m'", f"'a{n % 7}'", "'2020-06'", str(n)) for n in range(200))))
    path, random = tmp_path / "f.db", Random(1)
    content = path.read_bytes()
    refused = 0
    for _ in range(few(60, 2_000)):
        damaged = bytearray(content)
        for _ in range(random.choice((1, 2, 8, 100))):
            damaged[random.randrange(len(damaged))] = random.randrange(256)
        path.write_bytes(damaged)
        try:
            sqlite.read()
        except SourceUnavailable:
            refused += 1
    assert refused


SECRET = "pa%24s!word-4711"


@pytest.mark.parametrize(
    ("url", "says"),
    [
        (
            f"postgresql://reader:{SECRET}@localhost:1/performance",
            "cannot connect to postgresql://localhost:1/performance",
        ),
        (f"postgresql://reader:{SECRET}@/x?host=/nowhere&passfile={SECRET}", "cannot connect to postgresql:///x"),
        (f"nonsense {SECRET}", "is no address of a database"),
        (f"oracle+cobol://reader:{SECRET}@localhost/x", "the driver for oracle+cobol is not installed"),
        (f"sqlite:////nowhere/{SECRET}.db", 'no file "'),
    ],
)
def test_086_117_a_database_that_is_not_reached_is_said_without_its_password(url, says):
    source = Database(url, None).source(ALL)

    with pytest.raises(SourceUnavailable) as caught:
        SqlSource().read(source, [], EVERYTHING)

    assert says in str(caught.value)
    if not url.startswith("sqlite"):
        assert "pa%24s" not in str(caught.value) and "pa$s" not in str(caught.value)


@pytest.mark.parametrize(
    ("scheme", "extra"), [("mssql", "sqlserver"), ("sqlserver", "sqlserver"), ("mssql+pymssql", "pymssql")]
)
def test_a_driver_that_is_not_installed_is_named_with_what_installs_it(scheme, extra, monkeypatch):
    monkeypatch.setitem(sys.modules, "mssql_python", None)
    monkeypatch.setitem(sys.modules, "pymssql", None)

    said = Database(f"{scheme}://reader:{SECRET}@db.example.org/performance", None).refuses()

    assert f"is not installed; install it: pip install 'alerting[{extra}]'" in said and "4711" not in said


def test_a_query_for_sql_server_has_its_days_beside_it_and_may_not_write():
    source = Database("", None).source(
        "select measure, area, period, value from [f] where period >= :since and [into] = ':x'"
    )
    asked = _Asked.of(source, Coverage(since=date(2020, 8, 1)))

    compiled = asked.statement.compile(dialect=mssql.dialect())

    assert {"since": date(2020, 7, 1)} == compiled.params
    assert "2020" not in str(compiled) and str(compiled).endswith("[into] = ':x'")
    assert asked.query.writing_word is None


def test_119_a_query_that_cannot_be_stopped_is_left_behind_and_none_is_asked_beside_it():
    asked = _Asked.of(Database("", None).source(ALL, seconds=0.05), EVERYTHING)
    over = threading.Event()

    with pytest.raises(SourceUnavailable, match=r"took longer than its 0\.05 seconds"):
        _within(over.wait, asked)
    with pytest.raises(SourceUnavailable, match="a query of before still runs"):
        _within(over.wait, asked)
    over.set()
    _running["warehouse"].join()
    assert _within(lambda: "found", _Asked.of(Database("", None).source(ALL), EVERYTHING)) == "found"


def test_117_a_refused_sign_in_says_no_password(server):
    said = Database(server.url.replace("postgres@", f"nobody-there:{SECRET}@"), None).refuses()

    assert "cannot connect to postgresql:///" in said and "4711" not in said


def test_a_file_is_recognised_until_its_database_is_another(sqlite):
    sqlite.run(TABLE, rows(("'m'", "'force'", "'2020-06'", "12")))
    source, adapter = sqlite.source(ALL), SqlSource()

    read = adapter.read(source, [], EVERYTHING).content
    assert read is not None and read() == adapter.content(source, [])

    sqlite.run(rows(("'m'", "'force'", "'2020-07'", "12")))
    assert read() == adapter.content(source, [])  # told of the file as it is now
    assert read() != adapter.content(sqlite.source(f"{ALL} where true"), [])


def test_a_file_that_was_just_written_and_a_server_are_not(sqlite, server, tmp_path):
    sqlite.run(TABLE, rows(("'m'", "'force'", "'2020-06'", "12")))
    os.utime(tmp_path / "f.db")
    server.run(TABLE, rows(("'m'", "'force'", "'2020-06'", "12")))

    for database in (sqlite, server):
        assert database.read().content is None
        with pytest.raises(SourceUnavailable, match="cannot be told"):
            SqlSource().content(database.source(ALL), [])


def test_words_of_a_statement_are_told_from_texts_names_and_comments():
    written = """select 'drop table; x' as "delete", [update], `alter`, $$ merge; $$ -- insert;
        /* truncate; */ from f;  """
    query = query_of(written)

    assert query.writing_word is None
    assert query.text.startswith("""select 'drop table; x' as "delete", [update], `alter`, $$ merge; $$""")
    assert query.text.endswith("from f")
    assert "delete" == query_of("select 1 delete from f").writing_word
    assert "INTO" == query_of("select * INTO g from f").writing_word


@pytest.mark.parametrize(
    ("cell", "word"),
    [
        (2020.0, "2020"),
        (2020.5, "2020.5"),
        (True, "true"),
        (date(2020, 4, 1), "2020-04-01"),
        (b"\xc3\xa9", "é"),
        (None, None),
    ],
)
def test_cells_of_any_driver_become_words(cell, word):
    assert word == word_of(cell)


def test_cells_that_cannot_be_numbers_become_texts():
    assert text_of(float("nan")) is None
    assert text_of(10**5000).startswith("a number of very many")


def laid(*figures):
    def lay(folder: Path):
        filled = [rows(*((f"'{m}'", f"'{a}'", f"'{p}'", str(v)) for m, a, p, v in figures))] if figures else []
        in_sqlite(folder / "f.db", TABLE, *filled)

    return lay


def settings(query=ALL):
    return {"sql": {"connection": "WAREHOUSE_URL", "query": query}}


NAMED = {"connection": "sqlite:///f.db"}
#: What the suite of every source holds this one to.
CASES = (
    SourceCase(id="a-table", settings=settings(), lay=laid(*FIGURES), rows=FIGURES, named=NAMED),
    SourceCase(
        id="since", settings=settings("select * from f where period >= :since and period <= :until"), lay=laid(*FIGURES),
        rows=FIGURES, named=NAMED,
    ),
    SourceCase(
        id="absent", settings=settings(), lay=laid(*FIGURES), named={"connection": "sqlite:///g.db"}, says=('no file "g.db"',),
    ),
    SourceCase(
        id="no-server", settings=settings(), lay=laid(), says=("s: cannot connect to postgresql://localhost:1/x", "tries again"),
        named={"connection": f"postgresql://reader:{SECRET}@localhost:1/x"}, secrets=(SECRET,),
    ),
    SourceCase(
        id="writes", settings=settings("delete from f"), lay=laid(*FIGURES), named=NAMED,
        says=("s: ", 'begins with "delete"', "write one statement that reads"),
    ),
)  # fmt: skip
