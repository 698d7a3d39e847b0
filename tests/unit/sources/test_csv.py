"""Files as programs and people save them: read where it is beyond doubt, else refused with file, row and what to write."""

from datetime import date

import pytest
from samples.plugin_cases import SourceCase
from samples.worlds import a_folder, an_engine

from alerting.domain.rule import Source
from alerting.sources.csv import CsvSource

AS_OF = date(2020, 10, 7)
RULES = """
topics: [{{id: t, title: Topic, owner: boss}}]
sources:
  s: {{csv: f.csv, owner: boss{keys}}}
  other: {{csv: other.csv, owner: boss}}
areas: [{{id: force, title: Force, kind: policing, owner: boss}}, {{id: north, title: North, parent: force}}]
owners: [{{id: boss, name: Boss, email: boss@example.org}}]
measures:
  - {{id: m, title: Offences, topic: t, unit: count, better: lower, every: month, source: s}}
  - {{id: k, title: Knife crime, topic: t, unit: count, better: lower, every: month, source: other}}
rules:
  - {{id: a, title: A, measures: m, when: {{{when}}}}}
  - {{id: b, title: B, measures: k, when: {{target_missed: {{at_most: 100}}}}}}
"""
OTHER = "measure,area,period,value\nk,force,2020-06,180\n"


class Read:
    """What came of one file beside a sound one."""

    def __init__(self, answer):
        self.figures = {
            str(one.finding.period): one.finding.value for one in answer.found
            if one.finding.measure == "m" and one.finding.area == "force"
        }  # fmt: skip
        self.other = [one.finding.state.word for one in answer.found if one.finding.measure == "k"]
        self.problems = [p for p in answer.problems if "other.csv" not in p.place.file]
        self.errors = [p for p in self.problems if p.severity.value == "error"]
        self.codes = [p.code for p in self.problems]
        self.said = "\n".join(map(str, self.problems))


def read(tmp_path, content, keys="", when="target_missed: {at_most: 100}"):
    folder = a_folder(tmp_path / "rules", {"r.yaml": RULES.format(keys=keys, when=when), "other.csv": OTHER})
    (folder / "f.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    answer = an_engine(folder, tmp_path / "state", AS_OF).enquiries.evaluate(AS_OF, every_period=True, text="all")
    result = Read(answer)
    assert result.other == ["exception"]  # a file that cannot be read stops its own measures only
    return result


HEAD = "measure,area,period,value"
ROWS = "m,force,2020-04,90\nm,force,2020-05,120\n"
RIGHT = {"2020-04": 90.0, "2020-05": 120.0}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(f"{HEAD}\n{ROWS}", None, id="plain"),
        pytest.param(f"\ufeff{HEAD}\n{ROWS}", None, id="byte-order-mark"),
        pytest.param(f"{HEAD}\n{ROWS}".replace("\n", "\r\n"), None, id="windows-line-ends"),
        pytest.param(f"{HEAD}\n{ROWS}".replace("\n", "\r"), "the lines end in CR", id="mac-line-ends"),
        pytest.param(f"{HEAD}\n{ROWS}".replace("4,90\n", "4,90\r"), "some lines end in CR", id="line-ends-of-both-kinds"),
        pytest.param("measure,area,period,value,re\rmark\n" + ROWS.replace("\n", ",\n"), None, id="cr-in-a-heading"),
        pytest.param(f"{HEAD}\n{ROWS}".encode("utf-16"), "UTF-16", id="utf-16"),
        pytest.param(f"{HEAD}\n{ROWS}".replace(",", ";"), "separated by semicolons", id="semicolons"),
        pytest.param(f"{HEAD}\n{ROWS}".replace(",", "\t"), "separated by tabs", id="tabs"),
        pytest.param(f"{HEAD},,\n" + ROWS.replace("\n", ",,\n"), None, id="empty-columns-at-the-end"),
        pytest.param(f"{HEAD}\n" + ROWS.replace("\n", ",,\n"), None, id="each-row-ends-in-commas"),
        pytest.param(f"Offences by month\n\nFrom the register,,\n{HEAD}\n{ROWS}", "header stands in row 4", id="titles"),
        pytest.param(f' measure ,area," peri\nod ",value\n{ROWS}'.replace("peri\nod", "period\n"), None, id="broken-heading"),
        pytest.param(f"measure,AREA,period,value\n{ROWS}", 'column "AREA" is read as area', id="other-letters"),
        pytest.param(
            f"Measure,AREA,Period,Value\n{ROWS}",
            'columns "Measure", "AREA", "Period" and "Value" are read as measure, area, period and value',
            id="other-letters-throughout",
        ),
        pytest.param(f'{HEAD},note\n{ROWS.replace(chr(10), "," + chr(10))}'.replace("90,\n", '90,"seen\non two"\n'), None,
                     id="a-note-of-two-lines"),
        pytest.param(f"{HEAD},note\n" + ROWS.replace("\n", ",late, see annex\n"), "rest of a note", id="commas-in-notes"),
        pytest.param(f"{HEAD},note\n{ROWS}m,force,2020-02,x,\n" + f'm,force,2020-03,70,"{"x" * 140_000}"\n',
                     "is no number", id="a-note-of-140,000-characters-and-a-bad-cell"),
    ],
)  # fmt: skip
def test_108_a_file_is_read_as_it_was_saved_and_what_is_odd_is_said(tmp_path, content, says):
    found = read(tmp_path, content)
    assert RIGHT.items() <= found.figures.items()
    assert says is None or says in found.said


