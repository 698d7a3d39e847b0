"""A measure's newest figure in one line, and the areas in which it is exceptional."""

import pytest
from samples.worlds import a_measure

from alerting.domain.area import Area
from alerting.domain.finding import Reason
from alerting.domain.measure import Covers, Measure, PerDay, Polarity, Span, Unit
from alerting.domain.period import Calendar, PeriodKind
from alerting.wording.clause import Clause
from alerting.wording.summary import JudgedAreas, NewestFigure, areas_words, figure_words, newer_words

MARCH = Calendar().parse_exact("2019-03")


def a_figure(value, previous=None, *, unit=Unit.COUNT, every=PeriodKind.MONTH, period="2019-03", **extra):
    own = {key: extra.pop(key) for key in ("covers", "unit_name") if key in extra}
    measure = Measure(id="m", title="M", topic="t", unit=unit, better=Polarity.LOWER, every=every, **own)
    fields = {
        "measure": measure, "area": Area(id="a", title="Telford & Wrekin"), "area_unsaid": True,
        "period": Calendar().parse_exact(period), "value": value, "previous": previous,
    }  # fmt: skip
    return NewestFigure(**(fields | extra))


@pytest.mark.parametrize(
    ("figure", "clause", "words"),
    [
        pytest.param(a_figure(7767.0), "", "7,767 in March 2019", id="alone"),
        pytest.param(a_figure(7767.0, 6377.0), "", "7,767 in March 2019, up 22% on February 2019 (6,377)", id="risen"),
        pytest.param(a_figure(320.0, 347.0), "", "320 in March 2019, down 7.8% on February 2019 (347)", id="fallen"),
        pytest.param(a_figure(28.0, 28.0), "", "28 in March 2019, the same as in February 2019", id="the same"),
        pytest.param(a_figure(3.0, 0.0), "", "3 in March 2019, up from 0 in February 2019", id="from nothing"),
        pytest.param(
            a_figure(-1.0, -3.0), "", "-1 in March 2019, up from -3 in February 2019", id="from below nothing"
        ),
        pytest.param(
            a_figure(12.2, 9.4, unit=Unit.PERCENT), "", "12.2% in March 2019, up 2.8 points on February 2019 (9.4%)",
            id="percents differ by points",
        ),
        pytest.param(
            a_figure(10167.0, 10164.0), "", "10,167 in March 2019, up 0.03% on February 2019 (10,164)",
            id="a change is never told as none",
        ),
        pytest.param(
            a_figure(28.04, 28.0, unit=Unit.PERCENT), "", "28.04% in March 2019, up 0.04 points on February 2019 (28%)",
            id="nor is a figure written like the one before",
        ),
        pytest.param(
            a_figure(414.0, 293.0, area_unsaid=False), "",
            "414 in Telford & Wrekin in March 2019, up 41% on February 2019 (293)", id="an area is named",
        ),
        pytest.param(
            a_figure(20.0, unit_name="offences", last_year=40.0), "", "20 offences in March 2019, down 50% on March 2018 (40)",
            id="last year where the month before is not known",
        ),
        pytest.param(
            a_figure(130.0, 100.0, last_year=104.0, covers=Covers.YEAR_TO_DATE), "",
            "130 in the year to date to March 2019, up 25% on the year to date to March 2018 (104)",
            id="a year to date is compared with last year's",
        ),
        pytest.param(
            a_figure(63.0, 62.0, unit=Unit.PERCENT, covers=Span(count=12, kind=PeriodKind.MONTH)), "",
            "63% in the 12 months to March 2019, up 1 point on the 12 months to February 2019 (62%)", id="a span",
        ),
        pytest.param(
            a_figure(7767.0, 6377.0, average=("monthly average", 7082.0)), "",
            "7,767 in March 2019, up 22% on February 2019 (6,377), above the monthly average of 7,082", id="an average",
        ),
        pytest.param(
            a_figure(3151.0, 2862.0, average=("monthly average", 3786.0)), "",
            "3,151 in March 2019, up 10% on February 2019 (2,862), below the monthly average of 3,786",
            id="risen and still below the average",
        ),
        pytest.param(
            a_figure(5.0, average=("average", 5.0)), "", "5 in March 2019, equal to the average", id="on the average"
        ),
        pytest.param(
            a_figure(5.0, 4.0, average=("average", 4.5)), Clause(", above the average of 4.5", names_average=True),
            "5 in March 2019, up from 4 in February 2019, above the average of 4.5", id="a rule's average is not said twice",
        ),
        pytest.param(
            a_figure(5.0, 4.0), Clause(", up 25% on February 2019", compares=("previous",), ends_with_period=True),
            "5 in March 2019, up 25% on February 2019 (4)", id="a rule's comparison is not said twice",
        ),
        pytest.param(
            a_figure(5.0, 4.0), Clause(", up from 4 in February 2019", compares=("previous",), tells=("previous",)),
            "5 in March 2019, up from 4 in February 2019", id="nor is the figure that it names",
        ),
        pytest.param(
            a_figure(5.0, average=("weekly average", 4.5)), Clause(", in the average band"),
            "5 in March 2019, in the average band, above the weekly average of 4.5", id="a name with a word in it is no average",
        ),
        pytest.param(
            a_figure(145.0, last_year=151.0), Clause(", down 4% on the same month last year", compares=("last_year",)),
            "145 in March 2019, down 4% on the same month last year", id="nor is last year's",
        ),
    ],
)  # fmt: skip
def test_a_figure_in_a_line(figure, clause, words):
    assert words == figure_words(figure, clause or Clause())


