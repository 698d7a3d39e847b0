"""Parts that do not add up to their total are named with file, rows, period and the difference; nothing else changes."""

from dataclasses import replace
from datetime import date

import pytest
from samples.worlds import a_folder, an_engine

from alerting.domain.finding import Reason

AS_OF = date(2020, 10, 7)
RULES = """
topics: [{id: t, title: Topic, owner: boss}]
sources: {s: {csv: figures/s.csv}, other: {csv: figures/other.csv}}
areas:
  - {id: force, title: West Mercia, kind: policing, owner: boss}
  - {id: north, title: North, parent: force}
  - {id: south, title: South, parent: force}
owners: [{id: boss, name: Boss, email: boss@example.org}]
measures:
  - id: crime
    title: Crime
    topic: t
    unit: count
    better: lower
    every: month
    source: s
    items: {all: All crime, rape: Rape, theft: {title: Theft}, other: Other}
    total: all
rules:
  - {id: much, title: Much, measures: crime/all, when: {target_missed: {at_most: 10}}}
"""
HEAD = "measure,area,period,value\n"
NAMES = ("all", "rape", "theft", "other")


def rows(all_, *parts, area="force", period="2020-08"):
    return "".join(f"crime/{name},{area},{period},{value}\n" for name, value in zip(NAMES, (all_, *parts), strict=True))


def answer(tmp_path, figures, rules=RULES, head=HEAD, as_of=AS_OF, other=HEAD):
    files = {"r.yaml": rules, "figures/s.csv": head + figures, "figures/other.csv": other}
    folder = a_folder(tmp_path / "rules", files)
    return an_engine(folder, tmp_path / "state", as_of).enquiries.evaluate(as_of)


def differing(result):
    return [problem for problem in result.problems if problem.code == "parts-differ"]


def test_it_names_file_rows_period_total_sum_and_difference(tmp_path):
    result = answer(tmp_path, rows(20, 5, 5, 9))
    (problem,) = differing(result)
    assert str(problem.place).endswith("figures/s.csv:2:1")
    assert problem.message == (
        "crime/all 2020-08: force: the total is 20 (row 2), its 3 parts add up to 19, 1 less (rows 3 to 5)"
    )
    assert (problem.severity.value, result.has_errors) == ("warning", False)
    assert problem.fix is not None
    assert "total:" in problem.fix


def test_it_changes_no_verdict(tmp_path):
    apart, equal = (answer(tmp_path / name, rows(20, 5, 5, part)) for name, part in (("apart", 99), ("equal", 10)))
    assert (1, 0) == (len(differing(apart)), len(differing(equal)))
    verdicts = [[(one.finding.state, one.finding.value, one.finding.text) for one in it.found] for it in (apart, equal)]
    assert verdicts[0] == verdicts[1]


