"""Verdicts that are kept: whatever comes, goes, is revised or edited, they are those of judging all."""

from contextlib import nullcontext
from dataclasses import fields, replace
from datetime import date, timedelta
from random import Random

import numpy as np
import pytest
from samples.sampling import few, first
from samples.worlds import a_folder, a_panel, an_engine

from alerting.app.situation.situation import judged
from alerting.domain.canonical import digest_of
from alerting.domain.finding import State
from alerting.domain.panel import Panel
from alerting.evaluation import kept_verdicts
from alerting.evaluation.changed_rows import first_changed
from alerting.evaluation.kept_verdicts import VerdictKeeper
from alerting.evaluation.series_digests import among_siblings, digests_of, with_marks
from alerting.figures.panels import build_panels

#: Rules by measure: each sort of condition and of limits is among them.
WHENS = {
    "crimes": {
        "upper": "{above_upper_limit: {limits: {previous_financial_year: {sigmas: 2}}}}",
        "xmr": "{outside_limits: {limits: {xmr: {}}}}",
        "rebased": "{above_upper_limit: {limits: {rebased_average: {baseline: 6, run: 4}}}}",
        "season": "{outside_limits: {limits: {seasonal: {years: 2}}}}",
        "target": "{target_missed: {}}",
        "printed": "{target_missed: {at_most: aim}}",
        "run": "{run: {side: either, length: 4, of: previous_financial_year}}",
        "change": "{change: {versus: same_period_last_year, rises_by: 5 %}}",
        "plan": "{above_trajectory: {milestones: [{date: 2019-04-30, value: 100}, {date: 2023-03-31, value: 90}]}}",
        "miss": "{will_miss: {at_most: 100, date: 2023-03-31}}",
        "late": "{not_fresh: {grace: 3 days}}",
        "mixed": "{any_of: [{not_fresh: {grace: 3 days}}, {above_upper_limit: {limits: {xmr: {}}}}]}",
        "both": "{all_of: [{target_missed: {}}, {not: {trend: {direction: falling, length: 3}}}]}",
        "rank": "{rank: {worse_than: 3}}",
        "band": "{band: {bands: [{red: 112 or more}, {amber: 104 to 112}, {green: below 104}], exception_from: red}}",
    },
    "answered": {
        "funnel": "{outlier_among_areas: {limits: {funnel: {sigmas: 2}}}}",
        "p": "{outside_limits: {limits: {p: {}}}}",
        "low": "{below_lower_limit: {limits: {p: {}}}}",
    },
    "rate": {"step": "{change: {versus: previous_period, rises_by: 5 %}}"},
    "gaps": {"rare": "{outside_limits: {limits: {g: {}}}}"},
}  # fmt: skip
FIRST, MONTHS = 2019 * 12 + 3, 40


@pytest.fixture
def all_kept(monkeypatch):
    """Simple conditions are kept, too: those that are meant to be are too few to try everything."""
    monkeypatch.setattr(kept_verdicts, "is_kept", lambda group: not group.asks_clock)


