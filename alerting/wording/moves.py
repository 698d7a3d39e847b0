"""How a figure stands to an earlier one: up 22% from 6,377 in February 2019, up from 11 in Q2 2019/20, the same as in March."""

from dataclasses import dataclass

from alerting.domain.measure import Measure, Unit
from alerting.wording.dates import Then
from alerting.wording.facts import Facts

#: Of an earlier figure below this, or of one that was more than tripled, a percentage says less than the figure itself.
_FEWEST_FOR_PERCENT = 30.0
_TRIPLED = 3.0
#: What figures of money are printed in.
_SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9}


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier figure as it is printed, and when it was."""

    figure: float
    written: str
    then: Then


def says_in_percent(measure: Measure, now: float, before: float) -> bool:
    """Return whether the way from an earlier figure to one now is told in percent; else the earlier figure stands instead."""
    amount = before * _SCALES.get(measure.scale or "", 1.0)
    return amount >= _FEWEST_FOR_PERCENT and now <= _TRIPLED * before


def moved(facts: Facts, earlier: Earlier, *held_against: float) -> str:
    """Write the way from an earlier figure to the judged one.

    Args:
        held_against: further numbers that the text holds the figure against.

    Returns:
        "up 22% from 6,377 in February 2019", "down 1.8 points from 9.4% in August 2020", "up from 11 in Q2 2019/20", "the same as
        in March 2018".
    """
    now, before, then = facts.finding.value, earlier.figure, earlier.then
    assert now is not None
    if now == before:
        return f"the same as {then.when}"
    way = "up" if (now > before) is not facts.style.is_place else "down"  # who comes from 8th to 6th goes up
    if facts.measure.unit is Unit.PERCENT:
        return f"{way} {facts.apart(before, *held_against)} from {earlier.written} {then.when}"
    if says_in_percent(facts.measure, now, before):
        return f"{way} {facts.style.percent((now - before) / before * 100)} from {earlier.written} {then.when}"
    return f"{way} from {earlier.written} {then.when}"
