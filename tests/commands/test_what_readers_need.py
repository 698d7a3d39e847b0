"""What a figure is of, per how many it is, and what the rules say of its time: in `evaluate` and in digests."""

# ruff: noqa: E501 - YAML stands as people write it

from pathlib import Path

import pytest
from samples.rule_folders import written

from alerting.cli import main

RULES = """\
topics: [{id: t, title: Friends and family, owner: boss}]
areas: [{id: force, title: Trust, kind: trust, owner: boss}]
owners: [{id: boss, name: Boss, email: boss@example.org}]
measures:
  - id: fft
    title: Friends and Family Test
    topic: t
    unit: percent
    better: higher
    every: month
    source: f.csv
    items: {maternity: Maternity, ward: Friends on the ward}
  - {id: bins, title: Bins not emptied, topic: t, unit: rate, per: 100000, unit_name: missed bins, better: lower, every: month, source: f.csv}
  - {id: crime, title: "Crime per 1,000 people", topic: t, unit: rate, per: 1000, better: lower, every: month, source: f.csv}
notes: [{id: n, match: {tags: []}, from: 2020-04-01, until: 2020-12-31, say: Few were asked}]
rules:
  - {id: a, title: A, measures: {items_of: fft}, when: {target_missed: {at_least: 90}}}
  - {id: b, title: B, measures: [bins, crime], when: {target_missed: {at_most: 1}}}
digests: [{id: monday, every: "monday 07:30", to: [boss]}]
""".replace("match: {tags: []}", "match: {measures: [fft]}")
FIGURES = """\
measure,area,period,value
fft/maternity,force,2020-05,79
fft/ward,force,2020-05,78
bins,force,2020-05,61.35
crime,force,2020-05,2.9
"""


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("ALERTING_STATE_DIR", str(tmp_path / "state"))
    return written(tmp_path / "rules", {"r.yaml": RULES, "f.csv": FIGURES})


@pytest.fixture
def said(folder, capsys) -> str:
    assert 0 == main(["evaluate", str(folder), "--as-of", "2020-06-15"])
    return capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(
            "Maternity (Friends and Family Test): 79% in May 2020", id="the-family-where-the-title-does-not-say-it"
        ),
        pytest.param("Friends on the ward: 78% in May 2020", id="not-where-it-does"),
        pytest.param("Bins not emptied: 61.35 missed bins per 100,000 in May 2020", id="per-how-many"),
        pytest.param("Crime per 1,000 people: 2.9 in May 2020", id="not-where-the-title-says-it"),
    ],
)
def test_a_text_says_what_its_figure_is_of(said, words):
    assert words in said


def test_a_note_of_the_rules_stands_below_the_text_it_belongs_to(said):
    first, *_ = [part for part in said.split("\n\n") if "Maternity" in part]
    assert "\n  Note: Few were asked\n" in first
    assert 2 == said.count("Note: Few were asked")


def test_a_note_of_the_rules_stands_in_digests(folder, tmp_path):
    main(["run", str(folder), "--as-of", "2020-06-15"])
    main(["digest", str(folder), "--as-of", "2020-06-15", "--out", str(tmp_path / "out")])
    (page,) = (tmp_path / "out").glob("*.txt")
    words = page.read_text(encoding="utf-8")
    assert 1 == words.count("Few were asked.")
    assert words.index("Bear in mind") < words.index("Few were asked.")
