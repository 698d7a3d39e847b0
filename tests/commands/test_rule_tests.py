"""`alerting test`: rules tried on figures that their author makes up."""

# ruff: noqa: E501 - YAML stands as people write it

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from samples.rule_folders import BASE, SOUND, written

from alerting.cli import main

SHIPPED = Path(__file__).parents[2] / "rules"
RULES = """\
rules:
  - {id: calls-target, title: Too slow, measures: calls, when: {target_missed: {}}, remind: monthly}
  - {id: calls-odd, title: Odd, measures: calls, when: {outside_limits: {limits: {fixed: {lower: 80, upper: 95}}}}}
  - {id: calls-odd-twice, title: Odd twice, measures: calls, for: 2, when: {outside_range: {from: 80, to: 95}}}
  - {id: calls-fall, title: A fall, measures: calls, when: {change: {versus: previous_period, falls_by: 5}}}
"""
FIGURES = "{measure: calls, area: force, from: 2020-04, values: %s}"
SILENCE = "silences: [{id: s, match: {rules: [calls-target]}, from: 2020-05-01, until: 2020-12-31, reason: Planned}]\n"
WORDS = "Answered: 88% in May 2020, 2 points below the target of 90%. It is down 6 points from 94% in April 2020."
THEN = "the finding then was normal: Answered: 93% in May 2020, 3 points above the target of 90%. It is down 1 point from 94% in April 2020."
EVENTS = "opened | worsened | corrected | resolved | withdrawn | reminded | escalated | acknowledged | suppressed"
OPENED = "{period: 2020-05, rule: calls-target, event: opened}"
RESOLVED = "{period: 2020-07, rule: calls-target, event: resolved}"


@pytest.fixture
def tried(tmp_path, capsys):
    """Write one test out of its parts, run it, and return exit status and failures as (line, message)."""

    def run(values="94 88 _ 92", *, more="", rules="calls-target", files=None, **parts):
        lines = ["tests:", "  - name: it works", f"    rules: {rules}", f"    figures: [{FIGURES % values}]"]
        lines += [f"    {name}: {text}" for name, text in parts.items()]
        written(tmp_path, {**SOUND, "base.yaml": BASE + more, "rules.yaml": RULES, "tests/a.yaml": "\n".join(lines)})
        written(tmp_path, files or {})
        status = main(["test", str(tmp_path), "--format", "json"])
        found = json.loads(capsys.readouterr().out)
        failures = [(one["line"], one["message"]) for test in found["tests"] for one in test["failures"]]
        return status, failures + [(one["line"], one["message"]) for one in found["problems"]]

    return run


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param({"expect": f"[{OPENED}, {RESOLVED}]"}, id="exactly-what-happens"),
        pytest.param({"values": "94 93 92", "expect": "[]"}, id="nothing-happens"),
        pytest.param({"values": "94 88 87 86", "expect": f"[{OPENED}]"}, id="reminders-count-only-where-one-is-listed"),
        pytest.param(
            {
                "values": "94 88 87",
                "expect": f"[{OPENED}, {{period: 2020-06, event: reminded, to: chief}}]",
                "more": "schedule: {evaluate: 'mon-fri 07:00'}\n",
            },
            id="a-reminder-that-is-listed",
        ),
        pytest.param(
            {
                "values": "94 88 87",
                "acknowledge": "[{period: 2020-05, rule: calls-target, area: force, person: head}]",
                "expect": f"[{OPENED}, {{period: 2020-05, event: acknowledged}}]",
            },
            id="an-acknowledgement",
        ),
        pytest.param(
            {
                "values": "94 88",
                "more": SILENCE,
                "expect": "[{period: 2020-05, event: suppressed, reason: silenced, to: chief}]",
            },
            id="a-silence",
        ),
        pytest.param({"expect": f"[{OPENED[:-1]}, to: [chief], says: 2 points below the target of 90%}}, {RESOLVED}]"}, id="words"),
        pytest.param({"findings": "[{period: 2020-05, rule: calls-target, state: exception, value: 88}]"}, id="a-finding"),
        pytest.param({"findings": "[{period: 2020-06, rule: calls-target, state: no_data, value: null}]"}, id="no-figure"),
        pytest.param({"findings": "[{period: 2020-05, rule: calls-target, side: below, meaning: concern, assurance: null}]"}, id="what-it-means"),
        pytest.param(
            {
                "values": "90 96 78 78",
                "rules": "calls-odd",
                "acknowledge": "[{period: 2020-05, rule: calls-odd, area: force, person: head}]",
                "expect": (
                    "[{period: 2020-05, event: opened}, {period: 2020-05, event: acknowledged}, "
                    '{period: 2020-06, event: worsened, says: "jumped to the other side: above in May 2020, below in June 2020"}]'
                ),
                "findings": "[{period: 2020-06, rule: calls-odd, consecutive: 1}, {period: 2020-07, rule: calls-odd, consecutive: 2}]",
            },
            id="a-jump-to-the-other-side",
        ),
        pytest.param(
            {"values": "90 96 78 96 90 78 78", "rules": "calls-odd-twice", "expect": "[{period: 2020-10, event: opened}]"},
            id="two-in-a-row-are-of-one-side",
        ),
        pytest.param(
            {
                "values": "94 _ 92 88",
                "rules": "calls-or-late",
                "files": {
                    "base.yaml": BASE.replace("unit: percent", "unit: percent, expected: 5 days"),
                    "late.yaml": "rules: [{id: calls-or-late, title: Late, measures: calls, when: {any_of: [{not_fresh: {}}, {target_missed: {}}]}}]",
                },
                "expect": (
                    "[{period: 2020-05, event: opened, says: No figure has come}, {period: 2020-06, event: resolved}, "
                    "{period: 2020-07, event: opened, says: 2 points below the target}]"
                ),
            },
            id="late-or-too-low",
        ),
        pytest.param({"values": "[94, 88, _, 92]", "expect": f"[{OPENED}, {RESOLVED}]"}, id="figures-as-a-list"),
        pytest.param(
            {"values": "90 84", "rules": "[calls-target, calls-fall]", "expect": f"[{OPENED}, {OPENED.replace('target', 'fall')}]"},
            id="two-rules",
        ),
    ],
)  # fmt: skip
def test_it_passes_where_the_rules_do_what_is_expected(tried, parts):
    assert tried(**parts) == (0, [])


