"""Figures at the end of what numbers can be: a verdict or a reason, plain words, JSON that every reader takes, and no noise."""

import re
from typing import Any

import numpy as np
import pytest
from samples.condition_cases import CASES, Group, groups
from samples.histories import PERIODS, SCALES, as_text, found, known_then, rules_of
from samples.worlds import a_panel, floats

from alerting.domain.finding import Reason
from alerting.domain.panel import Panel

GROUPS = [pytest.param(group, id=str(group)) for group in groups()]
EXTREMES: dict[str, list[float | None]] = {
    "all-missing": [None] * PERIODS,
    "one-value-first": [7.0] + [None] * (PERIODS - 1),
    "one-value-last": [None] * (PERIODS - 1) + [7.0],
    "constant": [5.0] * PERIODS,
    "zeros": [0.0] * PERIODS,
    "minus-zeros": [-0.0, 0.0] * (PERIODS // 2),
    "negative": [-3.0, -5.0, -4.0, -9.0, -1.0, -2.0, -8.0, -7.0, -6.0, -30.0, -4.5, -3.5, -2.5] * (PERIODS // 13),
    "largest": [1e308] * PERIODS,
    "largest-either-way": [1e308, -1e308] * (PERIODS // 2),
    "largest-rising": [1.7e308 * (n / PERIODS) for n in range(PERIODS)],
    "one-wild": [5.0, 6.0] * (PERIODS // 2 - 1) + [5.0, 1.7e308],
    "denormal": [5e-324] * PERIODS,
    "denormal-rising": [5e-324 * n for n in range(PERIODS)],
    "from-tiny-to-huge": [10.0 ** (600 * n / PERIODS - 300) for n in range(PERIODS)],
    "beyond-exact-integers": [2.0**53 + 2 * n for n in range(PERIODS)],
    "gappy": [4.0, None] * (PERIODS // 2),
}
ENDLESS = re.compile(r"\b(?:nan|inf|infinity|none)\b|∞", re.IGNORECASE)


def panel_of(figures: str, values: list[float | None], *, bottoms: float | None = None) -> Panel:
    """The figures, and for shares and rates numerators and denominators that make them (or the denominators given)."""
    cells = floats(values)[:, None]
    planes: dict[str, np.ndarray] = {"plan": cells[::-1], "lower_limit": cells * 0.5, "upper_limit": -cells[::-1]}
    if figures in SCALES:
        bottom = np.where(np.abs(cells) > 1e300, 1.0, 10.0) if bottoms is None else np.full(cells.shape, bottoms)
        planes |= {"numerator": cells * (bottom / SCALES[figures]), "denominator": bottom}
    return a_panel(cells[:, 0].tolist(), planes=planes)


def findings(group: Group, panel: Panel, *, every_period: bool) -> list[dict[str, Any]]:
    return list(
        found(rules_of(group.cases, panel, group.figures), panel, every_period=every_period, text="all").values()
    )


def is_sound(finding: dict[str, Any]) -> None:
    as_text(finding)  # refuses what JSON has no word for
    verdict = finding["state"] in ("normal", "exception")
    assert verdict == (finding["reason"] is None)
    assert verdict == (finding["consecutive"] is not None)
    assert verdict or finding["reason"] in {reason.value for reason in Reason}
    assert finding["text"]
    assert not ENDLESS.search(finding["text"]), finding["text"]


@pytest.mark.sampled(12, each=False)
@pytest.mark.parametrize("values", [pytest.param(values, id=name) for name, values in EXTREMES.items()])
@pytest.mark.parametrize("group", GROUPS)
def test_extreme_figures_are_judged_or_refused_without_noise(group, values, capfd):
    """Warnings are errors in every test of the project; what reaches stderr another way is seen here."""
    panel = panel_of(group.figures, values)
    history = findings(group, panel, every_period=True)
    latest = findings(group, panel, every_period=False)
    for finding in history + latest:
        is_sound(finding)
    assert len(group.cases) == len(latest)
    assert ("", "") == capfd.readouterr()


@pytest.mark.sampled(3, each=False)
@pytest.mark.parametrize("bottoms", [0.0, -1.0, 5e-324, 1e308, np.nan])
@pytest.mark.parametrize("group", [pytest.param(g, id=str(g)) for g in groups() if g.figures in SCALES])
def test_denominators_of_nothing_and_beyond_are_judged_or_refused(group, bottoms, capfd):
    values = [float(n % 7) for n in range(PERIODS)]
    for finding in findings(group, panel_of(group.figures, values, bottoms=bottoms), every_period=True):
        is_sound(finding)
    assert ("", "") == capfd.readouterr()


@pytest.mark.parametrize("key", ["p", "u"])
def test_a_denominator_of_nothing_leaves_no_limits(key):
    """A share of nothing is no share: the period has no width, and takes no part in the others' centre."""
    (case,) = [case for case in CASES if case.id == f"outside_limits/{key}"]
    bottom = np.full((5, 1), 10.0)
    bottom[4] = 0.0
    planes = {"numerator": np.full((5, 1), 2.0), "denominator": bottom}
    panel = a_panel([20.0] * 4 + [99.0], planes=planes)
    group = Group(key, case.figures, [case])
    (latest,) = findings(group, panel, every_period=False)
    assert ("no_data", "no_limits") == (latest["state"], latest["reason"])
    (before,) = findings(group, known_then(panel, 4), every_period=False)
    assert "normal" == before["state"]


@pytest.mark.parametrize(
    ("values", "case", "state", "reason"),
    [
        pytest.param("all-missing", "target_missed", "no_data", "missing", id="nothing-came"),
        pytest.param("one-value-last", "outside_limits/xmr", "not_enough_history", "few_points", id="one-has-no-range"),
        pytest.param("one-value-last", "outside_limits/rolling", "not_enough_history", "few_points", id="none-before"),
        pytest.param("one-value-last", "run/fixed", "not_enough_history", "few_points", id="one-is-no-run"),
        pytest.param("one-value-last", "trend", "not_enough_history", "few_points", id="one-is-no-trend"),
        pytest.param("one-value-last", "change-previous_period", "no_data", "no_comparison", id="nothing-before"),
        pytest.param("constant", "outside_limits/xmr", "normal", None, id="a-constant-lies-on-its-limits"),
        pytest.param("constant", "outside_limits/rolling", "normal", None, id="and-on-those-of-a-window"),
        pytest.param("constant", "run/xmr", "normal", None, id="a-constant-lies-on-its-centre"),
        pytest.param("constant", "change-previous_period", "normal", None, id="a-constant-does-not-change"),
        pytest.param("zeros", "change-previous_period", "no_data", "zero_base", id="no-percentage-of-nothing"),
        pytest.param("minus-zeros", "change-previous_period", "no_data", "zero_base", id="nor-of-minus-nothing"),
        pytest.param("minus-zeros", "trend", "normal", None, id="minus-nothing-is-nothing"),
        pytest.param("zeros", "variance-relative", "no_data", "zero_base", id="no-percentage-of-a-plan-of-nothing"),
        pytest.param("largest-rising", "trend", "exception", None, id="huge-figures-rise-like-others"),
        pytest.param("denormal-rising", "trend", "exception", None, id="tiny-figures-rise-like-others"),
        pytest.param("beyond-exact-integers", "trend", "normal", None, id="beyond-fourteen-digits-figures-are-one"),
        pytest.param("one-wild", "outside_range", "exception", None, id="a-wild-one-is-outside-a-range"),
        pytest.param("one-wild", "outside_limits/rolling", "exception", None, id="and-outside-the-window-before-it"),
    ],
)  # fmt: skip
def test_what_the_newest_of_extreme_figures_is(values, case, state, reason):
    (wanted,) = [one for one in CASES if one.id == case]
    group = Group(case, wanted.figures, [wanted])
    (latest,) = findings(group, panel_of(wanted.figures, EXTREMES[values]), every_period=False)
    assert (state, reason) == (latest["state"], latest["reason"])
