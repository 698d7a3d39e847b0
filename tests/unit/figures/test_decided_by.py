"""What decides about figures is all that does: folders that it finds equal give the same panels, and nothing else is left out."""

# ruff: noqa: E501 - YAML stands as people write it

from datetime import date

import numpy as np
import pytest
from samples.rule_folders import BASE, written

from alerting.app.authoring.backtesting.days_known import with_days
from alerting.evaluation.changed_rows import first_changed
from alerting.figures.decided_by import decided_by
from alerting.figures.panels import build_panels
from alerting.settings import Settings
from alerting.wiring import engine_of

RULES = """\
rules:
  - {id: t, title: Too slow, measures: calls, when: {target_missed: {}}}
"""
FIGURES = """\
measure,area,period,value,goal,published
calls,force,2020-01,83,90,2020-02-08
calls,north,2020-01,84,90,2020-02-08
calls,north,2020-02,85,90,2020-03-09
calls,south,2020-02,61,90,2020-03-20
crime.all,north,2020-02,40,,2020-03-09
"""
DAYS = (date(2020, 2, 20), date(2020, 3, 15), date(2020, 4, 2))
CALLS, TARGET = "id: calls, title: Answered,", "target: 90"
#: In `base.yaml` and `rules.yaml` together: text and what stands in its place.
ALIKE = {
    "another-target": (TARGET, "target: 70"),
    "targets-by-area": (TARGET, "target: {default: 80, north: 85}"),
    "words-for-it": (TARGET, f"{TARGET}, called: standard, short: Calls, good_looks_like: Quick"),
    "a-link": (TARGET, f'{TARGET}, link: "https://example.org/calls"'),
    "another-owner": (CALLS, f"{CALLS} owner: chief,"),
    "an-area's-owner": ("kind: policing, owner: chief", "kind: policing, owner: head"),
    "a-source's-owner": ("calls.csv, owner: head", "calls.csv, owner: chief"),
    "further-down": ("measures:\n", "measures:\n  # the calls\n"),
    "another-rule": ("target_missed: {}", "below_lower_limit: {limits: {xmr: {}}}"),
    "one-rule-more": (
        RULES,
        f"{RULES}  - {{id: u, title: Up, measures: calls, when: {{trend: {{direction: falling}}}}}}\n",
    ),
    "a-note": (
        "rules:\n",
        "notes: [{match: {measures: [calls]}, from: 2020-01-01, until: 2020-02-01, say: New rota}]\nrules:\n",
    ),
    "the-schedule": ("rules:\n", "schedule: {evaluate: mon-fri 08:00}\nrules:\n"),
}
UNLIKE = {
    "due": (TARGET, f"{TARGET}, expected: 5 days"),
    "settling": (TARGET, f"{TARGET}, settles_after: 40 days"),
    "checked": (TARGET, f"{TARGET}, checks: {{value: 80 to 100}}"),
    "bounds": (TARGET, f"{TARGET}, minimum: 70"),
    "rolled-up": (CALLS, f"{CALLS} roll_up: mean,"),
    "another-unit": ("unit: count", "unit: number"),
    "one-measure-more": ("  - id: crime\n", "  - {id: m, title: M, topic: contact, unit: count, better: lower, every: month, source: calls}\n  - id: crime\n"),
    "another-title": (CALLS, "id: calls, title: Answered calls,"),
    "another-tag": ("tags: [gold]", "tags: [silver]"),
    "another-parent": ("id: south, title: South, parent: force", "id: south, title: South, parent: north"),
    "another-order": ("  - {id: north, title: North, parent: force, owner: north-commander}\n  - {id: south, title: South, parent: force}\n", "  - {id: south, title: South, parent: force}\n  - {id: north, title: North, parent: force, owner: north-commander}\n"),
    "another-year": ("rules:\n", "schedule: {financial_year_starts: january}\nrules:\n"),
    "a-hold": ("rules:\n", "holds: [{match: {areas: [north]}, from: 2020-02-01, until: 2020-02-20, reason: Moved}]\nrules:\n"),
    "a-break": ("rules:\n", "breaks: [{match: {areas: [north]}, on: 2020-02-01, reason: Moved}]\nrules:\n"),
    "an-exclusion": ("rules:\n", "exclusions: [{match: {areas: [north]}, from: 2020-02-01, until: 2020-02-20, reason: Moved}]\nrules:\n"),
    "quarters": ("title: Too slow,", "title: Too slow, every: quarter,"),
    "a-column": ("target_missed: {}", "target_missed: {at_least: goal}"),
    "a-column-as-target": (TARGET, "target: goal"),
    "a-source's-names": ("calls.csv, owner: head}", "calls.csv, owner: head, names: {N: north}}"),
    "wanted-of-it": (TARGET, "target: 0.5"),
}  # fmt: skip


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    figures = written(tmp_path_factory.mktemp("figures"), {"figures/calls.csv": FIGURES})

    def made(pair=("", "")):
        assert pair[0] in BASE + RULES
        text = (BASE + RULES).replace(*pair) if pair[0] else BASE + RULES
        folder = written(tmp_path_factory.mktemp("rules"), {"all.yaml": text})
        return engine_of(folder, Settings(state_dir=folder / "state", figures=figures))

    return made


@pytest.fixture(scope="module")
def before(loaded):
    return loaded()


def _unlike(one, other):
    """Return the days on which two folders' panels, or what is wrong in them, are not the same."""
    readings = [with_days(engine.enquiries.read(), engine.rules) for engine in (one, other)]
    assert readings[0].problems == readings[1].problems
    for day in DAYS:
        first, second = (
            build_panels(reading, engine.rules, day) for reading, engine in zip(readings, (one, other), strict=True)
        )
        same = first.by_kind.keys() == second.by_kind.keys() and first.problems == second.problems
        for kind in first.by_kind if same else ():
            rows = first_changed(first.by_kind[kind], second.by_kind[kind])
            same &= rows is not None and bool((rows == first.by_kind[kind].n_periods).all())
            same &= np.array_equal(first.by_kind[kind].siblings, second.by_kind[kind].siblings)
        if not same:
            yield day


@pytest.mark.parametrize("pair", ALIKE.values(), ids=ALIKE)
def test_thresholds_words_and_owners_decide_nothing_about_figures(before, loaded, pair):
    other = loaded(pair)

    assert before.rules.version != other.rules.version
    assert decided_by(before.rules) == decided_by(other.rules)
    assert list(_unlike(before, other)) == []


@pytest.mark.parametrize("pair", UNLIKE.values(), ids=UNLIKE)
def test_what_figures_are_made_of_and_held_back_by_decides(before, loaded, pair):
    assert decided_by(before.rules) != decided_by(loaded(pair).rules)
