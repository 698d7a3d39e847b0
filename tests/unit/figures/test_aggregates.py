"""Figures of several periods and areas: made as the measure says, or not made, with the reason."""

from datetime import date
from random import Random

import pytest
from samples.worlds import a_folder, an_engine

from alerting.cli import main
from alerting.domain.problem import ProblemSeverity
from alerting.rulefile import load_rules

AREAS = """
topics: [{id: t, title: Topic, owner: boss}]
sources: {s: {csv: figures/f.csv, owner: boss}}
areas:
  - {id: force, title: West Mercia, kind: policing, owner: boss}
  - {id: north, title: North, parent: force}
  - {id: south, title: South, parent: force}
owners: [{id: boss, name: Boss, email: boss@example.org}]
"""
HEADER = "measure,area,period,value,numerator,denominator,plan,target\n"
KEYS = "topic: t, better: lower, every: month, source: s"
QUARTER_IS_OVER = date(2020, 7, 2)


def a_world(tmp_path, measures, rules, rows, more=""):
    listed = "\n".join(f"  - {{title: {measure.split(',')[0]}, id: {measure}, {KEYS}}}" for measure in measures)
    judged = "\n".join(f"  - {{title: Rule, {rule}}}" for rule in rules)
    text = f"{AREAS}measures:\n{listed}\nrules:\n{judged}\n{more}"
    figures = HEADER + "".join(f"{row}\n" for row in rows)
    return a_folder(tmp_path / "rules", {"r.yaml": text, "figures/f.csv": figures})


def evaluated(tmp_path, measures, rules, rows, as_of=QUARTER_IS_OVER, every=False, more=""):
    folder = a_world(tmp_path, measures, rules, rows, more)
    return an_engine(folder, tmp_path / "state", as_of).enquiries.evaluate(as_of, every_period=every, text="all")


def brief(result, rule="q", area="force"):
    return [
        (str(one.finding.period), one.finding.state.word, one.finding.value, one.finding.reason and one.finding.reason.value)
        for one in result.found
        if (one.finding.rule, one.finding.area) == (rule, area)
    ]  # fmt: skip


def months(measure, *values, area="force", first=4):
    """Rows from April 2020 on; `30/40` is numerator and denominator."""
    for n, value in enumerate(values):
        cells = f",{value.replace('/', ',')}" if "/" in str(value) else value
        yield f"{measure},{area},2020-{first + n:02d},{cells}"


QUARTER = "id: q, measures: m, every: quarter, when: {target_missed: {at_most: 1000000}}"
MONTH = "id: r, measures: m, when: {target_missed: {at_most: 1000000}}"


@pytest.mark.parametrize(
    ("keys", "rows", "value"),
    [
        pytest.param("unit: count", [10, 20, 60], 90.0, id="a-count-is-a-sum"),
        pytest.param("unit: currency", [0.5, 0.25, 0.25], 1.0, id="money-is-a-sum"),
        pytest.param("unit: count, aggregate: last", [10, 20, 60], 60.0, id="a-snapshot-is-the-last"),
        pytest.param("unit: count, aggregate: last", ["", 20, 60], 60.0, id="the-last-needs-no-others"),
        pytest.param("unit: count, aggregate: mean", [10, 20, 60], 30.0, id="a-count-by-its-mean"),
        pytest.param("unit: number, aggregate: sum", [10, 20, 60], 90.0, id="a-number-that-is-an-amount"),
        pytest.param("unit: percent", ["1/10", "1/10", "28/80"], 30.0, id="a-percent-is-a-ratio-of-sums"),
        pytest.param(
            "unit: percent, aggregate: mean", ["1/10", "1/10", "28/80"], 55 / 3, id="unless-it-says-otherwise"
        ),
        pytest.param("unit: seconds", ["100/10", "100/10", "1600/80"], 18.0, id="a-duration-by-its-cases"),
        pytest.param("unit: percent", ["1/10", "0/0", "2/20"], 10.0, id="nothing-of-nothing-adds-nothing"),
    ],
)
def test_a_quarter_is_made_by_the_measures_aggregate(tmp_path, keys, rows, value):
    found = brief(evaluated(tmp_path, [f"m, {keys}"], [QUARTER], months("m", *rows)))
    assert found == [("2020/21-Q1", "normal", pytest.approx(value), None)]


