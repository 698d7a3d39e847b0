"""How everything stands: tallies by theme, what was checked, and what could not be judged and why."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType

from alerting.domain.finding import Reason, State
from alerting.domain.rule import RuleSet, Severity
from alerting.domain.working_days import due_day
from alerting.evaluation.newest import NewestVerdict
from alerting.reports.digest_views import Checked, NotJudged, ThemeTally
from alerting.wording.dates import day_words

#: Why series are not judged, as counted in a row: "4 held, 2 late".
REASON_WORDS = {
    Reason.LATE: "late",
    Reason.MISSING: "missing",
    Reason.GAP: "with a gap before",
    Reason.HELD: "held",
    Reason.REFUSED: "refused",
    Reason.CONFLICT: "with two different figures",
    Reason.SOURCE_FAILED: "of a source that failed",
    Reason.NO_TARGET: "without a target",
    Reason.NO_PLAN: "without a plan",
    Reason.NO_LIMITS: "without limits",
    Reason.NO_COMPARISON: "without a comparison",
    Reason.ZERO_BASE: "compared with 0",
    Reason.FEW_POINTS: "with too few earlier figures",
    Reason.SMALL_NUMBERS: "with too few cases",
    Reason.SUPPRESSED: "withheld by the source",
    Reason.NO_LEVEL: "of which only the change is printed",
    Reason.BREAK: "behind a break",
    Reason.EXCLUDED: "excluded",
    Reason.FEW_AREAS: "with too few areas beside it",
    Reason.PARTIAL: "of which parts are missing",
}
#: Series whose figures no rule judges, only when they come.
NOT_FRESH = "watched for lateness only"
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


def checked_of(verdicts: Sequence[NewestVerdict], unread: Mapping[str, str] = MappingProxyType({})) -> Checked:
    """Count series: one is judged when a rule gave a verdict on its figures; else its first reason counts.

    That figures are late or not is no verdict on them, so rules that watch the clock do not count.

    Args:
        unread: measures of which no series is known because their source could not be read, with that source.
    """
    judged: set[tuple[str, str]] = set()
    why: dict[tuple[str, str], str] = {}
    newest: date | None = None
    for verdict in verdicts:
        series = (verdict.measure.id, verdict.area)
        if verdict.verdicts.group.is_freshness:
            why.setdefault(series, NOT_FRESH)
        elif verdict.state.is_verdict:
            judged.add(series)
            newest = max(newest or date.min, verdict.period.last_day)
        elif verdict.reason is not None and why.get(series, NOT_FRESH) == NOT_FRESH:
            why[series] = REASON_WORDS[verdict.reason]
    reasons = Counter(reason for series, reason in why.items() if series not in judged)
    return Checked(
        series=len(judged | why.keys()), judged=len(judged), reasons=tuple(reasons.most_common()),
        until=day_words(newest) if newest is not None else None,
        unread_measures=len(unread), unread_sources=len(set(unread.values())),
    )  # fmt: skip


def not_judged_of(verdicts: Sequence[NewestVerdict], rules: RuleSet) -> tuple[NotJudged, ...]:
    """Return the series no rule could judge, each once; a late one with the day it was due."""
    judged = {(v.measure.id, v.area) for v in verdicts if v.state.is_verdict and not v.verdicts.group.is_freshness}
    seen: set[tuple[str, str]] = set()
    found = []
    for verdict in verdicts:
        series, reason = (verdict.measure.id, verdict.area), verdict.reason
        unjudged = reason is not None and not verdict.verdicts.group.is_freshness
        if reason is None or not unjudged or series in judged or series in seen or len(seen) >= _MOST_LISTED:
            continue
        seen.add(series)
        found.append(
            NotJudged(
                measure=verdict.measure.title,
                area=rules.areas[verdict.area].title,
                period=verdict.period.label,
                reason=REASON_WORDS[reason],
                detail=_due(verdict) if reason is Reason.LATE else None,
            )
        )
    return tuple(found)


def _due(verdict: NewestVerdict) -> str | None:
    expected = verdict.measure.expected
    return f"Due by {day_words(due_day(expected, verdict.period.last_day))}" if expected is not None else None