class World:
    """A folder whose figures and rules change from step to step."""

    def __init__(self, folder, seed, whens=WHENS):
        self.folder, self.chance, self.whens = folder, Random(seed), whens
        self.day = date(2022, 8, 3)
        self.parts = {
            "areas": 5,
            "target": "101",
            "last": 0,
            "edited": dict[str, str](),
            "more": "",
            "off": set[str](),
            "crimes": "",
            "answered": "",
        }
        self.cells: dict[tuple[str, int, int], str] = {}
        for measure in ("crimes", "people", "answered", "gaps"):
            for area in range(6):
                for month in range(MONTHS):
                    self.cells[measure, area, month] = self.figure(measure)
        self.keeper = VerdictKeeper()

    def figure(self, measure):
        chance = self.chance
        if measure == "answered":
            n = chance.randint(60, 140)
            return f",{chance.randint(n // 2, n)},{n},"
        value = {
            "crimes": chance.randint(85, 120),
            "people": 1000 + chance.randint(0, 30),
            "gaps": int(chance.random() < 0.2),
        }[measure]
        return f"{value},,,{chance.choice(['', '100'])}"

    def period(self, measure, month):
        if measure == "gaps":
            return date(2022, 6, 20) + timedelta(days=month)
        return f"{(FIRST + month) // 12}-{(FIRST + month) % 12 + 1:02d}"

    def text(self):
        areas = "".join(
            f"  - {{id: a{n}, title: Area {n}, parent: force, kind: town}}\n" for n in range(self.parts["areas"])
        )
        more = ["owner: head, source: figures/all.csv, every: month, topic: t, better: lower"]
        rules = [
            f"  - {{id: {id_}, title: Rule, measures: {measure}, notify: [head], when: {self.parts['edited'].get(id_, when)}}}\n"
            for measure, own in self.whens.items() for id_, when in own.items() if id_ not in self.parts["off"]
        ]  # fmt: skip
        return (
            "topics: [{id: t, title: T, owner: head}]\nowners: [{id: head, name: Head, email: head@example.org}]\n"
            f"areas:\n  - {{id: force, title: Force}}\n{areas}measures:\n"
            "  - {id: crimes, title: Crimes, unit: count, expected: 5 days, roll_up: true,"
            f" target: {self.parts['target']}, {more[0]}{self.parts['crimes']}}}\n"
            f"  - {{id: people, title: People, unit: count, aggregate: last, {more[0]}}}\n"
            f"  - {{id: answered, title: Answered, unit: percent, {more[0].replace('lower', 'higher')}}}\n"
            f"  - {{id: gaps, title: Escapes, unit: count, {more[0].replace('month', 'day')}}}\n"
            "  - {id: rate, title: Rate, unit: rate, per: 1000, better: lower, every: month, topic: t,"
            " of: {numerator: crimes, denominator: people}}\n"
            f"{self.parts['more']}rules:\n{''.join(rules)}"
        )

    def step(self):
        rows = [
            f"{measure},a{area},{self.period(measure, month)},{cells}"
            for (measure, area, month), cells in self.cells.items() if area < self.parts["areas"]
        ]  # fmt: skip
        figures = "\n".join(["measure,area,period,value,numerator,denominator,aim", *rows, ""])
        engine = an_engine(
            a_folder(self.folder, {"r.yaml": self.text(), "figures/all.csv": figures}), self.folder / "state", self.day
        )
        reading = engine.enquiries.read()
        panels = build_panels(reading, engine.rules, self.day)
        keeper = self.keeper
        kept = judged(engine.rules, reading, panels, keeper=keeper).evaluation
        assert_same(kept.verdicts, judged(engine.rules, reading, panels).evaluation.verdicts)
        assert not len(kept.faults)
        self.keeper = VerdictKeeper(dict(keeper.kept(kept.verdicts)))
        return keeper

    # What happens between steps

    def revise(self):
        for _ in range(self.chance.choice([1, 1, 3, 20])):
            cell = self.chance.choice(list(self.cells))
            self.cells[cell] = self.figure(cell[0])

    def lose(self):
        for cell in self.chance.sample(list(self.cells), 2):
            self.cells[cell] = self.chance.choice(["n/a,,,", "*,,,", "x,,,"])

    def come(self):
        newest = max(month for _, _, month in self.cells)
        for measure, area, month in list(self.cells):
            if month == newest and self.chance.random() < 0.8:
                self.cells[measure, area, month + 1] = self.figure(measure)
        self.day += timedelta(days=31)

    def pass_by(self):
        self.day += timedelta(days=self.chance.choice([1, 5, 20]))

    def edit(self):
        id_, when = self.chance.choice(
            [
                ("upper", "{above_upper_limit: {limits: {previous_financial_year: {sigmas: 3}}}}"),
                ("rank", "{rank: {worse_than: 2}}"),
                ("plan", "{above_trajectory: {milestones: [{date: 2019-04-30, value: 100}, {date: 2023-03-31, value: 95}]}}"),
                ("funnel", "{outlier_among_areas: {limits: {funnel: {sigmas: 3}}}}"),
                ("target", "{target_missed: {at_most: 104}}"),
            ]
        )  # fmt: skip
        edited = self.parts["edited"]
        if edited.pop(id_, None) is None:
            edited[id_] = when

    def retarget(self):
        self.parts["target"] = self.chance.choice(
            ["101", "104", "{default: 101, a1: 95}", "{default: 101, a2: 95}",
             "[{from: 2019-01, value: 99}, {from: 2020-06, value: 104}]"]
        )  # fmt: skip

    def declare(self):
        match = self.chance.choice(["measures: [crimes]", "areas: [a1]", "measures: [answered], areas: [a0, a3]"])
        self.parts["more"] = self.chance.choice([
            "", f"holds: [{{id: h, match: {{{match}}}, from: 2021-05-01, until: 2021-06-30, reason: Wrong}}]\n",
            f"breaks: [{{id: b, match: {{{match}}}, on: 2021-02-01, reason: New}}]\n",
            f"exclusions: [{{match: {{{match}}}, from: 2020-03, until: 2020-06, reason: Closed}}]\n",
        ])  # fmt: skip

    def members(self):
        self.parts["areas"] = self.chance.choice([4, 5, 6])

    def switch(self):
        self.parts["off"] ^= {self.chance.choice(list(WHENS["crimes"]))}


