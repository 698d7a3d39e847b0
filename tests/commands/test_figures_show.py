"""`alerting figures show`: where the figures of a series come from, and what they were before."""

import json

import pytest
from samples.worlds import CALLS, a_folder

from alerting.cli import main

HEAD = "measure,area,period,value\n"


@pytest.fixture
def calls(tmp_path, capsys, monkeypatch):
    """A folder that ticks on days; `show` returns what the command says of 999 calls of the force."""

    class Calls:
        folder = tmp_path / "rules"

        def write(self, rows, head=HEAD):
            a_folder(self.folder, {"rules.yaml": CALLS, "figures/calls.csv": head + rows})

        def tick(self, day):
            assert main(["run", str(self.folder), "--as-of", day]) == 0
            capsys.readouterr()

        def show(self, *options, measure="answered", area="force", status=0):
            assert status == main(["figures", "show", measure, area, "--rules", str(self.folder), *options])
            return capsys.readouterr()

        def rows(self, *options):
            found = json.loads(self.show("--format", "json", *options).out)["figures"]
            return [(one["period"], one["value"], (one["read_at"] or "")[:10], one["row"]) for one in found]

    monkeypatch.setenv("ALERTING_STATE_DIR", str(tmp_path / "state"))
    return Calls()


def test_before_any_tick_each_figure_says_where_it_stands(calls):
    calls.write("answered,force,2020-08,96.4\nanswered,north,2020-08,90\nanswered,force,2020-09,93\n")

    assert calls.rows() == [("2020-08", 96.4, "", 2), ("2020-09", 93.0, "", 4)]


def test_a_figure_says_which_tick_read_it_and_what_it_was_before(calls):
    calls.write("answered,force,2020-08,96.4\n")
    calls.tick("2020-09-10")
    calls.write("answered,force,2020-09,93\nanswered,force,2020-08,97\n")
    calls.tick("2020-10-10")

    assert calls.rows() == [
        ("2020-08", 96.4, "2020-09-10", None),
        ("2020-08", 97.0, "2020-10-10", 3),
        ("2020-09", 93.0, "2020-10-10", 2),
    ]


def test_what_no_tick_has_read_yet_and_what_is_gone_is_said(calls):
    calls.write("answered,force,2020-08,96.4\nanswered,force,2020-09,93\n")
    calls.tick("2020-10-10")
    calls.write("answered,force,2020-08,96.4\nanswered,force,2020-10,91\n")

    assert calls.rows() == [
        ("2020-08", 96.4, "2020-10-10", 2), ("2020-09", 93.0, "2020-10-10", None), ("2020-10", 91.0, "", 3),
    ]  # fmt: skip
    printed = calls.show().out
    assert "999 calls answered within 10 seconds, West Mercia: percent by month" in printed
    assert "no source any more" in printed
    assert "none yet" in printed
    assert "calls.csv, row 2" in printed


def test_published_versions_stand_side_by_side(calls):
    calls.write(
        "answered,force,2020-08,86,2020-09-05\nanswered,force,2020-08,88,2020-10-05\n",
        head="measure,area,period,value,published\n",
    )

    found = json.loads(calls.show("--format", "json").out)["figures"]
    assert [(one["value"], one["published"]) for one in found] == [(86.0, "2020-09-05"), (88.0, "2020-10-05")]


def test_parts_and_marks_are_given_by_name(calls):
    calls.write(
        "answered,force,2020-07,,43,50\nanswered,force,2020-08,83 (p),,\n",
        head="measure,area,period,value,numerator,denominator\n",
    )

    printed = calls.show().out
    assert "86.0% (43 of 50)" in printed
    assert "83 (provisional)" in printed


def test_only_periods_since_a_day(calls):
    calls.write("answered,force,2020-08,96.4\nanswered,force,2020-09,93\n")

    assert [period for period, *_ in calls.rows("--since", "2020-09-01")] == ["2020-09"]


def test_a_measure_and_an_area_that_nobody_knows_are_refused_with_what_was_meant(calls):
    calls.write("answered,force,2020-08,96.4\n")

    assert 'no measure "anwered"; did you mean "answered"?' in calls.show(measure="anwered", status=2).err
    assert 'no area "norh"; did you mean "north"?' in calls.show(area="norh", status=2).err


def test_a_series_without_figures_says_so(calls):
    calls.write("answered,force,2020-08,96.4\n")

    assert "No source holds a figure of it." in calls.show(area="south").out