@pytest.mark.parametrize(
    ("parts", "failures"),
    [
        pytest.param(
            {"expect": f"[{OPENED}]"},
            [(2, "this was not expected: 2020-07 resolved calls-target calls force, told to chief")],
            id="more-happens",
        ),
        pytest.param(
            {"values": "94 93", "expect": f"[{OPENED}]"},
            [(5, f'"opened calls-target" did not happen at 2020-05; what did: nothing; {THEN}')],
            id="less-happens",
        ),
        pytest.param(
            {"values": "94 93 88", "expect": f"[{OPENED}]"},
            [
                (2, "this was not expected: 2020-06 opened calls-target calls force, told to chief"),
                (5, f'"opened calls-target" did not happen at 2020-05; what did: nothing; {THEN}'),
            ],
            id="at-another-time",
        ),
        pytest.param(
            {"values": "94 88", "expect": f"[{OPENED[:-1]}, to: [head, chief], says: 87%}}]"},
            [
                (5, "told to chief; the test names head, chief"),
                (5, 'no message says "87%"; it begins "! The force: Answered 88%, target 90%"'),
            ],
            id="other-people-and-words",
        ),
        pytest.param(
            {"expect": f"[{RESOLVED}, {OPENED}]"},
            [(5, "it comes before what is listed above it: it happened on 2020-06-01")],
            id="in-another-order",
        ),
        pytest.param(
            {"findings": "[{period: 2020-05, rule: calls-target, state: normal, value: 88.4, text: 87%}]"},
            [
                (5, "state is exception, not normal"),
                (5, "value is 88, not 88.4"),
                (5, f'the text does not say "87%"; it is "{WORDS}"'),
            ],
            id="another-finding",
        ),
        pytest.param(
            {"expect": f"[{OPENED}, {RESOLVED}]", "findings": "[{period: 2020-08, rule: calls-target, state: normal}]"},
            [(6, "there is no tick for 2020-08: the figures given reach no such period")],
            id="a-period-beyond-the-figures",
        ),
        pytest.param(
            {
                "values": "94 93",
                "acknowledge": "[{period: 2020-05, rule: calls-target, area: force, person: head}]",
                "expect": "[]",
            },
            [(5, "no alert of calls-target stands in force after the tick for 2020-05")],
            id="nothing-to-acknowledge",
        ),
    ],
)  # fmt: skip
def test_it_fails_with_line_and_difference_where_they_do_not(tried, parts, failures):
    assert tried(**parts) == (1, failures)


