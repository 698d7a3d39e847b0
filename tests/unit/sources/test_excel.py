"""Workbooks as people keep them: titles, merged and hidden cells, percents, errors, several sheets; and what cannot be read."""

from datetime import date, datetime, time, timedelta

import pytest
from samples.plugin_cases import SourceCase
from samples.workbooks import ods, xlsb, xlsx
from samples.worlds import a_folder, an_engine

from alerting.domain.rule import Source
from alerting.errors import SourceUnavailable
from alerting.sources.excel import ExcelSource

AS_OF = date(2020, 10, 7)
RULES = """
topics: [{id: t, title: Topic, owner: boss}]
sources: {s: {excel: f.xlsx%s, owner: boss}}
areas: [{id: force, title: Force, kind: policing, owner: boss}, {id: north, title: North, parent: force}]
owners: [{id: boss, name: Boss, email: boss@example.org}]
measures: [{id: m, title: Offences, topic: t, unit: %s, better: lower, every: month, source: s}]
rules: [{id: a, title: A, measures: m, when: {target_missed: {at_most: 100}}}]
"""
FIGURES = (("m", "force", "2020-06", 12.0), ("m", "north", "2020-06", 7.0), ("m", "force", "2020-07", 13.0))
HEADER = ("measure", "area", "period", "value")
PLAIN = xlsx([HEADER, *FIGURES])


def laid(content, name="f.xlsx"):
    return lambda folder: (folder / name).write_bytes(content)


def rows(*values, area="force"):
    return [HEADER, *(("m", area, f"2020-{n:02d}", value) for n, value in enumerate(values, 4))]


class Read:
    """What came of one workbook: figures by period, reasons of those that are none, and what is said."""

    def __init__(self, tmp_path, content, settings="", unit="count"):
        folder = a_folder(tmp_path / "rules", {"r.yaml": RULES % (settings, unit)})
        laid(content)(folder)
        answer = an_engine(folder, tmp_path / "state", AS_OF).enquiries.evaluate(AS_OF, every_period=True, text="all")
        figures = [one.finding for one in answer.found]
        self.figures = {(one.area, str(one.period)[5:]): one.value for one in figures if one.value is not None}
        self.reasons = {
            (one.area, str(one.period)[5:]): one.reason.value for one in figures if one.value is None and one.reason
        }
        self.said = "\n".join(map(str, answer.problems))


def table(folder, content, name="f.xlsx", **settings):
    laid(content, name)(folder)
    return ExcelSource().read(Source(id="s", kind="excel", settings={"excel": name, **settings}), [folder])


@pytest.mark.parametrize(
    ("written", "read"),
    [
        pytest.param(90, 90.0, id="whole"),
        pytest.param(0.1 + 0.2, 0.3, id="no-traces-of-binary-fractions"),
        pytest.param(1 / 3, 0.333333333333333, id="fifteen-digits"),
        pytest.param("90", 90.0, id="a-number-kept-as-text"),
        pytest.param("1,090", 1090.0, id="text-with-thousands"),
        pytest.param("90 [p]", 90.0, id="text-with-a-mark"),
        pytest.param(-0.0, 0.0, id="minus-nothing"),
        pytest.param(1e15, 1e15, id="large"),
    ],
)
def test_numbers_are_read_as_the_program_shows_them(tmp_path, written, read):
    assert {("force", "04"): read} == Read(tmp_path, xlsx(rows(written)), unit="number").figures


@pytest.mark.parametrize(
    ("written", "found"),
    [
        pytest.param(True, "TRUE", id="true"),
        pytest.param(date(2020, 9, 1), "2020-09-01", id="a-day"),
        pytest.param(datetime.fromisoformat("2020-09-01T09:30"), "2020-09-01", id="an-instant"),
        pytest.param(time(9, 30), "09:30:00", id="a-time"),
        pytest.param(timedelta(hours=30), "30:00:00", id="a-length"),
        pytest.param("about 9", "about 9", id="words"),
        pytest.param("=1+1", "=1+1", id="a-formula-that-nobody-worked-out"),
    ],
)
def test_what_is_no_number_is_refused_by_itself_with_sheet_row_and_column(tmp_path, written, found):
    read = Read(tmp_path, xlsx(rows(written, 91)))

    assert {("force", "05"): 91.0} == read.figures
    assert f'f.xlsx:2:4: error[refused-cell]: sheet Data, row 2, column D: "{found}" is no number' in read.said


