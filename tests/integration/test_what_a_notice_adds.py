"""What stands beside an exception: what good looks like, what drives the change, and whether it will go on as it runs now."""

from dataclasses import replace

import pytest
from samples.lives import Life
from samples.wording import a_measure, facts_of

from alerting.domain.finding import Assurance
from alerting.domain.measure import Unit
from alerting.wording.facts import Outlook
from alerting.wording.outlook import as_it_runs


@pytest.fixture
def life(tmp_path):
    return Life(tmp_path)


def in_a_line(life, owner="head"):
    return " ".join(life.message(owner).split())


def test_what_good_looks_like_stands_with_the_rule_and_in_the_digest(life):
    life.set(measure=", good_looks_like: Fewer crimes and fewer victims")
    life.tick("2020-06-03", "2020-04 5, 2020-05 12")
    told = in_a_line(life)
    assert "Good looks like: Fewer crimes and fewer victims. Rule: Too many." in told
    assert "Good looks like: Crimes: Fewer crimes and fewer victims." in life.digest("2020-06-05")


def test_a_measure_without_words_of_its_own_has_its_topics(life):
    life.rules = life.rules.replace("title: Topic, owner", "title: Topic, good_looks_like: Less of it, owner")
    life.tick("2020-06-03", "2020-04 5, 2020-05 12")
    assert "Good looks like: Less of it." in in_a_line(life)


def test_where_nobody_says_it_nothing_is_said(life):
    life.tick("2020-06-03", "2020-04 5, 2020-05 12")
    assert "Good looks like" not in in_a_line(life)
    assert "Good looks like" not in life.digest("2020-06-05")


def test_a_notice_names_the_areas_that_drive_the_change(life):
    life.tick("2020-06-01", "2020-04 2", area="north")
    life.tick("2020-06-01", "2020-04 3", area="south")
    life.tick("2020-06-01", "2020-04 5")
    life.tick("2020-06-03", "2020-05 3", area="north")
    life.tick("2020-06-03", "2020-05 9", area="south")
    life.tick("2020-06-03", "2020-05 12")
    assert "What drives it: South +6 of +7" in in_a_line(life)


def test_no_driver_is_named_of_what_is_over(life):
    life.tick("2020-06-03", "2020-04 12, 2020-05 12")
    life.tick("2020-06-03", "2020-04 6, 2020-05 6", area="south")
    life.tick("2020-07-03", "2020-06 2", area="south")
    life.tick("2020-07-03", "2020-06 5")
    assert "Resolved" in life.subject("head")
    assert "What drives it" not in in_a_line(life)


def test_a_steady_series_that_misses_its_target_is_said_to_go_on_so(life):
    figures = {f"2019-{month:02}": str(20 + month % 2) for month in range(1, 13)}
    life.tick("2020-02-03", figures | {"2020-01": "20"})
    said = "As it runs now it will nearly always miss the target of 10: its natural limits are 18 to 23."
    assert said in in_a_line(life)


def test_a_series_that_is_not_steady_promises_nothing(life):
    figures = {f"2019-{month:02}": str(20 + month % 2) for month in range(1, 13)}
    life.tick("2020-02-03", figures | {"2020-01": "60"})
    assert "As it runs now" not in in_a_line(life)


def test_a_notice_names_the_areas_that_it_speaks_for(life):
    life.set(rule=", inhibit: areas")
    for area, value in {"south": 14, "north": 12}.items():
        life.figures[(area, "2020-05")] = str(value)
    assert life.tick("2020-06-03", "2020-05 30") == [("head", "opened", "force")]
    assert "Not told singly while this stands: North 12, South 14." in in_a_line(life)

    life.set(rule="")
    assert [("north", "opened", "north"), ("north", "opened", "south")] == life.tick("2020-06-04")
    assert "Not told singly" not in in_a_line(life, "north")


