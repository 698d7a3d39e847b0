"""`alerting check` against `alerting evaluate` of the same folder, in CPU of whole processes.

`./run pytest -m benchmark tests/benchmarks/test_check_speed.py -s` prints the ratios; nothing here asserts a time.
"""

import os
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from samples.rule_folders import written

SHIPPED = Path(__file__).parents[2] / "rules"
RUNS = 7
MEASURES, MONTHS, FIRST = 20, 60, 2015
DAY = "2020-01-15"
CONDITIONS = (
    "{above_upper_limit: {limits: {previous_financial_year: {}}}}", "{below_lower_limit: {limits: {xmr: {}}}}",
    "{run: {side: above, of: {previous_financial_year: {}}}}", "{run: {side: below, of: {xmr: {}}}}",
    "{target_missed: {at_least: 34}}", "{outside_range: {from: 20, to: 80}}", "{not: {outside_range: {from: 45}}}",
    "{change: {versus: same_period_last_year, falls_by: 30%}}", "{change: {versus: previous_period, rises_by: 60%}}",
    "{any_of: [{target_missed: {at_least: 20}}, {outside_range: {to: 75}}]}",
)  # fmt: skip
#: As many rules as an organisation may have that writes one a measure and area.
TEN_THOUSAND = 10_000


def folder_of(path: Path, series: int, rules: int = len(CONDITIONS)) -> Path:
    """Write normal figures of 60 months with 1 % missing, 20 measures in many areas, and rules on all of them in turn."""
    areas = series // MEASURES
    random = np.random.default_rng(1)
    values = np.round(random.normal(50, 10, (MEASURES, areas, MONTHS)), 1)
    there = random.random(values.shape) >= 0.01
    months = [f"{FIRST + n // 12}-{n % 12 + 1:02}" for n in range(MONTHS)]
    rows = [
        f"m{m},a{a},{months[t]},{values[m, a, t]}"
        for m, a, t in zip(*(at.tolist() for at in np.nonzero(there)), strict=True)
    ]
    declared = [f"  - {{id: a{n}, title: Area {n}, parent: force}}" for n in range(areas)]
    measures = [
        f"  - {{id: m{n}, title: Measure {n}, topic: t, unit: count, better: higher, every: month, source: s, aggregate: sum}}"
        for n in range(MEASURES)
    ]
    each = len(CONDITIONS)
    of_all = f"[{', '.join(f'm{n}' for n in range(MEASURES))}]"
    written_rules = [
        f"  - {{id: r{n}, title: Rule {n}, measures: {of_all if rules == each else f'm{n % MEASURES}'}, "
        f"areas: {'all' if rules == each else f'[a{n % areas}]'}, when: {CONDITIONS[n % each]}}}"
        for n in range(rules)
    ]
    head = (
        "owners: [{id: o, name: Head of Service, email: head@example.org}]\nroles: {operator: o}\n"
        "topics: [{id: t, title: Topic, owner: o}]\nsources: {s: {csv: figures/s.csv, owner: o}}\n"
        "areas:\n  - {id: force, title: The force, owner: o}\n"
    )
    lines = [head + "\n".join(declared), "measures:", *measures, "rules:", *written_rules, ""]
    return written(
        path, {"rules.yaml": "\n".join(lines), "figures/s.csv": "\n".join(["measure,area,period,value", *rows, ""])}
    )


def cpu_s(arguments: list[str], environment: dict[str, str]) -> float:
    """Return user and system time of one whole process."""
    program = "import sys; from alerting.cli import main; sys.exit(main())"
    process = subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode in (0, 1), arguments
    return used.ru_utime + used.ru_stime


def shipped(path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, path))


FOLDERS = {
    "the shipped folder": shipped,
    "10,000 rules": lambda path: folder_of(path, 2_000, TEN_THOUSAND),
    "10,000 series": lambda path: folder_of(path, 10_000),
    "100,000 series": lambda path: folder_of(path, 100_000),
}


@pytest.mark.parametrize("name", FOLDERS)
def test_check_against_evaluate(tmp_path, name):
    folder = str(FOLDERS[name](tmp_path / "rules"))
    environment = os.environ | {"ALERTING_STATE_DIR": str(tmp_path / "state")}
    day = [] if name == "the shipped folder" else ["--as-of", DAY]
    commands = {
        "evaluate": ["evaluate", folder, *day], "check": ["check", folder, *day], "alone": ["check", folder, "--no-figures"],
    }  # fmt: skip
    taken: dict[str, list[float]] = {sort: [] for sort in commands}
    for _ in range(RUNS + 1):  # in turn, so that what else the machine does meets all alike; the first fills the caches
        for sort, arguments in commands.items():
            taken[sort].append(cpu_s(arguments, environment))

    evaluate, check, alone = (statistics.median(seconds[1:]) for seconds in taken.values())
    print(
        f"{name}: evaluate {evaluate:.2f} s of CPU, check {check / evaluate:.2f} times that, alone {alone / evaluate:.2f}"
    )
