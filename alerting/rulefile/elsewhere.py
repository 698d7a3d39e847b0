"""Words that people bring along from elsewhere, too unlike ours to be found as near ones, and what is written for them here."""

from collections.abc import Mapping

UNITS: Mapping[str, str] = {
    "%": "percent", "pct": "percent", "percentage": "percent", "proportion": "percent", "share": "percent", "£": "currency",
    "$": "currency", "€": "currency", "gbp": "currency", "money": "currency", "pounds": "currency", "cost": "currency",
    "ratio": "rate", "per 1000": "rate", "per 1,000": "rate", "integer": "count", "whole": "count", "int": "count",
    "float": "number", "decimal": "number", "score": "number", "s": "seconds", "sec": "seconds", "secs": "seconds",
    "min": "minutes", "mins": "minutes", "hours": "minutes", "d": "days",
}  # fmt: skip
BETTER: Mapping[str, str] = {
    "up": "higher", "high": "higher", "increase": "higher", "increasing": "higher", "more": "higher", "rising": "higher",
    "down": "lower", "low": "lower", "decrease": "lower", "decreasing": "lower", "less": "lower", "fewer": "lower",
    "falling": "lower", "none": "neither", "neutral": "neither", "either": "neither", "both": "neither",
}  # fmt: skip
_MISSED = "write target_missed: at_least or at_most, or the measure's own target and better, say on which side"
CONDITIONS: Mapping[str, str] = {
    "below_target": _MISSED, "above_target": _MISSED, "target": _MISSED, "missed_target": _MISSED, "off_target": _MISSED,
    "threshold": "write target_missed: {at_least: …} or {at_most: …}; for two edges outside_range: {from: …, to: …}",
    "greater_than": "write target_missed: {at_most: …}", "above": "write target_missed: {at_most: …}",
    "less_than": "write target_missed: {at_least: …}", "below": "write target_missed: {at_least: …}",
    "increase": "write change: {rises_by: …}", "decrease": "write change: {falls_by: …}",
    "shift": "write run: {of: …}", "spc": "write outside_limits: {limits: xmr}",
    "missing": "write not_fresh: {}", "late": "write not_fresh: {}", "stale": "write not_fresh: {}",
}  # fmt: skip
#: Keys that stand in another place than where they are looked for.
KEYS: Mapping[str, str] = {
    "called": (
        "the word for a target stands on its measure: write called: standard there, also where a rule gives the number; "
        "of conditions outside_range alone takes one"
    ),
}
