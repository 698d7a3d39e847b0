"""Alerts that live over time: what a revision, a late figure, a new name, a silence or an absence makes of them."""

from datetime import date, datetime, time

import pytest
from samples.lives import LONDON, Life

from alerting.app.alerts import actions as care
from alerting.app.digests.draft import month_draft
from alerting.opening import open_store

HEAD = "head"


@pytest.fixture
def life(tmp_path):
    return Life(tmp_path)


def reason(life):
    return [event.reason for notice in life.report.notices for event in notice.events]


# Revisions of what was told


def test_a_revision_that_moves_the_opening_is_a_correction_under_the_same_id_and_cites_the_first_notice(life):
    assert life.tick("2020-07-03", "2020-04 5, 2020-05 9, 2020-06 12") == [(HEAD, "opened", "force")]
    assert life.tick("2020-07-04", "2020-05 11") == [(HEAD, "corrected", "force")]
    assert reason(life) == ["The figures were revised; it opened with May 2020, not with June 2020."]
    assert "First told on 3 July 2020:" in " ".join(life.message(HEAD).split())
    (alert,) = life.alerts()
    assert (alert.id, str(alert.opened)) == ("r/m/force/2020-06", "2020-05")
    assert life.tick("2020-07-05") == []


def test_a_late_older_figure_moves_the_opening_too(life):
    assert life.tick("2020-07-03", "2020-04 5, 2020-06 12") == [(HEAD, "opened", "force")]
    assert life.tick("2020-07-09", "2020-05 12") == [(HEAD, "corrected", "force")]


def test_a_changed_rule_moves_the_opening_without_a_word(life):
    life.set(rule=", for: 2")
    assert life.tick("2020-07-03", "2020-04 5, 2020-05 11, 2020-06 12") == [(HEAD, "opened", "force")]
    life.set(rule="")
    assert life.tick("2020-07-04") == []
    assert [str(alert.opened) for alert in life.alerts()] == ["2020-05"]


def test_a_resolution_that_a_revision_takes_back_is_a_correction_and_the_alert_goes_on(life):
    life.tick("2020-06-03", "2020-04 5, 2020-05 12")
    assert life.tick("2020-07-03", "2020-06 8") == [(HEAD, "resolved", "force")]
    assert life.tick("2020-07-20", "2020-06 13") == [(HEAD, "corrected", "force")]
    assert reason(life) == ["The figures were revised; under the new ones the exception goes on."]
    assert [(alert.id, alert.consecutive) for alert in life.alerts()] == [("r/m/force/2020-05", 2)]
    assert life.tick("2020-08-03", "2020-07 7") == [(HEAD, "resolved", "force")]


def test_an_exception_told_and_resolved_that_never_was_is_corrected_once(life):
    life.tick("2020-06-03", "2020-04 5, 2020-05 12")
    life.tick("2020-07-03", "2020-06 8")
    assert life.tick("2020-07-20", "2020-05 9") == [(HEAD, "corrected", "force")]
    assert reason(life) == ["The figures were revised; under the new ones there was no exception."]
    assert life.tick("2020-07-21") == []


def test_what_turned_out_to_be_none_lasted_for_no_time(life):
    life.tick("2020-06-03", "2020-04 5, 2020-05 12")
    assert life.tick("2020-06-10", "2020-05 9") == [(HEAD, "corrected", "force")]
    assert "Lasted" not in life.message(HEAD)


def test_a_resolution_by_a_revised_figure_says_so(life):
    life.tick("2020-07-03", "2020-04 5, 2020-05 12, 2020-06 13")
    assert life.tick("2020-07-10", "2020-06 9") == [(HEAD, "resolved", "force")]
    assert reason(life) == ["The figures were revised; June 2020 is no exception any more."]


def test_the_figure_of_today_stands_in_the_digest(life):
    life.set(more='digests: [{id: monday, every: "monday 07:30", to: [each_owner]}]')
    life.tick("2020-06-03", "2020-04 5, 2020-05 12")
    life.tick("2020-06-04", "2020-05 15")
    text = life.digest("2020-06-08")
    assert "Crimes: 15 in May 2020, above the target of 10" in text
    assert "Crimes: 12" not in text


def test_a_revision_that_leaves_state_and_opening_alone_is_silent(life):
    life.tick("2020-06-03", "2020-04 5, 2020-05 12")
    assert life.tick("2020-06-04", "2020-05 12.5, 2020-04 6") == []


def test_figures_that_arrive_out_of_order_are_taken_in_order(life):
    life.set(rule=", for: 3")
    assert life.tick("2020-09-03", "2020-04 5, 2020-06 12, 2020-07 12, 2020-08 12") == [(HEAD, "opened", "force")]
    life.set(rule=", for: 4")
    assert life.tick("2020-09-04", "2020-05 12") == []
    assert [str(alert.opened) for alert in life.alerts()] == ["2020-08"]


def test_it_lasted_from_the_first_exceptional_period_to_the_last_over_a_gap(life):
    life.set(rule=", for: 2, clear_after: 2")
    life.tick("2020-07-03", "2020-04 5, 2020-05 11, 2020-06 12")
    life.tick("2020-11-03", "2020-08 12, 2020-09 8, 2020-10 7")
    assert life.told() == [(HEAD, "resolved", "force")]
    text = life.message(HEAD)
    assert "at least 2 months, at most 4 months, May 2020 to August 2020" in " ".join(text.split())
    assert "12 in August 2020" in text


def test_it_may_have_lasted_through_the_months_that_nobody_published(life):
    life.tick("2020-06-03", "2020-04 12, 2020-05 12")
    life.tick("2020-10-03", "2020-09 8")
    assert "at least 2 months, at most 5 months, April 2020 to August 2020" in " ".join(life.message(HEAD).split())


@pytest.mark.parametrize(
    ("figures", "between"),
    [
        ("2020-06 12", "the month between was not judged, or was no exception"),
        ("2020-08 12", "of the 3 months between some were not judged, or were no exceptions"),
    ],
)
def test_since_when_is_not_said_over_months_that_nobody_published(life, figures, between):
    life.set(more='digests: [{id: monday, every: "monday 07:30", to: [each_owner]}]', rule=", remind: weekly")
    life.tick("2020-05-03", "2020-04 12")
    life.tick("2020-09-03", figures)
    assert f"Open since April 2020; {between}" in " ".join(life.message(HEAD).split())
    assert "open since Apr 2020" in life.digest("2020-09-07")


