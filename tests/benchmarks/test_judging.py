"""Rule arithmetic against one pass over the matrix in memory, and whole processes against their anchors.

`./run pytest -m benchmark tests/benchmarks/test_judging.py -s` prints the figures; nothing here asserts a time.
"""

import resource
import statistics
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from samples.worlds import a_measure

from alerting.conditions.above_upper_limit import AboveUpperLimit
from alerting.conditions.below_lower_limit import BelowLowerLimit
from alerting.conditions.change import Change
from alerting.conditions.outside_range import OutsideRange
from alerting.conditions.run import Run
from alerting.conditions.target_missed import TargetMissed
from alerting.conditions.trajectory import BelowTrajectory
from alerting.domain.area import Area, AreaSelector, AreaTree
from alerting.domain.measure import Level
from alerting.domain.panel import Panel
from alerting.domain.parameters import Amount, Milestone
from alerting.domain.period import Calendar, PeriodKind
from alerting.domain.place import Place
from alerting.domain.rule import Rule, RuleSet
from alerting.evaluation.engine import evaluate
from alerting.limits.previous_financial_year import PreviousFinancialYear

PERIODS = 60
AS_OF = date(2020, 1, 15)
LIMITS = PreviousFinancialYear()
PLAN = (Milestone(date=date(2015, 1, 31), value=20.0), Milestone(date=date(2019, 12, 31), value=34.75))
NINE = (
    AboveUpperLimit(limits=LIMITS), BelowLowerLimit(limits=LIMITS), Run(side="above", of=LIMITS),
    Run(side="below", of=LIMITS), TargetMissed(at_least=Level(number=34.0)), TargetMissed(at_least=Level(number=34.75)),
    BelowTrajectory(milestones=PLAN), OutsideRange(low=20.0, high=80.0),
    Change(versus="same_period_last_year", falls_by=Amount(number=30, relative=True)),
)  # fmt: skip


def world(series: int) -> Panel:
    """Normal figures with 1 % missing, as the performance notes of the field use them."""
    random = np.random.default_rng(1)
    values = random.normal(50, 10, (PERIODS, series))
    values[random.random(values.shape) < 0.01] = np.nan
    first = Calendar().newest_complete(AS_OF, PeriodKind.MONTH).ordinal - PERIODS + 1
    return Panel(
        kind=PeriodKind.MONTH, first=first, starts=4, values=values, shown=values, planes={}, columns={"m": slice(0, series)},
        areas=tuple(f"a{n}" for n in range(series)), floor=np.full(series, -np.inf), ceiling=np.full(series, np.inf),
    )  # fmt: skip


def rule_set(panel: Panel, rules: list[Rule]) -> RuleSet:
    areas = AreaTree.of([Area(id=id_, title=id_) for id_ in panel.areas])
    return RuleSet(
        folder="rules", version="", calendar=Calendar(), areas=areas, topics={}, measures={"m": a_measure()}, sources={},
        rules=tuple(rules), owners={},
    )  # fmt: skip


def a_rule(n: int, condition: object, area: str | None = None) -> Rule:
    place = Place(file="rules/r.yaml", line=n + 1, column=1)
    areas = None if area is None else AreaSelector(ids=(area,))
    return Rule(id=f"r{n}", title="Rule", measures=("m",), when=condition, areas=areas, place=place)  # type: ignore[arg-type]


def best(call, rounds=9):
    found = []
    for _ in range(rounds):
        start = time.perf_counter()
        call()
        found.append(time.perf_counter() - start)
    return min(found)


@pytest.mark.parametrize("series", [1_000, 10_000, 100_000])
@pytest.mark.parametrize("every_period", [False, True])
def test_nine_rules_as_a_multiple_of_one_pass(series, every_period):
    if every_period and series > 10_000:
        return  # a history of 100,000 series is a tick's work, not a reader's wait
    panel = world(series)
    rules = rule_set(panel, [a_rule(n, condition) for n, condition in enumerate(NINE)])
    one_pass = best(panel.values.sum)
    nine = best(lambda: evaluate(rules, {panel.kind: panel}, AS_OF, every_period=every_period), 5)
    which = "every period" if every_period else "latest"
    print(f"\n{series:,} series, {which}: {nine * 1e3:.1f} ms = {nine / one_pass:.1f} x X.sum()")
    assert sum(evaluate(rules, {panel.kind: panel}, AS_OF).counts().values()) == 9 * series


def test_ten_thousand_rules_against_nine_on_as_many_series():
    panel = world(10_000)
    nine = rule_set(panel, [a_rule(n, condition) for n, condition in enumerate(NINE)])
    many = rule_set(panel, [a_rule(n, NINE[n % 9], f"a{n}") for n in range(10_000)])
    first_s = best(lambda: evaluate(many, {panel.kind: panel}, AS_OF), 1)
    few_s = best(lambda: evaluate(nine, {panel.kind: panel}, AS_OF), 5)
    many_s = best(lambda: evaluate(many, {panel.kind: panel}, AS_OF), 5)
    print(
        f"\n10,000 rules on 10,000 series: {many_s * 1e3:.1f} ms = {many_s / few_s:.1f} x nine rules on as many; "
        f"the first time, compiling: {first_s * 1e3:.0f} ms"
    )
    assert 10_000 == sum(evaluate(many, {panel.kind: panel}, AS_OF).counts().values())


def seconds(*command: str, rounds: int = 5) -> float:
    def once():
        subprocess.run(command, check=True, capture_output=True, timeout=300)

    once()
    return statistics.median(_timed(once) for _ in range(rounds))


