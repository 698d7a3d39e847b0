"""A fix is never what was written, and names what the eye does not see."""

import pytest
from samples.rule_folders import BASE, RULES, sound_with

from alerting.conditions.registry import conditions
from alerting.domain.measure import Polarity, Unit
from alerting.rulefile import elsewhere
from alerting.rulefile.loading import load_rules


def problems(folder, rules):
    return load_rules(sound_with(folder, rules=rules), shown_as="rules").problems


@pytest.mark.parametrize(
    ("written", "fix"),
    [
        pytest.param("1_000", "write 1000", id="underscores-are-no-part-of-a-number"),
        pytest.param("012", "write 12", id="a-leading-zero-makes-it-a-text"),
        pytest.param("-007.5", "write -7.5", id="leading-zeros-behind-a-sign"),
        pytest.param('"1,234"', "write 1234", id="thousands"),
        pytest.param('"90 %"', "write 90", id="a-percent-sign"),
        pytest.param("0x1F", "write the name of a column or a number", id="no-number-at-all"),
        pytest.param("1e_3", "write 1e3", id="an-exponent-with-an-underscore"),
    ],
)
def test_a_number_written_otherwise_has_a_fix_that_reads_as_it(tmp_path, written, fix):
    rule = RULES.replace("{target_missed: {}}", f"{{target_missed: {{at_least: {written}}}}}")
    (found,) = problems(tmp_path, rule)
    assert (found.fix or "write the name of a column or a number") == fix
    if found.fix is not None:
        mended = rule.replace(written, fix.removeprefix("write "))
        assert not [one for one in problems(tmp_path, mended) if one.severity.value == "error"]


def test_what_reads_as_a_number_is_quoted_as_it_stands(tmp_path):
    (found,) = [
        one for one in problems(tmp_path, RULES.replace("id: calls-target", "id: 1e3")) if one.code == "wrong-type"
    ]
    assert found.fix == "put it into quotes as it stands, so that it is not read as a number"


@pytest.mark.parametrize(
    ("name", "fix"),
    [("topic_owner", "measure_owner"), ("parent_owner", "area_owner"), ("owner", "area_owner or measure_owner")],
)
def test_names_that_one_would_expect_lead_to_those_that_exist(tmp_path, name, fix):
    (found,) = problems(tmp_path, RULES + f"    notify: [{name}]\n")
    assert (found.code, f"write {fix}") == ("unknown-owner", (found.fix or "").partition(":")[0])


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        pytest.param("rules:\n  - id: a\n    title:\u00a0A\n    measures: calls\n", 3, 11, id="behind-a-colon"),
        pytest.param("rules:\n  - id: a\n  \u00a0 title: b\n", 3, 3, id="in-the-indent"),
    ],
)
def test_a_space_that_is_none_is_named_where_it_stands(tmp_path, text, line, column):
    found = [one for one in problems(tmp_path, text) if "no-break space" in str(one)]
    assert [(line, column)] == [(one.place.line, one.place.column) for one in found], problems(tmp_path, text)


@pytest.mark.parametrize("more", ["    \u00a0why: because\n", "  - {id: a, title:\u00a0A}\n"], ids=["indent", "braces"])
def test_a_key_that_holds_a_space_that_is_none_is_told_so(tmp_path, more):
    found = problems(tmp_path, RULES + more)
    assert any("no-break space (U+00A0)" in (one.fix or one.message) for one in found), found


def test_where_no_word_is_near_those_that_exist_are_listed(tmp_path):
    (condition,) = problems(tmp_path, RULES.replace("target_missed", "zzzzzz"))
    assert "above_upper_limit, " in condition.fix and "will_miss" in condition.fix
    (limits,) = problems(tmp_path, RULES.replace("{target_missed: {}}", "{above_upper_limit: {limits: zzzzzz}}"))
    assert "previous_financial_year" in limits.fix and "xmr" in limits.fix


@pytest.mark.parametrize(("written", "word"), [("true", "yes"), ("false", "no")])
def test_a_truth_value_where_yes_or_no_is_wanted_is_told_so(tmp_path, written, word):
    rule = RULES.replace(
        "{target_missed: {}}", f"{{above_upper_limit: {{limits: {{p: {{overdispersed: {written}}}}}}}}}"
    )
    (found,) = [one for one in problems(tmp_path, rule) if one.code == "wrong-type"]
    assert found.fix == f"write {word}"
    mended = problems(tmp_path, rule.replace(written, word))
    assert not [one for one in mended if one.code in ("wrong-type", "bad-value")]


def test_what_a_figure_covers_may_be_the_year_to_date_and_the_message_says_so(tmp_path):
    measure = "{id: m, title: M, topic: contact, unit: count, better: lower, every: month, source: calls, covers: ytd}"
    (found,) = problems(tmp_path, f"measures: [{measure}]\n{RULES}")
    assert found.message == 'expected a length like `12 months`, or year_to_date, found the text "ytd"'


@pytest.mark.parametrize(
    ("written", "instead", "fix"),
    [
        ("unit: percent", 'unit: "%"', 'did you mean "percent"?'),
        ("unit: percent", "unit: GBP", 'did you mean "currency"?'),
        ("better: higher", "better: up", 'did you mean "higher"?'),
        ("better: higher", "better: Down", 'did you mean "lower"?'),
        ("better: higher", "better: highr", 'did you mean "higher"?'),
    ],
)
def test_words_from_elsewhere_lead_to_ours(tmp_path, written, instead, fix):
    (found,) = [
        one for one in load_rules(sound_with(tmp_path, base=BASE.replace(written, instead))).problems if one.fix == fix
    ]
    assert found.code == "bad-value"


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        ("below_target", "target_missed"),
        ("Above_Target", "target_missed"),
        ("late", "not_fresh"),
        ("target_mised", "target_missed"),
    ],
)
def test_conditions_from_elsewhere_lead_to_ours(tmp_path, condition, says):
    (found,) = problems(tmp_path, RULES.replace("target_missed", condition))
    assert found.code == "unknown-condition"
    assert says in str(found.fix)


def test_every_word_from_elsewhere_leads_to_one_that_there_is():
    assert {*elsewhere.UNITS.values()} <= {*Unit}
    assert {*elsewhere.BETTER.values()} <= {*Polarity}
    assert not {*elsewhere.CONDITIONS} & {*conditions()}
    assert all(fix.split()[1].rstrip(":") in conditions() for fix in elsewhere.CONDITIONS.values())


@pytest.mark.parametrize(
    ("line", "code", "fix"),
    [
        ("    areas: [The force]\n", "unknown-area", 'write force: "The force" is its title'),
        ("    areas: [North]\n", "unknown-area", 'write north: "North" is its title'),
    ],
)
def test_a_title_leads_to_the_id_that_is_meant(tmp_path, line, code, fix):
    (found,) = problems(tmp_path, RULES + line)
    assert (found.code, found.fix) == (code, fix)


def test_a_title_that_stands_twice_leads_to_nothing(tmp_path):
    again = "areas:\n  - {id: other, title: The force, owner: chief}\n"
    found = load_rules(sound_with(tmp_path, rules=f"{RULES}    areas: [The force]\n", more=again)).problems
    assert not [one for one in found if "is its title" in str(one.fix)]


def test_a_period_of_two_columns_is_no_mistake(tmp_path):
    base = BASE.replace("owner: head}\nmeasures", "owner: head, columns: {period: [year, month]}}\nmeasures")
    assert base != BASE
    assert () == load_rules(sound_with(tmp_path, base=base)).problems
