"""Every condition hands its own parameters to its words, and says them in full, in short, and by the line that a subject names."""

# ruff: noqa: E501 - tables have a row a line

from datetime import date

import pytest
from samples.brought import of_conditions
from samples.wording import a_measure, facts_of

from alerting.conditions.composition import AllOf, AnyOf, Not
from alerting.conditions.near_limit import NearLimit
from alerting.conditions.outside_range import OutsideRange
from alerting.conditions.registry import conditions
from alerting.conditions.target_missed import TargetMissed
from alerting.domain.finding import State
from alerting.domain.measure import Level, Unit
from alerting.domain.parameters import Amount, Band, Milestone
from alerting.limits.published import Published

COUNT = a_measure(unit=Unit.COUNT)
LINES = {"centre": 20.0, "lower": 10.0, "upper": 30.0}
LIMITS = Published()
PERCENT_20, TWENTY = Amount(number=20.0, relative=True), Amount(number=20.0)
BANDS = (Band(name="red", at_least=None, below=15.0), Band(name="green", at_least=15.0, below=None))
DUE = date(2021, 3, 31)
PLAN = (Milestone(date=date(2020, 9, 30), value=30.0), Milestone(date=DUE, value=40.0))
PROJECTED = {"projected": 34.0, "projected_low": 33.0, "projected_high": 35.0}
FEW, MISSED = OutsideRange(low=0.0, high=5.0), TargetMissed(at_most=Level(number=30.0))

ALL = [
    pytest.param(said, id=f"{key}-{n}")
    for key, brought in of_conditions().items()
    for n, said in enumerate(brought.said)
]


@pytest.mark.parametrize("key", conditions())
def test_every_condition_brings_its_words(key):
    said = of_conditions()[key].said
    assert said
    assert {key} == {one.condition.key for one in said}


@pytest.mark.parametrize("said", ALL)
def test_a_condition_says_it_in_full_in_short_and_in_a_subject(said):
    facts = facts_of(COUNT, due_on=date(2020, 10, 5), **said.finding)
    condition = said.condition
    assert [condition.clause(facts).text, condition.clause(facts, short=False).text] == [said.full, said.full]
    assert condition.clause(facts, short=True).text == (said.full if said.short is None else said.short)
    held_against = condition.held_against(facts)
    assert (None if held_against is None else str(held_against)) == said.line


@pytest.mark.parametrize(
    ("condition", "decided_by", "state", "says"),
    [
        (AnyOf(parts=(FEW, MISSED)), 1, State.EXCEPTION, ", 1 above the target of 30"),
        (AnyOf(parts=(AllOf(parts=(MISSED, FEW)), MISSED)), 1, State.EXCEPTION, ", 26 above the range of 0 to 5"),
        (AllOf(parts=(FEW, Not(part=NearLimit(limits=LIMITS)))), 1, State.NORMAL, ", close to its upper limit of 32 in at least 2 of the last 3 months"),
        (AllOf(parts=(FEW, Not(part=NearLimit(limits=LIMITS)))), 1, State.EXCEPTION, ", within its limits of 10 to 32"),
        (Not(part=Not(part=NearLimit(limits=LIMITS))), None, State.EXCEPTION, ", close to its upper limit of 32 in at least 2 of the last 3 months"),
        (Not(part=Not(part=NearLimit(limits=LIMITS))), None, State.NORMAL, ", within its limits of 10 to 32"),
        (AnyOf(parts=(Not(part=FEW), NearLimit(limits=LIMITS))), 1, State.NORMAL, ", within its limits of 10 to 32"),
        (Not(part=AllOf(parts=(FEW, NearLimit(limits=LIMITS)))), 1, State.NORMAL, ", close to its upper limit of 32 in at least 2 of the last 3 months"),
    ],
)  # fmt: skip
def test_a_composition_says_what_the_part_that_decided_found_of_its_own(condition, decided_by, state, says):
    """Under an odd number of `not` the part's own verdict is the other one."""
    facts = facts_of(
        COUNT, value=31.0, target=30.0, state=state, decided_by=decided_by, centre=20.0, lower=10.0, upper=32.0
    )
    assert condition.clause(facts).text == says