def assert_same(kept, whole):
    """The verdicts are the same, block by block; sides where they count."""
    assert [(one.group.kind, one.places, one.spans) for one in kept] == [
        (one.group.kind, one.places, one.spans) for one in whole
    ]
    for one, other in zip(kept, whole, strict=True):
        when = [member.condition for member in one.group.members]
        assert when == [member.condition for member in other.group.members]
        for name in ("state", "reason", "counts"):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=f"{name} of {when[0]}")
        sides = [np.broadcast_to(np.asarray(x.side), x.state.shape)[x.state == State.EXCEPTION] for x in (one, other)]
        np.testing.assert_array_equal(*sides, err_msg=str(when[0]))


@pytest.mark.usefixtures("all_kept")
@pytest.mark.parametrize("seed", first(2, range(200)))
def test_over_any_history_kept_verdicts_are_those_of_judging_all(tmp_path, seed):
    world = World(tmp_path, seed)
    happens = [
        world.revise, world.revise, world.revise, world.lose, world.come, world.pass_by, world.edit, world.retarget, world.declare,
        world.members, world.switch,
    ]  # fmt: skip
    world.step()
    judged = watched = 0
    for _ in range(few(7, 25)):
        world.chance.choice(happens)()
        if world.chance.random() < 0.3:
            world.chance.choice(happens)()
        done = world.step()
        judged, watched = judged + done.judged, watched + done.watched
    assert 0 < judged < watched


@pytest.mark.usefixtures("all_kept")
def test_only_what_changed_is_judged(tmp_path):
    """One figure of one area: its own rules, those that hold areas side by side, and what is made of it."""
    world = World(tmp_path, 5)
    first_pass, again = world.step(), world.step()
    assert (first_pass.judged, again.judged) == (first_pass.watched, 0)
    world.cells["gaps", 1, 30] = "1,,," if world.cells["gaps", 1, 30][0] == "0" else "0,,,"
    assert world.step().judged == 1
    world.parts["edited"]["target"] = "{target_missed: {at_most: 104}}"
    assert world.step().judged == 6
    world.cells["answered", 1, 30] = ",50,100,"
    assert world.step().judged == 2 + 5


def test_simple_conditions_and_those_that_ask_the_clock_are_judged_each_time(tmp_path):
    """They are looked up in longer than they are judged."""
    world = World(tmp_path, 5)
    world.step()
    slow = {"xmr", "rebased", "season", "miss", "funnel", "p", "low", "rare"}
    among = {id_ for own in WHENS.values() for id_ in own} - slow
    world.parts["off"] = among
    assert world.step().watched == sum(6 if id_ in WHENS["crimes"] else 5 for id_ in slow)


# What is left out of the key is noticed

