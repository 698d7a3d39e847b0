"""Checks of a whole rule set beyond the form of its parts: one file each with a function `check`, found by scanning.

A check gets the rules as far as they can be used and yields remarks. It need not care whether what it looks at has
mistakes of its own: remarks that rest on something broken are dropped by the loader. A code that no other check has stands in its
own file, in `CODES` with what it means.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from alerting.domain.problem import ProblemSeverity
from alerting.domain.rule import RuleSet


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleProblem:
    """Something to mend, about one thing that is declared."""

    section: str
    id: str
    #: For a measure, which of its items.
    item: str | None = None
    #: The keys it rests on; it stands at the first, or at the thing's beginning.
    keys: tuple[str, ...] = ()
    #: Where below the first key it stands, where that is no more than a part of what the key holds.
    below: tuple[str | int, ...] = ()
    code: str
    message: str
    fix: str | None = None
    severity: ProblemSeverity = ProblemSeverity.ERROR
    #: (section, id) of other things it rests on.
    rests_on: frozenset[tuple[str, str]] = frozenset()


Check = Callable[[RuleSet], Iterable[RuleProblem]]


@cache
def checks() -> tuple[Check, ...]:
    """Return every check of this folder, by file name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return tuple(importlib.import_module(f"{__name__}.{name}").check for name in names)
