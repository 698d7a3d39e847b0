"""The demonstration's figures as workbooks and as wide tables: the same findings, in the same words."""

import csv
import re
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from samples.workbooks import ods, xlsx
from samples.worlds import an_engine

SHIPPED = Path(__file__).parents[2] / "rules"
AS_OF = date(2020, 10, 15)
SOURCE = re.compile(r"\{csv: (figures/[\w-]+)\.csv,")
TIDY = ("measure", "area", "period", "value")


def rows_in(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def typed(row):
    """Cells as a person has them in a workbook: numbers as numbers."""
    return [float(cell) if re.fullmatch(r"-?\d+(\.\d+)?", cell) else cell or None for cell in row]


def a_copy(folder, change, settings):
    """Copy the shipped rules; `change` writes each file of figures anew, `settings` is what its source becomes."""
    shutil.copytree(SHIPPED, folder)
    for path in (folder / "figures").glob("*.csv"):
        change(path, rows_in(path))
    for path in folder.glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        path.write_text(SOURCE.sub(lambda match: settings.format(match[1]), text), encoding="utf-8")
    return folder


def findings(folder, state):
    answer = an_engine(folder, state, AS_OF).enquiries.evaluate(AS_OF, text="all")
    return [replace(one.finding, where=Path(one.finding.where).name) for one in answer.found]


@pytest.fixture(scope="module")
def as_shipped(tmp_path_factory):
    return findings(SHIPPED, tmp_path_factory.mktemp("state"))


def as_workbook(path, rows):
    path.with_suffix(".xlsx").write_bytes(xlsx([rows[0], *map(typed, rows[1:])]))
    path.unlink()


def as_open_document(path, rows):
    path.with_suffix(".ods").write_bytes(ods([rows[0], *map(typed, rows[1:])]))
    path.unlink()


@pytest.mark.parametrize(
    ("change", "settings"),
    [
        pytest.param(as_workbook, "{{excel: {}.xlsx,", id="xlsx"),
        pytest.param(as_open_document, "{{ods: {}.ods,", id="ods"),
    ],
)
def test_workbooks_give_the_findings_that_text_gives(tmp_path, as_shipped, change, settings):
    assert as_shipped == findings(a_copy(tmp_path / "rules", change, settings), tmp_path / "state")
    assert 100 < len(as_shipped)


def newest(rows):
    """Return (measure, area) -> period -> value, as published last."""
    places = {name: rows[0].index(name) for name in (*TIDY, "published")}
    found = {}
    for row in sorted(rows[1:], key=lambda row: row[places["published"]]):
        measure, area, period, value = (row[places[name]] for name in TIDY)
        found.setdefault((measure, area), {})[period] = value
    return found


def written(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def as_plain(path, rows):
    figures = newest(rows)
    written(path, [TIDY, *((*key, period, value) for key, own in figures.items() for period, value in own.items())])


def as_wide(path, rows):
    figures = newest(rows)
    periods = sorted({period for own in figures.values() for period in own})
    written(
        path,
        [("measure", "area", *periods), *((*key, *(own.get(one) for one in periods)) for key, own in figures.items())],
    )


def test_a_wide_table_gives_the_findings_that_a_tidy_one_gives(tmp_path):
    tidy = a_copy(tmp_path / "tidy", as_plain, "{{csv: {}.csv,")
    wide = a_copy(tmp_path / "wide", as_wide, "{{csv: {}.csv, wide: {{periods: header}},")

    assert findings(tidy, tmp_path / "state") == findings(wide, tmp_path / "state-2")
