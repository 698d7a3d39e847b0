"""Other areas as they are looked at where a table shows them, against every one of them made and put in order."""

from datetime import date

import pytest
from samples.worlds import a_folder, an_engine

from alerting.app.situation.situation import evaluate_panels
from alerting.domain.finding import Meaning
from alerting.domain.period import Calendar, PeriodKind
from alerting.evaluation.series_index import SeriesPlaces
from alerting.figures.panels import build_panels
from alerting.reports.other_areas import OtherAreas
from alerting.reports.views import AreaList

DAY = date(2020, 7, 6)
JUNE = Calendar().parse("2020-06", PeriodKind.MONTH)
#: Of each area what June has; the sixth and the seventh have one title.
VALUES = {f"a{n}": value for n, value in enumerate([9, 14, 3, 31, None, 12, 8, 14, 50, 7, *range(20, 2, -1)])}
RULES = f"""
topics: [{{id: t, title: Topic, owner: head}}]
measures:
  - {{id: m, title: Crimes, topic: t, unit: count, better: lower, every: month, target: 10, source: figures/all.csv}}
areas: [{", ".join(f"{{id: {id_}, title: Area {n - (n == 6)}, owner: head}}" for n, id_ in enumerate(VALUES))}]
owners: [{{id: head, name: Head of Performance, email: head@example.org}}]
rules:
  - {{id: all, title: Too many, measures: m, when: {{target_missed: {{}}}}}}
  - {{id: far, title: Far too many, measures: m, when: {{outside_range: {{from: 4, to: 30}}}}}}
"""
FIGURES = "measure,area,period,value\n" + "".join(
    f"m,{area},2020-{month:02},{value if month == 6 else 9}\n"
    for area, value in VALUES.items()
    for month in range(4, 7)
    if value is not None
)


@pytest.fixture(scope="module")
def evaluation(tmp_path_factory):
    folder = a_folder(tmp_path_factory.mktemp("rules"), {"rules.yaml": RULES, "figures/all.csv": FIGURES})
    engine = an_engine(folder, folder, DAY)
    return evaluate_panels(engine.rules, build_panels(engine.enquiries.read(), engine.rules, DAY), every_period=True)


def said(areas, most, without):
    """What a table would show of areas, and what it would count."""
    shown, states = areas.foremost(most, without=without)
    return [(one.area, one.state, one.meanings, one.distance, one.figure()) for one in shown], list(states.items())


@pytest.mark.parametrize("rule", ["all", "far"])
def test_a_table_shows_what_it_would_if_every_area_were_made(evaluation, rule):
    areas = OtherAreas(evaluation, SeriesPlaces(evaluation)).of(rule, "m", JUNE)
    every = list(OtherAreas(evaluation, SeriesPlaces(evaluation)).of(rule, "m", JUNE))
    assert len(VALUES) - 1 == len(every)  # one has no figure
    for most in (0, 3, 17, 40):
        for without in ((), ("Area 3",), ("Area 5", "Area 1", "unknown")):
            assert said(AreaList(every), most, without) == said(areas, most, without)


def test_an_area_goes_with_all_of_its_title_and_is_found_by_it(evaluation):
    areas = OtherAreas(evaluation, SeriesPlaces(evaluation)).of("all", "m", JUNE)
    rest = areas.without("Area 5")

    assert len(list(areas)) - 2 == len(list(rest))
    assert rest.named("Area 5") is None
    assert areas.named("Area 5").figure().value == "12"
    assert rest.named("Area 8").meanings == (Meaning.CONCERN,)
    assert said(rest, 40, ("Area 8",)) == said(areas, 40, ("Area 5", "Area 8"))


def test_the_rule_that_finds_an_area_worst_gives_its_line(evaluation):
    areas = OtherAreas(evaluation, SeriesPlaces(evaluation)).of("all", "m", JUNE)

    assert areas.named("Area 9").figure().apart == "3 below"
    assert areas.named("Area 2").state == "exception"  # for the other rule: 3 lies below its range
    assert areas.named("Area 2").figure().line != areas.named("Area 9").figure().line
