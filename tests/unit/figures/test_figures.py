"""From files to findings: what is read as a person would, what is refused with its place, and what figures are made."""

from datetime import date

import pytest
from samples.worlds import CALLS, a_folder, an_engine

from alerting.domain.finding import Reason

AS_OF = date(2020, 10, 7)
RULES = """
topics: [{id: t, title: Topic, owner: boss}]
sources: {s: {csv: figures/f.csv, owner: boss, columns: {measure: metric}, names: {"999 s": share, "The Force": force}}}
areas:
  - {id: force, title: West Mercia, kind: policing, owner: boss}
  - {id: north, title: North, parent: force}
  - {id: south, title: South, parent: force}
owners: [{id: boss, name: Boss, email: boss@example.org}]
measures:
  - {id: share, title: Share, topic: t, unit: percent, better: higher, every: month, source: s%(share)s}
  - {id: count, title: Count, topic: t, unit: count, better: lower, every: month, source: s%(count)s}
rules:
  - {id: share, title: Share, measures: share, when: {target_missed: {at_least: 50}}%(share_rule)s}
  - {id: count, title: Count, measures: count, when: {target_missed: {at_most: 100}}%(count_rule)s}
%(more)s
"""
EMPTY = {"share": "", "count": "", "share_rule": "", "count_rule": "", "more": ""}


def answer(tmp_path, rows, as_of=AS_OF, header="metric,area,period,value", every=False, **changes):
    text = header + "\n" + "\n".join(rows) + "\n" if isinstance(rows, list) else rows
    folder = a_folder(tmp_path / "rules", {"r.yaml": RULES % (EMPTY | changes), "figures/f.csv": text})
    return an_engine(folder, tmp_path / "state", as_of).enquiries.evaluate(as_of, every_period=every, text="all")


def found(result, measure="share", area="force"):
    return [one.finding for one in result.found if (one.finding.measure, one.finding.area) == (measure, area)]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1,234", 1234.0), ("1234", 1234.0), ("12,345.5", 12345.5), (" 7 ", 7.0), ("-3", -3.0), ("1e3", 1000.0),
        ("\N{MINUS SIGN}3", -3.0), ("+2", 2.0),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(tmp_path, cell, value):
    result = answer(tmp_path, [f'count,force,2020-09,"{cell}"'])
    assert value == found(result, "count")[0].value
    assert not result.has_errors


@pytest.mark.parametrize("cell", ["", "-", "N/A", "n/a", "not available"])
def test_ways_of_writing_nothing_are_missing(tmp_path, cell):
    result = answer(tmp_path, [f"count,force,2020-08,5", f"count,force,2020-09,{cell}"])  # noqa: F541  # reads as a table
    assert ("2020-08", 5.0) == (str(found(result, "count")[0].period), found(result, "count")[0].value)
    assert not result.has_errors


@pytest.mark.parametrize("cell", ["abc", "1,23", "12.3.4", "inf", "nan", "1e400", "5%", "£5", "1_000", "0x10", "=A1"])
def test_anything_else_refuses_that_cell_alone_and_says_where(tmp_path, cell):
    result = answer(tmp_path, ["count,north,2020-09,5", f'count,force,2020-09,"{cell}"'])
    (refused,) = found(result, "count")
    assert ("no_data", "refused", None) == (refused.state.word, refused.reason.value, refused.value)
    assert "normal" == found(result, "count", "north")[0].state.word
    (problem,) = result.problems
    assert result.has_errors
    assert ("refused-cell", 3, 4) == (problem.code, problem.place.line, problem.place.column)
    assert "row 3, column value" in problem.message


def test_a_percent_sign_is_read_on_a_percent_measure(tmp_path):
    assert 83.0 == found(answer(tmp_path, ["share,force,2020-09,83%"]))[0].value


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("", "the file is empty", id="empty"),
        pytest.param("  \n", "the file is empty", id="blank"),
        pytest.param("metric,area,value\n", 'no column "period"', id="column-missing"),
        pytest.param("metric;area;period\n", "(separated by semicolons)", id="semicolons"),
        pytest.param("metric,area,period,value,value\n", "stands twice", id="column-twice"),
        pytest.param("metric,area,period,value\nshare,force,2020-09,\0\n", "NUL", id="nul"),
        pytest.param(
            "wrong,area,period,value\nshare,force,2020-09,1\n", 'no column "metric"', id="mapped-column-missing"
        ),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_nothing_is_judged(tmp_path, text, says):
    result = answer(tmp_path, text)
    assert result.has_errors
    assert any(says in problem.message for problem in result.problems)
    assert set() == {one.finding.state.word for one in result.found} - {"no_data"}


