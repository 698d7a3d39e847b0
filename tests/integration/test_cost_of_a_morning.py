"""What a morning costs on which everything changes: work is done once, for what is asked, and outside the tick's lock."""

from datetime import date

import pytest
from samples.worlds import a_folder, an_engine

from alerting.opening import open_store
from alerting.store.readings import ReadingRows

MEASURES, AREAS = 4, 6


def rules(more: str = "") -> str:
    measures = "".join(
        f"  - {{id: m{n}, title: Crimes {n}, topic: t, unit: count, better: lower, every: month, target: 10, source: all}}\n"
        for n in range(MEASURES)
    )
    areas = "".join(f"  - {{id: a{n}, title: Area {n}, parent: force, owner: head}}\n" for n in range(AREAS))
    return (
        "topics: [{id: t, title: Topic, owner: head}]\nsources: {all: {csv: figures/all.csv, owner: head}}\n"
        f"measures:\n{measures}areas:\n  - {{id: force, title: Force, kind: policing, owner: head}}\n{areas}"
        "owners:\n  - {id: head, name: Head of Performance, email: head@example.org}\n"
        "  - {id: duty, name: ICT Duty, email: duty@example.org}\n"
        f"schedule: {{flood: 5}}\nroles: {{operator: duty, fallback: duty}}\n{more}"
        f"rules: [{{id: r, title: Too many, measures: [{', '.join(f'm{n}' for n in range(MEASURES))}],"
        " when: {target_missed: {}}}]\n"
    )


def figures(months: dict[str, int], areas: int = AREAS) -> str:
    rows = [
        f"m{m},a{a},{month},{value}" for month, value in months.items() for m in range(MEASURES) for a in range(areas)
    ]
    return "\n".join(["measure,area,period,value", *rows, ""])


class Mornings:
    """A folder and its state, from tick to tick."""

    def __init__(self, folder):
        self.folder, self.state = folder / "rules", folder / "state"

    def tick(self, on, text, rules_text=None):
        a_folder(self.folder, {"rules.yaml": rules_text or rules(), "figures/all.csv": text})
        day = date.fromisoformat(on)
        engine = an_engine(self.folder, self.state, day)
        store = open_store(engine.settings)
        try:
            self.report = engine.tick(store, day)
        finally:
            store.close()
        return self.report


@pytest.fixture
def mornings(tmp_path):
    return Mornings(tmp_path)


def test_the_kept_history_is_looked_through_once_however_many_measures_open(mornings, monkeypatch):
    mornings.tick("2020-06-03", figures({"2020-04": 8, "2020-05": 8}))
    asked, readings = [], ReadingRows.of
    monkeypatch.setattr(ReadingRows, "of", lambda self, *which: asked.append(which) or readings(self, *which))
    report = mornings.tick("2020-07-03", figures({"2020-04": 8, "2020-05": 8, "2020-06": 12}))
    assert report.happened == {"opened": MEASURES * AREAS}
    assert [len(which) for which in asked] == [1, 2]  # what is new in the source, and whether all of it is
    odd = next(one.message.text for one in report.deliveries if one.owner == "duty")
    assert f"{MEASURES * AREAS} exceptions opened at once, in {MEASURES * AREAS} of {MEASURES * AREAS} series" in odd


def test_series_without_a_figure_before_are_no_flood_whichever_measure_they_are_of(mornings):
    mornings.tick("2020-06-03", figures({"2020-05": 8}, areas=1))
    report = mornings.tick("2020-07-03", figures({"2020-05": 8, "2020-06": 12}, areas=AREAS))
    assert report.happened == {"opened": MEASURES * AREAS}
    assert {one.owner for one in report.deliveries} == {"head"}
