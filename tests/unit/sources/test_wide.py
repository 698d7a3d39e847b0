"""Wide tables: periods, measures or areas side by side, in CSV, workbooks and Parquet alike."""

import io
from datetime import date

import polars as pl
import pytest
from samples.workbooks import ods, xlsx
from samples.worlds import a_folder, an_engine

from alerting.app.figure_enquiries import FigureEnquiries
from alerting.errors import RulesInvalid

AS_OF = date(2021, 10, 7)
RULES = """
topics: [{id: t, title: Topic, owner: boss}]
sources: {s: {%s, owner: boss}}
areas: [{id: force, title: Force, kind: policing, owner: boss}, {id: north, title: North, parent: force}]
owners: [{id: boss, name: Boss, email: boss@example.org}]
measures:
  - {id: m, title: Offences, topic: t, unit: count, better: lower, every: month, source: s}
  - {id: k, title: Calls, topic: t, unit: count, better: lower, every: month, source: s}
rules: [{id: a, title: A, measures: [m, k], when: {target_missed: {at_most: 100}}}]
"""


def csv(rows):
    return "".join(",".join("" if cell is None else str(cell) for cell in row) + "\n" for row in rows).encode()


def parquet(rows):
    target = io.BytesIO()
    head, *body = rows
    pl.DataFrame(
        [list(map(str, row)) for row in body], schema=[str(cell) for cell in head], orient="row"
    ).write_parquet(target)
    return target.getvalue()


class Read:
    """The figures (measure, area, period) that come of one file, and what is said."""

    def __init__(self, tmp_path, settings, content, as_of=AS_OF):
        kind = settings.partition(":")[0]
        name = {"csv": "f.csv", "excel": "f.xlsx", "ods": "f.ods", "parquet": "f.parquet"}[kind]
        folder = a_folder(tmp_path / "rules", {"r.yaml": RULES % settings})
        (folder / name).write_bytes(content)
        engine = an_engine(folder, tmp_path / "state", as_of)
        answer = engine.enquiries.evaluate(as_of, every_period=True, text="all")
        found = [one.finding for one in answer.found]
        self.figures = {(one.measure, one.area, str(one.period)): one.value for one in found if one.value is not None}
        self.reasons = {(one.measure, one.area, str(one.period)): one.reason and one.reason.value for one in found}
        self.said = "\n".join(map(str, answer.problems))
        self.view = FigureEnquiries(engine.enquiries).columns("s")


PERIODS = [("measure", "area", "Sep-20", "Oct 2020", "2020-11"), ("m", "force", 1, 2, 3), ("k", "north", 4, 5, 6)]
RIGHT = {
    ("m", "force", "2020-09"): 1, ("m", "force", "2020-10"): 2, ("m", "force", "2020-11"): 3,
    ("k", "north", "2020-09"): 4, ("k", "north", "2020-10"): 5, ("k", "north", "2020-11"): 6,
}  # fmt: skip
EVERY = pytest.mark.parametrize(
    ("kind", "made"),
    [("csv: f.csv", csv), ("excel: f.xlsx", xlsx), ("ods: f.ods", ods), ("parquet: f.parquet", parquet)],
)


@EVERY
def test_periods_in_the_header(tmp_path, kind, made):
    read = Read(tmp_path, f"{kind}, wide: {{periods: header}}", made(PERIODS))

    assert read.figures == RIGHT
    assert '3 columns, "Sep-20" to "2020-11", are read as periods' in read.said


@EVERY
def test_measures_in_the_header(tmp_path, kind, made):
    rows = [("area", "period", "m", "Calls"), ("force", "2020-09", 1, 4), ("north", "2020-10", 2, 5)]
    read = Read(tmp_path, f"{kind}, wide: {{measures: header}}", made(rows))

    assert read.figures == {
        ("m", "force", "2020-09"): 1, ("k", "force", "2020-09"): 4,
        ("m", "north", "2020-10"): 2, ("k", "north", "2020-10"): 5,
    }  # fmt: skip


