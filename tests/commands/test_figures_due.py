"""`alerting figures due`: what is to come, and what is late."""

import json

import pytest
from icalendar import Calendar
from samples.worlds import a_folder

from alerting.cli import main

RULES = """\
topics: [{id: t, title: Topic, owner: boss}]
areas:
  - {id: force, title: Force, kind: policing, owner: boss}
  - {id: north, title: North, parent: force, owner: boss}
  - {id: south, title: South, parent: force, owner: boss}
owners: [{id: boss, name: Boss, email: boss@example.org}]
sources: {calls: {csv: figures/calls.csv}, crime: {csv: figures/crime.csv}}
measures:
  - {id: calls, title: Calls answered, topic: t, unit: count, better: lower, every: month, source: calls, EXPECTED}
  - {id: crime, title: Crimes, topic: t, unit: count, better: lower, every: month, source: crime}
rules: [{id: r, title: R, measures: calls, when: {target_missed: {at_most: 20}}}]
"""
HEAD = "measure,area,period,value\n"


@pytest.fixture
def due(tmp_path, capsys):
    def run(*options, expected="expected: 10 days", figures="", as_of="2020-10-15"):
        rules = RULES.replace("EXPECTED", expected)
        files = {"rules.yaml": rules, "figures/calls.csv": HEAD + figures, "figures/crime.csv": HEAD}
        folder = a_folder(tmp_path / "rules", files)
        status = main(["figures", "due", "--rules", str(folder), "--as-of", as_of, *options])
        return status, capsys.readouterr().out

    return run


UP_TO_SEPTEMBER = "calls,north,2020-09,5\ncalls,south,2020-09,6\n"


def listed(printed):
    return [(one["day"], one["period"], one["areas"], one["late"]) for one in json.loads(printed)["due"]]


def test_what_has_come_is_not_awaited_and_what_follows_is(due):
    status, printed = due("--days", "60", "--format", "json", figures=UP_TO_SEPTEMBER)

    assert status == 0
    assert listed(printed) == [
        ("2020-11-10", "2020-10", ["north", "south"], False),
        ("2020-12-10", "2020-11", ["north", "south"], False),
    ]


def test_a_series_is_late_by_the_first_figure_that_is_missing(due):
    _, printed = due("--days", "30", "--format", "json", figures="calls,north,2020-06,5\ncalls,south,2020-09,6\n")

    assert listed(printed) == [
        ("2020-08-10", "2020-07", ["north"], True),
        ("2020-11-10", "2020-10", ["north", "south"], False),
    ]


@pytest.mark.parametrize(
    ("expected", "days"),
    [
        pytest.param("expected: {working_day: 5}", ["2020-11-06"], id="a-working-day"),
        pytest.param("expected: {day: 20}", ["2020-11-20"], id="a-day-of-the-month"),
        pytest.param("expected: {weekday: thursday, after: 10 days}", ["2020-11-12"], id="a-weekday"),
        pytest.param("expected: {dates: [2020-10-08, 2020-11-19]}", ["2020-11-19"], id="given-dates"),
        pytest.param("expected: {dates: [2020-10-08]}", [], id="no-more-dates"),
        pytest.param("expected: {default: 5 days, south: 20 days}", ["2020-11-05", "2020-11-20"], id="by-area"),
        pytest.param("expected: {south: 20 days}", ["2020-11-20"], id="in-one-area-alone"),
    ],
)
def test_each_way_of_saying_when_figures_are_due_is_listed(due, expected, days):
    _, printed = due("--days", "40", "--format", "json", expected=expected, figures=UP_TO_SEPTEMBER)

    assert days == [day for day, *_ in listed(printed)]


def test_the_day_itself_is_not_late(due):
    figures = "calls,north,2020-08,5\ncalls,south,2020-08,6\n"
    _, on_the_day = due("--format", "json", "--days", "0", figures=figures, as_of="2020-10-10")
    _, the_day_after = due("--format", "json", "--days", "0", figures=figures, as_of="2020-10-11")

    assert listed(on_the_day) == [("2020-10-10", "2020-09", ["north", "south"], False)]
    assert listed(the_day_after) == [("2020-10-10", "2020-09", ["north", "south"], True)]


def test_it_is_written_for_people_what_is_late_first(due):
    _, printed = due("--days", "30", figures="calls,north,2020-06,5\ncalls,south,2020-09,6\n")

    assert printed == (
        "Late since 10 August 2020\n"
        "  Calls answered, July 2020: North\n"
        "\n"
        "Due by 10 November 2020\n"
        "  Calls answered, October 2020: North and South\n"
        "\n"
        "2 figures due in the next 30 days, 1 late.\n"
    )


def test_where_nothing_says_when_it_is_due_it_says_what_to_write(due):
    status, printed = due(expected="decimals: 0", figures=UP_TO_SEPTEMBER)

    assert (status, printed) == (0, "No measure says when its figures are due; give it `expected: 5 days`.\n")


def test_a_calendar_program_reads_a_day_for_each_source(due):
    _, printed = due("--days", "60", "--format", "ics", figures=UP_TO_SEPTEMBER)
    calendar = Calendar.from_ical(printed)

    days = [
        (one.decoded("dtstart").isoformat(), str(one["summary"]), str(one["description"]))
        for one in calendar.walk("VEVENT")
    ]
    assert days == [
        ("2020-11-10", "2 figures from calls", "Calls answered, October 2020: North and South"),
        ("2020-12-10", "2 figures from calls", "Calls answered, November 2020: North and South"),
    ]


def test_an_event_keeps_its_identity_when_the_calendar_is_made_again(due):
    uids = [
        {
            str(one["uid"])
            for one in Calendar.from_ical(
                due("--days", "60", "--format", "ics", as_of=day, figures=UP_TO_SEPTEMBER)[1]
            ).walk("VEVENT")
        }
        for day in ("2020-10-15", "2020-10-16")
    ]

    assert uids[0] == uids[1]
    assert len(uids[0]) == 2


def test_a_source_that_cannot_be_read_makes_the_exit_status_1(tmp_path, capsys):
    rules = RULES.replace("EXPECTED", "expected: 10 days")
    folder = a_folder(tmp_path / "rules", {"rules.yaml": rules, "figures/crime.csv": HEAD})

    assert main(["figures", "due", "--rules", str(folder), "--as-of", "2020-10-15"]) == 1
    assert "calls.csv" in capsys.readouterr().err
