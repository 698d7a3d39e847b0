"""The catalogue of conditions and limits: complete, and every example finds what it says."""

from functools import cache
from pathlib import Path
from typing import Literal, get_args, get_origin

import pytest
from samples.examples import newest_finding
from samples.pages import contradictions

from alerting.conditions.registry import conditions
from alerting.domain.finding import State
from alerting.limits.registry import limits_methods
from alerting.rulefile.forms.parameters import parameters
from alerting.rulefile.pages import catalogue as catalogue_page

CLASSES = {**conditions(), **limits_methods()}
PAGE = Path(__file__).parents[2] / "rules" / "CATALOGUE.md"
catalogue = cache(catalogue_page.catalogue)


@pytest.mark.parametrize("key", CLASSES)
def test_every_example_finds_what_the_catalogue_says(key, tmp_path):
    example = CLASSES[key].entry.example
    finding = newest_finding(example, tmp_path)
    assert finding.state is State.EXCEPTION
    assert finding.text == example.finds


@pytest.mark.parametrize("key", CLASSES)
def test_every_example_is_of_its_own_class(key):
    assert key in CLASSES[key].entry.example.when


def test_the_page_in_the_rules_folder_is_what_the_command_prints():
    different = contradictions(PAGE.read_text(encoding="utf-8"), catalogue(), [f"\n### {key}\n" for key in CLASSES])
    assert [] == different, "./run alerting schema --catalogue > rules/CATALOGUE.md"


@pytest.mark.parametrize("key", CLASSES)
def test_every_class_has_its_section(key):
    assert f"### {key}\n" in catalogue()


@pytest.mark.parametrize("key", CLASSES)
def test_every_word_that_a_parameter_takes_stands_on_the_page(key):
    """Otherwise an author has to guess them, or reads the code."""
    section = catalogue().partition(f"### {key}\n")[2].partition("\n### ")[0]
    for name, (_, declared) in parameters(CLASSES[key]).items():
        words = get_args(declared) if get_origin(declared) is Literal else ()
        (row,) = [line for line in section.splitlines() if line.startswith(f"| `{name}` |")]
        assert all(f"`{word}`" in row for word in words), row
        assert row.split(" | ")[1] not in ("", "text or a number"), row