@pytest.mark.parametrize(
    ("unit", "figures", "warned"),
    [
        pytest.param("count", (20, 5, 5, 10), False, id="counts that add up"),
        pytest.param("count", (20, 5, 5, 11), True, id="counts are exact"),
        pytest.param("count", (0, 0, 0, 0), False, id="nothing of nothing"),
        pytest.param("count", (20, 5, 5, ""), False, id="a part is missing"),
        pytest.param("count", (20, 5, 5, "abc"), False, id="a part is refused"),
        pytest.param("count", ("", 5, 5, 5), False, id="the total is missing"),
        pytest.param("currency", ("0.7", "0.9", "0.0", "0.0"), False, id="four halves, and what binary fractions add"),
        pytest.param("currency", (20, 5, 5, 11), False, id="whole pounds may be rounded"),
        pytest.param("currency", (20, 5, 5, 12), False, id="four halves of a pound"),
        pytest.param("currency", (20, 5, 5, 13), True, id="more than four halves"),
        pytest.param("currency", ("20.0", 5, 5, 10.2), False, id="four halves of ten pence"),
        pytest.param("currency", ("20.0", 5, 5, 10.3), True, id="more than four halves of ten pence"),
        pytest.param("number", ("0.30000", "0.1", "0.2", "0.00000"), False, id="binary fractions"),
        pytest.param("number", ("0.0000001", 0, 0, 0), False, id="beyond the digits that are looked at"),
        pytest.param("currency", ("123456789.12", "123456789.00", "0.06", "0.06"), False, id="pence of many pounds"),
        pytest.param("currency", ("123456789.15", "123456789.00", "0.06", "0.06"), True, id="3 pence of many pounds"),
        pytest.param("number", ("1e12", *["333333333333.3333"] * 3), False, id="as exactly as numbers can be held"),
        pytest.param("currency", ("72338728070.32", "72338728070", "0.16", "0.17"), False, id="a penny of billions"),
        pytest.param("number", ("1e308", "1e308", "1e308", "1e308"), False, id="more than the largest number"),
        pytest.param("number", ("1e308", "1e307", "1e307", "1.25"), True, id="near the largest number"),
        pytest.param("count\n    scale: thousand", (20, 5, 5, 11), False, id="thousands may be rounded"),
    ],
)
def test_rounding_is_allowed_for_and_no_more(tmp_path, unit, figures, warned):
    result = answer(tmp_path, rows(*figures), RULES.replace("unit: count", f"unit: {unit}"))
    assert bool(differing(result)) is warned


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("    total: all\n", "", id="no total is declared"),
        pytest.param("unit: count", "unit: percent", id="percents"),
        pytest.param("unit: count", "unit: minutes", id="means of minutes"),
        pytest.param("{title: Theft}", "{title: Theft, unit: currency}", id="one item in another unit"),
        pytest.param("{title: Theft}", "{title: Theft, every: quarter}", id="one item by quarter"),
        pytest.param(
            "rules:\n",
            "holds: [{id: h, match: {measures: [crime/rape]}, from: 2020-08, until: 2020-08, reason: R}]\nrules:\n",
            id="a part is held",
        ),
    ],
)
def test_what_cannot_add_up_is_not_checked(tmp_path, before, after):
    assert differing(answer(tmp_path, rows(20, 5, 5, 5), RULES.replace(before, after))) == []


def test_only_an_area_in_which_all_report_is_checked(tmp_path):
    some = "crime/all,south,2020-08,9\ncrime/rape,south,2020-08,1\n"
    result = answer(tmp_path, some + rows(20, 5, 5, 9, area="north") + rows(20, 5, 5, 10))
    (problem,) = differing(result)
    assert problem.message.startswith("crime/all 2020-08: north: the total is 20 (row 4)")


def test_areas_of_one_period_are_one_warning(tmp_path):
    figures = "".join(rows(9, 1, 1, 1, area=area) for area in ("force", "north", "south"))
    more = RULES.replace("owners:", "  - {id: west, title: West, parent: force}\nowners:", 1)
    (problem,) = differing(answer(tmp_path, figures + rows(9, 1, 1, 1, area="west"), more))
    assert problem.message.count("the total is 9") == 3
    assert problem.message.endswith(" and 1 more area")


def test_the_newest_five_periods_are_named_and_older_ones_counted(tmp_path):
    figures = "".join(rows(9, 1, 1, 1, period=f"2020-0{month}") for month in range(1, 10))
    problems = differing(answer(tmp_path, figures))
    periods = [problem.message.split(":")[0].removeprefix("crime/all ") for problem in problems[:5]]
    assert periods == ["2020-09", "2020-08", "2020-07", "2020-06", "2020-05"]
    assert [problem.message for problem in problems[5:]] == ["crime/all: the same in 4 older periods, up to 2020-04"]
    assert str(problems[5].place).endswith("figures/s.csv:14:1")


def test_parts_of_another_file_are_named_with_it(tmp_path):
    rules = RULES.replace("{title: Theft}", "{title: Theft, source: other}")
    figures = "crime/all,force,2020-08,20\n\ncrime/rape,force,2020-08,5\ncrime/other,force,2020-08,5\n"
    (problem,) = differing(answer(tmp_path, figures, rules, other=HEAD + "crime/theft,force,2020-08,5\n"))
    assert "(row 2), its 3 parts add up to 15, 5 less (rows 4 to 5, " in problem.message
    assert problem.message.endswith("figures/other.csv row 2)")


