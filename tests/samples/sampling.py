"""How much is tried: a sample in every run, all of it where `-m exhaustive` asks for that.

A test of many combinations says `@pytest.mark.sampled(n)`: every run has each value of each of its parameters, and of the other
combinations one in *n*; with `each=False` one case in *n*, where many tests try the same values, each another half of them. The
same mark on one value of a parameter leaves out cases of that value alone. Of a parameter whose values are alike, as seeds are,
`one_in` and `first` take some. A test that loops or draws is marked `sampled` too and says `few(sample, whole)`.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from random import Random
from typing import TypeVar

import pytest

T = TypeVar("T")


class _Asked:
    whole = False


def ask(markexpr: str) -> None:
    """Decide by what `-m` says, before tests are collected."""
    _Asked.whole = "exhaustive" in markexpr.replace("not exhaustive", "")


def few(sample: T, whole: T) -> T:
    """Return how many are tried, or which."""
    return whole if _Asked.whole else sample


def is_whole() -> bool:
    return _Asked.whole


def one_in(n: int, cases: Iterable[object]) -> list[object]:
    """Return the cases as parameters: each *n*-th for every run, beginning with the first, the others for the exhaustive one."""
    return [_marked(case, number % n == 0) for number, case in enumerate(cases)]


def first(n: int, cases: Iterable[object]) -> list[object]:
    """Return the cases as parameters: the first *n* for every run, the others for the exhaustive one."""
    return [_marked(case, number < n) for number, case in enumerate(cases)]


def _marked(case: object, in_the_sample: bool) -> object:
    mark = pytest.mark.sampled if in_the_sample else pytest.mark.exhaustive
    if isinstance(case, type(pytest.param())):
        return pytest.param(*case.values, marks=[*case.marks, mark], id=case.id)
    return pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=mark)


def drawn(names: Sequence[str], values: Sequence[Iterable[Hashable]], one_in: int) -> Iterator[bool]:
    """Say of each of many cases whether it is in the sample: by its name, so that a new one moves no other.

    Args:
        names: one a case.
        values: one a case: (parameter, value) of each of its parameters.
        one_in: of the cases that bring no new value.
    """
    seen: set[Hashable] = set()
    for name, own in zip(names, values, strict=True):
        fresh = set(own) - seen
        seen |= fresh
        yield bool(fresh) or Random(name).random() < 1 / one_in
