"""`alerting figures export`: all that is known in one file, which another folder judges exactly as this one."""

import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from samples.worlds import a_folder, an_engine

from alerting.app.figure_enquiries import FigureEnquiries
from alerting.app.situation.export import WantedFigures
from alerting.cli import main
from alerting.errors import UsageError
from alerting.evaluation.as_json import finding_json
from alerting.wiring import open_store

SHIPPED = Path(__file__).parents[2] / "rules"
RULES = """
topics: [{id: t, title: Topic, owner: boss}]
sources: {one: {SOURCE, owner: boss}, two: {csv: two.csv, owner: boss}}
areas: [{id: force, title: Force, kind: policing, owner: boss}, {id: north, title: North, parent: force}]
owners: [{id: boss, name: Boss, email: boss@example.org}]
measures:
  - {id: m, title: Offences, topic: t, unit: count, better: lower, every: month, source: one}
  - {id: share, title: Solved, topic: t, unit: percent, better: higher, every: month, source: one, target: 50}
  - {id: w, title: Calls, topic: t, unit: number, better: lower, every: week, source: two}
  - {id: kinds, title: Kinds, topic: t, unit: count, better: lower, every: month, source: two, items: {a: Kind A, b: Kind B}}
rules:
  - {id: a, title: A, measures: m, when: {target_missed: {at_most: 100}}}
  - {id: b, title: B, measures: share, when: {target_missed: {}}}
  - {id: c, title: C, measures: w, when: {target_missed: {at_most: 1}}}
  - {id: d, title: D, measures: [kinds/a, kinds/b], when: {target_missed: {at_most: 3}}}
"""
HEAD = "measure,area,period,value,numerator,denominator,published,note,provisional\n"
ONE = (
    HEAD
    + "m,force,2020-04,90,,,,,\nm,force,2020-05,120,,,,,true\nm,force,2020-06,[c],,,,,\nm,force,2020-07,about 7,,,,,\n"
    "m,north,2020-07,0.1,,,2020-08-03,Late,\nm,north,2020-07,0.3,,,2020-09-01,Counted again,\n"
    "share,force,2020-07,,3,40,,,\nshare,north,2020-07,,20,21,,,\n"
)
TWO = "measure,area,period,value\nw,force,2020-W31,2.25\nkinds/a,force,2020-07,4\nkinds/b,force,2020-07,40\n"
AS_OF = date(2020, 9, 2)


def folder_of(place, one=ONE, two=TWO, source="csv: one.csv"):
    return a_folder(place, {"r.yaml": RULES.replace("SOURCE", source), "one.csv": one, "two.csv": two})


def found(folder, state, as_of=AS_OF, reading=None):
    answer = an_engine(folder, state, as_of).enquiries.evaluate(as_of, reading, every_period=True, text="all")
    own = [finding_json(one.finding) for one in answer.found]
    return [{name: value for name, value in one.items() if name != "where"} for one in own]


def rows(exported, **where):
    frame = pl.read_parquet(exported.content)
    for name, value in where.items():
        frame = frame.filter(pl.col(name) == value)
    return frame.rows(named=True)


def export(engine, **wanted):
    return FigureEnquiries(engine.enquiries).exported(WantedFigures(**wanted))[0]


def tick(folder, state, day):
    engine = an_engine(folder, state, day)
    store = open_store(engine.settings)
    try:
        engine.tick(store, day)
    finally:
        store.close()
    return engine


def test_the_shipped_figures_give_the_same_findings_through_it(tmp_path):
    as_of = date(2020, 10, 15)
    exported = export(an_engine(SHIPPED, tmp_path / "state", as_of))
    rules = {
        path.name: re.sub(
            r"\{csv: figures/[a-z0-9-]+\.csv", "{parquet: known.parquet", path.read_text(encoding="utf-8")
        )
        for path in SHIPPED.glob("*.yaml")
    }
    other = a_folder(tmp_path / "other", rules)
    (other / "known.parquet").write_bytes(exported.content)

    assert sum("{parquet: known.parquet" in text for text in rules.values()) >= 1
    assert not any("csv: figures" in text for text in rules.values())
    assert found(SHIPPED, tmp_path / "state", as_of) == found(other, tmp_path / "state2", as_of)


def test_marks_days_and_notes_are_carried_and_what_was_refused_is_still_refused(tmp_path):
    folder = folder_of(tmp_path / "rules")
    engine = an_engine(folder, tmp_path / "state", AS_OF)
    other = folder_of(tmp_path / "other", one="", source="parquet: known.parquet")
    (other / "known.parquet").write_bytes(export(engine).content)

    # Before the late figure, with its first version, with its second.
    for day in (date(2020, 8, 2), date(2020, 8, 20), AS_OF):
        own = found(folder, tmp_path / "state", day)
        assert own == found(other, tmp_path / "state2", day)
    states = {(one["measure"], one["area"], one["period"]): (one["state"], one["reason"], one["value"]) for one in own}
    assert states["m", "force", "2020-06"] == ("no_data", "suppressed", None)
    assert states["m", "force", "2020-07"] == ("no_data", "refused", None)
    assert states["m", "north", "2020-07"][2] == 0.3


def test_only_the_wanted_measures_of_an_export_are_read_so_that_nothing_is_unclaimed(tmp_path):
    folder = folder_of(tmp_path / "rules")
    other = folder_of(tmp_path / "other", one="", source="parquet: known.parquet")
    (other / "known.parquet").write_bytes(export(an_engine(folder, tmp_path / "state", AS_OF)).content)

    reading = an_engine(other, tmp_path / "state", AS_OF).enquiries.read()
    assert [] == [str(problem) for problem in reading.problems if problem.code.startswith("unclaimed")]


