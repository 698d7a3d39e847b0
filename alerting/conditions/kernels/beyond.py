"""Where a judged number and its line lie: how far an exception goes beyond it is told from these."""

from alerting.domain.condition import BeyondLine
from alerting.domain.parameters import Amount
from alerting.wording.facts import Facts

#: What the half width of limits is taken for where lines are given and nobody says: reports draw them so.
_SIGMAS_OF_GIVEN_LINES = 2.0


def beyond_limits(facts: Facts, share: float = 1.0) -> BeyondLine | None:
    """Return a value and the limit on its side of the centre, with one sigma of the limits.

    Args:
        share: the part of the way from the centre to the limit where the line lies.
    """
    f = facts.finding
    if f.value is None:
        return None
    lines = [line for line in (f.lower, f.upper) if line is not None]
    if not lines:
        return None
    line = min(lines, key=lambda one: abs(one - f.value))  # type: ignore[operator]
    if f.upper is not None and f.value > f.upper:
        line = f.upper
    if f.centre is None or f.centre == line:
        return BeyondLine(f.value, line)
    sigmas = f.evidence.get("limits", {}).get("sigmas") or _SIGMAS_OF_GIVEN_LINES
    return BeyondLine(f.value, f.centre + share * (line - f.centre), sigma=abs(line - f.centre) / sigmas)


def began(facts: Facts) -> BeyondLine | None:
    """Return a value and the first of those in a row that it ends."""
    figures = facts.finding.evidence.get("values", {}).get("figures", ())
    first, value = next((x for x in figures if x is not None), None), facts.finding.value
    if first is None or value is None:
        return None
    own = facts.per_day
    return BeyondLine(value if own is None else own["value"], first, in_series=own is None)


def beyond_change(facts: Facts, versus: str, amount: Amount) -> BeyondLine | None:
    """Return a judged value and what it would be with a change of an amount, rise or fall.

    Of a relative change on anything else than the period before or the same period last year only the proportion is known: both
    are given in hundredths of the base.
    """
    f = facts.finding
    if f.change is None:
        return None
    base = {"previous_period": f.previous, "same_period_last_year": f.last_year}.get(versus)
    if facts.per_day is None and base is not None and f.value is not None:
        by = abs(base) * amount.number / 100 if amount.relative else amount.number
        return BeyondLine(f.value, base + by)
    if amount.relative:
        return BeyondLine(100 + f.change, 100 + amount.number, in_series=False)
    return BeyondLine(f.change, amount.number, in_series=False)
