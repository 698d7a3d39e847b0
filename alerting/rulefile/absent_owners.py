"""What `check` says of days to come on which nobody hears of something: the absence or the day, and what to write."""

from collections.abc import Iterator
from datetime import date

from alerting.domain.notify.owner_gaps import Lack, Missing, OwnerGap, owner_gaps
from alerting.domain.problem import ProblemSeverity
from alerting.domain.rule import RuleSet
from alerting.rulefile.lint import RuleProblem
from alerting.wording.plain import counted, listed

#: The codes of days on which nobody hears, and of those on which the fallback alone does.
NOBODY, FALLBACK = "nobody-told-then", "fallback-told-then"
#: So many areas are named for one gap.
_MOST_NAMED = 3


def absences(rules: RuleSet, as_of: date) -> Iterator[RuleProblem]:
    """Yield a remark for each gap of the year to come, grouped by days and reason.

    Left out is what has no address all year and is no absence: `no-address` says that of each owner.
    """
    for gap in owner_gaps(rules, as_of):
        dated = next((one for one in gap.missing if one.lack is not Lack.NO_ADDRESS), None)
        if dated is not None:
            yield _remark(gap, dated, rules)


def _remark(gap: OwnerGap, missing: Missing, rules: RuleSet) -> RuleProblem:
    days = f"from {gap.since} until {gap.until}"
    about, why = _about(gap, rules), listed([why_missing(one) for one in gap.missing])
    last = gap.last_resort
    what = (
        f"nobody is told of {about} {days}" if last is None else f"only the fallback {last} is told of {about} {days}"
    )
    section, id_ = missing.unowned or ("owners", missing.owner or "")
    declared = rules.measures.get(id_) if section == "measures" else None
    return RuleProblem(
        section=section,
        id=id_ if declared is None else declared.item_of or id_,
        item=None if declared is None else declared.item,
        keys=("owner",) if missing.owner is None else ("away", "deputy"),
        below=_absence(missing.owner, gap.since, rules),
        code=NOBODY if last is None else FALLBACK,
        message=f"{what}: {why}",
        fix=_fix(missing, gap),
        severity=ProblemSeverity.WARNING if last is None else ProblemSeverity.NOTE,
        rests_on=frozenset(("owners", one.owner) for one in gap.missing if one.owner is not None),
    )


def _absence(owner: str | None, day: date, rules: RuleSet) -> tuple[int, ...]:
    """Return the place of the absence that a day lies in among an owner's."""
    spans = rules.owners[owner].away if owner is not None else ()
    return next(((n,) for n, away in enumerate(spans) if away.since <= day <= away.until), ())


def _about(gap: OwnerGap, rules: RuleSet) -> str:
    """Name the measure and the areas; of several measures the first, and how many more."""
    first, more = f'"{rules.measures[gap.series[0][0]].full_title}"', len(gap.series) - 1
    what = first if not more else f"{first} and {counted(more, 'more measure')}"
    titles = [rules.areas[area].title for area in dict.fromkeys(area for _, areas in gap.series for area in areas)]
    left = len(titles) - _MOST_NAMED
    return f"{what} in {listed(titles if left < 1 else [*titles[:_MOST_NAMED], counted(left, 'more area')])}"


def why_missing(missing: Missing) -> str:
    """Say why somebody does not hear."""
    if missing.owner is None:
        return "no owner answers yet"
    if missing.lack is Lack.NO_ADDRESS:
        return f"{missing.owner} has no address"
    if not missing.deputies:
        return f"{missing.owner} is away and has no deputy"
    said = [f"deputy {id_} {_LACKS[lack]}" for id_, lack in missing.deputies]
    return f"{missing.owner} is away, {listed(said)}"


_LACKS = {Lack.AWAY: "is away too", Lack.NO_ADDRESS: "has no address"}


def _fix(missing: Missing, gap: OwnerGap) -> str:
    if missing.owner is None:
        return f"let its first owner begin on {gap.since} or before, or write who answers until then"
    if not missing.deputies:
        return f"give {missing.owner} a `deputy:` who is there then"
    last, lack = missing.deputies[-1]
    if lack is Lack.NO_ADDRESS:
        return f"give {last} an `email:`"
    return f"give {last} a `deputy:` who is there then"