def test_a_letter_cut_in_two_in_a_note_is_named_not_a_crash(tmp_path):
    found = read(tmp_path, f"{HEAD},note\nm,force,2020-04,90,caf".encode() + b"\xc3\nm,force,2020-05,120,\xc3\xa9\n")
    assert ["source-failed"] == found.codes
    assert "f.csv:2: byte 0xc3 is not UTF-8" in found.said


@pytest.mark.parametrize("begins", [b"PK\x03\x04\x14\x00", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"], ids=["xlsx", "xls"])
def test_a_workbook_that_is_named_csv_is_named_as_one(tmp_path, begins):
    found = read(tmp_path, begins + b"\xa2\x00measure,area\n" * 3)
    assert ["source-failed"] == found.codes
    assert "f.csv:1: is an Excel workbook" in found.said


@pytest.mark.parametrize("behind", ["\ufeff", " soon", "é"])
def test_what_stands_behind_a_closing_quotation_mark_is_neither_cut_nor_a_crash(tmp_path, behind):
    text = f'{HEAD},note\nm,force,2020-04,90,"late"{behind}\nm,force,2020-05,120,"fine"\n'
    assert RIGHT == read(tmp_path, text).figures
    table = CsvSource().read(Source(id="s", kind="csv", settings={"csv": "f.csv"}), [tmp_path / "rules"])
    assert [f"late{behind}", "fine"] == table.columns["note"].cast(str).to_list()


def test_letters_of_latin_1_are_read_and_said(tmp_path):
    found = read(tmp_path, f"{HEAD},note\n{ROWS.replace(chr(10), ',café' + chr(10))}".encode("latin-1"))
    assert RIGHT == found.figures
    assert '"é" in line 2' in found.said
    assert not found.errors


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(f"{HEAD}\n{ROWS},caf\xe9 caf\u00e9\n".encode("latin-1") + "é".encode(), "byte 0xe9", id="two-encodings"),
        pytest.param(f"{HEAD}\r{ROWS}caf\x8e".replace("\n", "\r").encode("latin-1"), "byte 0x8e", id="mac-letters"),
        pytest.param(f"{HEAD}\n{ROWS}".encode("utf-16-le"), "may be UTF-16", id="utf-16-unmarked"),
        pytest.param('[{"measure": "m", "value": 1}, ' * 5_000, "columns; a table of figures has no more", id="json"),
        pytest.param("{" + "x" * 3_000_000, "is it CSV?", id="one-long-word"),
        pytest.param(",".join(f"c{n}" for n in range(40_000)) + "\n1\n", "40,000 columns", id="40,000-columns"),
        pytest.param("area,period,measures\n", 'Did you mean "measures"?', id="a-slip"),
        pytest.param("measure,area,Apr-20,May-20,Jun-20\nm,force,1,2,3\n", "this is a wide table", id="wide"),
        pytest.param("measure,area,Apr to Jun 2020,Jul to Sep 2020,Oct to Dec 2020\nm,force,1,2,3\n",
                     "this is a wide table", id="wide-quarters"),
        pytest.param(f'{HEAD},note\nm,force,2020-04,90,"see annex\n{ROWS}', "f.csv:2: a quotation mark in this row is never",
                     id="quote-never-closed"),
        pytest.param(f'{HEAD},note\nm,force,2020-04,90,"a\nm,force,2020-05,120,"\n', "line 3 would be part",
                     id="quote-closed-late"),
    ],
)  # fmt: skip
def test_108_a_file_that_is_open_to_doubt_is_refused_with_what_to_do(tmp_path, content, says):
    found = read(tmp_path, content)
    assert found.figures.keys() <= {"2020-09"}
    assert "source-failed" in found.codes
    assert says in found.said