@pytest.mark.parametrize(
    ("as_of", "warned"), [(date(2020, 9, 15), True), (date(2020, 9, 20), False)], ids=["before", "after"]
)
def test_figures_are_checked_as_published_on_the_day(tmp_path, as_of, warned):
    head = "published," + HEAD
    first = "".join(f"2020-09-10,{row}\n" for row in rows(20, 5, 5, 9).splitlines())
    result = answer(tmp_path, first + "2020-09-20,crime/other,force,2020-08,10\n", head=head, as_of=as_of)
    assert bool(differing(result)) is warned


def test_the_row_of_the_revision_is_named(tmp_path):
    first = "".join(f"2020-09-10,{row}\n" for row in rows(20, 5, 5, 10).splitlines())
    result = answer(tmp_path, first + "2020-09-20,crime/other,force,2020-08,9\n", head="published," + HEAD)
    (problem,) = differing(result)
    assert problem.message.endswith("add up to 19, 1 less (rows 3 to 4, row 6)")


def test_the_row_that_counted_on_the_day_is_named(tmp_path):
    first = "".join(f"2020-09-10,{row}\n" for row in rows(20, 5, 5, 9).splitlines())
    later = "2020-09-20,crime/other,force,2020-08,10\n"
    (problem,) = differing(answer(tmp_path, first + later, head="published," + HEAD, as_of=date(2020, 9, 15)))
    assert problem.message.endswith("(rows 3 to 5)")


def test_a_total_that_is_not_printed_but_made_is_not_checked(tmp_path):
    """What is made of children's figures was not published, so nobody has to mend it."""
    rules = RULES.replace("    total: all\n", "    total: all\n    roll_up: sum\n")
    parents = "crime/rape,force,2020-08,50\ncrime/theft,force,2020-08,50\ncrime/other,force,2020-08,50\n"
    children = rows(9, 3, 3, 3, area="north") + rows(9, 3, 3, 3, area="south")
    assert differing(answer(tmp_path, parents + children, rules)) == []


class TestHeld:
    """`checks: {items_add_up: true}`: which figure is wrong nobody knows, so that all are held."""

    RULES = RULES.replace("    total: all\n", "    total: all\n    checks: {items_add_up: true}\n").replace(
        "measures: crime/all", "measures: [crime/all, crime/rape, crime/theft, crime/other]"
    )

    @staticmethod
    def held(result):
        return {
            (one.finding.measure, one.finding.area): one.finding.notes[0]
            for one in result.found
            if one.finding.reason is Reason.HELD
        }

    def test_total_and_items_are_held_where_they_differ_and_only_there(self, tmp_path):
        result = answer(tmp_path, rows(20, 5, 5, 9) + rows(20, 5, 5, 10, area="north"), self.RULES)

        why = "held by a check: the total is 20, its 3 items add up to 19"
        assert {(f"crime/{name}", "force"): why for name in NAMES} == self.held(result)
        (problem,) = [one for one in result.problems if one.code == "failed-check"]
        assert "crime/all 2020-08: held by a check: force: the total is 20, its 3 items add up to 19" == problem.message
        assert "figures accept crime/all force 2020-08" in problem.fix
        assert [] == differing(result)

    @pytest.mark.parametrize("figures", [(20, 5, 5, 10), (20, 5, 5, ""), ("", 5, 5, 5)])
    def test_what_adds_up_or_has_not_come_is_judged(self, tmp_path, figures):
        assert {} == self.held(answer(tmp_path, rows(*figures), self.RULES))

    def test_without_the_check_they_are_judged_and_named(self, tmp_path):
        result = answer(tmp_path, rows(20, 5, 5, 9))

        assert ({}, 1) == (self.held(result), len(differing(result)))

    def test_an_accepted_total_is_believed_with_its_items(self, tmp_path):
        folder = a_folder(
            tmp_path / "rules",
            {"r.yaml": self.RULES, "figures/s.csv": HEAD + rows(20, 5, 5, 9), "figures/other.csv": HEAD},
        )
        engine = an_engine(folder, tmp_path / "state", AS_OF)
        reading = engine.enquiries.read()
        total = ("crime/all", "force", engine.rules.calendar.parse_exact("2020-08"), 20.0)

        believed = engine.enquiries.evaluate(AS_OF, replace(reading, accepted=frozenset({total})))

        assert {} == self.held(believed)
