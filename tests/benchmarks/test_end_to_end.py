"""What a morning costs from where figures live: whole processes, step by step, against polars or ADBC alone in the same run.

`./run pytest -m benchmark tests/benchmarks/test_end_to_end.py -s` prints, for `evaluate`, a first tick, one on which nothing
has come and one on which a hundredth of the series was revised: seconds of the processor, the peak as a multiple of the
figures as an array, and what each step took. Nothing here asserts a time.

`BENCHMARK_PYTHON` names a Python with adbc-driver-sqlite, adbc-driver-postgresql, polars and pyarrow: the anchor of databases.
`BENCHMARK_LARGE=1` has also a million series, which take a quarter of an hour. Wanted: nothing new 1.5 times the anchor; a
hundredth revised that and a twentieth of a whole judging, and 60 ms a message; reading 1.3 times the anchor, 12 times the figures.
"""

import json
import os
import sqlite3
import sys
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import psycopg
import pytest
from benchmarks.test_tick_speed import MEASURES, cost_of, rules

pytestmark = pytest.mark.benchmark
MONTHS, DAY, NEXT = 60, "2025-09-10", "2025-09-11"
COLUMNS = ("measure", "area", "period", "value")
IN_STEPS = Path(__file__).with_name("in_steps.py")
#: How often what takes seconds is done; the least counts.
AGAIN = 3
ARROW = """
import polars, adbc_driver_{driver}.dbapi as driver
with driver.connect({url!r}) as connection, connection.cursor() as cursor:
    cursor.execute("select * from f")
    polars.from_arrow(cursor.fetch_arrow_table())
"""
BARE = "import {driver} as driver; driver.connect({url!r}).cursor().execute('select * from f').fetchall()"


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where figures live: its source in rules, what puts them there, and what reads them without us."""

    source: str
    write: Callable[[pl.DataFrame], object]
    anchor: list[str]
    address: str = ""


def figures(areas: int) -> np.ndarray:
    """Return `[months x series]`, of which a hundredth rises for the last year."""
    values = np.random.default_rng(7).poisson(100, (MONTHS, MEASURES * areas))
    values[-13:, : values.shape[1] // 100] += np.arange(13)[:, None] * 2
    return values


def frame_of(values: np.ndarray) -> pl.DataFrame:
    months, series = values.shape
    areas = series // MEASURES
    measures = pl.Series([f"m{n}" for n in range(MEASURES)])
    names = pl.Series([f"a{n}" for n in range(areas)])
    periods = pl.Series([f"{2020 + (month + 8) // 12}-{(month + 8) % 12 + 1:02d}" for month in range(months)])
    place, month = np.tile(np.arange(series), months), np.repeat(np.arange(months), series)
    return pl.DataFrame(
        {"measure": measures.gather(place // areas), "area": names.gather(place % areas), "period": periods.gather(month),
         "value": values.reshape(-1)}
    )  # fmt: skip


def in_sqlite(frame: pl.DataFrame, path: Path) -> None:
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as database:
        database.execute("create table f (measure text, area text, period text, value real)")
        for part in frame.iter_slices(100_000):
            database.executemany("insert into f values (?, ?, ?, ?)", part.rows())
        database.commit()


def in_postgresql(frame: pl.DataFrame, url: str) -> None:
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("drop table if exists f")
        cursor.execute("create table f (measure text, area text, period text, value double precision)")
        with cursor.copy("copy f from stdin (format csv)") as copy:
            for part in frame.iter_slices(100_000):
                copy.write(part.write_csv(include_header=False))


def place_of(kind: str, folder: Path, url: str) -> Place:
    path = folder / f"rules/figures/all.{kind}"
    path.parent.mkdir(parents=True)
    if kind in {"csv", "parquet"}:
        reading = [sys.executable, "-c", f"import polars; polars.read_{kind}({str(path)!r})"]
        return Place(
            source=f"{kind}: figures/all.{kind}", write=lambda f: getattr(f, f"write_{kind}")(path), anchor=reading
        )
    arrow, driver = os.environ.get("BENCHMARK_PYTHON"), kind
    address = url or f"sqlite:///{path}"
    found = url or str(path)
    program = ARROW.format(driver=driver, url=found)
    if arrow is None:
        program = BARE.format(driver="psycopg" if url else "sqlite3", url=found)
    return Place(
        source="sql: {connection: WAREHOUSE, query: 'select * from f'}", address=address,
        write=lambda f: in_postgresql(f, url) if url else in_sqlite(f, path), anchor=[arrow or sys.executable, "-c", program],
    )  # fmt: skip


class Morning:
    """One organisation and its figures."""

    def __init__(self, folder: Path, place: Place, areas: int) -> None:
        self.folder, self.place, self.rules = folder, place, folder / "rules"
        self.matrix_mib = MONTHS * MEASURES * areas * 8 / 2**20
        text = rules(areas, 122).replace("csv: figures/all.csv", place.source)
        text = text.replace("@example.org}", "@example.org, channels: [copies]}")  # nothing waits for a mail server
        (self.rules / "rules.yaml").write_text(f"{text}channels: {{copies: {{folder: {{}}}}}}\n")

    def cost(self, *words: str) -> tuple[float, dict[str, list[float]], int, float]:
        """Run a command; return its seconds, its steps, how many were told, and its peak in MiB."""
        out = self.folder / "steps.json"
        command = [sys.executable, str(IN_STEPS), str(out), words[0], str(self.rules), *words[1:]]
        found = cost_of(command, self.folder)
        said = json.loads(out.read_text())
        return found.cpu_s, said["took"], found.printed.count("Telling "), said["peak_mib"]

    def say(self, name: str, *words: str, times: int = 1) -> tuple[float, dict[str, list[float]], int]:
        """Print what a command costs, beside its anchor in turn; return the least, its steps, and how many were told."""
        costs, anchors = [], []
        for _ in range(times):
            anchors.append(cost_of(self.place.anchor, self.folder).cpu_s)
            costs.append(self.cost(*words))
        cpu_s, steps, told, peak = min(costs, key=lambda one: one[0])
        steps["the rest"] = [cpu_s - sum(spent for spent, _ in steps.values()), peak]
        parts = ", ".join(f"{step} {spent:.2f}" for step, (spent, _) in steps.items() if spent >= cpu_s / 100)
        print(
            f"\n{name}: {cpu_s:.2f} s, {cpu_s / min(anchors):.2f} x the anchor ({min(anchors):.2f} s), peak {peak:.0f} MiB,"
            f" {peak / self.matrix_mib:.1f} x the figures; {told:,} told\n  {parts}", end="",
        )  # fmt: skip
        return cpu_s, steps, told


CASES = [(kind, 1_000) for kind in ("parquet", "csv", "sqlite", "postgresql")]
if os.environ.get("BENCHMARK_LARGE"):
    CASES += [(kind, 10_000) for kind in ("parquet", "csv")]


@pytest.mark.parametrize(("kind", "areas"), CASES, ids=[f"{kind}-{MEASURES * areas}-series" for kind, areas in CASES])
@pytest.mark.timeout(7200)
def test_a_morning_from_where_figures_live(tmp_path: Path, kind: str, areas: int, request, monkeypatch) -> None:
    with ExitStack() as open_:
        url = ""
        if kind == "postgresql":
            url = open_.enter_context(request.getfixturevalue("postgres").database(empty=True))
        measured(place_of(kind, tmp_path, url), tmp_path, areas, monkeypatch)


def measured(place: Place, folder: Path, areas: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAREHOUSE", place.address)
    values = figures(areas)
    place.write(frame_of(values))
    morning = Morning(folder, place, areas)

    morning.say("evaluate", "evaluate", "--as-of", DAY, "--only", "exception")
    _, first, told = morning.say("first tick", "run", "--as-of", DAY)
    same, _, none = morning.say("nothing new", "run", "--as-of", DAY, times=AGAIN)
    values[-1, ::100] += 25
    place.write(frame_of(values))
    revised, _, news = morning.say("a hundredth revised", "run", "--as-of", NEXT)
    beyond, judging = revised - same, first["judging"][0]
    print(
        f"\n  beyond one with nothing new {beyond:.2f} s; a whole judging takes {judging:.2f} s, a twentieth of it"
        f" and {news:,} messages of 60 ms are {judging / 20 + news * 0.06:.2f} s"
    )

    assert told >= areas / 2
    assert none == 0
    assert news