@pytest.mark.parametrize(
    ("columns", "row", "other"),
    [
        pytest.param("", "1,090", "980", id="no-other-column"),
        pytest.param(",target", "1,090,1000", "980,1000", id="a-target"),
        pytest.param(",target", "1,090", "980", id="a-target-left-out"),
        pytest.param(",note", "1,090,", "980,", id="a-note-that-is-empty"),
        pytest.param(",note", "1,090", "980,", id="a-note-left-out"),
        pytest.param(",note", "1,090,late return", "980,", id="a-note"),
        pytest.param(",note", "1,090.5,", "980,", id="decimals"),
        pytest.param(",provisional", "1,090,true", "980,false", id="provisional"),
        pytest.param(",provisional", "1,090", "980,false", id="provisional-left-out"),
        pytest.param(",", "1,090,", "980,", id="each-row-ends-in-a-comma"),
        pytest.param(",", "1,090", "980,", id="a-column-without-a-heading"),
        pytest.param(",numerator,denominator", "1,090,,", "980,,", id="parts"),
        pytest.param(",numerator,denominator", "1,090,", "980,,", id="parts-one-comma-short"),
        pytest.param(",numerator,denominator", "1,290", "980,,", id="parts-left-out"),
    ],
)
def test_a_number_split_by_its_thousands_comma_is_refused(tmp_path, columns, row, other):
    found = read(tmp_path, f"{HEAD}{columns}\nm,force,2020-05,{other}\nm,force,2020-06,{row}\n")
    assert {"2020-05": 980.0, "2020-06": None} == found.figures
    assert "refused-cell" in found.codes
    assert "row 3, column value" in found.said


def test_numbers_side_by_side_are_no_split_number(tmp_path):
    rows = "m,force,2020-05,45,450,1000,see 12, page 300\nm,force,2020-06,7,120,,\n"
    found = read(tmp_path, f"{HEAD},target,plan,note\n{rows}")
    assert {"2020-05": 45.0, "2020-06": 7.0} == found.figures
    assert not found.errors


@pytest.mark.parametrize(
    ("mark", "keys"),
    [*((mark, "") for mark in ("..", "[x]", "[c]", "-", "N/A", "*")), ("none yet", ", missing: [none yet]")],
)
def test_a_mark_in_one_row_splits_no_number_of_another(tmp_path, mark, keys):
    found = read(tmp_path, f"{HEAD},other\nm,force,2020-05,812,790\nm,force,2020-06,300,{mark}\n", keys=keys)
    assert {"2020-05": 812.0, "2020-06": 300.0} == found.figures
    assert not found.errors


def test_between_semicolons_no_comma_splits_a_number(tmp_path):
    found = read(tmp_path, "measure;area;period;value;code\nm;force;2020-05;980;x\nm;force;2020-06;1;290\n")
    assert {"2020-05": 980.0, "2020-06": 1.0} == found.figures
    assert not found.errors


def test_a_number_is_split_beside_marks_too(tmp_path):
    found = read(tmp_path, f"{HEAD},other\nm,force,2020-05,980,..\nm,force,2020-06,1,090\n")
    assert {"2020-05": 980.0, "2020-06": None} == found.figures
    assert '"1,090" may be a number that its commas have split' in found.said


@pytest.mark.parametrize(
    ("columns", "header", "row"),
    [
        ("{value: revised}", "measure,area,period,value,revised", "m,force,2020-06,90,120"),
        ("{value: revised}", "measure,area,period,revised,value", "m,force,2020-06,120,90"),
        ("{area: area_name}", "measure,area,area_name,period,value", "m,E23000022,force,2020-06,120"),
        ("{area: area_name}", "measure,area_name,area,period,value", "m,force,E23000022,2020-06,120"),
        ("{period: month}", "measure,area,month,period,value", "m,force,2020-06,2020-05,120"),
    ],
)
def test_a_mapped_column_wins_wherever_it_stands_and_what_it_hides_is_said(tmp_path, columns, header, row):
    found = read(tmp_path, f"{header}\n{row}\n", keys=f", columns: {columns}")
    assert {"2020-06": 120.0} == found.figures
    assert ["hidden-column"] == found.codes
    assert not found.errors


def test_two_columns_can_change_their_names(tmp_path):
    keys = ", columns: {value: plan, plan: value}"
    found = read(tmp_path, "measure,area,period,value,plan\nm,force,2020-06,50,120\n", keys=keys)
    assert {"2020-06": 120.0} == found.figures
    assert not found.problems


