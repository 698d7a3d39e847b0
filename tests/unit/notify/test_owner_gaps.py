"""Days to come on which nobody hears of a series, against what ticks do day by day."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from samples.rule_folders import sound_with
from samples.sampling import one_in

from alerting.domain.notify.addresses import reachable
from alerting.domain.notify.owner_gaps import Lack, Missing, OwnerGap, owner_gaps
from alerting.domain.notify.recipients import recipients, stand_in
from alerting.domain.ownership import OwnersFrom
from alerting.domain.rule import Away, Notify, Owner, Roles, Rule, RuleSet, Status
from alerting.rulefile import load_rules

TODAY, DAYS = date(2026, 11, 30), 40
NAMES = ("area_owner", "measure_owner", "source_owner", "a", "b")
IDS = ("a", "b", "c", "d", "e")


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    return load_rules(sound_with(tmp_path_factory.mktemp("rules"))).rules


def day(n: int) -> date:
    return TODAY + timedelta(days=n)


def people(random: Random) -> dict[str, Owner]:
    """Make owners who are away at times, stand in for each other, and of whom some have no address."""
    found = {}
    for id_ in IDS:
        away = []
        for _ in range(random.choice((0, 1, 2))):
            first = random.randrange(-10, DAYS)
            away.append(Away(since=day(first), until=day(first + random.randrange(15))))
        address = random.choice((f"{id_}@example.org",) * 4 + (None,))
        deputy = random.choice((None, *IDS))
        found[id_] = Owner(id=id_, name=id_, email=address, deputy=deputy, away=tuple(away))
    return found


def ownership(random: Random) -> tuple[OwnersFrom, ...]:
    """Make none, one, several or dated owners."""
    some = tuple(random.sample(IDS, random.choice((1, 1, 2))))
    later = tuple(random.sample(IDS, 1))
    return random.choice(
        (
            (),
            (OwnersFrom(ids=some),),
            (OwnersFrom(since=day(random.randrange(-5, DAYS)), ids=some),),
            (OwnersFrom(since=day(-9), ids=some), OwnersFrom(since=day(random.randrange(DAYS)), ids=later)),
        )
    )


def a_world(sound: RuleSet, seed: int) -> RuleSet:
    """Give the sound folder other owners, and rules that tell whom they like."""
    random = Random(f"owner gaps {seed}")
    areas = {id_: replace(area, owners=ownership(random)) for id_, area in sound.areas.areas.items()}
    measures = {id_: replace(one, owners=ownership(random)) for id_, one in sound.measures.items()}
    rules = []
    for n, measure in enumerate(measures):
        names = [tuple(random.sample(NAMES, random.choice((1, 1, 2)))) for _ in range(3)]
        by_area = (("north", names[1]), ("children", names[2]), ("default", names[0]))
        notify = random.choice((Notify(names=names[0]), Notify(names=names[1]), Notify(by_area=by_area)))
        until = random.choice((None, None, day(random.randrange(-40, DAYS))))
        rules.append(replace(sound.rules[0], id=f"r{n}", measures=(measure,), notify=notify, until=until))
    return replace(
        sound,
        areas=replace(sound.areas, areas=areas),
        topics={id_: replace(topic, owners=ownership(random)) for id_, topic in sound.topics.items()},
        measures=measures,
        rules=tuple(rules),
        owners=people(random),
        roles=Roles(fallback=random.choice((None, *IDS))),
    )


def is_away(owner: Owner, on: date) -> bool:
    return any(away.since <= on <= away.until for away in owner.away)


def hears_by_tick(rules: RuleSet, rule: Rule, measure: str, area: str, on: date) -> str | None:
    """Return who hears of a series on a day, as a tick decides it: somebody who answers, `fallback`, or nobody."""
    found = set()
    for owner in recipients(rule, measure, area, rules, on):
        person = stand_in(rules, owner, on, reachable(rules))
        if person in reachable(rules) and not is_away(rules.owners[person], on):
            line, current = [], owner
            while current is not None and current not in line:
                line.append(current)
                current = rules.owners[current].deputy
            found.add("owner" if person in line else "fallback")
    return "owner" if "owner" in found else "fallback" if found else None


def by_ticks(rules: RuleSet) -> set[tuple[str, str, str, date, str | None]]:
    """Return rule, measure, area, day and the last resort of each day on which no owner hears."""
    found = set()
    for rule in rules.rules:
        for measure in rule.measures:
            for area in rules.areas.areas:
                if not recipients(rule, measure, area, rules, None):
                    continue
                for on in map(day, range(DAYS)):
                    hears = hears_by_tick(rules, rule, measure, area, on)
                    if hears != "owner" and not rules.is_over(rule, on):
                        found.add((rule.id, measure, area, on, rules.roles.fallback if hears else None))
    return found


def days_of(gap: OwnerGap) -> list[date]:
    return [gap.since + timedelta(days=n) for n in range((gap.until - gap.since).days + 1)]


@pytest.mark.parametrize("seed", one_in(10, range(200)))
def test_the_gaps_are_the_days_on_which_a_tick_would_reach_nobody(sound, seed):
    rules = a_world(sound, seed)
    of = {rule.measures[0]: rule.id for rule in rules.rules}

    found = {
        (of[measure], measure, area, on, gap.last_resort)
        for gap in owner_gaps(rules, TODAY, timedelta(days=DAYS))
        for measure, areas in gap.series
        for area in areas
        for on in days_of(gap)
    }

    assert by_ticks(rules) == found


def with_owners(sound: RuleSet, *owners: Owner, **more: object) -> RuleSet:
    return replace(sound, owners={**sound.owners, **{one.id: one for one in owners}}, **more)


AWAY = (Away(since=day(3), until=day(5)),)


def test_series_that_share_days_and_reason_are_one_gap(sound):
    rules = with_owners(sound, replace(sound.owners["chief"], away=AWAY))

    (gap,) = owner_gaps(rules, TODAY)

    assert (day(3), day(5)) == (gap.since, gap.until)
    assert (("calls", ("force", "south")),) == gap.series
    assert (Missing(owner="chief", lack=Lack.AWAY),) == gap.missing


def test_neighbouring_absences_are_one_gap(sound):
    both = (Away(since=day(3), until=day(5)), Away(since=day(6), until=day(9)))
    (gap,) = owner_gaps(with_owners(sound, replace(sound.owners["chief"], away=both)), TODAY)

    assert (day(3), day(9)) == (gap.since, gap.until)


def test_a_deputy_s_deputy_is_enough(sound):
    line = [
        Owner(id="chief", name="Chief", email="a@example.org", away=AWAY, deputy="second"),
        Owner(id="second", name="Second", email="b@example.org", away=AWAY, deputy="third"),
        Owner(id="third", name="Third", email="c@example.org"),
    ]

    assert () == owner_gaps(with_owners(sound, *line), TODAY)


def test_only_the_next_twelve_months_count(sound):
    later = (Away(since=day(365), until=day(380)),)

    assert () == owner_gaps(with_owners(sound, replace(sound.owners["chief"], away=later)), TODAY)


def test_a_rule_in_shadow_or_off_has_no_gaps(sound):
    rules = with_owners(sound, replace(sound.owners["chief"], away=AWAY))
    tried = replace(rules, rules=tuple(replace(rule, status=Status.SHADOW, author="chief") for rule in rules.rules))

    assert () == owner_gaps(tried, TODAY)
