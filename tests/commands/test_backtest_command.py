"""`alerting backtest`: what the rules would have told over a span of the past."""

import json

import pytest
from samples.rule_folders import BASE, RULES, written

from alerting.cli import main

FIGURES = """\
measure,area,period,value,published
calls,north,2020-02,92,2020-03-10
calls,north,2020-03,85,2020-04-10
calls,north,2020-04,86,2020-05-10
calls,north,2020-05,95,2020-06-10
calls,south,2020-01,80,2020-02-10
"""
OPENED = "calls-target/calls/north/2020-03"


@pytest.fixture
def folder(tmp_path):
    return written(tmp_path / "rules", {"base.yaml": BASE, "rules.yaml": RULES, "figures/calls.csv": FIGURES})


@pytest.fixture
def asked(folder, capsys):
    """Run the command on the folder; return its status and what it printed on both ways."""

    def run(*options):
        status = main(["backtest", str(folder), *options])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


def test_it_gives_findings_alerts_notices_and_budget_as_json(asked):
    status, out, err = asked("--from", "2020-03", "--until", "2020-06", "--format", "json")

    found = json.loads(out)
    assert (status, err) == (0, "")
    assert (found["from"], found["until"]) == ("2020-03-01", "2020-06-30")
    assert found["findings"] == {"exception": 2, "normal": 1, "no_data": 0, "not_enough_history": 0}
    assert [(one["area"], one["opened"], one["resolved"], one["periods"], one["stood"]) for one in found["alerts"]] == [
        ("south", "2020-01", None, 1, True),
        ("north", "2020-03", "2020-05", 2, False),
    ]
    assert [(one["at"], one["to"], one["event"], one["alerts"]) for one in found["notices"] if not one["stood"]] == [
        ("2020-04-10", "north-commander", "opened", [OPENED]),
        ("2020-06-10", "north-commander", "resolved", [OPENED]),
    ]
    months = 122 / (365.25 / 12)
    (owner,) = (one for one in found["budget"] if one["owner"] == "north-commander")
    assert (round(owner["openings_per_month"] * months), round(owner["notices_per_month"] * months)) == (1, 2)
    assert owner["expected_by_chance_per_month"] is None  # of six figures nobody can say
    assert found["known"] == {"published": 1, "due": 0, "period_end": 0}


def test_the_text_says_what_by_rule_and_by_owner_and_month(asked):
    status, out, _ = asked("--from", "2020-03", "--until", "2020-06-30")

    assert status == 0
    assert "From 1 March 2020 to 30 June 2020, 4 months:" in out
    assert "- alerts: 1 stood at the beginning, 1 opened, 1 ended, 1 stand at the end" in out
    assert "as known at the time, by the days their sources give: 1 measure" in out
    (owner,) = (line.split() for line in out.splitlines() if line.startswith("north-commander"))
    assert owner == ["north-commander", "2", "0", "0", ".", "1", ".", "1"]
    assert "alerting notify preview calls-target --area north --as-of 2020-06-10" in out


def test_it_says_what_opened_where_and_until_when(asked):
    _, out, _ = asked("--from", "2020-03", "--until", "2020-06-30")

    opened = out.split("Opened, the newest first\n")[1].split("\n\n")[0]
    assert opened == "2020-04-10  calls-target · Answered · North: for March 2020, resolved on 2020-06-10"


def test_one_rule_alone_is_looked_back_on(folder, asked):
    other = RULES + "  - {id: calls-low, title: Few, measures: calls, when: {outside_range: {from: 87}}}\n"
    written(folder, {"rules.yaml": other})

    rules = {}
    for options in ((), ("--rule", "calls-low")):
        found = json.loads(asked("--from", "2020-03", "--until", "2020-06", "--format", "json", *options)[1])
        rules[options] = {alert["rule"] for alert in found["alerts"]}
    assert rules == {(): {"calls-low", "calls-target"}, ("--rule", "calls-low"): {"calls-low"}}
    assert asked("--rule", "calls-lows")[2] == 'alerting: no rule "calls-lows"; did you mean "calls-low"?\n'