def test_bytes_that_are_neither_utf_8_nor_latin_are_named_with_their_row(tmp_path):
    folder = a_folder(tmp_path / "rules", {"r.yaml": RULES % EMPTY, "figures/f.csv": "x"})
    (folder / "figures/f.csv").write_bytes(b"metric,area,period,value\nshare,force,2020-09,\x8d5\n")
    result = an_engine(folder, tmp_path / "state", AS_OF).enquiries.evaluate(AS_OF)
    assert any("f.csv:2: byte 0x8d is not UTF-8" in problem.message for problem in result.problems)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("\ufeffmetric,area,period,value\nshare,force,2020-09,83\n", id="byte-order-mark"),
        pytest.param("metric,area,period,value\r\nshare,force,2020-09,83\r\n", id="windows-line-ends"),
        pytest.param("metric,area,period,value\n\nshare,force,2020-09,83\n\n", id="blank-lines"),
        pytest.param('metric,area,period,value\n"share","force","2020-09","83"\n', id="quotes"),
        pytest.param("metric,area,period,value\n999 s,The Force,2020-09,83\n", id="mapped-names"),
        pytest.param("metric,area,period,value\nShare,West Mercia,Sep-20,83\n", id="titles"),
        pytest.param("period,value,metric,area,comment\n2020-09,83,share,force,fine\n", id="other-order-and-a-comment"),
        pytest.param("metric,area,period,value\nshare,force,2020-09,83,extra\n", id="a-cell-too-many"),
    ],
)
def test_files_are_read_as_people_save_them(tmp_path, text):
    assert [83.0] == [one.value for one in found(answer(tmp_path, text))]


def test_rows_that_nothing_claims_are_counted_and_named(tmp_path):
    result = answer(
        tmp_path, ["share,force,2020-09,83", "share,Mars,2020-09,1", "share,Mars,2020-08,1", "x,force,2020-09,1"]
    )
    assert not result.has_errors
    messages = [problem.message for problem in result.problems]
    assert any('no area claims 2 rows of "Mars"' in message for message in messages)
    assert any('no measure claims 1 row of "x"' in message for message in messages)


@pytest.mark.parametrize(
    ("row", "fix"),
    [
        ("shore,force,2020-09,1", 'did you mean "share"? Else map the name under the source\'s names'),
        ("SHARE,force,2020-09,1", 'did you mean "share"? Else map the name under the source\'s names'),
        ("share,West Mersia,2020-09,1", 'did you mean "West Mercia"? Else map the name under the source\'s names'),
        ("999s,force,2020-09,1", 'did you mean "999 s"? Else map the name under the source\'s names'),
        ("zzz,force,2020-09,1", "use the measure's id or exact title, or map the name under the source's names"),
        ("share,Mars,2020-09,1", "use the area's id or exact title, or map the name under the source's names"),
        ("other,force,2020-09,1", 'its measure has another source: "figures/other.csv"'),
        ("made,force,2020-09,1", "its measure has no source"),
    ],
    ids=["id", "capitals", "title-of-an-area", "mapped", "no-measure-near", "no-area-near", "another-source", "made"],
)
def test_a_name_that_nothing_claims_comes_with_what_was_probably_meant(tmp_path, row, fix):
    keys = "topic: t, unit: count, better: lower, every: month"
    more = f"measures:\n  - {{id: other, title: Other, {keys}, source: figures/other.csv}}\n"
    more += f"  - {{id: made, title: Made, {keys}, of: {{numerator: count, denominator: count}}}}\n"
    files = {"r.yaml": RULES % EMPTY, "more.yaml": more}
    files |= {"figures/f.csv": f"metric,area,period,value\n{row}\n", "figures/other.csv": "measure,area,period,value\n"}
    folder = a_folder(tmp_path / "rules", files)
    problems = an_engine(folder, tmp_path / "state", AS_OF).enquiries.evaluate(AS_OF).problems
    assert [fix] == [one.fix for one in problems if one.code.startswith("unclaimed")]


def test_a_bad_period_names_its_row_and_the_form_to_write(tmp_path):
    result = answer(tmp_path, ["share,force,2020-09,83", "share,force,soon,1"])
    (problem,) = result.problems
    assert ("bad-period", 3) == (problem.code, problem.place.line)
    assert "write a month like 2020-09" in problem.message


