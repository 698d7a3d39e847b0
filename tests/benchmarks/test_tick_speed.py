"""What a morning costs: ticks of a made-up organisation as whole processes, against polars reading the same file in the same run.

`./run pytest -m benchmark tests/benchmarks/test_tick_speed.py -s` prints, for each step, seconds of the processor, how many times
polars' that is, the peak of memory as a multiple of the figures as an array, and milliseconds a message beyond the tick that
tells nobody anything; nothing here asserts a time. 100,000 series take some minutes; `-k 10000-series` leaves them out.

Five years of 100 measures in 10 to 1,000 areas, seven rules, an owner an area, no mail server. Wanted: a tick on which nothing has
come in 1.5 times polars' seconds and the program's start, 60 ms a message besides, 16 times the figures in memory.
"""

import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.benchmark
MEASURES, MONTHS = 100, 61
STILL = "the same again"
ALERTING = [sys.executable, "-c", "import sys; from alerting.cli import main; sys.exit(main())"]
RULES = {
    "above-last-year": "{above_upper_limit: {limits: {previous_financial_year: {sigmas: 3}}}}",
    "outside": "{outside_limits: {limits: {xmr: {}}}}",
    "target": "{target_missed: {}}",
    "run": "{run: {side: either, length: 8, of: previous_financial_year}}",
    "trend": "{trend: {direction: rising}}",
    "change": "{change: {versus: same_period_last_year, rises_by: 35 %}}",
    "late": "{not_fresh: {grace: 3 days}}",
}


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Of one process: seconds of the processor, MiB at the highest, and what it printed."""

    cpu_s: float
    peak_mib: float
    printed: str


def cost_of(command: list[str], folder: Path) -> Cost:
    """Run a program to its end."""
    log, told = folder / "log", {name: value for name, value in os.environ.items() if not name.startswith("ALERTING_")}
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, stdout=out, stderr=out, env={**told, "ALERTING_STATE_DIR": str(folder / "state")}
        )
        _, _, used = os.wait4(process.pid, 0)
        process.returncode = 0  # it is waited for
    return Cost(cpu_s=used.ru_utime + used.ru_stime, peak_mib=used.ru_maxrss / 1024, printed=log.read_text())


def rules(areas: int, target: int) -> str:
    measures = ", ".join(f"m{n}" for n in range(MEASURES))
    return "\n".join([
        "topics: [{id: t, title: Topic, owner: head}]", "sources: {all: {csv: figures/all.csv, owner: head}}", "measures:",
        *(
            f"  - {{id: m{n}, title: Measure {n}, topic: t, unit: count, better: lower, every: month, expected: 5 days,"
            f" target: {target}, source: all}}"
            for n in range(MEASURES)
        ),
        "areas:", "  - {id: force, title: Force, kind: policing, owner: head}",
        *(f"  - {{id: a{n}, title: Area {n}, parent: force, owner: o{n}}}" for n in range(areas)),
        "owners:", "  - {id: head, name: Head of Performance, email: head@example.org}",
        *(f"  - {{id: o{n}, name: Commander {n}, email: o{n}@example.org}}" for n in range(areas)),
        "roles: {operator: head, maintainer: head, fallback: head}", "rules:",
        *(f"  - {{id: {id_}, title: Rule {id_}, measures: [{measures}], when: {when}}}" for id_, when in RULES.items()), "",
    ])  # fmt: skip


def write_figures(path: Path, values: np.ndarray, areas: int, months: int) -> None:
    """Write the first so many months."""
    names = [f"m{n // areas},a{n % areas}" for n in range(values.shape[1])]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        file.write("measure,area,period,value\n")
        for month in range(months):
            period = f"{2020 + (month + 8) // 12}-{(month + 8) % 12 + 1:02d}"
            file.write(
                "".join(f"{one},{period},{value}\n" for one, value in zip(names, values[month].tolist(), strict=True))
            )


@pytest.mark.parametrize("areas", [10, 100, 1_000], ids=["1000-series", "10000-series", "100000-series"])
@pytest.mark.timeout(3600)
def test_ticks_against_polars_reading_the_same_file(tmp_path: Path, areas: int) -> None:
    chance, series = np.random.default_rng(7), MEASURES * areas
    values = chance.poisson(100, (MONTHS, series))
    values[-13:, : series // 100] += np.arange(13)[:, None] * 2
    folder, figures = tmp_path / "rules", tmp_path / "rules/figures/all.csv"
    write_figures(figures, values, areas, MONTHS - 1)
    matrix_mib = MONTHS * series * 8 / 2**20
    reading = [sys.executable, "-c", f"import polars; polars.read_csv({str(figures)!r})"]
    costs: list[tuple[str, Cost, Cost]] = []

    def step(name: str, on: date) -> int:
        ours = cost_of([*ALERTING, "run", str(folder), "--as-of", str(on)], tmp_path)
        costs.append((name, ours, cost_of(reading, tmp_path)))
        return ours.printed.count("Telling ")

    (folder / "rules.yaml").write_text(rules(areas, 122))
    assert step("first", date(2025, 9, 10)) >= areas / 2
    assert step(STILL, date(2025, 9, 10)) == 0
    write_figures(figures, values, areas, MONTHS)
    step("a new month", date(2025, 10, 10))
    values[-1, ::100] += 25
    write_figures(figures, values, areas, MONTHS)
    step("one in a hundred revised", date(2025, 10, 11))
    (folder / "rules.yaml").write_text(rules(areas, 121))
    step("one threshold edited", date(2025, 10, 12))

    (still,) = (ours.cpu_s for name, ours, _ in costs if name == STILL)
    for name, ours, theirs in costs:
        told = ours.printed.count("Telling ")
        a_message = f", {told:,} messages of {(ours.cpu_s - still) / told * 1e3:.0f} ms" if told else ""
        print(
            f"\n{name}: {ours.cpu_s:.2f} s, {ours.cpu_s / theirs.cpu_s:.1f} x polars, peak {ours.peak_mib:.0f} MiB,"
            f" {ours.peak_mib / matrix_mib:.1f} x the figures{a_message}", end="",
        )  # fmt: skip
    print()
