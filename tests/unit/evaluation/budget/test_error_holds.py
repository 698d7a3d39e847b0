"""In stable worlds the printed expectation lies within its printed error of what really happens, for nine worlds of ten."""

import pytest
from samples.chance_kinds import KINDS, SQUARE, within
from samples.sampling import few, one_in

CASES = [pytest.param(name, *case, id=f"{name}-{case[0]}-figures-{case[1]}") for case in SQUARE for name in KINDS]


@pytest.mark.timeout(1200)
@pytest.mark.parametrize(("name", "figures", "likeness", "afters"), one_in(25, CASES))
def test_what_happens_lies_within_the_printed_error(name, figures, likeness, afters):
    shares = dict(within(name, figures, likeness, few(afters[:1], afters), few(40, 1000), few(25, 60)))
    assert min(shares.values()) >= few(0.8, 0.9), shares
