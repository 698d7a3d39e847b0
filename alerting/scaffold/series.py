"""What each measure of the example is made of: its level, how it varies, and where it is counted.

The folder's own YAML says what the measures are called and how they are judged; this table, how their figures come about.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from alerting.scaffold.places import DISTRICTS, DIVISIONS, WHOLE

Every: TypeAlias = Literal["day", "week", "month"]
Form: TypeAlias = Literal["count", "share", "number"]

#: Factors by calendar month, January first: more in winter, more in summer; their mean is 1.
WINTER = (1.15, 1.13, 1.07, 1.0, 0.93, 0.87, 0.85, 0.87, 0.93, 1.0, 1.07, 1.13)
SUMMER = (0.85, 0.87, 0.93, 1.0, 1.07, 1.13, 1.15, 1.13, 1.07, 1.0, 0.93, 0.87)
LEVEL = (1.0,) * 12

_WHERE = {"districts": DISTRICTS, "divisions": tuple(DIVISIONS), "whole": (WHOLE,)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """How the figures of one measure are made.

    Args:
        measure: its id in the folder.
        form: a count varies as counts do, around `level` × the area's size; a share is so many of a denominator (`of`, × the
            area's size) at `level` percent; a number varies by `spread` around `level`, whatever the size.
        level: of a district of size 1, a period.
        of: the denominator of a share in a district of size 1.
        spread: standard deviation of a number.
        season: factors of level by calendar month.
        grows: added to the level, a year, in the level's unit.
        plan: what is planned beside it, for a district of size 1, a period; None: nothing is.
        to_date: figures and plan are added up from April on.
        digits: after the point, of a number.
    """

    measure: str
    every: Every
    where: str
    form: Form
    level: float
    of: float = 0
    spread: float = 0
    season: tuple[float, ...] = LEVEL
    grows: float = 0
    plan: float | None = None
    to_date: bool = False
    digits: int = 0

    @property
    def areas(self) -> tuple[str, ...]:
        """The areas that the source gives; what is above them is added up by the engine."""
        return _WHERE[self.where]


def _count(
    measure: str,
    every: Every,
    where: str,
    level: float,
    *,
    season: tuple[float, ...] = LEVEL,
    grows: float = 0,
    plan: float | None = None,
) -> Series:
    return Series(
        measure=measure, every=every, where=where, form="count", level=level, season=season, grows=grows, plan=plan
    )


def _share(measure: str, every: Every, where: str, level: float, of: float, *, grows: float = 0) -> Series:
    return Series(measure=measure, every=every, where=where, form="share", level=level, of=of, grows=grows)


def _number(
    measure: str,
    every: Every,
    where: str,
    around: tuple[float, float],
    *,
    season: tuple[float, ...] = LEVEL,
    plan: float | None = None,
    to_date: bool = False,
    digits: int = 0,
) -> Series:
    """A number `around` a level, with its standard deviation."""
    level, spread = around
    return Series(
        measure=measure,
        every=every,
        where=where,
        form="number",
        level=level,
        spread=spread,
        season=season,
        plan=plan,
        to_date=to_date,
        digits=digits,
    )


#: Sixty measures, by topic.
SERIES = (
    # Contact centre
    _count("calls-offered", "week", "districts", 420, season=WINTER),
    _share("calls-answered-60s", "week", "districts", 84.0, 400),
    _share("calls-abandoned", "week", "districts", 6.0, 400),
    _share("emails-answered-2d", "week", "divisions", 92.0, 90),
    _count("chats", "week", "whole", 90),
    _count("calls-a-day", "day", "divisions", 62),
    _number("longest-wait", "day", "whole", (11.0, 1.6), digits=1),
    _share("satisfied-with-contact", "month", "districts", 81.0, 60),
    _count("complaints/delay", "month", "districts", 14),
    _count("complaints/staff", "month", "districts", 5),
    _count("complaints/quality", "month", "districts", 9),
    _count("complaints/other", "month", "districts", 7),
    _share("complaints-answered-10d", "month", "divisions", 88.0, 90),
    # Repairs
    _count("repairs-raised", "week", "districts", 66, season=WINTER),
    _share("emergency-repairs-4h", "week", "divisions", 96.0, 45),
    _count("repairs-done", "month", "districts", 280, season=WINTER),
    _share("repairs-first-visit", "month", "districts", 85.0, 260),
    _number("repair-days", "month", "divisions", (12.0, 0.9), digits=1),
    _count("repairs-waiting", "month", "districts", 150),
    _share("gas-checks-valid", "month", "divisions", 99.6, 2500),
    _number("repair-cost", "month", "whole", (410, 18), plan=415),
    # Homes and rents
    _share("rent-collected", "month", "districts", 97.6, 2600),
    _count("empty-homes", "month", "districts", 24),
    _number("relet-days", "month", "divisions", (27.0, 2.1), digits=1),
    _count("new-homes", "month", "whole", 2.2),
    _number("arrears", "month", "whole", (1850, 40)),
    _count("evictions", "month", "divisions", 2),
    # Care
    _count("visits-made", "week", "districts", 510),
    _share("visits-late", "week", "districts", 7.0, 500),
    _count("people-in-care", "month", "districts", 230),
    _count("falls", "month", "districts", 16),
    _share("care-plans-reviewed", "month", "districts", 91.0, 75),
    _share("satisfied-with-care", "month", "districts", 87.0, 28),
    _share("back-to-hospital", "month", "divisions", 9.0, 110),
    _number("beds-free", "day", "whole", (42, 5)),
    # Waste and streets
    _share("bins-on-day", "week", "districts", 99.2, 4000),
    _count("fly-tips", "week", "districts", 22),
    _share("streets-clean", "week", "divisions", 93.0, 120),
    _count("missed-bins-a-day", "day", "divisions", 19),
    _share("recycled", "month", "districts", 46.0, 900, grows=1.5),
    _number("waste-tonnes", "month", "whole", (5400, 110), season=SUMMER),
    _count("litter-reports", "month", "districts", 70, season=SUMMER),
    # Safety
    _count("serious-incidents", "day", "whole", 0.00625),
    _count("system-outages", "day", "whole", 0.01),
    _count("incidents", "month", "districts", 31),
    _count("near-misses", "month", "districts", 44),
    _count("fire-checks", "month", "districts", 62, plan=60),
    # Money
    _number("spending-to-date", "month", "whole", (6300, 90), plan=6350, to_date=True),
    _number("savings-to-date", "month", "whole", (240, 22), plan=235, to_date=True),
    _share("invoices-30d", "month", "whole", 95.0, 230),
    # People
    _count("agency-shifts", "week", "divisions", 58),
    _number("overtime-hours", "week", "divisions", (640, 45)),
    _number("sickness-days", "month", "divisions", (0.81, 0.05), season=WINTER, digits=2),
    _share("leavers", "month", "whole", 1.1, 300),
    _share("trained", "month", "divisions", 94.0, 380),
    _count("staff-in-post", "month", "divisions", 420),
    _count("vacancies", "month", "divisions", 26),
)

#: Added up in the source itself: the total of a family, from its parts.
TOTALS = {"complaints/all": ("complaints/delay", "complaints/staff", "complaints/quality", "complaints/other")}

#: Made by the engine of two others.
DERIVED = ("falls-rate", "vacancy-rate")
