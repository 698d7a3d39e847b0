"""The rule files that the documentation shows, as far as this version has conditions and sources for them: read as they are meant."""

# ruff: noqa: E501 - tables have a row a line, and YAML stands as people write it

from dataclasses import replace
from datetime import date, time
from types import SimpleNamespace

import pytest
from samples.rule_folders import FIGURES, written

from alerting.conditions.target_missed import TargetMissed
from alerting.domain.area import AreaSelector
from alerting.domain.measure import Covers, Expected, Include, Level, Match, Polarity, Ratio, RollUp, Span, Unit, Window
from alerting.domain.ownership import owners_on
from alerting.domain.period import PeriodKind
from alerting.domain.place import Place
from alerting.domain.rule import (
    Away,
    Channel,
    Digest,
    Escalate,
    Notify,
    Presentation,
    QuietHours,
    Remind,
    Roles,
    Schedule,
    Silence,
    Source,
    Status,
)
from alerting.domain.severity import Severity, SeverityBySide
from alerting.limits.previous_financial_year import PreviousFinancialYear
from alerting.rulefile import load_rules

MEASURES = """\
topics:
  - {id: call-handling, title: Call handling, theme: Managing demand, owner: head-of-contact, include: quarter_unless_exceptional}
measures:
  - id: calls-999-answered-10s
    title: 999 calls answered within 10 seconds
    sentence: "{value} of 999 calls were answered within 10 seconds"
    topic: call-handling
    unit: percent
    better: higher
    every: month
    target: [{from: 2019-06, value: 78}, {from: 2019-12, value: 80}]
    called: standard
    source: calls
    owner: head-of-contact
    tags: [gold]
    expected: 5 days
    settles_after: 30 days
    # covers and rolling go apart: population has the other
    covers: 12 months
    smallest_denominator: 30
    areas: {kind: policing}
    roll_up: sum
    link: https://example.org/report
  - id: crime
    title: Recorded crime
    unit: count
    better: lower
    every: month
    source: crime
    items: {all: Total recorded crime, rape: Rape, burglary: {title: Residential burglary, owner: commander-shropshire}}
    total: all
  - {id: population, title: Population, unit: count, better: neither, every: year, rolling: 2 years, source: figures/population.csv, minimum: null, expected: {working_day: 5}}
  - {id: crime-rate, title: "Crime per 1,000 people", unit: rate, per: 1000, better: lower, every: month, of: {numerator: crime/all, denominator: population}}
  - {id: spend, title: Spending, unit: currency, scale: million, decimals: 3, unit_name: pounds, better: neither, every: quarter, source: calls, target: plan, covers: year_to_date, areas: [west-mercia]}
  - {id: sickness, title: Sickness, unit: number, better: lower, every: month, source: calls, target: {default: 60, telford-and-wrekin: 75, shropshire: limit}}
sources:
  calls: {csv: figures/calls.csv, owner: performance-analyst, columns: {measure: metric}, names: {"999 answered within 10 s": calls-999-answered-10s}}
  crime: {csv: figures/crime.csv}
holds:
  - {id: saab-safe, match: {measures: [sickness]}, from: 2020-07-01, until: 2020-10-23, reason: Being tested}
breaks:
  - {id: cse-marker, match: {measures: [crime]}, on: 2020-01-01, reason: Use of the marker changed}
notes:
  - {id: few-surveyed, match: {tags: [gold]}, from: 2020-04-01, until: 2020-12-31, say: "Too few victims surveyed: indicative only"}
exclusions:
  - {from: 2020-03, until: 2020-06, reason: First lockdown, match: {tags: [gold]}}
"""
OWNERS = """\
areas:
  - {id: west-mercia, title: West Mercia, kind: policing, owner: performance-analyst}
  - {id: telford-and-wrekin, title: Telford & Wrekin, parent: west-mercia, owner: commander-telford-and-wrekin}
  - {id: shropshire, title: Shropshire, parent: west-mercia}
owners:
  - id: commander-telford-and-wrekin
    name: Commander, Telford & Wrekin
    email: commander.telford@example.org
    deputy: commander-shropshire
    away: [{from: 2020-08-10, until: 2020-08-21}]
    escalate: {after: 3 working days, to: head-of-contact}
    channels: [email, archive]
    quiet_hours: {from: "20:00", until: "07:00"}
    mail_budget: 20 per day
  - {id: commander-shropshire, name: "Commander, Shropshire", email: shropshire@example.org}
  - {id: head-of-contact, name: Head of Contact, email: contact@example.org}
  - {id: performance-analyst, name: Performance Analyst, email: analyst@example.org}
roles: {operator: head-of-contact, maintainer: performance-analyst, fallback: head-of-contact}
channels: {email: {}, folder: , archive: {folder: {path: archive}}}
"""
RULES = """\
limits:
  last-year: {previous_financial_year: {sigmas: 2.5}}
rules:
  - id: calls-999-target
    title: 999 calls answered too slowly
    measures: calls-999-answered-10s
    areas: all
    every: quarter
    when: {target_missed: {}}
    for: 2
    clear_after: 3
    severity: critical
    notify: [area_owner, measure_owner]
    inhibit: areas
    remind: weekly
    review_after: 3 months
    status: shadow
    author: performance-analyst
    why: Agreed standard, Performance Management Framework 4.1
    from: 2020-04
    until: 2020/21-Q4
    was: calls-999
  - {id: by-tag, title: Gold, measures: {tags: [gold]}, when: {target_missed: }, severity: {worse: warning, better: info}}
  - {id: by-topic, title: Topic, measures: {topic: call-handling}, areas: {children_of: west-mercia}, when: {target_missed: {at_least: 5}}}
  - id: items
    title: Items
    measures: {items_of: crime}
    areas: [shropshire]
    when: {outside_limits: {limits: last-year}}
    notify: {west-mercia: [head-of-contact], children: [area_owner]}
  - {id: listed, title: Listed, measures: [sickness, crime/rape], areas: {kind: policing}, when: {above_upper_limit: {limits: {fixed: {upper: 5}}}}}
  - {id: late, title: Late, measures: calls-999-answered-10s, when: {not_fresh: {grace: 2 days}}}
silences:
  - {id: world-cup, match: {rules: [by-tag], areas: [shropshire]}, from: 2022-11-20, until: 2022-12-18, reason: "Planned for, reported separately"}
schedule: {timezone: Europe/London, financial_year_starts: april, evaluate: "mon-fri 07:00", flood: 50}
digests:
  - {id: monday, every: "monday 07:30", to: [each_owner, head-of-contact]}
  - {id: meeting, before: 4 working days, meetings: [2020-10-21], about: {tags: [gold]}, to: head-of-contact, form: scorecard}
"""


