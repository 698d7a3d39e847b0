"""Figures that fail a check are held: shown, judged nowhere, named, and only those."""

from datetime import date

import pytest
from samples.worlds import CALLS, a_folder, an_engine

from alerting.app.situation.situation import situation_of
from alerting.domain.finding import State
from alerting.evaluation.findings import findings
from alerting.rulefile import load_rules

HEAD = "measure,area,period,value\n"


@pytest.fixture
def checked(tmp_path):
    """Judge monthly figures from January 2020 on under checks; returns what is said of each period, and the problems."""

    def run(checks, *, unit="count", more="", start=2020, **figures):
        rules = (
            CALLS.replace("unit: percent", f"unit: {unit}").replace("target: 90", f"target: 90\n    checks: {checks}")
            + more
        )
        rows = [
            f"answered,{area},{start + n // 12}-{n % 12 + 1:02d},{value}"
            for area, values in figures.items()
            for n, value in enumerate(values.split())
            if value != "_"
        ]
        folder = a_folder(tmp_path / "rules", {"rules.yaml": rules, "figures/calls.csv": HEAD + "\n".join(rows) + "\n"})
        engine = an_engine(folder, tmp_path / "state", date(2021, 2, 1))
        situation = situation_of(engine.rules, engine.enquiries.read(), date(2021, 2, 1))
        held = {}
        for one in findings(situation.evaluation):
            if one.finding.reason is not None and one.finding.reason.value == "held":
                held[one.finding.area, one.finding.period.label] = one.finding.notes[0]
        return held, [problem for problem in situation.problems if problem.code == "failed-check"]

    return run


@pytest.mark.parametrize(
    ("checks", "values", "held"),
    [
        pytest.param("{value: 0 to 100}", "50 101 100 0", {"February": "101 is outside 0 to 100"}, id="a-range-and-its-ends"),
        pytest.param("{value: at least 10}", "10 9.99 11", {"February": "9.99 is below 10"}, id="at-least"),
        pytest.param("{value: at most 10}", "10 10.01 9", {"February": "10.01 is above 10"}, id="at-most"),
        pytest.param("{change: at most 50 %}", "100 150 151", {}, id="just-that-change"),
        pytest.param(
            "{change: at most 50 %}", "100 151 100", {"February": "151 after 100 is a change of more than 50 %"}, id="more"
        ),
        pytest.param(
            "{change: at most 5}", "80 85 79", {"March": "79 after 85 is a change of more than 5"}, id="in-its-own-unit"
        ),
        pytest.param(
            "{change: at most 50 %}", "100 1000 101", {"February": "1,000 after 100 is a change of more than 50 %"},
            id="what-follows-is-held-against-the-last-that-was-believed",
        ),
        pytest.param("{change: at most 50 %}", "100 _ 101", {}, id="over-a-gap"),
        pytest.param(
            "{change: at most 50 %}", "100 _ 300", {"March": "300 after 100 is a change of more than 50 %"}, id="a-gap-hides-none"
        ),
        pytest.param("{change: at most 50 %}", "0 40 50", {}, id="nothing-is-a-percentage-of-zero"),
        pytest.param("{change: at most 0}", "5 5 5", {}, id="no-change-at-all"),
        pytest.param(
            "{value: 0 to 100, change: at most 10}", "50 500 55", {"February": "500 is outside 0 to 100"},
            id="what-one-check-holds-the-next-does-not-look-at",
        ),
        pytest.param("{}", "1 1000", {}, id="no-check"),
    ],
)  # fmt: skip
def test_a_figure_that_fails_is_held_with_the_check_named(checked, checks, values, held):
    found, problems = checked(checks, force=values)

    months = {period.split()[0]: words for (_, period), words in found.items()}
    assert months == {month: f"held by a check: {words}" for month, words in held.items()}
    assert len(problems) == len(held)


def test_a_problem_names_file_row_figures_and_what_to_do(checked):
    _, (problem,) = checked("{value: 0 to 100}", force="50 60 870")

    assert problem.place.file.endswith("calls.csv")
    assert problem.place.line == 4
    assert problem.message == "answered 2020-03: held by a check: force: 870 is outside 0 to 100"
    assert "`alerting figures accept answered force 2020-03` lets it through" in problem.fix
    assert not problem.is_error


