"""Charts as pages show them: a change of a line or a word is seen in review."""

from collections.abc import Callable

import pytest
from samples.charts import CHARTS

from alerting.charts.layout import laid_out
from alerting.charts.svg import svg_of
from alerting.charts.words import alt_text


@pytest.mark.parametrize("name", ["standard", "years", "moved", "bands"])
def test_a_chart_looks_as_it_was_agreed(name: str, matches_golden: Callable[[str, str], None]) -> None:
    drawing = laid_out(CHARTS[name])

    assert drawing is not None
    matches_golden(f"chart-{name}.svg", svg_of(drawing, alt_text(CHARTS[name])))
