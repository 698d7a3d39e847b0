"""What is new of rules, in words, and what is no change at all."""

import pytest
from samples.rule_folders import BASE, RULES, SOUND, written

from alerting.app.authoring.diff.measure_changes import measure_changes
from alerting.app.authoring.diff.other_changes import other_changes
from alerting.app.authoring.diff.rule_changes import rule_changes
from alerting.rulefile import load_rules

MORE = """\
limits:
  last-year: {previous_financial_year: {sigmas: 2}}
rules:
  - id: calls-target
    title: Calls answered too slowly
    measures: calls
    when: {target_missed: {}}
    notify: {force: [measure_owner], children: [area_owner, chief]}
  - id: calls-limits
    title: Calls outside their limits
    measures: [calls, crime/rape]
    areas: {kind: policing}
    when: {any_of: [{above_upper_limit: {limits: last-year}}, {run: {of: last-year, length: 8}}]}
    severity: {worse: critical, better: info}
"""
#: Whom the first rule tells, in words.
OF_FORCE, THEIRS = "The force: the measure's owner", "the area's owner and Chief Constable"


@pytest.fixture
def compare(tmp_path):
    def compared(before, after):
        base, head = (
            load_rules(written(tmp_path / side, {**SOUND, **files})).rules
            for side, files in (("base", before), ("head", after))
        )
        measures = measure_changes(base, head)
        return rule_changes(base, head, measures), measures, other_changes(base, head)

    return compared


def words_of(found):
    return {changed.rule.id: [change.words for change in changed.changes] for changed in found[0].changed}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param("target: 90", "target: 92", {"calls-target": ["target 90 → 92"]}, id="a-measure's-target-to-who-uses-it"),
        pytest.param(
            "target: 90", "target: 90, called: standard", {}, id="a-word-alone-is-no-change-of-a-rule"
        ),
        pytest.param(
            "target: 90", "target: {default: 90, north: 75}, expected: 5 days",
            {
                "calls-target": ["target 90 → 90 by default, 75 in north", "`expected` none → 5 days"],
                "calls-limits": ["`expected` of calls none → 5 days"],
            },
            id="a-target-by-area-and-what-concerns-every-rule",
        ),
        pytest.param(
            "topic: contact, unit", "topic: contact, owner: chief, unit", {"calls-target": ["`owner` none → chief"]},
            id="a-measure's-owner-to-rules-that-tell-it",
        ),
        pytest.param(
            "when: {target_missed: {}}", "when: {target_missed: {at_least: 90}}\n    for: 2",
            {"calls-target": ["`at_least` none → 90", "`for` 1 → 2"]},
            id="parameters-and-keys",
        ),
        pytest.param(
            "when: {target_missed: {}}", "when: {change: {versus: previous_period, falls_by: 5 %}}",
            {"calls-target": ["`when` target_missed → change {versus: previous_period, falls_by: 5 %}"]},
            id="another-condition",
        ),
        pytest.param(
            "{sigmas: 2}", "{sigmas: 3}",
            {
                "calls-limits": [
                    "`sigmas` of previous_financial_year 2 → 3", "`sigmas` of previous_financial_year 2 → 3",
                ]
            },
            id="limits-by-name-in-each-part",
        ),
        pytest.param(
            "length: 8", "length: 9", {"calls-limits": ["`length` of part 2 of any_of 8 → 9"]}, id="a-part-of-a-composition",
        ),
        pytest.param(
            "areas: {kind: policing}", "areas: [force]", {"calls-limits": ["`areas` areas of the kind policing → force"]},
            id="areas",
        ),
        pytest.param(
            "[calls, crime/rape]", "[calls, crime/all]",
            {"calls-limits": ["now also watches crime/all", "no longer watches crime/rape"]}, id="measures",
        ),
        pytest.param(
            "children: [area_owner, chief]", "default: [chief]",
            {
                "calls-target": [
                    f"now told to {OF_FORCE}; all other areas: Chief Constable, was {OF_FORCE}; areas that have a parent: {THEIRS}"
                ]
            },
            id="whom-it-tells",
        ),
        pytest.param(
            "{worse: critical, better: info}", "info",
            {"calls-limits": ["`severity` {worse: critical, better: info} → info"]}, id="how-serious-it-is",
        ),
        pytest.param(
            "slowly\n", "slowly\n    status: shadow\n    author: chief\n",
            {"calls-target": ["`status` active → shadow", "`author` none → chief"]},
            id="status",
        ),
    ],
)  # fmt: skip
def test_what_is_new_of_a_rule_is_said_in_words(compare, old, new, said):
    before = {"base.yaml": BASE, "rules.yaml": MORE}
    after = {name: text.replace(old, new) for name, text in before.items()}
    assert before != after

    assert said == words_of(compare(before, after))


