"""A board's scorecard as plain values: a line a measure, by theme, with a verdict for each of its areas. Counted as in a digest."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from alerting.domain.exact import same
from alerting.domain.finding import Reason
from alerting.domain.measure import Unit
from alerting.domain.rule import RuleSet
from alerting.domain.severity import Severity
from alerting.evaluation.found import Found
from alerting.reports.digest_views import DigestEntry, DigestView
from alerting.reports.order import Weight
from alerting.reports.topic_figures import NewestFigures
from alerting.reports.views import ChartView, no_chart
from alerting.reports.watched import FigureState, Lack, RuleOnFigure, WatchedFigure, Why, figures_of
from alerting.wording.dates import short_label
from alerting.wording.in_brief import base_of, change_words, on_words
from alerting.wording.moves import says_in_percent
from alerting.wording.numbers import NumberStyle
from alerting.wording.summary import NewestFigure

_OTHER, _MINUS = "Other", "\N{MINUS SIGN}"
#: Why a figure is not known, in a table's few words.
_WHY: dict[Why | None, str] = {
    None: "not judged",
    Reason.LATE: "late",
    Reason.MISSING: "not supplied",
    Reason.GAP: "gap before it",
    Reason.HELD: "held",
    Reason.REFUSED: "not readable",
    Reason.CONFLICT: "two values",
    Reason.SOURCE_FAILED: "source failed",
    Reason.NO_TARGET: "no target",
    Reason.NO_PLAN: "no plan",
    Reason.NO_LIMITS: "no limits",
    Reason.NO_COMPARISON: "no comparison",
    Reason.ZERO_BASE: "0 before it",
    Reason.FEW_POINTS: "too few figures",
    Reason.SMALL_NUMBERS: "too few cases",
    Reason.SUPPRESSED: "withheld",
    Reason.NO_LEVEL: "change alone",
    Reason.BREAK: "behind a break",
    Reason.EXCLUDED: "excluded",
    Reason.FEW_AREAS: "too few areas",
    Reason.PARTIAL: "not in full",
    Lack.LATENESS_ONLY: "not judged",
    Lack.OUT_OF_DATE: "over a year old",
    Lack.NOT_READ: "not readable",
    Lack.FAILED_CHECK: "held by a check",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreFigure:
    """One figure: a measure in an area, its newest period, as the worst of its rules has it."""

    area: str
    area_place: int
    area_unsaid: bool
    state: FigureState
    severity: Severity | None
    #: What other rules find in it that is no better.
    besides: tuple[FigureState, ...]
    #: "83%"; empty where there is none, or only a change is printed.
    value: str
    #: "Sep 2020".
    period: str
    #: Why it is not known; None where it is.
    why: str | None
    weight: Weight


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreLine:
    """A measure: the figure of its topmost area that is judged, and those of its other areas in the order of the tree."""

    measure: str
    title: str
    lead: ScoreFigure
    areas: tuple[ScoreFigure, ...] = ()
    last_year: str | None = None
    #: On last year, or on the period that it names.
    change: str | None = None
    #: What its rules hold it against: "standard 90%".
    held_against: tuple[str, ...] = ()
    #: "no newer figure since March 2019", where a newer one should be there.
    age: str | None = None
    provisional: bool = False
    #: Twelve periods; asked for where the line is shown.
    chart: Callable[[], ChartView | None] = no_chart

    @property
    def figures(self) -> tuple[ScoreFigure, ...]:
        """All its figures."""
        return (self.lead, *self.areas)

    @property
    def weight(self) -> Weight:
        """It stands where the worst of its figures does."""
        return min(figure.weight for figure in self.figures)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreTheme:
    """A theme with its measures, the worst first."""

    title: str
    lines: tuple[ScoreLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorecardView:
    """A scorecard: all that a digest says, and a line for each measure that is watched."""

    digest: DigestView
    title: str
    #: "21 October 2020", where it is made for a meeting.
    meeting: str | None
    themes: tuple[ScoreTheme, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One rule on one figure with all that is known of it."""

    on_figure: RuleOnFigure
    entry: DigestEntry | None
    found: Found | None
    #: A small chart of the figure as this rule judges it.
    chart: Callable[[], ChartView | None] = no_chart


