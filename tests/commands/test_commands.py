"""The commands as people type them: what they print and how they end."""

import csv
import json
from pathlib import Path

import pytest
from samples.worlds import CALLS, a_folder

from alerting.cli import main

FIGURES = "measure,area,period,value\nanswered,force,2020-07,94\nanswered,force,2020-08,81\nanswered,force,2020-09,83\n"
SHIPPED = Path(__file__).parents[2] / "rules"
KEYS = [
    "rule", "measure", "area", "period", "state", "severity", "value", "target", "plan", "centre", "lower", "upper",
    "band", "change", "consecutive", "due", "trial", "provisional", "rebased_on", "previous_centre", "rebase_count",
    "side", "meaning", "assurance", "evidence", "reason", "notes", "text", "where",
]  # fmt: skip


@pytest.fixture
def rules(tmp_path):
    return str(a_folder(tmp_path / "rules", {"r.yaml": CALLS, "figures/calls.csv": FIGURES}))


def run(capfdbinary, *arguments):
    status = main([str(argument) for argument in arguments])
    out, err = capfdbinary.readouterr()
    return status, out.decode(), err.decode()


def test_evaluate_prints_the_contracts_json(rules, capfdbinary):
    status, out, err = run(capfdbinary, "evaluate", "--rules", rules, "--as-of", "2020-10-07", "--format", "json")
    answer = json.loads(out)
    assert (0, "") == (status, err)
    assert ["as_of", "rules_version", "counts", "findings"] == list(answer)
    assert {"exception": 1, "normal": 0, "no_data": 0, "not_enough_history": 0} == answer["counts"]
    (finding,) = answer["findings"]
    assert KEYS == list(finding)
    expected = {
        "period": "2020-09",
        "state": "exception",
        "severity": "critical",
        "value": 83.0,
        "target": 90.0,
        "consecutive": 2,
    }
    assert expected == {key: finding[key] for key in expected}
    assert finding["where"].endswith("rules/r.yaml:24:5")
    assert (
        "83% of 999 calls were answered within 10 seconds in September 2020, 7 points below the standard of 90%."
        in finding["text"]
    )


def test_evaluate_prints_a_line_each_and_every_period(rules, capfdbinary):
    _status, out, _err = run(
        capfdbinary, "evaluate", rules, "--as-of", "2020-10-07", "--format", "ndjson", "--every-period"
    )
    found = [json.loads(line) for line in out.splitlines()]
    assert [("2020-07", "normal", None), ("2020-08", "exception", str), ("2020-09", "exception", str)] == [
        (one["period"], one["state"], one["text"] and str) for one in found
    ]
    _status, out, _err = run(
        capfdbinary, "evaluate", rules, "--as-of", "2020-10-07", "--format", "ndjson", "--only", "normal"
    )
    assert "" == out


def test_evaluate_takes_one_rule_alone(rules, capfdbinary):
    status, out, err = run(
        capfdbinary, "evaluate", rules, "--as-of", "2020-10-07", "--format", "ndjson", "--rule", "slow"
    )
    assert (status, out.count("\n")) == (0, 1), err
    assert 2 == run(capfdbinary, "evaluate", rules, "--rule", "calls-998")[0]


def test_evaluate_reads_like_a_note(rules, capfdbinary):
    status, out, _err = run(capfdbinary, "evaluate", rules, "--as-of", "2020-10-07")
    assert 0 == status
    assert out.startswith("As of 2020-10-07: 1 exception, 0 normal")
    assert "exception · critical · West Mercia · slow" in out


def test_evaluate_says_how_serious_only_of_what_is_exceptional(rules, capfdbinary):
    """`normal · critical` reads as something critical."""
    status, out, _err = run(capfdbinary, "evaluate", rules, "--as-of", "2020-10-07", "--every-period", "--text", "all")
    heads = [line for line in out.splitlines() if line.endswith("· West Mercia · slow")]
    assert 0 == status
    assert ["normal · West Mercia · slow", *["exception · critical · West Mercia · slow"] * 2] == heads


def test_refused_figures_end_with_1_and_are_named(rules, capfdbinary):
    Path(rules, "figures/calls.csv").write_text(FIGURES + "answered,north,2020-09,lots\n", encoding="utf-8")
    status, _out, err = run(capfdbinary, "evaluate", rules, "--as-of", "2020-10-07")
    assert 1 == status
    assert 'calls.csv:5:4: error[refused-cell]: row 5, column value: "lots" is no number' in err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(["evaluate", "nowhere"], "rules folder nowhere does not exist", id="no-folder"),
        pytest.param(["evaluate", "RULES", "--as-of", "soon"], '"soon" is not a date', id="bad-date"),
        pytest.param(["evaluate", "RULES", "--format", "xml"], "xml", id="bad-format"),
        pytest.param(["evaluat"], "evaluat", id="no-such-command"),
        pytest.param(
            ["digest", "RULES", "--id", "friday"], 'no digest "friday"; there are monday', id="no-such-digest"
        ),
    ],
)
def test_wrong_usage_ends_with_2_and_one_line(rules, capfdbinary, arguments, says):
    status, out, err = run(capfdbinary, *(rules if one == "RULES" else one for one in arguments))
    assert (2, "", 1) == (status, out, len(err.splitlines()))
    assert says in err


