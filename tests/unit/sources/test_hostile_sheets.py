"""Workbooks and wide tables that are wrong, damaged or meant to harm; numbers are those of the matrix of faults."""

import io
import random
import struct
import zipfile
from contextlib import suppress
from datetime import date

import pytest
from samples.sampling import few
from samples.workbooks import ods, repacked, xlsb, xlsx
from samples.worlds import a_folder, an_engine

from alerting.domain.rule import Source
from alerting.domain.wide_columns import Wide
from alerting.errors import SourceUnavailable
from alerting.sources.csv import CsvSource
from alerting.sources.excel import ExcelSource
from alerting.sources.sheets import zip_parts
from alerting.sources.tables import whole

HEADER = ("measure", "area", "period", "value")
PLAIN = xlsx([HEADER, ("m", "force", "2020-04", 1)])
SHEET = "xl__worksheets__sheet1_x_xml"
RULES = """
topics: [{id: t, title: Topic, owner: boss}]
sources: {s: {excel: f.xlsx%s, owner: boss}}
areas: [{id: force, title: Force, kind: policing, owner: boss}, {id: north, title: North, parent: force}]
owners: [{id: boss, name: Boss, email: boss@example.org}]
measures: [{id: m, title: Offences, topic: t, unit: count, better: lower, every: month, source: s}]
rules: [{id: a, title: A, measures: m, when: {target_missed: {at_most: 100}}}]
"""


def table(folder, content, name="f.xlsx", wide=(), **settings):
    (folder / name).write_bytes(content)
    source = Source(
        id="s", kind="excel", settings={"excel": name, **settings}, wide=wide, fixed={"measure": "m"} if wide else {}
    )
    return ExcelSource().read(source, [folder])


def refusal(folder, content, name="f.xlsx", **settings):
    with pytest.raises(SourceUnavailable) as caught:
        table(folder, content, name, **settings)
    return str(caught.value)


class Read:
    """What came of one workbook."""

    def __init__(self, tmp_path, rows, settings=""):
        folder = a_folder(tmp_path / "rules", {"r.yaml": RULES % settings})
        (folder / "f.xlsx").write_bytes(xlsx(rows))
        answer = an_engine(folder, tmp_path / "state", date(2020, 10, 7)).enquiries.evaluate(
            date(2020, 10, 7), every_period=True
        )
        self.figures = {
            (one.finding.area, str(one.finding.period)): one.finding.value
            for one in answer.found
            if one.finding.value is not None
        }
        self.said = "\n".join(map(str, answer.problems))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        pytest.param("12%", '"12%" is no number', id="092-a-percent-on-a-count"),
        pytest.param("1.234,5", '"1.234,5" is no number', id="092-a-decimal-comma"),
        pytest.param("inf", '"inf" is no number', id="092-infinity"),
        pytest.param("1e400", '"1e400" is no number', id="107-beyond-all-numbers-as-text"),
        pytest.param("9" * 400, "column D: ", id="107-four-hundred-digits"),
        pytest.param("n" * 32_000, "column D: ", id="106-a-cell-as-long-as-they-get"),
    ],
)
def test_what_is_no_figure_is_refused_by_itself(tmp_path, written, said):
    read = Read(tmp_path, [HEADER, ("m", "force", "2020-04", written), ("m", "force", "2020-05", 5)])

    assert {("force", "2020-05"): 5.0} == read.figures
    assert said in read.said
    assert all(len(line) < 1_000 for line in read.said.splitlines())


def test_107_a_number_beyond_all_numbers_in_the_file_itself(tmp_path):
    sheet = zipfile.ZipFile(io.BytesIO(PLAIN)).read("xl/worksheets/sheet1.xml").replace(b"<v>1</v>", b"<v>1e400</v>")
    values = table(tmp_path, repacked(PLAIN, **{SHEET: sheet})).columns["value"]

    assert [float("inf")] == values.to_list()  # which the reader of cells refuses, as any


def test_107_large_whole_numbers_are_as_near_as_numbers_come(tmp_path):
    assert [float(2**63)] == table(tmp_path, xlsx([HEADER, ("m", "f", "2020-04", 2**63)])).columns["value"].to_list()


def test_093_rows_without_an_area_are_counted(tmp_path):
    read = Read(tmp_path, [HEADER, ("m", None, "2020-04", 1), ("m", "force", "2020-05", 5)])
    assert "sheet Data, row 2, column B: 1 row has a figure and no area" in read.said