@pytest.mark.parametrize(
    ("keys", "rows", "reason"),
    [
        pytest.param("unit: count", [10, "", 60], "partial", id="a-month-is-missing"),
        pytest.param("unit: count, aggregate: mean", [10, 20], "partial", id="the-newest-has-not-come"),
        pytest.param("unit: count, aggregate: last", [10, 20, ""], "partial", id="the-last-has-not-come"),
        pytest.param("unit: percent", ["1/10", 10, "28/80"], "partial", id="a-month-without-its-denominator"),
        pytest.param("unit: count", [10, "x", 60], "refused", id="a-month-is-refused"),
        pytest.param("unit: percent", [10, 20, 60], "missing", id="percents-alone"),
        pytest.param("unit: number", [10, 20, 60], "missing", id="numbers-that-say-nothing"),
        pytest.param("unit: count, covers: year_to_date", [10, 20, 60], "missing", id="a-printed-year-to-date"),
        pytest.param("unit: percent", ["0/0", "0/0", "0/0"], "small_numbers", id="nothing-of-nothing"),
    ],
)
def test_a_quarter_that_cannot_be_made_says_why_and_hides_nothing(tmp_path, keys, rows, reason):
    """The quarter before stood on as the newest."""
    before = ["m,force,2019/20-Q4,5"]
    found = brief(evaluated(tmp_path, [f"m, {keys}"], [QUARTER], [*before, *months("m", *rows)], every=True))
    assert found[0] == ("2019/20-Q4", "normal", 5.0, None)
    state = "not_enough_history" if reason == "small_numbers" else "no_data"
    assert found[-1] == ("2020/21-Q1", state, None, reason)


def test_a_quarter_with_a_held_month_is_held_and_says_so(tmp_path):
    hold = "holds: [{id: h, match: {measures: [m]}, from: 2020-05-01, until: 2020-05-31, reason: Being tested}]"
    result = evaluated(tmp_path, ["m, unit: count"], [QUARTER], months("m", 1, 2, 3), more=hold)
    assert brief(result) == [("2020/21-Q1", "no_data", None, "held")]
    assert result.found[0].finding.text.endswith("in Q1 2020/21: a figure that it is made of is held back.")


@pytest.mark.parametrize(
    ("keys", "as_of", "newest"),
    [
        pytest.param("", date(2020, 7, 1), "2020/21-Q1", id="over"),
        pytest.param(", expected: 20 days", date(2020, 7, 20), "2019/20-Q4", id="not-yet-due"),
        pytest.param(", expected: 20 days", date(2020, 7, 21), "2020/21-Q1", id="due"),
    ],
)
def test_a_quarter_is_missed_when_it_is_over_and_due(tmp_path, keys, as_of, newest):
    rows = ["m,force,2019/20-Q4,5", *months("m", 10, 20)]
    found = brief(evaluated(tmp_path, [f"m, unit: count{keys}"], [QUARTER], rows, as_of=as_of))
    assert found[0][0] == newest


def test_people_are_not_added_up_over_months(tmp_path):
    """290 offences in a quarter among 100,000 people were told as 0.967 per 1,000."""
    rate = "rate, unit: rate, per: 1000, of: {numerator: m, denominator: people}"
    rules = [
        QUARTER.replace("measures: m", "measures: rate"),
        "id: y, measures: rate, every: year, when: {target_missed: {at_most: 9}}",
    ]
    rows = [*months("m", 90, 100, 100), *months("people", *[100_000] * 3)]
    for people in ("aggregate: last", "aggregate: mean"):
        measures = [
            rate,
            "m, unit: count",
            f"people, unit: count, {people}",
        ]  # the parts are declared after what they make
        assert brief(evaluated(tmp_path, measures, rules, rows)) == [("2020/21-Q1", "normal", pytest.approx(2.9), None)]


def test_a_rolling_rate_and_its_change_do_not_add_up_people_either(tmp_path):
    measures = [
        "m, unit: count", "people, unit: count, aggregate: last",
        "rate, unit: rate, per: 1000, rolling: 3 months, of: {numerator: m, denominator: people}",
        "plain, unit: rate, per: 1000, of: {numerator: m, denominator: people}",
    ]  # fmt: skip
    rules = [
        "id: q, measures: rate, when: {target_missed: {at_most: 900}}",
        "id: c, measures: plain, when: {change: {versus: year_to_date, rises_by: 10 %}}",
    ]
    figures = [f"{name},force,{year}-{month},{value}" for name, now, then in (("m", 60, 50), ("people", 1000, 1000))
               for year, value in ((2019, then), (2020, now)) for month in ("04", "05", "06")]  # fmt: skip
    result = evaluated(tmp_path, measures, rules, figures)
    assert brief(result) == [("2020-06", "normal", 180.0, None)]
    (change,) = [one.finding for one in result.found if one.finding.rule == "c"]
    assert (change.change, change.evidence["compared_with"]) == (pytest.approx(20.0), pytest.approx(150.0))


