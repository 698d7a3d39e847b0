"""Charts as descriptions, with figures that show each thing a chart can show."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from alerting.charts.chart import Chart, ChartBand, Line, LineKind, Mark, Point
from alerting.charts.layout import HEIGHT, WIDTH
from alerting.charts.pictures import Pictures
from alerting.charts.words import alt_text, shows
from alerting.domain.finding import Meaning
from alerting.domain.measure import Measure, Polarity, Unit
from alerting.domain.period import Calendar, Period, PeriodKind
from alerting.reports.views import ChartView, EventView
from alerting.wording.numbers import NumberStyle

_ = None  # a missing figure
APRIL_2018 = Calendar().parse_exact("2018-04")


def a_style(unit: Unit = Unit.COUNT, **extra: object) -> NumberStyle:
    fields: dict[str, object] = {
        "id": "m", "title": "Measure", "topic": "t", "unit": unit, "better": Polarity.LOWER, "every": PeriodKind.MONTH,
    }  # fmt: skip
    return NumberStyle.of(Measure(**(fields | extra)))  # type: ignore[arg-type]


def points(
    values: Sequence[float | None],
    marks: Mapping[int, tuple[Mark, Meaning | None]] | None = None,
    *,
    first: Period = APRIL_2018,
    provisional: Sequence[int] = (),
    held: Sequence[int] = (),
    breaks: Sequence[int] = (),
) -> tuple[Point, ...]:
    marked = marks or {}
    return tuple(
        Point(
            period=first + n, value=value, mark=marked[n][0] if n in marked else None,
            meaning=marked[n][1] if n in marked else None, provisional=n in provisional, judged=n not in held,
            after_break=n in breaks,
        )
        for n, value in enumerate(values)
    )  # fmt: skip


def a_chart(values: Sequence[float | None], unit: Unit = Unit.COUNT, **extra: object) -> Chart:
    fields: dict[str, object] = {
        "title": "Measure", "area": "West Mercia", "points": points(values), "style": a_style(unit),
    }  # fmt: skip
    return Chart(**(fields | extra))  # type: ignore[arg-type]


def level(kind: LineKind, called: str, *parts: tuple[float | None, int], stepped: bool = True) -> Line:
    """A line from levels and for how many periods each holds."""
    return Line(kind=kind, called=called, values=tuple(v for v, count in parts for _n in range(count)), stepped=stepped)


def limits(*years: tuple[float | None, float | None, float | None, int]) -> tuple[Line, ...]:
    """Upper limit, average and lower limit with for how many periods they hold."""
    return (
        level(LineKind.LIMIT, "Upper limit", *((upper, n) for upper, _c, _l, n in years)),
        level(LineKind.CENTRE, "Average", *((centre, n) for _u, centre, _l, n in years)),
        level(LineKind.LIMIT, "Lower limit", *((lower, n) for _u, _c, lower, n in years)),
    )


CONCERN, IMPROVEMENT, CHANGE = ((Mark.EXCEPTION, meaning) for meaning in Meaning)

STANDARD = a_chart(
    [], Unit.PERCENT, title="999 calls answered within 10 seconds",
    points=points(
        [93, 94.1, 92, 91.4, 90.6, 92.2, 94, 93.1, 92.5, 91, 90.4, 91.9, 93, 92.4, 91.5, 89.6, 90.4, 91.2, 92.6, 93.3,
         92.9, 91.7, 90.8, 92, 91.1, 90.2, 88.2, 87, 85.4, 83],
        {15: CONCERN, 26: CONCERN, 27: CONCERN, 28: CONCERN, 29: CONCERN}, provisional=(29,),
    ),
    lines=(level(LineKind.TARGET, "Standard", (90.0, 30)),),
)  # fmt: skip
YEARS = a_chart(
    [], title="Total recorded crime", area="Telford & Wrekin",
    points=points(
        [6969, 7159, 7061, 6888, 6761, 6870, 7307, 6799, 7060, 7108, 6627, 7014, 7329, 6493, 6919, 6974, 6794, 7126, 6983,
         6636, 7207, 7168, 7238, 7360, 7092, 7030, 6675, 7155, 6845, 7767],
        {29: CONCERN},
    ),
    lines=limits((7500, 7000, 6500, 12), (7450, 6950, 6450, 12), (7600, 7050, 6500, 6)),
)  # fmt: skip
MOVED = a_chart(
    [], title="Burglary of houses", area="Herefordshire",
    points=points(
        [11, 14, 12, 4, 2, 11, 8, 7, 13, 13, 10, 11, 11, 15, 12, 12, 12, 5, 14, 13, 12, 19, 20, 15, 12, 16, 16, 15, 20, 13, _, 12,
         14, 18, 19, 15],
        dict.fromkeys(range(21, 28), (Mark.RUN, None)) | {28: (Mark.MOVED, Meaning.CHANGE)}, breaks=(5,), held=(34,),
    ),
    lines=limits((None, None, None, 12), (16.2, 10.1, 4.0, 16), (22.5, 16.4, 10.3, 8)),
)  # fmt: skip
BANDS = a_chart(
    [], Unit.PERCENT, title="Stop and search with a result",
    points=points([21, 20.5, 19.8, 22, 18, 17.5, 16, 16.6, 15.2, 14.1, 13, _, 12.6, 12.2],
                  dict.fromkeys((9, 10, 12, 13), CONCERN), provisional=(12, 13)),
    bands=(ChartBand(called="red", low=None, high=15, rank=0), ChartBand(called="amber", low=15, high=20, rank=0.5),
           ChartBand(called="green", low=20, high=None, rank=1)),
)  # fmt: skip
PLAN = a_chart(
    [], Unit.PERCENT, title="Victims referred to the Victim Advice Line",
    points=points(
        [10.1, 11.2, 11.9, 13, 13.8, 15.2, 15.4, 16.1, 17.1, _, _, 15.2, 15.9, 16.3], dict.fromkeys((11, 12, 13), CONCERN)
    ),
    lines=(level(LineKind.PLAN, "Plan", *((10 + 0.9 * n, 1) for n in range(14)), stepped=False),),
)  # fmt: skip
NEAR_ZERO = a_chart(
    [], title="Complaints upheld", points=points([0, 0, 1, 0, 0, 2, 0, 0, 0, 0, 0, 1, 0, 0, 3], {14: CONCERN}),
    lines=limits((2.1, 0.36, 0, 15)),
)  # fmt: skip
MONEY = a_chart(
    [], title="Underspend against budget", style=a_style(Unit.CURRENCY, scale="million"),
    points=points([-1.2, -0.8, -0.3, 0.2, 0.5, -0.1, -1.712, -2.4], {7: IMPROVEMENT},
                  first=Period(PeriodKind.QUARTER, 2018 * 4 + 2)),
    lines=(level(LineKind.PLAN, "Plan", (0.0, 8)),),
)  # fmt: skip
SECONDS = a_chart(
    [], Unit.SECONDS, title="Time to attend emergencies",
    points=points([780, 812, 765, 790, 803, 771, 1260], {6: CHANGE}),
    lines=(level(LineKind.TARGET, "Minimum standard", (1200.0, 7)),),
)  # fmt: skip
#: As much as a chart can hold: sixty points that jump, a title of two lines, every kind of line and mark.
FULLEST = a_chart(
    [], title="Residential burglary of houses in which nobody was at home, with no line of enquiry left and no suspect named",
    points=points([20 + (n * 37) % 23 for n in range(60)], {n: CONCERN if n % 3 else (Mark.RUN, None) for n in range(40, 60)},
                  provisional=range(50, 60)),
    lines=(*limits((43.1, 31.4, 20.2, 30), (41.2, 30.1, 19.4, 30)), level(LineKind.TARGET, "Tolerance", (30.4, 60))),
)  # fmt: skip
CHARTS = {
    "standard": STANDARD, "years": YEARS, "moved": MOVED, "bands": BANDS, "plan": PLAN, "near-zero": NEAR_ZERO,
    "money": MONEY, "seconds": SECONDS, "fullest": FULLEST,
}  # fmt: skip


def charted(event: EventView, chart: Chart = STANDARD, pictures: Pictures | None = None) -> EventView:
    """The event with a chart of its series."""
    drawn = pictures or Pictures()
    view = ChartView(
        alt=alt_text(chart, event.text), shows=shows(chart), width=WIDTH, height=HEIGHT, draw=lambda: drawn.of(chart)
    )
    return replace(event, chart=lambda: view)