BANDS = ", when: {band: {bands: [{red: 20 or more}, {amber: 10 to 20}, {green: below 10}], exception_from: amber}}"


@pytest.fixture
def bands(tmp_path):
    found = Life(tmp_path)
    found.rules = found.rules.replace(", when: {target_missed: {}}", BANDS)
    return found


def test_worse_is_told_once_to_and_fro_is_not(bands):
    assert bands.tick("2020-06-03", "2020-05 12") == [(HEAD, "opened", "force")]
    assert bands.tick("2020-07-03", "2020-06 25") == [(HEAD, "worsened", "force")]
    assert bands.tick("2020-08-03", "2020-07 12") == []
    assert bands.tick("2020-09-03", "2020-08 25") == []


def test_a_revised_band_of_the_period_that_was_told_is_a_correction(bands):
    bands.tick("2020-06-03", "2020-05 25")
    assert bands.tick("2020-06-04", "2020-05 12") == [(HEAD, "corrected", "force")]
    assert reason(bands) == ["The figures were revised; May 2020 is amber, not red."]
    assert bands.tick("2020-07-03", "2020-06 25") == [(HEAD, "worsened", "force")]


# Rules that change


def test_a_renamed_rule_carries_its_alerts_over(life):
    life.tick("2020-06-03", "2020-05 12")
    life.rules = life.rules.replace("{id: r, ", "{id: renamed, was: r, ")
    assert life.tick("2020-06-04") == []
    assert life.tick("2020-07-03", "2020-06 8") == [(HEAD, "resolved", "force")]
    (alert,) = life.alerts(ended=True)
    assert (alert.id, alert.key.rule) == ("r/m/force/2020-05", "renamed")


def test_without_its_former_name_it_ends_and_begins(life):
    life.tick("2020-06-03", "2020-05 12")
    life.rules = life.rules.replace("{id: r, ", "{id: renamed, ")
    assert life.tick("2020-06-04") == [(HEAD, "opened", "force"), (HEAD, "withdrawn", "force")]


def test_a_rule_switched_off_and_on_again_tells_what_stands(life):
    life.tick("2020-06-03", "2020-05 12")
    life.set(rule=", status: 'off'")
    assert life.tick("2020-06-04") == [(HEAD, "withdrawn", "force")]
    life.set(rule="")
    assert life.tick("2020-06-05") == [(HEAD, "opened", "force")]


SHADOW = ", status: shadow, author: data"


def test_those_who_were_told_hear_that_a_rule_in_shadow_watches_for_its_author_alone(life):
    life.tick("2020-06-03", "2020-05 12")
    life.set(rule=SHADOW)
    assert life.tick("2020-06-04") == [("data", "opened", "force"), (HEAD, "withdrawn", "force")]
    assert life.subject(HEAD).startswith("No longer watched: ")
    assert "The rule is tried out in shadow again" in " ".join(life.message(HEAD).split())
    assert life.subject("data").startswith("Shadow: ! Force: ")
    only = "The rule is tried out in shadow, and only its author is told; it would have gone to Head of Performance."
    assert only in " ".join(life.message("data").split())
    assert life.tick("2020-06-05") == []
    assert life.tick("2020-07-03", "2020-06 8") == [("data", "resolved", "force")]
    assert life.subject("data").startswith("Resolved: ")


def test_what_ends_as_its_rule_goes_into_shadow_is_told_as_it_ended(life):
    life.tick("2020-06-03", "2020-05 12")
    life.set(rule=SHADOW)
    assert life.tick("2020-07-03", "2020-06 8") == [(HEAD, "resolved", "force")]


def test_an_author_who_was_told_before_goes_on_hearing_of_it_in_shadow(life):
    life.tick("2020-06-03", "2020-05 12")
    life.set(rule=f", status: shadow, author: {HEAD}")
    assert life.tick("2020-06-04") == []
    assert life.tick("2020-07-03", "2020-06 8") == [(HEAD, "resolved", "force")]


def test_a_rule_that_comes_out_of_shadow_tells_what_stands_again(life):
    life.tick("2020-06-03", "2020-05 12")
    life.set(rule=SHADOW)
    life.tick("2020-06-04")
    life.set(rule="")
    assert life.tick("2020-06-05") == [(HEAD, "opened", "force")]


def test_a_digest_says_so_to_those_who_were_told_and_the_author_s_that_it_goes_on(life):
    life.set(more='digests: [{id: monday, every: "monday 07:30", to: [each_owner]}]')
    life.tick("2020-06-03", "2020-05 12")
    life.set(rule=SHADOW)
    life.tick("2020-06-04")
    text = life.digest("2020-06-08", "data")
    assert "Crimes: 12 in May 2020, above the target of 10" in text
    assert "No longer watched" not in text


# Words of a day, a post, a rule with patience


def test_a_correction_under_a_rule_with_patience_says_what_the_rule_asks_for(life):
    life.set(rule=", for: 2")
    assert life.tick("2020-07-03", "2020-04 5, 2020-05 11, 2020-06 12") == [(HEAD, "opened", "force")]
    assert life.tick("2020-07-04", "2020-05 9") == [(HEAD, "corrected", "force")]
    assert reason(life)[0].endswith("there is no exception. The rule asks for 2 months in a row.")


def test_a_rule_with_patience_says_why_it_tells_later_than_it_began(life):
    """Exceptional since May, first told in July: nobody is to think that a message was late."""
    life.set(rule=", for: 2, remind: weekly", more='digests: [{id: monday, every: "monday 07:30", to: [each_owner]}]')
    assert life.tick("2020-07-03", "2020-04 5, 2020-05 11, 2020-06 12") == [(HEAD, "opened", "force")]
    opened = " ".join(life.message(HEAD).split())
    assert "This is the second month running, since May 2020. The rule asks for 2 months in a row. " in opened

    assert life.tick("2020-08-03", "2020-07 13") == [(HEAD, "reminded", "force")]
    reminded = " ".join(life.message(HEAD).split())
    waited = "since May 2020. The rule asks for 2 months in a row; the second was June 2020. First told on 3 July 2020;"
    assert waited in reminded
    assert "since May 2020" in life.digest("2020-08-10")

    assert life.tick("2020-09-03", "2020-08 8") == [(HEAD, "resolved", "force")]
    assert "in a row" not in life.message(HEAD)