def test_it_says_which_figures_are_as_known_today_and_how_that_is_mended(folder, asked):
    written(folder, {"figures/calls.csv": "measure,area,period,value\ncalls,north,2020-03,85\n"})

    _, out, _ = asked("--from", "2020-03", "--until", "2020-06", "--format", "text")

    assert "as known today, each figure from the day after its period ends: 1 measure" in out
    assert "`expected` on the measure, or a column `published`" in out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param(["--from", "2020-06", "--until", "2020-03"], "there is no day between", id="the-wrong-way-round"),
        pytest.param(["--from", "soon"], "--from: 'soon' is no period", id="no-day"),
        pytest.param(["--until", "2020-Q1"], "--until: '2020-Q1'", id="a-quarter-of-which-year"),
        pytest.param(["--from", "2100-01"], "is to come", id="to-come"),
        pytest.param(["--until", "2010-12"], "the first ones count from 2020-02-10", id="before-all-figures"),
        pytest.param(["--format", "pdf"], "'pdf' is not one of", id="unknown-format"),
        pytest.param(["--figures", "nowhere.parquet"], "is not there; give a file that", id="no-file"),
    ],
)
def test_what_cannot_be_meant_is_one_line(asked, options, said):
    status, out, err = asked(*options)

    assert (status, out, err.count("\n")) == (2, "", 1)
    assert said in err


def test_by_default_it_looks_two_years_back(asked):
    _, out, _ = asked("--until", "2020-06-30", "--format", "json")

    assert (json.loads(out)["from"], json.loads(out)["until"]) == ("2018-07-01", "2020-06-30")


def test_figures_of_an_export_give_what_the_sources_give(folder, asked, tmp_path, capsys):
    assert main(["figures", "export", str(tmp_path / "known.parquet"), "--rules", str(folder)]) == 0
    capsys.readouterr()
    span = ["--from", "2020-03", "--until", "2020-06", "--format", "json"]
    own = json.loads(asked(*span)[1])
    (folder / "figures/calls.csv").unlink()

    status, out, _ = asked(*span, "--figures", str(tmp_path / "known.parquet"))

    assert status == 0
    assert json.loads(out) == own


def test_a_source_that_cannot_be_read_is_said_and_the_status_tells(folder, asked):
    keys = "topic: contact, unit: count, better: lower, every: month, source: none.csv"
    written(folder, {"more.yaml": f"measures: [{{id: m, title: M, {keys}}}]\n"})

    status, _, err = asked("--from", "2020-03", "--until", "2020-06", "--format", "json")

    assert status == 1
    assert "source-failed" in err


HOSTILE = RULES.replace("title: Calls answered too slowly", 'title: "@everyone <b>x</b> | [a](http://b)"')


def test_the_page_has_a_timeline_and_the_notices_and_fetches_nothing(folder, asked):
    written(folder, {"rules.yaml": HOSTILE})
    status, page, _ = asked("--from", "2020-03", "--until", "2020-06", "--format", "html")

    assert status == 0
    assert 'aria-label="North: Answered: opened on 10 April 2020, since March 2020; resolved on 10 June 2020"' in page
    assert "The whole notice of 10 June 2020 to Commander, North: Resolved: North: Answered 95%" in page
    assert "To you, Commander, North." in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert not [word for word in ("<b>x", "<script", 'src="http', "url(") if word in page]


def test_in_markdown_what_others_wrote_does_nothing(folder, asked):
    written(folder, {"rules.yaml": HOSTILE})
    status, page, _ = asked("--from", "2020-03", "--until", "2020-06", "--format", "markdown")

    assert status == 0
    assert page.startswith("## What the rules would have told, 1 March 2020 to 30 June 2020\n")
    assert "| @\u200beveryone &lt;b&gt;x&lt;/b&gt; \\| \\[a\\]\\(http:\u200b//b\\) | 2 | 1 | 1 | 1 |" in page
    assert "| Commander, North | 2 | 0 | 0 | 1 |" in page
    assert "- 2020-04-10: \\! North: Answered 85%, target 90%" in page