def test_lengths_of_time_in_cells_are_read_where_the_source_says_so(tmp_path):
    content = xlsx(rows(time(0, 7, 32), timedelta(hours=30, seconds=1), 90))

    assert {("force", "04"): 452.0, ("force", "05"): 108_001.0, ("force", "06"): 90.0} == Read(
        tmp_path, content, ", times: h:mm:ss", "seconds"
    ).figures
    assert {("force", "06"): 90.0} == Read(tmp_path, content, "", "seconds").figures


def test_an_error_is_refused_and_not_available_is_no_figure(tmp_path):
    read = Read(tmp_path, xlsx(rows(90, "#DIV/0!", "#N/A", 93), errors=("D3", "D4")))

    assert {("force", "04"): 90.0, ("force", "07"): 93.0} == read.figures
    assert {("force", "05"): "refused", ("force", "06"): "missing"} == {
        key: read.reasons[key] for key in (("force", "05"), ("force", "06"))
    }
    assert 'sheet Data, row 3, column D: "#DIV/0!" is no number' in read.said
    assert "#N/A in D4 is read as no figure" in read.said


def test_errors_in_an_open_document_are_told_as_well(tmp_path):
    error = (
        '<table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value=""'
        ' calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell>'
    )
    never = '<table:table-cell table:formula="of:=SUM([.A1])"/>'
    found = table(
        tmp_path, ods([*rows(90), ("m", "force", "2020-05", error), ("m", "north", "2020-05", never)]), "f.ods"
    )

    assert ["90", "#DIV/0!", "=SUM([.A1])"] == found.columns["value"].to_list()
    assert "the formula in D4 was never worked out: open it in Excel or LibreOffice and save it" in found.remarks


def test_errors_and_hidden_rows_of_a_binary_workbook_are_told_and_that_percents_are_not(tmp_path):
    found = table(tmp_path, xlsb([*rows(90.0, "#DIV/0!", "#N/A")], hidden_rows=(2,)), "f.xlsb")

    assert ["90", "#DIV/0!", None] == [text or None for text in found.columns["value"].to_list()]
    assert "row 2, which is hidden, is read too" in found.remarks
    assert any(
        "nobody can tell formulas that were never worked out, and percents" in remark for remark in found.remarks
    )


@pytest.mark.parametrize("content", [
    pytest.param(xlsx(rows(0.83, 0.07, 84), percent=("D2", "D3")), id="xlsx"),
    pytest.param(ods(rows(*(
        f'<table:table-cell office:value-type="percentage" office:value="{n}"/>' for n in (0.83, 0.07)
    ), 84)), id="ods"),
])  # fmt: skip
def test_cells_shown_as_percents_hold_what_is_shown(tmp_path, content):
    name = "f.xlsx" if content[30:38] != b"mimetype" else "f.ods"
    found = table(tmp_path, content, name)

    assert ["83%", "7%", "84"] == found.columns["value"].to_list()
    assert "cells shown as percents, as in column D, are read as shown: 0.83 as 83%" in found.remarks


def test_a_percent_on_a_count_is_refused(tmp_path):
    read = Read(tmp_path, xlsx(rows(0.83, 84), percent=("D2",)))

    assert ({("force", "05"): 84.0}, True) == (read.figures, '"83%" is no number' in read.said)
    assert {("force", "04"): 83.0} == Read(tmp_path / "p", xlsx(rows(0.83), percent=("D2",)), unit="percent").figures


def test_titles_above_blank_rows_between_and_a_header_far_down(tmp_path):
    content = xlsx([("Offences",), (), ("Source: made up",), HEADER, FIGURES[0], (), FIGURES[1]], merged=("A1:D1",))
    found = table(tmp_path, content)

    assert [12.0, None, 7.0] == found.columns["value"].to_list()
    assert (3, 4, 5) == (found.rows_above, found.header_line, found.line_of(found.rows_above))
    assert "the header stands in row 4; what is above it is not read" in found.remarks


