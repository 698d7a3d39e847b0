"""What a notice says at its foot of where its figures come from."""

from datetime import date, datetime, time

import pytest
from samples.lives import LONDON, Life

from alerting.figures import newest_places


@pytest.fixture
def life(tmp_path):
    return Life(tmp_path)


def foot(life, owner="head"):
    """The last sentence of what the last tick told an owner."""
    return " ".join(life.message(owner).split()).rpartition("Figures as known on ")[2]


def post(life, day, at):
    with life.opened(day, at) as (_, store), store.begin() as state:
        state.loads.post("calls", datetime.combine(date.fromisoformat(day), at, LONDON), "a load")


def test_a_figure_has_its_file_and_row_and_when_it_was_read(life):
    life.tick("2020-06-03", "2020-03 5, 2020-04 5, 2020-05 12")

    assert "3 June 2020: figures/m.csv, row 4, read at 07:00." == foot(life)


def test_several_figures_of_one_file_have_their_rows(life):
    life.figures = {("north", "2020-05"): "12", ("south", "2020-05"): "13", ("force", "2020-05"): "1"}
    life.tick("2020-06-03")

    assert "3 June 2020: figures/m.csv, rows 3 and 4, read at 07:00." == foot(life, "north")


@pytest.mark.parametrize(
    ("measures", "said"),
    [
        pytest.param("m0, m1, m2", "figures/m.csv, rows 3, 4 and 5", id="three rows"),
        pytest.param("m, m0, m1, m2", "figures/m.csv", id="more rows than are listed"),
        pytest.param("m, m3", "figures/m.csv, row 2 and a.csv, row 2", id="two files"),
        pytest.param("m, m3, m4", "3 files", id="more files than are named"),
    ],
)
def test_of_many_figures_and_files_not_all_are_listed(life, measures, said):
    more = "".join(
        f"  - {{id: m{n}, title: Crimes {n}, topic: t, unit: count, better: lower, every: month, target: 1, source: {source}}}\n"
        for n, source in enumerate(["calls", "calls", "calls", "a.csv", "b.csv"])
    )
    life.rules = life.rules.replace("sources:", f"{more}sources:").replace("measures: m,", f"measures: [{measures}],")
    life.figures = {("force", "2020-05"): "12\n" + "\n".join(f"m{n},force,2020-05,12" for n in range(3))}
    life.write()
    for n, file in enumerate("ab", start=3):
        (life.folder / f"{file}.csv").write_text(f"measure,area,period,value\nm{n},force,2020-05,9\n")
    life.tick("2020-06-03")

    assert f"3 June 2020: {said}, read at 07:00." == foot(life)


def test_a_load_that_was_posted_that_day_is_named(life):
    life.tick("2020-05-03", "2020-04 5")
    post(life, "2020-06-03", time(6, 58))
    life.tick("2020-06-03", "2020-05 12")

    assert "3 June 2020: figures/m.csv, row 3, read at 07:00, load posted at 06:58." == foot(life)


def test_a_load_of_another_day_is_not(life):
    life.tick("2020-05-03", "2020-04 5")
    post(life, "2020-06-01", time(6, 58))
    life.tick("2020-06-03", "2020-05 12")

    assert foot(life).endswith("row 3, read at 07:00.")


def test_a_day_of_the_past_that_is_ticked_today_has_no_time(life):
    """What it says is the same whenever it is ticked."""
    life.figures = {("force", "2020-05"): "12"}
    life.write()
    with life.opened("2026-01-05") as (engine, store):
        life.report = engine.tick(store, date(2020, 6, 3))

    assert "3 June 2020: figures/m.csv, row 2." == foot(life)


def test_what_its_file_holds_no_more_has_no_row(life):
    life.set(rule=", remind: weekly")
    life.tick("2020-06-03", "2020-04 5, 2020-05 12")
    del life.figures["force", "2020-05"]
    assert ("head", "reminded", "force") in life.tick("2020-06-17")

    assert "17 June 2020: figures/m.csv, read at 07:00." == foot(life)


def test_of_a_source_that_cannot_be_read_nothing_is_said(life):
    life.set(rule=", remind: weekly")
    life.tick("2020-06-03", "2020-04 5, 2020-05 12")
    with life.opened("2020-06-17") as (engine, store):
        (life.folder / "figures/m.csv").unlink()
        life.report = engine.tick(store, date(2020, 6, 17))
        assert ["reminded"] == [event.kind.value for one in life.report.notices for event in one.events]

    assert "17 June 2020." == foot(life)


def test_a_figure_that_is_made_of_others_has_their_file(life):
    life.set(measure=", roll_up: true")
    life.figures = {("north", "2020-05"): "7", ("south", "2020-05"): "8"}
    life.tick("2020-06-03")

    assert "3 June 2020: figures/m.csv, read at 07:00." == foot(life)


def test_of_more_series_than_are_looked_at_the_file_is_named(life, monkeypatch):
    monkeypatch.setattr(newest_places, "MOST_SERIES", 0)
    life.tick("2020-06-03", "2020-05 12")

    assert "3 June 2020: figures/m.csv, read at 07:00." == foot(life)


def test_what_has_not_come_is_of_no_file(life):
    life.set(measure=", expected: 5 days")
    life.rules = life.rules.replace("target_missed: {}", "not_fresh: {}").replace("%(rule)s", ", notify: head")
    life.tick("2020-06-03", "2020-05 5")
    life.tick("2020-07-08")

    assert "8 July 2020." == foot(life)
