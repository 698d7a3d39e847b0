"""Examples of the catalogue as rule folders, to be run."""

from datetime import date
from pathlib import Path

from alerting.domain.catalogue import Example
from alerting.domain.finding import Finding
from alerting.domain.period import Calendar, Period
from samples.worlds import a_folder, an_engine

FIRST = {every: Calendar().parse_exact(first) for every, first in (("month", "2018-04"), ("day", "2018-04-01"))}

FOLDER = """
topics: [{{id: t, title: Topic, owner: o}}]
owners: [{{id: o, name: Head of Performance, email: head@example.org}}]
areas:
  - {{id: force, title: Force, kind: policing, owner: o}}
{areas}
measures: [{{id: m, title: The figure, topic: t, every: {every}, source: s, {measure}}}]
sources: {{s: {{csv: figures/m.csv, owner: o}}}}
rules: [{{id: r, title: Rule, measures: m, when: {when}}}]
"""


def newest_finding(example: Example, tmp_path: Path) -> Finding:
    """Run an example through the real path; return the newest finding of its first line."""
    files, day = example_files(example)
    answer = an_engine(a_folder(tmp_path, files), tmp_path / "state", day).enquiries.evaluate(day, text="all")
    assert answer.problems == (), answer.problems
    first = _line(example.figures.strip().splitlines()[0])[0].lower()
    return next(one.finding for one in answer.found if one.finding.area == first)


def example_files(example: Example) -> tuple[dict[str, str], date]:
    """Return an example as the files of a rules folder, and the day after its newest period."""
    lines = [_line(line) for line in example.figures.splitlines() if line.strip()]
    areas = "\n".join(
        f"  - {{id: {name.lower()}, title: {name}, parent: force}}" for name, _ in lines if name != "force"
    )
    files = {
        "rules.yaml": FOLDER.format(areas=areas, measure=example.measure, every=example.every, when=example.when),
        "figures/m.csv": _csv(lines, example.columns, FIRST[example.every]),
    }
    return files, (FIRST[example.every] + len(lines[0][1])).first_day


def _line(line: str) -> tuple[str, list[str]]:
    name, colon, figures = line.rpartition(":")
    return (name.strip() if colon else "force"), figures.split()


def _csv(lines: list[tuple[str, list[str]]], columns: str, first: Period) -> str:
    extra = dict(part.split(":") for part in columns.split(",")) if columns else {}
    rows = [",".join(["measure,area,period,value,numerator,denominator", *(name.strip() for name in extra)])]
    for name, figures in lines:
        for n, figure in enumerate(figures):
            if figure == "_":
                continue
            top, slash, bottom = figure.partition("/")
            cells = f",{top},{bottom}" if slash else f"{figure},,"
            rows.append(",".join([f"m,{name.lower()},{first + n},{cells}", *(v.strip() for v in extra.values())]))
    return "\n".join(rows) + "\n"