@pytest.fixture(scope="module")
def rules(tmp_path_factory):
    header, row = FIGURES.splitlines()
    content = f"{header},plan\n{row},90\n"
    figures = {f"figures/{name}.csv": content for name in ("calls", "crime", "population")}
    files = {"measures.yaml": MEASURES, "owners.yaml": OWNERS, "rules.yaml": RULES, **figures}
    loaded = load_rules(written(tmp_path_factory.mktemp("contract"), files), shown_as="rules")
    assert () == loaded.problems
    assert loaded.rules is not None
    return loaded.rules


def test_a_measure_with_every_key(rules):
    measure = rules.measures["calls-999-answered-10s"]

    assert (measure.unit, measure.better, measure.every) == (Unit.PERCENT, Polarity.HIGHER, PeriodKind.MONTH)
    assert measure.target == Level(dated=((date(2019, 6, 1), 78.0), (date(2019, 12, 1), 80.0)))
    assert (measure.called, measure.source, owners_on(measure.owners, None), measure.tags) == (
        "standard",
        "calls",
        ("head-of-contact",),
        {"gold"},
    )
    assert (measure.expected, measure.settles_after_days) == (Expected(days=5), 30)
    assert measure.covers == Span(count=12, kind=PeriodKind.MONTH)
    assert (measure.minimum, measure.maximum, measure.smallest_denominator) == (0.0, 100.0, 30.0)
    assert (measure.areas, measure.roll_up) == (AreaSelector(kind="policing"), RollUp.SUM)
    assert (measure.link, measure.where) == ("https://example.org/report", "rules/measures.yaml:4")
    assert measure.sentence == "{value} of 999 calls were answered within 10 seconds"