def test_a_backlog_is_the_last_of_the_quarter_and_the_sum_of_its_areas(tmp_path):
    """219 were told where there were 76: added over months and areas."""
    rows = [*months("m", 40, 50, 30, area="north"), *months("m", 20, 33, 46, area="south")]
    for declared in ("roll_up: true", "roll_up: sum"):
        result = evaluated(tmp_path, [f"m, unit: count, aggregate: last, {declared}"], [QUARTER], rows)
        assert brief(result) == [("2020/21-Q1", "normal", 76.0, None)]


@pytest.mark.parametrize(
    ("keys", "north", "south", "value", "reason"),
    [
        pytest.param("unit: percent, roll_up: true", "1/10", "27/90", 28.0, None, id="ratio-of-sums"),
        pytest.param("unit: percent, roll_up: sum", "70/100", "75/100", 72.5, None, id="no-sum-of-percents"),
        pytest.param("unit: percent, roll_up: true", 10, 30, None, "partial", id="percents-alone"),
        pytest.param("unit: percent, roll_up: mean", 10, 30, 20.0, None, id="the-mean-where-it-is-asked-for"),
        pytest.param("unit: number, roll_up: sum", 10, 30, 40.0, None, id="a-number-where-it-is-asked-for"),
        pytest.param("unit: number, roll_up: mean", 10, 30, 20.0, None, id="the-mean-of-numbers"),
        pytest.param("unit: count, roll_up: true", 10, "", None, "partial", id="an-area-is-missing"),
        pytest.param("unit: percent, roll_up: true", "0/0", "27/90", 30.0, None, id="an-area-without-cases"),
    ],
)
def test_a_parent_is_made_of_all_its_areas_or_not(tmp_path, keys, north, south, value, reason):
    rows = [*months("m", north, area="north", first=6), *months("m", south, area="south", first=6)]
    found = brief(evaluated(tmp_path, [f"m, {keys}, areas: [force, north, south]"], [MONTH], rows), rule="r")
    state = "no_data" if value is None else "normal"
    assert found == [("2020-06", state, value and pytest.approx(value), reason)]


@pytest.mark.parametrize("n", [7, 8, 9, 10, 11])
def test_a_window_longer_than_all_figures_is_too_early_to_judge(tmp_path, n):
    """It was a traceback that `check` called fine."""
    rows = [f"m,force,2019-{month:02d},1" for month in range(1, n + 1)]
    found = brief(
        evaluated(tmp_path, ["m, unit: count, rolling: 12 months"], [MONTH], rows, as_of=date(2019, n, 28)), "r"
    )
    assert found[-1][1:] == ("not_enough_history", None, "few_points")


@pytest.mark.parametrize(
    ("keys", "rows", "value"),
    [
        pytest.param("unit: count", [1, 2, 6], 9.0, id="sum"),
        pytest.param("unit: currency", [100, 100, 100], 300.0, id="money"),
        pytest.param("unit: count, aggregate: mean", [1, 2, 6], 3.0, id="mean"),
        pytest.param("unit: count, aggregate: last", [1, 2, 6], 6.0, id="last"),
        pytest.param("unit: percent", ["1/10", "1/10", "28/80"], 30.0, id="ratio"),
    ],
)
def test_a_rolling_value_is_made_by_the_measures_aggregate(tmp_path, keys, rows, value):
    found = brief(evaluated(tmp_path, [f"m, rolling: 3 months, {keys}"], [MONTH], months("m", *rows)), "r")
    assert found == [("2020-06", "normal", value, None)]


def test_a_quarter_of_rolling_values_is_the_one_at_its_end(tmp_path):
    found = brief(evaluated(tmp_path, ["m, rolling: 2 months, unit: count"], [QUARTER], months("m", 1, 2, 6)))
    assert found == [("2020/21-Q1", "normal", 8.0, None)]


