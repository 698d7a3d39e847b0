"""Whether a change may be chance, in words that stand in public: significant or not, and how likely by chance alone."""

from statistics import NormalDist

from alerting.domain.finding import Finding

#: Smaller probabilities are told as less than this.
_LEAST = 0.001
#: From here on two decimals say enough.
_HUNDREDTHS_FROM = 0.01


def significance(finding: Finding, confidence: float) -> str:
    """Write a statistically significant change (p = 0.03), or what is none; nothing where it was not tested.

    Args:
        confidence: from which on a change counts as significant, in percent.
    """
    z: float | None = finding.evidence.get("z_score")
    if z is None or not finding.change:
        return ""
    p = 2 * NormalDist().cdf(-abs(z))
    allowed = round(1 - confidence / 100, 12)
    reached = abs(z) >= NormalDist().inv_cdf(0.5 + confidence / 200)
    return f", {'' if reached else 'not '}statistically significant (p {_written(p, allowed)})"


def _written(p: float, allowed: float) -> str:
    """Write = 0.21, with enough decimals to lie on its side of what was allowed; < 0.001."""
    if p < min(_LEAST, allowed):
        return f"< {_LEAST if allowed >= _LEAST else f'{allowed:.2g}'}"
    decimals = 2 if p >= _HUNDREDTHS_FROM else 3
    while decimals < 9 and (round(p, decimals) < allowed) != (p < allowed):
        decimals += 1
    return f"= {p:.{decimals}f}"
