"""What looking two years back costs: whole processes, against judging every period of the same figures in the same run.

`./run pytest -m benchmark tests/benchmarks/test_backtest_speed.py -s` prints, for each size, seconds of the processor, how many
times those of `evaluate --every-period --only exception` that is, milliseconds a notice, and the peaks of memory; nothing here
asserts a time. Five years of 100 measures, ten rules, an owner an area. Wanted: twice the seconds of judging every period. And
what comparing two sets of rules over these years costs, against looking back by one of them; wanted: 2.2 times.
"""

import json
from pathlib import Path

import numpy as np
import pytest
from test_tick_speed import ALERTING, MEASURES, RULES, cost_of, rules, write_figures

pytestmark = pytest.mark.benchmark
MONTHS = 60
MORE = {
    "below-last-year": "{below_lower_limit: {limits: {previous_financial_year: {sigmas: 3}}}}",
    "falling": "{trend: {direction: falling}}",
    "near": "{near_limit: {limits: {previous_financial_year: {sigmas: 3}}}}",
}
JUDGE = ["--every-period", "--only", "exception", "--as-of", "2025-09-10"]
LOOK_BACK = ["--from", "2023-09", "--until", "2025-08"]


SIZES = pytest.mark.parametrize("areas", [1, 10, 100], ids=["100-series", "1000-series", "10000-series"])


def _folder(path: Path, areas: int, target: int) -> Path:
    values = np.random.default_rng(7).poisson(100, (MONTHS, MEASURES * areas))
    write_figures(path / "figures/all.csv", values, areas, MONTHS)
    named = ", ".join(f"m{n}" for n in range(MEASURES))
    more = "".join(
        f"  - {{id: {id_}, title: {id_}, measures: [{named}], when: {when}}}\n" for id_, when in MORE.items()
    )
    (path / "rules.yaml").write_text(rules(areas, target) + more)
    return path


@SIZES
@pytest.mark.timeout(3600)
def test_comparing_two_sets_of_rules_against_looking_back_by_one(tmp_path: Path, areas: int) -> None:
    base, head = _folder(tmp_path / "base", areas, 140), _folder(tmp_path / "head", areas, 135)

    looking = cost_of([*ALERTING, "backtest", str(head), *LOOK_BACK, "--format", "json"], tmp_path)
    comparing = cost_of([*ALERTING, "diff", str(base), str(head), *LOOK_BACK, "--format", "json"], tmp_path)

    assert json.loads(comparing.printed)["look"], "a threshold that changes nothing shows nothing"
    print(
        f"\n{comparing.cpu_s:.2f} s, {comparing.cpu_s / looking.cpu_s:.1f} x a backtest ({looking.cpu_s:.2f} s);"
        f" peak {comparing.peak_mib:.0f} MiB, {comparing.peak_mib / looking.peak_mib:.1f} x"
    )


@SIZES
@pytest.mark.timeout(3600)
def test_two_years_against_judging_every_period(tmp_path: Path, areas: int) -> None:
    folder = _folder(tmp_path / "rules", areas, 140)

    judging = cost_of([*ALERTING, "evaluate", str(folder), *JUDGE, "--format", "json"], tmp_path)
    looking = cost_of([*ALERTING, "backtest", str(folder), *LOOK_BACK, "--format", "json"], tmp_path)

    found = json.loads(looking.printed)
    assert found["notices"], "rules that tell nobody anything cost nothing"
    assert len(RULES) + len(MORE) == 10
    print(
        f"\n{looking.cpu_s:.2f} s, {looking.cpu_s / judging.cpu_s:.1f} x judging every period ({judging.cpu_s:.2f} s);"
        f" {len(found['alerts']):,} alerts, {len(found['notices']):,} notices of"
        f" {(looking.cpu_s - judging.cpu_s) / len(found['notices']) * 1e3:.0f} ms;"
        f" peak {looking.peak_mib:.0f} MiB, {looking.peak_mib / judging.peak_mib:.1f} x"
    )