def test_one_column_can_be_two_of_ours(tmp_path):
    keys = ", columns: {value: n, target: n}"
    found = read(
        tmp_path, "measure,area,period,n\nm,force,2020-06,120\n", keys=keys, when="target_missed: {at_most: target}"
    )
    assert {"2020-06": 120.0} == found.figures


def test_what_the_source_fixes_stands_in_every_row(tmp_path):
    found = read(tmp_path, "area,period,value\nforce,2020-06,120\n", keys=", fixed: {measure: m}")
    assert {"2020-06": 120.0} == found.figures
    assert not found.problems


@pytest.mark.parametrize(
    ("cells", "keys", "figures"),
    [
        pytest.param(("83,5", "1.234,25"), "", (83.5, 1234.25), id="commas-beyond-doubt"),
        pytest.param(("1.234", "0,5"), "", (1234.0, 0.5), id="one-cell-decides"),
        pytest.param(("1.234", "83.5"), "", (1.234, 83.5), id="points-beyond-doubt"),
        pytest.param(("1,234", "5"), ", decimal: comma", (1.234, 5.0), id="said-comma"),
        pytest.param(("1,234", "5"), ", decimal: point", (1234.0, 5.0), id="said-point"),
        pytest.param(("1 234,5", "-0,5"), ", decimal: comma", (1234.5, -0.5), id="spaces-and-signs"),
        pytest.param(("120", "5"), "", (120.0, 5.0), id="whole-numbers"),
    ],
)
def test_decimal_commas_between_semicolons(tmp_path, cells, keys, figures):
    rows = "".join(f"m;force;2020-0{n};{cell}\n" for n, cell in enumerate(cells, 4))
    found = read(tmp_path, f"measure;area;period;value\n{rows}", keys=keys)
    assert figures == tuple(found.figures.values())
    assert not found.errors


@pytest.mark.parametrize("cells", [("1,234", "5"), ("1.234", "5"), ("83,5", "84.5")])
def test_decimals_that_can_be_read_two_ways_are_asked_for(tmp_path, cells):
    rows = "".join(f"m;force;2020-0{n};{cell}\n" for n, cell in enumerate(cells, 4))
    found = read(tmp_path, f"measure;area;period;value\n{rows}")
    assert ["source-failed"] == found.codes
    assert "Write decimal: comma" in found.said


def test_a_decimal_comma_in_quotation_marks_is_read_where_the_source_says_so(tmp_path):
    found = read(tmp_path, f'{HEAD}\nm,force,2020-06,"120,5"\n', keys=", decimal: comma")
    assert {"2020-06": 120.5} == found.figures


@pytest.mark.parametrize(
    ("header", "row", "when", "code", "says"),
    [
        pytest.param("goals", "100", "target_missed: {at_most: goal}", "unknown-column", 'did you mean "goals"?', id="level"),
        pytest.param("plan", "100", "variance: {against: budget, over: 5 %}", "unknown-column", 'no column "budget"', id="plan"),
        pytest.param("numerater,denominator", "1,2", "target_missed: {at_most: 100}", "unknown-column",
                     'did you mean "numerator"?', id="part"),
        pytest.param("goal", "about 1000", "target_missed: {at_most: goal}", "refused-cell", '"about 1000" is no number',
                     id="words-for-numbers"),
    ],
)  # fmt: skip
def test_a_column_that_a_rule_names_in_vain_is_said(tmp_path, header, row, when, code, says):
    found = read(tmp_path, f"{HEAD},{header}\nm,force,2020-06,90,{row}\n", when=when)
    assert code in found.codes
    assert says in found.said


@pytest.mark.parametrize("comment", ["late return", "12 of them late", "see 4.2"])
def test_words_in_a_column_that_nothing_reads_are_no_fault(tmp_path, comment):
    found = read(tmp_path, f"{HEAD},comment\nm,force,2020-05,90,\nm,force,2020-06,80,{comment}\n")
    assert {"2020-05": 90.0, "2020-06": 80.0} == found.figures
    assert not found.problems


