"""Days to come on which nobody hears: which of them a change opens and closes, with the measure, the area and the days."""

import json
from datetime import date, timedelta

import pytest
from samples.rule_folders import BASE, RULES, SOUND, written

from alerting.app.authoring.diff.as_json import as_json
from alerting.app.authoring.diff.as_markdown import as_markdown
from alerting.app.authoring.diff.as_text import as_text
from alerting.app.authoring.diff.difference import difference
from alerting.app.authoring.diff.owner_holes import holes
from alerting.app.authoring.diff.sides import Side
from alerting.domain.backtest import DaySpan
from alerting.render.markdown import inline
from alerting.rulefile import load_rules

TODAY = date(2020, 10, 15)
LAST = TODAY + timedelta(days=364)
MINE = "owner: north-commander"
NORTH = "email: north@example.org"
AWAY = f"{NORTH}, away: [{{from: 2020-12-01, until: 2020-12-07}}]"
LONGER = f"{NORTH}, away: [{{from: 2020-11-28, until: 2020-12-10}}]"
COVERED = f"{AWAY}, deputy: head"
FALLBACK = "\nroles: {fallback: chief}\n"


@pytest.fixture
def compare(tmp_path):
    def compared(before, after):
        folders = (
            written(tmp_path / side, SOUND | {"base.yaml": text}) for side, text in (("b", before), ("h", after))
        )
        base, head = (Side(rules=load_rules(folder).rules, folder=folder, shown=folder.name) for folder in folders)
        return difference(base, head, DaySpan(first=TODAY, last=TODAY))

    return compared


def with_north(said, more=""):
    return BASE.replace(NORTH, said) + more


SUCCESSOR = BASE.replace("  - {id: chief", "  - {id: new, name: New}\n  - {id: chief").replace(
    MINE, "owner: [{from: 2020-01, owner: north-commander}, {from: 2021-02, owner: new}]"
)


def spans(several):
    return [(hole.since.isoformat(), hole.until.isoformat(), hole.series, hole.fallback) for hole in several]


NORTH_CALLS = (("calls", "north"),)


@pytest.mark.parametrize(
    ("before", "after", "opened"),
    [
        pytest.param(with_north(NORTH), with_north(AWAY), [("2020-12-01", "2020-12-07", NORTH_CALLS, None)], id="an-absence"),
        pytest.param(with_north(AWAY), with_north(AWAY), [], id="as-before"),
        pytest.param(
            with_north(AWAY), with_north(LONGER),
            [("2020-11-28", "2020-11-30", NORTH_CALLS, None), ("2020-12-08", "2020-12-10", NORTH_CALLS, None)],
            id="only-what-is-longer",
        ),
        pytest.param(with_north(LONGER), with_north(AWAY), [], id="shorter"),
        pytest.param(with_north(NORTH), with_north(COVERED), [], id="a-deputy"),
        pytest.param(
            with_north(NORTH), with_north(AWAY, FALLBACK), [("2020-12-01", "2020-12-07", NORTH_CALLS, "chief")], id="fallback",
        ),
        pytest.param(
            with_north(AWAY, FALLBACK), with_north(AWAY), [("2020-12-01", "2020-12-07", NORTH_CALLS, None)],
            id="no-fallback-any-more",
        ),
        pytest.param(
            with_north(NORTH), SUCCESSOR,
            [("2021-02-01", LAST.isoformat(), NORTH_CALLS, None)], id="a-successor-without-an-address",
        ),
        pytest.param(with_north(NORTH), with_north(""), [], id="no-address-from-today-on-is-said-otherwise"),
    ],
)  # fmt: skip
def test_days_on_which_nobody_hears_any_more_are_named(compare, before, after, opened):
    found = compare(before, after)

    assert opened == spans(found.holes.opened)
    assert opened == spans(compare(after, before).holes.closed)
    without = [hole for hole in opened if hole[3] is None]
    assert bool(without) == any("on days to come nobody is told of 1 series" in reason for reason in found.reasons)


def test_a_hole_is_said_with_measure_area_days_and_reason(compare):
    found = compare(with_north(NORTH), with_north(AWAY))

    said = (
        "nobody is told of Answered in North from 1 December 2020 until 7 December 2020: "
        "north-commander is away and has no deputy (before: Commander, North)"
    )
    assert said in as_text(found)
    assert inline(said) in as_markdown(found)
    plain = json.loads(as_json(found))
    assert [
        {
            "measure": "calls",
            "area": "north",
            "told_before": ["north-commander"],
            "why": "north-commander is away and has no deputy",
            "from": "2020-12-01",
            "until": "2020-12-07",
        }
    ] == plain["owners"]["uncovered"]
    assert "on days to come nobody is told of 1 series, from 1 December 2020 on at the earliest" == plain["look"][0]


def test_that_everything_has_somebody_is_said_where_it_is_so_and_only_there(compare):
    watched = "3 series that rules watch, with figures or without"
    every = f"every measure in every area has somebody until {LAST.day} October 2021 ({watched})"
    fine = compare(with_north(NORTH), with_north(COVERED))
    assert every in as_text(fine)
    assert inline(every) in as_markdown(fine)
    for before, after in ((NORTH, AWAY), (AWAY, LONGER), (AWAY, f"{AWAY}, mail_budget: 5 per day")):
        assert "has somebody" not in as_text(compare(with_north(before), with_north(after)))
    as_before = compare(with_north(AWAY), with_north(f"{AWAY}, mail_budget: 5 per day"))
    assert "nobody is told of 1 series, as before: `alerting check` names them" in as_text(as_before)


def test_only_areas_of_which_there_are_figures_count(compare):
    found = compare(with_north(NORTH), with_north(AWAY))
    reporting = {"calls": frozenset({"force", "south"})}
    assert () == holes(found.base.rules, found.head.rules, TODAY, (reporting, reporting)).opened


def test_a_new_rule_of_somebody_who_is_away_opens_a_hole(tmp_path):
    files = SOUND | {"base.yaml": with_north(AWAY)}
    base = load_rules(written(tmp_path / "b", files | {"rules.yaml": "rules: []\n"})).rules
    head = load_rules(written(tmp_path / "h", files | {"rules.yaml": RULES})).rules
    found = holes(base, head, TODAY)
    assert [("2020-12-01", "2020-12-07", NORTH_CALLS, None)] == spans(found.opened)
    assert ((),) == found.opened[0].told_otherwise
