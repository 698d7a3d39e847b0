"""A finding in a subject line: sixty characters at most, and what is left out first stands last."""

from dataclasses import replace

import pytest
from samples.wording import a_measure, facts_of

from alerting.domain.area import Area
from alerting.domain.finding import Meaning, State
from alerting.domain.measure import Unit
from alerting.wording.briefly import Brief, HeldLine, brief_of, made_short, names_of

CALLS = Brief(
    area="West Mercia",
    names=("999 calls answered within 10 seconds", "999 calls answered"),
    figure="83%",
    line=HeldLine("standard", "90%"),
    mark="!",
)


@pytest.mark.parametrize(
    ("room", "written"),
    [
        (70, "! West Mercia: 999 calls answered within 10 seconds 83%, standard 90%"),
        (60, "! West Mercia: 999 calls answered 83%, standard 90%"),
        (50, "! West Mercia: 999 calls answered 83%, standard"),
        (46, "! West Mercia: 999 calls answered 83%"),
        (36, "! West Mercia: 999 calls 83%"),
        (27, "! West Mercia: 999 83%"),
        (20, "! West Mercia: 83%"),
        (5, "! West Mercia: 83%"),
    ],
)
def test_the_lines_value_goes_first_then_its_word_then_words_of_the_measure(room, written):
    assert CALLS.within(room) == written


@pytest.mark.parametrize(
    ("title", "short"),
    [
        ("999 calls", "999 calls"),
        ("Victims of crime in time", "Victims of crime in time"),
        ("999 calls answered within 10 seconds", "999 calls answered"),
        ("Residential burglary (dwelling)", "Residential burglary"),
        ("Offenders brought to the courts", "Offenders brought"),
        ("Crime, disorder, antisocial behaviour", "Crime, disorder"),
        ("Donaudampfschifffahrtsgesellschaft", "Donaudampfschifffahrtsg…"),
    ],
)
def test_a_short_name_is_made_of_whole_words_of_the_title(title, short):
    assert made_short(title) == short
    assert len(short) <= 24


def test_a_declared_short_name_is_used_alone():
    assert names_of(a_measure(title="999 calls answered within 10 seconds", short="999 in 10 s")) == ("999 in 10 s",)


@pytest.mark.parametrize(
    ("finding", "written"),
    [
        ({"value": 83.0, "meaning": Meaning.CONCERN}, "! North: Calls answered in time 83%, target 90%"),
        ({"value": 83.0, "meaning": Meaning.IMPROVEMENT}, "+ North: Calls answered in time 83%, target 90%"),
        ({"value": 83.0, "meaning": Meaning.CHANGE}, "~ North: Calls answered in time 83%, target 90%"),
        ({"value": 95.0, "state": State.NORMAL}, "North: Calls answered in time 95%, target 90%"),
        ({"value": None, "meaning": None}, "? North: Calls answered, no figure for September 2020"),
        ({"value": 83.0, "state": State.NO_DATA}, "North: Calls answered in time 83%"),
    ],
)
def test_a_mark_says_what_it_is_to_its_reader(finding, written):
    facts = facts_of(a_measure(unit=Unit.PERCENT), **{"state": State.EXCEPTION, **finding})
    value = "no figure" if facts.finding.value is None else facts.style.bare(facts.finding.value)
    brief = brief_of(facts, HeldLine("target", "90%"), value)
    assert replace(brief, area="North").within(60) == written


@pytest.mark.parametrize(
    ("state", "line", "written"),
    [
        (State.EXCEPTION, HeldLine("up 12% on last year"), "Calls answered in time, up 12% on last year"),
        (State.NO_DATA, HeldLine("target", "90%"), "Calls answered in time, no figure for September 2020"),
        (State.EXCEPTION, None, "Calls answered in time, no figure for September 2020"),
    ],
)
def test_a_change_that_is_printed_alone_stands_for_the_figure_where_it_was_judged(state, line, written):
    facts = facts_of(a_measure(unit=Unit.COUNT), value=None, change=12.0, state=state, meaning=Meaning.CHANGE)
    assert brief_of(facts, line, "not known").within(100).endswith(f": {written}")


def test_an_area_is_called_by_its_short_name():
    facts = facts_of(a_measure(), value=3.0)
    area = Area(id="tw", title="Telford & Wrekin", short="Telford")
    assert brief_of(replace(facts, area=area), None, "3").area == "Telford"


@pytest.mark.parametrize("length", range(3, 80, 7))
@pytest.mark.parametrize("area", ["Force", "Telford & Wrekin", "South Worcestershire and Malvern Hills"])
def test_area_and_figure_always_stand_and_sixty_characters_hold(area, length):
    title = "Calls answered in the time that the standard of service allows for and on any day"[:length].strip()
    brief = replace(CALLS, area=area, names=names_of(a_measure(title=title)))

    written = brief.within(60)

    assert len(written) <= 60
    assert written.startswith(f"! {area}: ")
    assert "83%" in written
    assert "  " not in written
    assert (title in written) or len(title) > 24 or len(area) > 30
