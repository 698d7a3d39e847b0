"""What deploy/SOURCES.md shows is what works: each block of it is used as it stands, in a fresh folder, on figures that fit it."""

import io
import json
import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl
import psycopg
import pytest
from samples.web_server import Reply, web_server
from samples.workbooks import xlsx
from samples.worlds import a_folder, an_engine

from alerting.cli import main

PAGE = (Path(__file__).parents[2] / "deploy" / "SOURCES.md").read_text(encoding="utf-8")
AS_OF = date(2020, 10, 15)
_HEADING = re.compile(r"^##+ (.+)$", re.MULTILINE)
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RULES = """
topics: [{{id: t, title: Topic, owner: boss}}]
areas:
  - {{id: west-mercia, title: West Mercia, owner: boss}}
  - {{id: telford-and-wrekin, title: Telford & Wrekin, owner: boss}}
owners:
  - {{id: boss, name: Boss, email: boss@example.org}}
  - {{id: performance-analyst, name: Performance Analyst, email: analyst@example.org}}
  - {{id: data-team, name: Data Team, email: data@example.org}}
rules: [{{id: a, title: A, measures: [{ids}], when: {{target_missed: {{at_most: 1000}}}}}}]
measures:
"""
MEASURE = "  - {{id: {}, title: Title of {}, topic: t, unit: count, better: lower, every: month, source: {}{}}}\n"
HEAD = "measure,area,period,value\n"
WM, TW = "west-mercia", "telford-and-wrekin"
TOKEN = "t0ken-of-nobody"


