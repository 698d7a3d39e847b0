"""Limits that take chance alone to be at work, on figures that vary more: a note with how much more."""

import numpy as np
import pytest
from samples.rule_folders import sound_with

from alerting.cli import main

AREAS = [f"a{n:02}" for n in range(12)]
FOLDER = """\
topics: [{{id: contact, title: Contact, owner: head}}]
areas:
  - {{id: force, title: The force, kind: policing, owner: head}}
{areas}
owners: [{{id: head, name: Head of Contact, email: head@example.org}}]
roles: {{operator: head, maintainer: head, fallback: head}}
sources: {{calls: {{csv: figures/calls.csv, owner: head}}}}
measures: [{{id: m, title: Figure, topic: contact, better: lower, every: month, source: calls, {unit}}}]
rules: [{{id: r, title: R, measures: m, when: {when}}}]
"""
PER = "unit: rate, per: 1000"


def checked(tmp_path, capsys, *, when, unit=PER, spread, options=()):
    """What check says of a rule on 12 areas with 30 months, each apart from 50 in 1,000 by *spread* beside chance."""
    random = np.random.default_rng(4)
    lines = ["measure,area,period,value,numerator,denominator"]
    for area in AREAS:
        for month in range(30):
            chance = 0.05 * np.exp(random.normal(0, spread))
            top = random.poisson(20_000 * chance)
            cells = f"{top},," if "count" in unit else f",{top},20000"
            lines.append(f"m,{area},{2018 + month // 12}-{month % 12 + 1:02},{cells}")
    areas = "\n".join(f"  - {{id: {area}, title: {area.upper()}, parent: force}}" for area in AREAS)
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures/calls.csv").write_text("\n".join(lines) + "\n")
    (tmp_path / "rules.yaml").write_text(FOLDER.format(areas=areas, unit=unit, when=when))
    main(["check", str(tmp_path), "--as-of", "2020-07-05", *options])
    return [line for line in capsys.readouterr().out.splitlines() if "note[overdispersed]" in line]


CASES = [
    pytest.param("{outside_limits: {limits: {u: {}}}}", PER, id="u"),
    pytest.param("{outside_limits: {limits: {p: {}}}}", "unit: percent", id="p"),
    pytest.param("{run: {of: {c: {}}}}", "unit: count", id="c"),
    pytest.param("{outlier_among_areas: {}}", PER, id="funnel"),
    pytest.param("{any_of: [{outside_limits: {limits: {u: {}}}}, {run: {of: {xmr: {}}}}]}", PER, id="a part"),
]


@pytest.mark.parametrize(("when", "unit"), CASES)
def test_plain_limits_on_overdispersed_figures_are_named_with_the_figure(tmp_path, capsys, when, unit):
    (found,) = checked(tmp_path, capsys, when=when, unit=unit, spread=0.15)

    assert " take chance alone to be at work, but " in found
    assert "times as much" in found


@pytest.mark.parametrize(("when", "unit"), CASES)
def test_nothing_is_said_of_figures_that_vary_by_chance(tmp_path, capsys, when, unit):
    assert [] == checked(tmp_path, capsys, when=when, unit=unit, spread=0.0)


@pytest.mark.parametrize(
    ("when", "options"),
    [
        pytest.param("{outside_limits: {limits: {u: {overdispersed: auto}}}}", (), id="limits that look at it"),
        pytest.param(
            "{outlier_among_areas: {limits: {funnel: {overdispersed: yes}}}}", (), id="limits that allow for it"
        ),
        pytest.param("{outside_limits: {limits: {xmr: {}}}}", (), id="limits from the figures' own spread"),
        pytest.param("{outside_limits: {limits: {u: {}}}}", ("--no-figures",), id="rules alone"),
    ],
)
def test_nothing_is_said_of(tmp_path, capsys, when, options):
    assert [] == checked(tmp_path, capsys, when=when, spread=0.15, options=options)


def test_g_limits_are_noted_to_see_one_way_only(tmp_path, capsys):
    rules = """\
measures: [{id: falls, title: Falls, topic: contact, unit: count, better: lower, every: day, source: calls}]
rules:
  - {id: fewer, title: Fewer, measures: falls, when: {outside_limits: {limits: {g: {}}}}}
  - {id: more, title: More, measures: falls, when: {run: {side: below, of: {g: {}}}}}
  - {id: both, title: Both, measures: falls, when: {outside_limits: {limits: {t: {}}}}}
"""
    main(["check", str(sound_with(tmp_path, more=rules)), "--as-of", "2020-10-15", "--no-figures"])

    found = [line for line in capsys.readouterr().out.splitlines() if "one-sided-limits" in line]

    assert len(found) == 1
    assert "the lower limit of g is 0" in found[0]
    assert "more.yaml:3:" in found[0]
