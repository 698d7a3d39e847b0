"""Silences, holds, breaks, notes and exclusions without a series."""

import pytest
from samples.rule_folders import BASE, sound_with

from alerting.rulefile.loading import load_rules

DAYS = "from: 2020-04-01, until: 2020-04-30"


def found(folder, more):
    base = BASE.replace("id: calls, title: Answered,", "id: calls, title: Answered, areas: [force, north],")
    problems = load_rules(sound_with(folder, base=base, more=more), shown_as="rules").problems
    return [one.message for one in problems if one.code == "matches-nothing"]


@pytest.mark.parametrize(
    "more",
    [
        pytest.param(
            f"silences: [{{id: s, match: {{measures: [crime]}}, {DAYS}, reason: Planned}}]",
            id="a-silence-no-rule-watches",
        ),
        pytest.param(
            f"silences: [{{id: s, match: {{rules: [calls-target], areas: [south]}}, {DAYS}, reason: Planned}}]",
            id="a-silence-elsewhere",
        ),
        pytest.param(
            f"holds: [{{id: h, match: {{measures: [crime], tags: [gold]}}, {DAYS}, reason: Tested}}]",
            id="a-hold-of-two-keys",
        ),
        pytest.param(
            "breaks: [{id: b, match: {measures: [calls], areas: [south]}, on: 2020-04-01, reason: New}]",
            id="a-break-elsewhere",
        ),
        pytest.param(
            f"notes: [{{id: n, match: {{measures: [crime], topics: [contact]}}, {DAYS}, say: Few}}]", id="a-note"
        ),
        pytest.param(
            f"exclusions: [{{{DAYS}, match: {{measures: [crime], tags: [gold]}}, reason: Lockdown}}]", id="an-exclusion"
        ),
    ],
)
def test_what_concerns_no_series_is_named(tmp_path, more):
    (message,) = found(tmp_path, more)
    assert message.startswith(("it mutes nothing", "it concerns nothing"))


@pytest.mark.parametrize(
    "more",
    [
        f"silences: [{{id: s, match: {{areas: [north]}}, {DAYS}, reason: Planned}}]",
        f"holds: [{{id: h, match: {{tags: [gold], areas: [force]}}, {DAYS}, reason: Tested}}]",
        f"exclusions: [{{{DAYS}, reason: Lockdown}}]",
    ],
)
def test_what_concerns_one_series_is_not(tmp_path, more):
    assert [] == found(tmp_path, more)