@EVERY
def test_areas_in_the_header(tmp_path, kind, made):
    rows = [("Month", "Force", "N"), ("2020-09", 1, 4), ("2020-10", 2, 5)]
    settings = (
        f"{kind}, wide: {{areas: header}}, columns: {{period: Month}}, fixed: {{measure: m}}, names: {{N: north}}"
    )
    read = Read(tmp_path, settings, made(rows))

    assert read.figures == {
        ("m", "force", "2020-09"): 1, ("m", "north", "2020-09"): 4,
        ("m", "force", "2020-10"): 2, ("m", "north", "2020-10"): 5,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("over", "header", "periods"),
    [
        pytest.param(
            [None, 2020, None, 2021], ["area", "Nov", "Dec", "Jan"], ["2020-11", "2020-12", "2021-01"], id="years"
        ),
        pytest.param(
            [None, "2020/21", None, None], ["area", "Mar", "Apr", "Total"], ["2020-04", "2021-03"], id="financial-years"
        ),
        pytest.param(
            ["area", "2020/21", None, None], [None, "Q1", "Q2", None], ["2020/21-Q1", "2020/21-Q2"], id="quarters"
        ),
    ],
)
@pytest.mark.parametrize(("kind", "made"), [("csv: f.csv", csv), ("excel: f.xlsx", xlsx)])
def test_months_and_quarters_below_their_years(tmp_path, kind, made, over, header, periods):
    settings = f"{kind}, wide: {{periods: header}}, fixed: {{measure: m}}"
    read = Read(tmp_path, settings, made([("Offences by month",), over, header, ("force", 1, 2, 3)]))
    view = read.view.series

    assert [("m", "force")] == [(one.measure, one.area) for one in view]
    assert (periods[0], periods[-1]) == (view[0].first, view[0].last)


def test_years_merged_over_months_of_a_workbook(tmp_path):
    rows = [("area", "2020", None, "2021"), (None, "Nov", "Dec", "Jan"), ("force", 1, 2, 3)]
    settings = "excel: f.xlsx, wide: {periods: header}, fixed: {measure: m}"
    read = Read(tmp_path, settings, xlsx(rows, merged=("A1:A2", "B1:C1")))

    assert read.figures == {("m", "force", "2020-11"): 1, ("m", "force", "2020-12"): 2, ("m", "force", "2021-01"): 3}


def test_days_as_headings(tmp_path):
    rows = [("area", date(2020, 11, 1), date(2020, 12, 1)), ("force", 1, 2)]
    read = Read(tmp_path, "excel: f.xlsx, wide: {periods: header}, fixed: {measure: m}", xlsx(rows))

    assert read.figures == {("m", "force", "2020-11"): 1, ("m", "force", "2020-12"): 2}


def test_what_is_no_period_is_left_out_and_said_and_a_slip_of_the_pen_is_warned_of(tmp_path):
    rows = [
        ("measure", "area", "Code", "Sep-20", "", "Ocr-20", "YTD", "% change"),
        ("m", "force", "E1", 1, "", 2, 3, 4),
    ]
    read = Read(tmp_path, "csv: f.csv, wide: {periods: header}", csv(rows))

    assert read.figures == {("m", "force", "2020-09"): 1}
    assert 'left out are "Code", "Ocr-20", "YTD", "% change", being no period' in read.said
    assert 'warning[read-as]: "Ocr-20" in the header is no period and is left out; did you mean "Oct-20"?' in read.said


def test_months_to_come_say_nothing_and_an_empty_cell_is_a_missing_figure(tmp_path):
    rows = [
        ("measure", "area", "Sep-20", "Oct-20", "Dec-21"),
        ("m", "force", 1, 2, None),
        ("k", "force", 3, None, None),
    ]
    read = Read(tmp_path, "csv: f.csv, wide: {periods: header}", csv(rows))

    assert read.figures == {("m", "force", "2020-09"): 1, ("m", "force", "2020-10"): 2, ("k", "force", "2020-09"): 3}
    assert "of a period that has not begun" not in read.said
    assert [2, 2] == [one.figures for one in read.view.series]


@EVERY
def test_a_refused_cell_is_named_where_it_stands(tmp_path, kind, made):
    rows = [("measure", "area", "Sep-20", "Oct-20"), ("m", "force", 1, 2), ("k", "north", 3, "about 4")]
    read = Read(tmp_path, f"{kind}, wide: {{periods: header}}", made(rows))
    where = "column D" if kind[:3] in {"exc", "ods"} else "column Oct-20"

    assert "refused" == read.reasons["k", "north", "2020-10"]
    assert f'{where}: "about 4" is no number' in read.said
    assert ":3:4: error[refused-cell]" in read.said
    assert "row 3, " in read.said


def test_two_columns_of_one_period_are_a_conflict_of_that_row(tmp_path):
    rows = [("measure", "area", "Sep-20", "2020-09"), ("m", "force", 1, 2), ("k", "force", 3, 3)]
    read = Read(tmp_path, "csv: f.csv, wide: {periods: header}", csv(rows))

    assert read.figures == {("k", "force", "2020-09"): 3}
    assert "conflict" == read.reasons["m", "force", "2020-09"]
    assert "rows 2 and 2 differ for m in force, 2020-09" in read.said


TWO_ROWS = [(None, "Sep-20", None, "Oct-20", None, "Total"), ("area", "m", "Calls", "m", "Calls", "m"),
            ("force", 1, 4, 2, "x", 3), ("north", 5, 6, 7, None, 12)]  # fmt: skip