def test_patience_is_not_said_over_months_that_nobody_published(life):
    life.set(rule=", for: 2, remind: weekly")
    life.tick("2020-07-03", "2020-04 5, 2020-05 11, 2020-06 12")
    assert life.tick("2020-09-03", "2020-08 13") == [(HEAD, "reminded", "force")]
    assert "in a row" not in life.message(HEAD)
    assert "Open since June 2020" in life.message(HEAD)


def test_a_day_has_its_preposition_everywhere(life):
    life.rules = life.rules.replace("every: month", "every: day")
    assert life.tick("2020-06-03", "2020-06-01 5, 2020-06-02 12") == [(HEAD, "opened", "force")]
    assert "Exceptional on 2 June 2020." in life.message(HEAD)
    assert life.tick("2020-06-04", "2020-06-03 7") == [(HEAD, "resolved", "force")]
    assert "7 on 3 June 2020" in life.message(HEAD)
    assert "in 3 June" not in life.message(HEAD)
    assert "in 2 June" not in life.message(HEAD)


def test_a_post_whose_name_ends_in_a_stop_gets_one_stop(life):
    life.rules = life.rules.replace("name: Head of Performance", "name: 'Head, insp.'")
    life.tick("2020-06-03", "2020-05 12")
    assert "\nTo you, Head, insp.\n" in life.message(HEAD)


def test_the_two_ends_of_a_range_are_one_range_in_words(life):
    life.rules = life.rules.replace("target_missed: {}", "outside_range: {from: 8, to: 10}")
    life.tick("2020-06-03", "2020-03 9, 2020-04 9, 2020-05 12")
    text = " ".join(life.message(HEAD).split())
    assert "with the accepted range of 8 to 10." in text
    assert "to 10, from 8" not in text


# What was said of an alert


def test_what_was_said_of_an_exception_is_not_said_of_the_next_one(life):
    life.tick("2020-06-03", "2020-04 5, 2020-05 12")
    with life.opened("2020-06-03", time(9)) as (engine, store):
        care.comment(engine.rules, store, "r/m/force/2020-05", HEAD, engine.clock.now(), "Snow kept staff away")
    assert life.tick("2020-07-03", "2020-06 8") == [(HEAD, "resolved", "force")]
    assert "Snow kept staff away" in life.message(HEAD)
    assert life.tick("2020-08-03", "2020-07 13") == [(HEAD, "opened", "force")]
    assert "Snow" not in life.message(HEAD)


@pytest.mark.parametrize(
    ("month", "said"),
    [
        pytest.param("2020-05", ["Head of Performance, 3 June 2020: Snow kept staff away"], id="of-its-month"),
        pytest.param("2020-07", [], id="of-another-month"),
    ],
)
def test_what_was_said_of_an_exception_stands_in_its_month_s_draft(life, month, said):
    life.tick("2020-06-03", "2020-04 5, 2020-05 12")
    with life.opened("2020-06-03", time(9)) as (engine, store):
        care.comment(engine.rules, store, "r/m/force/2020-05", HEAD, engine.clock.now(), "Snow kept staff away")
    life.tick("2020-08-03", "2020-06 8, 2020-07 9")
    with life.opened("2020-08-03") as (engine, store), store.begin() as state:
        period = engine.rules.calendar.parse_exact(month)
        draft = month_draft(
            engine.rules,
            engine.enquiries.read(),
            date(2020, 8, 3),
            period,
            None,
            state.alerts.acknowledgements_and_comments(),
        )
    assert [list(line.comments) for line in draft.lines] == [said]


def test_a_draft_has_no_figure_of_another_month(life):
    life.tick("2020-06-03", "2020-04 5, 2020-05 12")
    with life.opened("2020-07-03") as (engine, _):
        period = engine.rules.calendar.parse_exact("2020-06")
        draft = month_draft(engine.rules, engine.enquiries.read(), date(2020, 7, 3), period, None)
    assert ((), 1) == (draft.lines, len(draft.without_figures))


# Who is told


def test_a_new_owner_is_told_once_what_is_open(life):
    life.tick("2020-06-03", "2020-05 12")
    life.rules = life.rules.replace("kind: policing, owner: head", "kind: policing, owner: chief")
    assert life.tick("2020-06-04") == [("chief", "opened", "force")]
    assert life.tick("2020-06-05") == []
    assert life.tick("2020-07-03", "2020-06 8") == [("chief", "resolved", "force"), (HEAD, "resolved", "force")]


def test_an_owner_without_an_address_is_told_when_there_is_one(life):
    life.rules = life.rules.replace(", email: head@example.org", "")
    assert life.tick("2020-06-03", "2020-05 12") == []
    assert life.suppressed() == [(HEAD, "no_address")]
    life.rules = life.rules.replace("name: Head of Performance", "name: Head of Performance, email: head@example.org")
    assert life.tick("2020-06-04") == [(HEAD, "opened", "force")]


AWAY = ", away: [{from: 2020-06-01, until: 2020-06-21}]"


def test_a_deputy_is_told_instead_and_says_for_whom(life):
    life.set(head=", deputy: chief" + AWAY)
    assert life.tick("2020-06-03", "2020-05 12") == [("chief", "opened", "force")]
    assert "Told for: Head of Performance." in life.message("chief")
    assert life.tick("2020-06-22") == []  # back again: the deputy was told on their behalf
    assert life.tick("2020-07-03", "2020-06 8") == [("chief", "resolved", "force"), (HEAD, "resolved", "force")]


def test_189_the_deputys_deputy_is_told_where_both_are_away_and_a_circle_ends_at_the_fallback(life):
    life.set(north=", deputy: deputy" + AWAY, deputy=", deputy: chief" + AWAY)
    assert life.tick("2020-06-03", "2020-05 12", area="north") == [("chief", "opened", "north")]
    life.set(deputy=", deputy: north" + AWAY, more="roles: {fallback: duty}")
    assert life.tick("2020-06-04", "2020-05 12", area="south") == [("duty", "opened", "south")]