def test_areas_of_one_period_are_one_problem(checked):
    held, (problem,) = checked("{value: 0 to 100}", force="50 500", north="50 600", south="50 60")

    assert set(held) == {("force", "February 2020"), ("north", "February 2020")}
    assert "force: 500 is outside 0 to 100; north: 600 is outside 0 to 100" in problem.message


@pytest.mark.parametrize(
    ("force", "north", "south", "held"),
    [
        pytest.param("30", "10", "20", 0, id="they-do"),
        pytest.param("31", "10", "20", 3, id="they-do-not"),
        pytest.param("31", "10", "_", 0, id="one-has-not-come"),
        pytest.param("_", "10", "20", 0, id="the-whole-has-not-come"),
    ],
)
def test_areas_add_up_or_all_of_them_are_held(checked, force, north, south, held):
    found, problems = checked("{areas_add_up: true}", force=force, north=north, south=south)

    assert len(found) == held
    assert [one.message for one in problems] == (
        ["answered 2020-01: held by a check: force has 31, the areas in it add up to 30"] if held else []
    )


def test_rounded_amounts_add_up_as_far_as_they_are_printed(checked):
    found, _ = checked("{areas_add_up: true}", unit="currency", force="3.1", north="1.06", south="2.05")

    assert not found


def test_across_a_break_nothing_is_compared(checked):
    broken = "breaks: [{id: b, match: {measures: [answered]}, on: 2020-02-01, reason: Counted anew}]\n"

    assert checked("{change: at most 10}", force="50 90", more=broken)[0] == {}
    assert len(checked("{change: at most 10}", force="50 90")[0]) == 1


def test_a_hold_by_hand_comes_first_and_is_no_failing_check(checked):
    hold = (
        "holds: [{id: h, match: {measures: [answered]}, from: 2020-02-01, until: 2020-02-29, reason: Being tested}]\n"
    )
    held, problems = checked("{value: 0 to 100}", force="50 870", more=hold)

    assert held == {("force", "February 2020"): "Being tested"}
    assert problems == []


YEAR = "47 52 44 58 50 49 53 46 55 51 "


@pytest.mark.parametrize("slips", ["all", "tenfold", "[swapped, tenfold]"])
def test_a_figure_that_looks_like_a_slip_is_held_where_the_measure_says_so(checked, slips):
    held, (problem,) = checked(f"{{slips: {slips}}}", force=YEAR + "520 50")

    assert held == {("force", "November 2020"): "held by a check: 520 looks like 52, as 46 to 55 is usual"}
    assert problem.message == "answered 2020-11: held by a check: force: 520 looks like 52, as 46 to 55 is usual"


@pytest.mark.parametrize("slips", ["none", "repeated", "[swapped, repeated]"])
def test_a_slip_that_is_not_looked_for_is_neither_held_nor_named(checked, slips):
    assert checked(f"{{slips: {slips}}}", force=YEAR + "520 50") == ({}, [])


def test_what_areas_have_of_each_other_is_held_for_both(checked):
    held, (problem,) = checked(
        "{slips: swapped}", north=YEAR + "52 1040", south="900 1040 880 960 950 1010 980 1000 990 1020 1010 51"
    )

    assert set(held) == {("north", "December 2020"), ("south", "December 2020")}
    assert "north: 1,040 looks like the figure of south; south: 51 looks like the figure of north" in problem.message


def test_a_month_repeated_is_said_once_for_all_areas(checked):
    years = {
        name: " ".join(str(base + n * 5 % 17) for n in range(23))
        for name, base in (("force", 9), ("north", 3), ("south", 6))
    }
    again = {name: f"{text} {text.split()[-1]}" for name, text in years.items()}
    held, (problem,) = checked("{slips: repeated}", start=2019, **again)

    assert set(held) == {(name, "December 2020") for name in years}
    assert problem.message == "answered 2020-12: held by a check: every figure is that of November 2020"


@pytest.mark.parametrize("slips", ["[]", "often", "[tenfold, often]", "5", "{tenfold: true}"])
def test_slips_that_nobody_knows_are_refused_with_those_that_are(tmp_path, slips):
    rules = CALLS.replace("target: 90", f"target: 90\n    checks: {{slips: {slips}}}")
    problems = load_rules(a_folder(tmp_path / "rules", {"rules.yaml": rules}), shown_as="rules").problems

    said = [problem.fix for problem in problems if problem.code == "bad-value"]
    assert said == ["write `all`, `none`, or some of `[tenfold, repeated, swapped]`"]