FORCE, NORTH, SOUTH, EAST = (Area(id=name.lower(), title=name) for name in ("Force", "North", "South", "East"))


@pytest.mark.parametrize(
    ("areas", "volumes", "words"),
    [
        pytest.param(JudgedAreas(exceptional=(), normal=()), True, "Not judged", id="without a verdict"),
        pytest.param(
            JudgedAreas(exceptional=(), normal=(FORCE,)), True, "No exceptional volumes", id="no exceptional volumes"
        ),
        pytest.param(JudgedAreas(exceptional=(), normal=(FORCE,)), False, "No exceptions", id="what are no volumes"),
        pytest.param(
            JudgedAreas(exceptional=(NORTH,), normal=(FORCE,)), True, "Exceptional volumes in North", id="one area"
        ),
        pytest.param(
            JudgedAreas(exceptional=(NORTH, SOUTH, EAST), normal=(FORCE,), complete=True), True,
            "Exceptional volumes in all areas except Force", id="all but one",
        ),
        pytest.param(
            JudgedAreas(exceptional=(FORCE, NORTH, SOUTH), normal=(), not_judged=(EAST,), complete=True), True,
            "Exceptional volumes in all areas except East, which is not judged", id="all but one that is not judged",
        ),
        pytest.param(
            JudgedAreas(exceptional=(FORCE, NORTH, SOUTH), normal=(), complete=True), False, "Exceptions in all areas", id="all",
        ),
        pytest.param(
            JudgedAreas(exceptional=(FORCE, NORTH, SOUTH), normal=()), False, "Exceptions in Force, North and South",
            id="nobody speaks of all areas where some have no figure",
        ),
    ],
)  # fmt: skip
def test_exceptional_areas_in_a_line(areas, volumes, words):
    assert words == areas_words(areas, volumes=volumes)


@pytest.mark.parametrize("reason", list(Reason))
def test_a_newer_period_without_a_usable_figure_is_named(reason):
    words = newer_words(MARCH, reason)

    assert (words or "").startswith("March 2019 ") == (words is not None)
    concerns_another_figure = reason.value.startswith(("no_", "few", "small", "zero", "gap", "break", "excluded"))
    assert (words is None) == (concerns_another_figure and reason is not Reason.NO_LEVEL)


def test_a_newer_figure_that_a_check_holds_is_named_with_what_it_fails():
    assert "March 2019 is held by a check: 870 is above 100, not judged" == newer_words(
        MARCH, Reason.HELD, "870 is above 100"
    )


def test_figures_per_day_are_told_beside_what_is_printed():
    daily = a_measure(unit=Unit.COUNT, per_day=PerDay.CALENDAR)
    area, march = Area(id="force", title="Force"), Calendar().parse_exact("2021-03")

    same = NewestFigure(measure=daily, area=area, area_unsaid=True, period=march, value=3100.0, previous=2800.0)
    more = NewestFigure(measure=daily, area=area, area_unsaid=True, period=march, value=3100.0, previous=2520.0)

    assert figure_words(same) == "3,100 in March 2021, 100 a day, as in February 2021"
    assert figure_words(more) == "3,100 in March 2021, 100 a day, up 11% on February 2021 (2,520, 90 a day)"
    assert (same.risen, more.risen) == (False, True)


def test_a_printed_change_stands_where_no_earlier_figure_does():
    figure = NewestFigure(
        measure=a_measure(unit=Unit.COUNT), area=Area(id="force", title="Force"), area_unsaid=True,
        period=Calendar().parse_exact("2021-03"), value=310.0, printed_changes={"same_period_last_year": 12.0},
    )  # fmt: skip

    assert figure_words(figure) == "310 in March 2021, up 12% on last year, as published"
