"""The end of lateness: it says that a figure has come, and which, whatever is still missing or within its grace."""

import pytest
from samples.lives import Life

HEAD = "head"


@pytest.fixture
def life(tmp_path):
    """A figure a month, due five days after it; whoever answers for the area hears that it is late."""
    found = Life(tmp_path)
    found.set(measure=", expected: 5 days")
    found.rules = found.rules.replace("when: {target_missed: {}}", "when: {not_fresh: {}}, notify: [area_owner]")
    found.tick("2020-06-03", "2020-04 5, 2020-05 8")
    assert found.tick("2020-07-06") == [(HEAD, "opened", "force")]
    return found


def words(life):
    return " ".join(life.message(HEAD).split())


def test_the_figure_itself_comes(life):
    assert life.tick("2020-07-08", "2020-06 9") == [(HEAD, "resolved", "force")]
    assert life.subject(HEAD) == "Resolved: Force: Crimes 9, has come"
    assert "The figure for June 2020 has come; it was due by 5 July 2020." in words(life)
    assert "Now: 9 in June 2020 Before: no figure for June 2020" in words(life)


@pytest.mark.parametrize("on", ["2020-09-03", "2020-09-30"], ids=["August within its grace", "August late as well"])
def test_a_later_one_comes_over_a_gap(life, on):
    assert life.tick("2020-08-03") == []
    assert life.tick(on, "2020-08 9" if on == "2020-09-03" else "2020-08 9, 2020-07 7") == [(HEAD, "resolved", "force")]
    assert "no figure for" not in life.subject(HEAD)
    assert life.subject(HEAD).endswith(", has come")
    assert "there is none for June 2020" in words(life)


@pytest.fixture
def weekly(tmp_path):
    found = Life(tmp_path)
    found.rules = found.rules.replace("every: month", "every: week").replace(
        "when: {target_missed: {}}", "when: {not_fresh: {grace: 10 days}}, notify: [area_owner]"
    )
    found.set(measure=", expected: 2 days")
    found.tick("2024-03-05", {"2024-W08": "95", "2024-W09": "95"})
    assert found.tick("2024-03-23") == [(HEAD, "opened", "force")]
    return found


def test_periods_within_their_grace_are_missing_and_end_nothing(weekly):
    assert weekly.tick("2024-03-30") == []
    assert weekly.tick("2024-04-02", {"2024-W13": "96"}) == [(HEAD, "resolved", "force")]
    assert weekly.subject(HEAD) == "Resolved: Force: Crimes 96, has come"
    assert "A later figure has come" in words(weekly)
    assert "not known" not in words(weekly)


def test_an_end_between_two_times_of_lateness_is_told_with_the_figure_that_came(weekly):
    told = weekly.tick("2024-05-01", {"2024-W13": "96"})
    assert told == [(HEAD, "opened", "force"), (HEAD, "resolved", "force")]
    assert "no figure for" in weekly.subject(HEAD)
    assert "96 in week 13" in words(weekly)


def test_a_hold_ends_it_without_a_figure(life):
    life.set(more="holds: [{id: h, match: {measures: [m]}, from: 2020-06-01, until: 2020-06-30, reason: Being mended}]")
    assert life.tick("2020-07-08") == [(HEAD, "resolved", "force")]
    assert "No figure for June 2020 is awaited any more." in words(life)
    assert life.subject(HEAD) == "Resolved: Force: Crimes, no figure due for June 2020"
