"""What commands take to start, in CPU of whole processes against `python -c pass`, and a check in which nothing changed.

`./run pytest -m benchmark tests/benchmarks/test_starting.py -s` prints the ratios; nothing here asserts a time.
"""

import os
import resource
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from test_rule_files import a_folder

SHIPPED = Path(__file__).parents[2] / "rules"
DAY = "2020-10-15"
RUNS = 9
BARE = [sys.executable, "-c", "pass"]
#: What is loaded by all that reads the state and knows conditions; beside it, what unpacks figures.
FLOOR = [sys.executable, "-c", "import click, numpy, sqlalchemy, sqlalchemy.dialects.sqlite"]
FIGURES_FLOOR = [sys.executable, "-c", "import click, numpy, sqlalchemy, sqlalchemy.dialects.sqlite, polars"]


def alerting(*words: str) -> list[str]:
    return [sys.executable, "-c", "import sys; from alerting.cli import main; sys.exit(main())", *words]


def cpu_s(command: Sequence[str], state: Path) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "ALERTING_STATE_DIR": str(state)})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def in_turn(commands: Mapping[str, Sequence[str]], state: Path) -> dict[str, float]:
    """Return the median of each, all of them in turn, after a first time that fills what is kept."""
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for run in range(RUNS + 1):
        for name, command in commands.items():
            seconds = cpu_s(command, state)
            taken[name] += [seconds] if run else []
    return {name: statistics.median(each) for name, each in taken.items()}


def test_lists_and_explanations_against_a_bare_interpreter(tmp_path):
    subprocess.run(
        alerting("run", str(SHIPPED), "--as-of", DAY), capture_output=True, check=False,
        env={**os.environ, "ALERTING_STATE_DIR": str(tmp_path)},
    )  # fmt: skip
    listed = subprocess.run(
        alerting("alerts", "list", str(SHIPPED)), capture_output=True, check=True, text=True,
        env={**os.environ, "ALERTING_STATE_DIR": str(tmp_path)},
    ).stdout  # fmt: skip
    alert = listed.split()[2]

    found = in_turn(
        {
            "bare": BARE, "floor": FLOOR, "floor of figures": FIGURES_FLOOR,
            "alerts list": alerting("alerts", "list", str(SHIPPED)),
            "explain": alerting("explain", alert, "--rules", str(SHIPPED)),
            "deliveries list": alerting("deliveries", "list"),
        },
        tmp_path,
    )  # fmt: skip

    for name, seconds in found.items():
        print(f"{name:16} {seconds * 1000:6.0f} ms, {seconds / found['bare']:5.1f} x bare python")


@pytest.mark.parametrize("rules", [1_000, 10_000])
def test_a_check_in_which_nothing_changed_against_the_first(tmp_path, rules):
    folder = a_folder(tmp_path / "rules", rules)
    command = alerting("check", str(folder), "--no-figures")

    first = statistics.median(cpu_s(command, tmp_path / f"state-{run}") for run in range(3))
    again = in_turn({"again": command}, tmp_path / "state")["again"]

    print(f"{rules:,} rules: first {first:.2f} s, again {again:.2f} s, {again / first:.2f} of it")
