"""Small worlds for tests: panels from values written in the test, and rule folders from YAML and CSV text."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path

import numpy as np

from alerting.app.engine import Engine
from alerting.demo.story import FixedClock
from alerting.domain.area import AreaTree
from alerting.domain.block import Block
from alerting.domain.condition import Condition
from alerting.domain.finding import Finding, Reason, State
from alerting.domain.measure import Aggregate, Measure, Polarity, Unit
from alerting.domain.panel import Panel
from alerting.domain.period import Calendar, PeriodKind
from alerting.domain.place import Place
from alerting.domain.rule import Rule, RuleSet
from alerting.evaluation.block_verdicts import BlockVerdicts
from alerting.evaluation.engine import Evaluation, evaluate
from alerting.evaluation.findings import findings
from alerting.settings import Secret, Settings
from alerting.wiring import engine_of

_ = None  # a missing figure, so that a series reads as it looks
#: April 2018: the first month of a financial year.
FIRST = Calendar().parse_exact("2018-04")


def floats(values: Sequence[float | None]) -> np.ndarray:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def a_panel(
    *series: Sequence[float | None], kind: PeriodKind = PeriodKind.MONTH, minimum: float = -np.inf, **extra: object
) -> Panel:
    """A panel of one measure `m` with a series for each argument, from April 2018 on."""
    values = np.column_stack([floats(one) for one in series])
    n = values.shape[1]
    first = Calendar().containing(FIRST.first_day, kind).ordinal
    fields: dict[str, object] = {
        "kind": kind, "first": first, "starts": 4, "values": values, "shown": values, "planes": {},
        "columns": {"m": slice(0, n)}, "areas": tuple(f"a{i}" for i in range(n)),
        "floor": np.full(n, minimum), "ceiling": np.full(n, np.inf),
    }  # fmt: skip
    return Panel(**(fields | extra))  # type: ignore[arg-type]


def a_measure(**extra: object) -> Measure:
    fields: dict[str, object] = {
        "id": "m", "title": "Measure", "topic": "t", "unit": Unit.NUMBER, "better": Polarity.LOWER,
        "every": PeriodKind.MONTH, "aggregate": None if "unit" in extra else Aggregate.SUM,
    }  # fmt: skip
    return Measure(**(fields | extra))  # type: ignore[arg-type]


def rules_for(panel: Panel, condition: Condition, measure: Measure) -> RuleSet:
    from alerting.domain.area import Area

    rule = Rule(
        id="r", title="Rule", measures=("m",), when=condition, every=panel.kind,
        place=Place(file="rules/r.yaml", line=1, column=1),
    )  # fmt: skip
    areas = AreaTree.of([Area(id=id_, title=id_.upper()) for id_ in panel.areas])
    return RuleSet(
        folder="rules", version="sha256:0", calendar=Calendar(), areas=areas, topics={}, measures={"m": measure},
        sources={}, rules=(rule,), owners={},
    )  # fmt: skip


def judged(condition: Condition, panel: Panel, measure: Measure | None = None, *, text: str = "all") -> list[Finding]:
    """Findings of every period of the first series, oldest first."""
    evaluation = _evaluation(condition, panel, measure)
    first = [replace(verdicts, counts=_of_the_first(verdicts)) for verdicts in evaluation.verdicts]
    return [one.finding for one in findings(replace(evaluation, verdicts=first), text=text)]


def verdicts_of(
    condition: Condition, panel: Panel, measure: Measure | None = None
) -> list[tuple[State, Reason | None]]:
    """States and reasons of every period of the first series, oldest first: what `judged` finds, without what explains it."""
    found = [
        (verdicts.block.start + row, State(int(verdicts.state[row, place])), int(verdicts.reason[row, place]))
        for verdicts in _evaluation(condition, panel, measure).verdicts
        for row, place in np.argwhere(_of_the_first(verdicts)).tolist()
    ]
    return [(state, Reason.from_code(reason)) for _, state, reason in sorted(found)]


def _evaluation(condition: Condition, panel: Panel, measure: Measure | None) -> Evaluation:
    rules = rules_for(panel, condition, measure or a_measure())
    as_of = date.fromordinal(panel.period(panel.n_periods).first_day.toordinal())
    evaluation = evaluate(rules, {panel.kind: panel}, as_of, every_period=True)
    assert not evaluation.faults
    return evaluation


def _of_the_first(verdicts: BlockVerdicts) -> np.ndarray:
    """Which cells of a block are the first series'; the others are judged, but nothing is made of them."""
    columns = np.array([verdicts.column(place) for place in range(verdicts.state.shape[1])])
    counts = np.broadcast_to(columns == 0, verdicts.state.shape)
    return counts if verdicts.counts is None else counts & verdicts.counts


def states(condition: Condition, values: Sequence[float | None], **extra: object) -> str:
    """One letter a period: n normal, E exception, d no data, h not enough history."""
    letters = {State.NORMAL: "n", State.EXCEPTION: "E", State.NO_DATA: "d", State.NOT_ENOUGH_HISTORY: "h"}
    measure = extra.pop("measure", None)
    found = verdicts_of(condition, a_panel(values, **extra), measure)  # type: ignore[arg-type]
    return "".join(letters[state] for state, _ in found)


def reasons(condition: Condition, values: Sequence[float | None], **extra: object) -> list[Reason | None]:
    measure = extra.pop("measure", None)
    return [reason for _, reason in verdicts_of(condition, a_panel(values, **extra), measure)]  # type: ignore[arg-type]


def a_block(panel: Panel, row: int | None = None) -> Block:
    """The latest row of a panel, or another."""
    at = panel.n_periods - 1 if row is None else row
    return Block(panel, at, at + 1, slice(0, panel.n_series))


def a_folder(folder: Path, files: Mapping[str, str]) -> Path:
    """Write a rules folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    return folder


def an_engine(folder: Path, state: Path, on: date, smtp_url: str | None = None) -> Engine:
    """The engine at seven in the morning of a day."""
    settings = Settings(
        state_dir=state, smtp_url=Secret(smtp_url) if smtp_url else None, mail_from="alerts@example.org"
    )
    return engine_of(folder, settings, FixedClock(datetime.combine(on, time(7), UTC)))


CALLS = """
topics: [{id: calls, title: Call handling, owner: contact}]
measures:
  - id: answered
    title: 999 calls answered within 10 seconds
    sentence: "{value} of 999 calls were answered within 10 seconds"
    topic: calls
    unit: percent
    better: higher
    every: month
    target: 90
    called: standard
    source: figures/calls.csv
areas:
  - {id: force, title: West Mercia, kind: policing, owner: contact}
  - {id: north, title: North, parent: force, owner: north-commander}
  - {id: south, title: South, parent: force, owner: south-commander}
owners:
  - {id: contact, name: Head of Contact, email: contact@example.org}
  - {id: north-commander, name: "Commander, North", email: north@example.org}
  - {id: south-commander, name: "Commander, South", email: south@example.org}
digests: [{id: monday, every: "monday 07:30", to: [each_owner]}]
rules:
  - id: slow
    title: 999 calls answered too slowly
    measures: answered
    when: {target_missed: {}}
    severity: critical
"""
