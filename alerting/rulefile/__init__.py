"""Rule files: YAML text to a RuleSet, or to every problem at once with its file, line, column and fix.

Imported lazily: pydantic, ruamel.yaml and numpy are loaded by the first call, not by naming this package.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alerting.rulefile.loading import Loaded, load_rules

__all__ = ["Loaded", "load_rules"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from alerting.rulefile import loading

        return getattr(loading, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