@pytest.mark.parametrize(
    ("parts", "mistakes"),
    [
        pytest.param({"values": "94 9o", "expect": "[]"}, [(4, '"9o" is no figure')], id="no-figure"),
        pytest.param({"rules": "calls-targt", "expect": "[]"}, [(3, 'no rule "calls-targt"')], id="no-such-rule"),
        pytest.param({}, [(2, "the test expects nothing")], id="no-expectation"),
        pytest.param({"expects": "[]"}, [(2, "the test expects nothing"), (5, 'unknown key "expects"')][1:], id="a-slip"),
        pytest.param(
            {"expect": "[{period: 2020-05, event: openned}]"},
            [(5, f'"openned" is none of {EVENTS}')],
            id="no-such-event",
        ),
        pytest.param(
            {"values": "1, numerator: 1 2, denominator: 3 4", "expect": "[]"},
            [(4, "not one of each for every period: value: 1, numerator: 2, denominator: 2")],
            id="columns-of-different-lengths",
        ),
        pytest.param(
            {"values": "94 88}, {measure: calls, area: force, from: 2020-05, values: 93", "expect": "[]"},
            [(4, "figures of calls in force are given twice for one period")],
            id="a-figure-twice",
        ),
    ],
)  # fmt: skip
def test_a_mistake_in_a_test_is_named_with_its_line_and_counts_as_a_failure(tried, parts, mistakes):
    assert tried(**parts) == (1, mistakes)


def test_a_test_that_cannot_be_read_stops_no_other(tried):
    files = {"tests/b.yaml": "tests: [", "tests/sub/c.yaml": "tests: []\nrules: []\n"}

    status, found = tried(expect=f"[{OPENED}, {RESOLVED}]", files=files)

    assert status == 1
    assert [line for line, _ in found] == [1, 2], found  # b.yaml as a whole, c.yaml's second key


def test_a_file_that_is_not_read_for_its_name_is_named(tried):
    status, found = tried(expect=f"[{OPENED}, {RESOLVED}]", files={"tests/more.yml": "tests: []\n"})

    assert (status, found) == (1, [(1, "this is not read: only *.yaml files are read")])


def test_numerators_and_denominators_make_the_value(tried):
    assert tried(
        values="_ _, numerator: 47 44, denominator: 50 50",
        expect=f"[{OPENED}]",
        findings="[{period: 2020-05, rule: calls-target, value: 88}]",
    ) == (0, [])


def test_figures_come_on_the_day_after_they_are_due_not_before(tried):
    """With `expected: 10 days` a month's tick is on the 11th; the month after is not known to it."""
    late = BASE.replace("target: 90,", "target: 90, expected: 10 days,")

    status, found = tried(values="94 88 _", files={"base.yaml": late}, expect=f"[{OPENED}]", findings=(
        "[{period: 2020-05, rule: calls-target, state: exception}, {period: 2020-06, rule: calls-target, reason: late}]"
    ))  # fmt: skip

    assert (status, found) == (0, [])


def test_the_shipped_rules_pass_their_own_tests(capsys):
    assert 0 == main(["test", str(SHIPPED)])
    assert "7 passed, 0 failed" in capsys.readouterr().out


def test_a_folder_without_tests_says_so(tmp_path, capsys):
    assert 0 == main(["test", str(written(tmp_path, SOUND))])
    assert f"{tmp_path.as_posix()}/tests: no tests" in capsys.readouterr().out


def test_words_choose_tests_by_name(capsys):
    assert 0 == main(["test", str(SHIPPED), "--only", "VAL"])
    assert ["passed", "passed"] == [line.split()[0] for line in capsys.readouterr().out.splitlines()[:2]]
    assert 2 == main(["test", str(SHIPPED), "--only", "nothing like it"])
    assert 'has "nothing like it" in its name' in capsys.readouterr().err


