"""Owners who stand in for each other."""

import pytest
from samples.rule_folders import sound_with

from alerting.rulefile.loading import load_rules

OWNERS = """\
owners:
  - {{id: ann, name: Post A, email: a@example.org, deputy: ben, away: [{ann}]}}
  - {{id: ben, name: Post B, email: b@example.org, deputy: {deputy}, away: [{ben}]}}
  - {{id: cat, name: Post C, email: c@example.org, deputy: ann}}
"""
JUNE, LATE_JUNE, JULY = (
    "{from: 2020-06-01, until: 2020-06-30}",
    "{from: 2020-06-20, until: 2020-07-10}",
    "{from: 2020-07-11, until: 2020-07-20}",
)


def found(folder, deputy="ann", ann="", ben=""):
    more = OWNERS.format(deputy=deputy, ann=ann, ben=ben)
    problems = load_rules(sound_with(folder, more=more), shown_as="rules").problems
    return [(one.severity.value, one.place.line, one.message) for one in problems if one.code == "deputies-in-a-circle"]


def test_a_circle_whose_members_are_away_at_once_is_a_warning_with_the_day(tmp_path):
    message = "ann and ben are deputies of each other; on 2020-06-20 all of them are away"
    assert [("warning", 2, message)] == found(tmp_path, ann=JUNE, ben=LATE_JUNE)


@pytest.mark.parametrize("ben", ["", JULY])
def test_a_circle_otherwise_is_a_note(tmp_path, ben):
    ((severity, _, message),) = found(tmp_path, ann=JUNE, ben=ben)
    assert (severity, True) == ("note", message.startswith("ann and ben are deputies of each other; while all"))


def test_a_circle_of_three_is_named_once(tmp_path):
    ((_, _, message),) = found(tmp_path, deputy="cat")
    assert message.startswith("ann and ben and cat are deputies of each other")


def test_a_line_of_deputies_is_no_circle(tmp_path):
    assert [] == found(tmp_path, deputy="head")
