"""Ends that a line made by moving, not the figure: a dated target that is another one now, a plan's next milestone."""

from collections.abc import Iterable

import numpy as np

from alerting.domain.alert import Alert
from alerting.evaluation.block_verdicts import BlockVerdicts
from alerting.evaluation.cells import Cells
from alerting.evaluation.found import Found
from alerting.evaluation.series_index import SeriesPlaces
from alerting.wording.dates import when


def moved_lines(places: SeriesPlaces, ended: Iterable[tuple[Alert, Found]]) -> dict[str, str]:
    """Say by alert id what the line was and is, where the figure that ended an alert still misses the one of before.

    Args:
        ended: alerts with the finding that ended each; `period` is an alert's last exceptional one.
    """
    rows: dict[tuple[int, int], tuple[BlockVerdicts, dict[int, tuple[Alert, Found]]]] = {}
    for alert, found in ended:
        spot = places.find(alert.key)
        if spot is None or (found.finding.target is None and found.finding.plan is None):
            continue
        verdicts, place = spot
        row = verdicts.block.panel.row(alert.period) - verdicts.block.start
        if 0 <= row < len(verdicts.state):
            rows.setdefault((id(verdicts), row), (verdicts, {}))[1][place] = alert, found
    said = {}
    for (_, row), (verdicts, here) in rows.items():
        of = sorted(here)
        cells = Cells(verdicts, row, np.array(of), np.zeros(len(of), dtype=np.intp))
        for n, place in enumerate(of):
            alert, found = here[place]
            if (words := _words(alert, found, cells, n)) is not None:
                said[alert.id] = words
    return said


def _words(alert: Alert, found: Found, cells: Cells, n: int) -> str | None:
    finding, facts = found.finding, found.facts
    called, was, now = facts.measure.called, cells.target[n], finding.target
    if now is None:
        called, was, now = "plan", cells.plan[n], finding.plan
    if was is None or now is None or finding.value is None:
        return None
    misses = finding.value < was if cells.sides[n] < 0 else finding.value > was
    if not misses:
        return None
    before = f"The {called} was {facts.style.level(was, finding.value)} {when(alert.period)}"
    return f"{before}; {when(finding.period)} it is {facts.level(now)}."