def test_094_codes_that_look_like_nothing_or_like_numbers_are_names(tmp_path):
    areas = ("NA", "null", "None", "007", " padded ")
    found = table(tmp_path, xlsx([HEADER, *(("m", area, "2020-04", 1) for area in areas)]))
    assert list(areas) == found.columns["area"].to_list()


def test_095_a_figure_that_stands_twice_is_named_by_the_rows_of_the_sheet(tmp_path):
    read = Read(tmp_path, [("Title",), (), HEADER, ("m", "force", "2020-04", 1), (), ("m", "force", "2020-04", 2)])
    assert 'rows 4 and 6 differ for m in force, 2020-04, in value: "1" and "2"' in read.said


@pytest.mark.parametrize(
    ("header", "said"),
    [
        pytest.param(("measure", "area", "period", "Value "), None, id="096-in-other-letters"),
        pytest.param(("period", "value", "measure", "area"), None, id="096-in-another-order"),
        pytest.param(("measure", "area", "period", "number"), 'no column "value"', id="096-renamed"),
        pytest.param(("measure", "area", "period"), 'no column "value"', id="096-dropped"),
        pytest.param(("measure", "area", "value", "value"), 'column "value" stands twice', id="096-twice"),
    ],
)
def test_a_header_that_has_changed(tmp_path, header, said):
    content = xlsx(
        [
            header,
            tuple(dict(zip(HEADER, ("m", "force", "2020-04", 1), strict=True)).get(h.strip().lower()) for h in header),
        ]
    )
    if said is not None:
        assert said in refusal(tmp_path, content)
    else:
        assert [1.0] == table(tmp_path, content).columns["value"].to_list()


def test_097_words_that_begin_half_way_down_refuse_their_cells_alone(tmp_path):
    rows = [("m", "force", f"{2000 + n // 12}-{n % 12 + 1:02d}", n if n < 60 else f"{n} or so") for n in range(100)]
    read = Read(tmp_path, [HEADER, *rows])

    assert 60 == len(read.figures)
    assert 'sheet Data, row 62, column D: "60 or so" is no number' in read.said


def test_102_days_of_another_age(tmp_path):
    periods = (date(9999, 12, 31), date(1900, 1, 1), "2262-04", 0, -5, 2958466)
    read = Read(
        tmp_path,
        [HEADER, *(("m", "force", period, n) for n, period in enumerate(periods)), ("m", "force", "2020-05", 5)],
    )
    assert read.figures[("force", "2020-05")] == 5.0


@pytest.mark.parametrize(
    "texts", [("09/14/2020",), ("06/10/2020", "10/31/2020")], ids=["104-one", "104-beside-another"]
)
def test_days_with_the_month_first_are_refused(tmp_path, texts):
    read = Read(tmp_path, [HEADER, *(("m", "force", text, 1) for text in texts)])
    assert {} == read.figures
    assert "error[bad-period]: sheet Data, row 2, column C" in read.said


def test_104_days_with_the_month_first_in_a_header_are_not_left_out_in_silence(tmp_path):
    settings = ", wide: {periods: header}, fixed: {measure: m}"
    read = Read(tmp_path, [("area", "09/14/2020", "2020-08"), ("force", 1, 2)], settings)
    assert ({("force", "2020-08"): 2.0}, True) == (read.figures, "write 2020-09-14" in read.said)


def test_105_ten_times_the_rows(tmp_path):
    rows = [("m", f"a{n}", "2020-04", n) for n in range(2_000)]
    assert 2_000 == len(table(tmp_path, xlsx([HEADER, *rows])).columns["value"])
    with_range = table(tmp_path, xlsx([HEADER, *rows]), range="A1:D201")
    assert ["the range ends at row 201, and row 202 below it is filled: is the table longer now?"] == list(
        with_range.cautions
    )


def test_108_a_workbook_that_is_none_says_what_it_is(tmp_path):
    assert 'it begins with "<html><table><tr><td"' in refusal(tmp_path, b"<html><table><tr><td>1</td></tr>", "f.xls")
    assert "read it with csv:" in refusal(tmp_path, b"measure,area,period,value\nm,f,2020-04,1\n")
    assert "is empty" in refusal(tmp_path, b"")


