"""All limits methods, found by scanning this folder."""

from collections.abc import Mapping

from alerting.domain.limits_method import LimitsMethod
from alerting.plugins import discover


def limits_methods() -> Mapping[str, type[LimitsMethod]]:
    """Return limits methods by the name they have under `limits:`."""
    return discover("alerting.limits", "key")