def test_escalation_after_working_days_once_and_not_over_a_bank_holiday(life):
    life.set(head=", escalate: {after: 3 working days, to: chief}")
    life.tick("2020-05-06", "2020-04 12")  # a Wednesday; Friday 8 May was a holiday
    assert [life.tick(day) for day in ("2020-05-07", "2020-05-08", "2020-05-11")] == [[], [], []]
    assert life.tick("2020-05-12") == [("chief", "escalated", "force")]
    assert life.subject("chief").startswith("Passed on: ")
    assert reason(life) == ["Head of Performance was told on 6 May 2020; nobody has acknowledged it since."]
    assert life.tick("2020-05-13") == []
    assert life.tick("2020-06-03", "2020-05 8") == [("chief", "resolved", "force"), (HEAD, "resolved", "force")]


def test_reminders_a_week_after_the_last_message(life):
    life.set(rule=", remind: weekly")
    life.tick("2020-06-03", "2020-05 12")
    assert life.tick("2020-06-09") == []
    assert life.tick("2020-06-10") == [(HEAD, "reminded", "force")]
    assert life.subject(HEAD).startswith("Still open: ")
    assert reason(life) == ["First told on 3 June 2020; nobody has acknowledged it since."]
    assert [life.tick(day) for day in ("2020-06-16", "2020-06-17")] == [[], [(HEAD, "reminded", "force")]]


def test_a_silence_holds_messages_back_and_what_still_stands_is_told_at_its_end(life):
    life.set(more="silences: [{id: s, match: {rules: [r]}, from: 2020-06-01, until: 2020-06-10, reason: Known}]")
    assert life.tick("2020-06-03", "2020-05 12") == []
    assert life.suppressed() == [(HEAD, "silenced")]
    assert life.tick("2020-06-10") == []
    assert life.tick("2020-06-11") == [(HEAD, "opened", "force")]
    assert reason(life) == ["It was silenced until now."]
    assert life.tick("2020-06-12") == []


def test_what_ends_within_a_silence_is_not_told(life):
    life.set(more="silences: [{id: s, match: {rules: [r]}, from: 2020-06-01, until: 2020-07-10, reason: Known}]")
    life.tick("2020-06-03", "2020-05 12")
    assert life.tick("2020-07-03", "2020-06 8") == []
    assert life.tick("2020-07-11") == []


def test_the_areas_are_not_told_singly_while_the_force_stands(life):
    life.set(rule=", inhibit: areas")
    life.figures = {("force", "2020-05"): "30", ("north", "2020-05"): "12"}
    assert life.tick("2020-06-03") == [(HEAD, "opened", "force")]
    assert life.suppressed() == [("north", "inhibited")]
    assert "- North: 12, 2 above, ! concern\n" in life.message(HEAD)
    assert life.tick("2020-07-03", "2020-06 8") == [(HEAD, "resolved", "force"), ("north", "opened", "north")]


def test_the_force_is_not_told_while_an_area_stands_where_the_rule_says_so(life):
    life.set(rule=", inhibit: parent")
    life.figures = {("force", "2020-05"): "30", ("north", "2020-05"): "12"}
    assert life.tick("2020-06-03") == [("north", "opened", "north")]
    assert life.suppressed() == [(HEAD, "inhibited")]


@pytest.mark.parametrize(("silently", "said"), [("2020-05 13", "Before: 13"), (None, "Told: 12")])
def test_a_correction_does_not_call_told_what_was_revised_without_a_word(life, silently, said):
    life.tick("2020-06-03", "2020-04 5, 2020-05 12")
    if silently:
        assert life.tick("2020-06-04", silently) == []
    assert life.tick("2020-06-05", "2020-05 8") == [(HEAD, "corrected", "force")]
    text = " ".join(life.message(HEAD).split())
    assert said in text
    assert "First told on 3 June 2020" in text


@pytest.mark.parametrize(("remind", "told"), [("daily", "reminded"), ("never", "escalated")])
def test_after_an_inhibition_one_is_reminded_before_it_is_passed_on(life, remind, told):
    life.set(rule=f", inhibit: areas, remind: {remind}", north=", escalate: {after: 2 working days, to: chief}")
    assert life.tick("2020-06-03", "2020-04 5, 2020-05 12", area="north") == [("north", "opened", "north")]
    life.tick("2020-06-03", "2020-05 30")
    for day in ("2020-06-04", "2020-06-05", "2020-06-08"):
        life.tick(day)
    ends = life.tick("2020-06-09", "2020-05 8")
    assert [told] == [kind for _, kind, area in ends if area == "north"]
    if remind == "daily":
        assert ("chief", "escalated", "north") not in life.tick("2020-06-10")
        assert ("chief", "escalated", "north") in life.tick("2020-06-11")
        assert "north" in life.message("chief").casefold()


# Floods, budgets, quiet hours


def many(count, value):
    return {(f"a{n}", "2020-05"): value for n in range(count)}


@pytest.fixture
def wide(tmp_path):
    found = Life(tmp_path)
    areas = "".join(f"  - {{id: a{n}, title: Area {n}, owner: head}}\n" for n in range(20))
    found.rules = found.rules.replace("areas:\n", f"areas:\n{areas}", 1)
    found.set(more="schedule: {flood: 5}\nroles: {operator: duty}")
    return found


def test_a_first_evaluation_is_no_flood(wide):
    wide.figures = many(20, "12")
    assert len(wide.tick("2020-06-03")) == 20
    assert "duty" not in {told[0] for told in wide.told()}


def test_very_many_at_once_are_one_summary_and_a_word_to_the_operator(wide):
    wide.figures = many(20, "8")
    wide.tick("2020-06-03")
    wide.figures |= {(f"a{n}", "2020-06"): "12" for n in range(10)}
    told = wide.tick("2020-07-03")
    assert [("duty", "engine")] == [one for one in told if one[0] == "duty"]
    assert "10 exceptions opened at once, in 10 of 20 series" in wide.message(HEAD)
    assert len(wide.report.deliveries) == 2
    assert wide.tick("2020-07-04") == []


def test_many_of_very_many_are_no_flood(wide):
    wide.figures = many(20, "8") | {("north", f"2020-0{n}"): "8" for n in range(1, 6)}
    wide.set(more="schedule: {flood: 2}\nroles: {operator: duty}")
    wide.tick("2020-06-03")
    wide.figures |= {(f"a{n}", "2020-06"): "12" for n in range(4)}
    assert {told[0] for told in wide.tick("2020-07-03")} == {HEAD}
    assert "at once" not in wide.message(HEAD)


