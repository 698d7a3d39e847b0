"""In which file and row the newest figure of each series stands."""

from datetime import date

import pytest
from samples.worlds import a_folder, an_engine

from alerting.domain.period import Calendar, PeriodKind
from alerting.figures.newest_places import NewestPlaces

AS_OF = date(2020, 10, 7)
RULES = """
topics: [{id: t, title: Topic, owner: boss}]
sources: {s: {csv: s.csv}, wide: {csv: wide.csv, wide: {periods: header}}}
areas: [{id: force, title: West Mercia, owner: boss}, {id: telford, title: Telford, parent: force}]
owners: [{id: boss, name: Boss, email: boss@example.org}]
measures:
  - {id: m, title: Offences, topic: t, unit: count, better: lower, every: month, source: s}
  - {id: d, title: Calls, topic: t, unit: count, better: lower, every: day, source: s}
  - {id: w, title: Checks, topic: t, unit: count, better: lower, every: month, source: wide}
  - {id: of, title: Share, topic: t, unit: percent, better: lower, every: month, of: {numerator: m, denominator: w}}
rules:
  - {id: r, title: R, measures: [m, d, w, of], when: {outside_range: {from: 0, to: 9}}}
"""
ROWS = """measure,area,period,value,published
m,force,2020-09,2,2020-10-05
m,force,2020-09,1,2020-10-02
m,force,2020-09,3,2020-10-20
m,force,2020-08,4,2020-09-02
m,telford,2020-08,5,2020-09-02
m,force,2020-10,6,2020-10-02
d,force,2020-10-06,7,2020-10-06
d,force,2020-10-05,8,2020-10-06
m,telford,2019-08,9,2020-09-02
"""
WIDE = "measure,area,2020-08,2020-09\nw,telford,1,2\nw,force,1,2\n"


@pytest.fixture
def places(tmp_path):
    files = {"r.yaml": RULES, "s.csv": ROWS, "wide.csv": WIDE}
    engine = an_engine(a_folder(tmp_path / "rules", files), tmp_path / "state", AS_OF)
    return NewestPlaces(engine.enquiries.read(), engine.rules, AS_OF)


@pytest.mark.parametrize(
    ("measure", "area", "period", "place"),
    [
        pytest.param("m", "force", "2020-09", ("s", "s.csv", 2), id="published last of those that are known"),
        pytest.param("m", "telford", "2020-08", ("s", "s.csv", 6), id="the newest that has come"),
        pytest.param("d", "force", "2020-10-06", ("s", "s.csv", 8), id="of another kind"),
        pytest.param("w", "force", "2020-09", ("wide", "wide.csv", 3), id="beside others of its row"),
        pytest.param("m", "force", "2020-08", ("s", "s.csv", None), id="an older one: its file"),
        pytest.param("m", "force", "2020-10", ("s", "s.csv", None), id="of a period that is not over"),
        pytest.param("d", "telford", "2020-10-06", ("s", "s.csv", None), id="in no row"),
        pytest.param("of", "force", "2020-09", None, id="made of others"),
        pytest.param("gone", "force", "2020-09", None, id="of a measure that is not declared any more"),
    ],
)
def test_a_figure_is_found(places, measure, area, period, place):
    found = places.of(measure, area, Calendar(starts=4).parse(period, PeriodKind.DAY))
    if found is not None:
        found = (found.source, found.file.rpartition("/")[2], found.row)
    assert place == found
