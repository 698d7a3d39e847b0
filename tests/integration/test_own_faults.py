"""A fault of the program stops one rule, measure or source: all else is judged and told, and the operator hears of it once."""

import pytest
from samples.broken import CLASSES, CLAUSES, JUDGES, Broken, boom
from samples.sampling import one_in
from samples.worlds import a_folder, an_engine

from alerting.app.situation import read_sources as read_figures
from alerting.cli import main
from alerting.conditions.registry import conditions
from alerting.domain.finding import Reason, State
from alerting.domain.measure import Match
from alerting.domain.notify.notice import NoticeKind
from alerting.evaluation.cells import Cells
from alerting.figures import making, panels
from alerting.figures.panel_builder import PanelBuilder
from alerting.reports.chart_of_series import ChartMaker
from alerting.sources.csv import CsvSource

pytestmark = pytest.mark.faults


def told_to_operator(report):
    engine = [notice for notice in report.notices if notice.kind is NoticeKind.ENGINE]
    assert {"duty"} >= {notice.owner for notice in engine}
    return [one.message.subject for one in report.deliveries if one.notice_id in {notice.id for notice in engine}]


def errors(problems):
    return [problem for problem in problems if problem.code == "internal-error"]


JUDGING = [pytest.param(*one, id=one[0]) for one in JUDGES]
WORDING = [pytest.param(*one, id="-".join(one)) for one in CLAUSES]


@pytest.mark.sampled(3, each=False)
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


@pytest.mark.parametrize(("key", "attribute"), one_in(9, JUDGING))
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


@pytest.mark.sampled(3, each=False)
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


@pytest.mark.parametrize(("key", "attribute"), one_in(4, WORDING))
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
    broken.breaks(lambda self, source, *rest: boom() if source.id == "s" else whole(self, source, *rest))

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


#: Steps of the panels over all measures at once; of some, the figures stand without what they say.
MARKING = [
    "fill_ratios", "mark_holds", "mark_breaks", "mark_provisional", "mark_without_level", "mark_small_numbers",
    "mark_exclusions",
]  # fmt: skip
LOOKING = ["_differing_totals", "made_beyond_bounds"]


@pytest.mark.parametrize("step", MARKING + LOOKING)
def test_a_step_over_all_measures_stops_the_one_that_it_fails_at(tmp_path, monkeypatch, step):
    broken = Broken(tmp_path, monkeypatch, "target_missed")
    right = {one.finding.rule: one.finding.text for one in broken.evaluate().found}
    owner = panels if hasattr(panels, step) else panels._Builder
    whole = getattr(owner, step)
    monkeypatch.setattr(owner, step, lambda *args: boom() if 0 in args[-1] else whole(*args))

    answer = broken.evaluate()

    states = {one.finding.rule: one.finding.state for one in answer.found}
    assert right["steady"] == next(one.finding.text for one in answer.found if one.finding.rule == "steady")
    assert (State.EXCEPTION if step in LOOKING else State.NO_DATA) == states["r"]
    (problem,) = errors(answer.problems)
    assert problem.message.startswith('measure "m" could not be ')
    assert "rules.yaml" in problem.place.file


def test_a_source_of_two_measures_loses_the_one_that_cannot_be_placed(tmp_path, monkeypatch):
    broken = Broken(tmp_path, monkeypatch, "target_missed")
    others = (broken.folder / "figures" / "other.csv").read_text(encoding="utf-8").splitlines()[1:]
    more = [line.replace("steady", "more") for line in others]
    shared = broken.folder / "figures" / "other.csv"
    shared.write_text("\n".join(["measure,area,period,value", *others, *more]) + "\n", encoding="utf-8")
    second = "measures: [{id: more, title: More, topic: t, unit: count, better: lower, every: month, source: other}]\n"
    rule = "rules: [{id: more, title: More, measures: more, areas: [force], when: {outside_range: {to: 10}}}]\n"
    (broken.folder / "more.yaml").write_text(second + rule, encoding="utf-8")
    measures, whole = an_engine(broken.folder, broken.state, broken.day).rules.measures, panels.place_observations
    place = list(measures).index("more")

    def failing(sheet, entries, *names):
        return boom() if any(place in one.of(one.source.measure) for one in entries) else whole(sheet, entries, *names)

    monkeypatch.setattr(panels, "place_observations", failing)

    answer = broken.evaluate()

    states = {one.finding.rule: one.finding.state for one in answer.found}
    assert {"r": State.EXCEPTION, "steady": State.EXCEPTION, "more": State.NO_DATA} == states
    assert ['measure "more" could not be placed'] == [one.message.partition(":")[0] for one in errors(answer.problems)]