def test_figures_that_have_not_come_are_no_flood(wide):
    late = "}, {id: late, title: Figures are late, measures: m, when: {not_fresh: {}}, severity: info"
    wide.set(rule=late, measure=", expected: 5 days", more="schedule: {flood: 5}\nroles: {operator: duty}")
    wide.figures = many(20, "8")
    wide.tick("2020-06-03")
    assert {told[:2] for told in wide.tick("2020-07-20")} == {("data", "opened")}
    assert "at once" not in wide.message("data")
    assert "exception" not in wide.message("data")


def test_areas_that_are_judged_for_the_first_time_are_no_flood(wide):
    wide.figures = many(5, "8")
    wide.tick("2020-06-03")
    wide.figures |= many(20, "12") | many(5, "8")
    assert {told[0] for told in wide.tick("2020-06-04")} == {HEAD}
    assert "at once" not in wide.message(HEAD)
    wide.figures |= {(f"a{n}", "2020-06"): "12" for n in range(5)}  # those that were known
    assert {told[0] for told in wide.tick("2020-07-03")} == {HEAD}
    wide.figures |= {(f"a{n}", "2020-06"): "8" for n in range(20)}
    wide.tick("2020-07-04")
    wide.figures |= {(f"a{n}", "2020-07"): "12" for n in range(6)} | {("north", "2020-07"): "12"}
    assert ("duty", "engine") in wide.tick("2020-08-03")
    assert "6 exceptions opened at once, in 6 of 21 series" in wide.message(HEAD)


def held(life):
    return [(one.owner, one.not_before is not None) for one in life.report.deliveries]


def test_quiet_hours_hold_back_all_but_what_is_critical(life):
    life.set(head=', quiet_hours: {from: "20:00", until: "07:30"}')
    life.tick("2020-06-03", "2020-05 12", at=time(7))
    assert held(life) == [(HEAD, True)]
    life.set(rule=", severity: critical")
    life.tick("2020-06-03", "2020-05 12", area="north", at=time(7, 1))
    life.rules = life.rules.replace("parent: force, owner: north}", "parent: force, owner: head}")
    life.tick("2020-06-03", "2020-05 12", area="south", at=time(7, 2))
    assert (HEAD, False) in held(life)


def test_what_quiet_hours_held_back_becomes_one_message(life):
    life.set(head=', quiet_hours: {from: "20:00", until: "09:00"}')
    life.rules = life.rules.replace("parent: force, owner: north}", "parent: force, owner: head}")
    life.tick("2020-06-03", "2020-05 12", at=time(7))
    assert life.tick("2020-06-03", "2020-05 12", area="north", at=time(8)) == [
        (HEAD, "opened", "force"), (HEAD, "opened", "north"),
    ]  # fmt: skip
    assert "Held back over your quiet hours." in life.message(HEAD)
    with life.opened("2020-06-03", time(8)) as (_, store):
        assert ["cancelled", "pending"] == [one.state.value for one in store.deliveries()]


def test_beyond_the_budget_one_summary(life):
    life.set(head=", mail_budget: 1 per day")
    life.rules = life.rules.replace("parent: force, owner: north}", "parent: force, owner: head}")
    life.tick("2020-06-03", "2020-05 12", at=time(7))
    life.tick("2020-06-03", "2020-05 12", area="north", at=time(8))
    life.tick("2020-06-03", "2020-05 12", area="south", at=time(9))
    assert held(life) == [(HEAD, True)]
    assert [told[1:] for told in life.told()] == [("opened", "north"), ("opened", "south")]
    assert "Your budget of 1 messages per day was used up" in life.message(HEAD)


# Sources and what they held


def test_a_source_that_fails_is_told_once_to_its_owner_and_when_it_is_well_again(life):
    life.tick("2020-06-03", "2020-05 8")
    (life.folder / "figures/m.csv").unlink()
    life.write = lambda: None
    assert life.tick("2020-06-04") == [("data", "source_trouble")]
    assert life.tick("2020-06-05") == []
    del life.write
    assert life.tick("2020-06-06") == [("data", "engine")]
    assert life.subject("data") == "Figures in order again: calls"


def test_refused_cells_are_told_once_with_row_and_fix(life):
    assert life.tick("2020-06-03", "2020-05 8") == []
    assert life.tick("2020-07-03", {"2020-06": "8 (?)"}) == [("data", "source_trouble")]
    assert "8 (?)" in life.message("data")
    assert life.tick("2020-07-04") == []


@pytest.mark.parametrize("wrong", ["8 (?)", "1e", "NaN%"])
def test_a_refused_cell_that_moves_to_another_row_is_not_told_again(life, wrong):
    life.tick("2020-07-03", {"2020-05": "8", "2020-06": wrong})
    assert life.tick("2020-07-04", {"2020-04": "7"}) == []  # one row before it
    life.figures["force", "2020-07"] = wrong  # the same text in another cell is another trouble
    assert life.tick("2020-08-04") == [("data", "source_trouble")]


def test_rows_that_contradict_one_another_and_move_are_not_told_again(life):
    life.tick("2020-07-03", {"2020-05": "8", "2020-06": "8"})
    path = life.folder / "figures/m.csv"

    def told(on, *rows):
        path.write_text("\n".join(["measure,area,period,value", *rows, ""]), encoding="utf-8")
        with life.opened(on) as (engine, store):
            return [notice.owner for notice in engine.tick(store, date.fromisoformat(on)).notices]

    assert told("2020-07-04", "m,force,2020-05,8", "m,force,2020-06,8", "m,force,2020-06,9") == ["data"]
    assert told("2020-07-05", "m,force,2020-04,8", "m,force,2020-05,8", "m,force,2020-06,8", "m,force,2020-06,9") == []


def test_troubles_that_an_earlier_version_kept_by_their_row_are_not_told_again(life):
    life.tick("2020-07-03", {"2020-05": "8", "2020-06": "8 (?)"})
    with life.opened("2020-07-03") as (_, store), store.begin() as state:
        at = datetime(2020, 7, 3, 7, tzinfo=LONDON)
        state.troubles.save("calls", ('refused-cell row 3, column value: "8 (?)" is no number',), at)
    assert life.tick("2020-07-04") == []


