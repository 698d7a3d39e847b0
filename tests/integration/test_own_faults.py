"""A fault of the program stops one rule, measure or source: all else is judged and told, and the operator hears of it once."""

from datetime import timedelta

import pytest
from samples.examples import example_files
from samples.worlds import a_folder, an_engine

from alerting.app import read_figures
from alerting.charts.making import ChartMaker
from alerting.cli import main
from alerting.conditions.registry import conditions
from alerting.domain.finding import State
from alerting.domain.notice import NoticeKind
from alerting.domain.period import Calendar
from alerting.evaluation.cells import Cells
from alerting.figures import making
from alerting.limits.registry import limits_methods
from alerting.sources.csv import CsvSource
from alerting.wiring import open_store

pytestmark = pytest.mark.faults
CLASSES = {**conditions(), **limits_methods()}
#: The rule that fails is `r`; `steady` watches figures of its own by a condition of its own.
STEADY = """
measures: [{{id: steady, title: Steady, topic: t, unit: count, better: lower, every: month, source: other}}]
sources: {{other: {{csv: figures/other.csv, owner: o}}}}
owners: [{{id: duty, name: ICT Duty, email: duty@example.org}}]
roles: {{operator: duty}}
rules: [{{id: steady, title: Steady, measures: steady, areas: [force], when: {when}}}]
"""


class Boom(RuntimeError):
    """What nobody foresaw."""


def boom(*_args, **_kwargs):
    raise Boom("shapes (3,) and (4,)\ndiffer")


class Broken:
    """A folder in which one thing raises while `fails` is on."""

    def __init__(self, tmp_path, monkeypatch, key, attribute=None, cls=None):
        example = CLASSES[key].entry.example
        files, self.day = example_files(example)
        when = "{outside_range: {to: 10}}" if key != "outside_range" else "{target_missed: {at_most: 10}}"
        first = Calendar().parse_exact("2018-04")
        months = "".join(f"steady,force,{first + n},20\n" for n in range(60) if (first + n).last_day < self.day)
        more = {"steady.yaml": STEADY.format(when=when), "figures/other.csv": f"measure,area,period,value\n{months}"}
        self.folder, self.state = a_folder(tmp_path / "rules", {**files, **more}), tmp_path / "state"
        written = files["rules.yaml"].splitlines()
        self.line = next(n for n, line in enumerate(written, 1) if line.startswith("rules:"))
        self.patch, self.target = monkeypatch, (cls or CLASSES[key], attribute)

    def breaks(self, do=boom):
        self.patch.setattr(*self.target, do)

    def evaluate(self):
        return an_engine(self.folder, self.state, self.day).evaluate(self.day, text="all")

    def tick(self, days=0):
        day = self.day + timedelta(days=days)
        engine = an_engine(self.folder, self.state, day)
        store = open_store(engine.settings)
        try:
            report = engine.tick(store, day)
            with store.begin() as state:
                return report, {alert.key.rule for alert in state.open_alerts()}
        finally:
            store.close()


def told_to_operator(report):
    engine = [notice for notice in report.notices if notice.kind is NoticeKind.ENGINE]
    assert {"duty"} >= {notice.owner for notice in engine}
    return [one.message.subject for one in report.deliveries if one.notice_id in {notice.id for notice in engine}]


def errors(problems):
    return [problem for problem in problems if problem.code == "internal-error"]


JUDGING = [pytest.param(key, "judge" if key in conditions() else "compute", id=key) for key in CLASSES]
WORDING = [pytest.param(key, "clause", id=f"{key}-clause") for key in conditions()]


@pytest.mark.parametrize(("key", "attribute"), JUDGING)
def test_a_rule_that_cannot_be_judged_stops_no_other(tmp_path, monkeypatch, key, attribute):
    broken = Broken(tmp_path, monkeypatch, key, attribute)
    before = {one.finding.rule: one.finding.text for one in broken.evaluate().found}
    broken.breaks()

    answer = broken.evaluate()

    assert [("steady", before["steady"])] == [(one.finding.rule, one.finding.text) for one in answer.found]
    (problem,) = errors(answer.problems)
    assert str(problem.place).endswith(f"rules.yaml:{broken.line}:9")
    assert 'rule "r" could not be judged: Boom: shapes (3,) and (4,) differ in alerting/' in problem.message
    assert answer.has_errors


@pytest.mark.parametrize(("key", "attribute"), JUDGING)
def test_alerts_of_a_rule_that_cannot_be_judged_stay_and_the_operator_hears_once(tmp_path, monkeypatch, key, attribute):
    broken = Broken(tmp_path, monkeypatch, key, attribute)
    _, whole = broken.tick()
    broken.breaks()

    first, during = broken.tick(days=1)
    second, _ = broken.tick(days=2)
    monkeypatch.undo()
    third, after = broken.tick(days=3)

    assert whole == during == after == {"r", "steady"}
    assert ["The program failed at 1 thing"] == told_to_operator(first)
    assert [] == told_to_operator(second)
    assert ["The program no longer fails at anything"] == told_to_operator(third)
    assert first.has_errors
    assert not third.has_errors
    assert [] == [event for report in (first, second, third) for event in report.happened if event != "reminded"]


@pytest.mark.parametrize(("key", "attribute"), JUDGING + WORDING)
def test_check_names_the_rule_and_says_that_it_is_not_its_fault(tmp_path, monkeypatch, capsys, key, attribute):
    broken = Broken(tmp_path, monkeypatch, key, attribute)
    broken.breaks()

    status = main(["check", str(broken.folder), "--as-of", broken.day.isoformat()])

    out, err = capsys.readouterr()
    (line,) = [line for line in out.splitlines() if "error[internal-error]" in line]
    assert (1, "") == (status, err)
    assert f'{broken.folder}/rules.yaml:{broken.line}:9: error[internal-error]: rule "r" could not be ' in line
    assert "a fault of the program, not of the rules or figures" in line
    assert "report it to its makers" in out


