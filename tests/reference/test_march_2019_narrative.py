"""The sentences of the Monthly Performance Summary of March 2019 (West Mercia Police, ASI/2019/112), figure by figure.

`march_2019_narrative.csv` holds every volume and rate that its text compares, with what the text says of it: `direction` on the
period before, `size` where it gives one (percent of counts, points of percentages), `relation` to the monthly average. Where the
text contradicts its figures, the figures count.
"""

import csv
import re
from pathlib import Path

import pytest
from samples.worlds import a_folder, an_engine

from alerting.domain.finding import Finding, State
from alerting.domain.period import Calendar

with (Path(__file__).parent / "march_2019_narrative.csv").open(encoding="utf-8", newline="") as _file:
    ROWS = list(csv.DictReader(_file))
AS_OF = Calendar().parse_exact("2019-04-30").first_day

FOLDER = """
topics: [{id: t, title: Topic, owner: o}]
owners: [{id: o, name: Head of Performance, email: head@example.org}]
areas:
  - {id: west-mercia, title: West Mercia, owner: o}
  - {id: herefordshire, title: Herefordshire, parent: west-mercia}
  - {id: shropshire, title: Shropshire, parent: west-mercia}
  - {id: telford-wrekin, title: Telford & Wrekin, parent: west-mercia}
  - {id: north-worcestershire, title: North Worcestershire, parent: west-mercia}
  - {id: south-worcestershire, title: South Worcestershire, parent: west-mercia}
sources: {s: {csv: figures/m.csv, owner: o}}
rules:
  - {id: change, title: On the period before, measures: {tags: [all]}, when: {change: {versus: previous_period, moves_by: 0}}}
  - {id: percent, title: In percent, measures: {tags: [all]}, when: {change: {versus: previous_period, moves_by: 0 %}}}
  # What the text calls significantly above or below lies 30% or more off, what it does not call so 23% or less.
  - id: average
    title: Against the average
    measures: {tags: [all]}
    when: {variance: {against: average, over: 25 %, under: 25 %}}
measures:
"""


def slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def name_of(row: dict[str, str]) -> str:
    return f"{slug(row['measure'])}-{slug(row['area'])}"


def period_of(row: dict[str, str]) -> str:
    """As the software writes it: the survey's year ends with a quarter, the backlog is counted by week."""
    return {"12 months to 2018-09": "2018/19-Q2", "week ending 2019-03-03": "2019-W09"}.get(
        row["period"], row["period"]
    )


def a_measure(row: dict[str, str]) -> str:
    kinds = {"2018/19-Q2": "every: quarter, covers: 12 months", "2019-W09": "every: week"}
    every = kinds.get(period_of(row), "every: month")
    if len(row["value"].partition(".")[2]) > 1:
        every += ", decimals: 2"
    fields = f'title: "{row["measure"]}", topic: t, source: s, better: neither, unit: {row["unit"]}, tags: [all]'
    return f"  - {{id: {slug(row['measure'])}, {fields}, {every}}}"


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str, str], Finding]:
    """What the engine says of every row, by rule, measure and area."""
    lines = ["measure,area,period,value,average"]
    for row in ROWS:
        measure, area, period = slug(row["measure"]), slug(row["area"]), Calendar().parse_exact(period_of(row))
        lines.append(f"{measure},{area},{period},{row['value']},{row['average']}")
        if row["previous"]:
            lines.append(f"{measure},{area},{period - 1},{row['previous']},")
    measures = dict.fromkeys(a_measure(row) for row in ROWS)
    text = FOLDER + "\n".join(measures) + "\n"
    path = tmp_path_factory.mktemp("march")
    folder = a_folder(path, {"rules.yaml": text, "figures/m.csv": "\n".join(lines) + "\n"})
    answer = an_engine(folder, path / "state", AS_OF).enquiries.evaluate(AS_OF, text="all")
    assert answer.problems == (), answer.problems
    return {(one.finding.rule, one.finding.measure, one.finding.area): one.finding for one in answer.found}


