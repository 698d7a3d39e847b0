"""Titles that no subject line has room for."""

import pytest
from alerting.rulefile.lint.long_titles import MOST_CHARACTERS
from samples.rule_folders import sound_with

from alerting.rulefile.loading import load_rules

RULE = "rules:\n  - {{id: long, title: {title}, measures: calls, when: {{target_missed: {{at_least: 90}}}}}}\n"


@pytest.mark.parametrize(("length", "codes"), [(MOST_CHARACTERS, []), (MOST_CHARACTERS + 1, ["long-title"])])
def test_a_long_title_is_noted(length, codes, tmp_path):
    problems = load_rules(sound_with(tmp_path, more=RULE.format(title="x" * length)), shown_as="rules").problems

    assert codes == [problem.code for problem in problems if problem.code == "long-title"]