def test_other_forms_of_measure_keys(rules):
    population, rate, spend, sickness = (
        rules.measures[id_] for id_ in ("population", "crime-rate", "spend", "sickness")
    )

    assert (population.minimum, population.maximum, population.expected) == (None, None, Expected(working_day=5))
    assert (rate.of, rate.per, rate.minimum) == (Ratio(numerator="crime/all", denominator="population"), 1000.0, 0.0)
    assert (spend.scale, spend.decimals, spend.unit_name, spend.currency) == ("million", 3, "pounds", "GBP")
    assert (spend.target, spend.covers, spend.areas) == (
        Level(column="plan"),
        Covers.YEAR_TO_DATE,
        AreaSelector(ids=("west-mercia",)),
    )
    levels = {
        "default": Level(number=60.0),
        "telford-and-wrekin": Level(number=75.0),
        "shropshire": Level(column="limit"),
    }
    assert population.rolling == Span(count=2, kind=PeriodKind.YEAR)
    assert sickness.target == Level(by_area=tuple(levels.items()))


def test_items_are_measures_that_inherit_every_key(rules):
    items = {id_: measure for id_, measure in rules.measures.items() if measure.item_of == "crime"}

    assert ["crime/all", "crime/rape", "crime/burglary"] == list(items)
    assert ["Total recorded crime", "Rape", "Residential burglary"] == [item.title for item in items.values()]
    assert [(), (), ("commander-shropshire",)] == [owners_on(item.owners, None) for item in items.values()]
    assert [True, False, False] == [item.is_total for item in items.values()]
    assert {("crime", Unit.COUNT, 0.0)} == {(item.source, item.unit, item.minimum) for item in items.values()}
    assert "crime" not in rules.measures


def test_topics_sources_and_areas(rules):
    topic = rules.topics["call-handling"]
    assert (topic.theme, owners_on(topic.owners, None), topic.include) == (
        "Managing demand",
        ("head-of-contact",),
        Include.QUARTER_UNLESS_EXCEPTIONAL,
    )
    assert rules.sources["calls"] == Source(
        id="calls",
        kind="csv",
        settings={"csv": "figures/calls.csv"},
        owner="performance-analyst",
        columns={"measure": "metric"},
        names={"999 answered within 10 s": "calls-999-answered-10s"},
        place=Place(file="rules/measures.yaml", line=37, column=1),
    )
    assert ("csv", {"csv": "figures/population.csv"}) == (
        rules.sources["figures/population.csv"].kind,
        rules.sources["figures/population.csv"].settings,
    )
    assert ["west-mercia", "telford-and-wrekin", "shropshire"] == list(rules.areas.areas)
    assert {"policing"} == {area.kind for area in rules.areas.areas.values()}


def test_windows(rules):
    day = date
    assert rules.holds == (
        Window(
            id="saab-safe",
            match=Match(measures=frozenset({"sickness"})),
            since=day(2020, 7, 1),
            until=day(2020, 10, 23),
            words="Being tested",
        ),
    )
    assert [(w.id, w.since, w.until) for w in rules.breaks] == [("cse-marker", day(2020, 1, 1), None)]
    assert [(w.match.tags, w.words) for w in rules.notes] == [({"gold"}, "Too few victims surveyed: indicative only")]
    assert [(w.since, w.until, w.words) for w in rules.exclusions] == [
        (day(2020, 3, 1), day(2020, 6, 30), "First lockdown")
    ]


def test_an_owner_with_every_key(rules):
    owner = rules.owners["commander-telford-and-wrekin"]

    assert (owner.name, owner.email) == ("Commander, Telford & Wrekin", "commander.telford@example.org")
    assert (owner.deputy, owner.away) == (
        "commander-shropshire",
        (Away(since=date(2020, 8, 10), until=date(2020, 8, 21)),),
    )
    assert (owner.escalate, owner.channels) == (Escalate(working_days=3, to="head-of-contact"), ("email", "archive"))
    assert (owner.quiet_hours, owner.mail_budget) == (QuietHours(since=time(20), until=time(7)), (20, "day"))
    assert rules.owners["head-of-contact"].channels == ("email",)


