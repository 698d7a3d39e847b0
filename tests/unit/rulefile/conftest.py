"""Loads rule folders written into a temporary folder named `rules`."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from samples.rule_folders import sound_with

from alerting.domain.problem import Problem
from alerting.domain.rule import RuleSet
from alerting.rulefile import Loaded, load_rules

Check = Callable[..., Sequence[Problem]]


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., Loaded]:
    """Load the sound folder with files added or replaced; `rules` stands for rules.yaml."""

    def loaded(**changed: str | bytes) -> Loaded:
        return load_rules(sound_with(tmp_path / "rules", **changed), shown_as="rules")

    return loaded


@pytest.fixture
def check(load: Callable[..., Loaded]) -> Check:
    """Return the problems of the sound folder with files added or replaced."""
    return lambda **changed: load(**changed).problems


@pytest.fixture
def rules_of(load: Callable[..., Loaded]) -> Callable[..., RuleSet]:
    """Return the rules of the sound folder with files added or replaced, which must have no error."""

    def rules(**changed: str | bytes) -> RuleSet:
        loaded = load(**changed)
        assert loaded.rules is not None, [str(problem) for problem in loaded.problems]
        return loaded.rules

    return rules
