"""Days between rare events from rule file to digest: what is told is days, never a number of events with a limit in days."""

import json
from datetime import date, timedelta

import pytest

from alerting.cli import main

FOLDER = """\
topics: [{id: safety, title: Safety, owner: head}]
areas: [{id: force, title: The force, kind: policing, owner: head}]
owners: [{id: head, name: Head of Safety, email: head@example.org}]
roles: {operator: head, maintainer: head, fallback: head}
sources: {injuries: {csv: figures/injuries.csv, owner: head}}
measures: [{id: injuries, title: Serious injuries, topic: safety, unit: count, better: lower, every: day, source: injuries}]
digests: [{id: weekly, every: "monday 07:30", to: [head]}]
rules:
  - id: rarer
    title: Rarer
    measures: injuries
    severity: {worse: critical, better: info}
    when: {above_upper_limit: {limits: {g: {}}}}
"""
#: One each fourth day, thirty of them; then none. The 99.865 % point of the geometric with mean 4 is 29 days.
EVERY_FOURTH_DAY, FIRST = 30, date(2020, 1, 1)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("ALERTING_STATE_DIR", str(tmp_path / "state"))
    rules = tmp_path / "rules"
    (rules / "figures").mkdir(parents=True)
    (rules / "rules.yaml").write_text(FOLDER)
    days = range(4 * EVERY_FOURTH_DAY + 40)
    rows = [f"injuries,force,{FIRST + timedelta(n)},{int(n % 4 == 0 and n <= 4 * EVERY_FOURTH_DAY)}" for n in days]
    (rules / "figures/injuries.csv").write_text("\n".join(["measure,area,period,value", *rows]) + "\n")
    return rules


def day(gap):
    """The day after the one on which the open gap has so many days."""
    return str(FIRST + timedelta(4 * EVERY_FOURTH_DAY + gap + 1))


@pytest.mark.parametrize(("gap", "told"), [(29, "nothing new"), (30, "1 opened")])
def test_a_gap_is_told_on_the_day_it_passes_the_upper_limit(folder, capsys, gap, told):
    main(["run", "--rules", str(folder), "--as-of", day(20)])
    capsys.readouterr()

    main(["run", "--rules", str(folder), "--as-of", day(gap), "--dry-run"])

    assert told in capsys.readouterr().out


def test_it_is_good_news_in_days(folder, capsys):
    main(["run", "--rules", str(folder), "--as-of", day(32), "--dry-run"])

    told = capsys.readouterr().out

    assert "+ The force: Serious injuries 32 days, upper limit 29 days" in told
    main(["evaluate", "--rules", str(folder), "--as-of", day(32), "--format", "json"])
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert (finding["severity"], finding["value"], finding["upper"]) == ("info", 32.0, 29.0)


def test_digest_and_list_speak_of_days(folder, tmp_path, capsys):
    main(["run", "--rules", str(folder), "--as-of", day(20)])
    main(["run", "--rules", str(folder), "--as-of", day(32)])
    main(["digest", "--rules", str(folder), "--as-of", day(33), "--out", str(tmp_path / "out")])
    capsys.readouterr()
    (written,) = (tmp_path / "out").glob("*.txt")
    digest = " ".join(written.read_text().split())

    main(["alerts", "list", "--rules", str(folder)])

    assert "now 32 days on 1 June 2020" in capsys.readouterr().out
    assert "Serious injuries 32 days (upper limit 29 days)" in digest
    assert "on 2 June 2020, the same as" not in digest