@pytest.mark.parametrize(
    ("keys", "rows", "value", "reason"),
    [
        pytest.param("unit: percent", ["1/10", "", "28/80"], 290 / 9, None, id="a-ratio-of-those-that-came"),
        pytest.param("unit: percent", ["", "1/10", "28/80"], 290 / 9, None, id="the-oldest-is-missing"),
        pytest.param("unit: number, aggregate: mean", [2, "", 6], 4.0, None, id="a-mean-of-those-that-came"),
        pytest.param("unit: number, aggregate: mean", ["", "", 6], None, "few_points", id="too-few"),
    ],
)
def test_a_window_may_do_without_some_of_its_periods(tmp_path, keys, rows, value, reason):
    rolling = "rolling: {span: 3 months, at_least: 2}"
    result = evaluated(tmp_path, [f"m, {rolling}, {keys}"], [MONTH], months("m", *rows))
    found = brief(result, "r")
    assert (found[-1][2], found[-1][3]) == (value and pytest.approx(value), reason)
    finding = result.found[-1].finding
    assert ("to June 2020 (2 of 3 months)" in finding.text, finding.evidence.get("window")) == (
        value is not None, value and {"periods": 2, "of": 3},
    )  # fmt: skip


def test_the_newest_period_of_a_window_must_be_there(tmp_path):
    keys = "m, unit: percent, rolling: {span: 3 months, at_least: 2}"
    found = brief(evaluated(tmp_path, [keys], [MONTH], months("m", "1/10", "28/80", "5/"), every=True), "r")
    assert [one[0] for one in found if one[2] is not None] == ["2020-05"]


@pytest.mark.parametrize(
    ("target", "keys", "held_against"),
    [
        pytest.param("100", "unit: count", 300.0, id="a-sum"),
        pytest.param("0.1", "unit: currency", 0.3, id="as-the-decimals-say"),
        pytest.param("[{from: 2020-04, value: 100}, {from: 2020-06, value: 90}]", "unit: count", 290.0, id="dated"),
        pytest.param("{default: 100, north: 7}", "unit: count", 300.0, id="by-area"),
        pytest.param("target", "unit: count", 330.0, id="a-column"),
        pytest.param("goal", "unit: count", None, id="a-column-that-is-not-there"),
        pytest.param("100", "unit: count, aggregate: last", 100.0, id="a-snapshot"),
        pytest.param(
            "[{from: 2020-04, value: 100}, {from: 2020-06, value: 90}]", "unit: count, aggregate: mean", 90.0,
            id="the-one-in-force",
        ),
        pytest.param("target", "unit: count, aggregate: last", 120.0, id="the-columns-last"),
        pytest.param("target", "unit: count, aggregate: mean", 110.0, id="the-columns-mean"),
    ],
)  # fmt: skip
def test_a_quarter_is_held_against_the_targets_of_its_months(tmp_path, target, keys, held_against):
    """290 in a quarter were told as 190 above a month's target of 100."""
    rows = [f"{row},,,,{goal}" for row, goal in zip(months("m", 90, 100, 100), (100, 110, 120), strict=True)]
    rule = "id: q, measures: m, every: quarter, when: {target_missed: {}}"
    (one,) = evaluated(tmp_path, [f"m, target: {target}, {keys}"], [rule], rows).found
    assert one.finding.target == held_against


def test_a_target_in_a_rule_holds_for_the_rules_period(tmp_path):
    rule = "id: q, measures: m, every: quarter, when: {target_missed: {at_most: 280}}"
    (one,) = evaluated(tmp_path, ["m, unit: count, target: 100"], [rule], months("m", 90, 100, 100)).found
    assert (one.finding.state.word, one.finding.target) == ("exception", 280.0)


@pytest.mark.parametrize(
    ("keys", "plans", "plan"),
    [
        pytest.param("unit: count", (5, 6, 7), 18.0, id="sum"),
        pytest.param("unit: count, aggregate: last", (5, 6, 7), 7.0, id="last"),
        pytest.param("unit: count, aggregate: mean", (5, 6, 7), 6.0, id="mean"),
        pytest.param("unit: count", (5, "", 7), None, id="one-is-missing"),
    ],
)
@pytest.mark.parametrize("key", ["every: quarter", "rolling"])
def test_a_plan_goes_along_with_the_figures(tmp_path, keys, plans, plan, key):
    rolling, every = (", rolling: 3 months", "") if key == "rolling" else ("", f", {key}")
    rows = [f"{row},,,{cell}" for row, cell in zip(months("m", 1, 2, 3), plans, strict=True)]
    rule = f"id: q, measures: m{every}, when: {{variance: {{over: 100 %}}}}"
    (one,) = evaluated(tmp_path, [f"m, {keys}{rolling}"], [rule], rows).found
    assert (one.finding.plan, one.finding.reason) == (plan, None if plan else one.finding.reason)


