"""One line of a summary: what a measure's newest figure is, beside those before it, and which areas are exceptional."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from alerting.domain.area import Area
from alerting.domain.daily import DayCount
from alerting.domain.data_checks import held_by_check
from alerting.domain.exact import same
from alerting.domain.finding import Reason
from alerting.domain.measure import Covers, Include, Measure, PerDay, Unit
from alerting.domain.period import Period
from alerting.domain.titles import joined
from alerting.wording.clause import Clause
from alerting.wording.dates import PeriodsInWords, Then, times, told_span
from alerting.wording.moves import says_in_percent
from alerting.wording.numbers import NumberStyle
from alerting.wording.printed import printed_changes

_NOTHING_SAID = Clause()
#: `include:` as the performance report prints it.
INCLUDE_WORDS = {
    Include.MONTH_AND_QUARTER: "Month and quarter",
    Include.QUARTER: "Quarter",
    Include.QUARTER_UNLESS_EXCEPTIONAL: "Quarter unless exceptional",
    Include.QUARTER_UNLESS_UPDATED: "Quarter unless updated",
    Include.EXCEPTIONAL_ONLY: "Exceptional only",
    Include.MONTHLY_INCREASE: "Monthly increase",
}
#: How an area stands that has figures, but for a newer period none that can be judged.
_NEWER = {
    Reason.LATE: "is late",
    Reason.MISSING: "is missing",
    Reason.HELD: "is held, not judged",
    Reason.REFUSED: "could not be read",
    Reason.CONFLICT: "has two different figures",
    Reason.SUPPRESSED: "is withheld by the source",
    Reason.NO_LEVEL: "has a printed change only",
    Reason.PARTIAL: "has not come in full",
    Reason.SOURCE_FAILED: "is not known, because the source could not be read",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewestFigure:
    """A series' newest figure, with what it is read beside."""

    measure: Measure
    area: Area
    area_unsaid: bool
    period: Period
    value: float
    #: The figures one period and one year before; None where not known or not comparable.
    previous: float | None = None
    last_year: float | None = None
    #: Changes in percent that the source prints where one of those is not known, by what they are on.
    printed_changes: Mapping[str, float] = field(default_factory=dict)
    #: An average that the source gives beside it: its column's name in words, and the number.
    average: tuple[str, float] | None = None

    @property
    def compared(self) -> tuple[float, Period] | None:
        """The figure that it is compared with, and its period: the one before, else last year's."""
        twin = self.period.same_period_last_year
        if self.previous is not None and self.measure.covers is not Covers.YEAR_TO_DATE:
            return self.previous, self.period - 1
        return (self.last_year, twin) if self.last_year is not None and twin is not None else None

    @property
    def compared_as(self) -> str | None:
        """What a finding calls that figure: previous, last_year."""
        if self.compared is None:
            return None
        return "previous" if self.compared[1] == self.period - 1 else "last_year"

    @property
    def risen(self) -> bool:
        """Whether it is higher than the figure it is compared with: per day, where the measure says so."""
        if self.compared is None:
            return False
        now, before = self.like_for_like
        return now > before and not same(now, before)

    @property
    def like_for_like(self) -> tuple[float, float]:
        """It and the figure it is compared with, per day where the measure says so."""
        assert self.compared is not None
        return self.alike(*self.compared)

    def alike(self, before: float, period: Period) -> tuple[float, float]:
        """Return it and an earlier figure of its series, per day where the measure says so."""
        count = DayCount.of(self.measure)
        if count is None:
            return self.value, before
        now_days, then_days = count.of_each([self.period, period]).tolist()
        return (self.value / now_days, before / then_days) if now_days and then_days else (self.value, before)


