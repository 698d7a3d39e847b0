"""A digest that is made between new figures and the next tick speaks of one state, that of the last tick, and says so."""

from datetime import time

import pytest
from samples.lives import Life

from alerting.app.alerts import actions as care

NEWER = "as of 3 June 2020; figures that came since are judged by the next."


@pytest.fixture
def life(tmp_path):
    found = Life(tmp_path)
    found.set(more='digests: [{id: monday, every: "monday 07:30", to: [each_owner]}]')
    return found


def came(life, **figures):
    life.figures |= {("force", period.replace("_", "-").removeprefix("p")): value for period, value in figures.items()}


def test_what_has_ended_since_still_goes_on_in_all_of_it(life):
    life.tick("2020-06-03", "2020-04 5, 2020-05 12")
    came(life, p2020_06="8")
    text = life.digest("2020-07-06")
    assert NEWER in text
    assert "12" in text
    assert "8 in June 2020" not in text
    assert "No exceptions" not in text


def test_what_has_opened_since_is_in_none_of_it(life):
    life.tick("2020-06-03", "2020-04 5, 2020-05 8")
    came(life, p2020_06="14")
    text = life.digest("2020-07-06")
    assert NEWER in text
    assert "14 in June 2020" not in text
    assert "1 exception" not in text


def test_what_goes_on_has_one_figure(life):
    life.tick("2020-06-03", "2020-04 5, 2020-05 12")
    came(life, p2020_06="14")
    text = life.digest("2020-07-06")
    assert NEWER in text
    assert "14 in June 2020" not in text
    assert "12 in May 2020, above the target of 10" in text


def test_where_nothing_stands_and_nothing_opens_it_speaks_of_the_newest_figures(life):
    life.tick("2020-06-03", "2020-04 12, 2020-05 8")
    came(life, p2020_06="7")
    text = life.digest("2020-07-06")
    assert NEWER not in text
    assert "7" in text.partition("As expected (1)")[2]
    assert "12" not in text


def test_a_file_that_changed_behind_the_tick_changes_nothing_before_the_next(life):
    life.tick("2020-06-03", "2020-04 5, 2020-05 12")
    came(life, p2020_05="8")
    text = life.digest("2020-06-03")
    assert "12" in text
    assert NEWER in text


def test_where_nothing_came_since_nothing_is_said_of_it(life):
    life.tick("2020-06-03", "2020-04 5, 2020-05 12")
    text = life.digest("2020-06-08")
    assert "figures that came since" not in text
    assert "Figures as known on 3 June 2020." in text


def test_its_time_reaches_to_the_day_it_is_made(life):
    life.tick("2020-06-03", "2020-04 5, 2020-05 12")
    text = life.digest("2020-06-08")
    assert "to 8 June 2020" in text


def test_before_the_first_tick_it_says_that_nothing_was_told(life):
    came(life, p2020_04="5", p2020_05="12")
    text = life.digest("2020-06-08")
    assert "Nothing has been told yet: the first evaluation is still to come." in text


def said(life, on, words):
    with life.opened(on, time(9)) as (engine, store):
        care.comment(engine.rules, store, "r/m/force/2020-05", "head", engine.clock.now(), words)


def test_what_was_said_of_what_is_over_is_not_said_again_by_a_later_digest(life):
    life.tick("2020-06-03", "2020-04 5, 2020-05 12")
    said(life, "2020-06-04", "Snow kept staff away")
    assert "Snow kept staff away" in life.digest("2020-06-08")
    assert "Snow kept staff away" in life.digest("2020-06-15")
    said(life, "2020-06-16", "It has melted")
    life.tick("2020-07-03", "2020-06 8")
    text = life.digest("2020-07-06")
    assert "It has melted" in text
    assert "Snow" not in text
