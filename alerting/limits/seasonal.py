"""Limits for seasonal counts: what the same season of past years lets expect."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

import numpy as np

from alerting.domain.answers import CentreKind
from alerting.domain.arrays import Flags, Floats, Index
from alerting.domain.block import Block
from alerting.domain.catalogue import CatalogueEntry, Example
from alerting.domain.finding import Reason
from alerting.domain.limit_lines import LimitLines, Members
from alerting.domain.measure import Measure, Unit
from alerting.domain.parameters import Amount, MinimumCases
from alerting.domain.period import PeriodKind
from alerting.limits.base import Method, codes_where, no_lines, param, usable
from alerting.limits.kernels.quasi_poisson import Fit, Seasons, count_quantile, down, fit

#: The year is parted into so many seasons: the window around the judged period, and nine between the windows.
SEASONS = 10
#: A trend is kept where it is this significant, and where so many years are looked at.
TREND_CHANCE, YEARS_FOR_A_TREND = 0.05, 3
HALF_WIDTH = {PeriodKind.WEEK: 3, PeriodKind.MONTH: 1}
LEAVE_OUT = {PeriodKind.WEEK: 26, PeriodKind.MONTH: 6}
_HALF_A_WEEK = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Seasonal(Method):
    """Quasi-Poisson regression on past years with ten seasons and a trend: Farrington-flexible, for weekly and monthly counts.

    Past outbreaks weigh less, the trend is kept only where it is significant and expects no more than was ever seen, and the
    limits are quantiles of a negative binomial around the expectation. Where the last periods have too few cases, there is
    nothing to be outside of: the finding is normal and limits are null. All of the first window of years back must be there
    for a series to have limits; a missing period later on is left out.

    Source: Farrington et al. (1996), A Statistical Algorithm for the Early Detection of Outbreaks of Infectious Disease,
    Journal of the Royal Statistical Society A 159(3), 547-563; Noufaily et al. (2013), An Improved Algorithm for Outbreak
    Detection in Multiple Surveillance Systems, Statistics in Medicine 32(7), 1206-1222; details as in R's surveillance.
    """

    key: ClassVar[str] = "seasonal"
    as_printed: ClassVar[bool] = True
    #: Its fit takes too long for that.
    chance_known: ClassVar[bool] = False
    centre_is: ClassVar[CentreKind] = CentreKind.EXPECTED
    entry: ClassVar[CatalogueEntry] = CatalogueEntry(
        formula=(
            "quantiles of a negative binomial around the expectation of a quasi-Poisson regression on the same "
            "season of past years, with ten seasons and a trend; past outbreaks weigh less"
        ),
        use="Weekly or monthly counts with a season: burglary in the dark months, disorder in summer.",
        avoid="Fewer than five full years of figures, rates and percents.",
        source=(
            "Farrington et al. (1996), JRSS A 159(3), 547-563; Noufaily et al. (2013), Statistics in Medicine "
            "32(7), 1206-1222; R's surveillance."
        ),
        example=Example(
            when="{above_upper_limit: {limits: {seasonal: {}}}}",
            figures=(
                "18 21 25 37 44 52 53 47 38 30 26 22 19 25 31 32 42 53 56 49 40 36 24 24 17 21 26 32 47 54 58 49 44 "
                "32 24 19 19 21 30 38 46 55 58 49 38 36 27 20 22 22 29 33 42 50 55 49 38 36 29 22 23 21 25 34 45 54 "
                "54 53 44 34 24 21 48"
            ),
            finds=(
                "The figure: 48 in April 2024, significantly above the 21 expected (upper limit 34). It is up from "
                "21 in March 2024 and up from 23 in April 2023. It is compared with the 55 figures from March 2019 "
                "to September 2023."
            ),
        ),
    )

    years: int = param("how many years back", 5)
    half_width: int | None = param(
        "periods on either side that belong to the same season; default 3 weeks, 1 month", None
    )
    leave_out: int | None = param("latest periods that take no part; default 26 weeks, 6 months", None)
    reweight_above: float = param(
        "past figures whose standardised residual is above this weigh less", 2.58, positive=True
    )
    confidence: Amount = param("one-sided, of each limit", Amount(number=99.5, relative=True))
    minimum_cases: MinimumCases = param("fewer cases in the last periods are never outside", MinimumCases())

    def problems(self, measure: Measure, every: PeriodKind) -> list[str]:
        """Refuse all but weekly and monthly counts, and windows that fill the year."""
        found = []
        if measure.unit is not Unit.COUNT:
            found.append("seasonal limits are for counts")
        if every not in HALF_WIDTH:
            found.append("seasonal limits are for weeks and months")
        else:
            year = 52 if every is PeriodKind.WEEK else 12
            width, left_out = self._width(every), self._left_out(every)
            if width < 0 or year - 2 * width - 1 < SEASONS - 1:
                found.append(f"half_width: {width} leaves no {SEASONS - 1} seasons beside the window")
            if not 0 <= left_out < year:
                found.append(f"leave_out: {left_out} must lie from 0 to below a year")
        if self.years < 1:
            found.append("years must be 1 or more")
        if not 50 < self.confidence.number < 100:
            found.append("confidence lies above 50 % and below 100 %")
        return found

    def _width(self, kind: PeriodKind) -> int:
        return HALF_WIDTH[kind] if self.half_width is None else self.half_width

    def _left_out(self, kind: PeriodKind) -> int:
        return LEAVE_OUT[kind] if self.leave_out is None else self.leave_out

    def members(self, block: Block) -> Members:
        """The figures of past years but the latest."""
        taken = np.zeros((block.stop, block.shape[1]), dtype=bool)
        past = self._past(block, block.stop - 1)
        if past is not None:
            taken[past[0]] = usable(block)[past[0]] & self._reaches(block, past[0], block.stop - 1)
        return Members(taken)

    def compute(self, block: Block, numbers: Mapping[str, Floats]) -> LimitLines:
        """Fit each judged row's own past, all columns at once."""
        lines = no_lines(block)
        lines.dispersion = np.full(block.shape, np.nan)
        with np.errstate(all="ignore"):
            for place, row in enumerate(range(block.start, block.stop)):
                for columns, centre, phi in self._expected(block, row):
                    chance = self.confidence.number / 100
                    lines.centre[place, columns], lines.dispersion[place, columns] = centre, phi
                    lines.upper[place, columns] = count_quantile(chance, centre, phi)
                    lines.lower[place, columns] = count_quantile(1 - chance, centre, phi)
                calm = self._calm(block, row) & (lines.upper[place] == lines.upper[place])
                lines.upper[place, calm], lines.lower[place, calm] = np.inf, -np.inf
        lines.reason = codes_where(lines.upper != lines.upper, Reason.FEW_POINTS)
        calm_lower = np.isneginf(lines.lower)
        lines = block.clip(lines)
        lines.lower[calm_lower] = -np.inf
        return lines

    def _calm(self, block: Block, row: int) -> Flags:
        """Return where the last periods have fewer cases than could be an outbreak."""
        first = max(row + 1 - self.minimum_cases.periods, 0)
        recent = block.panel.values[first : row + 1, block.columns]
        calm: Flags = np.nansum(recent, axis=0) < self.minimum_cases.count
        return calm

    def _expected(self, block: Block, row: int) -> Iterator[tuple[Index, Floats, Floats]]:
        """Yield columns with enough past, their expectation for a row, and their dispersion."""
        past = self._past(block, row)
        if past is None:
            return
        rows, level = past
        part = Block(block.panel, row, row + 1, block.columns)
        own = usable(part)
        columns = np.flatnonzero(self._reaches(block, rows, row))
        if not len(columns):
            return
        taken = own[rows][:, columns]
        counts = np.where(taken, block.panel.values[rows][:, block.columns][:, columns], 0.0)
        seasons = Seasons.of(level, rows.astype(np.float64) - row)
        centre, phi = self._fitted(counts, taken, seasons)
        yield columns, centre, phi

    def _reaches(self, block: Block, rows: Index, row: int) -> Flags:
        """Return which columns have figures as far back as the oldest of some past rows, on a row's side of every break."""
        oldest, panel = int(rows.min()), block.panel
        begun: Flags = panel.first_rows[block.columns] <= oldest
        if panel.segments is not None:
            begun &= panel.segments[oldest, block.columns] == panel.segments[row, block.columns]
        return begun

    def _fitted(self, y: Floats, taken: Flags, seasons: Seasons) -> tuple[Floats, Floats]:
        """Return expectation and dispersion at the judged period: time 0, last season."""
        from scipy.special import stdtr  # only rules on seasonal limits wait for it

        found, weights, phi = self._robust(y, taken, seasons, trend=True)
        here = np.exp(found.at(-1, 0.0))
        spread = down(weights * ((y - found.mean) / found.mean) ** 2) / found.freedom
        chance = 2 * stdtr(found.freedom, -np.abs(found.slope / np.sqrt(spread / found.time_squares)))
        kept = (chance < TREND_CHANCE) & (here <= np.where(taken, y, -np.inf).max(axis=0)) & found.arrived
        if self.years < YEARS_FOR_A_TREND:
            kept[:] = False
        without = np.flatnonzero(~kept)
        if len(without):
            flat, _, flat_phi = self._robust(y[:, without], taken[:, without], seasons, trend=False)
            here[without] = np.where(flat.arrived, np.exp(flat.at(-1, 0.0)), np.nan)
            phi[without] = flat_phi
        return here, phi

    def _robust(self, y: Floats, taken: Flags, seasons: Seasons, *, trend: bool) -> tuple[Fit, Floats, Floats]:
        """Fit, weigh past outbreaks less, fit again; return the fit, its weights and its dispersion, 1 at least."""
        ones = taken.astype(np.float64)
        first = fit(y, ones, seasons, trend=trend)
        phi = np.fmax(first.dispersion(y), 1.0)
        raw = 1.5 * (y ** (2 / 3) * first.mean ** (-1 / 6) - np.sqrt(first.mean))
        residual = raw / np.sqrt(phi * (1 - first.leverage))
        high = taken & (residual > self.reweight_above)
        inverse = np.where(high, residual**-2.0, ones)
        weights = inverse * (down(ones) / down(inverse))
        again = fit(y, weights, seasons, trend=trend)
        again.arrived &= first.arrived & (again.freedom > 0)
        return again, weights, np.fmax(again.dispersion(y), 1.0)

    def _past(self, block: Block, row: int) -> tuple[Index, Index] | None:
        """Return past rows by season and each one's season, counted from 0; None where the years do not reach back."""
        kind, width = block.panel.kind, self._width(block.panel.kind)
        same = [row, *(self._years_before(block, row, n) for n in range(1, self.years + 1))]
        if same[-1] - width < 0:
            return None
        level = np.full(row + 1, -1, dtype=np.intp)
        level[row - width :] = SEASONS - 1
        for before, now in zip(same[1:], same[:-1], strict=True):
            level[before - width : before + width + 1] = SEASONS - 1
            between = np.arange(before + width + 1, now - width)
            level[between] = _parted(len(between))
        level[max(row - self._left_out(kind), 0) :] = -1
        rows = np.flatnonzero(level >= 0)
        order = np.argsort(level[rows], kind="stable")
        rows = rows[order]
        # seasons that have no row are not counted, so that they follow without gaps
        return rows, np.cumsum(np.diff(level[rows], prepend=level[rows[0]]) > 0)

    def _years_before(self, block: Block, row: int, years: int) -> int:
        """Return the row of the same month, or of the week that begins nearest to the same day, so many years before."""
        if block.panel.kind is PeriodKind.MONTH:
            return row - 12 * years
        day = block.panel.period(row).first_day
        try:
            then = day.replace(year=day.year - years)
        except ValueError:  # 29 February
            then = date(day.year - years, 3, 1)
        weekday = then.weekday()
        nearest = then - timedelta(days=weekday if weekday <= _HALF_A_WEEK else weekday - 7)
        return row - (day - nearest).days // 7


def _parted(length: int) -> Index:
    """Return seasons for the periods between two windows: as equal in length as can be, the longer ones first."""
    size, rest = divmod(length, SEASONS - 1)
    return np.repeat(np.arange(SEASONS - 1), [size + (n < rest) for n in range(SEASONS - 1)])
