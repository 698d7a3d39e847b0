"""The areas of a measure are those that are expected to report it: others are watched by no rule, whatever came before."""

from datetime import date

import pytest
from samples.lives import Life


@pytest.fixture
def life(tmp_path):
    """Force and north report; a rule on lateness stands beside the one on the target."""
    found = Life(tmp_path)
    found.rules = found.rules.replace(
        "when: {target_missed: {}}%(rule)s}]",
        "when: {target_missed: {}}%(rule)s}, {id: late, title: Late, measures: m, when: {not_fresh: {}}, notify: [area_owner]}]",
    )
    found.set(measure=", expected: 5 days, areas: [force, north]")
    found.figures = {("force", f"2020-0{month}"): "5" for month in (4, 5, 6, 7)} | {("north", "2020-04"): "5"}
    return found


def test_an_area_that_closed_is_not_called_late(life):
    life.set(measure=", expected: 5 days, areas: [force]")
    assert life.tick("2020-06-06") == []
    assert life.tick("2020-07-06") == []


def test_one_that_is_expected_is(life):
    assert life.tick("2020-06-06") == [("north", "opened", "north")]


def test_what_was_told_of_an_area_that_is_expected_no_more_is_withdrawn_once(life):
    life.figures["north", "2020-05"] = "12"
    assert life.tick("2020-06-06") == [("north", "opened", "north")]
    life.set(measure=", expected: 5 days, areas: [force]")
    assert life.tick("2020-06-07") == [("north", "withdrawn", "north")]
    assert "is not expected to report this measure any more" in life.message("north")
    assert life.tick("2020-06-08") == []


@pytest.mark.parametrize(
    ("areas", "watched"),
    [
        ("{leaves_of: force}, roll_up: true", {"force", "north", "south"}),
        ("{leaves_of: force}", {"north", "south"}),
        ("[north], roll_up: true", {"north"}),
    ],
)
def test_a_parent_that_is_made_of_those_that_report_is_watched_too(life, areas, watched):
    life.set(measure=f", expected: 5 days, areas: {areas}")
    life.figures = {("north", "2020-05"): "5", ("south", "2020-05"): "6", ("force", "2020-04"): "9"}
    life.write()
    rules = life.engine(date(2020, 6, 6)).rules
    assert rules.reporting("m") == watched


@pytest.mark.parametrize("areas", ["", ", areas: [force, north]"])
def test_of_a_source_that_cannot_be_read_those_are_late_that_ever_had_a_figure(life, areas):
    """Whether somebody declared them or not; what was on time stays so, and nothing is told twice."""
    life.set(measure=f", expected: 5 days{areas}")
    life.figures = {("force", "2020-04"): "5", ("north", "2020-04"): "5"}
    assert life.tick("2020-05-06") == []
    (life.folder / "figures/m.csv").unlink()
    life.write = lambda: None

    assert life.tick("2020-05-07") == [("data", "source_trouble")]
    assert life.tick("2020-06-06") == [("head", "opened", "force"), ("north", "opened", "north")]
    assert life.tick("2020-06-07") == []


def test_what_has_moved_to_another_source_is_late_of_none(life):
    life.set(measure=", expected: 5 days")
    life.figures = {("north", "2020-04"): "5"}
    life.tick("2020-05-06")
    life.set(source="}, other: {csv: figures/n.csv", measure=", expected: 5 days")
    life.rules = life.rules.replace("source: calls", "source: other")

    assert ("north", "opened", "north") not in life.tick("2020-06-06")