def test_equal_rows_are_one_and_different_ones_a_conflict_that_names_both(tmp_path):
    same = answer(tmp_path, ["share,force,2020-09,83", "share,force,2020-09,83"])
    assert (83.0, False) == (found(same)[0].value, same.has_errors)
    differ = answer(tmp_path, ["share,force,2020-09,83", "share,force,2020-09,84"])
    assert ("no_data", "conflict") == (found(differ)[0].state.word, found(differ)[0].reason.value)
    assert "rows 2 and 3 differ" in differ.problems[0].message
    assert differ.has_errors


def test_a_figure_counts_from_the_day_it_was_published_and_a_later_day_revises_it(tmp_path):
    rows = [
        "share,force,2020-08,40,2020-09-02",
        "share,force,2020-08,60,2020-09-20",
        "share,force,2020-09,70,2020-10-02",
    ]
    values = []
    for as_of in (date(2020, 9, 1), date(2020, 9, 2), date(2020, 9, 20), date(2020, 10, 7)):
        result = answer(tmp_path, rows, as_of=as_of, header="metric,area,period,value,published")
        values.append(found(result)[0].value if found(result) else None)
    assert [None, 40.0, 60.0, 70.0] == values


def test_a_value_may_be_made_of_numerator_and_denominator(tmp_path):
    rows = ["share,force,2020-09,,30,40", "share,north,2020-09,,0,0"]
    result = answer(tmp_path, rows, header="metric,area,period,value,numerator,denominator")
    assert 75.0 == found(result)[0].value
    assert ("not_enough_history", "small_numbers") == (
        found(result, area="north")[0].state.word,
        found(result, area="north")[0].reason.value,
    )


def test_figures_whose_sum_is_beyond_all_numbers_are_read_without_a_word(tmp_path):
    """Warnings are errors here."""
    rows = [f"share,force,2020-{month:02d},,1e308,1.25e308" for month in (7, 8, 9)]
    result = answer(tmp_path, rows, header="metric,area,period,value,numerator,denominator")
    assert (80.0, False) == (found(result)[0].value, result.has_errors)


def test_small_denominators_are_not_judged(tmp_path):
    result = answer(
        tmp_path, ["share,force,2020-09,,10,29"], header="metric,area,period,value,numerator,denominator",
        share=", smallest_denominator: 30",
    )  # fmt: skip
    assert ("not_enough_history", "small_numbers") == (found(result)[0].state.word, found(result)[0].reason.value)


def test_coarser_periods_are_printed_or_sums_when_all_is_there(tmp_path):
    rows = [
        f"count,force,2020-{month:02d},{value}" for month, value in ((4, 10), (5, 20), (6, 30), (7, 1), (8, 2), (9, 3))
    ]
    rows += ["count,force,2020/21-Q2,99", "count,north,2020-07,1", "count,north,2020-08,1"]
    result = answer(tmp_path, rows, every=True, count_rule=", every: quarter")
    assert [("2020/21-Q1", 60.0), ("2020/21-Q2", 99.0)] == [
        (str(one.period), one.value) for one in found(result, "count")
    ]
    assert [None] == [one.value for one in found(result, "count", "north")]


def test_coarser_percents_are_ratios_of_sums(tmp_path):
    rows = ["share,force,2020-07,,1,10", "share,force,2020-08,,1,10", "share,force,2020-09,,28,80"]
    result = answer(
        tmp_path, rows, header="metric,area,period,value,numerator,denominator", share_rule=", every: quarter"
    )
    assert [30.0] == [one.value for one in found(result)]


def test_a_parent_that_is_never_given_is_rolled_up_from_all_its_children(tmp_path):
    rows = ["count,north,2020-08,1", "count,north,2020-09,2", "count,south,2020-09,3"]
    result = answer(tmp_path, rows, every=True, count=", roll_up: sum")
    assert [("2020-09", 5.0)] == [
        (str(one.period), one.value) for one in found(result, "count") if one.value is not None
    ]


def test_rolling_values_need_every_period_of_their_window(tmp_path):
    rows = [f"count,force,2020-{month:02d},{value}" for month, value in ((5, 1), (6, 2), (7, 3), (9, 4))]
    result = answer(tmp_path, rows, every=True, count=", rolling: 3 months")
    assert [None, None, 6.0, None, None] == [one.value for one in found(result, "count")]
    assert ["few_points", "few_points", None, "missing", "gap"] == [
        one.reason and one.reason.value for one in found(result, "count")
    ]