def test_roles_channels_schedule_digests_and_silences(rules):
    assert rules.roles == Roles(
        operator="head-of-contact", maintainer="performance-analyst", fallback="head-of-contact"
    )
    assert {id_: replace(channel, place=None) for id_, channel in rules.channels.items()} == {
        "email": Channel(id="email", kind="email"),
        "folder": Channel(id="folder", kind="folder", by_address=False),
        "archive": Channel(id="archive", kind="folder", by_address=False, settings={"path": "archive"}),
    }
    assert rules.schedule == Schedule(timezone="Europe/London", evaluate="mon-fri 07:00", flood=50)
    assert rules.digests == (
        Digest(id="monday", to=("each_owner", "head-of-contact"), every="monday 07:30"),
        Digest(
            id="meeting",
            to=("head-of-contact",),
            before_working_days=4,
            meetings=(date(2020, 10, 21),),
            about=Match(tags=frozenset({"gold"})),
            form=Presentation.SCORECARD,
        ),
    )
    match = Match(rules=frozenset({"by-tag"}), areas=frozenset({"shropshire"}))
    reason = "Planned for, reported separately"
    assert rules.silences == (
        Silence(id="world-cup", match=match, since=date(2022, 11, 20), until=date(2022, 12, 18), reason=reason),
    )


def test_a_rule_with_every_key(rules):
    rule = rules.rules[0]

    assert (rule.id, rule.measures, rule.areas, rule.every) == (
        "calls-999-target",
        ("calls-999-answered-10s",),
        None,
        PeriodKind.QUARTER,
    )
    assert (rule.when, rule.open_after, rule.clear_after, rule.severity) == (TargetMissed(), 2, 3, Severity.CRITICAL)
    assert rule.notify == Notify(names=("area_owner", "measure_owner"))
    assert (rule.inhibit, rule.remind, rule.review_after, rule.status) == (
        "areas",
        Remind.WEEKLY,
        (3, "month"),
        Status.SHADOW,
    )
    assert (rule.author, rule.since, rule.until, rule.former_id) == (
        "performance-analyst",
        date(2020, 4, 1),
        date(2021, 3, 31),
        "calls-999",
    )
    assert rule.place == Place(file="rules/rules.yaml", line=4, column=5)


def test_other_forms_of_rules(rules):
    by_id = {rule.id: rule for rule in rules.rules}
    one = SimpleNamespace(**{id_.replace("-", "_"): rule for id_, rule in by_id.items()})

    assert (one.by_tag.measures, one.by_tag.when) == (("calls-999-answered-10s",), TargetMissed())
    assert one.by_tag.severity == SeverityBySide(worse=Severity.WARNING, better=Severity.INFO)
    assert (one.by_topic.measures, one.by_topic.areas) == (
        ("calls-999-answered-10s",),
        AreaSelector(children_of="west-mercia"),
    )
    assert one.items.measures == ("crime/all", "crime/rape", "crime/burglary")
    assert one.items.when.limits == PreviousFinancialYear(sigmas=2.5)
    assert one.items.notify == Notify(by_area=(("west-mercia", ("head-of-contact",)), ("children", ("area_owner",))))
    assert (one.listed.measures, one.listed.notify) == (("crime/rape", "sickness"), Notify())
    assert (one.late.when.grace, one.late.notify) == (2, Notify(names=("source_owner",)))


def test_a_rule_keeps_its_own_text_and_its_hash(rules):
    by_id = {rule.id: rule for rule in rules.rules}

    assert by_id["by-tag"].text.startswith("{id: by-tag, title: Gold") and by_id["by-tag"].text.endswith("}")
    assert by_id["items"].text.split("\n")[:2] == ["id: items", "title: Items"]
    assert len({rule.digest for rule in rules.rules}) == len(rules.rules) and len(by_id["items"].digest) == 64
