"""Every code of a problem: those of readers, and those of the checks of rules and of figures."""

from collections.abc import Mapping
from functools import cache

from alerting.rulefile.codes import codes_with

#: Packages whose modules are checks, which may declare codes of their own.
CHECKS = ("alerting.rulefile.lint", "alerting.app.authoring.figure_lint")


@cache
def all_codes() -> Mapping[str, str]:
    """Return every code with what it means.

    Raises:
        DuplicateCode: two checks declare one.
    """
    return codes_with(*CHECKS)