def test_the_header_and_the_range_that_the_source_names(tmp_path):
    """Two tables on one sheet, one beside and below the other."""
    content = xlsx([
        (*HEADER, None, *HEADER), ("m", "force", "2020-04", 1, None, "m", "force", "2020-05", 2),
        (), ("Second table",), HEADER, ("m", "force", "2020-06", 3),
    ])  # fmt: skip
    values = [
        table(tmp_path, content, **settings).columns["value"].to_list()
        for settings in ({"range": "A1:D2"}, {"range": "F:I"}, {"header": 5, "range": "A4:D9"}, {"range": "A5:D"})
    ]
    assert [[1.0], [2.0, None, None, None, None], [3.0], [3.0]] == values


def test_a_range_that_the_table_has_outgrown_is_warned_of(tmp_path):
    read = Read(tmp_path, xlsx(rows(1, 2, 3)), settings=', range: "A1:D3"')

    assert {("force", "04"): 1.0, ("force", "05"): 2.0} == read.figures
    assert "warning[read-as]: the range ends at row 3, and row 4 below it is filled" in read.said


def test_merged_words_hold_in_all_their_rows_and_merged_figures_in_their_first(tmp_path):
    content = xlsx(
        [HEADER, ("m", "force", "2020-04", 1), (None, None, "2020-05", 2), (None, None, "2020-06", None)],
        merged=("A2:A4", "B2:B4", "D3:D4"),
    )
    found = table(tmp_path, content)

    assert (["force"] * 3, [1.0, 2.0, None]) == (found.columns["area"].to_list(), found.columns["value"].to_list())


def test_hidden_rows_columns_and_sheets_are_read_and_said(tmp_path):
    def hide(book):
        book.active.column_dimensions["D"].hidden = True
        book.create_sheet("Shown")
        book.active.sheet_state = "hidden"

    content = xlsx(rows(1, 2), hidden_rows=(3,), more=hide)
    found = table(tmp_path, content, sheet="Data")

    assert [1.0, 2.0] == found.columns["value"].to_list()
    assert ['sheet "Data" is hidden, and is read', "row 3, which is hidden, is read too",
            "column D, hidden, is read too"] == list(found.remarks)  # fmt: skip


def test_a_sheet_is_chosen_by_name_by_number_or_is_the_first_that_is_shown(tmp_path):
    def more(book):
        for name, value in (("Second", 2), ("2020", 3)):
            page = book.create_sheet(name)
            for row in rows(value):
                page.append(row)

    content = xlsx(rows(1), more=more)
    chosen = {
        wanted: table(tmp_path, content, sheet=wanted).columns["value"].to_list() for wanted in ("second ", 2, 3, 2020)
    }

    assert {"second ": [2.0], 2: [2.0], 3: [3.0], 2020: [3.0]} == chosen
    assert 'sheet "Data" is read, the first of 3; another is named by sheet:' in table(tmp_path, content).remarks
    with pytest.raises(
        SourceUnavailable, match=r'no sheet "Secnd"; there are "Data", "Second", "2020"; did you mean "Second"'
    ):
        table(tmp_path, content, sheet="Secnd")


def test_words_and_codes_stay_as_they_are_written(tmp_path):
    found = table(
        tmp_path, xlsx([HEADER, ("m", "007", 202004, 1), ("NA", 7, date(2020, 5, 1), 2), ("null", 7.0, 2020.0, 3)])
    )

    assert ["m", "NA", "null"] == found.columns["measure"].to_list()
    assert ["007", "7", "7"] == found.columns["area"].to_list()
    assert ["202004", "2020-05-01", "2020"] == found.columns["period"].to_list()


def test_days_of_a_workbook_that_counts_from_1904_are_its_own(tmp_path):
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    def mac(book):
        book.epoch = CALENDAR_MAC_1904

    found = table(tmp_path, xlsx([HEADER, ("m", "force", None, 1)], more=lambda book: (mac(book), _day(book))))
    assert ["2020-05-01"] == found.columns["period"].to_list()


