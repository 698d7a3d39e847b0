"""Findings as the JSON of the contract: every key always there, null where it does not apply."""

from collections.abc import Sequence
from typing import Any

from alerting.domain.finding import Finding, State
from alerting.domain.severity import Severity
from alerting.evaluation.engine import Evaluation
from alerting.evaluation.found import Found

#: Words by the objects that findings share, so that thousands are written without asking each for its own.
_STATES = {state: state.word for state in State}
_SEVERITIES = {severity: severity.word for severity in Severity}


def finding_json(finding: Finding) -> dict[str, Any]:
    """Return one finding, keys in the contract's order."""
    rebased = finding.rebased_on
    return {
        "rule": finding.rule,
        "measure": finding.measure,
        "area": finding.area,
        "period": str(finding.period),
        "state": _STATES[finding.state],
        "severity": _SEVERITIES[finding.severity],
        "value": finding.value,
        "target": finding.target,
        "plan": finding.plan,
        "centre": finding.centre,
        "lower": finding.lower,
        "upper": finding.upper,
        "band": finding.band,
        "change": finding.change,
        "consecutive": finding.consecutive,
        "due": finding.due,
        "trial": finding.trial,
        "provisional": finding.provisional,
        "rebased_on": None if rebased is None else str(rebased),
        "previous_centre": finding.previous_centre,
        "rebase_count": finding.rebase_count,
        "side": finding.side,
        "meaning": finding.meaning,
        "assurance": finding.assurance,
        "evidence": finding.evidence,
        "reason": None if finding.reason is None else finding.reason.value,
        "notes": finding.notes,
        "text": finding.text,
        "where": finding.where,
    }


def evaluation_json(evaluation: Evaluation, found: Sequence[Found]) -> dict[str, Any]:
    """Return the whole answer of `alerting evaluate`."""
    return {
        "as_of": evaluation.as_of.isoformat(),
        "rules_version": evaluation.rules.version,
        "counts": evaluation.counts(),
        "findings": [finding_json(one.finding) for one in found],
    }
