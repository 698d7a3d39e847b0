"""The worst comes first in notices and digests: concerns before improvements, the farthest beyond its line before the others."""

import re
from datetime import date

import pytest
from samples.worlds import a_folder, an_engine

RULES = """
topics: [{id: t, title: Topic, owner: boss}]
areas: [{id: force, title: Force, kind: policing, owner: boss}]
owners: [{id: boss, name: Boss, email: boss@example.org}]
sources: {s: {csv: f.csv, owner: boss}}
measures:
- {id: ant, title: Ant, topic: t, unit: number, better: lower, every: month, source: s}
- {id: bee, title: Bee, topic: t, unit: number, better: lower, every: month, source: s}
- {id: cow, title: Cow, topic: t, unit: number, better: lower, every: month, source: s}
- {id: dog, title: Dog, topic: t, unit: number, better: neither, every: month, source: s}
digests: [{id: weekly, every: "monday 07:30", to: [each_owner]}]
rules:
- {id: falls, title: Falls, measures: [ant], when: {change: {versus: previous_period, falls_by: 1}}}
- {id: moves, title: Moves, measures: [dog], when: {change: {versus: previous_period, moves_by: 1}}}
- {id: over, title: Over, measures: [bee, cow], when: {target_missed: {at_most: 10}}}
"""
FIGURES = "measure,area,period,value\n" + "".join(
    f"{measure},force,2020-0{month},{value}\n"
    for measure, values in {"ant": (9, 1), "bee": (1, 11), "cow": (1, 30), "dog": (1, 90)}.items()
    for month, value in enumerate(values, start=1)
)
#: Twice over its target, a tenth over it, a change, an improvement.
EXPECTED = ["Cow", "Bee", "Dog", "Ant"]


@pytest.fixture
def made(tmp_path):
    """The notice and the digest of one morning, as texts."""
    engine = an_engine(
        a_folder(tmp_path / "rules", {"r.yaml": RULES, "f.csv": FIGURES}), tmp_path / "state", date(2020, 3, 2)
    )
    with engine.state() as store:
        (notice,) = engine.tick(store, date(2020, 3, 2)).deliveries
        (digest,) = engine.digest(store, date(2020, 3, 2)).deliveries
    return notice.message, digest.message


def test_a_notice_names_the_worst_in_its_subject_and_shows_all_in_order(made):
    notice, _ = made

    assert notice.subject == "! Force: Cow 30, target 10 and 3 more"
    assert EXPECTED == list(dict.fromkeys(re.findall(r"^\d\. (Ant|Bee|Cow|Dog)\b", notice.text, re.MULTILINE)))


def test_a_digest_shows_what_is_new_in_the_same_order(made):
    _, digest = made

    assert EXPECTED == re.findall(r"^- [!~+] .*: (Ant|Bee|Cow|Dog) \d+$", digest.text, re.MULTILINE)
