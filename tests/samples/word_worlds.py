"""Random worlds to be worded: a measure of any unit, a few series full of ties and extremes, and rules of every condition."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Any

import numpy as np

from alerting.conditions.composition import AllOf, AnyOf, Not
from alerting.domain.area import Area, AreaTree
from alerting.domain.condition import Condition
from alerting.domain.finding import Reason, State
from alerting.domain.measure import Covers, Expected, Match, Measure, Polarity, Span, Unit, Window
from alerting.domain.panel import Panel
from alerting.domain.parameters import Amount, Band, Milestone
from alerting.domain.period import Calendar, PeriodKind
from alerting.domain.rule import RuleSet
from alerting.domain.spans import cumulated
from alerting.evaluation.engine import evaluate
from alerting.evaluation.findings import findings
from alerting.evaluation.found import Found
from samples import sampling
from samples.brought import Drawn, of_conditions, of_methods
from samples.histories import UNITS
from samples.worlds import rules_for

#: Rows of a panel, by kind: enough for the year before and the one before that.
ROWS = {
    PeriodKind.DAY: 40, PeriodKind.WEEK: 112, PeriodKind.MONTH: 50, PeriodKind.QUARTER: 14, PeriodKind.YEAR: 10,
}  # fmt: skip
#: What is called so in rule files.
TITLES = (
    "Total recorded crime", "Rape", "999 calls answered within 10 seconds", "Missing person reports", "ASB incidents",
    "Child at Risk", "Average emergency response time", "Criminal damage & arson",
)  # fmt: skip
SENTENCES = (
    "{value} of 999 calls were answered within 10 seconds", "Victims waited {value}", "{period}, {value} were recorded",
    "In {area}, {value} were seen", "{area}: {value} reported",
)  # fmt: skip
NAMES = ("offences", "calls", "missing persons", "burglaries", "losses", "searches", "people", "members of staff")
PLACES = ("Herefordshire", "Telford & Wrekin", "North Worcestershire")
SHAPES = (
    "flat",
    "small counts",
    "steps",
    "rising",
    "falling",
    "wild",
    "near ties",
    "near ties",
    "round",
    "mixed signs",
    "zeros",
    "tiny",
    "huge",
)
NOTHING = float("nan")
HOLD = Window(id="tested", match=Match(), since=None, until=None, words="Being tested after the new system.")


@dataclass(frozen=True, slots=True)
class Spoken:
    """A finding with its words, the plain condition that decided, and the verdict that it gave itself."""

    found: Found
    text: str
    subject: str
    #: What a mail's subject says of it, with room for all of it.
    brief: str
    condition: Condition
    verdict: State
    as_of: date
    #: Whether the series has no newer figure, of those that came and cannot be used too.
    is_newest: bool


#: What a composition has beside the condition that is tried; the same whatever other conditions there are.
BESIDE = ("outside_range", "target_missed", "trend", "change")
#: Draws of measures, figures and numbers, until a condition fits.
MOST_DRAWS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A condition that is tried in words; where it is one on limits, with one method, which wants figures of its own."""

    key: str
    method: str | None = None

    @property
    def id(self) -> str:
        """What its worlds are drawn by: no other condition and no other method has a part in it."""
        return self.key if self.method is None else f"{self.key}/{self.method}"


def all_tried() -> list[Tried]:
    """Return every condition that has words of its own; one that is tried on limits once with each method."""
    methods = [key for key, method in of_methods().items() if method.worded is not None]
    return [
        Tried(key=key, method=method)
        for key, brought in of_conditions().items()
        if brought.worded is not None
        for method in (methods if brought.on_limits else [None])
    ]


def in_every_run() -> list[Tried]:
    """Return those that every run tries: each condition and each limits method, and of their other combinations some."""
    every = all_tried()
    own = [(("key", one.key), ("method", one.method)) for one in every]
    chosen = sampling.drawn([one.id for one in every], own, one_in=5)
    return [one for one, is_in in zip(every, chosen, strict=True) if is_in]