def test_a_plan_of_a_ratio_is_weighted_by_its_cases_and_goes_up_to_parents(tmp_path):
    rows = ["m,north,2020-06,,1,10,20", "m,south,2020-06,,27,90,30"]
    rule = "id: q, measures: m, when: {variance: {over: 100 %}}"
    result = evaluated(tmp_path, ["m, unit: percent, roll_up: true"], [rule], rows)
    assert [one.finding.plan for one in result.found] == [29.0, 20.0, 30.0]


@pytest.mark.parametrize("key", ["every: quarter", "rolling"])
def test_a_ratio_of_figures_without_cases_is_not_made_and_has_no_plan(tmp_path, key):
    rolling, every = (", rolling: 3 months", "") if key == "rolling" else ("", f", {key}")
    rows = [f"{row},,,{plan}" for row, plan in zip(months("m", 1, 2, 3), (5, 6, 7), strict=True)]
    rule = f"id: q, measures: m{every}, when: {{variance: {{over: 100 %}}}}"
    (one,) = evaluated(tmp_path, [f"m, unit: currency, aggregate: ratio{rolling}"], [rule], rows).found
    assert (one.finding.state.word, one.finding.value, one.finding.plan) == ("no_data", None, None)


def test_the_sums_denominator_decides_about_small_numbers(tmp_path):
    """One month below it made quarters, windows and parents unjudgeable."""
    keys = "m, unit: percent, smallest_denominator: 30"
    rows = list(months("m", "1/10", "28/80", "1/10"))
    quarter = brief(evaluated(tmp_path, [keys], [QUARTER], rows))
    assert quarter == [("2020/21-Q1", "normal", pytest.approx(30.0), None)]
    rolling = brief(evaluated(tmp_path, [f"{keys}, rolling: 3 months"], [MONTH], rows), "r")
    assert rolling == [("2020-06", "normal", pytest.approx(30.0), None)]
    few = brief(evaluated(tmp_path, [keys], [QUARTER], months("m", "1/9", "1/9", "1/9")))
    assert few == [("2020/21-Q1", "not_enough_history", pytest.approx(100 / 9), "small_numbers")]


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        pytest.param("unit: currency", "£300 in West Mercia in the 3 months to June 2020", id="sum"),
        pytest.param(
            "unit: currency, aggregate: mean",
            "£100 in West Mercia on average over the 3 months to June 2020",
            id="mean",
        ),
        pytest.param("unit: currency, aggregate: last", "£100 in West Mercia in June 2020", id="last"),
    ],
)
def test_words_say_whether_a_window_is_added_up_or_averaged(tmp_path, keys, words):
    (one,) = evaluated(tmp_path, [f"m, rolling: 3 months, {keys}"], [MONTH], months("m", 100, 100, 100)).found
    assert f"m: {words}, " in one.finding.text


def test_at_least_is_for_ratios_and_means(tmp_path):
    for keys, refused in (("unit: count", True), ("unit: count, aggregate: mean", False), ("unit: percent", False)):
        measures = [f"m, rolling: {{span: 3 months, at_least: 2}}, {keys}"]
        loaded = load_rules(a_world(tmp_path / keys[-4:], measures, [MONTH], months("m", 1)))
        assert ["bad-value"] * refused == [one.code for one in loaded.problems if one.severity is ProblemSeverity.ERROR]