def blocks(kind):
    """The page's blocks of a kind, by the heading they stand under."""
    headings = [(match.start(), match[1]) for match in _HEADING.finditer(PAGE)]
    return {
        [name for at, name in headings if at < match.start()][-1]: match[2]
        for match in _BLOCK.finditer(PAGE)
        if match[1] == kind
    }


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Figures that fit one block, and what must come of them.

    `measures`: id -> its source. `made`: (measure, area, month of 2020) -> value; None: withheld or missing.
    """

    measures: dict[str, str]
    files: dict[str, str | bytes]
    made: dict[tuple[str, str, int], float | None]
    says: tuple[str, ...] = field(default=())


def several_columns():
    rows = [f"{area};{2010 + n // 12};{n % 12 + 1};1.234,5" for n in range(129) for area in ("West Mercia",)]
    rows += [f"Telford and Wrekin;{2010 + n // 12};{n % 12 + 1};0,7" for n in range(128)]
    text = "Force;year;month;value\n" + "\n".join([*rows, "Telford and Wrekin;2020;9;<5", ""])
    return Shown(
        measures={"crime/all": "crime"},
        files={"figures/crime.csv": text},
        made={("crime/all", WM, 9): 1_234_500.0, ("crime/all", TW, 8): 700.0, ("crime/all", TW, 9): None},
    )


def dropped():
    return Shown(
        measures={"m": "inbox", "n": "months"},
        files={
            "figures/in/crime-2020-9.csv": HEAD + f"m,{WM},2020-08,1\nm,{TW},2020-08,2\n",
            "figures/in/crime-2020-10.csv": HEAD + f"m,{WM},2020-08,3\nm,{WM},2020-09,4\n",
            "figures/in/calls-2020-11.csv": HEAD + f"m,{WM},2020-09,5\n",
            "figures/months/n_2020-09-10.csv": HEAD + f"n,{WM},2020-08,6\nn,{TW},2020-08,7\n",
            "figures/months/n_2020-10-10.csv": HEAD + f"n,{WM},2020-09,8\nn,{WM},2020-08,9\n",
            "figures/months/n_2020-11-10.csv": HEAD + f"n,{WM},2020-09,10\n",
        },
        made={("m", WM, 8): 3.0, ("m", WM, 9): 4.0, ("n", WM, 8): 9.0, ("n", TW, 8): 7.0, ("n", WM, 9): 8.0},
    )


def a_ledger():
    rows = [["Ledger"], [], ["measure", "area", "Jul-20", "Aug-20", "YTD"], ["m", "Telford & Wrekin", 1, 2.5, 3.5]]
    return Shown(
        measures={"m": "ledger"},
        files={"figures/ledger.xlsx": xlsx(rows)},
        made={("m", TW, 7): 1.0, ("m", TW, 8): 2.5},
        says=('left out is "YTD"',),
    )


def wide_tables():
    survey = xlsx([["Month", "area", "Satisfied, %"], ["Jul-20", WM, 80], ["Aug-20", WM, 82.5]])
    return Shown(
        measures={"crime/all": "crime", "satisfaction": "survey"},
        files={"figures/crime.csv": "Force,Jul 2020,Aug 2020\nWest Mercia,10,11\n", "figures/survey.xlsx": survey},
        made={
            ("crime/all", WM, 7): 10.0, ("crime/all", WM, 8): 11.0,
            ("satisfaction", WM, 7): 80.0, ("satisfaction", WM, 8): 82.5,
        },
    )  # fmt: skip


def a_lake():
    def part(*rows):
        target = io.BytesIO()
        pl.DataFrame(list(rows), schema=["code", "area", "value"], orient="row").write_parquet(target)
        return target.getvalue()

    return Shown(
        measures={"m": "lake"},
        files={
            "figures/lake/year=2020/month=08/part-0.parquet": part(("m", WM, 1.5), ("m", TW, 2.0)),
            "figures/lake/year=2020/month=09/part-0.parquet": part(("m", WM, 3.0)),
        },
        made={("m", WM, 8): 1.5, ("m", TW, 8): 2.0, ("m", WM, 9): 3.0},
    )


def a_whole_load():
    rows = f"m,{WM},2020-08,1\nm,{TW},2020-08,2\nm,{WM},2020-09,3\n"
    return Shown(
        measures={"m": "calls"},
        files={"figures/calls.csv": HEAD + rows},
        made={("m", WM, 8): 1.0, ("m", TW, 8): 2.0, ("m", WM, 9): None},
        says=("no figure yet for Telford & Wrekin",),
    )


def of_a_server():
    """What stands on the server: two pages of a hundred rows and more."""
    months = [f"{2005 + n // 12}-{n % 12 + 1:02d}" for n in range(189)]
    rows = [{"indicator": "m", "area": {"name": "West Mercia"}, "month": month, "value": 5} for month in months]
    rows += [row | {"area": {"name": "Telford & Wrekin"}, "value": 6.5} for row in rows[100:]]
    return rows, Shown(measures={"m": "api"}, files={}, made={("m", WM, 9): 5.0, ("m", TW, 9): 6.5})


def of_a_database():
    return Shown(measures={"m": "warehouse"}, files={}, made={("m", WM, 7): 7.0, ("m", WM, 8): 8.0, ("m", TW, 8): 25.0})


#: Rows of performance.monthly.
MONTHLY = (
    ("m", WM, "2020-07-01", 7, None, None),
    ("m", WM, "2020-08-01", 8, None, None),
    ("m", TW, "2020-08-01", 25, 1, 4),
)
TABLE = "(measure_code text, district text, month {}, value {}, numerator {}, denominator {})"
OF_FILES = {
    "What every kind takes": several_columns,
    "Files dropped into a folder": dropped,
    "Spreadsheets and wide tables": a_ledger,
    "Wide tables": wide_tables,
    "Parquet": a_lake,
    "When a load is whole": a_whole_load,
}
ELSEWHERE = {"Web servers (HTTP)", "A database: `sql`"}


@pytest.fixture
def user(tmp_path, monkeypatch):
    return User(tmp_path, monkeypatch)


class User:
    """Somebody who has a fresh folder, and copies from the page."""

    def __init__(self, tmp_path, monkeypatch):
        self.folder, self.state, self.secrets = tmp_path / "rules", tmp_path / "state", tmp_path / "secrets"
        self.secrets.mkdir()
        monkeypatch.setenv("ALERTING_SECRETS_DIR", str(self.secrets))

    def has_secret(self, name, text):
        (self.secrets / name).write_text(text + "\n", encoding="utf-8")

    def writes(self, block, shown):
        for name, content in shown.files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        measures = ""
        for id_, source in shown.measures.items():
            family, _, item = id_.partition("/")
            measures += MEASURE.format(family, family, source, f", items: {{{item}: Item}}" if item else "")
        rules = RULES.format(ids=", ".join(shown.measures)) + measures
        a_folder(self.folder, {"sources.yaml": block, "rules.yaml": rules})

    def figures(self, shown):
        """What comes of it: the figures that are expected, as they are; and what is said."""
        assert 0 == main(["check", str(self.folder), "--as-of", AS_OF.isoformat()])
        answer = an_engine(self.folder, self.state, AS_OF).enquiries.evaluate(AS_OF, every_period=True, text="all")
        found = {
            (one.finding.measure, one.finding.area, str(one.finding.period)): one.finding.value for one in answer.found
        }
        self.said = "\n".join(map(str, answer.problems))
        return {(m, area, n): found.get((m, area, f"2020-{n:02d}")) for m, area, n in shown.made}


def test_each_block_of_the_page_is_tried():
    assert {*OF_FILES, *ELSEWHERE} == blocks("yaml").keys()


@pytest.mark.parametrize("heading", OF_FILES)
def test_what_the_page_shows_of_files_works_as_it_stands(user, heading):
    shown = OF_FILES[heading]()
    user.writes(blocks("yaml")[heading], shown)

    assert shown.made == user.figures(shown), user.said
    assert [] == [words for words in shown.says if words not in user.said]
    assert "error" not in user.said


def test_what_the_page_shows_of_a_web_server_works_as_it_stands(user):
    """But for `private: true`, without which nobody may be asked on this machine."""
    rows, shown = of_a_server()
    block = blocks("yaml")["Web servers (HTTP)"]
    user.writes(block.replace("    http:\n", "    http:\n      private: true\n"), shown)
    with web_server() as server:
        user.has_secret("API_URL", f"{server.address}/figures?key=1")
        user.has_secret("API_TOKEN", TOKEN)
        pages = [rows[:100], rows[100:200], rows[200:]]
        for n, page in enumerate(pages):
            following = f"/figures?page={n + 1}" if n + 1 < len(pages) else None
            body = json.dumps({"data": page, "links": {"next": following}}).encode()
            server.says(f"/figures?{f'page={n}' if n else 'key=1'}", Reply(body=body))
        found = user.figures(shown)

    assert (shown.made, "") == (found, user.said)
    assert {f"Bearer {TOKEN}"} == {headers["authorization"] for _, headers in server.asked}


def test_what_the_page_shows_of_a_database_works_on_postgresql_with_the_rights_it_grants(user, postgres):
    shown, grants = of_a_database(), blocks("sql")["A role that may only read"]
    user.writes(blocks("yaml")["A database: `sql`"], shown)
    with postgres.database(empty=True) as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("create schema performance")
            connection.execute(f"create table performance.monthly {TABLE.format('date', *['numeric'] * 3)}")
            insert = "insert into performance.monthly values (%s, %s, %s, %s, %s, %s)"
            connection.cursor().executemany(insert, MONTHLY)
            connection.execute(grants)
        user.has_secret("WAREHOUSE_URL", url.replace("postgres@", "alerting_reader:word@"))
        found = user.figures(shown)
    postgres.run("drop role alerting_reader")

    assert (shown.made, "") == (found, user.said)


@pytest.mark.parametrize("month", ["date", "text"])
def test_what_the_page_shows_of_a_database_works_on_sqlite(user, month):
    """But for the schema, of which SQLite has none."""
    shown = of_a_database()
    user.writes(blocks("yaml")["A database: `sql`"].replace("performance.monthly", "monthly"), shown)
    (user.folder / "figures").mkdir()
    with closing(sqlite3.connect(user.folder / "figures/warehouse.db")) as connection:
        connection.execute(f"create table monthly {TABLE.format(month, *['real'] * 3)}")
        rows = [(m, area, day[:7] if month == "text" else day, *more) for m, area, day, *more in MONTHLY]
        connection.executemany("insert into monthly values (?, ?, ?, ?, ?, ?)", rows)
        connection.commit()
    user.has_secret("WAREHOUSE_URL", re.search(r"'(sqlite:///[^']+)'", PAGE)[1])

    assert (shown.made, "") == (user.figures(shown), user.said)
