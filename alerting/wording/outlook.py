"""Whether a figure that misses its target will go on missing it, as its series runs now."""

from alerting.domain.finding import Assurance
from alerting.wording.facts import Facts

_WILL = {
    Assurance.FAILS: "it will nearly always miss",
    Assurance.HIT_AND_MISS: "it will at times reach and at times miss",
    Assurance.PASSES: "it will nearly always reach",
}


def as_it_runs(facts: Facts) -> str | None:
    """Write "As it runs now it will nearly always miss the standard of 90%: its natural limits are 78% to 86%"."""
    finding, found = facts.finding, facts.outlook
    if found is None or finding.assurance is None:
        return None
    style = facts.style
    low, high = style.bare(found.low, found.wanted, found.high), style.bare(found.high, found.wanted, found.low)
    wanted = style.level(found.wanted, found.low, found.high)
    limits = f"its natural limits are {low} to {high}"
    return f"As it runs now {_WILL[finding.assurance]} the {facts.measure.called} of {wanted}: {limits}"
