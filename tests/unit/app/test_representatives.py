"""Which rules stand for others when `check` tries made-up figures."""

import pytest
from samples.rule_folders import written

from alerting.app.authoring.made_up_figures import anywhere
from alerting.app.authoring.representatives import representatives
from alerting.rulefile import load_rules

HEAD = """\
topics: [{id: t, title: Topic, owner: o}]
owners: [{id: o, name: O, email: o@example.org}]
sources: {s: {csv: figures/s.csv, owner: o}}
areas:
  - {id: force, title: Force, owner: o}
  - {id: a, title: A, parent: force}
  - {id: b, title: B, parent: force}
  - {id: c, title: C, parent: force}
  - {id: d, title: D, parent: force}
measures:
  - {id: one, title: One, topic: t, unit: count, better: lower, every: month, source: s, aggregate: sum}
  - {id: two, title: Two, topic: t, unit: count, better: lower, every: month, source: s, aggregate: sum}
  - {id: share, title: Share, topic: t, unit: percent, better: lower, every: month, source: s}
"""


def a_rule(id_="other", measures="one", areas="[a]", when="{target_missed: {at_most: 34}}", more=""):
    watched = f", areas: {areas}" if areas else ""
    return f"{{id: {id_}, title: The {id_}, measures: {measures}{watched}, when: {when}{more}}}"


FIRST = a_rule("first")


@pytest.fixture
def tried(tmp_path):
    def of(*rules, measures=()):
        declared = "".join(f"  - {measure}\n" for measure in measures)
        text = f"{HEAD}{declared}rules:\n" + "".join(f"  - {rule}\n" for rule in rules)
        folder = written(tmp_path / "rules", {"rules.yaml": text, "figures/s.csv": "measure,area,period,value\n"})
        loaded = load_rules(folder, shown_as="rules")
        assert loaded.rules is not None, loaded.problems
        return representatives(loaded.rules, anywhere(loaded.rules))

    return of


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"when": "{target_missed: {at_most: 35}}"}, id="target-of-a-size"),
        pytest.param({"measures": "two"}, id="measure-of-a-sort"),
        pytest.param({"areas": "[b, d]"}, id="areas"),
        pytest.param({"when": "{outside_range: {to: 3}}", "more": ", status: off"}, id="off"),
    ],
)
def test_of_rules_alike_the_first_is_tried(tried, other):
    assert ["first"] == [rule.id for rule in tried(FIRST, a_rule(**other)).rules]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"when": "{target_missed: {at_most: 340}}"}, id="size"),
        pytest.param({"when": "{target_missed: {at_most: 0}}"}, id="nothing"),
        pytest.param({"when": "{outside_range: {to: 34}}"}, id="condition"),
        pytest.param({"when": "{not: {target_missed: {at_most: 34}}}"}, id="not"),
        pytest.param({"measures": "share"}, id="unit"),
        pytest.param({"areas": ""}, id="all-areas"),
        pytest.param({"more": ", every: quarter"}, id="period"),
        pytest.param({"more": ", severity: critical"}, id="severity"),
        pytest.param({"when": "{target_missed: {at_most: {a: 34, default: 30}}}"}, id="by-area"),
    ],
)
def test_a_rule_that_differs_is_tried_too(tried, other):
    assert ["first", "other"] == [rule.id for rule in tried(FIRST, a_rule(**other)).rules]


def test_of_a_rule_on_several_measures_one_of_each_sort_is_tried(tried):
    (rule,) = tried(a_rule(measures="[one, two, share]")).rules
    assert ("one", "share") == rule.measures


def test_a_measure_that_no_rule_watches_is_tried_too(tried):
    assert ["one", "share"] == list(tried(FIRST).measures)


def test_a_measure_comes_with_what_it_is_made_of(tried):
    more = (
        "{id: three, title: Three, topic: t, unit: count, better: lower, every: month, source: s, aggregate: sum}",
        "{id: made, title: Made, topic: t, unit: percent, better: lower, every: month, of: {numerator: two, denominator: three}}",
    )
    assert ["one", "two", "share", "three", "made"] == list(tried(FIRST, measures=more).measures)


def test_rules_that_compare_areas_watch_their_own(tried):
    first, second = tried(FIRST, a_rule(areas="{children_of: force}", when="{rank: {worse_than: 1}}")).rules
    assert ("force", "c", "d") == first.areas.ids
    assert "force" == second.areas.children_of
