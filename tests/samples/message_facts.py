"""What the figures say, for those who read messages back: findings of every period as `evaluate` prints them, and real messages."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from alerting.app.engine import Engine
from alerting.domain.finding import State
from alerting.domain.rule import Rule, Status
from alerting.evaluation.as_json import finding_json
from alerting.evaluation.found import Found
from alerting.opening import open_store

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Fact:
    """The newest finding of a rule on a series, the names that messages give it, and how far beyond its line it lies."""

    finding: dict[str, Any]
    names: tuple[str, ...]
    areas: tuple[str, str]
    topmost: bool
    distance: float
    #: Whether what is told follows from it alone: not where a rule waits before it opens or ends, or is tried out.
    is_certain: bool

    @property
    def is_exception(self) -> bool:
        return bool(self.finding["state"] == "exception")


@dataclass
class Facts:
    """What a folder's figures say on a day."""

    facts: list[Fact]
    #: By measure and area, the figure of each period that a rule judges; none of measures compared per day.
    values: dict[tuple[str, str], dict[str, float]] = field(default_factory=dict)
    by_name: dict[str, list[Fact]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for fact in self.facts:
            for name in fact.names:
                self.by_name.setdefault(name.lower(), []).append(fact)
                for area in fact.areas:
                    self.by_name.setdefault(f"{name}, {area}".lower(), []).append(fact)

    def named(self, words: str) -> list[Fact]:
        """Return what is known of the measure (and area) that some words begin with: of the longest name."""
        words = words.lower()
        most = max((name for name in self.by_name if _begins(words, name)), key=len, default=None)
        if most is None:
            return []
        found = self.by_name[most]
        inside = [fact for fact in found if any(most.endswith(f", {area}".lower()) for area in fact.areas)]
        return inside or found


def _begins(words: str, name: str) -> bool:
    return words.startswith(name) and not words[len(name) : len(name) + 1].isalnum()


def facts_of(engine: Engine, day: date) -> Facts:
    """Judge a folder anew, every period, and name what is found: of each series by each rule its last verdict, which stands."""
    every = engine.enquiries.evaluate(day, every_period=True, text="none").found
    last: dict[tuple[str, str, str], Found] = {}
    for one in every:
        key = (one.finding.rule, one.finding.measure, one.finding.area)
        if one.finding.state.is_verdict or key not in last or not last[key].finding.state.is_verdict:
            last[key] = one
    rules = {rule.id: rule for rule in engine.rules.rules if not engine.rules.is_over(rule, day)}
    facts = [_fact(one, rules[one.finding.rule]) for one in last.values() if one.finding.rule in rules]
    return Facts(facts, _values(engine, every))


def _values(engine: Engine, every: Sequence[Found]) -> dict[tuple[str, str], dict[str, float]]:
    found: dict[tuple[str, str], dict[str, float]] = {}
    alike = {id_ for id_, measure in engine.rules.measures.items() if measure.per_day is None}
    for one in every:
        finding = one.finding
        if finding.value is not None and finding.measure in alike and one.facts.measure.every is finding.period.kind:
            found.setdefault((finding.measure, finding.area), {})[str(finding.period)] = finding.value
    return found


def _fact(one: Found, rule: Rule) -> Fact:
    facts, finding = one.facts, one.finding
    names = (facts.measure.short, facts.measure.title, facts.measure.full_title)
    area = (facts.area.title, facts.area.short or facts.area.title)
    exceptional = finding.state is State.EXCEPTION
    opened = (finding.consecutive or 0) >= rule.open_after if exceptional else rule.clear_after == 1
    return Fact(
        finding_json(finding), tuple(name for name in dict.fromkeys(names) if name), area, facts.area_unsaid,
        one.distance if exceptional else 0.0, opened and rule.status is Status.ACTIVE,
    )  # fmt: skip


@dataclass(frozen=True)
class Sent:
    """A message as it was queued."""

    kind: str
    owner: str
    subject: str
    text: str


def messages(engine: Engine, day: date, digests: Sequence[str] = ()) -> list[Sent]:
    """Tick once and make digests; return every notice and digest that there is."""
    store = open_store(engine.settings)
    try:
        told = engine.tick(store, day).deliveries
        made = engine.digest(store, day, digests).deliveries
    finally:
        store.close()
    found = {}
    for kind, deliveries in (("notice", told), ("digest", made)):
        for one in deliveries:
            form = "scorecard" if one.message.subject.endswith("(scorecard)") else kind
            found[form, one.owner, one.message.subject, one.message.text] = None
    return [Sent(*key) for key in found]


def short_period(period: str) -> str:
    """A period as a table has it: Sep 2020, Q2 20/21, 2020/21, 14 Sep 2020, week 38, 2020."""
    if match := re.fullmatch(r"(\d{4})-W(\d\d)", period):
        return f"week {int(match[2])}, {match[1]}"
    if match := re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", period):
        return f"{int(match[3])} {MONTHS[int(match[2]) - 1]} {match[1]}"
    if match := re.fullmatch(r"(\d{4})-(\d\d)", period):
        return f"{MONTHS[int(match[2]) - 1]} {match[1]}"
    if match := re.fullmatch(r"(\d\d)(\d\d)/(\d\d)-Q(\d)", period):
        return f"Q{match[4]} {match[2]}/{match[3]}"
    if match := re.fullmatch(r"(\d{4})-Q(\d)", period):
        return f"Q{match[2]} {match[1]}"
    return period


def rules_folder(name: str = "rules") -> Path:
    return Path(__file__).parents[2] / name
