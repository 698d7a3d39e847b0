"""How a source says what its columns, names and numbers are: the same for every kind of source."""

from datetime import date

import pytest
from samples.worlds import a_folder, an_engine

from alerting.app.figure_enquiries import FigureEnquiries
from alerting.domain.file_periods import period_in_name
from alerting.domain.period import Calendar, PeriodError, PeriodKind
from alerting.domain.period_parts import BETWEEN, in_one_text

AS_OF = date(2020, 10, 7)
RULES = """
topics: [{{id: t, title: Topic, owner: boss}}]
sources: {{s: {{csv: {file}, owner: boss, {keys}}}}}
areas: [{{id: force, title: West Mercia, owner: boss}}, {{id: telford, title: Telford & Wrekin, parent: force}}]
owners: [{{id: boss, name: Boss, email: boss@example.org}}]
measures:
  - {{id: m, title: Offences, topic: t, unit: count, better: lower, every: {every}, source: s}}
  - {{id: p, title: Answered, topic: t, unit: percent, better: higher, every: {every}, source: s}}
rules:
  - {{id: a, title: A, measures: m, when: {{outside_range: {{from: 0, to: 10000000}}}}}}
  - {{id: b, title: B, measures: p, when: {{outside_range: {{from: 0, to: 100}}}}}}
"""


class Read:
    """What came of one file under some keys of its source."""

    def __init__(self, tmp_path, text, keys="missing: []", *, file="figures.csv", every="month"):
        rules = RULES.format(file=file, keys=keys, every=every)
        folder = a_folder(tmp_path / "rules", {"r.yaml": rules, file: text})
        engine = an_engine(folder, tmp_path / "state", AS_OF)
        answer = engine.enquiries.evaluate(AS_OF, every_period=True, text="all")
        found = [one.finding for one in answer.found]
        self.view = FigureEnquiries(engine.enquiries).columns("s")
        self.figures = {(one.measure, one.area, str(one.period)): one.value for one in found if one.value is not None}
        self.reasons = {one.reason and one.reason.value for one in found if one.area == "force"}
        self.said = "\n".join(map(str, answer.problems))


@pytest.mark.parametrize(
    ("every", "keys", "header", "cells", "period"),
    [
        ("month", "columns: {period: [year, month]}", "year,month", "2020,4", "2020-04"),
        ("month", "columns: {period: [year, month]}", "year,month", "2020,04", "2020-04"),
        ("month", "columns: {period: [year, month]}", "year,month", "2020,April", "2020-04"),
        ("month", "columns: {period: [month, year]}", "year,month", "2020,Apr", "2020-04"),
        ("month", "columns: {period: [year, period]}", "year,period", "2019-20,MARCH", "2020-03"),
        ("month", "columns: {period: [Fin year, Mth]}", "Fin year,Mth", "2020/21,April", "2020-04"),
        ("quarter", "columns: {period: [year, quarter]}", "year,quarter", "2020/21,1", "2020/21-Q1"),
        ("quarter", "columns: {period: [year, quarter]}", "year,quarter", "2020/21,Q1", "2020/21-Q1"),
        ("week", "columns: {period: [year, week]}", "year,week", "2020,14", "2020-W14"),
        ("day", "columns: {period: [year, month, day]}", "year,month,day", "2020,4,30", "2020-04-30"),
        ("day", "columns: {period: [day, month, year]}", "day,month,year", "3,4,2020", "2020-04-03"),
        ("year", "columns: {period: [year, part]}", "year,part", "2019/20,", "2019/20"),
    ],
)
def test_a_period_may_stand_in_several_columns(tmp_path, every, keys, header, cells, period):
    found = Read(tmp_path, f"measure,area,{header},value\nm,force,{cells},12\n", keys, every=every)
    assert ({("m", "force", period): 12.0}, "") == (found.figures, found.said)


def test_a_period_of_columns_that_make_none_is_refused_with_its_row(tmp_path):
    found = Read(tmp_path, "measure,area,year,month,value\nm,force,2020,13,12\n", "columns: {period: [year, month]}")
    assert {} == found.figures
    assert "figures.csv:2:" in found.said and "row 2, column " in found.said and "'2020-13' is no month" in found.said