def test_rules_with_errors_end_with_2_in_one_line(rules, capfdbinary):
    Path(rules, "r.yaml").write_text(CALLS.replace("measures: answered", "measures: answerd"), encoding="utf-8")
    status, _out, err = run(capfdbinary, "evaluate", rules)
    assert (2, f"alerting: 1 error in the rules; run `alerting check {rules}`\n") == (status, err)
    status, out, _err = run(capfdbinary, "check", rules, "--format", "json")
    (problem,) = [one for one in json.loads(out)["problems"] if one["severity"] == "error"]
    assert (1, "unknown-measure", 26, 15) == (status, problem["code"], problem["line"], problem["column"])
    assert "answered" in problem["fix"] + problem["message"]


@pytest.mark.parametrize("how", [["--dry-run"], []], ids=["a dry run", "a run"])
def test_a_redirected_run_says_who_gets_what_others_are_told(rules, capfdbinary, monkeypatch, tmp_path, how):
    monkeypatch.setenv("ALERTING_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("ALERTING_REDIRECT_ALL_TO", "trial@example.org")

    _status, out, _err = run(capfdbinary, "run", rules, "--as-of", "2020-10-07", *how)

    told, redirected = out.splitlines()[2:4]
    assert "Head of Contact <contact@example.org>" in told
    assert "All of it goes to trial@example.org instead (ALERTING_REDIRECT_ALL_TO)." == redirected


def test_run_tells_once(rules, capfdbinary, monkeypatch, tmp_path):
    folder = CALLS + "channels: {kept: {folder: {}}}\n"
    folder = folder.replace("email: contact@example.org}", "email: contact@example.org, channels: [kept]}")
    Path(rules, "r.yaml").write_text(folder, encoding="utf-8")
    monkeypatch.setenv("ALERTING_STATE_DIR", str(tmp_path / "state"))
    status, out, _err = run(capfdbinary, "run", rules, "--as-of", "2020-10-07", "--dry-run")
    assert (0, True) == (status, "Would tell Head of Contact <contact@example.org>" in out)
    status, out, _err = run(capfdbinary, "run", rules, "--as-of", "2020-10-07")
    assert 0 == status
    assert "Since the last tick: 1 opened." in out
    assert "Messages: 1 accepted, 0 rejected, 0 waiting." in out
    (mail,) = (tmp_path / "state/mails").glob("*.eml")
    assert b"83%" in mail.read_bytes()
    status, out, _err = run(capfdbinary, "run", rules, "--as-of", "2020-10-07")
    assert (0, True) == (status, "Since the last tick: nothing new." in out)
    status, out, err = run(capfdbinary, "run", rules, "--as-of", "2020-10-06")
    assert (2, True) == (status, "lies before the newest tick" in err)


def test_run_without_a_mail_server_keeps_the_message_and_ends_with_1(rules, capfdbinary, monkeypatch, tmp_path):
    monkeypatch.setenv("ALERTING_STATE_DIR", str(tmp_path / "state"))
    status, out, err = run(capfdbinary, "run", rules, "--as-of", "2020-10-07")
    assert (1, True) == (status, "1 waiting" in out)
    assert "ALERTING_SMTP_URL is not set" in err


def test_who_asks_for_normal_findings_reads_them(rules, capfdbinary):
    Path(rules, "figures/calls.csv").write_text(
        "measure,area,period,value\nanswered,force,2020-09,95\n", encoding="utf-8"
    )
    status, out, _err = run(capfdbinary, "evaluate", rules, "--as-of", "2020-10-07", "--only", "normal")
    assert (0, True) == (status, "\n  95% of 999 calls were answered within 10 seconds in September 2020" in out)
    _, out, _ = run(capfdbinary, "evaluate", rules, "--as-of", "2020-10-07", "--only", "normal", "--format", "json")
    assert [None] == [one["text"] for one in json.loads(out)["findings"]]


def test_run_as_json_says_who_was_told_and_what_became_of_it(rules, capfdbinary, monkeypatch, tmp_path):
    monkeypatch.setenv("ALERTING_STATE_DIR", str(tmp_path / "state"))
    alert = {"id": "slow/answered/force/2020-08", "event": "opened"}

    status, out, _err = run(capfdbinary, "run", rules, "--as-of", "2020-10-07", "--dry-run", "--format", "json")

    would = json.loads(out)
    assert (0, None) == (status, would["delivery"])
    (notice,) = would["tick"]["notices"]
    assert ("contact@example.org", [alert]) == (notice["address"], notice["alerts"])
    assert {"exception": 1, "normal": 0, "no_data": 0, "not_enough_history": 0} == would["tick"]["counts"]
    status, out, _err = run(capfdbinary, "run", rules, "--as-of", "2020-10-07", "--format", "json")
    assert (1, 1) == (status, json.loads(out)["delivery"]["waiting"])
    assert "ALERTING_SMTP_URL is not set" in json.loads(out)["delivery"]["failures"][0]["reply"]


def test_the_database_is_made_and_made_again_without_harm(capfdbinary, monkeypatch, tmp_path):
    monkeypatch.setenv("ALERTING_STATE_DIR", str(tmp_path / "deep/state"))
    for _again in range(2):
        status, out, _err = run(capfdbinary, "db", "upgrade")
        assert (0, True) == (status, "is at this version" in out)


def test_the_shipped_rules_are_sound_without_a_warning(capfdbinary):
    """On the day of the newest report; later its meeting is over, and a few limits rest on the few figures printed."""
    status, out, _err = run(capfdbinary, "check", SHIPPED, "--as-of", "2020-10-15", "--format", "json")
    problems = json.loads(out)["problems"]
    assert (0, []) == (status, [one for one in problems if one["severity"] != "note"])
    assert {"few-figures"} >= {one["code"] for one in problems}


def test_the_shipped_rules_are_as_many_as_promised(capfdbinary):
    _status, out, _err = run(capfdbinary, "evaluate", SHIPPED, "--as-of", "2020-10-15", "--format", "json")
    findings = json.loads(out)["findings"]
    assert 60 <= len({one["measure"] for one in findings})
    assert 100 <= len({one["rule"] for one in findings})


def test_findings_for_the_second_quarter_agree_with_the_limits_as_printed(capfdbinary):
    _status, out, _err = run(capfdbinary, "evaluate", SHIPPED, "--as-of", "2020-10-15", "--format", "json")
    ranges = {"overtime-over-budget", "audited-logs-missing-a-crime"}  # held against a range, not against limits
    by_limits = [
        one for one in json.loads(out)["findings"]
        if one["period"] == "2020/21-Q2" and (one["upper"] or one["lower"]) and one["rule"] not in ranges
    ]  # fmt: skip
    outside = {(one["measure"], one["area"]) for one in by_limits if one["state"] == "exception"}
    printed = set()
    with (SHIPPED / "figures/quarterly-counts.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["period"] == "2020/21-Q2" and (row["upper_limit"] or row["lower_limit"]):
                value, upper, lower = (
                    float(row[key]) if row[key] else None for key in ("value", "upper_limit", "lower_limit")
                )
                if (upper is not None and value > upper) or (lower is not None and value < lower):
                    printed.add((row["measure"], row["area"]))
    assert 14 == len(printed)
    assert printed == {one for one in outside if not one[0].startswith("asb/") or one in printed}


def test_the_demo_tells_the_story_with_real_mails(capfdbinary, tmp_path):
    status, out, _err = run(capfdbinary, "demo", "--out", tmp_path / "demo")
    assert 0 == status
    days = [line for line in out.splitlines() if line[:2] == "20"]
    assert ["2019-04-15", "2019-11-27", "2020-06-15", "2020-10-15", "2020-10-15"] == [line[:10] for line in days]
    assert "the Monday digest" in days[-1]
    readme = (SHIPPED.parent / "README.md").read_text(encoding="utf-8")
    assert all(line in readme for line in days), "README.md shows another demo"
    mails = list((tmp_path / "demo/mails").glob("*.eml"))
    assert f"{len(mails)} mails" in out
    assert len(mails) == sum(int(line.rpartition("; ")[2].split()[0]) for line in days)
    assert 40 < len(mails)
    page = (tmp_path / "demo/index.html").read_text(encoding="utf-8")
    assert "83% of 999 calls were answered within 10 seconds" in page
    assert "withdrawn" in out
    assert "resolved" in out


def test_the_demo_leaves_a_folder_alone_that_holds_something_else(capfdbinary, tmp_path):
    (tmp_path / "precious").write_text("mine", encoding="utf-8")
    status, _out, err = run(capfdbinary, "demo", "--out", tmp_path)
    assert (2, True) == (status, "holds something else" in err)
    assert "mine" == (tmp_path / "precious").read_text(encoding="utf-8")