def test_late_figures_are_one_notice_a_source(life):
    life.set(measure=", expected: 5 days")
    life.figures = {("north", "2020-05"): "5"}
    life.tick("2020-06-03", "2020-05 8")
    assert life.tick("2020-07-05") == []
    assert life.tick("2020-07-06") == [("data", "source_trouble")]
    assert "June 2020" in life.message("data")
    assert life.tick("2020-07-07") == []
    assert life.tick("2020-07-08", {"2020-06": "8"}) == []  # North is late still
    assert life.tick("2020-07-09", {"2020-06": "8"}, area="north") == [("data", "engine")]


def test_a_figure_that_vanishes_keeps_counting_and_is_reported(life):
    life.tick("2020-06-03", "2020-04 5, 2020-05 12")
    del life.figures["force", "2020-05"]
    assert life.tick("2020-06-04") == [("data", "source_trouble")]
    assert "1 figure that it held before is no longer in it: m force 2020-05" in life.message("data")
    assert [problem.code for problem in life.report.problems] == ["vanished"]
    assert [alert.value for alert in life.alerts()] == [12]
    assert life.tick("2020-06-05") == []
    assert life.tick("2020-07-03", "2020-06 12") == []
    assert [alert.consecutive for alert in life.alerts()] == [2]


def test_an_emptied_file_ends_nothing(life):
    life.tick("2020-06-03", "2020-04 5, 2020-05 12")
    life.figures.clear()
    assert ("data", "source_trouble") in life.tick("2020-06-04")
    assert [alert.value for alert in life.alerts()] == [12]


def test_figures_are_judged_as_they_were_known(life):
    life.tick("2020-06-03", "2020-04 5, 2020-05 12")
    life.tick("2020-06-10", "2020-05 8")
    engine = life.engine(date(2020, 6, 20))
    values = [
        engine.enquiries.evaluate(day, engine.enquiries.as_known(day), text="none").found[0].finding.value
        for day in (date(2020, 6, 3), date(2020, 6, 9), date(2020, 6, 10))
    ]
    assert values == [12, 12, 8]


def test_a_tick_of_a_late_day_tells_the_outcome_of_all_it_missed(life):
    life.tick("2020-06-03", "2020-05 8")
    assert life.tick("2020-12-03", "2020-06 12, 2020-07 8, 2020-08 12, 2020-09 12") == [(HEAD, "opened", "force")]
    assert [str(alert.opened) for alert in life.alerts()] == ["2020-08"]


# What an attack found


def test_a_message_that_waits_is_folded_with_what_became_of_it(life):
    """Opened in quiet hours, corrected in quiet hours: one message, of something new; nothing fails."""
    life.set(head=', quiet_hours: {from: "20:00", until: "09:00"}')
    life.tick("2020-07-03", "2020-04 5, 2020-05 9, 2020-06 12", at=time(6))
    assert life.tick("2020-07-03", "2020-05 11", at=time(7)) == [(HEAD, "opened", "force")], (
        "nobody heard what is put right"
    )
    assert life.subject(HEAD) == "! Force: Crimes 12, target 10"
    assert "First told" not in life.message(HEAD)
    assert [state for state, _ in kept(life)] == ["cancelled", "pending"]


def test_what_opened_and_ended_before_its_reader_heard_of_it_is_not_sent(life):
    life.set(head=', quiet_hours: {from: "20:00", until: "09:00"}')
    life.tick("2020-07-03", "2020-04 5, 2020-05 9, 2020-06 12", at=time(6))
    assert life.tick("2020-07-03", "2020-06 9", at=time(7)) == []
    assert [state for state, _ in kept(life)] == ["cancelled"]


def test_a_budget_and_daily_reminders_fold_day_after_day(life):
    life.set(head=", mail_budget: 1 per week", rule=", remind: daily, notify: [head]")
    life.tick("2020-06-01", "2020-05 12")
    life.tick("2020-06-02", "2020-05 12", area="north")
    assert "! concern, new exception\n" in life.message(HEAD)  # North, of which nobody has heard yet
    assert "! CONCERN, warning, still open\n" in life.message(HEAD)
    assert life.tick("2020-06-03") == [], "what waits says it all"
    assert [state for state, _ in kept(life)] == ["accepted", "pending"]
    life.tick("2020-06-04", "2020-05 13")
    assert [state for state, _ in kept(life)] == ["accepted", "cancelled", "pending"]


def test_an_urgent_message_takes_along_what_waits(life):
    life.set(head=', quiet_hours: {from: "20:00", until: "09:00"}', rule=", notify: [head]")
    life.tick("2020-06-03", "2020-05 12", at=time(6))
    life.set(rule=", notify: [head], severity: critical")
    life.tick("2020-06-03", "2020-05 12", area="north", at=time(7))
    assert [(state, waits) for state, waits in kept(life)] == [("cancelled", True), ("accepted", False)]
    assert "It also says what was held back until now." in life.message(HEAD)


def test_folded_messages_do_not_use_up_a_budget(life):
    life.set(head=', quiet_hours: {from: "20:00", until: "09:00"}, mail_budget: 2 per day', rule=", notify: [head]")
    for hour, area in enumerate(("force", "north", "south")):
        life.tick("2020-06-03", "2020-05 12", area=area, at=time(5 + hour))
    assert "Your budget" not in life.message(HEAD)


def test_the_word_of_a_flood_is_in_what_quiet_hours_hold_back(wide):
    wide.figures = many(20, "8")
    wide.set(head=', quiet_hours: {from: "00:00", until: "23:00"}')
    wide.tick("2020-06-03")
    wide.figures |= {(f"a{n}", "2020-06"): "12" for n in range(10)}
    wide.tick("2020-07-03")
    assert "10 exceptions opened at once" in wide.message(HEAD)
    assert "Held back over your quiet hours." in wide.message(HEAD)


@pytest.mark.parametrize("stands", [True, False], ids=["open", "resolved"])
def test_a_rule_that_judges_other_periods_begins_anew(life, stands):
    life.tick("2020-05-03", "2020-04 12")
    if not stands:
        life.tick("2020-06-03", "2020-05 4")
    life.set(rule=", every: quarter")
    told = life.tick("2020-07-03", "2020-05 4, 2020-06 20")  # 36 in the quarter, its three targets are 30
    expected = [(HEAD, "opened", "force")] + [(HEAD, "withdrawn", "force")] * stands
    assert told == expected
    assert not stands or "The rule judges other periods now." in reason(life)


