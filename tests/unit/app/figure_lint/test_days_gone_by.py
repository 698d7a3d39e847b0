"""Days that lie in the past, and absences that nobody fills."""

import pytest

RULE = "  - {id: r, title: R, measures: m, when: {target_missed: {at_most: 20}}}\n"
CODES = ("past-meetings", "past-silence", "nobody-there")
AWAY = """\
owners:
  - {id: gone, name: Gone, email: gone@example.org, %s away: [{from: %s, until: %s}]}
  - {id: dep, name: Dep, email: dep@example.org%s}
"""


def days(found):
    return [(one[0], one[1], one[3]) for one in found if one[0] in CODES]


def test_a_board_whose_meetings_are_all_over_gets_nothing(remarks):
    more = "digests: [{id: board, before: 3 working days, meetings: [2020-07-01, 2020-09-30], to: [boss]}]\n"
    message = "its last meeting was on 2020-09-30: it is not made any more"
    assert [("past-meetings", "warning", message)] == days(remarks(RULE, "10", more=more))


def test_a_silence_that_is_over_is_a_note(remarks):
    more = "silences: [{id: s, match: {rules: [r]}, from: 2020-04-01, until: 2020-04-30, reason: Planned}]\n"
    assert [("past-silence", "note", "it ended on 2020-04-30")] == days(remarks(RULE, "10", more=more))


@pytest.mark.parametrize(
    ("more", "message"),
    [
        pytest.param(
            AWAY % ("", "2020-08-01", "2020-12-31", ""),
            "away from 2020-08-01 until 2020-12-31 without a deputy: messages wait unread", id="no-deputy",
        ),
        pytest.param(
            AWAY % ("deputy: dep,", "2020-11-01", "2020-11-30", ", away: [{from: 2020-10-20, until: 2020-11-15}]"),
            "away on 2020-11-01, and so is dep in their place", id="the-deputy-too",
        ),
    ],
)  # fmt: skip
def test_an_absence_that_nobody_fills_is_a_warning(remarks, more, message):
    assert ("nobody-there", "warning", message) in days(remarks(RULE, "10", more=more))


@pytest.mark.parametrize(
    "more",
    [
        pytest.param(
            "digests: [{id: b, before: 3 working days, meetings: [2020-10-15], to: [boss]}]\n", id="a-meeting-today"
        ),
        pytest.param(
            "silences: [{id: s, match: {rules: [r]}, from: 2020-04-01, until: 2020-10-15, reason: P}]\n", id="today"
        ),
        pytest.param(AWAY % ("", "2020-08-01", "2020-09-30", ""), id="back-again"),
        pytest.param(AWAY % ("", "2020-10-12", "2020-10-18", ""), id="a-week"),
        pytest.param(AWAY % ("deputy: dep,", "2020-10-01", "2020-12-31", ""), id="a-deputy-who-is-there"),
    ],
)
def test_nothing_is_said_of(remarks, more):
    assert [] == days(remarks(RULE, "10", more=more))


def test_dates_of_publication_that_are_all_past_are_a_warning(remarks):
    found = remarks(RULE, "10", measure="unit: count, better: lower, expected: {dates: [2020-07-09, 2020-10-08]}")

    message = "its figures were due on given dates, the last of them 2020-10-08: nothing is late any more"
    assert ("no-more-dates", "warning", message) in [(one[0], one[1], one[3]) for one in found]


def test_a_date_of_publication_that_is_still_to_come_is_enough(remarks):
    found = remarks(RULE, "10", measure="unit: count, better: lower, expected: {dates: [2020-07-09, 2020-10-15]}")

    assert "no-more-dates" not in [one[0] for one in found]
