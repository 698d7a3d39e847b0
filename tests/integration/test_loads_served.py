"""`evaluate: on_load`: a service ticks once a load is whole, whenever that is, and once."""

import pytest
from samples.loads import WAYS, Loads, figures

from alerting.app.engine import Engine

#: Half of the cases in every run: each is one way by one course of things.
pytestmark = pytest.mark.sampled(6, each=False)
APRIL, MAY = figures("2020-04", 5, 5, 5), figures("2020-05", 5, 20, 5)
PART = dict(list(MAY.items())[:2])


@pytest.fixture(params=WAYS)
def loads(request, tmp_path):
    """A source that is judged on load, whose load of April was judged; it is noon."""
    made = Loads(tmp_path, request.param, more=", evaluate: on_load", at="2020-05-04 06:00")
    made.write(APRIL)
    made.whole()
    made.tick()
    has_ticked_today(made)
    return made


def has_ticked_today(loads):
    """Go on a day on which nothing is left of the schedule."""
    loads.at = "2020-06-02 07:30"
    loads.tick()
    loads.at = "2020-06-02 12:00"


def opened(loads):
    return [(one.key.area, one.value) for one in loads.life.alerts()]


def test_it_ticks_once_when_a_load_is_whole(loads):
    with loads.served() as ring:
        loads.write(APRIL | PART)
        loads.later(1)
        assert [ring(), opened(loads)] == [[], []]
        loads.write(APRIL | MAY)
        loads.whole()
        loads.later(1)
        assert [ring(), opened(loads)] == [["tick.done"], [("north", 20.0)]]
        for minutes in (1, 10, 60):
            loads.later(minutes)
            assert ring() == []


def test_a_service_that_is_restarted_in_between_ticks_once(loads):
    with loads.served() as ring:
        loads.write(APRIL | PART)
        loads.later(1)
        assert ring() == []
    loads.write(APRIL | MAY)
    with loads.served() as ring:
        loads.whole()
        loads.later(1)
        assert ring() == ["tick.done"]
    with loads.served() as ring:
        loads.later(1)
        assert [ring(), opened(loads)] == [[], [("north", 20.0)]]


def test_one_that_was_read_and_not_judged_is_judged_after_a_restart(loads, monkeypatch):
    """The process ends between the two transactions of a tick."""
    with loads.served() as ring:
        loads.write(APRIL | MAY)
        loads.whole()
        loads.later(1)
        with monkeypatch.context() as patch:
            patch.setattr("alerting.app.tick.tick.tell_and_keep", _dies)
            assert ring() == ["loads.failed"]
    with loads.served() as ring:
        loads.later(1)
        assert [ring(), opened(loads)] == [["tick.done"], [("north", 20.0)]]
        loads.later(1)
        assert ring() == []


def _dies(*_, **__):
    raise RuntimeError("the power went")


def test_what_is_revised_while_it_loads_is_judged_once_as_the_whole_load_has_it(loads):
    with loads.served() as ring:
        loads.write(figures("2020-04", 5, 5, 30) | {("force", "2020-05"): 5, ("north", "2020-05"): 30})
        loads.later(1)
        assert ring() == []
        loads.write(APRIL | PART | {("north", "2020-05"): 8})
        loads.later(1)
        assert [ring(), opened(loads)] == [[], []]
        loads.write(APRIL | MAY)
        loads.whole()
        loads.later(1)
        assert ring() == ["tick.done"]
        loads.later(60)
        assert ring() == []
    assert [(one.key.area, one.value) for one in loads.life.alerts(ended=True)] == [("north", 20.0)]


def test_the_same_again_and_a_part_that_never_ends_bring_no_tick(loads):
    with loads.served() as ring:
        loads.write(APRIL)
        loads.whole()
        loads.later(1)
        assert ring() == []
        loads.write(APRIL | PART)
        for _ in range(3):
            loads.later(2)
            assert ring() == []


def test_a_source_without_it_is_judged_by_the_schedule_alone(tmp_path):
    loads = Loads(tmp_path, "areas", at="2020-05-04 06:00")
    loads.write(APRIL)
    loads.tick()
    has_ticked_today(loads)
    with loads.served() as ring:
        loads.write(APRIL | MAY)
        loads.later(1)
        assert ring() == []
        loads.at = "2020-06-03 07:01"
        assert ring() == ["tick.done"]


def test_what_has_not_changed_is_not_read_again(tmp_path, monkeypatch):
    looks = []
    look = Engine.look_for_loads
    monkeypatch.setattr(Engine, "look_for_loads", lambda *given: looks.append(given) or look(*given))
    loads = Loads(tmp_path, "areas", more=", evaluate: on_load", at="2020-06-02 07:30")
    loads.write(APRIL)
    loads.tick()
    with loads.served() as ring:
        for _ in range(20):
            loads.later(1)
            assert ring() == []
    assert len(looks) == 1
