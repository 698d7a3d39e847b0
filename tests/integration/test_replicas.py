"""Two places that judge for one state by different rules: the older rules wait, and nobody is corrected for ever."""

from datetime import date, time, timedelta

import pytest
from samples.lives import Life

from alerting.app.situation.shrink_guard import accept
from alerting.errors import RulesShrunk, UsageError
from alerting.opening import open_store

HEAD = "head"
FIRST = date(2020, 6, 3)


@pytest.fixture
def lives(tmp_path):
    """Two folders on one state: the first judges against 10, the second against 20."""
    one, other = Life(tmp_path / "one"), Life(tmp_path / "other")
    other.state = one.state
    other.rules = one.rules.replace("target: 10", "target: 20")
    for life in (one, other):
        life.figures = {("force", "2020-04"): "5", ("force", "2020-05"): "12"}
    return one, other


def tick(life, day):
    """What was told; "waits" where the rules are older than others'."""
    try:
        return life.tick((FIRST + timedelta(days=day)).isoformat())
    except UsageError:
        return "waits"


def test_they_do_not_correct_each_other_for_ever(lives):
    told = [tick(lives[day % 2], day) for day in range(10)]
    assert told == [[(HEAD, "opened", "force")], [(HEAD, "corrected", "force")], "waits", [], *["waits", []] * 3]


def test_what_waits_is_said_with_both_places_and_what_to_do(lives):
    one, other = lives
    tick(one, 0), tick(other, 1)
    with pytest.raises(
        UsageError, match=r"the rules in .*/one/rules are older than those in .*/other/rules.* up to date"
    ):
        one.tick("2020-06-05")


def test_what_waits_is_in_force_once_somebody_accepts_it_and_the_other_waits(lives):
    """A rollback on a host that is new: its rules are older, and meant."""
    one, other = lives
    tick(one, 0), tick(other, 1)
    assert "waits" == tick(one, 2)
    engine = one.engine(FIRST + timedelta(days=2), time(9))
    with engine.state() as store:
        assert engine.take_over(store).endswith("/other/rules")
        assert engine.take_over(store) is None

    assert [[(HEAD, "opened", "force")], "waits"] == [tick(one, 3), tick(other, 3)]


def test_what_waits_goes_on_once_it_has_the_same_rules(lives):
    one, other = lives
    tick(one, 0), tick(other, 1)
    one.rules = other.rules
    assert [tick(one, 2), tick(other, 3), tick(one, 4)] == [[], [], []]


def test_going_back_in_one_place_is_believed_and_the_other_waits(lives):
    one, other = lives
    former = one.rules
    tick(one, 0), tick(other, 1)
    one.rules = other.rules
    tick(one, 2)
    one.rules = former
    assert tick(one, 3) == [(HEAD, "opened", "force")]
    assert tick(other, 4) == "waits"
    other.rules = former
    assert tick(other, 5) == []


def test_a_new_place_with_rules_of_before_does_not_take_over(lives, tmp_path):
    one, other = lives
    tick(one, 0), tick(other, 1)
    third = Life(tmp_path / "third")
    third.state, third.rules, third.figures = one.state, one.rules, one.figures
    assert tick(third, 2) == "waits"


def test_any_change_makes_rules_the_newest(lives):
    one, other = lives
    tick(one, 0), tick(other, 1)
    one.rules += "# we mean it\n"
    assert tick(one, 2) == [(HEAD, "opened", "force")]
    assert tick(other, 3) == "waits"


def test_a_place_that_has_not_judged_for_a_week_is_waited_for_no_more(lives):
    one, other = lives
    tick(one, 0), tick(other, 1)
    assert tick(one, 7) == "waits"
    assert tick(one, 8) == [(HEAD, "opened", "force")]


def test_rules_that_change_and_change_back_in_one_place_are_followed(lives):
    one, _ = lives
    rules = [one.rules, one.rules.replace("target: 10", "target: 20")]
    told = []
    for day in range(4):
        one.rules = rules[day % 2]
        told.append(tick(one, day))
    assert "waits" not in told


def test_ticks_that_are_undone_leave_no_place_with_rules_of_days_to_come(lives):
    one, other = lives
    tick(one, 0), tick(other, 1)
    engine = one.engine(FIRST)
    store = open_store(engine.settings)
    with store.begin() as state:
        state.ticks.rewind(FIRST, engine.clock.now())
        assert [used.place.rpartition("/one/")[2] for used in state.replicas.rules_in_use()] == ["rules"]
    store.close()
    assert one.tick("2020-06-04", at=time(8)) == []


def test_a_place_that_waits_does_not_make_the_fewer_rules_of_the_newer_one_wait(tmp_path):
    """It has more of them: that there are fewer now was accepted, and is asked once."""
    one, other = Life(tmp_path / "one"), Life(tmp_path / "other")
    other.state = one.state
    further = (
        f"  - {{id: r{n}, title: Further {n}, measures: m, when: {{target_missed: {{at_most: {99 + n}}}}}}}\n"
        for n in range(15)
    )
    one.rules = one.rules.replace("rules: [", "rules:\n  - ").removesuffix("]\n") + "\n" + "".join(further)
    for life in (one, other):
        life.figures = {("force", "2020-05"): "5"}
    tick(one, 0)
    with pytest.raises(RulesShrunk):
        other.tick("2020-06-04")
    with other.engine(FIRST).state() as store, store.begin() as state:
        accept(state.guards)
    assert [[], "waits", []] == [tick(other, 2), tick(one, 3), tick(other, 4)]