def test_what_ticks_read_later_has_the_day_of_that_tick_and_what_is_gone_is_there(tmp_path):
    line = "m,force,2020-07,{},,,,,\n"
    folder, state = (
        folder_of(tmp_path / "rules", one=HEAD + "m,force,2020-06,80,,,,,\n" + line.format(90)),
        tmp_path / "state",
    )
    tick(folder, state, date(2020, 8, 3))
    folder_of(folder, one=HEAD + line.format(120))  # July is revised, June is gone
    tick(folder, state, date(2020, 8, 17))
    folder_of(folder, one=HEAD + line.format(130))  # read by no tick yet
    exported = export(an_engine(folder, state, AS_OF))

    of_july = [(one["value"], one["published"]) for one in rows(exported, measure="m", period="2020-07")]
    assert of_july == [(90.0, None), (120.0, date(2020, 8, 17)), (130.0, AS_OF)]
    assert [one["value"] for one in rows(exported, measure="m", period="2020-06")] == [80.0]

    other = folder_of(tmp_path / "other", one="", source="parquet: known.parquet")
    (other / "known.parquet").write_bytes(exported.content)
    for day, value in ((date(2020, 8, 10), 90), (date(2020, 8, 20), 120), (AS_OF, 130)):
        then = found(other, tmp_path / "state2", day)
        assert [one["value"] for one in then if (one["measure"], one["period"]) == ("m", "2020-07")] == [value]


def test_a_state_of_another_folders_ticks_says_nothing(tmp_path):
    tick(folder_of(tmp_path / "rules"), tmp_path / "state", date(2020, 8, 3))
    other = folder_of(tmp_path / "other", one=HEAD + "m,force,2020-07,5,,,,,\n")

    exported = export(an_engine(other, tmp_path / "state", AS_OF))
    assert [one["value"] for one in rows(exported, measure="m")] == [5.0]


def test_two_exports_of_the_same_are_the_same_bytes(tmp_path):
    engine = tick(folder_of(tmp_path / "rules"), tmp_path / "state", date(2020, 8, 3))
    assert export(engine).content == export(engine).content


def test_periods_and_measures_that_are_not_asked_for_are_left_out(tmp_path):
    engine = an_engine(folder_of(tmp_path / "rules"), tmp_path / "state", AS_OF)

    assert {"2020-06", "2020-07"} == {
        one["period"] for one in rows(export(engine, since=date(2020, 6, 30), measures=["m"]))
    }
    assert {"m"} == {one["measure"] for one in rows(export(engine, measures=["m"]))}
    assert {"kinds/a", "kinds/b"} == {one["measure"] for one in rows(export(engine, measures=["kinds"]))}
    assert [] == rows(export(engine, since=date(2030, 1, 1)))
    with pytest.raises(UsageError, match='no measure "shore"; did you mean "share"'):
        export(engine, measures=["shore"])


def test_small_numbers_are_withheld_with_all_that_tells_them(tmp_path):
    engine = an_engine(folder_of(tmp_path / "rules"), tmp_path / "state", AS_OF)
    exported = export(engine, fewer_than=5)

    of = {(one["measure"], one["area"], one["period"]): one for one in rows(exported)}
    assert of["kinds/a", "force", "2020-07"]["value"] is None and of["kinds/a", "force", "2020-07"]["withheld"]
    assert of["kinds/b", "force", "2020-07"]["value"] == 40
    assert of["share", "force", "2020-07"].get("numerator") is None
    assert of["share", "force", "2020-07"].get("denominator") is None
    assert of["share", "north", "2020-07"].get("numerator") is None  # 20 of 21: one is the other
    assert of["w", "force", "2020-W31"]["value"] == 2.25  # no count
    assert exported.withheld == 6  # the source's own, two versions of 0.1 and 0.3, and the three above


def test_an_export_of_nothing_can_be_read(tmp_path):
    empty = folder_of(tmp_path / "rules", one=HEAD, two="measure,area,period,value\n")
    exported = export(an_engine(empty, tmp_path / "state", AS_OF))
    other = folder_of(tmp_path / "other", one="", two=TWO, source="parquet: known.parquet")
    (other / "known.parquet").write_bytes(exported.content)

    assert exported.rows == 0
    assert "w" in {one["measure"] for one in found(other, tmp_path / "state", AS_OF)}


def test_the_command_writes_the_file_and_says_what_is_in_it(tmp_path, capsys):
    folder = folder_of(tmp_path / "rules", one=ONE.replace("about 7", "7"))
    file = tmp_path / "known.parquet"
    file.write_bytes(b"of last week")

    assert main(["figures", "export", str(file), "--rules", str(folder), "--fewer-than", "5"]) == 0
    assert f"{file}: 11 figures of 5 measures from 2 sources, 6 of them withheld\n" == capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ""] == ["known.parquet"]
    assert pl.read_parquet(file).height == 11


def test_what_a_source_refuses_is_said_and_the_rest_is_written(tmp_path, capsys):
    file = tmp_path / "known.parquet"

    assert main(["figures", "export", str(file), "--rules", str(folder_of(tmp_path / "rules"))]) == 1
    assert '"about 7" is no number' in capsys.readouterr().err
    assert pl.read_parquet(file).height == 11


def test_another_kind_of_file_is_not_written(tmp_path, capsys):
    assert main(["figures", "export", str(tmp_path / "known.csv"), "--rules", str(folder_of(tmp_path / "rules"))]) == 2
    assert "name a file that ends in .parquet" in capsys.readouterr().err
    assert not (tmp_path / "known.csv").exists()
