"""What is not known, grouped: how many figures for which reason, and of which measures."""

from collections.abc import Collection, Iterable, Sequence

from alerting.domain.due_days import due_day
from alerting.domain.finding import Reason
from alerting.domain.rule import RuleSet
from alerting.reports.digest_views import UnknownGroup
from alerting.reports.watched import FigureState, Lack, WatchedFigure, Why
from alerting.wording.dates import day_words
from alerting.wording.plain import counted, listed

#: Why figures are not known, to follow their number: one, and several.
_WORDS: dict[Why | None, tuple[str, str]] = {
    None: ("is not judged", "are not judged"),
    Reason.GAP: ("has a gap before it", "have a gap before them"),
    Reason.HELD: ("is held", "are held"),
    Reason.REFUSED: ("could not be read", "could not be read"),
    Reason.CONFLICT: ("has two different values", "have two different values"),
    Reason.SOURCE_FAILED: ("is of a source that failed", "are of a source that failed"),
    Reason.NO_TARGET: ("has no target", "have no target"),
    Reason.NO_PLAN: ("has no plan", "have no plan"),
    Reason.NO_LIMITS: ("has no limits", "have no limits"),
    Reason.NO_COMPARISON: ("has nothing to be compared with", "have nothing to be compared with"),
    Reason.ZERO_BASE: ("would be compared with 0", "would be compared with 0"),
    Reason.FEW_POINTS: ("has too few earlier figures", "have too few earlier figures"),
    Reason.SMALL_NUMBERS: ("rests on too few cases", "rest on too few cases"),
    Reason.SUPPRESSED: ("is withheld by the source", "are withheld by the source"),
    Reason.NO_LEVEL: ("is printed as a change alone", "are printed as a change alone"),
    Reason.BREAK: ("lies behind a break", "lie behind a break"),
    Reason.EXCLUDED: ("is excluded", "are excluded"),
    Reason.FEW_AREAS: ("has too few areas beside it", "have too few areas beside them"),
    Reason.PARTIAL: ("has not come in full", "have not come in full"),
    Lack.LATENESS_ONLY: ("is watched for lateness only", "are watched for lateness only"),
    Lack.OUT_OF_DATE: ("has no figure of the last twelve months", "have no figure of the last twelve months"),
    Lack.NOT_READ: ("cannot be read now", "cannot be read now"),
    Lack.FAILED_CHECK: ("is held by a check", "are held by a check"),
}
#: These say of which period nothing came.
_ABSENT = (Reason.LATE, Reason.MISSING)
#: Areas of a measure that are named; more are counted.
_MOST_AREAS = 3


def unknown_groups(
    figures: Iterable[WatchedFigure], rules: RuleSet, unread: Collection[str] = ()
) -> tuple[UnknownGroup, ...]:
    """Group the figures that are not known by why, those that did not come by their period too; the most first.

    Args:
        unread: measures of which no figure can be counted, since their source could not be read.
    """
    groups: dict[tuple[str, ...], list[WatchedFigure]] = {}
    for figure in figures:
        if figure.state is FigureState.NOT_KNOWN:
            of_period = (str(figure.period), _due(figure)) if figure.why in _ABSENT else ()
            groups.setdefault((str(figure.why), *of_period), []).append(figure)
    made = [
        UnknownGroup(count=len(those), words=_words(those[0], several=len(those) > 1), names=_names(those, rules))
        for those in groups.values()
    ]
    if unread:
        words = f"{'measure' if len(unread) == 1 else 'measures'} whose source could not be read"
        made.append(
            UnknownGroup(count=len(unread), words=words, names=tuple(rules.measures[id_].title for id_ in unread))
        )
    return tuple(sorted(made, key=lambda group: -group.count))


def _words(figure: WatchedFigure, *, several: bool) -> str:
    if figure.why in _ABSENT:
        due = _due(figure) if figure.why is Reason.LATE else ""
        return f"{'have' if several else 'has'} no figure for {figure.period.label}{due}"
    return _WORDS[figure.why][several]


def _due(figure: WatchedFigure) -> str:
    if figure.measure.expected is None:
        return ""
    return f", due by {day_words(due_day(figure.measure, figure.period.last_day, figure.area))}"


def _names(figures: Sequence[WatchedFigure], rules: RuleSet) -> tuple[str, ...]:
    """Name measures, with their areas where these are not just the topmost one."""
    areas: dict[tuple[str, str], list[str]] = {}
    titles: dict[str, str] = {}
    for figure in figures:
        titles[figure.measure.id] = figure.measure.short or figure.measure.title
        areas.setdefault((figure.measure.id, figure.failed_check or ""), []).append(figure.area)
    return tuple(
        f"{titles[id_]}{_where(those, rules)}{f': {fails}' if fails else ''}" for (id_, fails), those in areas.items()
    )


def _where(areas: Sequence[str], rules: RuleSet) -> str:
    if len(areas) == 1 and rules.areas[areas[0]].parent not in rules.areas:
        return ""
    if len(areas) > _MOST_AREAS:
        return f" ({counted(len(areas), 'area')})"
    return f" ({listed([rules.areas[area].short or rules.areas[area].title for area in areas])})"
