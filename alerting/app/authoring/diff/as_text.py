"""A difference for somebody at a terminal: what should be looked at first, then what is new, by rule and by owner."""

from collections.abc import Iterator, Sequence

from alerting.app.authoring.diff.difference import Difference
from alerting.app.authoring.diff.owner_changes import ChangedOwner, Uncovered
from alerting.app.authoring.diff.said import (
    People,
    budget_lines,
    hole_lines,
    mail_budget_lines,
    more_and_fewer,
    not_compared,
    notice_line,
    notices_words,
    reworded_title,
    roll_over_lines,
    series_words,
    several_series,
    span_words,
    whole_title,
)
from alerting.domain.notify.notice import Message
from alerting.domain.rule import Rule, RuleSet
from alerting.wording.plain import counted

#: Of a long list so many are shown; JSON has all.
MOST_SHOWN = 20


def as_text(found: Difference) -> str:
    """Return a difference as text."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Difference) -> Iterator[str]:
    yield f"{found.base.shown} → {found.head.shown}: {summary(found)}"
    if found.reasons:
        yield from ("", "To look at:", *(f"  {reason}" for reason in found.reasons))
    yield from _section("Rules", rule_lines(found))
    yield from _section("Elsewhere in the folder", other_lines(found))
    yield from _section("Owners", owner_lines(found))
    if found.figures is not None:
        yield from ("", found.figures.words)
    yield from _looked_back(found)
    yield from _section("False alarms to be expected, openings a month", budget_lines(found))
    yield from _section("Mail budgets", mail_budget_lines(found))
    yield from _section("Limits from the next financial year on", roll_over_lines(found))


def _looked_back(found: Difference) -> Iterator[str]:
    """Yield what would have been told otherwise, with up to three notices whole."""
    if found.notices is None:
        yield from ("", *not_compared(found)) if found.looked_back else ()
        return
    yield from ("", f"Notices {span_words(found)}: {notices_words(found)}")
    notices, people = found.notices, People.of(found)
    months = [
        f"{people[one.owner]}, {one.month:%Y-%m}: {more_and_fewer(one.added, one.removed)}"
        for one in notices.by_owner_and_month()
    ]
    yield from _section("By owner and month", iter(months))
    yield from _section("More", (notice_line(one, people) for one in notices.added))
    yield from _section("Fewer", (notice_line(one, people) for one in notices.removed))
    for one in notices.to_show():
        yield from _whole(whole_title(found, one), one.notice.write())
    if found.reworded is not None:
        yield from _whole(reworded_title(found.reworded, people), found.reworded.after)


def _whole(title: str, message: Message) -> Iterator[str]:
    yield from ("", f"{title}:", "")
    yield from (f"    {line}".rstrip() for line in (message.subject, "", *message.text.splitlines()))


def summary(found: Difference) -> str:
    """Say in a line what differs."""
    if found.is_empty:
        return "the rules mean the same"
    rules = found.rules
    counts = {"new": len(rules.added), "gone": len(rules.removed), "changed": len(rules.changed)}
    said = [f"{count} {what}" for what, count in counts.items() if count]
    return f"rules: {', '.join(said) or 'as they were'}"


def _section(title: str, lines: Iterator[str]) -> Iterator[str]:
    several = list(lines)
    if several:
        yield from ("", f"{title}:")
        yield from (f"  {line}" for line in _shown(several))


def _shown(lines: Sequence[str]) -> Iterator[str]:
    yield from lines[:MOST_SHOWN]
    if len(lines) > MOST_SHOWN:
        yield f"… and {counted(len(lines) - MOST_SHOWN, 'more line')} (all of them: --format json)"


def rule_lines(found: Difference) -> Iterator[str]:
    """Yield a line for each rule that is new, gone or changed, the changed ones with what is."""
    for sign, rules in (("new", found.rules.added), ("gone", found.rules.removed)):
        yield from (f"{sign}: {_rule(rule)}" for rule in rules)
    for changed in found.rules.changed:
        words = "; ".join(change.words for change in changed.changes)
        yield f"{_rule(changed.rule)}: {words}"


def _rule(rule: Rule) -> str:
    return f"{rule.id} ({rule.title}), {rule.place.file}:{rule.place.line}"


def other_lines(found: Difference) -> Iterator[str]:
    """Yield a line for each other thing that differs; a measure's changes that touch rules stand with those rules."""
    for measure in found.measures:
        rest = [change.words for change, rules in measure.changes if not rules]
        if rest:
            yield f"measure {measure.measure.id}: {'; '.join(rest)}"
    yield from (thing.words for thing in found.others)


def owner_lines(found: Difference) -> Iterator[str]:
    """Yield a line for each series that nobody is told of any more, for good or on some days, and each owner with what is new."""
    base, head = found.base.rules, found.head.rules
    yield from (_uncovered(one, base) for one in found.owners.uncovered)
    yield from hole_lines(found)
    yield from (_owner(one, base, head) for one in found.owners.changed)


def _uncovered(one: Uncovered, base: RuleSet) -> str:
    told = ", ".join(base.owners[owner].name for owner in one.told_before)
    return f"nobody is told any more of {series_words(one.series, base)}: {one.why} (before: {told})"


def _owner(one: ChangedOwner, base: RuleSet, head: RuleSet) -> str:
    said = [
        *(["new"] if one.is_new else []),
        *(["gone"] if one.is_gone else []),
        *(change.words for change in one.changes),
        *([f"now told of {several_series(one.gained, head)}"] if one.gained else []),
        *([f"no longer told of {several_series(one.lost, base)}"] if one.lost else []),
    ]
    return f"{one.owner.name} ({one.owner.id}): {'; '.join(said)}"
