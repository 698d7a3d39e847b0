"""Absence neither opens nor resolves: figures that vanish, are refused, held or unreadable leave an alert as it was told."""

from datetime import date

import pytest
from samples.worlds import a_folder, an_engine

from alerting.domain.alert import EventKind
from alerting.opening import open_store

RULES = """
topics: [{id: t, title: Topic, owner: o}]
owners: [{id: o, name: Head of Performance, email: head@example.org}]
areas: [{id: force, title: Force, kind: policing, owner: o}]
measures:
  - id: c
    title: Crimes
    topic: t
    unit: count
    better: lower
    every: month
    target: TARGET
    areas: [force]
    source: figures/c.csv
rules: [{id: r, title: Rule, measures: c, when: {target_missed: {}}}]
"""
HOLD = "holds: [{id: h, match: {measures: [c]}, from: 2020-04-01, until: 2020-04-30, reason: Being tested}]\n"
HEAD, MARCH, APRIL = "measure,area,period,value\n", "c,force,2020-03,5\n", "c,force,2020-04,15\n"


class Days:
    """A folder whose files are written anew, and a tick a day."""

    def __init__(self, tmp_path):
        self.tmp_path, self.today = tmp_path, date(2020, 5, 10)

    def tick(self, figures, *, target=10, more=""):
        text = RULES.replace("TARGET", str(target)) + more
        folder = a_folder(self.tmp_path / "rules", {"r.yaml": text, "figures/c.csv": figures})
        engine = an_engine(folder, self.tmp_path / "state", self.today)
        store = open_store(engine.settings)
        try:
            report = engine.tick(store, self.today)
            with store.begin() as state:  # a channel takes what is told
                waiting = [one.id for one in report.deliveries]
                state.outbox.accept(waiting, engine.clock.now())
        finally:
            store.close()
        self.today = date.fromordinal(self.today.toordinal() + 1)
        return [(event.kind, event.reason) for notice in report.notices for event in notice.events]


@pytest.fixture
def days(tmp_path):
    found = Days(tmp_path)
    assert found.tick(HEAD + MARCH + APRIL) == [(EventKind.OPENED, None)]
    return found


GONE = [
    pytest.param({"figures": HEAD + MARCH}, id="row deleted"),
    pytest.param({"figures": HEAD + MARCH + "c,force,2020-04,15 (p)\n"}, id="cell refused"),
    pytest.param({"figures": HEAD + MARCH + APRIL, "more": HOLD}, id="figure held"),
    pytest.param({"figures": (HEAD + MARCH + APRIL).replace(",", ";")}, id="source unreadable"),
    pytest.param({"figures": HEAD + MARCH + APRIL + "c,force,2020-04,16\n"}, id="figures in conflict"),
]


@pytest.mark.parametrize("changed", GONE)
def test_a_figure_that_is_not_there_any_more_closes_nothing_and_coming_back_opens_nothing(days, changed):
    assert days.tick(**changed) == []
    assert days.tick(HEAD + MARCH + APRIL) == []


@pytest.mark.parametrize("changed", GONE)
def test_a_later_normal_figure_resolves_what_stood_all_the_time(days, changed):
    days.tick(**changed)
    days.today = date(2020, 6, 10)
    later = {**changed, "figures": HEAD + MARCH + APRIL + "c,force,2020-05,6\n"}
    assert days.tick(**later) == [(EventKind.RESOLVED, None)]


def test_later_normal_figures_resolve_it_though_its_own_is_gone(days):
    days.today = date(2020, 6, 10)
    assert days.tick(HEAD + MARCH + "c,force,2020-05,6\n") == [(EventKind.RESOLVED, None)]


def test_a_revised_figure_is_a_correction(days):
    ((kind, reason),) = days.tick(HEAD + MARCH + "c,force,2020-04,9\n")
    assert (kind, reason) == (
        EventKind.CORRECTED,
        "The figures were revised; under the new ones there is no exception.",
    )


def test_a_changed_target_is_not_blamed_on_the_figures(days):
    ((kind, reason),) = days.tick(HEAD + MARCH + APRIL, target=20)
    assert (kind, reason) == (EventKind.CORRECTED, "The rule was changed; under it the same figures are no exception.")