@pytest.mark.parametrize(("key", "attribute"), WORDING)
def test_a_finding_without_words_is_told_with_its_figure(tmp_path, monkeypatch, key, attribute):
    broken = Broken(tmp_path, monkeypatch, key, attribute)
    right = {one.finding.rule: one.finding.state for one in broken.evaluate().found}
    broken.breaks()

    answer, (report, opened) = broken.evaluate(), broken.tick()

    assert right == {one.finding.rule: one.finding.state for one in answer.found}
    wordless = [one.finding for one in answer.found if one.finding.rule == "r" and one.finding.state is State.EXCEPTION]
    assert wordless
    assert all("The program could not say it in words." in one.text for one in wordless)
    assert {"r", "steady"} == opened
    assert answer.has_errors
    assert report.has_errors


@pytest.mark.parametrize("method", ["__init__"])
def test_a_verdict_stands_where_what_is_behind_it_cannot_be_gathered(tmp_path, monkeypatch, method):
    broken = Broken(tmp_path, monkeypatch, "target_missed", method, Cells)
    right = {(one.finding.rule, one.finding.state, one.finding.value) for one in broken.evaluate().found}
    broken.breaks()

    answer = broken.evaluate()

    assert right == {(one.finding.rule, one.finding.state, one.finding.value) for one in answer.found}
    assert {'rule "r" could not be explained', 'rule "steady" could not be explained'} == {
        problem.message.partition(":")[0] for problem in errors(answer.problems)
    }


def test_a_chart_that_cannot_be_drawn_stops_no_notice(tmp_path, monkeypatch):
    broken = Broken(tmp_path, monkeypatch, "target_missed", "chart", ChartMaker)
    broken.breaks()

    report, opened = broken.tick()

    assert {"r", "steady"} == opened
    assert ["o"] == [notice.owner for notice in report.notices if notice.kind is NoticeKind.EXCEPTIONS]
    assert ["The program failed at 2 things"] == told_to_operator(report)


def test_a_source_that_cannot_be_read_stops_its_own_measures_alone(tmp_path, monkeypatch):
    broken = Broken(tmp_path, monkeypatch, "target_missed", "read", CsvSource)
    whole, (read, _) = CsvSource.read, broken.tick()
    broken.breaks(lambda self, source, folders: boom() if source.id == "s" else whole(self, source, folders))

    report, opened = broken.tick(days=1)

    assert {"r", "steady"} == opened
    assert not read.has_errors
    assert ['source "s" could not be read'] == [one.message.partition(":")[0] for one in errors(report.problems)]
    assert ["The program failed at 1 thing"] == told_to_operator(report)


def test_figures_that_cannot_be_worked_out_stop_their_measure_alone(tmp_path, monkeypatch):
    broken = Broken(tmp_path, monkeypatch, "target_missed")
    text = (broken.folder / "rules.yaml").read_text(encoding="utf-8")
    (broken.folder / "rules.yaml").write_text(text.replace("{id: r, ", "{id: r, every: quarter, "), encoding="utf-8")
    monkeypatch.setattr(making, "add_coarser", boom)

    answer = broken.evaluate()

    assert ["steady"] == [one.finding.rule for one in answer.found if one.finding.state is State.EXCEPTION]
    assert ['measure "m" could not be worked out'] == [one.message.partition(":")[0] for one in errors(answer.problems)]


def test_a_file_that_may_not_be_read_is_not_the_programs_fault(tmp_path, monkeypatch):
    broken = Broken(tmp_path, monkeypatch, "target_missed", "read", CsvSource)

    def denied(*_args):
        raise PermissionError(13, "Permission denied", "figures/m.csv")

    broken.breaks(denied)
    answer = broken.evaluate()

    assert [] == errors(answer.problems)
    assert {"figures/m.csv: cannot be read: Permission denied"} == {
        one.message for one in answer.problems if one.code == "source-failed"
    }


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError, SystemExit])
def test_what_ends_the_whole_program_is_not_contained(tmp_path, monkeypatch, error):
    broken = Broken(tmp_path, monkeypatch, "target_missed", "judge")

    def ends(*_args):
        raise error

    broken.breaks(ends)
    with pytest.raises(error):
        broken.evaluate()


def test_a_fault_outside_of_all_units_is_one_line_without_a_traceback(tmp_path, monkeypatch, capsys):
    broken = Broken(tmp_path, monkeypatch, "target_missed", "read_figures", read_figures)
    broken.breaks()

    status = main(["evaluate", str(broken.folder)])

    out, err = capsys.readouterr()
    assert (1, "", 1) == (status, out, len(err.splitlines()))
    assert "could not be finished: Boom: shapes (3,) and (4,) differ" in err


@pytest.mark.parametrize("key", CLASSES)
def test_check_judges_made_up_figures_where_a_folder_has_none_yet(tmp_path, monkeypatch, capsys, key):
    broken = Broken(tmp_path, monkeypatch, key, "judge" if key in conditions() else "compute")
    for file in (broken.folder / "figures").iterdir():
        file.write_text(file.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    main(["check", str(broken.folder), "--as-of", broken.day.isoformat()])
    sound = capsys.readouterr().out
    broken.breaks()

    status = main(["check", str(broken.folder), "--as-of", broken.day.isoformat()])

    assert "internal-error" not in sound
    assert 1 == status
    assert 'error[internal-error]: rule "r" could not be judged: Boom' in capsys.readouterr().out
