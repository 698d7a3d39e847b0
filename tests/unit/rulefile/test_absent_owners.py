"""What `check` says of days on which nobody hears: named once, at the absence, with its days and what to write."""

# ruff: noqa: E501 - YAML stands as people write it

import json
from datetime import date

import pytest
from samples.rule_folders import sound_with

from alerting.cli import main
from alerting.rulefile.absent_owners import absences
from alerting.rulefile.loading import load_rules

TODAY = date(2026, 11, 30)
BASE = """\
topics:
  - {id: contact, title: Contact, owner: head}
areas:
  - {id: force, title: The force, kind: policing, owner: chief}
  - {id: north, title: Telford & Wrekin, parent: force, owner: commander}
owners:
  - {id: chief, name: Chief Constable, email: chief@example.org}
  - {id: head, name: Head of Contact, email: head@example.org}
  - {id: second, name: Second, email: SECOND}
  - id: commander
    name: Commander
    email: north@example.org
    away: [{from: 2026-12-01, until: 2026-12-02}, {from: 2027-03-01, until: 2027-03-14}]
DEPUTY
sources:
  calls: {csv: figures/calls.csv, owner: head}
measures:
  - {id: calls, title: 999 calls answered, topic: contact, unit: percent, better: higher, every: month, target: 90, source: calls}
  - {id: waits, title: Waits, topic: contact, unit: minutes, better: lower, every: month, target: 9, source: calls}
"""


def folder(tmp_path, *, deputy="", second="second@example.org", roles="", rules=None):
    base = BASE.replace("DEPUTY", f"    deputy: {deputy}" if deputy else "").replace("SECOND", second)
    changed = {} if rules is None else {"rules": rules}
    return sound_with(tmp_path / "rules", base=base + roles, **changed)


def found(*args, **changed):
    loaded = load_rules(folder(*args, **changed), shown_as="rules")
    return [str(loaded.placing.problem(remark)) for remark in absences(loaded.rules, TODAY)]


def test_the_hole_is_named_with_its_days_at_the_absence(tmp_path):
    said = (
        'warning[nobody-told-then]: nobody is told of "999 calls answered" in Telford & Wrekin from {} until {}: '
        "commander is away and has no deputy; give commander a `deputy:` who is there then"
    )
    assert [
        f"rules/base.yaml:13:12: {said.format('2026-12-01', '2026-12-02')}",
        f"rules/base.yaml:13:51: {said.format('2027-03-01', '2027-03-14')}",
    ] == found(tmp_path)


def test_many_measures_are_one_line(tmp_path):
    rules = "rules:\n  - {id: all, title: All, measures: [calls, waits], when: {target_missed: {}}}\n"

    first, _ = found(tmp_path, rules=rules)

    assert 'nobody is told of "999 calls answered" and 1 more measure in Telford & Wrekin from' in first


def test_a_deputy_who_is_there_fills_it(tmp_path):
    assert [] == found(tmp_path, deputy="second")


def test_a_deputy_without_an_address_does_not(tmp_path):
    first, _ = found(tmp_path, deputy="second", second="null")

    assert first.endswith(": commander is away, deputy second has no address; give second an `email:`")


def test_where_only_the_fallback_hears_that_is_a_note(tmp_path):
    first, _ = found(tmp_path, roles="roles: {fallback: chief}\n")

    assert "note[fallback-told-then]: only the fallback chief is told of" in first


def test_a_time_before_the_first_owner_is_named_at_the_measure(tmp_path):
    rules = """\
measures:
  - {id: late, title: Late, topic: none, unit: count, better: lower, every: month, target: 9, source: calls, owner: [{from: 2027-02, owner: head}]}
topics: [{id: none, title: None}]
rules:
  - {id: all, title: All, measures: late, when: {target_missed: {}}, notify: measure_owner, areas: [north]}
"""
    assert [
        'rules/rules.yaml:2:117: warning[nobody-told-then]: nobody is told of "Late" in Telford & Wrekin from 2026-11-30 until 2027-01-31: no owner answers yet; let its first owner begin on 2026-11-30 or before, or write who answers until then'
    ] == found(tmp_path, rules=rules)


@pytest.mark.parametrize("figures", [(), ("--no-figures",)])
def test_check_says_so_as_of_a_day(tmp_path, monkeypatch, capsys, figures):
    monkeypatch.setenv("ALERTING_STATE_DIR", str(tmp_path / "state"))
    shown = str(folder(tmp_path))

    def codes(day):
        main(["check", shown, "--format", "json", *figures, "--as-of", day])
        return [one["code"] for one in json.loads(capsys.readouterr().out)["problems"]]

    days = ("2026-11-30", "2026-12-15", "2027-03-15")
    assert [2, 1, 0] == [codes(day).count("nobody-told-then") for day in days]