@pytest.mark.parametrize(("kind", "made"), [("csv: f.csv", csv), ("excel: f.xlsx", xlsx), ("ods: f.ods", ods)])
def test_periods_over_measures_in_the_header(tmp_path, kind, made):
    read = Read(tmp_path, f"{kind}, wide: {{periods: header, measures: header}}", made(TWO_ROWS))

    assert read.figures == {
        ("m", "force", "2020-09"): 1, ("k", "force", "2020-09"): 4, ("m", "force", "2020-10"): 2,
        ("m", "north", "2020-09"): 5, ("k", "north", "2020-09"): 6, ("m", "north", "2020-10"): 7,
    }  # fmt: skip
    assert '4 columns, "Sep-20 m" to "Oct-20 Calls", are read as periods over measures' in read.said
    assert 'left out is "Total m", being no period over a measure' in read.said
    assert ":3:5: error[refused-cell]: " in read.said and "row 3, column " in read.said
    assert ["area", "period Sep-20, measure m", "period Sep-20, measure Calls"] == [
        one.read_as for one in read.view.columns[:3]
    ]


def test_two_rows_of_a_header_in_the_other_order_are_other_settings(tmp_path):
    rows = [(None, "m", None, "Calls", None), ("area", "Sep-20", "Oct-20", "Sep-20", "Oct-20"), ("force", 1, 2, 4, 5)]
    read = Read(tmp_path / "a", "csv: f.csv, wide: {measures: header, periods: header}", csv(rows))
    other = Read(tmp_path / "b", "csv: f.csv, wide: {periods: header, measures: header}", csv(rows))

    assert {("m", "force", "2020-09"): 1, ("m", "force", "2020-10"): 2,
            ("k", "force", "2020-09"): 4, ("k", "force", "2020-10"): 5} == read.figures  # fmt: skip
    assert {} == other.figures
    assert "no periods over measures in two rows of a header" in other.said
    assert "What stands above is named first in `wide`" in other.said


def test_where_nothing_stands_above_two_things_are_not_read(tmp_path):
    read = Read(
        tmp_path,
        "parquet: f.parquet, wide: {periods: header, measures: header}",
        parquet([("area", "m", "Calls"), ("force", 1, 2)]),
    )
    assert {} == read.figures
    assert "in two rows of a header" in read.said


@pytest.mark.parametrize(
    ("settings", "header", "says"),
    [
        pytest.param("wide: {periods: header}", "measure,area,value,note", "no periods in the header", id="tidy"),
        pytest.param("wide: {periods: header}", "area,Sep-20,Oct-20", 'no column "measure"', id="no-measure"),
        pytest.param("wide: {measures: header}", "area,m,k", 'no column "period"', id="no-period"),
        pytest.param("wide: {periods: header}", "measure,area,Sep-20,Sep-20", '"Sep-20" stands twice', id="twice"),
        pytest.param(
            "fixed: {measure: m}", "area,Sep-20,Oct-20,Nov-20", "wide: {periods: header} in the source", id="unsaid"
        ),
    ],
)
def test_what_cannot_be_read_says_what_is_missing(tmp_path, settings, header, says):
    read = Read(tmp_path, f"csv: f.csv, {settings}", f"{header}\nm,1,2,3\n".encode())
    assert says in read.said


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("{period: header}", "write {periods: header}"),
        ("{periods: top}", "write {periods: header}"),
        ("header", "write {periods: header}"),
        ("{periods: header, areas: header, measures: header}", "or two, the upper one first"),
        ("{}", "or two, the upper one first"),
        ("{periods: header, areas: top}", "write {areas: header}"),
    ],
)
def test_wide_takes_one_word_or_two_and_says_which(tmp_path, written, says):
    folder = a_folder(tmp_path / "rules", {"r.yaml": RULES % f"csv: f.csv, wide: {written}"})
    (folder / "f.csv").write_bytes(csv(PERIODS))
    with pytest.raises(RulesInvalid) as caught:
        an_engine(folder, tmp_path / "state", AS_OF)
    assert [True] == [says in str(problem) for problem in caught.value.problems]


def test_a_split_number_refuses_its_row_once_for_all_columns(tmp_path):
    read = Read(tmp_path, "csv: f.csv, wide: {periods: header}", csv([*PERIODS[:2], ("k", "north", "1,090", 5, 6)]))

    assert read.figures == {key: value for key, value in RIGHT.items() if key[0] == "m"}
    assert 1 == read.said.count("may be a number that its commas have split")