def test_109_one_that_is_cut_off_is_waited_for_and_then_refused(tmp_path, monkeypatch):
    waits = []
    monkeypatch.setattr(whole.time, "sleep", waits.append)
    monkeypatch.setattr(whole, "QUIET_S", 0.0)

    assert "is no whole workbook; load it again" in refusal(tmp_path, PLAIN[: len(PLAIN) * 2 // 3])


def test_109_one_that_changes_while_it_is_read_is_read_again(tmp_path, monkeypatch):
    path = tmp_path / "f.xlsx"
    path.write_bytes(PLAIN[:-50])
    monkeypatch.setattr(whole, "QUIET_S", 10.0)
    other = xlsx([HEADER, ("m", "force", "2020-04", 2)])
    monkeypatch.setattr(whole.time, "sleep", lambda _: path.write_bytes(other))

    found = ExcelSource().read(Source(id="s", kind="excel", settings={"excel": "f.xlsx"}), [tmp_path])
    assert [2.0] == found.columns["value"].to_list()


def test_109_one_that_somebody_has_open_and_half_saved_says_who_may_be_at_it(tmp_path, monkeypatch):
    monkeypatch.setattr(whole, "QUIET_S", 0.0)
    (tmp_path / ".~lock.f.xlsx#").write_bytes(b"")
    assert "(somebody has it open: it may be half saved)" in refusal(tmp_path, PLAIN[:-50])


def test_111_a_folder_of_that_name_is_no_file(tmp_path):
    (tmp_path / "f.xlsx").mkdir()
    with pytest.raises(SourceUnavailable, match=r'no file "f\.xlsx"'):
        ExcelSource().read(Source(id="s", kind="excel", settings={"excel": "f.xlsx"}), [tmp_path])


def a_bomb(size, declared=None):
    """A workbook whose sheet unpacks to `size` bytes, and says that it unpacks to `declared`."""
    content = bytearray(repacked(PLAIN, **{SHEET: b" " * size}))
    if declared is not None:
        directory = content.rfind(b"xl/worksheets/sheet1.xml") - 46
        assert content[directory : directory + 4] == b"PK\x01\x02"
        content[directory + 24 : directory + 28] = struct.pack("<I", declared)
    return bytes(content)


def test_113_one_that_would_unpack_without_end_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(zip_parts, "MOST_INFLATED_BYTES", 1024**2)
    assert "would unpack to" in refusal(tmp_path, a_bomb(2 * 1024**2))


def test_113_one_that_says_less_than_it_unpacks_to_is_not_opened(tmp_path):
    said = refusal(tmp_path, a_bomb(8 * 1024**2, declared=1_000))
    assert "its part xl/worksheets/sheet1.xml unpacks to more than it says" in said


@pytest.mark.parametrize(
    ("content", "name"),
    [
        pytest.param(xlsx([HEADER], more=lambda book: book.active.cell(1_048_576, 16_384, "x")), "f.xlsx", id="113-far-away"),
        pytest.param(
            repacked(PLAIN, **{SHEET: b'<worksheet><sheetData><row r="1"><c r="A1"/><c r="XFD1048576"><v>1</v></c><c r="B1"/>'
                                      b"</row></sheetData></worksheet>"}),
            "f.xlsx", id="113-far-away-in-the-row-of-another",
        ),
        pytest.param(
            repacked(PLAIN, **{SHEET: b'<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
                                      b'<x:sheetData><x:row r="1048576"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row>'
                                      b"</x:sheetData></x:worksheet>"}),
            "f.xlsx", id="113-far-away-under-another-prefix",
        ),
        pytest.param(
            ods([HEADER], more='<table:table-row table:number-rows-repeated="1048576"><table:table-cell'
                               ' table:number-columns-repeated="1024" office:value-type="float" office:value="1"/>'
                               '</table:table-row>'),
            "f.ods", id="113-repeated-without-end",
        ),
        pytest.param(
            xlsb([HEADER], far=(1_048_575, 16_383)),
            "f.xlsb", id="113-far-away-in-a-binary-one",
        ),
    ],
)  # fmt: skip
def test_cells_far_away_are_counted_before_room_is_made_for_them(tmp_path, content, name):
    assert "no more than 20,000,000 cells are read: delete what is far away" in refusal(tmp_path, content, name)


def test_113_one_that_is_protected_says_so(tmp_path):
    compound = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 480
    secret = repacked(ods([HEADER]), **{"META-INF__manifest_x_xml": b"<manifest:encryption-data/>"})
    flagged = bytearray(PLAIN)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        flagged[flagged.find(mark) + at] |= 1

    for content, name in ((compound, "f.xlsx"), (secret, "f.ods"), (bytes(flagged), "f.xlsx")):
        assert "is protected with a password; save it without one" in refusal(tmp_path, content, name)


def test_113_macros_and_links_to_other_workbooks_are_left_alone(tmp_path):
    content = repacked(
        PLAIN,
        xl__vbaProject_x_bin=b"\xd0\xcf\x11\xe0",
        xl__externalLinks__externalLink1_x_xml=b"<externalLink/>",
    )
    assert [1.0] == table(tmp_path, content, "f.xlsm").columns["value"].to_list()


def test_113_a_formula_that_gave_an_empty_text_was_worked_out(tmp_path):
    sheet = zipfile.ZipFile(io.BytesIO(PLAIN)).read("xl/worksheets/sheet1.xml")
    sheet = sheet.replace(b'<c r="D2" t="n"><v>1</v></c>', b'<c r="D2" t="str"><f>IF(1,"","")</f><v></v></c>')
    found = table(tmp_path, repacked(PLAIN, **{SHEET: sheet}))

    assert ([None], ()) == (found.columns["value"].to_list(), tuple(found.remarks))


@pytest.mark.parametrize(
    "ending",
    [
        pytest.param("", id="113-that-ends-within-a-table"),
        pytest.param(
            "</table:tble></office:spreadsheet></office:body></office:document-content>", id="113-that-closes-nothing"
        ),
    ],
)
def test_an_open_document_without_its_end_is_refused_and_not_read_for_ever(tmp_path, ending):
    content = zipfile.ZipFile(io.BytesIO(ods([HEADER, ("m", "f", "2020-04", 1)]))).read("content.xml")
    damaged = content[: content.find(b"</table:table>")] + ending.encode()
    assert "is damaged inside" in refusal(tmp_path, repacked(ods([HEADER]), content_x_xml=damaged), "f.ods")


def test_113_entities_that_grow_are_not_read(tmp_path):
    content = zipfile.ZipFile(io.BytesIO(ods([HEADER]))).read("content.xml")
    grown = content.replace(
        b"<office:document-content", b'<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><office:document-content', 1
    )
    assert "it declares entities" in refusal(tmp_path, repacked(ods([HEADER]), content_x_xml=grown), "f.ods")


@pytest.mark.parametrize("kind", ["xlsx", "ods", "xlsb"])
@pytest.mark.sampled
def test_damage_anywhere_is_refused_or_read_and_never_more(tmp_path, kind, monkeypatch):
    """Bytes of the parts are changed, so that the archive stays whole; a reader that is led astray is our trouble, said once."""
    monkeypatch.setattr(whole, "QUIET_S", 0.0)
    content = {
        "xlsx": PLAIN,
        "ods": ods([HEADER, ("m", "f", "2020-04", 1)]),
        "xlsb": xlsb([HEADER, ("m", "f", "2020-04", 1.0)]),
    }[kind]
    parts = zipfile.ZipFile(io.BytesIO(content))
    names = [name for name in parts.namelist() if name.endswith((".xml", ".bin", ".rels"))]
    for seed in range(few(15, 3_000)):
        chance = random.Random(f"{kind} {seed}")
        name = chance.choice(names)
        part = bytearray(parts.read(name))
        part[chance.randrange(len(part))] = chance.randrange(256)
        damaged = repacked(content, **{name.replace("/", "__").replace(".", "_x_"): bytes(part)})
        with suppress(SourceUnavailable):
            table(tmp_path, damaged, f"f.{kind}")


def test_a_wide_file_that_is_cut_off_in_a_cell_is_refused_whole(tmp_path):
    (tmp_path / "f.csv").write_bytes(b'area,2020-04,2020-05\nforce,1,2\nnorth,3,"4\n')
    source = Source(id="s", kind="csv", settings={"csv": "f.csv"}, wide=(Wide.PERIODS,), fixed={"measure": "m"})
    with pytest.raises(SourceUnavailable, match="a quotation mark in this row is never closed"):
        CsvSource().read(source, [tmp_path])


def test_a_wide_header_of_very_many_columns_is_no_table(tmp_path):
    said = refusal(tmp_path, xlsx([("area", *(f"{1000 + n}-01" for n in range(2_001)))]), wide=(Wide.PERIODS,))
    assert "no more than 2,000 are read" in said