def _timed(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def test_starting_as_a_multiple_of_a_bare_interpreter():
    alerting = str(Path(sys.executable).with_name("alerting"))
    bare = seconds(sys.executable, "-c", "pass")
    helped = seconds(alerting, "--help")
    checked = seconds(alerting, "check", "rules")
    print(
        f"\nbare {bare * 1e3:.0f} ms; --help {helped / bare:.1f} x; check rules {checked:.2f} s = {checked / bare:.0f} x"
    )


FOLDER = """
topics: [{id: t, title: T, owner: o}]
owners: [{id: o, name: O, email: o@example.org}]
sources: {s: {csv: figures/big.csv}}
"""
RULES = """
rules:
  - {id: r0, title: R, measures: {topic: t}, when: {above_upper_limit: {limits: previous_financial_year}}}
  - {id: r1, title: R, measures: {topic: t}, when: {below_lower_limit: {limits: previous_financial_year}}}
  - {id: r2, title: R, measures: {topic: t}, when: {run: {side: above, of: previous_financial_year}}}
  - {id: r3, title: R, measures: {topic: t}, when: {run: {side: below, of: previous_financial_year}}}
  - {id: r4, title: R, measures: {topic: t}, when: {target_missed: {at_least: 34}}}
  - {id: r5, title: R, measures: {topic: t}, when: {target_missed: {at_least: 34.75}}}
  - {id: r6, title: R, measures: {topic: t}, when: {outside_range: {from: 20, to: 80}}}
  - {id: r7, title: R, measures: {topic: t}, when: {change: {versus: same_period_last_year, falls_by: 30 %}}}
  - id: r8
    title: R
    measures: {topic: t}
    when: {below_trajectory: {milestones: [{date: 2015-01-31, value: 20}, {date: 2019-12-31, value: 34.75}]}}
"""
NAIVE = """
import statistics, sys
from collections import defaultdict
import sqlalchemy as sa
from sqlalchemy import orm
T, L = 60, 59
engine = sa.create_engine("sqlite:///" + sys.argv[1])
class Base(orm.DeclarativeBase): pass
class Alert(Base):
    __tablename__ = "alert"
    rule: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    series: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    value: orm.Mapped[float]
Base.metadata.drop_all(engine); Base.metadata.create_all(engine)
history = defaultdict(dict)
with engine.connect() as connection:
    for series, period, value in connection.execute(sa.text("select series, period, value from figure")):
        history[series][period] = value
fired = []
for series, h in history.items():
    base = [h[t] for t in range(39, 51) if h.get(t) is not None]
    mean, sd, x = statistics.mean(base), statistics.stdev(base), h.get(L)
    if x is None: continue
    tail = [h.get(t) for t in range(T - 8, T)]
    full = None not in tail
    before = h.get(L - 12)
    flags = (x > mean + 2 * sd, x < mean - 2 * sd, full and min(tail) > mean, full and max(tail) < mean, x < 34, x < 34.75,
             not 20 <= x <= 80, before is not None and x / before - 1 <= -.3, x < 34.75)
    fired += [(rule, series, x) for rule, hit in enumerate(flags) if hit]
with orm.Session(engine) as session:
    for rule, series, x in fired: session.merge(Alert(rule=rule, series=series, value=x))
    session.commit()
print(len(fired))
"""


@pytest.mark.parametrize(("measures", "areas"), [(10, 1_000), (100, 1_000)], ids=["10,000-series", "100,000-series"])
@pytest.mark.timeout(900)
def test_the_whole_process_against_a_naive_twin(tmp_path, measures, areas):
    import sqlite3

    random = np.random.default_rng(1)
    series = measures * areas
    values = np.round(random.normal(50, 10, (PERIODS, series)), 2)
    names = [(f"measure-{n // areas:03d}", f"area-{n % areas:04d}") for n in range(series)]
    periods = [f"{2015 + t // 12}-{t % 12 + 1:02d}" for t in range(PERIODS)]
    (tmp_path / "figures").mkdir()
    with (tmp_path / "figures/big.csv").open("w") as file:
        file.write("measure,area,period,value\n")
        for t, period in enumerate(periods):
            file.write("".join(f"{m},{a},{period},{v}\n" for (m, a), v in zip(names, values[t].tolist(), strict=True)))
    declared = "measures:\n" + "".join(
        f"  - {{id: measure-{n:03d}, title: Measure {n}, topic: t, unit: number, better: higher, every: month, source: s}}\n"
        for n in range(measures)
    )
    owned = "areas:\n" + "".join(
        f"  - {{id: area-{n:04d}, title: Area {n}, kind: k, owner: o}}\n" for n in range(areas)
    )
    (tmp_path / "rules.yaml").write_text(FOLDER + declared + owned + RULES)
    database = tmp_path / "figures.db"
    with sqlite3.connect(database) as connection:
        connection.execute("create table figure (series int, period int, value real)")
        rows = ((n, t, v) for t in range(PERIODS) for n, v in enumerate(values[t].tolist()))
        connection.executemany("insert into figure values (?, ?, ?)", rows)
    connection.close()
    alerting = str(Path(sys.executable).with_name("alerting"))
    ours = [
        alerting,
        "evaluate",
        str(tmp_path),
        "--as-of",
        AS_OF.isoformat(),
        "--only",
        "exception",
        "--format",
        "json",
    ]
    ours_s = seconds(*ours, rounds=3)
    twin_s = _timed(
        lambda: subprocess.run([sys.executable, "-c", NAIVE, str(database)], check=True, capture_output=True)
    )
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    ratio = f"ours {ours_s:.2f} s, naive twin {twin_s:.2f} s: {ours_s / twin_s:.3f}"
    print(f"\n{series:,} series: {ratio}; largest child {peak:.0f} MiB")
    assert subprocess.run(ours, check=True, capture_output=True).stdout.startswith(b'{"as_of":"2020-01-15"')