def test_wide_workbooks_that_are_dropped_say_where_each_figure_stands(tmp_path):
    settings = 'drop: {folder: in, files: "*.xlsx", take: all}, wide: {periods: header}'
    folder = a_folder(tmp_path / "rules", {"r.yaml": RULES % settings})
    (folder / "in").mkdir()
    (folder / "in" / "a.xlsx").write_bytes(xlsx(PERIODS))
    (folder / "in" / "b.xlsx").write_bytes(
        xlsx([("measure", "area", "2020-11", "2020-12"), ("m", "force", 9, 10), ("m", "north", 1, "many")])
    )
    answer = an_engine(folder, tmp_path / "state", AS_OF).enquiries.evaluate(AS_OF, every_period=True, text="all")
    found = {
        (one.finding.measure, one.finding.area, str(one.finding.period)): one.finding.value for one in answer.found
    }
    said = "\n".join(map(str, answer.problems))

    assert (9, 10, 1) == (
        found["m", "force", "2020-11"],
        found["m", "force", "2020-12"],
        found["m", "north", "2020-11"],
    )
    assert 'in/b.xlsx:3:4: error[refused-cell]: row 3, column D: "many" is no number' in said


def test_rows_of_a_whole_load_are_those_of_the_file(tmp_path):
    """Two rows of three months are no six rows."""
    read = Read(tmp_path, "csv: f.csv, wide: {periods: header}, rows: at least 3", csv(PERIODS))
    assert "2 rows, and a whole load has at least 3" in read.said


def test_numbers_beside_words_are_shown_as_they_are_written(tmp_path):
    rows = [("measure", "area", "Sep-20", "2020-09", "Oct-20"), ("m", "force", 1, 2, "about 3")]
    assert 'in value: "1" and "2"' in Read(tmp_path, "csv: f.csv, wide: {periods: header}", csv(rows)).said


def test_how_a_wide_workbook_is_read_is_shown_column_by_column(tmp_path):
    rows = [
        ("measure", "area", "Code", "Sep-20", None, "YTD"),
        ("m", "force", "E1", 1, None, 1),
        ("k", "north", "E2", None, None, 9),
    ]
    view = Read(tmp_path, "excel: f.xlsx, wide: {periods: header}", xlsx(rows)).view

    assert 2 == view.rows
    assert [
        (1, "measure", 2), (2, "area", 2), (3, None, 0), (4, "period Sep-20", 1), (5, None, 0), (6, None, 0),
    ] == [(one.column, one.read_as, one.filled) for one in view.columns]  # fmt: skip


@pytest.mark.parametrize("mark", ["..", "[c]"])
def test_a_mark_beside_figures_refuses_no_other_row(tmp_path, mark):
    rows = [("area", "Sep-20", "Oct-20", "Mean"), ("force", 812, 790, 801), ("north", 300, mark, mark)]
    read = Read(tmp_path, "csv: f.csv, wide: {periods: header}, fixed: {measure: m}", csv(rows))
    given = {("m", "force", "2020-09"): 812, ("m", "force", "2020-10"): 790, ("m", "north", "2020-09"): 300}
    assert given == read.figures
    assert "refused-cell" not in read.said


NAMELESS = [
    ("Table 1", None, None, None), (None,) * 4, (None, None, "2020-09", "2020-10"), ("All staff", None, 12.5, 13.5),
    (None, "m", 5, 6), (None, "k", 7, 8),
]  # fmt: skip


@pytest.mark.parametrize(("settings", "made"), [("csv: f.csv", csv), ('excel: f.xlsx, range: "A1:D9"', xlsx)])
def test_a_column_without_a_heading_is_called_by_its_letter(tmp_path, settings, made):
    read = Read(
        tmp_path,
        f"{settings}, wide: {{periods: header}}, columns: {{measure: column B}}, fixed: {{area: force}}",
        made(NAMELESS),
    )
    months = ("2020-09", "2020-10")
    assert {
        (one, "force", month): value
        for one, values in (("m", (5, 6)), ("k", (7, 8)))
        for month, value in zip(months, values, strict=True)
    } == read.figures


def test_letters_are_those_of_the_sheet_where_a_range_is_read(tmp_path):
    settings = (
        'excel: f.xlsx, range: "B3:D9", wide: {periods: header}, columns: {measure: column B}, fixed: {area: force}'
    )
    read = Read(tmp_path, settings, xlsx(NAMELESS))
    assert 5 == read.figures["m", "force", "2020-09"]


@pytest.mark.parametrize(("settings", "made"), [("csv: f.csv", csv), ("excel: f.xlsx", xlsx)])
def test_the_header_that_lacks_a_name_is_shown_and_no_row_of_figures(tmp_path, settings, made):
    read = Read(tmp_path, f"{settings}, wide: {{periods: header}}, fixed: {{area: force}}", made(NAMELESS))
    assert 'no column "measure"; the header has 2020-09, 2020-10' in read.said
    assert 'a column without a heading is called by its letter: "column A"' in read.said
