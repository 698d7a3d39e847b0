"""Values in one form: equal ones are the same text in every process, others are not."""

from dataclasses import dataclass
from datetime import date
from enum import Enum

import numpy as np
import pytest

from alerting.domain.canonical import NotCanonical, canonical, digest_of


class Colour(Enum):
    RED = 1
    GREEN = 2


@dataclass(frozen=True)
class One:
    number: float
    inner: object = None


@dataclass(frozen=True)
class Other:
    number: float
    inner: object = None


DIFFERENT = [
    None, True, 1, 1.0, -0.0, 0.0, "1", "True", 0.1 + 0.2, 0.3, Colour.RED, Colour.GREEN, date(2020, 1, 1),
    (1, 2), [1, 2], (1, (2,)), ((1,), 2), One(1.0), Other(1.0), One(1.0, Other(1.0)), One(2.0), One, Other,
    {"a": 1}, {"a": 2}, {1: "a"}, frozenset({1}), (), ("a,b",), ("a", "b"),
]  # fmt: skip


def test_different_values_are_different_texts():
    assert len({canonical(value) for value in DIFFERENT}) == len(DIFFERENT)


def test_order_counts_where_there_is_one_alone():
    assert canonical({"a": 1, "b": 2}) == canonical({"b": 2, "a": 1})
    assert digest_of(frozenset({"x", "y", "z"})) == digest_of(frozenset({"z", "y", "x"}))
    assert digest_of(("x", "y")) != digest_of(("y", "x"))


@pytest.mark.parametrize("value", [np.zeros(2), object(), lambda: None, b"bytes"])
def test_what_is_no_plain_value_is_refused(value):
    with pytest.raises(NotCanonical):
        digest_of(One(1.0, value))
