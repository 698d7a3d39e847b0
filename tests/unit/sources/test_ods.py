"""OpenDocument spreadsheets under their own key; what a workbook may hold is tried in test_excel.py."""

from samples.plugin_cases import SourceCase
from samples.workbooks import ods

FIGURES = (("m", "force", "2020-06", 12.0), ("m", "north", "2020-06", 7.0), ("m", "force", "2020-07", 13.0))
HEADER = ("measure", "area", "period", "value")


def laid(content):
    return lambda folder: (folder / "f.ods").write_bytes(content)


CASES = [
    SourceCase(id="plain", settings={"ods": "f.ods"}, lay=laid(ods([HEADER, *FIGURES])), rows=FIGURES),
    SourceCase(
        id="no-value",
        settings={"ods": "f.ods"},
        lay=laid(ods([("Title",), ("measure", "area", "period"), ("m", "force", "2020-06")])),
        says=("f.ods:2: sheet Data", 'no column "value"'),
    ),
    SourceCase(id="no-file", settings={"ods": "f.ods"}, lay=lambda _: None, says=('"f.ods"',)),
]


def test_a_measure_may_name_the_file_itself():
    """Kinds are told by how the file is called."""
    from alerting.rulefile.forms.plugins import kind_of_file

    named = ("a.ods", "a.xlsx", "b.XLSX", "a.xlsb", "a.xls", "a.xlsm", "a.csv", "a.parquet", "a.txt")
    assert [kind_of_file(name) for name in named] == [
        "ods", "excel", "excel", "excel", "excel", "excel", "csv", "parquet", None,
    ]  # fmt: skip