FEW = {
    "crimes": {
        "upper": WHENS["crimes"]["upper"],
        "target": WHENS["crimes"]["target"],
        "printed": WHENS["crimes"]["printed"],
        "rank": WHENS["crimes"]["rank"],
        "low": "{below_lower_limit: {limits: {xmr: {}}}}",
        "step": "{change: {versus: previous_period, rises_by: 5 %}}",
    },
    "answered": {"p": WHENS["answered"]["p"]},
}
NEWEST = MONTHS - 1


def without(**parts):
    """Keys that leave parts of the panel out, as if they were something else."""
    return "digests_of", lambda panel: digests_of(replace(panel, **{name: of(panel) for name, of in parts.items()}))


def without_of_all(place, inner=None):
    """Keys that leave out a part of what is the same for all series, or a part of that part."""

    def known(key):
        if len(key) == 2:
            return digest_of(key)
        return digest_of((*key[:place], None if inner is None else key[place][:inner], *key[place + 1 :]))

    return "digest_of", known


def nothing(panel):
    return NOUGHT.setdefault(panel.values.shape, np.zeros(panel.values.shape))


NOUGHT: dict[tuple[int, ...], np.ndarray] = {}


def revised(world):
    world.cells["crimes", 1, NEWEST] = "180,,,100"


def other_aim(world):
    world.cells["crimes", 1, NEWEST] = world.cells["crimes", 1, NEWEST].rsplit(",", 1)[0] + ",1"


def withheld(world):
    world.cells["crimes", 4, 20] = "*,,,100"


def edited(world):
    world.parts["edited"]["target"] = "{target_missed: {at_most: 60}}"


def begun_later(world):
    world.parts["edited"]["low"] = f"{FEW['crimes']['low']}, from: 2021-01-01"


def excluded(world):
    world.cells["crimes", 2, NEWEST] = "105,,,100"
    world.parts["more"] = "exclusions: [{match: {measures: [crimes]}, from: 2021-05, until: 2022-01, reason: Closed}]\n"


def broken(world):
    world.parts["more"] = "breaks: [{id: b, match: {measures: [crimes]}, on: 2022-06-01, reason: New}]\n"


def bounded(world):
    world.parts["crimes"] = ", minimum: 99"


def by_day(world):
    world.parts["crimes"] = ", per_day: calendar"


def later(world):
    world.day += timedelta(days=20)


@pytest.mark.parametrize(
    ("changes", "left_out"),
    [
        pytest.param(revised, without(values=nothing, shown=nothing), id="values"),
        pytest.param(other_aim, without(planes=lambda _: {}), id="planes"),
        pytest.param(withheld, without(reasons=lambda _: None), id="reasons"),
        pytest.param(excluded, without(excluded=lambda _: None), id="left out"),
        pytest.param(broken, without(segments=lambda _: None, breaks=lambda _: ()), id="segments"),
        pytest.param(bounded, without(floor=lambda panel: np.zeros_like(panel.floor)), id="floor"),
        pytest.param(edited, ("digest_of", lambda key: digest_of(key[-1:] if len(key) == 2 else key)), id="condition"),
        pytest.param(begun_later, without_of_all(2, 3), id="rows"),
        pytest.param(by_day, without_of_all(3), id="days"),
        pytest.param(later, ("with_marks", lambda digests, *_: digests), id="what is judged last"),
        pytest.param(revised, ("among_siblings", lambda digests, _: digests), id="siblings"),
    ],
)
@pytest.mark.usefixtures("all_kept")
def test_a_key_that_leaves_something_out_keeps_what_is_not_true(tmp_path, monkeypatch, changes, left_out):
    """Each part of what series are known by is needed: without it the verdicts are not those of judging all."""
    for is_whole in (False, True):
        world = World(tmp_path / str(is_whole), 3, FEW)
        world.cells |= {("crimes", area, NEWEST): f"{95 + area},,,100" for area in range(6)}
        world.cells |= {("crimes", 4, month): "n/a,,,100" for month in (20, NEWEST)}
        with monkeypatch.context() as patch:
            if not is_whole:
                patch.setattr(kept_verdicts, *left_out)
            world.step()
            changes(world)
            with nullcontext() if is_whole else pytest.raises((AssertionError, ValueError)):
                world.step()


