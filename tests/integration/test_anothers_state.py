"""A folder that is run on the state of another one: all folders share a default state directory."""

from datetime import date

import pytest
from samples.lives import Life

from alerting.cli import main
from alerting.errors import UsageError

SAID = r"made by the rules in .*/one/rules, of which this folder has none.*ALERTING_STATE_DIR.*`alerting accept`"


def a_life(folder, rule="r"):
    life = Life(folder, more='digests: [{id: monday, every: "monday 07:30", to: [each_owner]}]')
    life.rules = life.rules.replace("{id: r,", f"{{id: {rule},")
    life.figures = {("force", "2020-04"): "5", ("force", "2020-05"): "12"}
    return life


@pytest.fixture
def one(tmp_path):
    """A folder with an exception that was told."""
    life = a_life(tmp_path / "one")
    life.tick("2020-06-03")
    return life


@pytest.fixture
def another(tmp_path, one):
    """A folder of other rules that was given no state of its own."""
    life = a_life(tmp_path / "another", "q")
    life.state = one.state
    life.write()
    return life


def test_nothing_is_withdrawn_and_the_way_out_is_said(one, another):
    with pytest.raises(UsageError, match=SAID):
        another.tick("2020-06-04")
    assert ["r/m/force/2020-05"] == [alert.id for alert in one.alerts()]
    assert [] == one.tick("2020-06-04")


def test_trying_out_says_the_same(another, monkeypatch, capsys):
    monkeypatch.setenv("ALERTING_STATE_DIR", str(another.state))
    assert 2 == main(["run", str(another.folder), "--dry-run", "--as-of", "2020-06-04"])
    out, err = capsys.readouterr()
    assert "" == out
    assert "of which this folder has none" in err


def test_no_digest_is_made_of_it(another):
    with pytest.raises(UsageError, match=SAID):
        another.digest("2020-06-08")


def test_rules_that_take_the_place_of_others_are_accepted(one, another, monkeypatch, capsys):
    monkeypatch.setenv("ALERTING_STATE_DIR", str(another.state))
    assert 0 == main(["accept", str(another.folder)])
    assert f"in place of those in {one.engine(date(2020, 6, 4)).installation.place}" in capsys.readouterr().out
    assert [("head", "opened", "force"), ("head", "withdrawn", "force")] == another.tick("2020-06-04")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param(("{id: q,", "{id: r,"), [], id="the-same-rules-in-another-folder"),
        pytest.param(("{id: q,", "{id: q, was: r,"), [], id="rules-with-other-names"),
        pytest.param(
            ("rules: [", "rules: [{id: r, title: Old, measures: m, when: {outside_range: {from: 0, to: 10}}}, "),
            [("head", "opened", "force")], id="one-rule-that-both-have",
        ),
    ],
)  # fmt: skip
def test_rules_that_go_on_are_no_other_folders(another, change, told):
    another.rules = another.rules.replace(*change)

    assert told == another.tick("2020-06-04")


def test_a_folder_may_change_all_its_rules(one):
    one.rules = one.rules.replace("{id: r,", "{id: q,")

    assert [("head", "opened", "force"), ("head", "withdrawn", "force")] == one.tick("2020-06-04")


def test_both_go_on_with_states_of_their_own(tmp_path, one):
    other = a_life(tmp_path / "other", "q")

    assert [("head", "opened", "force")] == other.tick("2020-06-04")
    assert [] == one.tick("2020-06-04")