def test_a_measure_made_of_one_that_cannot_be_worked_out_is_not_judged_either(tmp_path, monkeypatch):
    broken = Broken(tmp_path, monkeypatch, "target_missed")
    more = """
measures:
  - {id: share, title: Share, topic: t, unit: rate, better: lower, every: month, of: {numerator: m, denominator: steady}}
rules: [{id: share, title: Share, measures: share, areas: [force], when: {outside_range: {to: 0.1}}}]
"""
    (broken.folder / "share.yaml").write_text(more, encoding="utf-8")
    sound = {one.finding.rule: one.finding.state for one in broken.evaluate().found}
    whole = panels.mark_holds
    monkeypatch.setattr(panels, "mark_holds", lambda *args: boom() if 0 in args[-1] else whole(*args))

    answer = broken.evaluate()

    assert State.EXCEPTION is sound["share"]
    reasons = {one.finding.rule: one.finding.reason for one in answer.found}
    assert {"r": Reason.SOURCE_FAILED, "share": Reason.SOURCE_FAILED, "steady": None} == reasons
    assert 1 == len(errors(answer.problems))


def test_a_step_that_fails_whatever_the_measure_is_is_one_fault(tmp_path, monkeypatch):
    broken = Broken(tmp_path, monkeypatch, "target_missed")
    monkeypatch.setattr(panels, "mark_holds", boom)

    answer = broken.evaluate()

    assert {State.NO_DATA} == {one.finding.state for one in answer.found}
    assert ['measures "m, steady" could not be held back together'] == [
        one.message.partition(":")[0] for one in errors(answer.problems)
    ]


def test_breaks_are_counted_once_where_the_first_try_failed_half_way(tmp_path, monkeypatch):
    broken = Broken(tmp_path, monkeypatch, "target_missed")
    breaks = """
breaks:
  - {id: first, match: {measures: [steady]}, on: 2018-05-01, reason: New form}
  - {id: second, match: {measures: [steady, m]}, on: 2018-06-01, reason: New system}
"""
    (broken.folder / "breaks.yaml").write_text(breaks, encoding="utf-8")
    seen, frozen, covers = [], PanelBuilder.frozen, Match.covers_measure

    def failing(match, measure):
        return boom() if "m" in match.measures and measure.id == "m" else covers(match, measure)

    engine = an_engine(broken.folder, broken.state, broken.day)
    monkeypatch.setattr(
        PanelBuilder, "frozen", lambda sheet, *more: seen.append(sheet.segments) or frozen(sheet, *more)
    )
    monkeypatch.setattr(Match, "covers_measure", failing)
    engine.enquiries.evaluate(broken.day)

    (segments,) = seen
    assert 2 == segments.max()


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


@pytest.mark.sampled(3, each=False)
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


AREAS = "abcdefgh"
ON_EACH = """
topics: [{id: t, title: Topic, owner: o}]
owners: [{id: o, name: O, email: o@example.org}]
sources: {s: {csv: figures/s.csv, owner: o}}
measures: [{id: m, title: M, topic: t, unit: count, better: lower, every: month, source: s, target: 10}]
"""


def on_each(tmp_path, conditions):
    """Write a folder without figures, with one rule an area."""
    areas = "".join(f"  - {{id: {area}, title: {area.upper()}, owner: o}}\n" for area in AREAS)
    rules = [
        f"  - {{id: r{n}, title: R, measures: m, areas: [{AREAS[n]}], when: {when}}}"
        for n, when in enumerate(conditions)
    ]
    text = f"{ON_EACH}areas:\n{areas}rules:\n" + "\n".join(rules) + "\n"
    return a_folder(tmp_path / "rules", {"rules.yaml": text, "figures/s.csv": "measure,area,period,value\n"})


def named(capsys, folder):
    main(["check", str(folder), "--as-of", "2020-01-15"])
    lines = [line for line in capsys.readouterr().out.splitlines() if "internal-error" in line]
    return sorted({line.partition('rule "')[2].partition('"')[0] for line in lines})


def test_check_tries_a_rule_on_whichever_area_it_watches(tmp_path, monkeypatch, capsys):
    others = [f"{{outside_range: {{to: {10**n}}}}}" for n in range(4)]
    folder = on_each(tmp_path, [*others, "{target_missed: {}}", *others[:2]])
    monkeypatch.setattr(CLASSES["target_missed"], "clause", boom)

    assert ["r4"] == named(capsys, folder)


def test_check_names_every_rule_that_fails_alike(tmp_path, monkeypatch, capsys):
    folder = on_each(tmp_path, [f"{{target_missed: {{at_most: {30 + n}}}}}" for n in range(3)])
    monkeypatch.setattr(CLASSES["target_missed"], "judge", boom)

    assert ["r0", "r1", "r2"] == named(capsys, folder)
