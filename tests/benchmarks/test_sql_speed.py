"""Figures through SQL against Arrow's own drivers alone, where these are installed; else against the driver's bare rows.

`./run pytest -m benchmark tests/benchmarks/test_sql_speed.py -s` prints the ratios; nothing here asserts a time.
`BENCHMARK_PYTHON` names a Python that has adbc-driver-sqlite, adbc-driver-postgresql, polars and pyarrow.
"""

import os
import resource
import sqlite3
import subprocess
import sys
from contextlib import closing

import psycopg
import pytest

SERIES, MONTHS = 100_000, 60
MATRIX_MB = SERIES * MONTHS * 8 / 1e6
#: As the program starts: it hardly looks for garbage among the rows.
OURS = """
import gc, resource, time
from alerting.cli import OBJECTS_UNTIL_COLLECTED
gc.set_threshold(OBJECTS_UNTIL_COLLECTED)
from alerting.domain.rule import Source
from alerting.sources.sql import SqlSource
import polars
settings = {{"sql": {{"connection": "W", "query": "select * from f"}}}}
source = Source(id="w", kind="sql", settings=settings, secrets={{"connection": {url!r}}})
began = time.process_time()
table = SqlSource().read(source, [])
assert len(table.columns["value"]) == {rows}
print(time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
ARROW = """
import resource, time
import polars
import adbc_driver_{driver}.dbapi as driver
began = time.process_time()
with driver.connect({url!r}) as connection, connection.cursor() as cursor:
    cursor.execute("select * from f")
    frame = polars.from_arrow(cursor.fetch_arrow_table())
assert frame.height == {rows}
print(time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
BARE = """
import resource, time
began = time.process_time()
{connect}
rows = cursor.fetchall()
assert len(rows) == {rows}
print(time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def measured(program, python=sys.executable):
    said = subprocess.run([python, "-c", program], check=True, capture_output=True, text=True).stdout
    seconds, peak_mb = map(float, said.split())
    return seconds, peak_mb


def report(name, url, driver, connect, arrow_url):
    rows = SERIES * MONTHS
    ours, peak = measured(OURS.format(url=url, rows=rows))
    print(f"\n{name}: {ours:.1f} s of processor, peak {peak:.0f} MB = {peak / MATRIX_MB:.1f} x the matrix")
    bare, _ = measured(BARE.format(connect=connect, rows=rows))
    print(f"  {ours / bare:.2f} x the driver's rows alone ({bare:.1f} s)")
    if (python := os.environ.get("BENCHMARK_PYTHON")) is not None:
        anchor, theirs = measured(ARROW.format(driver=driver, url=arrow_url, rows=rows), python)
        print(f"  {ours / anchor:.2f} x ADBC alone ({anchor:.1f} s, peak {theirs:.0f} MB)")


@pytest.mark.benchmark
@pytest.mark.timeout(1800)
def test_a_file_of_sqlite(tmp_path):
    path = tmp_path / "f.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("create table f (measure text, area text, period text, value real)")
        for at in range(0, SERIES, 1_000):
            database.executemany("insert into f values (?, ?, ?, ?)", [
                (f"m{s % 500}", f"a{s // 500}", f"{2016 + p // 12}-{p % 12 + 1:02}", round(1000 + (s * 31 + p * 17) % 997 / 7, 2))
                for s in range(at, at + 1_000) for p in range(MONTHS)
            ])  # fmt: skip
        database.commit()
    connect = f"import sqlite3; cursor = sqlite3.connect({str(path)!r}).execute('select * from f')"
    report("SQLite", f"sqlite:///{path}", "sqlite", connect, str(path))


@pytest.mark.benchmark
@pytest.mark.timeout(1800)
def test_a_server_of_postgresql(postgres):
    with postgres.database(empty=True) as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("create table f (measure text, area text, period date, value double precision)")
            connection.execute(
                f"""insert into f select 'm' || s % 500, 'a' || s / 500, (date '2016-01-01' + make_interval(months => p))::date,
                round((1000 + (s * 31 + p * 17) % 997 / 7.0)::numeric, 2)
                from generate_series(0, {SERIES - 1}) s, generate_series(0, {MONTHS - 1}) p"""
            )
        connect = f"import psycopg; cursor = psycopg.connect({url!r}).execute('select * from f')"
        report("PostgreSQL", url, "postgresql", connect, url)
    print(f"  (this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB)")