def world(tried: Tried, seed: int, wanted: int = 10) -> list[Spoken]:
    """Return at most *wanted* of the findings of a world: exceptions most, then normal ones, then those without a verdict."""
    random = Random(f"{tried.id} {seed}")
    measure, panel, condition = that_fit(random, tried)
    rules = rules_of(random, measure, panel, condition)
    as_of = panel.period(panel.n_periods).first_day + timedelta(days=random.choice([0, 0, 3, 40]))
    made = findings(evaluate(rules, {panel.kind: panel}, as_of, every_period=True), text="none")
    random.shuffle(made)
    exceptions = [one for one in made if one.finding.state is State.EXCEPTION][: wanted * 3 // 5]
    normal = [one for one in made if one.finding.state is State.NORMAL][: wanted * 3 // 10]
    others = [one for one in made if not one.finding.state.is_verdict]
    return [_spoken(one, as_of, panel) for one in (exceptions + normal + others)[:wanted]]


def that_fit(random: Random, tried: Tried) -> tuple[Measure, Panel, Condition]:
    """Draw until a condition can work on a measure."""
    figures = None if tried.method is None else of_methods()[tried.method].figures
    for _ in range(MOST_DRAWS):
        kind = random.choice([*PeriodKind, PeriodKind.MONTH])
        measure = a_measure(random, kind, None if figures in (None, "plain") else UNITS[figures])
        panel = a_panel(random, measure, kind)
        condition = a_condition(drawn(random, measure, panel, tried.method), tried.key)
        if condition is not None:
            return measure, panel, condition
    raise AssertionError(f"{tried.id} fits none of {MOST_DRAWS} measures")


def _spoken(found: Found, as_of: date, seen: Panel) -> Spoken:
    found.with_text()
    condition, turned = list(_plain(found.condition, turned=False))[found.facts.decided_by or 0]
    verdict = found.finding.state
    if turned and verdict.is_verdict:
        verdict = State(1 - verdict)
    assert found.finding.text is not None
    words = (found.finding.text, found.headline, found.brief.within(1_000))
    return Spoken(found, *words, condition, verdict, as_of, _is_newest(found, seen))


def _is_newest(found: Found, seen: Panel) -> bool:
    """Whether no row behind a finding's has a figure, by looking at each."""
    column, row = seen.areas.index(found.finding.area), seen.row(found.finding.period)
    behind = range(row + 1, seen.n_periods)
    came = [n for n in behind if seen.shown[n, column] == seen.shown[n, column]]
    refused = [n for n in behind if seen.reasons is not None and seen.reasons[n, column]]
    return not came and not refused


def _plain(condition: Condition, *, turned: bool) -> list[tuple[Condition, bool]]:
    """The plain conditions of a composition, in order, each with whether its verdict is turned round on its way up."""
    if isinstance(condition, Not):
        return _plain(condition.part, turned=not turned)
    if isinstance(condition, AllOf | AnyOf):
        return [found for part in condition.parts for found in _plain(part, turned=turned)]
    return [(condition, turned)]


def a_measure(random: Random, kind: PeriodKind, unit: Unit | None = None) -> Measure:
    """A measure of some unit, or the given one, written in some way."""
    unit = unit or random.choice([*Unit, Unit.COUNT, Unit.COUNT, Unit.PERCENT, Unit.CURRENCY])
    some: dict[str, Any] = {}
    if random.random() < 0.25:
        some["decimals"] = random.choice([0, 1, 2, 3])
    if random.random() < 0.5:
        some["unit_name"] = random.choice(NAMES)
    if unit is Unit.CURRENCY:
        some["scale"] = random.choice([None, "thousand", "million", "billion"])
        some["currency"] = random.choice(["GBP", "GBP", "EUR", "USD", "JPY"])
    if unit is Unit.RATE:
        some["per"] = 1000.0
    if random.random() < 0.3:
        some["sentence"] = random.choice(SENTENCES)
    if kind in (PeriodKind.MONTH, PeriodKind.QUARTER) and random.random() < 0.25:
        some["covers"] = random.choice([Span(count=12, kind=PeriodKind.MONTH), Covers.YEAR_TO_DATE])
    elif kind is PeriodKind.MONTH and random.random() < 0.2:
        some["rolling"] = Span(count=random.choice([3, 6, 12]), kind=PeriodKind.MONTH)
    return Measure(
        id="m", title=random.choice(TITLES), topic="t", unit=unit, better=random.choice(list(Polarity)), every=kind,
        called=random.choice(["target", "standard", "aspiration", "tolerance", "plan"]), expected=Expected(days=5), **some,
    )  # fmt: skip


def a_panel(random: Random, measure: Measure, kind: PeriodKind) -> Panel:
    """Three areas and the force, with whatever columns a source may give."""
    rows, columns = ROWS[kind], 4
    shape, scale = random.choice(SHAPES), random.choice([1.0, 1.0, 1.0, 30.0, 1000.0])
    values = np.column_stack([_series(random, measure, shape, scale, rows) for _ in range(columns)])
    if random.random() < 0.5:
        for _ in range(random.randint(1, 6)):
            values[random.randrange(rows), random.randrange(columns)] = NOTHING
    bottom = np.array([[float(random.randint(1, 400)) for _ in range(columns)] for _ in range(rows)])
    planes = _planes(random, measure, values, bottom)
    shown, reasons = values, None
    if random.random() < 0.3:
        values, shown, reasons = _not_judged(random, values)
    first = Calendar().containing(date(random.choice([2017, 2018, 2019]), 4, 1), kind).ordinal
    return Panel(
        kind=kind, first=first, starts=4, values=values, shown=shown, planes=planes, reasons=reasons,
        columns={"m": slice(0, columns)}, areas=("force", "a0", "a1", "a2"), siblings=np.array([0, 1, 1, 1]),
        floor=np.full(columns, -np.inf), ceiling=np.full(columns, np.inf),
        provisional=np.array([[random.random() < 0.2] * columns for _ in range(rows)]),
    )  # fmt: skip


def _not_judged(random: Random, values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The figures without some that are not judged; those that are shown; and why they are not."""
    judged, shown, reasons = values.copy(), values.copy(), np.zeros(values.shape, dtype=np.int8)
    for _ in range(8):
        cell = random.randrange(values.shape[0]), random.randrange(values.shape[1])
        judged[cell] = NOTHING
        why = random.choice([Reason.HELD, Reason.SMALL_NUMBERS, Reason.CONFLICT, Reason.REFUSED, Reason.SOURCE_FAILED])
        reasons[cell] = why.code
        if why not in (Reason.HELD, Reason.SMALL_NUMBERS):
            shown[cell] = NOTHING
    return judged, shown, reasons


def _planes(random: Random, measure: Measure, values: np.ndarray, bottom: np.ndarray) -> dict[str, np.ndarray]:
    """Columns beside the figures: sometimes equal to them, sometimes apart by less than is printed."""

    def beside() -> np.ndarray:
        apart = [0.0, 1e-7, -1e-7, 0.004, -0.04, 0.3, 1.0, -1.0, 20.0, -35.0]
        moved = values + np.array([[random.choice(apart) for _ in row] for row in values])
        return np.where(values == values, moved, 5.0)

    ends = beside(), beside()
    upper, lower = np.maximum(*ends), np.minimum(*ends)
    planes = {
        "plan": beside(), "monthly_average": beside(), "target": beside(), "upper_limit": upper, "lower_limit": lower,
        "change_previous_period": beside(),
    }  # fmt: skip
    if measure.unit in (Unit.PERCENT, Unit.RATE):
        planes |= {"numerator": np.round(values * bottom / measure.ratio_scale), "denominator": bottom}
    return planes


def _series(random: Random, measure: Measure, shape: str, scale: float, rows: int) -> np.ndarray:
    base = random.choice([0.0, 1.0, 7.0, 50.0, 83.0, 99.96])
    made: dict[str, Callable[[int], float]] = {
        "flat": lambda _: base,
        "small counts": lambda _: float(random.choice([0, 0, 1, 1, 2, 3, 5])),
        "steps": lambda n: base + (6.0 if n > rows * 2 // 3 else 0.0) + random.choice([-1.0, 0.0, 1.0]),
        "rising": lambda n: base + n * random.choice([0.04, 1.0, 3.5]),
        "falling": lambda n: base - n * random.choice([0.04, 0.5]),
        "wild": lambda _: random.choice([base, base + random.uniform(-40, 200), round(base + random.gauss(0, 9), 1)]),
        "near ties": lambda _: base + random.choice([0.0, 1e-9, -1e-9, 1e-4, 0.004, 0.04, -0.04]),
        "round": lambda _: random.choice([50.0, 75.0, 80.0, 100.0, 100.0, 120.0, 125.0]),
        "mixed signs": lambda _: random.choice([-1.0, 1.0, -12.5, 30.25, 0.0, -0.4, -1234.5]),
        "zeros": lambda _: random.choice([0.0, 0.0, 0.0, -0.0, 1.0]),
        "tiny": lambda _: random.choice([1e-9, 3e-12, 0.0, 2e-4]),
        "huge": lambda _: random.choice([1e9, 1234567890.5, 1e15 + 1, 3e22, 1.5e300]),
    }
    values = np.array([made[shape](n) * scale for n in range(rows)])
    if measure.unit is Unit.COUNT and random.random() < 0.8:
        values = np.abs(np.round(values))
    return values


def drawn(random: Random, measure: Measure, panel: Panel, method: str | None = None) -> Drawn:
    """Draw numbers that lie on, beside and far from the figures; with a limits method, where one is named."""
    seen = panel.values[panel.values == panel.values]
    value = float(random.choice(seen.tolist() or [0.0]))
    near = value + random.choice([0.0, 0.0, 1e-7, -0.04, 0.04, 1.0, -5.0])
    day = panel.period(random.randrange(panel.n_periods)).last_day
    share = Amount(number=random.choice([0.0, 3.0, 20.0, 12.5, 100.0]), relative=True)
    low, high = sorted((near, value + random.choice([0.0, 3.0, 40.0])))
    bands = (Band(name="red", at_least=None, below=low), Band(name="green", at_least=low, below=None))
    if high > low:
        bands = (bands[0], Band(name="amber", at_least=low, below=high), Band(name="green", at_least=high, below=None))
    found = Drawn(
        random=random, measure=measure, panel=panel, method=None, value=value, near=near, day=day, share=share,
        amount=random.choice([share, Amount(number=random.choice([0.0, 0.04, 1.0, 5.0]))]),
        length=random.choice([2, 3, 4]),
        side=random.choice(["at_least", "at_most"]),
        span=random.choice(["previous_period", "same_period_last_year", "year_to_date", "rolling_12_months"]),
        low=low, high=high, bands=bands,
        plan={
            "milestones": (Milestone(date=day, value=value), Milestone(date=day + timedelta(days=400), value=near + 3)),
            "shape": random.choice(["linear", "step"]),
            "tolerance": random.choice([0.0, 0.0, 0.04, 2.0]),
        },
    )  # fmt: skip
    if method is None:
        return found
    worded = of_methods()[method].worded
    assert worded is not None
    return replace(found, method=worded(found))


def a_condition(of: Drawn, key: str) -> Condition | None:
    """Return a condition of what was drawn; None: it cannot work on the measure."""
    worded = of_conditions()[key].worded
    assert worded is not None
    measure, kind = of.measure, of.panel.kind
    condition = worded(of)
    if condition.method is not None and condition.method.problems(measure, kind):
        return None
    condition = condition.bind(measure)
    span = cumulated(measure, kind)
    fits = not condition.problems(measure, kind) and (span is None or condition.misfit(span) is None)
    return condition if fits else None


def rules_of(random: Random, measure: Measure, panel: Panel, condition: Condition) -> RuleSet:
    """Rules of one condition on the measure: as it is, and composed with others."""
    conditions = [condition]
    if not condition.by_clock and random.random() < 0.4:
        made = [a_condition(drawn(random, measure, panel), key) for key in random.sample(BESIDE, 2)]
        beside = tuple(one for one in made if one is not None)
        turned = Not(part=condition)
        conditions += [
            random.choice([AllOf, AnyOf])(parts=(condition, *beside)),
            turned,
            AllOf(parts=(turned, *beside)),
        ]
    areas = [Area(id="force", title="West Mercia")]
    areas += [Area(id=f"a{n}", title=title, parent="force") for n, title in enumerate(PLACES)]
    one_rule = rules_for(panel, conditions[0], measure)
    rules = tuple(replace(one_rule.rules[0], id=f"r{n}", when=one) for n, one in enumerate(conditions))
    holds = (HOLD,) if random.random() < 0.5 else ()
    return replace(one_rule, areas=AreaTree.of(areas), holds=holds, rules=rules)