def said(found: dict[tuple[str, str, str], Finding], rule: str, row: dict[str, str]) -> Finding:
    finding = found[rule, slug(row["measure"]), slug(row["area"])]
    assert period_of(row) == str(finding.period)
    assert finding.text is not None
    return finding


def rows(*, having: str, value: str | None = None) -> list:
    wanted = [row for row in ROWS if row[having] and value in (None, row[having])]
    return [pytest.param(row, id=name_of(row)) for row in wanted]


def written(row: dict[str, str], column: str) -> str:
    """A figure as the report prints it: 7,767; 28%; 12 min 45 s."""
    number = float(row[column])
    if row["unit"] == "seconds":
        return f"{int(number) // 60} min {int(number) % 60} s"
    return f"{number:g}%" if row["unit"] == "percent" else f"{number:,.0f}"


@pytest.mark.parametrize("row", rows(having="previous"))
def test_the_direction_on_the_period_before_is_the_reports(found, row):
    text = said(found, "change", row).text
    words = {"increase": "up", "decrease": "down", "reduction": "down", "the same": "no change"}
    way = words[row["direction"]]
    assert re.search(r", (up|down|no change)\b", text)[1] == way
    assert f": {written(row, 'value')} in " in text
    assert way == "no change" or f"({written(row, 'previous')})" in text


@pytest.mark.parametrize("row", rows(having="size"))
def test_the_size_of_a_change_is_the_reports(found, row):
    if row["unit"] == "percent":
        assert f", up {row['size']} points on February 2019" in said(found, "change", row).text
    else:
        assert f", up {row['size']}% on February 2019" in said(found, "percent", row).text


@pytest.mark.parametrize("row", rows(having="average"))
def test_the_relation_to_the_average_is_that_of_the_figures(found, row):
    finding = said(found, "average", row)
    side = "above" if float(row["value"]) > float(row["average"]) else "below"
    average = f"the average of {written(row, 'average')}"
    if row["relation"] == "in line with":
        assert re.search(rf", in line with {average} \(\S+ {side}\)\.", finding.text)
    else:
        assert re.search(rf"[^,]* {side} {average}\.", finding.text)
    other = "below" if side == "above" else "above"
    assert f" {other} " not in finding.text


@pytest.mark.parametrize("row", rows(having="average"))
def test_exceptional_is_what_the_report_calls_significant(found, row):
    exceptional = said(found, "average", row).state is State.EXCEPTION
    assert exceptional == row["relation"].startswith("significantly")


@pytest.mark.parametrize(
    "row", [pytest.param(row, id=name_of(row)) for row in ROWS if not row["previous"] and not row["average"]]
)
def test_what_is_compared_with_nothing_has_no_direction(found, row):
    for rule in ("change", "average"):
        text = said(found, rule, row).text
        assert f": {written(row, 'value')} in week 9, 2019. It is not judged: " in text
        assert not re.search(r"\b(up|down|above|below|no change)\b", text)


def test_the_text_contradicts_its_own_figures_once():
    """80 cases of child sexual exploitation are "below" an average of 74."""
    sides = {"above": 1, "below": -1}
    wrong = [
        name_of(row)
        for row in ROWS
        if (word := row["relation"].rpartition(" ")[2]) in sides
        and sides[word] * (float(row["value"]) - float(row["average"])) < 0
    ]
    assert ["child-sexual-exploitation-west-mercia"] == wrong


def test_every_direction_of_the_text_is_that_of_its_figures():
    ways = {"increase": 1, "decrease": -1, "reduction": -1, "the same": 0}
    pairs = [(row, float(row["value"]) - float(row["previous"])) for row in ROWS if row["previous"]]
    assert [] == [name_of(row) for row, apart in pairs if ways[row["direction"]] != (apart > 0) - (apart < 0)]
