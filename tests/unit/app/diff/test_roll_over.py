"""What the next financial year's limits change, by the figures that are known on a day."""

import json
import statistics
from datetime import date

import pytest
from samples.rule_folders import written

from alerting.app.authoring.diff.roll_over import rolled_over
from alerting.cli import main
from alerting.settings import Settings
from alerting.wiring import engine_of

LAST = [50, 54, 49, 51, 53, 50, 52, 48, 51, 50, 53, 51]
THIS = [60, 66, 59, 61, 65, 60, 62, 58, 61, 90]
RULES = """
topics: [{id: t, title: Topic, owner: boss}]
areas: [{id: force, title: Force, owner: boss}]
owners: [{id: boss, name: Head of Performance, email: boss@example.org}]
measures: [{id: m, title: Calls waiting, topic: t, unit: count, better: lower, every: month, source: f.csv}]
rules:
  - {id: above, title: Above, measures: m, when: {above_upper_limit: {limits: previous_financial_year}}}
  - {id: own, title: Own past, measures: m, when: {above_upper_limit: {limits: xmr}}}
  - {id: off, title: Off, measures: m, when: {above_upper_limit: {limits: previous_financial_year}}, status: off}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("ALERTING_STATE_DIR", str(tmp_path / "state"))
    months = [f"{2019 + (n + 3) // 12}-{(n + 3) % 12 + 1:02}" for n in range(22)]
    rows = [f"m,force,{month},{value}" for month, value in zip(months, LAST + THIS, strict=True)]
    return written(tmp_path / "rules", {"r.yaml": RULES, "f.csv": "\n".join(["measure,area,period,value", *rows, ""])})


def test_limits_of_the_next_year_are_those_of_this_year_so_far(folder):
    engine = engine_of(folder, Settings(state_dir=folder.parent / "state"))
    (found,) = rolled_over(engine.rules, engine.enquiries.read(), date(2021, 2, 15))

    assert ("above", "m", "force", "2021-04") == (found.rule.id, found.measure, found.area, str(found.begins))
    for lines, figures in ((found.now, LAST), (found.then, THIS)):
        mean, spread = statistics.mean(figures), statistics.stdev(figures)
        assert pytest.approx((mean - 2 * spread, mean, mean + 2 * spread)) == (lines.lower, lines.centre, lines.upper)
    assert (90.0, "2021-01", True, True) == (
        found.newest, str(found.newest_of), found.exception_now, found.exception_then,
    )  # fmt: skip


def test_figures_of_later_days_are_not_known_yet_and_too_few_give_no_limits(folder):
    engine = engine_of(folder, Settings(state_dir=folder.parent / "state"))
    (found,) = rolled_over(engine.rules, engine.enquiries.read(), date(2021, 1, 15))

    assert pytest.approx(statistics.mean(THIS[:9])) == found.then.centre
    assert (61.0, True, False) == (found.newest, found.exception_now, found.exception_then)
    assert () == rolled_over(engine.rules, engine.enquiries.read(), date(2020, 10, 15))


def test_it_is_said_beside_what_differs_also_where_nothing_does(folder, capsys):
    asked = ["diff", str(folder), str(folder), "--until", "2021-01-15", "--roll-over"]
    assert 0 == main(asked)
    said = capsys.readouterr().out
    assert (
        "Limits from the next financial year on:\n  above, Calls waiting in Force: 47 to 55, from April 2021 on 56 to 67;"
        in said
    )
    assert "61 in December 2020, is an exception now and would be normal then" in said
    assert 0 == main([*asked, "--format", "json"])
    (one,) = json.loads(capsys.readouterr().out)["roll_over"]
    assert ("above", "2021-04", True, False) == (one["rule"], one["from"], one["exception_now"], one["exception_then"])
    assert 0 == main([*asked, "--format", "markdown"])
    assert "#### Limits from the next financial year on" in capsys.readouterr().out
