"""A finding is made of its own cell: only rows and columns that are asked for are judged again."""

from datetime import date

import numpy as np
import pytest
from samples.sampling import few
from samples.worlds import a_folder, an_engine

from alerting.domain.finding import State
from alerting.evaluation import block_verdicts as judging
from alerting.evaluation.findings import FindingMaker, findings

WHENS = {
    "upper": "{above_upper_limit: {limits: {previous_financial_year: {sigmas: 2}}}}",
    "xmr": "{outside_limits: {limits: {xmr: {}}}}",
    "rebased": "{above_upper_limit: {limits: {rebased_average: {baseline: 6, run: 4}}}}",
    "season": "{outside_limits: {limits: {seasonal: {years: 2}}}}",
    "target": "{target_missed: {}}",
    "run": "{run: {side: either, length: 4, of: previous_financial_year}}",
    "trend": "{trend: {direction: rising, length: 3}}",
    "change": "{change: {versus: same_period_last_year, rises_by: 5 %}}",
    "plan": "{above_trajectory: {milestones: [{date: 2019-04-30, value: 100}, {date: 2023-03-31, value: 90}]}}",
    "near": "{near_limit: {limits: {xmr: {}}}}",
    "miss": "{will_miss: {at_most: 100, date: 2023-03-31}}",
    "late": "{not_fresh: {grace: 3 days}}",
    "both": "{all_of: [{target_missed: {}}, {not: {trend: {direction: falling, length: 3}}}]}",
    "mixed": "{any_of: [{not_fresh: {grace: 3 days}}, {above_upper_limit: {limits: {xmr: {}}}}]}",
    "rank": "{rank: {worse_than: 3}}",
}
AREAS, MONTHS, DAY = 6, 46, date(2023, 2, 10)


@pytest.fixture(scope="module")
def evaluation(tmp_path_factory):
    chance = np.random.default_rng(13)
    months = [f"{2019 + (n + 3) // 12}-{(n + 3) % 12 + 1:02d}" for n in range(MONTHS)]
    rows = [
        f"m{m},a{a},{month},{chance.poisson(100 + 6 * (n % 12 == 7) + a)}"
        for n, month in enumerate(months) for m in range(2) for a in range(AREAS) if chance.random() < 0.98
    ]  # fmt: skip
    areas = "\n".join(f"  - {{id: a{a}, title: Area {a}, parent: force, owner: head}}" for a in range(AREAS))
    measures = "\n".join(
        f"  - {{id: m{m}, title: Crimes {m}, topic: t, unit: count, better: lower, every: month, expected: 5 days,"
        f" target: {{default: 101, a1: 95}}, source: figures/m.csv}}"
        for m in range(2)
    )
    rules = "\n".join(
        f"  - {{id: {id_}, title: Rule, measures: [m0, m1], notify: [head], when: {when}}}"
        for id_, when in WHENS.items()
    )
    text = (
        f"topics: [{{id: t, title: T, owner: head}}]\nowners: [{{id: head, name: Head, email: head@example.org}}]\n"
        f"areas:\n  - {{id: force, title: Force, kind: policing, owner: head}}\n{areas}\nmeasures:\n{measures}\nrules:\n{rules}\n"
    )
    folder = a_folder(
        tmp_path_factory.mktemp("asked"),
        {"r.yaml": text, "figures/m.csv": "\n".join(["measure,area,period,value", *rows, ""])},
    )
    return (
        an_engine(folder / "", folder / "state", DAY).enquiries.evaluate(DAY, every_period=True, text="none").evaluation
    )


@pytest.mark.sampled
def test_a_cell_judged_alone_is_the_cell_of_its_whole_history(evaluation):
    compared = 0
    for verdicts in evaluation.verdicts:
        verdicts._judgements.clear()
        width = verdicts.state.shape[1]
        for row in range(0, len(verdicts.state), few(11, 5)):
            places = np.arange(row % 3, width, 3)
            alone, at, where = verdicts.judgement_of(row, places)
            whole, in_whole = verdicts.judgement(row)
            verdicts._judgements.clear()
            assert alone.state[at, where].tolist() == whole.state[in_whole, places].tolist()
            assert alone.planes.keys() == whole.planes.keys()
            for name, plane in alone.planes.items():
                own = np.broadcast_to(plane, alone.state.shape)[at, where]
                expected = np.broadcast_to(whole.planes[name], whole.state.shape)[in_whole, places]
                np.testing.assert_array_equal(own, expected, err_msg=f"{verdicts.group.condition} {name} {row}")
            compared += len(alone.planes)
    assert compared > few(180, 400)


def test_one_finding_judges_one_cell_and_a_second_of_its_row_none(evaluation, monkeypatch):
    verdicts = next(one for one in evaluation.verdicts if (one.state == State.EXCEPTION).sum(axis=1).max() > 1)
    row = int((verdicts.state == State.EXCEPTION).sum(axis=1).argmax())
    places = np.flatnonzero(verdicts.state[row] == State.EXCEPTION)
    verdicts._judgements.clear()
    verdicts._asked.clear()
    judged, judged_by = [], judging.judged_by
    monkeypatch.setattr(judging, "judged_by", lambda *what: judged.append(what[1].shape) or judged_by(*what))
    maker = FindingMaker(evaluation)
    first = [found.finding for _, found in maker.at(verdicts, row, places)]
    again = [found.finding for _, found in maker.at(verdicts, row, places[1:])]
    assert judged == [(1, len(places))]
    assert again == first[1:]


def test_all_findings_of_a_history_are_made_of_one_judgement_of_each_part(evaluation, monkeypatch):
    for verdicts in evaluation.verdicts:
        verdicts._judgements.clear()
        verdicts._asked.clear()
    judged, judged_by = [], judging.judged_by
    monkeypatch.setattr(judging, "judged_by", lambda *what: judged.append(what[1].shape) or judged_by(*what))
    findings(evaluation, text="none")
    assert len(judged) == sum(len(verdicts.spans) for verdicts in evaluation.verdicts)