# What series are judged by


def changed(panel: Panel, name: str) -> Panel:
    """The panel with another value of a part in the second of its three series."""
    shape = panel.values.shape
    if name in ("values", "shown"):
        other = panel.values.copy()
        other[2, 1] += 1e-13
        return replace(panel, **{name: other})
    if name == "planes":
        return replace(
            panel, planes={**panel.planes, "target": np.where(np.arange(3) == 1, 5.0, np.nan) + np.zeros(shape)}
        )
    if name in ("floor", "ceiling"):
        bounds = getattr(panel, name).copy()
        bounds[1] = 7.0
        return replace(panel, **{name: bounds})
    if name == "breaks":
        return replace(panel, breaks=((2, np.array([1])),))
    kinds = {"reasons": np.int8, "segments": np.int32, "loads": np.int32}
    marks = np.zeros(shape, dtype=kinds.get(name, np.bool_))
    marks[2, 1] = 1
    return replace(panel, **{name: marks})


#: Parts of a panel that say how series stand; those that are said of all of them; those that nothing is judged by.
OF_SERIES = (
    "values", "shown", "planes", "reasons", "segments", "breaks", "excluded", "held", "floor", "ceiling", "without_level",
    "few_cases", "loads",
)  # fmt: skip
OF_ALL = ("kind", "first", "starts", "columns", "areas", "siblings", "aggregates", "days")
TOLD = ("provisional", "note_codes", "note_texts", "failed_checks", "doubted", "load_lacks")


def test_each_part_of_a_panel_is_known_to_count_or_not():
    """A new one must be taken into the digests, or stand among those that do not count."""
    assert {field.name for field in fields(Panel)} == {*OF_SERIES, *OF_ALL, *TOLD}


def test_what_changes_a_verdict_makes_a_row_another_one_for_a_backtest():
    """Parts of series that ticks hold against the last one's; breaks, bounds and planes have ways of their own."""
    before = a_panel([1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12])
    told = {name: first_changed(before, changed(before, name)) for name in OF_SERIES}
    assert {name for name, rows in told.items() if rows is not None and rows.min() == before.n_periods} == set()


@pytest.mark.parametrize("name", OF_SERIES)
def test_each_part_changes_the_digest_of_its_series_alone(name):
    panel = a_panel([1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12])
    same = digests_of(panel) == digests_of(changed(panel, name))
    assert same.T.tolist() == [[True] * 2, [False] * 2, [True] * 2]


def test_figures_that_change_places_are_others():
    panel = a_panel([1, 2, 3, 4], [2, 1, 3, 4], [1, 2, 4, 3])
    assert len({tuple(one) for one in digests_of(panel).T.tolist()}) == 3


def test_marks_and_siblings_count_too():
    panel = replace(a_panel([1, 2], [3, 4], [3, 4], [7, 8]), siblings=np.array([0, 0, 1, 1]))
    was = digests_of(panel)
    assert (was[:, 1] == was[:, 2]).all()
    beside = among_siblings(was, panel)
    assert (beside[:, 1] != beside[:, 2]).all()
    marked = with_marks(was, np.array([1, 1, 1, 2]), np.array([0, 3, 0, 0], dtype=np.int8))
    assert (marked != was).all()
    assert (marked[:, 1] != marked[:, 2]).all()


def test_all_rows_of_wide_panels_are_taken_in():
    values = np.random.default_rng(3).poisson(100.0, (3, 40_000)).astype(float)
    wide = replace(
        a_panel([0, 0, 0]), values=values, shown=values, floor=np.zeros(40_000), ceiling=np.full(40_000, np.inf)
    )
    was = digests_of(wide)
    for row, column in ((0, 0), (2, 16_384), (1, 39_999)):
        other = values.copy()
        other[row, column] += 1
        assert np.flatnonzero((digests_of(replace(wide, values=other, shown=other)) != was).any(axis=0)).tolist() == [
            column
        ]
