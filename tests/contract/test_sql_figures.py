"""The demonstration's figures out of databases say what they say out of files."""

import csv
import re
import shutil
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import psycopg
import pytest
from samples.worlds import an_engine

from alerting.domain.finding import State
from alerting.evaluation.as_json import finding_json

SHIPPED = Path(__file__).parents[2] / "rules"
AS_OF = date(2020, 10, 15)
#: Columns that hold words; of the others those are numbers in which every cell is one.
NUMBER = re.compile(r"-?\d+(\.\d+)?")


def tables():
    """The columns and rows of each file, numbers as numbers where a column has nothing else."""
    for path in sorted((SHIPPED / "figures").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        rows = [[cell or None for cell in row] + [None] * (len(header) - len(row)) for row in rows]
        numeric = [
            name not in ("measure", "area", "period", "note", "published")
            and all(row[n] is None or NUMBER.fullmatch(row[n]) for row in rows)
            for n, name in enumerate(header)
        ]
        yield path.stem.replace("-", "_"), list(zip(header, numeric, strict=True)), rows


def in_sqlite(path):
    with closing(sqlite3.connect(path)) as database:
        for name, columns, rows in tables():
            declared = ", ".join(f'"{column}" {"real" if number else "text"}' for column, number in columns)
            database.execute(f"create table {name} ({declared})")
            database.executemany(f"insert into {name} values ({', '.join('?' * len(columns))})", rows)
        database.commit()


def in_postgresql(url):
    with psycopg.connect(url, autocommit=True) as connection:
        for name, columns, rows in tables():
            declared = ", ".join(f'"{column}" {"numeric" if number else "text"}' for column, number in columns)
            connection.execute(f"create table {name} ({declared})")
            with connection.cursor().copy(f"copy {name} from stdin") as copy:
                for row in rows:
                    copy.write_row(row)


def judged(folder, state):
    found = an_engine(folder, state, AS_OF).enquiries.evaluate(AS_OF, every_period=True, only=(State.EXCEPTION,)).found
    # The evidence names the file that a figure came from.
    return [{**finding_json(one.finding), "evidence": None} for one in found]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_every_source_as_a_query_gives_the_same_exceptions(kind, tmp_path, request, monkeypatch):
    folder = tmp_path / "rules"
    shutil.copytree(SHIPPED, folder)
    expected = judged(folder, tmp_path / "a")
    if kind == "sqlite":
        in_sqlite(folder / "figures" / "all.db")
        monkeypatch.setenv("WAREHOUSE_URL", "sqlite:///figures/all.db")
    else:
        url = request.getfixturevalue("empty_url")
        in_postgresql(url)
        monkeypatch.setenv("WAREHOUSE_URL", url)
    text = (folder / "measures.yaml").read_text("utf-8")
    asked = re.sub(
        r"\{csv: figures/([a-z0-9-]+)\.csv,",
        lambda found: f"{{sql: {{connection: WAREHOUSE_URL, query: select * from {found[1].replace('-', '_')}}},",
        text,
    )
    assert text.count("{csv:") == asked.count("{sql:") > 10
    (folder / "measures.yaml").write_text(asked, "utf-8")

    found = judged(folder, tmp_path / "b")

    assert len(expected) > 100
    assert expected == found


@pytest.fixture
def empty_url(postgres):
    with postgres.database(empty=True) as url:
        yield url