@pytest.fixture
def doubts(tmp_path):
    """Judge figures of a measure without checks; returns the doubts that are said, and the states of its figures."""

    def run(*, checks="", more="", **figures):
        rules = CALLS.replace("unit: percent", f"unit: count{checks}") + more
        rows = [
            f"answered,{area},2020-{n + 1:02d},{value}"
            for area, values in figures.items()
            for n, value in enumerate(values.split())
        ]
        folder = a_folder(tmp_path / "rules", {"rules.yaml": rules, "figures/calls.csv": HEAD + "\n".join(rows) + "\n"})
        engine = an_engine(folder, tmp_path / "state", date(2021, 2, 1))
        situation = situation_of(engine.rules, engine.enquiries.read(), date(2021, 2, 1))
        states = {one.finding.period.label: one.finding.state for one in findings(situation.evaluation)}
        return [problem for problem in situation.problems if problem.code == "doubtful"], states

    return run


def test_without_checks_a_slip_is_named_and_judged_all_the_same(doubts):
    (problem,), states = doubts(force=YEAR + "520 50")

    assert problem.message == "answered 2020-11: may be a slip: force: 520 looks like 52, as 46 to 55 is usual"
    assert "`alerting figures accept answered force 2020-11` says so" in problem.fix
    assert "`checks: {slips: all}`" in problem.fix
    assert not problem.is_error
    assert states["November 2020"] is State.NORMAL


@pytest.mark.parametrize("checks", ["\n    checks: {value: 0 to 900}", "\n    checks: {areas_add_up: true}"])
def test_other_checks_leave_slips_named(doubts, checks):
    assert len(doubts(checks=checks, force=YEAR + "520 50")[0]) == 1


@pytest.mark.parametrize("checks", ["\n    checks: {slips: none}", "\n    checks: {slips: repeated}"])
def test_a_measure_that_says_what_is_looked_for_has_no_other_slip_named(doubts, checks):
    assert doubts(checks=checks, force=YEAR + "520 50")[0] == []


def test_a_figure_that_is_held_is_not_doubted_too(doubts):
    assert doubts(checks="\n    checks: {value: 0 to 100}", force=YEAR + "520 50")[0] == []


@pytest.mark.parametrize(
    ("fewest", "held"),
    [
        pytest.param(2, set(), id="enough"),
        pytest.param(3, {("force", "February 2020"), ("north", "February 2020")}, id="one-has-not-come"),
    ],
)
def test_a_period_of_which_too_little_has_come_is_held(checked, fewest, held):
    found, problems = checked(f"{{rows: at least {fewest}}}", force="50 51", north="50 51", south="50 _")

    assert set(found) == held
    assert set(found.values()) <= {f"held by a check: 2 figures, fewer than {fewest}"}
    assert [one.message for one in problems] == (
        ["answered 2020-02: held by a check: 2 figures, fewer than 3"] if held else []
    )


class TestPartsOfAValue:
    @pytest.fixture
    def held(self, tmp_path):
        """Return what is said of January's figure by its own row: value, numerator, denominator."""

        def run(row, checks="{agrees_with_parts: true}"):
            rules = CALLS.replace("target: 90", f"target: 90\n    checks: {checks}")
            head = "measure,area,period,value,numerator,denominator\n"
            folder = a_folder(
                tmp_path / "rules", {"rules.yaml": rules, "figures/calls.csv": f"{head}answered,force,2020-01,{row}\n"}
            )
            engine = an_engine(folder, tmp_path / "state", date(2020, 2, 1))
            situation = situation_of(engine.rules, engine.enquiries.read(), date(2020, 2, 1))
            codes = [problem.code for problem in situation.problems]
            return [
                one.finding.notes for one in findings(situation.evaluation) if one.finding.reason is not None
            ], codes

        return run

    @pytest.mark.parametrize("row", ["45.5,91,200", "46,91,200", "45.5,,", ",91,200", "45.5,91,0"])
    def test_one_that_agrees_or_cannot_be_compared_is_judged(self, held, row):
        assert [] == [notes for notes in held(row)[0] if notes]

    def test_one_that_contradicts_its_parts_is_held(self, held):
        found, codes = held("54.5,91,200")

        assert [("held by a check: 54.5 is printed, its numerator and denominator make 45.5",)] == found
        assert 1 == codes.count("failed-check")
        assert ([], ["contradicts-its-parts"]) == (held("54.5,91,200", "{}")[0], held("54.5,91,200", "{}")[1])