@pytest.mark.parametrize(
    ("keys", "row", "code"),
    [
        pytest.param("percent", "0.83,83,100", "contradicts-its-parts", id="a-fraction-beside-its-parts"),
        pytest.param("percent", "38.0,83,100", "contradicts-its-parts", id="another-figure"),
        pytest.param("percent", "84,2500,3000", "contradicts-its-parts", id="not-how-it-rounds"),
        pytest.param("rate, per: 1000", "2.9,290,10000", "contradicts-its-parts", id="per-another-number"),
        pytest.param("percent", "83.3,2500,3000", None, id="rounded-to-a-digit"),
        pytest.param("percent", "83,2500,3000", None, id="rounded-to-none"),
        pytest.param("percent", "82.5,165,200", None, id="exact"),
        pytest.param("percent", "0.83,83,10000", None, id="a-small-share"),
        pytest.param("count", "12,12,4000", None, id="a-count-with-its-population"),
        pytest.param("percent", ",165,100", "beyond-bounds", id="more-than-all"),
        pytest.param("percent", ",-5,100", "beyond-bounds", id="less-than-nothing"),
        pytest.param("percent, target: 70, better: higher", "0.83", "percent-as-fraction", id="a-fraction-alone"),
        pytest.param("percent, target: 5", "0.83", None, id="less-than-one-percent-may-be-meant"),
    ],
)
def test_what_a_row_contradicts_in_itself_is_named_with_its_row(tmp_path, keys, row, code):
    keys = f"unit: {keys}"
    measure = f"m, {keys}"
    folder = a_world(tmp_path, [measure], [MONTH], [f"m,force,2020-06,{row}"])
    text = (folder / "r.yaml").read_text()
    (folder / "r.yaml").write_text(
        text.replace(f"{keys}, topic: t, better: lower", f"{keys}, topic: t") if "better" in keys else text
    )
    problems = an_engine(folder, tmp_path / "state", QUARTER_IS_OVER).enquiries.evaluate(QUARTER_IS_OVER).problems
    assert [one.code for one in problems] == ([code] if code else [])
    assert all("row 2, m force 2020-06: " in one.message for one in problems)


@pytest.mark.parametrize(("unit", "says"), [("percent", True), ("rate, per: 1000", False), ("number", False)])
def test_only_percents_are_told_how_percents_are_written(tmp_path, unit, says):
    folder = a_world(tmp_path, [f"m, unit: {unit}"], [MONTH], ["m,force,2020-06,0.5,83,100"])
    (problem,) = an_engine(folder, tmp_path / "state", QUARTER_IS_OVER).enquiries.evaluate(QUARTER_IS_OVER).problems
    assert problem.code == "contradicts-its-parts"
    assert ("write 83 for 83%" in (problem.fix or "")) is says


@pytest.mark.parametrize(
    ("keys", "rule", "code"),
    [
        pytest.param("unit: number, rolling: 3 months", MONTH, "bad-value", id="rolling-numbers"),
        pytest.param("unit: percent", "id: c, measures: m, when: {change: {versus: year_to_date, rises_by: 0}}",
                     "condition-does-not-fit", id="year-to-date-of-percents"),
        pytest.param("unit: seconds", "id: c, measures: m, when: {reduction_missed: {versus: rolling_12_months, at_least: 5 %}}",
                     "condition-does-not-fit", id="twelve-months-of-durations"),
        pytest.param("unit: number", QUARTER, "printed-only", id="quarters-of-numbers"),
        pytest.param("unit: count, covers: year_to_date", QUARTER, "printed-only", id="quarters-of-years-to-date"),
        pytest.param("unit: count, covers: 12 months", MONTH, None, id="months-of-twelve-months"),
        pytest.param("unit: number, roll_up: true", MONTH, "bad-value", id="parents-of-numbers"),
        pytest.param("unit: number, aggregate: mean, rolling: 3 months", MONTH, None, id="said"),
        pytest.param("unit: count, roll_up: true, rolling: 3 months", QUARTER, None, id="counts"),
    ],
)  # fmt: skip
def test_check_names_what_nothing_says_how_to_make(tmp_path, capsys, keys, rule, code):
    main(["check", str(a_world(tmp_path, [f"m, {keys}"], [rule], months("m", 1, 2, 3))), "--as-of", "2020-07-02"])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("[")[1].split("]")[0] for line in lines if "[" in line and "no-roles" not in line] == (
        [code] if code else []
    )


@pytest.mark.parametrize(
    ("keys", "rows", "says"),
    [
        pytest.param("unit: percent, aggregate: sum", [70, 75, 80], "m: 1 made figure is beyond what the measure can be:"
                     " force 2020/21-Q1: 225", id="a-sum-of-percents"),
        pytest.param("unit: percent", ["9/10", "9/10", "10/10"], None, id="fine"),
        pytest.param("unit: percent, aggregate: mean", [100, 100, 100], None, id="on-the-bound"),
    ],
)  # fmt: skip
def test_impossible_figures_made_of_many_are_named_by_measure_area_and_period(tmp_path, keys, rows, says):
    problems = evaluated(tmp_path, [f"m, {keys}"], [QUARTER], months("m", *rows)).problems
    assert [one.message for one in problems] == ([says] if says else [])