def test_the_verdict_of_a_rule_that_tells_others_stands_beside(life):
    """A change for the one is a concern for the other; the reader of either must see both."""
    fewer = "{change: {versus: previous_period, falls_by: 1}}"
    more = f", {{id: odd, title: Fewer, measures: m, notify: [north], when: {fewer}}}]"
    life.rules = life.rules.rstrip().removesuffix("]") + more
    life.tick("2020-06-03", "2020-04 15, 2020-05 12")  # fewer than in April, and still too many
    assert "+ IMPROVEMENT ! CONCERN" in life.message("north")
    assert "! CONCERN + IMPROVEMENT" in life.message("head")
    theirs = life.digest("2020-06-05", "north")
    assert "- + Improvement, warning: Crimes 12 Also ! Concern May 2020" in theirs
    assert "Going well" not in theirs


def test_all_is_said_of_what_stands_only_where_nothing_is_over(life):
    life.set(rule=", notify: [head], remind: daily")
    life.tick("2020-06-03", "2020-05 12", area="north")
    life.tick("2020-06-03", "2020-05 15")
    life.tick("2020-06-04", "2020-05 9", area="north")
    assert in_a_line(life).startswith("1 concern, 1 corrected 1 still open. ")


def test_what_a_rule_finds_anew_of_a_figure_that_another_found_before_goes_on_in_the_digest(life):
    """The head counts no new concern, so that the table shows none."""
    more = ", {id: far, title: Far too many, measures: m, notify: [head], when: {target_missed: {at_most: 14}}}]"
    life.rules = life.rules.rstrip().removesuffix("]") + more
    life.set(rule=", notify: [head]")
    life.tick("2020-06-03", "2020-05 12")
    life.digest("2020-06-05")
    with life.opened("2020-06-05") as (engine, store):
        life.deliver(store, engine)
    life.tick("2020-07-03", "2020-06 15")
    told = life.digest("2020-07-05")
    assert "The exception is not new." in told
    assert "Crimes 15 Going on, Jun 2020, " in told


def test_a_rule_that_is_over_has_no_verdict_beside_others(life):
    """Until the end of May it found fewer a bad thing; what it said of May is out of messages once June is complete."""
    fewer = "{change: {versus: previous_period, falls_by: 1}}"
    more = f", {{id: odd, title: Fewer, measures: m, notify: [north], when: {fewer}}}]"
    life.rules = life.rules.rstrip().removesuffix("]") + more
    life.set(rule=", until: 2020-05-31")
    life.tick("2020-07-03", "2020-04 15, 2020-05 12")
    assert life.message("north").startswith("+ IMPROVEMENT, warning, new exception\n")


def test_a_line_with_areas_says_how_many_of_them_are_worse_than_the_one_that_leads(life):
    life.rules = life.rules.replace("target_missed: {}", "change: {versus: previous_period, moves_by: 1}")
    life.set(rule=", notify: [head]")
    for area, figures in {"north": "2020-04 5, 2020-05 7", "south": "2020-04 5, 2020-05 4"}.items():
        life.tick("2020-05-03", figures, area=area)
    life.tick("2020-06-03", "2020-04 15, 2020-05 12")
    assert "Force and 2 more areas (1 concern) · May 2020" in life.message("head")
    assert "down 3 on April 2020, and 2 more areas (1 concern)." in life.digest("2020-06-05")


@pytest.mark.parametrize(
    ("word", "outlook", "says", "limits"),
    [
        ("fails", Outlook(78.0, 86.0, 90.0), "it will nearly always miss the target of 90%", "78% to 86%"),
        ("hit_and_miss", Outlook(80.0, 94.0, 90.0), "it will at times reach and at times miss the target of 90%", "80% to 94%"),
        ("passes", Outlook(91.0, 94.0, 90.0), "it will nearly always reach the target of 90%", "91% to 94%"),
        ("fails", Outlook(78.0, 89.96, 90.0), "it will nearly always miss the target of 90%", "78% to 89.96%"),
    ],
)  # fmt: skip
def test_the_limits_never_read_across_the_target(word, outlook, says, limits):
    facts = facts_of(a_measure(unit=Unit.PERCENT), value=83.0, target=90.0, assurance=Assurance(word))
    assert as_it_runs(replace(facts, outlook=outlook)) == f"As it runs now {says}: its natural limits are {limits}"