def test_a_measure_that_moves_to_another_source_leaves_its_old_figures_behind(life):
    life.rules = life.rules.replace("owner: data%(source)s}}", "owner: data}, b: {csv: figures/b.csv, owner: data}}")
    life.tick("2020-06-03", "2020-05 12")
    life.rules = life.rules.replace("source: calls%", "source: b%")
    (life.folder / "figures/b.csv").write_text("measure,area,period,value\nm,force,2020-05,3\n")
    assert life.tick("2020-06-04") == [(HEAD, "corrected", "force")]
    assert life.report.problems == ()


def test_a_correction_that_a_silence_held_back_is_told_at_its_end(life):
    life.tick("2020-06-03", "2020-04 5, 2020-05 12")
    life.tick("2020-07-03", "2020-06 8")
    life.set(more="silences: [{id: s, match: {rules: [r]}, from: 2020-07-04, until: 2020-07-10, reason: Known}]")
    assert life.tick("2020-07-05", "2020-06 14") == []
    assert life.tick("2020-07-11") == [(HEAD, "opened", "force")]


def test_a_force_that_nobody_hears_of_speaks_for_nobody(life):
    life.set(rule=", inhibit: areas")
    life.rules = life.rules.replace(", email: head@example.org", "")
    life.figures = {("force", "2020-05"): "30", ("north", "2020-05"): "12"}
    assert life.tick("2020-06-03") == [("north", "opened", "north")]


def test_a_rename_is_kept_though_nothing_else_changes(life):
    life.tick("2020-06-03", "2020-05 12")
    life.rules = life.rules.replace("{id: r, ", "{id: r2, was: r, ")
    life.tick("2020-06-04")
    life.rules = life.rules.replace("{id: r2, was: r, ", "{id: r3, was: r2, ")
    assert life.tick("2020-06-05") == []
    life.rules = life.rules.replace("was: r2, ", "")
    assert life.tick("2020-06-06") == []
    assert [alert.key.rule for alert in life.alerts()] == ["r3"]


@pytest.mark.parametrize("gone", ["", "8 (?)"], ids=["emptied", "refused"])
def test_a_clearing_figure_that_is_gone_opens_nothing(life, gone):
    life.tick("2020-06-03", "2020-04 5, 2020-05 12")
    life.tick("2020-07-03", "2020-06 8")
    told = life.tick("2020-07-10", {"2020-06": gone})
    assert [one for one in told if one[0] == HEAD] == []
    assert [one for one in life.tick("2020-07-11", {"2020-06": "8"}) if one[0] == HEAD] == []


def test_an_opening_figure_that_is_gone_ends_nothing_by_itself(life):
    life.tick("2020-06-03", "2020-04 5, 2020-05 12")
    life.tick("2020-07-03", "2020-06 12")
    told = life.tick("2020-08-03", {"2020-05": "12 (?)", "2020-07": "8"})
    assert [one for one in told if one[0] == HEAD] == [(HEAD, "resolved", "force")]
    assert [str(alert.resolved) for alert in life.alerts(ended=True)] == ["2020-07"]


def test_a_longer_patience_reopens_nothing(life):
    life.tick("2020-06-03", "2020-04 5, 2020-05 12")
    life.tick("2020-07-03", "2020-06 8")
    life.set(rule=", clear_after: 2")
    assert life.tick("2020-07-10") == []


def test_after_months_without_a_tick_it_lasted_until_its_own_end(life):
    life.tick("2020-05-03", "2020-04 12")
    life.tick("2020-09-03", "2020-05 8, 2020-06 12, 2020-07 8, 2020-08 4")
    assert "Lasted:    1 month, April 2020" in life.message(HEAD)


def test_what_worsens_as_a_silence_ends_is_new_to_who_never_heard_of_it(bands):
    bands.set(more="silences: [{id: s, match: {rules: [r]}, from: 2020-06-01, until: 2020-06-30, reason: Known}]")
    bands.tick("2020-06-03", "2020-05 12")
    assert bands.tick("2020-07-03", "2020-06 25") == [(HEAD, "opened", "force")]
    assert reason(bands) == ["It was silenced until now."]


def test_a_deputy_too_is_told_why_only_now(bands):
    bands.set(
        head=", deputy: chief, away: [{from: 2020-06-01, until: 2020-07-31}]",
        more="silences: [{id: s, match: {rules: [r]}, from: 2020-06-01, until: 2020-06-30, reason: Known}]",
    )
    bands.tick("2020-06-03", "2020-05 12")
    assert bands.tick("2020-07-03", "2020-06 25") == [("chief", "opened", "force")]
    assert reason(bands) == ["It was silenced until now."]


def test_a_trouble_nobody_could_be_told_of_is_told_when_there_is_an_address(life):
    life.rules = life.rules.replace(", email: data@example.org", "").replace(", email: head@example.org", "")
    life.tick("2020-06-03", "2020-05 8")
    assert life.tick("2020-07-03", {"2020-06": "8 (?)"}) == []
    life.rules = life.rules.replace("name: Data Team", "name: Data Team, email: data@example.org")
    assert life.tick("2020-07-04") == [("data", "source_trouble")]


def test_lateness_that_a_rule_tells_is_not_told_twice(life):
    life.set(measure=", expected: 5 days")
    life.rules = life.rules.replace("when: {target_missed: {}}", "when: {not_fresh: {}}")
    life.tick("2020-06-03", "2020-05 8")
    assert life.tick("2020-07-07") == [("data", "opened", "force")]
    assert life.tick("2020-07-08", "2020-06 8") == [("data", "resolved", "force")]


def kept(life):
    """(state, whether it waits) of every delivery so far."""
    store = open_store(life.engine(date(2020, 6, 3)).settings)
    found = [(one.state.value, one.not_before is not None) for one in store.deliveries()]
    store.close()
    return found


# What a second attack found


def acknowledged(life, on):
    (alert,) = life.alerts()
    with life.opened(on, time(9)) as (engine, store):
        care.acknowledge(engine.rules, store, alert.id, "chief", engine.clock.now(), date.fromisoformat(on), None)


