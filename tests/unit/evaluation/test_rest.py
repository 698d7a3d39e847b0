"""Until when verdicts stand as they are: on no day before does the clock change a finding, a word of it, or its age."""

from datetime import date, timedelta
from random import Random

import pytest
from samples.sampling import few, first
from samples.worlds import a_folder, an_engine

from alerting.app.situation.situation import situation_of
from alerting.app.tick.last_tick import stands_until
from alerting.evaluation.ages import is_past
from alerting.evaluation.as_json import finding_json
from alerting.evaluation.findings import findings
from alerting.evaluation.newest import newest_counts

WHENS = (
    "{target_missed: {}}", "{not_fresh: {}}", "{not_fresh: {grace: 4 days}}",
    "{change: {versus: previous_period, rises_by: 30 %}}",
    "{all_of: [{target_missed: {}}, {not: {not_fresh: {grace: 2 days}}}]}",
    "{any_of: [{not_fresh: {grace: 3 days}}, {target_missed: {}}]}",
)  # fmt: skip


class World:
    """A folder of a few measures, and what may be said of them on a day."""

    def __init__(self, folder, measures, rules, rows):
        text = (
            "topics: [{id: t, title: T, owner: head}]\nowners: [{id: head, name: Head, email: head@example.org}]\n"
            "areas:\n  - {id: force, title: Force, owner: head}\n  - {id: n, title: North, parent: force, owner: head}\n"
            "  - {id: s, title: South, parent: force, owner: head}\nsources: {all: {csv: figures/all.csv, owner: head}}\n"
            "measures:\n"
            + "".join(
                f"  - {{topic: t, better: lower, unit: count, source: all, target: 10, {one}}}\n" for one in measures
            )
            + "rules:\n" + "".join(f"  - {{title: Rule, notify: [head], {one}}}\n" for one in rules)
        )  # fmt: skip
        figures = "\n".join(["measure,area,period,value,published", *rows, ""])
        engine = an_engine(
            a_folder(folder, {"r.yaml": text, "figures/all.csv": figures}), folder / "state", date(2021, 6, 1)
        )
        self.rules, self.reading = engine.rules, engine.enquiries.read()

    def on(self, day):
        return situation_of(self.rules, self.reading, day)

    def said(self, situation):
        """All that the situation says: findings with their words, counts, problems, and what is past."""
        evaluation = situation.evaluation
        past = [
            is_past(measure, panel.period(row), evaluation.as_of, area)
            for measure in self.rules.measures.values()
            for panel in evaluation.panels.values()
            for row in range(panel.n_periods)
            for area in self.rules.areas.areas
        ]
        made = [finding_json(one.finding) for one in findings(evaluation, text="all")]
        return made, newest_counts(evaluation), situation.problems, past


FIGURES = (
    "force,2019-09,9,",
    "force,2019-10,12,",
    "n,2019-10,8,",
    "force,2019-11,8,",
    "n,2019-11,14,",
    "force,2019-12,12,",
)


@pytest.mark.parametrize(
    ("measure", "when", "rows", "day", "until"),
    [
        pytest.param("", "{target_missed: {}}", (), "2020-01-02", "2020-02-01", id="the month is over"),
        pytest.param(", expected: 5 days", "{target_missed: {}}", (), "2020-01-02", "2020-01-06", id="it is late"),
        pytest.param(
            ", expected: {working_day: 5}", "{target_missed: {}}", (), "2020-01-02", "2020-01-09", id="late in working days"
        ),
        pytest.param(", expected: 5 days", "{not_fresh: {grace: 4 days}}", (), "2020-01-06", "2020-01-10", id="grace is over"),
        pytest.param(
            ", expected: 5 days", "{all_of: [{not_fresh: {grace: 4 days}}, {target_missed: {}}]}", (), "2020-01-06",
            "2020-01-10", id="grace of a part is over",
        ),
        pytest.param(
            ", expected: 5 days", "{not: {not_fresh: {grace: 4 days}}}", (), "2020-01-06", "2020-01-10", id="of a part of not"
        ),
        pytest.param(", settles_after: 20 days", "{target_missed: {}}", (), "2020-01-02", "2020-01-21", id="it has settled"),
        pytest.param("", "{target_missed: {}}", ("n,2019-12,11,2020-01-15",), "2020-01-02", "2020-01-15", id="it is published"),
        pytest.param(", expected: 40 days", "{target_missed: {}}", (), "2020-01-02", "2020-01-10", id="the one before is late"),
    ],
)  # fmt: skip
def test_the_first_day_on_which_anything_changes(tmp_path, measure, when, rows, day, until):
    rows = [f"m,{row}" for row in (*FIGURES, *rows)]
    world = World(
        tmp_path, [f"id: m, title: Crimes, every: month{measure}"], [f"id: r, measures: m, when: {when}"], rows
    )
    first_day = world.on(date.fromisoformat(day))
    assert stands_until(first_day) == date.fromisoformat(until)


