"""The board's scorecard of the shipped rules, as it was agreed."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from samples.scorecards import of_folder

from alerting.render.scorecard import render_scorecard

RULES = Path(__file__).parents[2] / "rules"


def test_the_scorecard_reads_as_it_was_agreed(tmp_path: Path, matches_golden: Callable[[str, str], None]) -> None:
    message = render_scorecard(of_folder(RULES, tmp_path, date(2020, 10, 15), "force-delivery-group"))

    matches_golden("scorecard-gold.txt", f"Subject: {message.subject}\n\n{message.text}")
    matches_golden("scorecard-gold.html", message.html)
