"""How long rule files take: `alerting check` as a whole process, and ten thousand rules from the cache."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from samples.rule_folders import BASE, FIGURES, written

from alerting.rulefile import load_rules

RULE = """\
  - id: rule-{n}
    title: Calls answered too slowly
    measures: calls
    areas: all
    when: {{target_missed: {{at_least: {level}}}}}
    for: 1
    severity: critical
    notify: [area_owner, measure_owner]
    why: Agreed standard, Performance Management Framework 4.1
    from: 2020-04-01
"""


def a_folder(folder: Path, rules: int) -> Path:
    text = "rules:\n" + "".join(RULE.format(n=n, level=n % 97) for n in range(rules))
    return written(folder, {"base.yaml": BASE, "rules.yaml": text, "figures/calls.csv": FIGURES})


def best_of(times, run):
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return min(taken)


@pytest.fixture
def checked(tmp_path):
    """Check a folder in a process of its own, nothing cached but Python's bytecode."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"PYTHONPYCACHEPREFIX": str(tmp_path / "bytecode")}

    def run(folder: Path) -> None:
        state = tmp_path / f"state-{time.perf_counter_ns()}"
        program = "import sys; from alerting.cli import main; sys.exit(main())"
        command = [sys.executable, "-c", program, "check", str(folder)]
        subprocess.run(command, check=True, capture_output=True, env=environment | {"ALERTING_STATE_DIR": str(state)})

    return run


def test_check_of_2500_lines_takes_less_than_a_second(tmp_path, checked):
    folder = a_folder(tmp_path / "rules", 248)
    checked(folder)

    taken = best_of(5, lambda: checked(folder))

    print(f"alerting check of 2,500 lines, nothing cached: {taken:.2f} s")
    assert taken < 1


def test_ten_thousand_rules_load_from_the_cache_in_less_than_a_second(tmp_path):
    folder, cache = a_folder(tmp_path / "rules", 10_000), tmp_path / "cache"
    start = time.perf_counter()
    load_rules(folder, cache_dir=cache)
    cold = time.perf_counter() - start

    taken = best_of(3, lambda: load_rules(folder, cache_dir=cache))

    print(f"10,000 rules: {cold:.1f} s as YAML, {taken:.2f} s from the cache")
    assert taken < 1