def test_a_financial_year_beside_a_number_is_not_guessed(tmp_path):
    """Month 1 may be January or April."""
    found = Read(tmp_path, "measure,area,year,month,value\nm,force,2020/21,1,12\n", "columns: {period: [year, month]}")
    assert {} == found.figures
    assert "'1 2020/21' is no period: month 1 of 2020/21 may be counted from January or from April" in found.said


@pytest.mark.parametrize("number", ["001", "P01", "012"])
def test_a_period_of_a_ledger_is_refused_with_what_to_write(tmp_path, number):
    found = Read(
        tmp_path, f"measure,area,year,period,value\nm,force,2020,{number},12\n", "columns: {period: [year, period]}"
    )
    assert {} == found.figures
    assert (
        f"'2020 {number}' is no period: {number} may be counted from January or from April; number months" in found.said
    )


def test_a_part_that_is_not_there_is_named(tmp_path):
    found = Read(tmp_path, "measure,area,year,value\nm,force,2020,12\n", "columns: {period: [year, month]}")
    assert 'no column "month"; the header has measure, area, year, value' in found.said


def test_names_may_stand_in_several_columns(tmp_path):
    keys = 'columns: {measure: [group, kind]}, names: {"Theft All": m}'
    found = Read(tmp_path, "group,kind,area,period,value\nTheft,All,force,2020-04,12\n", keys)
    assert {("m", "force", "2020-04"): 12.0} == found.figures


def test_the_view_of_a_source_says_what_makes_its_period(tmp_path):
    found = Read(tmp_path, "measure,area,year,month,value\nm,force,2020,4,12\n", "columns: {period: [year, month]}")
    assert ["measure", "area", "part of period", "part of period", "value"] == [
        one.read_as for one in found.view.columns
    ]


@pytest.mark.parametrize(
    ("names", "area", "read"),
    [
        ("{}", "Telford & Wrekin", True),
        ("{}", "Telford and Wrekin", False),
        ('{"Telford and Wrekin": telford}', "Telford and Wrekin", True),
        ('{"Telford and Wrekin": telford}', "Telford  and Wrekin", True),
        ('{"E10000051": telford}', "E10000051", True),
        ('{"007": telford}', "007", True),
        ('{"NA": telford}', "NA", True),
        ('{"null": telford}', "null", True),
    ],
)
def test_names_of_areas_are_mapped_and_one_that_is_nearly_known_gets_a_hint(tmp_path, names, area, read):
    found = Read(tmp_path, f"measure,area,period,value\nm,{area},2020-04,12\n", f"names: {names}")
    assert ({("m", "telford", "2020-04"): 12.0} if read else {}) == found.figures
    hint = 'did you mean "Telford & Wrekin"? Else map the name under the source\'s names'
    assert read == (hint not in found.said)


def test_a_file_of_one_measure_and_area_gives_them_once(tmp_path):
    found = Read(tmp_path, "period,value\n2020-04,12\n", "fixed: {measure: m, area: force}")
    assert {("m", "force", "2020-04"): 12.0} == found.figures


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ("fixed: {measure: mm}", 'error[unknown-measure]: no measure "mm"; did you mean "m"?'),
        ("fixed: {area: forc}", 'error[unknown-area]: no area "forc"; did you mean "force"?'),
        ("fixed: {note: file_name}", "the name of a file says no note"),
        ("fixed: {period: 2020-04}, columns: {period: [year, month]}", 'columns and fixed both give "period"'),
        ("columns: {value: [a, b]}", '"value" is a number, which no several columns make'),
        ("columns: {period: [year]}", "one column alone needs no list"),
        ("rows: 200", "expected a number of rows, found the number 200; write it like `at least 200`"),
        ("rows: at least many", "write it like `at least 200`"),
        ("scale: dozen", "thousand"),
    ],
)
def test_keys_that_cannot_be_meant_are_errors_of_check(tmp_path, keys, says):
    from alerting.rulefile import load_rules

    files = {"r.yaml": RULES.format(file="f.csv", keys=keys, every="month"), "f.csv": "measure,area,period,value\n"}
    problems = load_rules(a_folder(tmp_path, files), shown_as="rules").problems
    assert says in "\n".join(map(str, problems))


