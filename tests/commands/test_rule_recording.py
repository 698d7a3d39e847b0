"""`alerting test --record`: a test written from an episode that the figures have, which passes at once."""

# ruff: noqa: E501 - YAML stands as people write it

from pathlib import Path

import pytest
from samples.rule_folders import BASE, SOUND, written

from alerting.cli import main

SHIPPED = Path(__file__).parents[2] / "rules"
HEADER = "measure,area,period,value\n"


def rows(measure, area, values, year=2019):
    """Return rows of months from April of a year on; `_` for one that is not there."""
    cells = ((year + (n + 3) // 12, (n + 3) % 12 + 1, value) for n, value in enumerate(values.split()))
    return "".join(f"{measure},{area},{y}-{m:02},{value}\n" for y, m, value in cells if value != "_")


TARGET = "rules: [{id: slow, title: Slow, measures: calls, when: {target_missed: {}}, for: 2}]\n"
TWO_EPISODES = HEADER + rows("calls", "north", "94 88 87 93 92 91 _ 88 89 88 94 95")


@pytest.fixture
def folder(tmp_path):
    """Make a folder with figures of calls; its base can be changed."""

    def made(rules=TARGET, figures=TWO_EPISODES, base=BASE):
        return written(tmp_path, {**SOUND, "base.yaml": base, "rules.yaml": rules, "figures/calls.csv": figures})

    return made


def recorded(folder, capsys, *options, rule="slow"):
    """Record a test, run it, and return what was printed."""
    assert 0 == main(["test", str(folder), "--record", rule, "--as-of", "2021-06-01", *options]), (
        capsys.readouterr().err
    )
    printed = capsys.readouterr().out
    written(folder, {"tests/recorded.yaml": printed})
    assert 0 == main(["test", str(folder)]), capsys.readouterr().out
    assert "1 passed, 0 failed" in capsys.readouterr().out
    return printed


def test_the_newest_episode_is_written_from_before_it_began_to_what_ended_it(folder, capsys):
    assert recorded(folder(), capsys) == (
        """\
tests:
  - name: "slow: North, 2019-10 to 2020-02"
    rules: [slow]
    figures:
      - {measure: calls, area: north, from: 2019-10, values: _ 88 89 88 94}
    expect:
      - {period: 2019-12, event: opened, to: [north-commander]}
      - {period: 2020-02, event: resolved, to: [north-commander]}
    findings:
      - {period: 2019-10, rule: slow, state: no_data}
      - {period: 2019-11, rule: slow, state: exception, severity: warning, value: 88}
      - {period: 2019-12, rule: slow, state: exception, severity: warning, value: 89, target: 90, side: below}
      - {period: 2020-01, rule: slow, state: exception, severity: warning, value: 88}
      - {period: 2020-02, rule: slow, state: normal, value: 94, target: 90, side: above}
"""
    )


def test_an_area_and_periods_are_taken_as_they_are_asked_for(folder, capsys):
    printed = recorded(folder(), capsys, "--area", "north", "--from", "2019-04", "--until", "2019-07")

    assert "from: 2019-04, values: 94 88 87 93}" in printed
    assert "- {period: 2019-06, event: opened" in printed


def test_as_many_figures_stand_before_it_as_its_limits_need(folder, capsys):
    year = "50 54 49 51 53 50 52 48 51 50 53 51"
    limits = "rules: [{id: slow, title: Odd, measures: calls, when: {above_upper_limit: {limits: %s}}}]\n"
    figures = HEADER + rows("calls", "north", f"{year} {year} 52 61 50")

    whole_year = recorded(folder(limits % "{previous_financial_year: {}}", figures), capsys)
    fixed = recorded(folder(limits % "{fixed: {upper: 60}}", figures), capsys)

    assert "from: 2020-04, values: 50 54 49 51 53 50 52 48 51 50 53 51 52 61}" in whole_year
    assert "upper: 54.516196" in whole_year
    assert "from: 2021-04, values: 52 61}" in fixed


def test_numerators_stand_where_the_source_has_them_and_siblings_where_areas_are_compared(folder, capsys):
    areas = "".join(f"calls,{area},2020-{month:02},,{n},100\n" for month in (4, 5) for area, n in (("north", 90), ("south", 60 + 20 * (month - 4)), ("west", 91), ("east", 92)))  # fmt: skip
    base = BASE.replace(
        "parent: force}\n",
        "parent: force}\n  - {id: west, title: West, parent: force}\n  - {id: east, title: East, parent: force}\n",
        1,
    )
    rules = "rules: [{id: slow, title: Unlike, measures: calls, areas: [south], when: {outlier_among_areas: {}}, notify: [chief]}]\n"

    printed = recorded(folder(rules, "measure,area,period,value,numerator,denominator\n" + areas, base), capsys)

    assert "{measure: calls, area: south, from: 2020-04, numerator: 60 80, denominator: 100 100}" in printed
    assert printed.count("denominator: 100 100}") == 4
    assert "2020-04, event: opened" not in printed.split("expect:")[0]


def test_a_test_is_put_behind_those_of_a_file_and_none_is_written_over(folder, capsys):
    folder = folder()
    record = ["test", str(folder), "--record", "slow", "--as-of", "2021-06-01"]

    assert 0 == main([*record, "--into", "tests/slow.yaml"])
    path = folder / "tests" / "slow.yaml"
    path.write_text("# ours\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    before = path.read_text(encoding="utf-8")
    assert 2 == main([*record, "--into", "tests/slow.yaml"])
    assert 'has a test "slow: North, 2019-10 to 2020-02"' in capsys.readouterr().err
    assert before == path.read_text(encoding="utf-8")

    assert 0 == main([*record, "--from", "2019-04", "--until", "2019-07", "--into", "tests/slow.yaml"])
    assert path.read_text(encoding="utf-8").startswith(before)
    assert 0 == main(["test", str(folder)])
    assert "2 passed, 0 failed" in capsys.readouterr().out
    assert ["slow.yaml"] == [one.name for one in path.parent.iterdir()]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param(["--record", "slw"], 'no rule "slw"; did you mean "slow"?', id="no-such-rule"),
        pytest.param(["--record", "slow", "--area", "nort"], 'no area "nort"; did you mean "north"?', id="no-such-area"),
        pytest.param(["--record", "slow", "--area", "south"], "slow south has no episode in the figures", id="no-such-series"),
        pytest.param(["--record", "slow", "--from", "soon"], "soon", id="no-period"),
        pytest.param(["--record", "slow", "--into", "../away.yaml"], "is no file of tests; write --into tests/NAME.yaml", id="outside"),
        pytest.param(["--record", "slow", "--into", "rules.yaml"], "is no file of tests", id="among-the-rules"),
        pytest.param(["--record", "slow", "--into", "tests/flow.yaml"], "take another file", id="tests-in-brackets"),
    ],
)  # fmt: skip
def test_what_cannot_be_recorded_says_why_and_writes_nothing(folder, capsys, options, said):
    folder = written(
        folder(),
        {
            "tests/flow.yaml": "tests: [{name: x, figures: [{measure: calls, area: north, from: 2020-04, values: 94}], expect: []}]\n"
        },
    )
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    assert 2 == main(["test", str(folder), *options, "--as-of", "2021-06-01"])
    assert said in capsys.readouterr().err
    assert before == {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_published_episode_of_999_calls(capsys):
    main(
        [
            "test",
            str(SHIPPED),
            "--record",
            "calls-999-target",
            "--area",
            "west-mercia",
            "--from",
            "2020-04",
            "--until",
            "2020-10",
            "--as-of",
            "2020-10-15",
        ]
    )
    printed = capsys.readouterr().out

    assert "{measure: calls-999-answered-10s, area: west-mercia, from: 2020-04, values: _*4 81 83 _}" in printed
    assert "- {period: 2020-08, event: opened, to: [head-of-contact, deputy-chief-constable]}" in printed