def _day(book):
    book.active["C2"] = date(2020, 5, 1)


def test_a_workbook_that_somebody_has_open_is_read_as_it_was_saved(tmp_path):
    (tmp_path / "~$f.xlsx").write_bytes(b"owner")

    assert "somebody has it open: what is read is what was last saved" in table(tmp_path, PLAIN).remarks
    with pytest.raises(SourceUnavailable, match="only says who has the workbook open; name the workbook itself"):
        table(tmp_path, PLAIN, "~$f.xlsx")


def test_a_link_out_of_the_folder_is_not_followed(tmp_path):
    (tmp_path / "outside.xlsx").write_bytes(PLAIN)
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "f.xlsx").symlink_to(tmp_path / "outside.xlsx")
    with pytest.raises(SourceUnavailable, match="figures are read from inside it only"):
        ExcelSource().read(Source(id="s", kind="excel", settings={"excel": "f.xlsx"}), [inside])


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        pytest.param({"header": 9}, "the header is to stand in row 9, and rows 1 to 4 are read", id="header-below"),
        pytest.param({"range": "A3"}, '"A3" is no range of cells; write A3:N200', id="no-range"),
        pytest.param({"range": "Z1:ZZ9"}, "sheet Data has no cells there", id="range-beside"),
        pytest.param({"header": 2}, 'f.xlsx:2: sheet Data: no column "measure"', id="header-above"),
        pytest.param({"sheet": 4}, 'has no sheet number 4; there is "Data"', id="no-such-sheet"),
    ],
)
def test_settings_that_do_not_fit_the_sheet_say_so(tmp_path, settings, says):
    with pytest.raises(SourceUnavailable) as caught:
        table(tmp_path, PLAIN, **settings)
    assert says in str(caught.value)


def test_what_is_said_is_of_what_is_read(tmp_path):
    """Percents, errors and formulas in columns that nothing reads concern nobody, nor does a header where it was said to be."""
    content = xlsx(
        [("Title",), (*HEADER, "Code"), (*FIGURES[0], "#N/A"), (*FIGURES[1], 0.5), (*FIGURES[2], "=A1")],
        errors=("E3",), percent=("E4",),
    )  # fmt: skip
    assert () == tuple(table(tmp_path, content, range="A2:D9").remarks)
    assert () == tuple(table(tmp_path, content, header=2, range="A1:D9").remarks)
    assert 4 == len(table(tmp_path, content).remarks)


CASES = [
    SourceCase(id="plain", settings={"excel": "f.xlsx"}, lay=laid(PLAIN), rows=FIGURES),
    SourceCase(
        id="below-titles-on-the-second-sheet",
        settings={"excel": "f.xlsx", "sheet": "Figures", "header": 3, "range": "B3:E9"},
        lay=laid(
            xlsx(
                [("Contents",)],
                more=lambda book: [
                    book.create_sheet("Figures").append(row)
                    for row in [("x",)]
                ] and [book["Figures"].append(row) for row in ((), (None, *HEADER), *((None, *row) for row in FIGURES))],
            )
        ),
        rows=FIGURES,
    ),
    SourceCase(id="binary", settings={"excel": "f.xlsb"}, lay=laid(xlsb([HEADER, *FIGURES]), "f.xlsb"), rows=FIGURES),
    SourceCase(id="open-document", settings={"excel": "f.ods"}, lay=laid(ods([HEADER, *FIGURES]), "f.ods"), rows=FIGURES),
    SourceCase(
        id="no-value",
        settings={"excel": "f.xlsx"},
        lay=laid(xlsx([("Title",), ("measure", "area", "period"), ("m", "force", "2020-06")])),
        says=("f.xlsx:2: sheet Data", 'no column "value"'),
    ),
    SourceCase(id="no-file", settings={"excel": "f.xlsx"}, lay=lambda _: None, says=('"f.xlsx"',)),
]  # fmt: skip