def test_a_rate_is_one_measure_over_another_of_a_coarser_period(tmp_path):
    more = """
measures: [{id: rate, title: Rate, topic: t, unit: rate, per: 1000, better: lower, every: month,
    of: {numerator: count, denominator: people}},
  {id: people, title: People, topic: t, unit: number, better: neither, every: year, source: s}]
rules: [{id: rate, title: Rate, measures: rate, when: {target_missed: {at_most: 10}}}]
"""
    folder = a_folder(
        tmp_path / "rules",
        {
            "r.yaml": RULES % EMPTY, "more.yaml": more,
            "figures/f.csv": "metric,area,period,value\ncount,force,2020-09,30\npeople,force,2020/21,2000\n",
        },
    )  # fmt: skip
    day = date(2021, 4, 2)
    result = an_engine(folder, tmp_path / "state", day).enquiries.evaluate(day)
    assert [15.0] == [one.value for one in found(result, "rate")]


def test_held_figures_are_shown_not_judged_and_in_no_comparison(tmp_path):
    more = """holds: [{id: h, match: {measures: [count]}, from: 2020-09-01, until: 2020-09-30, reason: Being tested}]
notes: [{id: n, match: {measures: [share]}, from: 2020-09-01, say: Indicative only}]"""
    result = answer(tmp_path, ["count,force,2020-09,500", "share,force,2020-09,40"], more=more)
    held = found(result, "count")[0]
    assert ("no_data", "held", 500.0) == (held.state.word, held.reason.value, held.value)
    assert "Being tested" in held.notes
    assert "being tested" in held.text
    assert ("exception", ("Indicative only",)) == (found(result)[0].state.word, found(result)[0].notes)


def test_late_figures_are_named_by_the_clock(tmp_path):
    on_time = answer(tmp_path, ["share,force,2020-08,83"], as_of=date(2020, 10, 5), share=", expected: 5 days")
    late = answer(tmp_path, ["share,force,2020-08,83"], as_of=date(2020, 10, 6), share=", expected: 5 days")
    assert ("2020-08", "normal") == (str(found(on_time)[0].period), found(on_time)[0].state.word)
    assert ("2020-09", "late") == (str(found(late)[0].period), found(late)[0].reason.value)
    assert "it was due by 5 October 2020" in found(late)[0].text


def test_figures_are_provisional_until_they_settle(tmp_path):
    result = answer(
        tmp_path, ["share,force,2020-08,83", "share,force,2020-09,83"], every=True, share=", settles_after: 30 days"
    )
    assert [False, True] == [one.provisional for one in found(result)]


def test_a_rule_judges_the_newest_period_inside_its_days(tmp_path):
    rows = ["share,force,2020-07,1", "share,force,2020-08,2", "share,force,2020-09,3"]
    result = answer(tmp_path, rows, share_rule=", from: 2020-07-01, until: 2020-08-31")
    assert ["2020-08"] == [str(one.period) for one in found(result)]


def test_every_period_equals_each_day_by_itself(tmp_path):
    rows = [
        f"share,force,2020-{month:02d},{value}"
        for month, value in ((3, 40), (4, 45), (5, 60), (7, 30), (8, 20), (9, 10))
    ]
    history = answer(tmp_path, rows, every=True)
    whole = {str(one.period): (one.state, one.value, one.consecutive, one.text) for one in found(history)}
    days = [date(2020, 4, 2), date(2020, 5, 2), date(2020, 6, 2), date(2020, 8, 2), date(2020, 9, 2), AS_OF]
    for day in days:
        (one,) = found(answer(tmp_path, rows, as_of=day))
        assert whole[str(one.period)] == (one.state, one.value, one.consecutive, one.text)
    assert [1, 2, 0, None, 1, 2, 3] == [one.consecutive for one in found(history)]


def test_the_worlds_rules_are_sound(tmp_path):
    a_folder(
        tmp_path / "rules",
        {"r.yaml": CALLS, "figures/calls.csv": "measure,area,period,value\nanswered,force,2020-09,83\n"},
    )
    (finding,) = an_engine(tmp_path / "rules", tmp_path / "state", AS_OF).enquiries.evaluate(AS_OF).found
    assert (
        "83% of 999 calls were answered within 10 seconds in September 2020, 7 points below the standard of 90%."
        == finding.finding.text
    )


