"""A tick that takes up what the last one found decides what one decides that goes through everything."""

# ruff: noqa: E501 - YAML stands as people write it

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random

import numpy as np
import pytest
from samples.rule_folders import written
from samples.sampling import first

from alerting.app.situation.situation import Situation, situation_of
from alerting.app.tick.reconcile import Outcome, reconcile
from alerting.app.tick.reconciled import Reconciled
from alerting.domain.alert import Alert
from alerting.domain.finding import State
from alerting.evaluation.series_index import SeriesPlaces
from alerting.settings import Settings
from alerting.wiring import engine_of

RULES = """
topics: [{id: t, title: Topic, owner: head}]
areas:
  - {id: force, title: The force, owner: head}
  - {id: a, title: A, kind: policing, parent: force}
  - {id: b, title: B, kind: policing, parent: force}
  - {id: c, title: C, kind: policing, parent: force}
owners: [{id: head, name: Head of Contact, email: head@example.org}]
roles: {operator: head, maintainer: head, fallback: head}
measures: [{id: m, title: Answered, topic: t, unit: percent, better: higher, every: month, target: 50, source: s, expected: 10 days}]
sources: {s: {csv: f.csv, owner: head}}
rules:
  - {id: target, title: Too slow, measures: m, when: {target_missed: {}}}
  - {id: twice, title: Twice, measures: m, for: 2, clear_after: 2, when: {target_missed: {}}}
  - {id: band, title: Bands, measures: m, when: {band: {bands: [{red: below 30}, {amber: 30 to 60}, {green: 60 or more}], exception_from: amber}}}
  - {id: change, title: Changed, measures: m, when: {change: {versus: previous_period, moves_by: 40}}}
  - {id: rank, title: Worst, measures: m, when: {rank: {worse_than: 2}}}
  - {id: late, title: Late, measures: m, when: {not_fresh: {grace: 3 days}}}
  - {id: short, title: For a while, measures: m, when: {target_missed: {}}, until: 2020-08-10}
"""


def _figures(chance: Random) -> Iterator[str]:
    """Figures of ten months: some come late, some are revised, some never come."""
    yield "measure,area,period,value,published"
    for month in range(1, 11):
        for area in "abc":
            came = date(2020, month, 28) + timedelta(days=chance.randint(8, 20))
            if chance.random() < 0.9:
                yield f"m,{area},2020-{month:02d},{chance.randint(10, 90)},{came}"
            if chance.random() < 0.5:
                revised = came + timedelta(days=chance.randint(4, 25))
                yield f"m,{area},2020-{month:02d},{chance.randint(10, 90)},{revised}"


def _decided(found: Outcome) -> tuple[object, ...]:
    events = [(one.kind, one.alert, one.reason, one.headline, one.turned) for one in found.events]
    return set(found.alerts), dict(found.open_alerts), sorted(events, key=lambda one: (one[1].id, one[0]))


def _days(folder: Path, chance: Random, step: int = 4) -> Iterator[tuple[datetime, Situation]]:
    written(folder, {"rules.yaml": RULES, "f.csv": "\n".join(_figures(chance)) + "\n"})
    engine = engine_of(folder, Settings(state_dir=folder / "state"))
    reading, situation = engine.enquiries.read(), None
    for n in range(0, 300, step):
        day = date(2020, 3, 1) + timedelta(days=n)
        situation = situation_of(engine.rules, reading, day, after=situation)
        yield datetime.combine(day, time(7), UTC), situation


def _standing(found: Outcome, situation: Situation) -> dict[str, tuple[list[int], list[float]]]:
    """Return the verdicts and the figures of each open alert's series, periods without a verdict at the end left out."""
    places, series = SeriesPlaces(situation.evaluation), {}
    for id_, alert in found.open_alerts.items():
        verdicts, place = places.find(alert.key)
        judged = np.flatnonzero(verdicts.state[:, place] <= State.EXCEPTION)[-1] + 1
        figures = verdicts.block.panel.shown[: verdicts.block.start + judged, verdicts.column(place)]
        series[id_] = verdicts.state[:judged, place].tolist(), np.nan_to_num(figures, nan=-1.0).tolist()
    return series


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", first(1, range(2)))
def test_on_any_days_the_same_becomes_of_alerts(tmp_path, seed):
    last, kept, is_first, n_skipped, n_as_before = Reconciled(), dict[str, Alert](), True, 0, 0
    kinds, before = set(), None
    for at, situation in _days(tmp_path, Random(seed)):
        known = list(kept.values())
        whole = reconcile(situation.evaluation, known, at, rules_changed=is_first)
        found = reconcile(situation.evaluation, known, at, rules_changed=is_first, last=last)
        assert _decided(found) == _decided(whole), at
        kept |= {alert.id: alert for alert in found.alerts}
        kinds |= {one.kind.value for one in found.events}
        n_skipped += len(last.untouched)
        if found.is_as_before:
            n_as_before += 1
            assert _standing(found, before) == _standing(found, situation)
        before = situation
        is_first = False

    assert kinds >= {"opened", "resolved", "corrected", "worsened", "withdrawn"}
    assert n_skipped > 200
    assert n_as_before > 5


@pytest.mark.parametrize("seed", first(2, range(20)))
def test_periods_that_come_with_their_figures_are_looked_at(tmp_path, seed):
    """Who ticks seldom meets a period and its figure on one day."""
    last, kept = Reconciled(), dict[str, Alert]()
    for at, situation in _days(tmp_path, Random(seed), step=28):
        known = list(kept.values())
        whole = reconcile(situation.evaluation, known, at, rules_changed=False)
        found = reconcile(situation.evaluation, known, at, rules_changed=False, last=last)
        assert _decided(found) == _decided(whole), at
        kept |= {alert.id: alert for alert in found.alerts}


def test_what_is_watched_no_longer_is_not_as_before(tmp_path):
    """The figures of a rule that has ended are as they were, and yet its alert is withdrawn."""
    short = (
        RULES.split("rules:", maxsplit=1)[0] + "rules:" + RULES.split("rules:")[1].splitlines()[-1].join(["\n", "\n"])
    )
    figures = "".join(f"m,a,2020-0{month},20,2020-0{month + 1}-05\n" for month in range(1, 8))
    written(tmp_path, {"rules.yaml": short, "f.csv": f"measure,area,period,value,published\n{figures}"})
    engine = engine_of(tmp_path, Settings(state_dir=tmp_path / "state"))
    last, kept, said = Reconciled(), dict[str, Alert](), []
    for day in (date(2020, 8, 7), date(2020, 8, 8), date(2020, 8, 9), date(2020, 9, 20)):
        situation = situation_of(engine.rules, engine.enquiries.read(), day)
        at = datetime.combine(day, time(7), UTC)
        found = reconcile(situation.evaluation, list(kept.values()), at, rules_changed=not kept, last=last)
        kept |= {alert.id: alert for alert in found.alerts}
        said.append(([event.kind.value for event in found.events], found.is_as_before))

    assert said == [(["opened"], False), ([], True), ([], True), (["withdrawn"], False)]
