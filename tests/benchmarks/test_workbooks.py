"""A wide workbook, read by us against the library that reads its cells with one polars call to make them tidy.

`./run pytest -m benchmark tests/benchmarks/test_workbooks.py -s` prints CPU times and their ratio; nothing here asserts a time.
"""

import io
import time
import zipfile

import numpy as np
import polars as pl
import pytest
from python_calamine import load_workbook
from samples.workbooks import repacked, xlsx

from alerting.domain.rule import Source
from alerting.domain.wide_columns import Wide
from alerting.sources.csv import CsvSource
from alerting.sources.excel import ExcelSource
from alerting.sources.sheets.sheet_marks import column_letters

ROWS, MONTHS, RUNS = 20_000, 60, 3
HEADINGS = ["measure", "area", *(f"{2015 + n // 12}-{n % 12 + 1:02d}" for n in range(MONTHS))]


def figures():
    values = np.round(np.random.default_rng(1).normal(50, 10, (ROWS, MONTHS)), 1).tolist()
    return [[f"m{n % 50}", f"area {n // 50}", *row] for n, row in enumerate(values)]


def a_workbook(rows):
    """Write the sheet's XML directly: openpyxl would take minutes."""
    letters = [column_letters(n) for n in range(len(HEADINGS))]
    lines = []
    for number, row in enumerate([HEADINGS, *rows], 1):
        cells = "".join(
            f'<c r="{letter}{number}" t="inlineStr"><is><t>{cell}</t></is></c>' if isinstance(cell, str)
            else f'<c r="{letter}{number}"><v>{cell}</v></c>'
            for letter, cell in zip(letters, row, strict=True)
        )  # fmt: skip
        lines.append(f'<row r="{number}">{cells}</row>')
    small = xlsx([["x"]])
    sheet = zipfile.ZipFile(io.BytesIO(small)).read("xl/worksheets/sheet1.xml").decode()
    head, tail = sheet[: sheet.index("<sheetData>") + 11], sheet[sheet.index("</sheetData>") :]
    return repacked(small, xl__worksheets__sheet1_x_xml=head + "".join(lines) + tail)


def best(work):
    times = []
    for _ in range(RUNS):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times)


def by_calamine_alone(content):
    head, *rows = load_workbook(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    return pl.DataFrame(rows, schema=head, orient="row").unpivot(index=head[:2])


def by_polars_alone(content):
    return pl.read_csv(content).unpivot(index=HEADINGS[:2])


@pytest.mark.benchmark
def test_a_wide_workbook_and_a_wide_text_file(tmp_path):
    rows = figures()
    workbook = a_workbook(rows)
    text = "\n".join(",".join(map(str, row)) for row in [HEADINGS, *rows]).encode() + b"\n"
    (tmp_path / "f.xlsx").write_bytes(workbook)
    (tmp_path / "f.csv").write_bytes(text)
    excel = Source(id="s", kind="excel", settings={"excel": "f.xlsx"}, wide=(Wide.PERIODS,))
    csv = Source(id="s", kind="csv", settings={"csv": "f.csv"}, wide=(Wide.PERIODS,))

    ours = ExcelSource().read(excel, [tmp_path])
    assert by_calamine_alone(workbook)["value"].to_list() == ours.columns["value"].to_list()
    for name, one, other in (
        ("workbook", lambda: ExcelSource().read(excel, [tmp_path]), lambda: by_calamine_alone(workbook)),
        ("text", lambda: CsvSource().read(csv, [tmp_path]), lambda: by_polars_alone(text)),
    ):
        mine, theirs = best(one), best(other)
        print(f"\n{name}, {ROWS:,} x {MONTHS}: {mine:.2f} s, library alone {theirs:.2f} s, ratio {mine / theirs:.1f}")
