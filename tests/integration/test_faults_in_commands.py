"""Every command, with each condition, limits method, source and wording raising in turn: one clear line, the rest done."""

import pytest
from samples.broken import CLAUSES, JUDGES, Broken, boom

from alerting.app.alerts import explain as explaining
from alerting.app.notices import operator as engine_notes
from alerting.app.notices import source_owner as source_notes
from alerting.cli import main
from alerting.domain.notify.notice import NoticeKind
from alerting.reports.chart_of_series import ChartMaker
from alerting.reports.topic_summary import TopicLines
from alerting.sources.csv import CsvSource

pytestmark = pytest.mark.faults
DIGEST = 'digests: [{id: sunday, every: "sunday 07:30", to: [each_owner]}]\n'
TESTS = """
tests:
  - name: steady
    rules: steady
    figures: [{measure: steady, area: force, from: 2018-04, values: 20}]
    expect: [{period: 2018-04, rule: steady, event: opened}]
"""
COMMANDS = [
    ["evaluate", "{rules}", "--as-of", "{day}"],
    ["check", "{rules}", "--as-of", "{day}"],
    ["run", "{rules}", "--as-of", "{day}", "--dry-run"],
    ["digest", "{rules}", "--id", "sunday", "--out", "{out}", "--as-of", "{day}"],
    ["test", "{rules}"],
]
FAULTS = [*JUDGES, *CLAUSES]
#: Some of them in the ordinary suite; all with `-m exhaustive`.
SAMPLE = FAULTS[::16]


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Run a command on a broken folder; return its status and what it printed."""
    monkeypatch.setenv("ALERTING_STATE_DIR", str(tmp_path / "state"))

    def command(arguments, broken):
        places = {"rules": broken.folder, "out": tmp_path / "out", "day": broken.day.isoformat()}
        status = main([one.format(**places) for one in arguments])
        printed = capsys.readouterr()
        return status, printed.out + printed.err

    return command


def with_all(broken):
    (broken.folder / "digest.yaml").write_text(DIGEST, encoding="utf-8")
    (broken.folder / "tests").mkdir()
    (broken.folder / "tests" / "steady.yaml").write_text(TESTS, encoding="utf-8")
    return broken


def every_command_names_the_rule(broken, run):
    for arguments in COMMANDS:
        status, said = run(arguments, broken)
        ours = [line for line in said.splitlines() if "internal-error" in line]
        assert "Traceback" not in said
        if arguments[0] == "test":  # of the other rule
            assert (0, True) == (status, "1 passed, 0 failed" in said)
            continue
        assert (1, True) == (status, bool(ours)), (arguments, said)
        assert [] == [one for one in ours if not ('rule "r" could not be ' in one and "a fault of the program" in one)]
        assert len(ours) == len(set(ours)) <= 3


@pytest.mark.parametrize(("key", "attribute"), SAMPLE, ids=map("-".join, SAMPLE))
def test_every_command_names_the_rule_that_the_program_fails_at(tmp_path, monkeypatch, run, key, attribute):
    broken = with_all(Broken(tmp_path, monkeypatch, key, attribute))
    broken.breaks()

    every_command_names_the_rule(broken, run)


@pytest.mark.exhaustive
@pytest.mark.parametrize(("key", "attribute"), FAULTS, ids=map("-".join, FAULTS))
def test_every_command_names_any_rule_that_the_program_fails_at(tmp_path, monkeypatch, run, key, attribute):
    broken = with_all(Broken(tmp_path, monkeypatch, key, attribute))
    broken.breaks()

    every_command_names_the_rule(broken, run)


def test_a_rule_test_of_a_rule_that_fails_says_whose_fault_it_is(tmp_path, monkeypatch, run):
    broken = with_all(Broken(tmp_path, monkeypatch, "outside_range", "judge"))
    own = TESTS.replace("name: steady", "name: nothing").replace("rules: steady", "rules: r").replace(
        "measure: steady", "measure: m").partition("    expect")[0]  # fmt: skip
    (broken.folder / "tests" / "own.yaml").write_text(f"{own}    expect: []\n", encoding="utf-8")
    broken.breaks()

    status, said = run(["test", "{rules}"], broken)

    assert (1, 1) == (status, said.count('rule "r" could not be judged: Boom'))
    assert "This is a fault of the program, not of the rules or figures" in said
    assert "1 passed, 1 failed" in said


def test_a_source_that_fails_is_named_by_the_command_that_shows_it(tmp_path, monkeypatch, run):
    broken = Broken(tmp_path, monkeypatch, "target_missed", "read", CsvSource)
    broken.breaks()

    status, said = run(["figures", "columns", "other", "--rules", "{rules}"], broken)

    assert 1 == status
    assert 'source "other" could not be read: Boom' in said
    assert "Traceback" not in said


def test_an_alert_is_explained_without_the_figures_that_cannot_be_made_again(tmp_path, monkeypatch, run):
    broken = Broken(tmp_path, monkeypatch, "target_missed", "_made", explaining)
    run(["run", "{rules}", "--as-of", "{day}"], broken)
    _, listed = run(["alerts", "list", "{rules}"], broken)
    alert = next(word for word in listed.split() if word.startswith("steady/"))
    broken.breaks()

    status, said = run(["explain", alert, "--rules", "{rules}"], broken)

    assert (1, 1) == (status, said.count(f'alert "{alert}" could not be explained in full: Boom'))
    assert "OPENED" in said


def test_a_preview_comes_without_the_chart_that_cannot_be_drawn(tmp_path, monkeypatch, run):
    broken = Broken(tmp_path, monkeypatch, "target_missed", "chart", ChartMaker)
    broken.breaks()

    out = ["--rules", "{rules}", "--out", "{out}", "--as-of", "{day}"]
    status, said = run(["notify", "preview", "steady", *out], broken)

    assert 1 == status
    assert 'chart of rule "steady" could not be drawn: Boom' in said
    assert list((tmp_path / "out").iterdir())


def test_a_notice_comes_without_the_picture_that_cannot_be_drawn(tmp_path, monkeypatch):
    from alerting.charts import pictures

    broken = Broken(tmp_path, monkeypatch, "target_missed", "laid_out", pictures)
    broken.breaks()

    report, _ = broken.tick()

    (delivery,) = [one for one in report.deliveries if one.owner == "o"]
    assert "could not be laid out" not in " ".join(problem.message for problem in report.problems)
    assert {'chart of rule "r" could not be drawn', 'chart of rule "steady" could not be drawn'} == {
        problem.message.partition(":")[0] for problem in report.problems
    }
    assert "Steady: 20" in delivery.message.text


@pytest.mark.parametrize(
    ("module", "attribute"), [(engine_notes, "render_engine_note"), (source_notes, "render_source_trouble")]
)
def test_a_message_of_the_engine_that_cannot_be_laid_out_comes_as_plain_lines(tmp_path, monkeypatch, module, attribute):
    broken = Broken(tmp_path, monkeypatch, "target_missed", attribute, module)
    (broken.folder / "figures" / "m.csv").unlink()
    broken.breaks()

    report, opened = broken.tick()
    again, _ = broken.tick(days=1)

    assert {"steady"} == opened
    about = [notice.id for notice in report.notices if notice.kind is NoticeKind.SOURCE_TROUBLE]
    (trouble,) = [one.message for one in report.deliveries if one.notice_id in about]
    assert "m.csv" in trouble.text
    if module is source_notes:
        (to_operator,) = [one for one in report.deliveries if one.owner == "duty"]
        assert "The program failed at 1 thing" in to_operator.message.subject
        assert "failed at laying this message out" in trouble.text
    assert [] == [one for one in again.deliveries if one.owner == "duty"]


def test_a_digest_comes_without_the_topic_that_cannot_be_put_into_words(tmp_path, monkeypatch, run):
    broken = with_all(Broken(tmp_path, monkeypatch, "target_missed", "_line", TopicLines))
    more = (broken.folder / "steady.yaml").read_text(encoding="utf-8").replace("topic: t", "topic: second")
    (broken.folder / "steady.yaml").write_text(f"topics: [{{id: second, title: Second, owner: o}}]\n{more}")
    whole = TopicLines._line
    broken.breaks(lambda lines, topic, *more, **how: boom() if topic.id == "t" else whole(lines, topic, *more, **how))

    status, said = run(COMMANDS[3], broken)

    (page,) = (tmp_path / "out").glob("*.html")
    assert (1, 1) == (status, said.count('topic "t" could not be put into words: Boom'))
    assert "could not be laid out" not in said
    assert "The program could not say in words what is as expected in Topic." in page.read_text(encoding="utf-8")
    assert "Second" in page.read_text(encoding="utf-8")


def test_suspicion_that_fails_stops_no_notice(tmp_path, monkeypatch):
    from alerting.app.tick import flood

    broken = Broken(tmp_path, monkeypatch, "target_missed", "_warning", flood)
    broken.breaks()

    report, opened = broken.tick()

    assert {"r", "steady"} == opened
    assert ["o"] == [notice.owner for notice in report.notices if notice.kind is NoticeKind.EXCEPTIONS]
    assert [True] == ["mass changes" in problem.message for problem in report.problems]