def test_no_test_of_such_a_name_is_said_whatever_else_is_wrong(tmp_path, capsys):
    folder = written(tmp_path, {**SOUND, "tests/a.yaml": "tests: [{name: x}]"})

    assert 2 == main(["test", str(folder), "--only", "zzz"])
    assert 'has "zzz" in its name' in capsys.readouterr().err


def test_reports_for_pull_requests_and_test_servers(tmp_path, capsys):
    test = "tests: [{name: it works, figures: [%s], expect: []}]" % (FIGURES % "94 88")
    folder = written(tmp_path, {**SOUND, "tests/a.yaml": test})

    assert 1 == main(["test", str(folder), "--format", "github"])
    command = capsys.readouterr().out
    assert command.startswith(f"::error file={folder.as_posix()}/tests/a.yaml,line=1,col=")
    assert "title=test-failed::this was not expected: 2020-05 opened calls-target" in command
    assert 1 == main(["test", str(folder), "--format", "junit"])
    suite = ET.fromstring(capsys.readouterr().out.partition("\n")[2])
    assert (suite.get("tests"), suite.get("failures")) == ("1", "1")
    assert [case.get("name") for case in suite] == ["it works"]
    assert "this was not expected" in suite[0][0].get("message")


def test_nothing_is_stored_or_sent(tmp_path, monkeypatch):
    monkeypatch.setenv("ALERTING_STATE_DIR", str(tmp_path / "state"))

    assert 0 == main(["test", str(SHIPPED)])
    assert [] == [path.name for path in tmp_path.rglob("*") if path.suffix in (".db", ".eml", ".lock")]


@pytest.mark.parametrize(
    "values", ['"94, 88, _, 92"', '"94 88,  _\\n92"', "[94, 88, _, 92]"], ids=["commas", "some", "a-list"]
)
def test_commas_between_figures_separate_them(tried, values):
    """They were taken for digits' commas, and two of three figures for missing ones."""
    assert (0, []) == tried(values, expect=f"[{OPENED}, {RESOLVED}]")


def test_figures_without_spaces_between_them_are_no_figure(tried):
    status, failures = tried('"94,88,92"', expect="[]")
    assert (1, ['"94,88,92" is no figure']) == (status, [message for _, message in failures])


DAILY = """\
topics: [{id: t, title: Topic, owner: boss}]
areas: [{id: force, title: Force, kind: policing, owner: boss}]
owners: [{id: boss, name: Boss, email: boss@example.org}]
measures: [{id: m, title: Calls, topic: t, unit: count, better: lower, every: day, source: f.csv, expected: %s}]
rules: [{id: a, title: A, measures: m, when: {target_missed: {at_most: 20}}}]
"""
FOURTH_DAY = """\
tests:
  - name: the fourth day
    figures: [{measure: m, area: force, from: 2020-04-01, values: 10 10 10 50 10 10}]
    expect: [{period: 2020-04-04, event: opened}, {period: 2020-04-05, event: resolved}]
"""


@pytest.mark.parametrize("expected", ["0 days", "1 day", "2 days", "9 days"])
def test_days_have_their_events_on_their_own_tick_however_late_they_are_due(tmp_path, capsys, expected):
    """The next day's figure is due on the morning of this day's tick, and was known to it."""
    files = {"r.yaml": DAILY % expected, "f.csv": "measure,area,period,value\n", "tests/a.yaml": FOURTH_DAY}
    assert 0 == main(["test", str(written(tmp_path, files))]), capsys.readouterr().out


def test_words_are_found_wherever_a_message_breaks_its_lines(tried):
    """Text parts are wrapped; an author cannot know where."""
    words = "2 points below the target of 90%. It is down 6 points from 94% in April 2020."
    assert (0, []) == tried("94 88", expect=f'[{{period: 2020-05, event: opened, says: "{words}"}}]')


MADE_OF_TWO = """\
areas: [{id: force, title: Force, kind: policing, owner: boss}]
owners: [{id: boss, name: Boss, email: boss@example.org}]
measures:
  - {id: falls, title: Falls, unit: count, better: lower, every: month, source: f.csv}
  - {id: people, title: People, unit: count, better: neither, every: month, source: f.csv}
  - {id: rate, title: Falls a person, unit: rate, per: 100, better: lower, every: month, of: {numerator: falls, denominator: people}}
rules: [{id: a, title: A, measures: rate, when: {target_missed: {at_most: 20}}}]
"""
PARTS = """\
tests:
  - name: a rate is tried by the two measures that it is made of
    figures:
      - {measure: falls, area: force, from: 2020-04, values: 10 30}
      - {measure: people, area: force, from: 2020-04, values: 100 100}
    expect: [{period: %s, event: opened, to: boss, says: "30"}]
    findings: [{period: 2020-05, rule: a, state: exception, value: 30}]
"""


