"""Where a series stands among the verdicts of a pass, against looking at every column of every group."""

from datetime import date

import pytest
from samples.worlds import a_folder, an_engine

from alerting.app.situation.situation import evaluate_panels
from alerting.domain.alert import SeriesKey
from alerting.evaluation.series_index import SeriesPlaces
from alerting.figures.panels import build_panels

DAY = date(2020, 7, 6)
AREAS = ["north", "south", "east", "west"]
RULES = """
topics: [{id: t, title: Topic, owner: head}]
sources: {all: {csv: figures/all.csv, owner: head}}
measures:
  - {id: m, title: Crimes, topic: t, unit: count, better: lower, every: month, target: 10, source: all}
  - {id: n, title: Calls, topic: t, unit: count, better: lower, every: month, target: 10, source: all}
areas:
  - {id: north, title: North, owner: head}
  - {id: south, title: South, owner: head}
  - {id: east, title: East, owner: head}
  - {id: west, title: West, owner: head}
owners: [{id: head, name: Head of Performance, email: head@example.org}]
rules:
  - {id: all, title: Too many, measures: [m, n], when: {target_missed: {}}}
  - {id: some, title: Too many there, measures: [m, n], areas: [south, west], when: {target_missed: {at_most: 8}}}
  - {id: one, title: Far too many, measures: n, areas: [east], when: {outside_range: {to: 30}}}
"""
FIGURES = "measure,area,period,value\n" + "".join(
    f"{measure},{area},2020-{month:02},9\n"
    for measure in "mn" for area in AREAS[: 3 if measure == "m" else 4] for month in range(4, 7)
)  # fmt: skip


@pytest.fixture(scope="module")
def evaluation(tmp_path_factory):
    folder = a_folder(tmp_path_factory.mktemp("rules"), {"rules.yaml": RULES, "figures/all.csv": FIGURES})
    engine = an_engine(folder, folder, DAY)
    return evaluate_panels(engine.rules, build_panels(engine.enquiries.read(), engine.rules, DAY), every_period=True)


def in_every_column(evaluation):
    """Series -> the block and place it has, by looking at all."""
    rules, found = evaluation.rules.rules, {}
    for verdicts in evaluation.verdicts:
        areas = evaluation.panels[verdicts.group.kind].areas
        before = 0
        for member in verdicts.group.members:
            for n, column in enumerate(member.indices.tolist(), start=before - verdicts.places.start):
                if 0 <= n < verdicts.state.shape[1]:
                    found[rules[member.rule].id, member.measure.id, areas[column]] = (id(verdicts), n)
            before += member.size
    return found


def test_every_series_is_found_where_it_stands_and_no_other(evaluation):
    expected, places = in_every_column(evaluation), SeriesPlaces(evaluation)
    assert 7 + 3 + 1 == len(expected)  # west has no figures of m
    for rule in ("all", "some", "one"):
        for measure in ("m", "n", "unknown"):
            for area in (*AREAS, "unknown"):
                spot = places.find(SeriesKey(rule=rule, measure=measure, area=area))
                found = None if spot is None else (id(spot[0]), spot[1])
                assert found == expected.get((rule, measure, area))


def test_all_areas_of_a_measure_under_a_rule_come_in_tree_order(evaluation):
    places = SeriesPlaces(evaluation)
    for rule, measure, areas in (("all", "n", AREAS), ("some", "n", ["south", "west"]), ("one", "n", ["east"])):
        panel = evaluation.panels[evaluation.verdicts[0].group.kind]
        assert areas == [
            panel.areas[verdicts.column(place)] for verdicts, span in places.of(rule, measure) for place in span
        ]
