"""How everything stands: tallies by theme, what was checked, and what could not be judged and why."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType

from alerting.domain.due_days import due_day
from alerting.domain.finding import Meaning, Reason, State
from alerting.domain.rule import RuleSet
from alerting.domain.severity import Severity
from alerting.evaluation.newest import NewestVerdict
from alerting.reports.digest_views import Checked, NotJudged, ThemeTally
from alerting.reports.watched import FigureState, Lack, RuleOnFigure, WatchedFigure, Why, counts_of, is_out_of_date
from alerting.wording.dates import day_words

#: Why figures are not known, as counted in a row: "4 held, 2 late".
WHY_WORDS: Mapping[Why, str] = {
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
    Lack.LATENESS_ONLY: "watched for lateness only",
    Lack.OUT_OF_DATE: "without a figure of the last twelve months",
    Lack.NOT_READ: "that cannot be read now",
    Lack.FAILED_CHECK: "held by a check",
}
#: Figures listed one by one where they could not be judged; the counts cover all.
_MOST_LISTED = 200


def on_figure(
    verdict: NewestVerdict, as_of: date, meaning_of: Callable[[NewestVerdict], Meaning | None] | None = None
) -> RuleOnFigure:
    """Return how a rule finds a figure.

    That figures are late or not is no verdict on them, so a rule that watches the clock says at most why one is not known.

    Args:
        meaning_of: what an exception is to its reader; None where only that it is one is asked.
    """
    state = FigureState.NOT_KNOWN
    why: Why | None = None
    severity: Severity | None = None
    judges = not verdict.verdicts.group.is_freshness
    if not judges:
        why = Reason.LATE if verdict.state is State.EXCEPTION else Lack.LATENESS_ONLY
    elif not verdict.state.is_verdict:
        why = verdict.reason if verdict.failed_check is None else Lack.FAILED_CHECK
    elif is_out_of_date(verdict.period, as_of):
        why = Lack.OUT_OF_DATE
    elif verdict.state is State.NORMAL:
        state = FigureState.EXPECTED
    else:
        meaning = Meaning.CONCERN if meaning_of is None else meaning_of(verdict)
        if meaning is None:  # of a rule's parts the one decided that watches the clock
            why = Reason.LATE
        else:
            state = FigureState.of(meaning)
            severity = verdict.rule.severity_on(worse=meaning is not Meaning.IMPROVEMENT)
    return RuleOnFigure(
        measure=verdict.measure,
        area=verdict.area,
        period=verdict.period,
        state=state,
        severity=severity,
        why=why,
        failed_check=verdict.failed_check if judges else None,
        judges=judges,
    )


def themes_of(figures: Iterable[WatchedFigure], rules: RuleSet) -> tuple[ThemeTally, ...]:
    """Count figures by theme, in the order in which topics declare them."""
    themes: dict[str, list[WatchedFigure]] = {}
    for topic in rules.topics.values():
        themes.setdefault(topic.theme or topic.title, [])
    for figure in figures:
        own = rules.topics.get(figure.measure.topic)
        themes.setdefault("Other" if own is None else own.theme or own.title, []).append(figure)
    return tuple(_tally(theme, those) for theme, those in themes.items() if those)


def _tally(theme: str, figures: Sequence[WatchedFigure]) -> ThemeTally:
    counts = counts_of(figures)
    return ThemeTally(
        theme=theme,
        exceptions=counts.exceptional,
        critical=counts.critical,
        normal=counts.expected,
        not_judged=counts.not_known,
    )


def checked_of(figures: Iterable[WatchedFigure], unread: Mapping[str, str] = MappingProxyType({})) -> Checked:
    """Count figures that were judged, and those that are not known, by why.

    Args:
        unread: measures of which no figure is known because their source could not be read, with that source.
    """
    series, reasons, newest = 0, Counter[str](), None
    for figure in figures:
        series += 1
        if figure.state is FigureState.NOT_KNOWN:
            reasons[why_words(figure.why)] += 1
        else:
            newest = max(newest or date.min, figure.period.last_day)
    return Checked(
        series=series,
        judged=series - reasons.total(),
        reasons=tuple(reasons.most_common()),
        until=day_words(newest) if newest is not None else None,
        unread_measures=len(unread),
        unread_sources=len(set(unread.values())),
    )


def not_judged_of(figures: Iterable[WatchedFigure], rules: RuleSet) -> tuple[NotJudged, ...]:
    """Return the figures that are not known, each once; a late one with the day it was due."""
    found: list[NotJudged] = []
    for figure in figures:
        if figure.state is not FigureState.NOT_KNOWN or len(found) >= _MOST_LISTED:
            continue
        found.append(
            NotJudged(
                measure=figure.measure.title,
                area=rules.areas[figure.area].title,
                period=figure.period.label,
                reason=why_words(figure.why),
                detail=_due(figure) if figure.why is Reason.LATE else figure.failed_check,
            )
        )
    return tuple(found)


def why_words(why: Why | None) -> str:
    """Write why figures are not known, to follow their number."""
    return "not judged" if why is None else WHY_WORDS[why]


def _due(figure: WatchedFigure) -> str | None:
    if figure.measure.expected is None:
        return None
    return f"Due by {day_words(due_day(figure.measure, figure.period.last_day, figure.area))}"