def test_quarters_windows_and_parents_are_those_of_a_slow_reading(tmp_path):
    """Random counts with gaps: what is made is the sum of what is there, and nothing where a part is missing."""
    random = Random(7)
    years = [f"{2016 + n // 12}-{n % 12 + 1:02d}" for n in range(3, 51)]
    figures = {(area, month): random.choice([None, *range(9)]) for area in ("north", "south") for month in years}
    rows = [f"m,{area},{month},{value}" for (area, month), value in figures.items() if value is not None]
    kinds = ("", ", aggregate: last", ", aggregate: mean")
    for place, how in enumerate(kinds):
        result = evaluated(
            tmp_path / str(place),
            [f"m, unit: count, roll_up: true{how}"],
            [QUARTER],
            rows,
            date(2020, 4, 1),
            every=True,
        )
        made = {(one.finding.area, str(one.finding.period)): one.finding.value for one in result.found}
        for n in range(0, 48, 3):
            quarter = f"{2016 + n // 12}/{17 + n // 12}-Q{n % 12 // 3 + 1}"
            parts = {area: [figures[area, month] for month in years[n : n + 3]] for area in ("north", "south")}
            parts["force"] = [
                None if None in pair else sum(pair) for pair in zip(parts["north"], parts["south"], strict=True)
            ]
            for area, three in parts.items():
                expected = (
                    three[2] if "last" in how else None if None in three else sum(three) / (3 if "mean" in how else 1)
                )
                assert made.get((area, quarter)) == (expected if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("before", "state", "reason"),
    [
        pytest.param(["9/10", "9/10", "9/10"], "exception", None, id="enough-in-all"),
        pytest.param(["9/9", "9/9", "9/9"], "not_enough_history", "small_numbers", id="too-few-in-all"),
    ],
)
def test_a_year_to_date_goes_by_the_cases_of_the_whole_span(tmp_path, before, state, reason):
    """One month below the smallest denominator made it unjudgeable."""
    rows = [row.replace("2020", "2019") for row in months("m", *before)] + list(months("m", "1/10", "1/10", "8/40"))
    rule = "id: q, measures: m, when: {change: {versus: year_to_date, falls_by: 10 %}}"
    result = evaluated(tmp_path, ["m, unit: percent, smallest_denominator: 30"], [rule], rows)
    assert [(one[1], one[3]) for one in brief(result)] == [(state, reason)]


FEW_CASES = ("not_enough_history", "small_numbers", None)


@pytest.mark.parametrize("every_period", [False, True])
@pytest.mark.parametrize(
    ("when", "expected"),
    [
        pytest.param("change: {versus: year_to_date, falls_by: 10 %}", ("exception", None, 3), id="change"),
        pytest.param("reduction_missed: {versus: year_to_date, at_least: 90 %}", ("exception", None, 3), id="reduction"),
        pytest.param(
            "any_of: [{target_missed: {at_least: 1}}, {change: {versus: year_to_date, falls_by: 10 %}}]",
            ("exception", None, 3), id="part-of-a-rule",
        ),
        pytest.param("change: {versus: previous_period, falls_by: 10 %}", FEW_CASES, id="periods"),
        pytest.param("target_missed: {at_least: 50}", FEW_CASES, id="the-figure"),
    ],
)  # fmt: skip
def test_a_judged_month_of_few_cases_does_not_stop_its_year_to_date(tmp_path, when, expected, every_period):
    """The span's denominator is what counts; the month's own still stops what is said of the month."""
    rows = [row.replace("2020", "2019") for row in months("m", "27/30", "27/30", "9/10")]
    rows += months("m", "30/40", "30/40", "1/10")
    rule = f"id: q, measures: m, when: {{{when}}}"
    result = evaluated(tmp_path, ["m, unit: percent, smallest_denominator: 30"], [rule], rows, every=every_period)
    finding = result.found[-1].finding
    assert (finding.state.word, finding.reason, finding.consecutive) == expected
    assert (str(finding.period), finding.value) == ("2020-06", 10.0)


def marked_provisional(result, rule):
    return {one.finding.area: one.finding.provisional for one in result.found if one.finding.rule == rule}


