"""The monthly page on rules: sent once, on the first working day, to authors of rules in shadow and to the maintainer."""

import re
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from samples.services import JUNE, SOUTH, THURSDAY, World
from samples.worlds import CALLS

from alerting.app.alerts.actions import acknowledge
from alerting.cli import main
from alerting.demo.sink import parts_of

SHADOW = CALLS.replace(
    "    severity: critical\n",
    """\
    severity: critical
  - id: tried
    title: Far below the standard
    measures: answered
    when: {target_missed: {at_least: 86}}
    status: shadow
    author: author
""",
).replace("digests: ", "roles: {maintainer: keeper, operator: keeper}\n# ").replace(
    "owners:\n",
    """\
owners:
  - {id: author, name: Performance Analyst, email: author@example.org}
  - {id: keeper, name: Keeper of Rules, email: keeper@example.org}
""",
)  # fmt: skip
#: Saturday, and the Monday after it: London is an hour ahead.
FIRST_OF_AUGUST, MONDAY = datetime(2020, 8, 1, 9, tzinfo=UTC), datetime(2020, 8, 3, 6, 0, 2, tzinfo=UTC)


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path, rules=SHADOW, figures=JUNE + SOUTH)
    with made.sink:
        made.start(THURSDAY)
        made.ring(THURSDAY + timedelta(seconds=5))
        yield made
        made.close()


def pages(world):
    """Return the text of each page that was sent, by its reader's address."""
    sent = [parts_of(path) for path in world.sink.kept]
    return {to: " ".join(text.split()) for to, subject, text, _ in sent if subject == "Rules in July 2020"}


def test_it_goes_out_after_the_first_evaluation_on_the_first_working_day(world):
    assert "review.made" not in world.ring(FIRST_OF_AUGUST)
    assert "review.made" not in world.ring(MONDAY - timedelta(minutes=1))

    assert "review.made" in world.ring(MONDAY)
    assert 2 == len(pages(world))


def test_the_author_reads_what_it_would_have_told_and_whom(world):
    world.ring(MONDAY)

    author = pages(world)["author@example.org"]
    assert (
        "Far below the standard It would have told of 2 exceptions in July 2020: Commander, North of 1 and Commander, South of 1;"
        " 2 of them stand."
    ) in author
    assert "`alerting promote tried` shows the line that makes it active. rules.yaml:32" in author
    assert "TO BE LOOKED AT" not in author


def test_the_maintainer_reads_which_rules_are_to_be_looked_at_too(world):
    world.ring(MONDAY)

    keeper = pages(world)["keeper@example.org"]
    assert "Far below the standard It would have told" in keeper
    assert (
        "This is what became of these rules from 2 July 2020 to July 2020. 999 calls answered too slowly It told of 3 exceptions,"
        " and nobody took one on or said anything."
    ) in keeper


def test_neither_a_restart_nor_the_command_sends_it_twice(world, monkeypatch, capsys):
    world.ring(MONDAY)
    world.start(MONDAY + timedelta(hours=1))
    world.ring(MONDAY + timedelta(hours=1))
    world.close()
    world.store = None
    monkeypatch.setenv("ALERTING_STATE_DIR", str(world.settings.state_dir))

    assert 0 == main(["digest", str(world.folder), "--review", "--as-of", "2020-08-04"])
    assert "Messages: 0 accepted, 0 rejected, 0 waiting.\n" == capsys.readouterr().out
    assert 2 == len(pages(world))


def test_pages_are_written_for_a_month_that_is_named(world, tmp_path, monkeypatch):
    world.close()
    world.store = None
    monkeypatch.setenv("ALERTING_STATE_DIR", str(world.settings.state_dir))

    assert 0 == main(["digest", str(world.folder), "--review", "--period", "2020-07", "--out", str(tmp_path / "out")])
    assert {"rules-author.html", "rules-author.txt", "rules-keeper.html", "rules-keeper.txt"} == {
        path.name for path in (tmp_path / "out").iterdir()
    }


def test_before_anything_was_judged_there_is_nothing_to_say(world, tmp_path, monkeypatch):
    world.close()
    world.store = None
    monkeypatch.setenv("ALERTING_STATE_DIR", str(world.settings.state_dir))

    assert 0 == main(["digest", str(world.folder), "--review", "--period", "2020-06", "--out", str(tmp_path / "out")])
    assert not (tmp_path / "out").exists()


def test_what_was_called_a_false_alarm_is_counted_beside_what_chance_would_open(tmp_path):
    """At least two deviations of the twelve before; of the exceptions of July one is called a false alarm."""
    scatter = Random("false alarms")
    months = [f"{2017 + n // 12}-{n % 12 + 1:02}" for n in range(42)]
    rows = "".join(
        f"answered,{area},{m},{70 if m == '2020-06' else scatter.gauss(80, 2):.2f},\n"
        for area in ("north", "south")
        for m in months
    )
    rules = SHADOW.replace("{target_missed: {at_least: 86}}", "{outside_limits: {limits: {rolling: {}}}}")
    rules = rules.replace("    status: shadow\n    author: author\n", "")
    world = World(tmp_path, rules=rules, figures=rows)
    with world.sink:
        world.start(THURSDAY)
        world.ring(THURSDAY + timedelta(seconds=5))
        with world.store.begin() as state:
            (alert,) = (one for one in state.alerts.open() if (one.key.rule, one.key.area) == ("tried", "north"))
        at = THURSDAY + timedelta(hours=1)
        acknowledge(world.service.engine.rules, world.store, alert.id, "author", at, at.date(), None, false_alarm=True)
        world.ring(MONDAY)
        world.close()

    keeper = pages(world)["keeper@example.org"]
    assert "CALLED FALSE ALARMS This is what people answered from 2 July 2020 to July 2020, beside" in keeper
    found = re.search(
        r"Of (\d) exceptions, 1 was a false alarm by what people answered: some 1\.0 a month. Chance alone would open some (0\.\d)",
        keeper,
    )
    assert found is not None, keeper
    assert keeper.count("false alarm by what people answered") == 1


def test_an_author_reads_how_many_exceptions_chance_alone_would_open(tmp_path):
    """At least two deviations of the twelve before open 7.5 % of months in each series by chance: 0.15 in two series."""
    scatter = Random("chance of a rule in shadow")
    months = [f"{2017 + n // 12}-{n % 12 + 1:02}" for n in range(41)]
    rows = "".join(f"answered,{area},{m},{scatter.gauss(80, 2):.2f},\n" for area in ("north", "south") for m in months)
    rules = SHADOW.replace("{target_missed: {at_least: 86}}", "{outside_limits: {limits: {rolling: {}}}}")
    world = World(tmp_path, rules=rules, figures=rows)
    with world.sink:
        world.start(THURSDAY)
        world.ring(THURSDAY + timedelta(seconds=5))
        world.ring(MONDAY)
        world.close()

    author = pages(world)["author@example.org"]
    found = re.search(r"Chance alone would open some (0\.[12]) a month, give or take (0\.\d)\.", author)
    assert found is not None, author
