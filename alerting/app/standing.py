"""How everything stands: tallies by theme, what was checked, and what could not be judged and why."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from alerting.domain.finding import State
from alerting.domain.rule import RuleSet, Severity
from alerting.evaluation.findings import FindingMaker
from alerting.evaluation.newest import NewestVerdict
from alerting.render.views import Checked, NotJudged, ThemeTally

#: Series listed one by one where they could not be judged; the counts cover all.
_MOST_LISTED = 200


def themes_of(verdicts: Sequence[NewestVerdict], rules: RuleSet) -> tuple[ThemeTally, ...]:
    """Count verdicts by theme, in the order in which topics declare them."""
    tallies: dict[str, Counter[str]] = {}
    for topic in rules.topics.values():
        tallies.setdefault(topic.theme or topic.title, Counter())
    for verdict in verdicts:
        own = rules.topics.get(verdict.measure.topic)
        theme = "Other" if own is None else own.theme or own.title
        tally = tallies.setdefault(theme, Counter())
        if verdict.state is State.EXCEPTION:
            tally["exceptions"] += 1
            tally["critical"] += verdict.rule.severity_on(worse=True) is Severity.CRITICAL
        else:
            tally["normal" if verdict.state is State.NORMAL else "not_judged"] += 1
    return tuple(
        ThemeTally(
            theme=theme,
            exceptions=tally["exceptions"],
            critical=tally["critical"],
            normal=tally["normal"],
            not_judged=tally["not_judged"],
        )
        for theme, tally in tallies.items()
        if tally
    )


def checked_of(verdicts: Sequence[NewestVerdict]) -> Checked:
    """Count series: one is judged when a rule gave a verdict on it; else its first reason counts."""
    judged: set[tuple[str, str]] = set()
    why: dict[tuple[str, str], str] = {}
    for verdict in verdicts:
        series = (verdict.measure.id, verdict.area)
        if verdict.state.is_verdict:
            judged.add(series)
        elif verdict.reason is not None:
            why.setdefault(series, verdict.reason.value.replace("_", " "))
    reasons = Counter(reason for series, reason in why.items() if series not in judged)
    return Checked(series=len(judged | why.keys()), judged=len(judged), reasons=tuple(reasons.most_common()))


def not_judged_of(verdicts: Sequence[NewestVerdict], rules: RuleSet, maker: FindingMaker) -> tuple[NotJudged, ...]:
    """Return the series no rule could judge, each once, with the finding's words."""
    judged = {(v.measure.id, v.area) for v in verdicts if v.state.is_verdict}
    seen: set[tuple[str, str]] = set()
    found = []
    for verdict in verdicts:
        series = (verdict.measure.id, verdict.area)
        if verdict.reason is None or series in judged or series in seen or len(seen) >= _MOST_LISTED:
            continue
        seen.add(series)
        ((_, one),) = maker.at(verdict.verdicts, verdict.row, np.array([verdict.place]))
        found.append(
            NotJudged(
                measure=verdict.measure.title,
                area=rules.areas[verdict.area].title,
                period=verdict.period.label,
                reason=verdict.reason.value.replace("_", " "),
                detail=one.with_text().finding.text,
            )
        )
    return tuple(found)
