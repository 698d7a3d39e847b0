"""Layouts that people really meet: statistical releases, open data, exports of well-known tools. One file each.

`tests/samples/layouts/NAME.yaml`: `about` (whose layout it is; the rows are made up), `file` (its name), `source` (what a rules
folder says of it, at most six lines, with the file under its kind), `text` (with `encoding`) or `sheets` (name -> rows of
cells, with `merged` and `percent`: names of cells), `figures` (a line each: measure area period value, in our ids; the value
may be missing, suppressed, refused or provisional NUMBER) and where needed `measures` (id -> what else it is: `unit`, `every`),
`calendar: january` and `says` (parts of what is to be said). What is not under `figures` must not come of it.
"""

from datetime import date
from pathlib import Path

import pytest
import yaml
from samples.workbooks import ods, xlsx
from samples.worlds import a_folder, an_engine

from alerting.domain.period import KINDS, Period

LAYOUTS = sorted((Path(__file__).parents[2] / "samples" / "layouts").glob("*.yaml"))
AS_OF = date(2024, 12, 1)
MOST_LINES = 6
RULES = """
topics: [{{id: t, title: Topic, owner: boss}}]
areas: {areas}
owners: [{{id: boss, name: Boss, email: boss@example.org}}]
schedule: {{timezone: Europe/London, financial_year_starts: {calendar}}}
measures: {measures}
sources:
  s:
{source}
rules: [{{id: a, title: A, measures: [{ids}], when: {{outside_range: {{from: 0, to: 1}}}}}}]
"""


class Layout:
    """One layout as its file has it."""

    def __init__(self, path):
        self.given = yaml.safe_load(path.read_text(encoding="utf-8"))
        self.figures = [line.split(maxsplit=3) for line in self.given["figures"].splitlines()]
        self.lines = self.given["source"].strip().splitlines()

    def content(self):
        if "text" in self.given:
            return self.given["text"].encode(self.given.get("encoding", "utf-8"))
        (first, rows), *more = self.given["sheets"].items()
        if self.given["file"].endswith(".ods"):
            return ods(rows, sheet=first)

        def add(book):
            for name, cells in more:
                page = book.create_sheet(name)
                for row in cells:
                    page.append(row)

        extra = {key: self.given.get(key, ()) for key in ("merged", "percent", "errors", "hidden_rows")}
        return xlsx(rows, sheet=first, more=add, **extra)

    def rules(self):
        measures = list(dict.fromkeys(line[0] for line in self.figures))
        areas = list(dict.fromkeys(line[1] for line in self.figures))
        plain = {"topic": "t", "unit": "number", "better": "lower", "every": "month", "source": "s"}
        declared = [
            {"id": id_, "title": f"Measure {id_}"} | plain | self.given.get("measures", {}).get(id_, {})
            for id_ in measures
        ]
        return RULES.format(
            areas=[{"id": id_, "title": f"Area {id_}", "kind": "k", "owner": "boss"} for id_ in areas],
            measures=declared, ids=", ".join(measures), calendar=self.given.get("calendar", "april"),
            source="\n".join(f"    {line}" for line in self.lines),
        )  # fmt: skip


def cell_of(read, n):
    if read.refused[n]:
        return "refused"
    if read.suppressed is not None and read.suppressed[n]:
        return "suppressed"
    value = read.columns["value"][n]
    marked = "provisional " if read.provisional is not None and read.provisional[n] else ""
    return "missing" if value != value else f"{marked}{value:.15g}"


def period_of(read, n, starts):
    return str(Period(KINDS[read.kind[n]], int(read.ordinal[n]), starts))


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in LAYOUTS])
def test_a_layout_is_read_with_a_few_lines_of_settings(path, tmp_path):
    layout = Layout(path)
    folder = a_folder(tmp_path / "rules", {"r.yaml": layout.rules()})
    (folder / layout.given["file"]).write_bytes(layout.content())
    enquiries = an_engine(folder, tmp_path / "state", AS_OF).enquiries
    reading, rules = enquiries.read(), enquiries.installation.rules
    said = "\n".join(map(str, reading.problems))
    measures, areas = list(rules.measures), list(rules.areas.areas)
    found = [
        [measures[read.measure[n]], areas[read.area[n]], period_of(read, n, rules.calendar.starts), cell_of(read, n)]
        for read in reading.observations for n in range(len(read.ordinal))
    ]  # fmt: skip

    assert sorted(layout.figures) == sorted(found), said
    assert MOST_LINES >= len(layout.lines)
    assert [] == [part for part in layout.given.get("says", ()) if part not in said], said
    assert reading.has_errors == any(line[3] == "refused" for line in layout.figures), said


def test_there_are_layouts():
    assert 10 <= len(LAYOUTS)
