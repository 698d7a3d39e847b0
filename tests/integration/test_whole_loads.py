"""Complete before judged: each way to say it, by each way in which a load may come, by single ticks."""

import pytest
from samples.loads import WAYS, Loads, figures

#: Half of the cases in every run: each is one way by one course of things.
pytestmark = pytest.mark.sampled(4, each=False)
APRIL, MAY = figures("2020-04", 5, 5, 5), figures("2020-05", 5, 20, 5)
#: What the load of May tells; by pieces others would have heard of it, or nobody.
TOLD = [("north", "opened", "north")]


@pytest.fixture(params=WAYS)
def loads(request, tmp_path):
    """A source whose load of April was whole, and judged."""
    made = Loads(tmp_path, request.param, at="2020-05-04 06:00")
    made.write(APRIL)
    made.whole()
    assert made.tick() == []
    assert found(made) == {"normal": 3}
    made.later(60 * 24 * 28)
    return made


def found(loads):
    """How many series stand how, by the last tick."""
    return {state: n for state, n in loads.life.report.counts.items() if n}


def reasons(loads):
    """Why the newest figures are not judged, by the findings that anybody may ask for."""
    with loads.opened() as (engine, _):
        result = engine.enquiries.evaluate(loads.now.date(), engine.enquiries.counting())
    return {(one.area, str(one.period)): (one.reason.value, one.evidence["load"]["missing_areas"]) for one in
            (found.finding for found in result.found) if one.reason is not None}  # fmt: skip


def test_a_whole_load_is_judged_once(loads):
    loads.write(APRIL | MAY)
    loads.whole()

    assert loads.tick() == TOLD
    assert found(loads) == {"exception": 1, "normal": 2}
    assert [loads.tick(), loads.tick()] == [[], []]


def test_of_a_part_nothing_is_judged_until_the_rest_has_come(loads):
    part = dict(list(MAY.items())[:2])
    loads.write(APRIL | part)
    assert loads.tick() == []
    assert found(loads) == {"no_data": 3}
    assert reasons(loads) == {(area, "2020-05"): ("partial", ["south"]) for area in ("force", "north", "south")}

    loads.write(APRIL | MAY)
    loads.whole()
    assert loads.tick() == TOLD
    assert loads.tick() == []


def test_one_that_is_never_whole_is_told_to_the_owner_of_its_source_once(loads):
    loads.write(APRIL | dict(list(MAY.items())[:2]))
    if loads.way == "quiet":  # somebody goes on writing
        for _ in range(8):
            told = loads.tick()
            loads.later(60 * 24)
            loads.write(APRIL | dict(list(MAY.items())[:2]))
            if told:
                break
        assert (told, loads.at[:10]) == ([("data", "source_trouble")], "2020-06-07")
    else:
        assert [loads.tick() for _ in range(3)] == [[], [], []]
        loads.later(60 * 24 * 5)
        assert loads.tick() == [("data", "source_trouble")]
    assert "he load of May 2020 is not whole" in " ".join(loads.life.message("data").split())
    loads.later(60 * 24 if loads.way != "quiet" else 1)
    assert loads.tick() == []

    loads.write(APRIL | MAY)
    loads.whole()
    assert loads.tick() == sorted([("data", "engine"), *TOLD])


def test_twice_the_same_is_one(loads):
    loads.write(APRIL | MAY)
    loads.whole()
    assert loads.tick() == TOLD

    loads.write(APRIL | MAY)
    assert loads.tick() == []
    assert found(loads) == {"exception": 1, "normal": 2}
    loads.whole()
    assert loads.tick() == []


def test_what_is_revised_while_it_loads_is_told_by_the_whole_load_alone(loads):
    loads.write(figures("2020-04", 5, 5, 30) | {("force", "2020-05"): 5, ("north", "2020-05"): 30})
    assert loads.tick() == []
    loads.write(figures("2020-04", 5, 5, 5) | {("force", "2020-05"): 5, ("north", "2020-05"): 20})
    assert loads.tick() == []

    loads.write(APRIL | MAY)
    loads.whole()
    assert loads.tick() == TOLD
    assert [one.value for one in loads.life.alerts(ended=True)] == [20.0]


def test_a_whole_load_that_begins_anew_counts_until_the_new_one_is_whole(loads):
    """The file is written from its beginning: for a while there is less in it than before."""
    loads.write(APRIL | MAY)
    loads.whole()
    loads.tick()
    loads.write(dict(list(APRIL.items())[:1]) | {("north", "2020-05"): 4})
    assert loads.tick() == []
    assert found(loads) == {"exception": 1, "normal": 2}

    loads.write(APRIL | MAY | {("north", "2020-05"): 4})
    loads.whole()
    assert loads.tick() == [("north", "corrected", "north")]
