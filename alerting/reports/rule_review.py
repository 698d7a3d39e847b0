"""The monthly page on rules, in words: what rules in shadow would have told, and which rules are to be looked at."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from alerting.domain.alert import AlertEvent
from alerting.domain.period import Period
from alerting.domain.rule import Rule, RuleSet
from alerting.domain.rule_record import Doubt, RuleRecord
from alerting.reports.places import where_in
from alerting.wording.plain import counted, listed, number

#: Exceptions named of one rule; more are counted.
_MOST_NAMED = 5
#: Of fewer exceptions a month it is said that they are fewer.
_FEWEST_SAID = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class ByChance:
    """What chance alone opens by a rule in a month, give or take an error, on all its series of which that is known."""

    opens: float
    error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleItem:
    """One rule: what is said of it, the exceptions that are named, and where it stands."""

    title: str
    said: str
    lines: tuple[str, ...]
    foot: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleReviewView:
    """What one reader is shown of a month's rules."""

    owner: str
    title: str
    shadow: tuple[RuleItem, ...]
    #: How long the rules were looked back on: "in the twelve months to October 2020".
    span: str
    doubtful: tuple[RuleItem, ...]
    #: Rules of which exceptions were called false alarms.
    answered: tuple[RuleItem, ...]
    as_of: str
    marking: str | None = None
    reply_to: str | None = None


def shadow_item(  # each is counted apart
    rule: Rule,
    opened: Sequence[AlertEvent],
    told: Iterable[Sequence[str]],
    standing: int,
    month: Period,
    rules: RuleSet,
    chance: ByChance | None = None,
) -> RuleItem:
    """Say what a rule in shadow would have told in a month, and to whom.

    Args:
        opened: what opened in the month.
        told: the ids of the owners who would have been told, one an event.
        standing: how many of them stand.
        chance: None where that is not known.
    """
    lines = [event.headline for event in opened if event.headline is not None]
    left = len(lines) - _MOST_NAMED
    more = (f"and {number(left)} more",) if left > 0 else ()
    return RuleItem(
        title=rule.title,
        said=" ".join([_would_have_told(len(opened), told, standing, month, rules), *_by_chance(chance)]),
        lines=(*lines[:_MOST_NAMED], *more),
        foot=f"`alerting promote {rule.id}` shows the line that makes it active. {where_in(rules, rule.place)}",
    )


def _by_chance(chance: ByChance | None) -> Iterator[str]:
    """Say how many exceptions a month chance alone would open, where figures only scatter about their level."""
    if chance is None:
        return
    opens, error = f"{chance.opens:.1f}", f"{chance.error:.1f}"
    if chance.opens < _FEWEST_SAID:
        yield "Chance alone would open fewer than 0.1 a month."
    else:
        yield f"Chance alone would open some {opens} a month, give or take {error}."


def _would_have_told(opened: int, told: Iterable[Sequence[str]], standing: int, month: Period, rules: RuleSet) -> str:
    if not opened:
        return f"It would have told of nothing in {month.label}."
    each = Counter(owner for owners in told for owner in owners)
    names = [f"{rules.owners[owner].name} of {number(count)}" for owner, count in each.most_common()]
    stand = f"; {number(standing)} of them stand{'s' * (standing == 1)}" if standing else "; none of them stands"
    whom = f": {listed(names)}" if names else ", and nobody, as its notify leads to no owner"
    return f"It would have told of {counted(opened, 'exception')} in {month.label}{whom}{stand}."


def answered_item(rule: Rule, record: RuleRecord, months: float, chance: ByChance | None, rules: RuleSet) -> RuleItem:
    """Say how many of a rule's exceptions people called false alarms, and how many chance alone would open.

    Args:
        months: how long it was judged.
        chance: None where that is not known.
    """
    are = "was a false alarm" if record.false_alarms == 1 else "were false alarms"
    found = counted(record.opened, "exception")
    said = f"Of {found}, {number(record.false_alarms)} {are} by what people answered"
    rate = record.false_alarms / months
    said += f": some {rate:.1f} a month." if rate >= _FEWEST_SAID else ": fewer than 0.1 a month."
    expected = " ".join(_by_chance(chance)) or "How many chance alone would open is not known."
    return RuleItem(title=rule.title, said=f"{said} {expected}", lines=(), foot=where_in(rules, rule.place))


def doubtful_item(rule: Rule, record: RuleRecord, doubts: Sequence[Doubt], rules: RuleSet) -> RuleItem:
    """Say why a rule is to be looked at, and what may be done."""
    titles = {one.id: one.title for one in rules.rules}
    said = " ".join(_said(doubt, record, titles) for doubt in doubts)
    return RuleItem(title=rule.title, said=said, lines=(), foot=where_in(rules, rule.place))


def _said(doubt: Doubt, record: RuleRecord, titles: Mapping[str, str]) -> str:
    found, told = counted(record.opened, "exception"), counted(record.told, "exception")
    match doubt:
        case Doubt.NEVER_FIRED:
            return "It has found no exception. Is its line where somebody would want to hear?"
        case Doubt.SILENCED:
            return f"It found {found}, and each was silenced. End the silence, or switch the rule off."
        case Doubt.NOBODY_ACTED:
            asked = "Does it tell the right people, and do they need it?"
            return f"It told of {told}, and nobody took one on or said anything. {asked}"
        case Doubt.BESIDE:
            others = listed([f"“{titles[id_]}”" for id_ in record.beside])
            return f"Each of its {found} stood beside one of {others}. One of them may say nothing new."
        case Doubt.FALSE:
            how = "were no exception once the figure was put right, or were answered with “not mine” or “false alarm”"
            return f"{number(record.doubted)} of its {found} {how}."
