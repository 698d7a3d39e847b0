"""A proposed move of an average: what it would bring, as words and picture, and the line that takes it over in one area."""

from datetime import date

import pytest
from samples.worlds import a_folder, an_engine

from alerting.charts.words import alt_text
from alerting.domain.alert import EventKind, SeriesKey
from alerting.opening import open_store
from alerting.reports.chart_of_series import ChartMaker
from alerting.rulefile import load_rules

RULES = """\
topics: [{id: t, title: Contact, owner: head}]
owners: [{id: head, name: Head of Contact, email: head@example.org}]
areas:
  - {id: north, title: North, kind: policing, owner: head}
  - {id: south, title: South, kind: policing, owner: head}
measures:
  - {id: calls, title: Calls, topic: t, unit: count, better: lower, every: month, source: c.csv, areas: [north, south]}
rules:
  - id: moved
    title: The level of calls has changed
    measures: calls
    author: head
    when: {average_moved: {limits: {rebased_average: {baseline: 6, run: 4, mode: propose}}}}
"""
VALUES = (50, 54, 49, 51, 53, 50, 60, 61, 59, 62)
#: The day after the tenth month, and the next month's.
FIRST, SECOND = date(2019, 2, 1), date(2019, 3, 1)


def figures(values=VALUES):
    months = [f"{2018 + (3 + n) // 12}-{(3 + n) % 12 + 1:02}" for n in range(len(values))]
    rows = [f"calls,{area},{m},{v}\n" for area in ("north", "south") for m, v in zip(months, values, strict=True)]
    return f"measure,area,period,value\n{''.join(rows)}"


def tick(tmp_path, day, rules=RULES, values=VALUES):
    folder = a_folder(tmp_path / "rules", {"r.yaml": rules, "c.csv": figures(values)})
    engine = an_engine(folder, tmp_path / "state", day)
    store = open_store(engine.settings)
    try:
        report = engine.tick(store, day)
        with store.begin() as state:
            state.outbox.accept([one.id for one in report.deliveries], engine.clock.now())
    finally:
        store.close()
    return report


@pytest.fixture
def proposed(tmp_path):
    """The report of the tick that proposes a move in both areas."""
    return tick(tmp_path, FIRST)


def text_of(report):
    (delivery,) = report.deliveries
    return " ".join(delivery.message.text.split())


def test_the_message_names_the_new_average_since_when_and_both_limits(proposed):
    assert "The average since October 2018 is 61, with limits of 58 to 63 in place of 47 to 55." in text_of(proposed)


def test_the_message_has_the_line_that_takes_it_over_in_each_area(proposed):
    text = text_of(proposed)

    for area in ("north", "south"):
        entry = f'{{period: "2019-01", areas: [{area}], reason: "…", by: head}}'
        assert f"Write rebase_on: [{entry}] in the limits of the rule at r.yaml:9, beside what stands there." in text


def test_the_picture_shows_the_limits_before_and_after(proposed):
    key = SeriesKey(rule="moved", measure="calls", area="north")
    chart = ChartMaker(proposed.evaluation).chart(key, proposed.evaluation.rules.calendar.parse_exact("2019-01"))

    lines = {line.called: [None if v is None else round(v, 1) for v in line.values] for line in chart.lines}
    assert [*[None] * 6, *[60.5] * 4] == lines["Proposed average"]
    assert [47.3] * 4 == lines["Lower limit"][-4:]
    assert [*[None] * 6, *[57.9] * 4] == lines["Proposed lower limit"]
    assert "proposed average" in alt_text(chart, "").lower()


def test_the_line_as_it_stands_takes_over_one_area_and_leaves_the_other(tmp_path, proposed):
    entry = text_of(proposed).partition("rebase_on: [")[2].partition("}]")[0] + "}"
    rules = RULES.replace("mode: propose", f"mode: propose, rebase_on: [{entry}]")

    later = tick(tmp_path, SECOND, rules, (*VALUES, 60))

    assert ["north"] == [
        event.alert.key.area
        for notice in later.notices
        for event in notice.events
        if event.kind in (EventKind.RESOLVED, EventKind.CORRECTED)
    ]
    assert [] == list(load_rules(tmp_path / "rules").problems)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("{period: 2019-01, areas: [nort]}", 'no area "nort"; did you mean "north"?'),
        ("{period: 2019-01, by: hed}", 'no owner "hed"; did you mean "head"?'),
        ("{areas: [north]}", "missing-key"),
        ("{period: 2018/19-Q3}", "rebase_on: 2018/19-Q3 is no month"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path, entry, said):
    rules = RULES.replace("mode: propose", f"mode: propose, rebase_on: [{entry}]")
    folder = a_folder(tmp_path / "rules", {"r.yaml": rules, "c.csv": figures()})

    assert [True] == [said in str(problem) for problem in load_rules(folder).problems]