def test_a_thousands_comma_without_quotes_is_refused_not_cut(tmp_path):
    result = answer(tmp_path, ["count,north,2020-09,5", "count,force,2020-09,1,500"])
    assert found(result, "count")[0].reason is Reason.REFUSED
    (problem,) = result.problems
    assert (problem.place.line, problem.place.column) == (3, 4)
    assert '"1,500: 5 cells for 4 columns" may be a number that its commas have split' in problem.message


def test_a_comma_too_many_at_the_end_of_a_row_is_nothing(tmp_path):
    result = answer(tmp_path, ["count,north,2020-09,5", "count,force,2020-09,1500,"])
    assert found(result, "count")[0].value == 1500
    assert not result.has_errors


def test_a_problem_below_a_cell_of_two_lines_is_named_by_its_own_line(tmp_path):
    rows = ['count,north,2020-09,5,"seen on', 'two lines"', "count,force,2020-09,abc,"]
    result = answer(tmp_path, rows, header="metric,area,period,value,note")
    (problem,) = result.problems
    assert problem.place.line == 4


def test_a_quote_left_open_is_one_line_however_much_it_swallows(tmp_path):
    rows = ['"count,force,2020-09,5', *(f"count,north,2020-{n:02d},5" for n in range(1, 10))]
    for problem in answer(tmp_path, rows).problems:
        assert "\n" not in problem.message
        assert len(problem.message) < 500


@pytest.mark.parametrize(
    ("rows", "more", "reason"),
    [
        pytest.param(["count,north,2020-09,5", "count,north,2020-09,50", "count,south,2020-09,5"], "", "conflict", id="conflict"),
        pytest.param(["count,north,2020-09,5x", "count,south,2020-09,5"], "", "refused", id="refused"),
        pytest.param(
            ["count,north,2020-09,5", "count,south,2020-09,5"],
            "holds: [{id: h, match: {areas: [north]}, from: 2020-09-01, until: 2020-09-30, reason: Being tested}]",
            "held", id="held",
        ),
    ],
)  # fmt: skip
def test_a_parent_is_not_added_up_of_a_figure_that_is_not_judged(tmp_path, rows, more, reason):
    result = answer(tmp_path, rows, count=", roll_up: sum", more=more)
    force = found(result, "count")[0]
    assert (force.value, force.reason.value) == (None, reason)


def test_a_rate_is_not_made_of_a_figure_that_is_not_judged(tmp_path):
    rate = (
        "  - {id: rate, title: Rate, unit: rate, per: 10, topic: t, better: lower, every: month,"
        " of: {numerator: count, denominator: people}}"
    )
    people = "  - {id: people, title: People, unit: count, topic: t, better: neither, every: month, source: s}"
    rule = "  - {id: rate, title: Rate, measures: rate, when: {target_missed: {at_most: 1}}}"
    rows = ["count,force,2020-09,5", "count,force,2020-09,50", "people,force,2020-09,100"]
    text = RULES % EMPTY
    text = text.replace("rules:\n", f"{people}\n{rate}\nrules:\n{rule}\n", 1)
    folder = a_folder(
        tmp_path / "rules", {"r.yaml": text, "figures/f.csv": "metric,area,period,value\n" + "\n".join(rows)}
    )
    result = an_engine(folder, tmp_path / "state", AS_OF).enquiries.evaluate(AS_OF, text="all")
    assert found(result, "rate")[0].reason is Reason.CONFLICT


@pytest.mark.parametrize("year", [1, 40, 61])
def test_a_day_in_the_first_years_of_the_calendar_has_no_figures(tmp_path, year):
    result = answer(tmp_path, ["count,force,2020-09,5"], as_of=date(year, 6, 1))
    assert found(result, "count")[0].reason is Reason.MISSING


def test_a_file_that_is_not_there_stops_only_its_own_measures(tmp_path):
    more = "  - {id: other, title: Other, measures: other, when: {target_missed: {at_most: 1}}}"
    keys = "unit: count, topic: t, better: lower, every: month, areas: [force], source: figures/none.csv"
    other = f"  - {{id: other, title: Other, {keys}}}"
    text = (RULES % (EMPTY | {"more": more})).replace("rules:\n", f"{other}\nrules:\n", 1)
    rows = "metric,area,period,value\ncount,force,2020-09,5\n"
    folder = a_folder(tmp_path / "rules", {"r.yaml": text, "figures/f.csv": rows})
    result = an_engine(folder, tmp_path / "state", AS_OF).enquiries.evaluate(AS_OF, text="all")
    assert found(result, "count")[0].value == 5
    assert found(result, "other")[0].reason is Reason.SOURCE_FAILED
    assert result.has_errors
