"""Scorecards that ask for more than two sheets hold, and forms that there are not."""

import pytest
from samples.rule_folders import sound_with

from alerting.rulefile.loading import load_rules

ITEMS = ", ".join(f"i{n}: Item {n}" for n in range(61))
MANY = (
    "measures: [{id: many, title: Many, topic: contact, unit: count, better: lower, every: month, source: figures/many.csv, "
    f"items: {{{ITEMS}}}}}]\n"
    "rules: [{id: each, title: Each, measures: {items_of: many}, when: {outside_range: {to: 50}}, notify: [measure_owner]}]\n"
)


def found(folder, digest, more=""):
    digests = f"digests: [{{id: board, every: monday 07:30, to: [each_owner], {digest}}}]\n"
    return load_rules(sound_with(folder, more=digests + more), shown_as="rules").problems


@pytest.mark.parametrize(
    ("digest", "codes"),
    [
        pytest.param("form: scorecard", ["scorecard-too-long"], id="of-all"),
        pytest.param("form: digest", [], id="a-digest"),
        pytest.param("form: scorecard, about: {measures: [calls]}", [], id="of-some"),
    ],
)
def test_a_scorecard_of_more_than_two_sheets_is_a_warning(tmp_path, digest, codes):
    problems = [one for one in found(tmp_path, digest, MANY) if one.code.startswith("scorecard")]

    assert codes == [one.code for one in problems]
    assert all("about 62 measures, and two sheets hold some 60" in one.message for one in problems)


def test_an_unknown_form_is_refused_with_those_that_there_are(tmp_path):
    (problem,) = (one for one in found(tmp_path, "form: scorecards") if one.code == "bad-value")

    assert '"scorecards" is none of digest | scorecard' in problem.message
    assert 'did you mean "scorecard"?' == problem.fix