@pytest.mark.parametrize(("period", "failed"), [("2020-05", 0), ("2020-04", 1)])
def test_a_measure_made_of_two_is_tried_by_figures_of_those_two(tmp_path, capsys, period, failed):
    """To give its own figures is refused with the words to give those two; giving these was refused as well."""
    files = {"r.yaml": MADE_OF_TWO, "f.csv": "measure,area,period,value\n", "tests/a.yaml": PARTS % period}

    assert failed == main(["test", str(written(tmp_path, files))])
    said = capsys.readouterr().out
    assert ("the finding then was normal: Falls a person: 10 per 100 in April 2020" in said) == bool(failed)


REVISED = "94 88 92}, {measure: calls, area: force, from: 2020-05, values: 93, published: %s"


@pytest.mark.parametrize(
    ("values", "expect"),
    [
        pytest.param(
            REVISED % "2020-06-20",
            f"[{OPENED}, {{period: 2020-06, event: corrected, says: 93%}}]",
            id="a-revision-is-known-to-the-next-tick",
        ),
        pytest.param(
            "94 88}, {measure: calls, area: force, from: 2020-05, values: 93, published: 2020-06-20",
            f"[{OPENED}, {{period: 2020-05, event: corrected, to: chief}}]",
            id="one-after-the-last-tick-has-a-tick-of-its-own",
        ),
        pytest.param(
            "94 88 92, published: _ 2020-06-10 _",
            "[]",
            id="a-late-row-that-the-next-one-follows-is-no-news",
        ),
        pytest.param(
            '"94 88 87", published: [_, 2020-06-10, _]',
            "[{period: 2020-06, event: opened}]",
            id="a-late-row-counts-from-the-tick-that-knows-it",
        ),
    ],
)
def test_figures_are_known_from_their_day_of_publication(tried, values, expect):
    assert (0, []) == tried(values, expect=expect)


def test_days_of_publication_are_as_many_as_the_figures_and_are_days(tried):
    status, failures = tried("94 88, published: _ 2020-06-10 _", expect="[]")
    assert (1, ["not one of each for every period: value: 2, published: 3"]) == (status, [one for _, one in failures])

    status, failures = tried("94 88, published: _ June", expect="[]")
    assert (1, 1) == (status, len(failures))
    assert '"June"' in failures[0][1]


MAIL = "{period: 2020-05, event: opened, mail: tests/mails/opened.txt}"


def test_a_whole_mail_is_written_on_demand_and_held_against_from_then_on(tried, tmp_path, capsys):
    status, failures = tried("94 88", expect=f"[{MAIL}]")
    assert (1, ["tests/mails/opened.txt is not there; `alerting test --update` writes it"]) == (
        status,
        [one for _, one in failures],
    )

    assert 0 == main(["test", str(tmp_path), "--update"])
    capsys.readouterr()
    path = tmp_path / "tests" / "mails" / "opened.txt"
    kept = path.read_text(encoding="utf-8")
    assert kept.startswith("To: chief\nSubject: ! The force: Answered 88%, target 90%\n\n")
    assert "2 points below" in kept
    assert (0, []) == tried("94 88", expect=f"[{MAIL}]")

    path.write_text(kept.replace("88%", "87%", 1), encoding="utf-8")
    status, ((line, failure),) = tried("94 88", expect=f"[{MAIL}]")
    assert (1, 5) == (status, line)
    assert "the mail is not as in tests/mails/opened.txt: -Subject: ! The force: Answered 87%" in failure


@pytest.mark.parametrize("mail", ["opened.txt", "tests/../rules.txt", "tests/opened.yaml"])
def test_mails_stand_among_the_tests(tried, mail):
    status, failures = tried("94 88", expect=f"[{{period: 2020-05, event: opened, mail: {mail}}}]")
    assert (1, [f'"{mail}" is no file of mails']) == (status, [one for _, one in failures])