def test_what_got_worse_after_it_was_acknowledged_waits_anew_for_somebody_to_take_it_on(bands):
    bands.set(head=", escalate: {after: 3 working days, to: chief}")
    bands.rules = bands.rules.replace("{id: r, ", "{id: r, remind: weekly, ")
    bands.tick("2020-06-03", "2020-05 12")
    acknowledged(bands, "2020-06-04")
    assert bands.tick("2020-06-30") == []
    assert bands.tick("2020-07-03", "2020-06 25") == [(HEAD, "worsened", "force")]  # a Friday
    assert [bands.tick(day) for day in ("2020-07-04", "2020-07-07")] == [[], []]
    assert bands.tick("2020-07-08") == [("chief", "escalated", "force")]
    assert reason(bands) == ["Head of Performance was told on 3 July 2020; nobody has acknowledged it since."]
    assert bands.tick("2020-07-15") == [(HEAD, "reminded", "force")]
    assert reason(bands) == ["Told anew on 3 July 2020; nobody has acknowledged it since."]


def test_an_acknowledgement_that_lapses_passes_nothing_on_at_once(life):
    life.set(head=", escalate: {after: 3 working days, to: chief}", rule=", review_after: 2 weeks")
    life.tick("2020-06-03", "2020-05 12")
    acknowledged(life, "2020-06-04")  # until Wednesday 17 June
    assert [life.tick(day) for day in ("2020-06-17", "2020-06-18", "2020-06-22")] == [[], [], []]
    assert life.tick("2020-06-23") == [("chief", "escalated", "force")]
    assert reason(life) == [
        "Head of Performance was told on 3 June 2020; its acknowledgement of 4 June 2020 has lapsed."
    ]


@pytest.mark.parametrize(
    ("roles", "told"),
    [
        ("", [HEAD]),
        ("roles: {fallback: chief}", ["chief"]),
        ("roles: {maintainer: deputy, fallback: chief}", ["deputy"]),
        ("roles: {operator: duty, maintainer: deputy}", ["duty"]),
    ],
)
def test_a_source_without_an_owner_fails_before_somebodys_eyes(life, roles, told):
    life.rules = life.rules.replace("figures/m.csv, owner: data%(source)s}", "figures/m.csv}")
    life.set(more=roles)
    life.tick("2020-06-03", "2020-05 8")
    (life.folder / "figures/m.csv").unlink()
    life.write = lambda: None
    assert life.tick("2020-06-04") == [(person, "source_trouble") for person in told]
    assert life.tick("2020-06-05") == []


@pytest.mark.parametrize(("june", "told"), [("8", "in order again"), ("8 (?)", "can be read again")])
def test_a_source_without_an_owner_that_comes_again_is_said_to_be_well_only_where_it_is(life, june, told):
    life.rules = life.rules.replace("figures/m.csv, owner: data%(source)s}", "figures/m.csv}")
    life.tick("2020-06-03", "2020-05 8")
    (life.folder / "figures/m.csv").write_text("", encoding="utf-8")
    write, life.write = life.write, lambda: None
    assert life.tick("2020-06-04") == [(HEAD, "source_trouble")]
    life.write = write
    assert life.tick("2020-07-05", {"2020-06": june}) == [(HEAD, "engine")]
    assert life.subject(HEAD) == f"Figures {told}: calls"
    assert life.tick("2020-07-06") == []


def test_a_source_whose_owner_has_no_address_is_told_to_the_operator(life):
    life.rules = life.rules.replace(", email: data@example.org", "")
    life.set(more="roles: {operator: duty}")
    assert life.tick("2020-06-03", {"2020-05": "8 (?)"}) == [("duty", "source_trouble")]


def test_the_state_of_a_source_waits_for_the_end_of_quiet_hours(life):
    life.rules = life.rules.replace(
        "data@example.org", 'data@example.org, quiet_hours: {from: "20:00", until: "09:00"}'
    )
    assert life.tick("2020-06-03", {"2020-05": "8 (?)"}) == [("data", "source_trouble")]
    assert [one.not_before.hour for one in life.report.deliveries] == [9]
    assert life.tick("2020-06-04", {"2020-05": "8"}, at=time(9)) == [("data", "engine")]
    assert held(life) == [("data", False)]


QUIET = ', quiet_hours: {from: "20:00", until: "09:00"}'
SILENCE = "silences: [{id: s, match: {areas: [force]}, from: 2020-07-03, until: 2020-07-10, reason: Known}]"


def test_what_waits_is_muted_by_a_silence_and_told_after_it(life):
    life.set(head=QUIET)
    assert life.tick("2020-07-03", "2020-05 5, 2020-06 12", at=time(6)) == [(HEAD, "opened", "force")]
    life.set(more=SILENCE)
    assert life.tick("2020-07-03", at=time(7)) == []
    assert [state for state, _ in kept(life)] == ["cancelled"]
    assert life.tick("2020-07-11", at=time(10)) == [(HEAD, "opened", "force")]
    assert life.tick("2020-07-12", at=time(10)) == []


def test_what_ended_under_a_silence_while_its_opening_waited_is_not_told(life):
    life.set(head=QUIET)
    life.tick("2020-07-03", "2020-05 5, 2020-06 12", at=time(6))
    life.set(more=SILENCE)
    assert life.tick("2020-07-03", "2020-06 8", at=time(7)) == []
    assert [state for state, _ in kept(life)] == ["cancelled"]
    assert life.tick("2020-07-11", at=time(10)) == []


@pytest.mark.parametrize("new", [False, True], ids=["nothing-new", "something-new"])
def test_a_silence_takes_its_part_alone_out_of_what_waits(life, new):
    life.set(head=QUIET, rule=", notify: [head]")
    life.figures = {("force", "2020-06"): "12", ("north", "2020-06"): "13"}
    life.tick("2020-07-03", at=time(6))
    life.set(more=SILENCE)
    told = life.tick("2020-07-03", {"2020-06": "14"} if new else {}, area="south", at=time(7))
    assert told == [(HEAD, "opened", area) for area in ("north", "south")[: 1 + new]]
    assert "Crimes: 13" in life.message(HEAD)
    assert "Crimes: 12" not in life.message(HEAD)
    assert [state for state, _ in kept(life)] == ["cancelled", "pending"]


def test_a_deputy_without_an_address_is_passed_over(life):
    life.set(head=", deputy: deputy" + AWAY, deputy=", deputy: chief")
    life.rules = life.rules.replace(", email: deputy@example.org", "")
    assert life.tick("2020-06-03", "2020-05 12") == [("chief", "opened", "force")]
    life.rules = life.rules.replace(", email: chief@example.org", "")
    assert life.tick("2020-06-04", "2020-05 30, 2020-04 11") == [(HEAD, "corrected", "force")]
