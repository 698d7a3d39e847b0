"""When a smaller set of rules or figures is taken for a mistake."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from samples.observations import MEASURES, some_observations, the_rules

from alerting.app.situation import shrink_guard as guard
from alerting.domain.shrinking import Guarded, Shrunk, among, has_shrunk, judged
from alerting.store.guarding import guard_row, guarded_of

AT = datetime(2020, 10, 15, 7, tzinfo=UTC)


def sizes(**counts):
    return {what: {"": count} for what, count in counts.items()}


@pytest.mark.parametrize(
    ("before", "now", "shrunk"),
    [
        pytest.param(159, 79, True, id="half gone"),
        pytest.param(50, 40, False, id="a fifth, not more"),
        pytest.param(49, 39, True, id="ten, and more than a fifth"),
        pytest.param(20, 11, False, id="nine of twenty"),
        pytest.param(20, 10, True, id="ten of twenty"),
        pytest.param(1000, 801, False, id="many of very many"),
        pytest.param(10, 500, False, id="more"),
        pytest.param(3, 0, True, id="none left"),
        pytest.param(0, 0, False, id="none then, none now"),
    ],
)
def test_ten_fewer_and_more_than_a_fifth_fewer_is_much_less(before, now, shrunk):
    assert shrunk is has_shrunk(sizes(rules=before), sizes(rules=now))


@pytest.mark.parametrize("what", ["measures", "owners", "rows", "series"])
def test_each_thing_that_is_counted_is_enough(what):
    same = dict.fromkeys(("measures", "owners", "rows", "series"), 30)

    assert has_shrunk(sizes(**same), sizes(**(same | {what: 15})))
    assert not has_shrunk(sizes(**same), sizes(**same))


def test_few_rows_may_all_go():
    """Only of rules none left is too few: a source may hold one figure and lose it."""
    assert not has_shrunk(sizes(rows=3), sizes(rows=0))


def test_what_left_with_its_measure_is_not_missed():
    before = {"rows": {"calls": 40, "crime": 40}}

    assert {"rows": {"crime": 40}} == among(before, {"crime"})
    assert not has_shrunk(among(before, {"crime"}), {"rows": {"crime": 40}})


class TestWaiting:
    FULL = Guarded(source=None, sizes=sizes(rules=40))
    LESS = sizes(rules=20)

    def test_it_waits_and_says_until_when(self):
        known, shrunk = judged(self.FULL, "less", self.LESS, AT)

        assert Shrunk(before=sizes(rules=40), now=self.LESS, until=AT + timedelta(days=1)) == shrunk
        assert "20 rules, where 40 rules were before" == shrunk.words
        assert Guarded(source=None, sizes=sizes(rules=40), refused="less", since=AT) == known

    @pytest.mark.parametrize(
        ("before", "now", "words"),
        [
            pytest.param({"series": 30}, {"series": 1}, "1 series, where 30 series were before", id="one-of-a-word-for-both"),
            pytest.param(
                {"rules": 50, "owners": 2}, {"rules": 40, "owners": 1},
                "40 rules and 1 owner, where 50 rules and 2 owners were before", id="two",
            ),
            pytest.param(
                {"rules": 1200, "measures": 7, "owners": 2}, {"rules": 1, "measures": 0, "owners": 1},
                "1 rule, 0 measures and 1 owner, where 1,200 rules, 7 measures and 2 owners were before", id="three",
            ),
        ],
    )  # fmt: skip
    def test_it_says_what_there_is_and_what_there_was(self, before, now, words):
        assert words == Shrunk(before=sizes(**before), now=sizes(**now), until=AT).words

    def test_another_small_one_waits_no_longer_than_the_first(self):
        known, _ = judged(self.FULL, "less", self.LESS, AT)
        known, shrunk = judged(known, "less still", sizes(rules=10), AT + timedelta(hours=23))

        assert "less still" == known.refused
        assert AT + timedelta(days=1) == shrunk.until

    def test_it_is_taken_over_after_a_day(self):
        known, _ = judged(self.FULL, "less", self.LESS, AT)
        known, shrunk = judged(known, "less", self.LESS, AT + timedelta(days=1))

        assert shrunk is None
        assert Guarded(source=None, sizes=self.LESS) == known

    def test_it_is_taken_over_where_somebody_accepted_it_and_no_other(self):
        known, _ = judged(self.FULL, "less", self.LESS, AT)
        accepted = Guarded(source=None, sizes=known.sizes, refused="less", since=AT, accepted="less")

        assert judged(accepted, "less", self.LESS, AT)[1] is None
        assert judged(accepted, "another", sizes(rules=5), AT)[1] is not None

    def test_what_comes_back_whole_is_taken_over_and_the_day_begins_anew(self):
        known, _ = judged(self.FULL, "less", self.LESS, AT)
        known, shrunk = judged(known, "full", sizes(rules=41), AT + timedelta(minutes=1))
        assert shrunk is None
        _, shrunk = judged(known, "less", self.LESS, AT + timedelta(days=5))

        assert AT + timedelta(days=6) == shrunk.until


@pytest.mark.parametrize("source", [None, "rules"])
def test_a_source_called_rules_is_not_the_rules_folder(source):
    guarded = Guarded(source=source, sizes={})
    assert guarded == guarded_of(guard_row(guarded))


@pytest.mark.parametrize("few", [0, 65_536])
def test_series_are_counted_once_however_many_rows_they_have(monkeypatch, few):
    monkeypatch.setattr(guard, "_FEW", few)
    monkeypatch.setattr(guard, "_PLACES_A_ROW", 0)
    read, rules = some_observations(np.random.default_rng(1), 50), the_rules()
    series = {(m, a) for m, a in zip(read.measure.tolist(), read.area.tolist(), strict=True)}
    sizes = guard._sizes(read, rules)
    assert sizes["series"] == {id_: sum(m == n for m, _ in series) for n, id_ in enumerate(MEASURES)}
    assert sizes["rows"] == {id_: int((read.measure == n).sum()) for n, id_ in enumerate(MEASURES)}
