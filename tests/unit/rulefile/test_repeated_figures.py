"""Figures of rule tests that are repeated."""

import pytest
from pydantic_core import PydanticCustomError

from alerting.app.authoring.write_rule_test import _shortened
from alerting.rulefile.forms.rule_tests import _cells


@pytest.mark.parametrize(
    ("written", "figures"),
    [
        ("1000*3 5", "1000 1000 1000 5"),
        ("_*2 5", " ".join(["", "", "5"])),
        ("(1 _)*2, 3", " ".join(["1", "", "1", "", "3"])),
        ("1,000.5*2", "1,000.5 1,000.5"),
    ],
)
def test_what_is_repeated_is_written_out(written, figures):
    assert tuple(figures.split(" ")) == _cells(written)


@pytest.mark.parametrize("written", ["7*0", "7*x", "7*", "(7 8)", "(7 (8)*2)*2", "7*1001"])
def test_what_cannot_be_repeated_is_refused(written):
    with pytest.raises(PydanticCustomError):
        _cells(written)


@pytest.mark.parametrize(
    ("figures", "written"),
    [
        ("1 2 3", "1 2 3"),
        ("5 5 5", "5 5 5"),
        ("5 5 5 5", "5*4"),
        ("1 2 1 2 1 2 1 2 3", "(1 2)*4 3"),
        ("1 2 3 3 3 3 3 1", "1 2 3*5 1"),
    ],
)
def test_figures_that_come_often_are_written_once_and_read_as_they_were(figures, written):
    assert written == " ".join(_shortened(figures.split()))
    assert tuple(figures.split()) == _cells(written)
