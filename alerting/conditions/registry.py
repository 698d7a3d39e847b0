"""All conditions, found by scanning this folder."""

from collections.abc import Mapping

from alerting.domain.judging import Condition
from alerting.domain.scanning import found


def conditions() -> Mapping[str, type[Condition]]:
    """Return condition classes by the key they have under `when:`."""
    return found("alerting.conditions", "key")