def test_a_week_of_a_year_ago_becomes_old_in_the_middle_of_a_week(tmp_path):
    world = World(
        tmp_path, ["id: m, title: Crimes, every: week"], ["id: r, measures: m, when: {target_missed: {}}"], ["m,force,2018-W49,12,"]
    )  # fmt: skip
    assert stands_until(world.on(date(2019, 12, 9))) == date(2019, 12, 10)


def test_a_week_that_is_over_may_change_what_is_judged(tmp_path):
    world = World(
        tmp_path, ["id: m, title: Crimes, every: week"], ["id: r, measures: m, when: {target_missed: {}}"], ["m,force,2019-W50,12,"]
    )  # fmt: skip
    assert stands_until(world.on(date(2020, 1, 8))) == date(2020, 1, 13)


def test_what_a_condition_finds_by_the_clock_may_change_each_day_unless_it_says_otherwise(tmp_path, monkeypatch):
    world = World(
        tmp_path, ["id: m, title: Crimes, every: month, expected: 5 days"], ["id: r, measures: m, when: {not_fresh: {}}"],
        [f"m,{row}" for row in FIGURES],
    )  # fmt: skip
    (condition,) = (rule.when for rule in world.rules.rules)
    assert stands_until(world.on(date(2020, 1, 10))) == date(2020, 2, 1)
    monkeypatch.delattr(type(condition), "days_at_rest")
    assert stands_until(world.on(date(2020, 1, 10))) == date(2020, 1, 11)


def a_random_world(folder, chance):
    measures, rules, rows = [], [], []
    for n in range(4):
        every = chance.choice(["week", "month", "month", "month", "quarter"])
        expected = chance.choice(["", ", expected: 5 days", ", expected: {working_day: 10}", ", expected: 50 days"])
        more = chance.choice(
            ["", "", ", settles_after: 12 days", ", roll_up: true", ", roll_up: true, settles_after: 70 days"]
        )
        measures.append(f"id: m{n}, title: Crimes {n}, every: {every}{expected}{more}")
        for place in range(3):
            when = chance.choice([one for one in WHENS if expected or "not_fresh" not in one])
            coarser = (
                ", every: quarter" if every == "month" and "not_fresh" not in when and chance.random() < 0.3 else ""
            )
            until = chance.choice(["", "", ", until: 2019-11-30", ", from: 2019-06-01"])
            rules.append(f"id: r{n}{place}, measures: m{n}, when: {when}{coarser}{until}")
        periods = {
            "week": [f"2019-W{week:02d}" for week in range(1, 53, 3)],
            "month": [f"{2018 + month // 12}-{month % 12 + 1:02d}" for month in range(6, 24)],
            "quarter": ["2018/19-Q2", "2018/19-Q3", "2018/19-Q4", "2019/20-Q1", "2019/20-Q2", "2019/20-Q3"],
        }[every]
        for area in ("n", "s"):
            for period in periods[: len(periods) - chance.choice([0, 0, 1, 6])]:
                published = date(2020, 1, chance.randint(5, 31)).isoformat() if chance.random() < 0.1 else ""
                rows.append(f"m{n},{area},{period},{chance.randint(5, 15)},{published}")
    return World(folder, measures, rules, rows)


@pytest.mark.parametrize("seed", first(1, range(150)))
def test_until_then_all_is_as_it_was(tmp_path, seed):
    chance = Random(seed)
    world = a_random_world(tmp_path, chance)
    day, rested = date(2020, 1, chance.randint(1, 20)), 0
    while day < date(2020, 2, few(6, 29)):
        now = world.on(day)
        said, until = world.said(now), stands_until(now)
        assert until > day
        later = [day + timedelta(days=n) for n in range(1, (until - day).days)]
        for one in later if few(False, True) else later[-1:]:  # whether each day is tried
            rested += 1
            assert world.said(world.on(one)) == said, (day, one)
        day = until
    assert rested