class ScoreLines:
    """Makes the lines of scorecards of one morning."""

    def __init__(self, newest: NewestFigures, rules: RuleSet) -> None:
        self._newest, self._rules = newest, rules
        self._places = {id_: n for n, id_ in enumerate(rules.areas.areas)}

    def themes(self, watched: Sequence[Watched]) -> tuple[ScoreTheme, ...]:
        """Return the figures that rules were found on as lines, by theme as topics declare them."""
        figures: dict[tuple[str, str], list[Watched]] = {}
        for one in watched:
            figures.setdefault((one.on_figure.measure.id, one.on_figure.area), []).append(one)
        measures: dict[str, list[tuple[str, list[Watched]]]] = {}
        for (measure, area), those in figures.items():
            measures.setdefault(measure, []).append((area, those))
        topics = self._rules.topics
        themes: dict[str, list[ScoreLine]] = {topic.theme or topic.title: [] for topic in topics.values()}
        for measure, areas in measures.items():
            topic = topics.get(self._rules.measures[measure].topic)
            line = self._line(sorted(areas, key=lambda pair: self._places[pair[0]]))
            themes.setdefault(_OTHER if topic is None else topic.theme or topic.title, []).append(line)
        return tuple(
            ScoreTheme(title=title, lines=tuple(sorted(lines, key=lambda line: (line.weight, line.title))))
            for title, lines in themes.items()
            if lines
        )

    def _line(self, areas: Sequence[tuple[str, list[Watched]]]) -> ScoreLine:
        place = next((n for n, (_, those) in enumerate(areas) if any(one.on_figure.judges for one in those)), 0)
        rules, others = areas[place][1], [those for n, (_, those) in enumerate(areas) if n != place]
        lead, first = self._figure(rules), _worst_first(rules)[0]
        measure, newest = first.on_figure.measure, self._newest.figure(first.on_figure.measure.id, first.on_figure.area)
        if newest is not None and short_label(newest.period) != lead.period:
            newest = None
        entry = first.entry.figure if first.entry is not None and lead.state.is_exceptional else None
        return ScoreLine(
            measure=measure.short or measure.title,
            title=measure.full_title,
            lead=lead,
            areas=tuple(self._figure(those) for those in others),
            last_year=_last_year(newest),
            change=_change(newest),
            held_against=tuple(dict.fromkeys(_lines(rules))),
            age=entry.age if entry is not None else None,
            provisional=entry is not None and entry.provisional,
            chart=first.chart if lead.value else no_chart,
        )

    def _figure(self, rules: Sequence[Watched]) -> ScoreFigure:
        (watched,), first = figures_of(one.on_figure for one in rules), _worst_first(rules)[0]
        value, period = self._value(watched, first)
        others = {one.on_figure.state for one in rules if one.on_figure.state.is_exceptional} - {watched.state}
        area = self._rules.areas[watched.area]
        known = first.entry is not None and watched.state.is_exceptional
        return ScoreFigure(
            area=area.short or area.title,
            area_place=self._places[watched.area],
            area_unsaid=self._rules.goes_unsaid(first.on_figure.measure, watched.area),
            state=watched.state,
            severity=watched.severity,
            besides=tuple(sorted(others)),
            value=value,
            period=period,
            why=_WHY[watched.why] if watched.state is FigureState.NOT_KNOWN else None,
            weight=first.entry.weight if known and first.entry is not None else (int(watched.state), 0, 0, 0.0, 0),
        )

    def _value(self, watched: WatchedFigure, first: Watched) -> tuple[str, str]:
        """Return the figure that the verdict is on, and its period; of one that is not known, the newest that there is."""
        entry = first.entry.figure if first.entry is not None else None
        if watched.state.is_exceptional and entry is not None:
            return entry.value, entry.period
        found = first.found
        if watched.state is not FigureState.NOT_KNOWN and found is not None and found.finding.value is not None:
            return found.brief.figure, short_label(found.finding.period)
        newest = self._newest.figure(watched.measure.id, watched.area)
        if newest is None or watched.state is not FigureState.NOT_KNOWN:
            return "", short_label(watched.period)
        return NumberStyle.of(watched.measure).bare(newest.value), short_label(newest.period)


def _worst_first(rules: Sequence[Watched]) -> list[Watched]:
    """Order the rules on one figure as a digest does: the worst state, what judges, then the weight of what stands."""
    return sorted(
        rules,
        key=lambda one: (
            one.on_figure.state,
            not one.on_figure.judges,
            one.entry.weight if one.entry is not None else (9, 0, 0, 0.0, 0),
        ),
    )


def _lines(rules: Sequence[Watched]) -> list[str]:
    """Return what a figure is held against, by the rules that find an exception first.

    What moved is no line: where nothing is exceptional it stands only where there is nothing else.
    """
    found: list[str] = []
    moves: list[str] = []
    for one in _worst_first(rules):
        exceptional, words = one.on_figure.state.is_exceptional, _line_of(one)
        if words is not None:
            moved = not exceptional and one.found is not None and _is_move(one.found)
            (moves if moved else found).append(words)
    return found or moves[:1]


def _is_move(found: Found) -> bool:
    """Whether its words say how a figure moved, and not what is wanted of it."""
    return found.decided.judges_changes and not found.decided.misses


def _line_of(one: Watched) -> str | None:
    """Write what one rule holds a figure against; both limits where it is held against one of two."""
    entry = one.entry.figure if one.on_figure.state.is_exceptional and one.entry is not None else None
    if one.found is None or not one.on_figure.judges:
        return None if entry is None else entry.line
    line = one.found.line if entry is None else entry.line
    return _limits(one.found) or (None if line is None else str(line))


def _limits(found: Found) -> str | None:
    """Write both limits where a figure is held against one of them."""
    finding, line = found.finding, found.line
    if (
        line is None
        or finding.lower is None
        or finding.upper is None
        or line.number not in (finding.lower, finding.upper)
    ):
        return None
    style = found.facts.style
    return f"limits {style.bare(finding.lower, finding.value)} to {style.bare(finding.upper, finding.value)}"


def _last_year(newest: NewestFigure | None) -> str | None:
    if newest is None or newest.last_year is None:
        return None
    return NumberStyle.of(newest.measure).bare(newest.last_year, newest.value)


def _change(newest: NewestFigure | None) -> str | None:
    """Write a change; of so few that a percentage says too much, by how many."""
    base = None if newest is None else base_of(newest)
    if newest is None or base is None or newest.measure.unit is Unit.PERCENT:
        return None if newest is None else change_words(newest)
    before, period = base
    if same(*newest.alike(before, period)) or says_in_percent(newest.measure, newest.value, before):
        return change_words(newest)
    style = replace(NumberStyle.of(newest.measure), named=None)
    apart = style.apart((newest.value, (before,)), (before, (newest.value,)))
    return f"{'+' if newest.value > before else _MINUS}{apart}{on_words(newest, period)}"