@pytest.mark.parametrize(
    ("keys", "rule", "rows", "provisional"),
    [
        pytest.param(
            "unit: count, roll_up: true", MONTH, ["m,north,2020-06,3 (p)", "m,south,2020-06,4"],
            {"force": True, "north": True, "south": False}, id="a-parent",
        ),
        pytest.param(
            "unit: percent, roll_up: true", MONTH, ["m,north,2020-06,,3 (p),4", "m,south,2020-06,,1,4"],
            {"force": True, "north": True, "south": False}, id="a-parents-ratio",
        ),
        pytest.param(
            "unit: count", QUARTER,
            ["m,force,2020-04,3", "m,force,2020-05,3 (p)", "m,force,2020-06,3", *months("m", 3, 3, 3, area="north")],
            {"force": True, "north": False}, id="a-quarter",
        ),
        pytest.param(
            "unit: count, aggregate: last", QUARTER, ["m,force,2020-04,3 (p)", "m,force,2020-05,3", "m,force,2020-06,3"],
            {"force": False}, id="a-last-month-that-is-final",
        ),
        pytest.param(
            "unit: count, rolling: 2 months", MONTH, ["m,force,2020-04,3", "m,force,2020-05,3 (p)", "m,force,2020-06,3"],
            {"force": True}, id="a-window",
        ),
        pytest.param(
            "unit: count, rolling: 2 months", MONTH, ["m,force,2020-04,3 (p)", "m,force,2020-05,3", "m,force,2020-06,3"],
            {"force": False}, id="a-window-that-follows-one",
        ),
        pytest.param(
            "unit: count, roll_up: true, settles_after: 30 days", MONTH, ["m,north,2020-06,3", "m,south,2020-06,4"],
            {"force": True, "north": True, "south": True}, id="not-settled-yet",
        ),
    ],
)  # fmt: skip
def test_what_is_made_of_a_provisional_figure_is_provisional(tmp_path, keys, rule, rows, provisional):
    result = evaluated(tmp_path, [f"m, {keys}"], [rule], rows)
    assert marked_provisional(result, "q" if rule is QUARTER else "r") == provisional


@pytest.mark.parametrize(
    ("crimes", "more"),
    [
        pytest.param("8 (p)", "", id="marked-in-the-file"),
        pytest.param("8", ", settles_after: 30 days", id="not-settled-yet"),
    ],
)
def test_a_rate_of_a_provisional_measure_is_provisional(tmp_path, crimes, more):
    measures = [
        f"c, unit: count{more}", "p, unit: count, aggregate: last",
        "m, unit: rate, per: 1000, of: {numerator: c, denominator: p}",
    ]  # fmt: skip
    rows = [f"c,force,2020-06,{crimes}", "p,force,2020-06,4000", "c,north,2020-05,2", "p,north,2020-05,1000"]
    result = evaluated(tmp_path, measures, [MONTH], rows)
    found = [one.finding for one in result.found if one.finding.area == "force"]
    assert [(one.value, one.provisional) for one in found] == [(2.0, True)]


def test_parts_that_are_averaged_and_none_of_which_is_there_make_nothing_and_warn_of_nothing(tmp_path):
    measures = ["people, unit: number, aggregate: mean", "crime, unit: count"]
    keys = "topic: t, better: lower, every: month, unit: rate, of: {numerator: crime, denominator: people}"
    made = f"  - {{title: Rate, id: m, {keys}}}"
    folder = a_world(
        tmp_path, measures, [QUARTER], [*months("crime", 4, 5, 6), *months("people", 100, 100, 100, first=1)]
    )
    text = (folder / "r.yaml").read_text().replace("rules:", f"{made}\nrules:", 1)
    (folder / "r.yaml").write_text(text)
    found = an_engine(folder, tmp_path / "state", QUARTER_IS_OVER).enquiries.evaluate(
        QUARTER_IS_OVER, every_period=True
    )
    assert brief(found) == [("2020/21-Q1", "no_data", None, "missing")]


def test_a_quarter_of_figures_that_cover_the_year_to_date_says_why_there_is_none(tmp_path):
    """The figure of its last month is there and covers as much, so that "there is no figure" was wrong."""
    measure = "m, unit: count, covers: year_to_date"
    (one,) = evaluated(tmp_path, [measure], [QUARTER], months("m", 100, 200, 300)).found
    assert (one.finding.state.word, one.finding.reason) == ("no_data", "missing")
    why = "one that covers the year to date is never made of others"
    assert one.finding.text == f"No figure of Q1 2020/21 is printed for m, and {why}."


@pytest.mark.parametrize("n", [1, 5, 8, 10])
def test_a_withheld_figure_in_a_window_longer_than_all_figures_is_too_early_to_judge_too(tmp_path, n):
    measures = ["m, unit: count, rolling: 12 months"]
    found = evaluated(tmp_path, measures, [MONTH], list(months("m", *[10] * n, "[c]", first=1)), date(2020, n + 2, 1))
    assert found.problems == ()
    assert [(one.finding.state.word, one.finding.value) for one in found.found] == [("no_data", None)]