@pytest.mark.parametrize(
    ("name", "every", "period"),
    [
        ("crime-2020-09", "month", "2020-09"), ("crime_2020_09_v2", "month", "2020-09"), ("202009 crime", "month", "2020-09"),
        ("MSitAE-SEPTEMBER-2020-k2jX9", "month", "2020-09"), ("Sept 2020 final (2)", "month", "2020-09"),
        ("crime-2020-09-30", "month", "2020-09"), ("crime-30.09.2020", "month", "2020-09"), ("crime_20200930", "month", "2020-09"),
        ("crime-2020-09-30", "day", "2020-09-30"), ("wk-38-2020", "week", "2020-W38"), ("calls_2020-W38", "week", "2020-W38"),
        ("q2_2020-21_victims", "quarter", "2020/21-Q2"), ("2020-21-Q2", "quarter", "2020/21-Q2"),
        ("April to June 2020", "quarter", "2020/21-Q1"), ("accounts 2019-20", "year", "2019/20"),
        ("report 12345 of 2020-09", "month", "2020-09"),
    ],
)  # fmt: skip
def test_the_name_of_a_file_says_its_period(name, every, period):
    calendar, kind = Calendar(), PeriodKind(every)
    assert period == str(calendar.parse(period_in_name(name, calendar, kind), kind))


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("figures", "says no month; name it like figures-2020-09"),
        ("figures-12345", "says no month"),
        ("2020-08 and 2020-09", "says two periods, '2020-08' and '2020-09'"),
    ],
)
def test_a_name_that_says_none_or_two_is_refused(name, says):
    with pytest.raises(PeriodError, match=says):
        period_in_name(name, Calendar(), PeriodKind.MONTH)


def test_a_file_without_a_column_of_periods_has_its_in_its_name(tmp_path):
    keys = "fixed: {measure: m, period: file_name}"
    found = Read(tmp_path, "area,value\nforce,12\n", keys, file="crime_2020-04.csv")
    assert ({("m", "force", "2020-04"): 12.0}, "") == (found.figures, found.said)
    assert "what the file's name says" in [one.holds for one in found.view.columns]


def test_the_day_of_publication_may_stand_in_the_files_name(tmp_path):
    text, keys = "measure,area,period,value\nm,force,2020-04,12\n", "fixed: {published: file_name}"
    assert {("m", "force", "2020-04"): 12.0} == Read(tmp_path / "a", text, keys, file="crime_2020-05-14.csv").figures
    later = Read(tmp_path / "b", text, keys, file="crime_2020-11-14.csv")
    assert {} == later.figures  # not known yet
    month = Read(tmp_path / "c", text, keys, file="crime_2020-05.csv")
    assert ({}, True) == (month.figures, "is a month, not a day" in month.said)


@pytest.mark.parametrize(
    ("cell", "scale", "value"),
    [
        ("12.5", "thousand", 12_500.0),
        ("1.005", "thousand", 1_005.0),
        ("4.35", "million", 4_350_000.0),
        ("0.1", "thousand", 100.0),
    ],
)
def test_amounts_in_thousands_are_read_as_what_they_stand_for(tmp_path, cell, scale, value):
    found = Read(tmp_path, f"measure,area,period,value\nm,force,2020-04,{cell}\n", f"scale: {scale}")
    assert {("m", "force", "2020-04"): value} == found.figures


def test_percents_of_a_source_in_thousands_stay_as_they_are(tmp_path):
    text = "measure,area,period,value,numerator,denominator\np,force,2020-04,50,1,2\np,force,2020-05,,1.5,2\n"
    found = Read(tmp_path, text, "scale: thousand")
    assert {("p", "force", "2020-04"): 50.0, ("p", "force", "2020-05"): 75.0} == found.figures


def test_fewer_rows_than_a_whole_load_has_are_the_sources_trouble_and_nothing_of_them_is_used(tmp_path):
    text = "measure,area,period,value\nm,force,2020-04,12\nm,force,2020-05,13\n,,,\n"
    found = Read(tmp_path, text, "rows: at least 3")
    assert {} == found.figures
    assert "2 rows, and a whole load has at least 3" in found.said and "load it again whole" in found.said
    assert 2 == len(Read(tmp_path, text, "rows: at least 2").figures)


def test_cells_of_a_period_that_nothing_makes_stand_beside_one_another():
    assert "2020 2021 x" == in_one_text(BETWEEN.join(["2020", "2021", "x"]), PeriodKind.MONTH, 4)
    assert "2020-09" == in_one_text("2020-09", PeriodKind.MONTH, 4)