@pytest.mark.parametrize(
    ("cell", "provisional"), [("Final", False), ("confirmed", False), ("", False), ("Draft", True)]
)
def test_what_is_final_is_not_provisional(tmp_path, cell, provisional):
    folder = a_folder(
        tmp_path / "rules",
        {"r.yaml": RULES.format(keys="", when="target_missed: {at_most: 100}"), "other.csv": OTHER,
         "f.csv": f"{HEAD},provisional\nm,force,2020-06,90,{cell}\n"},
    )  # fmt: skip
    answer = an_engine(folder, tmp_path / "state", AS_OF).enquiries.evaluate(AS_OF, text="all")
    assert [provisional] == [one.finding.provisional for one in answer.found if one.finding.measure == "m"]
    assert not answer.problems


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(";", id="semicolons"),
        pytest.param("\t", id="tabs"),
        pytest.param("\r", id="line-ends-of-macintosh"),
        pytest.param(",,", id="commas-behind-every-row"),
        pytest.param(",", id="commas"),
    ],
)
def test_094_words_of_digits_stay_as_they_were_written(tmp_path, content):
    text = f"{HEAD},provisional,note\n101,7,202005,90,0,5\n101,7,202006,120,1,6\n"
    if content == "\r":
        text = text.replace("\n", "\r")
    elif content == ",,":
        text = text.replace("0,5\n", "0,5,,\n").replace("1,6\n", "1,6,,\n")
    else:
        text = text.replace(",", content)
    keys = ', names: {"101": m, "7": force}'
    folder = a_folder(
        tmp_path / "rules",
        {"r.yaml": RULES.format(keys=keys, when="target_missed: {at_most: 100}"), "other.csv": OTHER},
    )
    (folder / "f.csv").write_bytes(text.encode())
    answer = an_engine(folder, tmp_path / "state", AS_OF).enquiries.evaluate(AS_OF, every_period=True, text="all")
    found = [one.finding for one in answer.found if one.finding.measure == "m"]
    assert [("2020-05", 90.0, False), ("2020-06", 120.0, True)] == [
        (str(one.period), one.value, one.provisional) for one in found
    ]


def test_messages_name_the_files_own_headings_and_cells(tmp_path):
    keys = ", columns: {measure: Indicator, value: Number of offences}"
    rows = "m,force,2020-05,inf\nm,force,2020-06,1e999\n"
    found = read(tmp_path, f"Indicator,area,period,Number of offences\n{rows}", keys=keys)
    assert '2:4: error[refused-cell]: row 2, column Number of offences: "inf" is no number' in found.said
    assert '"1e999" is no number' in found.said


def test_108_rows_below_titles_are_named_as_a_spreadsheet_numbers_them(tmp_path):
    found = read(tmp_path, f"Offences\n\n{HEAD}\n{ROWS}m,force,2020-06,abc\n")
    assert "f.csv:6:4: error[refused-cell]: row 6, column value" in found.said


def test_093_rows_without_an_area_or_a_measure_are_counted(tmp_path):
    found = read(tmp_path, f"{HEAD}\n{ROWS}m,,2020-06,70\n,force,2020-06,70\n,,,\n,,,\n\nm, ,2020-07,70\n")
    assert RIGHT == found.figures
    assert "row 4, column area: 2 rows have a figure and no area" in found.said
    assert "row 5, column measure: 1 row has a figure and no measure" in found.said
    assert not found.errors


FIGURES = (("m", "force", "2020-06", 12.0), ("m", "north", "2020-06", 7.0), ("m", "force", "2020-07", 13.0))
WRITTEN = "measure,area,period,value\n" + "".join(f"{m},{a},{p},{v:g}\n" for m, a, p, v in FIGURES)


def a_file(content, name="f.csv"):
    return lambda folder: (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())


#: What the suite of every source holds this one to.
CASES = (
    SourceCase(id="plain", settings={"csv": "f.csv"}, lay=a_file(WRITTEN), rows=FIGURES),
    SourceCase(
        id="semicolons-and-a-title-above", settings={"csv": "f.csv"}, rows=FIGURES,
        lay=a_file("Figures of the force;;;\n" + WRITTEN.replace(",", ";")),
    ),
    SourceCase(id="absent", settings={"csv": "g.csv"}, lay=a_file(WRITTEN), says=('no file "g.csv"',)),
    SourceCase(id="empty", settings={"csv": "f.csv"}, lay=a_file(""), says=("f.csv", "it needs a header row and figures")),
    SourceCase(
        id="a-column-too-few", settings={"csv": "f.csv"}, lay=a_file("measure,area,value\nm,force,1\n"),
        says=("f.csv:1:", 'no column "period"', "Rename it there, or map it"),
    ),
    SourceCase(
        id="a-quotation-mark-left-open", settings={"csv": "f.csv"}, lay=a_file(WRITTEN + 'm,"north,2020-07,1\n'),
        says=("f.csv:5:", "is never closed", "close it, or write two"),
    ),
)  # fmt: skip
