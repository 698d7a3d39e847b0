"""Names of measures and areas in a file: an id, a title that one thing has, or a mapped name."""

from datetime import date

import pytest
from samples.worlds import a_folder, an_engine

AS_OF = date(2020, 10, 7)
RULES = """
topics: [{id: t, title: Topic, owner: boss}]
sources: {s: {csv: f.csv, owner: boss%s}}
areas:
  - {id: force, title: West Mercia, kind: policing, owner: boss}
  - {id: north, title: Central, parent: force, owner: one}
  - {id: south, title: Central, parent: force, owner: two}
owners: [{id: boss, name: Boss, email: boss@example.org}, {id: one, name: One, email: one@example.org},
  {id: two, name: Two, email: two@example.org}]
measures:
  - {id: first, title: Burglary, topic: t, unit: count, better: lower, every: month, source: s}
  - {id: second, title: Burglary, topic: t, unit: count, better: lower, every: month, source: s}
  - {id: third, title: Recorded crime, topic: t, unit: count, better: lower, every: month, source: s}
rules: [{id: r, title: Rule, measures: [first, second, third], when: {target_missed: {at_most: 1}}}]
"""


def answer(tmp_path, rows, names=""):
    files = {"r.yaml": RULES % names, "f.csv": "\n".join(["measure,area,period,value", *rows, ""])}
    return an_engine(a_folder(tmp_path / "rules", files), tmp_path / "state", AS_OF).enquiries.evaluate(AS_OF)


def told(result):
    return [(one.finding.measure, one.finding.area, one.finding.value) for one in result.found]


@pytest.mark.parametrize(
    ("row", "column", "ids"),
    [
        pytest.param("third,Central,2020-09,9", "area", '"north" and "south"', id="two-areas"),
        pytest.param("Burglary,force,2020-09,9", "measure", '"first" and "second"', id="two-measures"),
    ],
)
def test_a_title_that_two_have_gives_neither_of_them_the_figure(tmp_path, row, column, ids):
    """The first had it, and its owner the notice."""
    result = answer(tmp_path, [row])
    (problem,) = [one for one in result.problems if one.code.startswith("unclaimed")]
    assert [] == told(result)
    assert (f"unclaimed-{column}", f"it is the title of {ids}: use the id, or map the name under the source's names") == (
        problem.code, problem.fix,
    )  # fmt: skip


def test_their_ids_and_mapped_names_are_read(tmp_path):
    rows = ["first,north,2020-09,9", "second,force,2020-09,8", "third,Central,2020-09,7"]
    found = told(answer(tmp_path, rows, ", names: {Central: south}"))
    assert [("first", "north", 9.0), ("second", "force", 8.0), ("third", "south", 7.0)] == found


@pytest.mark.parametrize(
    "name", ["West Mercia", " West Mercia ", "West\N{NO-BREAK SPACE}Mercia", "West  Mercia", "force "]
)
def test_blanks_of_any_kind_do_not_make_another_name(tmp_path, name):
    assert [("third", "force", 9.0)] == told(answer(tmp_path, [f"third,{name},2020-09,9"]))


def test_small_letters_do(tmp_path):
    result = answer(tmp_path, ["third,west mercia,2020-09,9"])
    assert [] == told(result)
    assert any('did you mean "West Mercia"?' in (one.fix or "") for one in result.problems)