def figure_words(
    figure: NewestFigure, clause: Clause = _NOTHING_SAID, held_against: Sequence[float | None] = ()
) -> str:
    """Write 7,767 in March 2019, up 22% on February 2019 (6,377), above the monthly average of 7,082.

    Args:
        clause: what a rule says of the very figure, in its short form; it begins with a comma.
        held_against: the numbers that the finding itself holds the figure against.
    """
    style, beside = NumberStyle.of(figure.measure), figure.compared
    average = figure.average[1] if figure.average and not clause.names_average else None
    known = (*held_against, *clause.held_against, beside[0] if beside else None, average)
    words = times(figure.period, told_span(figure.measure))
    place = "" if figure.area_unsaid else f" in {figure.area.title}"
    text = f"{style.value(figure.value, *known)}{place} {words.now}{_a_day(figure, style, figure.period, figure.value)}"
    if beside is None and figure.printed_changes:
        text += f", {printed_changes(figure.printed_changes, figure.period, style)}, as published"
    elif beside is not None and figure.compared_as not in clause.compares:
        text += f", {_moved(figure, style, words, known, *beside)}"
    text += clause.text
    if beside is not None and figure.compared_as in clause.compares and clause.ends_with_period:
        text += f" ({style.bare(beside[0], figure.value)})"
    if average is not None and figure.average is not None:
        text += f", {_against(figure.value, average, figure.average[0], style)}"
    return text


def _a_day(figure: NewestFigure, style: NumberStyle, period: Period, value: float) -> str:
    """Write what a figure is per day, to follow it: `, 100 a day`; nothing where figures are compared as printed."""
    count = DayCount.of(figure.measure)
    days = 0.0 if count is None else float(count.of_each([period])[0])
    if count is None or not days:
        return ""
    against = figure.like_for_like if figure.compared is not None else ()
    return f", {style.a_day(value / days, *against, working=count.per_day is PerDay.WORKING)}"


def _moved(
    figure: NewestFigure,
    style: NumberStyle,
    words: PeriodsInWords,
    known: Sequence[float | None],
    before: float,
    period: Period,
) -> str:
    """Write up 22% on February 2019 (6,377); what spans more than its period is compared with that span's words."""
    then = words.before if period == figure.period - 1 else words.last_year or Then(f"in {period.label}", period.label)
    now, once = figure.like_for_like
    daily = _a_day(figure, style, period, before)
    if same(now, once):
        return f"as {then.when}" if daily else f"the same as {then.when}"
    way = "up" if now > once else "down"
    number = f"{style.bare(before, figure.value)}{daily}"
    if figure.measure.unit is Unit.PERCENT:
        return f"{way} {style.apart((figure.value, known), (before, (figure.value,)))} on {then.name} ({number})"
    if before <= 0 or not says_in_percent(figure.measure, figure.value, before):
        return f"{way} from {number} {then.when}"
    return f"{way} {style.percent((now - once) / once * 100)} on {then.name} ({number})"


def _against(value: float, average: float, called: str, style: NumberStyle) -> str:
    if value == average:
        return f"equal to the {called}"
    return f"{'above' if value > average else 'below'} the {called} of {style.bare(average, value)}"


def newer_words(period: Period, reason: Reason | None, failed_check: str | None = None) -> str | None:
    """Write what became of a later period than the newest figure's: September 2020 is late; None where nothing needs saying.

    Args:
        failed_check: how its figure fails a check that holds it.
    """
    if failed_check is not None:
        return f"{period.label} is {held_by_check(failed_check)}, not judged"
    why = _NEWER.get(reason) if reason is not None else None
    return f"{period.label} {why}" if why else None


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedAreas:
    """The areas of one measure by how they stand, each in tree order."""

    exceptional: Sequence[Area]
    normal: Sequence[Area]
    #: With a figure, but without a verdict.
    not_judged: Sequence[Area] = ()
    #: Whether these are all areas of their kind there are, so that one may speak of all.
    complete: bool = False

    def words(self) -> str:
        """Write Herefordshire and Shropshire; all areas; all areas except South Worcestershire."""
        others = [*self.normal, *self.not_judged]
        if self.complete and len(self.exceptional) > 2 and len(others) <= 1:
            unjudged = ", which is not judged" if self.not_judged else ""
            return f"all areas{f' except {others[0].title}{unjudged}' if others else ''}"
        return joined([area.title for area in self.exceptional])


def areas_words(areas: JudgedAreas, *, volumes: bool) -> str:
    """Write Exceptional volumes in Telford & Wrekin; of what are no volumes, exceptions."""
    if not (areas.exceptional or areas.normal):
        return "Not judged"
    if not areas.exceptional:
        return "No exceptional volumes" if volumes else "No exceptions"
    return f"{'Exceptional volumes' if volumes else 'Exceptions'} in {areas.words()}"
