"""What `diff` promises of changed rules of the example is what running them sends, notice by notice, and it names each change."""

from datetime import date
from random import Random

import pytest
from samples.diffs import compared, told_day_by_day, told_in
from samples.random_edits import EDITS, cut_example, edited

from alerting.app.authoring import backtest
from alerting.domain.backtest import DaySpan
from alerting.scaffold.folder import example as files_of_example
from alerting.scaffold.folder import write

#: Two weeks in which weekly and monthly figures come, reminders go out and some are passed on; and one of them.
TWO_WEEKS = DaySpan(first=date(2026, 4, 8), last=date(2026, 4, 21))
DAYS = DaySpan(first=date(2026, 4, 8), last=date(2026, 4, 14))
#: Kind and seed; the first gives an area to another: some notices come, and some go.
TRIED = sorted(((kind, seed) for seed in range(2) for kind in EDITS), key=lambda one: one != ("area", 1))


@pytest.fixture(autouse=True)
def _chance_is_another_matter(monkeypatch):
    monkeypatch.setattr(backtest, "chance_of", lambda *_: {})


@pytest.fixture(scope="module")
def cut(tmp_path_factory):
    return cut_example(tmp_path_factory.mktemp("cut") / "rules")


@pytest.fixture(scope="module")
def told_before(cut):
    return told_day_by_day(cut, DAYS)


@pytest.mark.exhaustive
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("kind", "seed"), TRIED)
def test_an_edit_tells_what_was_promised_and_no_more(cut, told_before, tmp_path, kind, seed):
    head = edited(cut, tmp_path / "head" / "rules", kind, Random(seed))

    found = compared(cut, head, DAYS)

    told_after = told_day_by_day(head, DAYS)
    added, removed = (
        (set(), set()) if found.notices is None else map(told_in, (found.notices.added, found.notices.removed))
    )
    assert told_after - told_before == added
    assert told_before - told_after == removed
    assert not found.is_empty
    assert found.reasons
    assert (added and removed) or (kind, seed) != TRIED[0]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole") / "rules"
    write(folder, files_of_example())
    return folder


@pytest.fixture(scope="module")
def told_by_whole(whole):
    return told_day_by_day(whole, TWO_WEEKS)


@pytest.mark.exhaustive
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(50))
def test_one_changed_threshold_of_the_whole_example_tells_what_was_promised(whole, told_by_whole, tmp_path, seed):
    head = edited(whole, tmp_path / "head" / "rules", "threshold" if seed % 3 else "target", Random(seed))

    found = compared(whole, head, TWO_WEEKS)

    told_after = told_day_by_day(head, TWO_WEEKS)
    assert 1 <= len(found.rules.changed)
    assert told_after - told_by_whole == told_in(found.notices.added)
    assert told_by_whole - told_after == told_in(found.notices.removed)
