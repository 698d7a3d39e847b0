"""Ways of telling an owner that come to nothing."""

import pytest
from samples.rule_folders import sound_with

from alerting.rulefile.loading import load_rules

CODES = ("escalates-to-itself", "quiet-hours-empty")


def found(folder, more):
    owner = f"owners:\n  - {{id: ann, name: Post A, email: a@example.org{more}}}\n"
    problems = load_rules(sound_with(folder, more=owner), shown_as="rules").problems
    return [(one.severity.value, one.code, one.message) for one in problems if one.code in CODES]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        pytest.param(
            ", escalate: {after: 3 working days, to: ann}",
            [("warning", CODES[0], 'what "ann" does not acknowledge is passed on to "ann": nothing is sent')],
            id="to oneself",
        ),
        pytest.param(
            ', quiet_hours: {from: "08:00", until: "08:00"}',
            [("warning", CODES[1], "the quiet hours from 08:00 until 08:00 have no length: nothing waits for them")],
            id="no length",
        ),
        pytest.param(', quiet_hours: {from: "20:00", until: "08:00"}', [], id="over midnight"),
    ],
)
def test_they_are_warned_of(tmp_path, more, says):
    assert found(tmp_path, more) == says
