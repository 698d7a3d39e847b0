"""Figures that are places in a list: 7th of 8, was 6th; who comes from 8th to 6th goes up."""

import pytest
from samples.lives import Life
from samples.wording import a_measure, facts_of

from alerting.conditions.change import Change
from alerting.conditions.outside_range import OutsideRange
from alerting.domain.measure import Polarity, Unit
from alerting.domain.parameters import Amount
from alerting.wording.compared import apart
from alerting.wording.numbers import NumberStyle

PLACE = a_measure(unit=Unit.NUMBER, unit_name="places", better=Polarity.LOWER, maximum=8.0)
LOST = Change(versus="previous_period", rises_by=Amount(number=1.0))
FEWER = "with fewer than 2 places won"
WON = Change(versus="previous_period", falls_by=Amount(number=2.0))
WITHIN = OutsideRange(high=6.0)


@pytest.mark.parametrize(
    ("extra", "written", "bare", "size"),
    [
        ({}, "7th of 8", "7th", "1 place"),
        ({"maximum": None}, "7th", "7th", "1 place"),
        ({"better": Polarity.HIGHER}, "7 places", "7", "1 place"),
        ({"unit_name": "points"}, "7 points", "7", "1 point"),
    ],
)
def test_a_place_is_written_as_one_where_the_lowest_is_best(extra, written, bare, size):
    fields = {"unit": Unit.NUMBER, "unit_name": "places", "better": Polarity.LOWER, "maximum": 8.0}
    style = NumberStyle.of(a_measure(**(fields | extra)))
    assert [written, bare, size] == [style.value(7.0), style.bare(7.0), style.size(1.0)]


def test_what_lies_between_two_places_is_a_number():
    assert "6.5 of 8" == NumberStyle.of(PLACE).value(6.5)


@pytest.mark.parametrize(
    ("condition", "finding", "clause", "line", "clears"),
    [
        (LOST, {"value": 7.0, "previous": 6.0, "change": 1.0}, ", was 6th in August 2020", "was 6th", "without a place lost"),
        (WON, {"value": 2.0, "previous": 6.0, "change": -4.0}, ", was 6th in August 2020", "was 6th", FEWER),
        (WITHIN, {"value": 8.0}, ", below the last accepted place, 6th", "last accepted 6th", "in 6th place or better"),
        (WITHIN, {"value": 6.0}, ", not below the last accepted place, 6th", "last accepted 6th", "in 6th place or better"),
    ],
)  # fmt: skip
def test_rules_on_places_speak_of_places(condition, finding, clause, line, clears):
    facts = facts_of(PLACE, **finding)
    assert [clause, line] == [str(condition.clause(facts)), str(condition.held_against(facts))]
    assert clears == condition.clears(facts)


def test_a_worse_place_lies_below_a_better_one():
    facts = facts_of(PLACE, value=8.0)
    assert "2 places below" == apart(facts, WITHIN.held_against(facts))


def test_a_notice_of_a_place_lost_names_both_places(tmp_path):
    life = Life(tmp_path, measure=", unit_name: places, maximum: 8")
    life.rules = life.rules.replace("target: 10, ", "").replace(
        "{target_missed: {}}", "{change: {versus: previous_period, rises_by: 1}}"
    )
    life.tick("2020-06-03", "2019-05 8, 2020-04 6, 2020-05 7")

    assert "! Force: Crimes 7th of 8, was 6th" == life.subject("head")
    told = " ".join(life.message("head").split())
    assert "Crimes: 7th of 8 in May 2020, was 6th in April 2020. It is up from 8th in May 2019." in told
    assert "Clears without a place lost." in told