def test_order_comments_and_ways_of_writing_are_no_change(compare):
    rules = MORE.split("rules:\n")[1].split("  - id: ")[1:]
    turned = {
        "a.yaml": BASE.replace("tags: [gold]}", "tags: gold}  # a comment"),
        "base.yaml": "# only rules\nrules:\n" + "".join(f"  - id: {rule}" for rule in reversed(rules))
        .replace(": last-year", ": {previous_financial_year: {}}")
        .replace("[area_owner, chief]", "[chief, area_owner]")
        .replace("when: {target_missed: {}}", "when: {target_missed: {}}\n    for: 1"),
        "rules.yaml": "",
    }  # fmt: skip

    found, measures, others = compare({"rules.yaml": MORE}, turned)

    assert not found.any
    assert (measures, others) == ((), ())


def test_a_rule_with_another_id_that_says_what_it_was_is_the_same_rule(compare):
    renamed = RULES.replace("id: calls-target", "id: calls-standard\n    was: calls-target").replace("slowly", "late")

    found = compare({"rules.yaml": RULES}, {"rules.yaml": renamed})

    assert words_of(found) == {
        "calls-standard": [
            "renamed, was calls-target; its alerts carry over",
            "`title` Calls answered too slowly → Calls answered too late",
        ]
    }
    assert ((), ()) == (found[0].added, found[0].removed)


def test_rules_that_are_new_and_gone_are_named_once(compare):
    other = RULES.replace("id: calls-target", "id: calls-standard")

    found = compare({"rules.yaml": RULES}, {"rules.yaml": other})[0]

    assert (["calls-standard"], ["calls-target"], ()) == (
        [rule.id for rule in found.added], [rule.id for rule in found.removed], found.changed,
    )  # fmt: skip


def test_what_else_is_new_of_a_folder_is_named_with_its_sort(compare):
    before = "holds: [{match: {measures: [calls]}, from: 2020-01-01, until: 2020-02-01, reason: Moved}]\n"
    other = "{id: rape, match: {measures: [crime]}, until: 2020-03-01, reason: Late}"
    after = (
        before.replace("[{match", f"[{other}, {{match")
        + "silences: [{id: s, match: {rules: [calls-target]}, until: 2020-12-31, reason: Known}]\n"
        + "schedule: {flood: 20, financial_year_starts: january}\nroles: {operator: head}\n"
    )
    changed = BASE.replace("title: South, parent: force", "title: South, parent: force, owner: chief")

    found = compare({"more.yaml": before}, {"more.yaml": after, "base.yaml": changed})[2]

    assert [
        "area south: `owner` none → chief",
        "hold rape: added",
        "silence s: added",
        "schedule: `flood` 50 → 20",
        "roles: `operator` none → head",
        "schedule: `financial_year_starts` april → january",
    ] == [thing.words for thing in found]


@pytest.mark.parametrize(("status", "is_of_words"), [("active", True), ("shadow", False)])
def test_another_author_matters_to_a_rule_in_shadow_alone(compare, status, is_of_words):
    before = RULES.replace("slowly\n", f"slowly\n    status: {status}\n    author: chief\n")

    (changed,) = compare({"rules.yaml": before}, {"rules.yaml": before.replace("author: chief", "author: head")})[
        0
    ].changed

    assert ["`author` chief → head"] == [change.words for change in changed.changes]
    assert is_of_words is not changed.is_judged_otherwise
