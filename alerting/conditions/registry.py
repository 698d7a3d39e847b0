"""All conditions, found by scanning this folder."""

from collections.abc import Mapping

from alerting.domain.condition import Condition
from alerting.plugins import discover


def conditions() -> Mapping[str, type[Condition]]:
    """Return condition classes by the key they have under `when:`."""
    return discover("alerting.conditions", "key")
