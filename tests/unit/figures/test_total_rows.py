"""Rows without a period: the total of a report is left out and named; what names something is a mistake of that row."""

from datetime import date

import pytest
from samples.worlds import a_folder, an_engine

AS_OF = date(2020, 10, 7)
RULES = """
topics: [{{id: t, title: Topic, owner: boss}}]
sources: {{s: {{csv: f.csv, owner: boss, {keys}}}}}
areas: [{{id: force, title: Force, kind: policing, owner: boss}}]
owners: [{{id: boss, name: Boss, email: boss@example.org}}]
measures:
  - {{id: m, title: Offences, topic: t, unit: count, better: lower, every: month, source: s}}
  - {{id: k, title: Calls, topic: t, unit: count, better: lower, every: month, source: s}}
rules: [{{id: a, title: A, measures: [m, k], when: {{outside_range: {{from: 0, to: 1000}}}}}}]
"""


def read(tmp_path, text, keys):
    folder = a_folder(tmp_path / "rules", {"r.yaml": RULES.format(keys=keys), "f.csv": text})
    answer = an_engine(folder, tmp_path / "state", AS_OF).enquiries.evaluate(AS_OF, every_period=True, text="all")
    found = [one.finding for one in answer.found if one.finding.value is not None]
    return sorted(one.value for one in found), answer.has_errors, "\n".join(map(str, answer.problems))


BOTH = "fixed: {measure: m, area: force}"
PARTS = f"columns: {{period: [Year, Month]}}, {BOTH}"
WIDE = "wide: {measures: header}, columns: {period: Date}, fixed: {area: force}"


@pytest.mark.parametrize(
    ("text", "keys", "row"),
    [
        pytest.param("period,value\n2020-08,5\n,5\n", BOTH, 3, id="nameless"),
        pytest.param("Who,period,value\nx,2020-08,5\nGrand Total,,5\n", BOTH, 3, id="it-says-so"),
        pytest.param("Year,Month,value\n2020,8,5\nTOTAL,,5\n", PARTS, 3, id="in-place-of-a-year"),
        pytest.param("Year,Month,value\n2020,8,5\n2020 Total,,5\n", PARTS, 3, id="of-a-year"),
        pytest.param(
            "area,period,value\nforce,2020-08,5\nforce,Total,5\n", "fixed: {measure: m}", 3, id="in-its-place"
        ),
        pytest.param("Date,m,k\n,5,6\nAug-20,5,\n", WIDE, 2, id="at-the-head-of-a-wide-table"),
    ],
)
def test_a_total_without_a_period_is_left_out_and_named(tmp_path, text, keys, row):
    figures, has_errors, said = read(tmp_path, text, keys)
    assert ([5.0], False) == (figures, has_errors), said
    assert f"left out is row {row}, a total without a period" in said


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        pytest.param("measure,area,period,value\nm,force,2020-08,5\nm,force,,5\n", "missing: []", id="named"),
        pytest.param("area,period,value\nforce,2020-08,5\nforce,,5\n", "fixed: {measure: m}", id="an-area-alone"),
        pytest.param("Who,period,value\nx,2020-08,5\nTotal Loss,,5\n", "fixed: {measure: m, area: force}", id="in-another-column"),
        pytest.param("area,m,k,period\nforce,5,,2020-08\nforce,5,,\n", "wide: {measures: header}", id="in-a-wide-table"),
    ],
)  # fmt: skip
def test_a_row_that_names_something_and_no_period_is_a_mistake(tmp_path, text, keys):
    figures, has_errors, said = read(tmp_path, text, keys)
    assert ([5.0], True) == (figures, has_errors), said
    assert "row 3, column period: '' is no period" in said
    assert "left out" not in said
