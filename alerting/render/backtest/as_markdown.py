"""A backtest as Markdown, for a pull request or a page of notes: what others wrote in it does nothing there."""

from collections.abc import Iterator, Sequence

from alerting.domain.backtest import Backtest
from alerting.domain.rule import RuleSet
from alerting.render.backtest.as_text import mail_budget_lines, said_first
from alerting.render.backtest.chance_lines import chance_lines
from alerting.render.markdown import inline
from alerting.reports.backtest_summary import OwnerTally, RuleTally, summarised
from alerting.wording.dates import day_words
from alerting.wording.plain import capitalised, counted, number, one_line

#: Rules, owners and subjects that are listed; the rest is counted.
MOST_LISTED = 30
#: The most letters of a name.
_LONGEST = 120


def backtest_markdown(backtest: Backtest, rules: RuleSet) -> str:
    """Write a backtest in Markdown."""
    summary, span = summarised(backtest, rules), backtest.span
    loud = [rule for rule in summary.rules if rule.notices or rule.opened or rule.stood]
    owners = [owner for owner in summary.owners if owner.notices]
    blocks = [
        [f"## What the rules would have told, {day_words(span.first)} to {day_words(span.last)}"],
        [f"- {capitalised(line)}" for line in said_first(backtest, summary)],
        list(_rules(loud)),
        list(_owners(owners)),
        [f"- {_named(line)}" for line in mail_budget_lines(backtest, rules)],
        [f"- {_named(line)}" for line in chance_lines(backtest, rules)],
        list(_subjects(backtest)),
    ]
    return "\n\n".join("\n".join(lines) for lines in blocks if lines) + "\n"


def _rules(loud: Sequence[RuleTally]) -> Iterator[str]:
    if not loud:
        yield "No rule would have told anybody anything."
        return
    yield "| Rule, the loudest first | Notices | Opened | Stood at the beginning | Stand at the end |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for one in loud[:MOST_LISTED]:
        yield f"| {_named(one.title)} | {one.notices} | {one.opened} | {one.stood} | {one.standing} |"
    yield from _more(len(loud), "rule")


def _owners(owners: Sequence[OwnerTally]) -> Iterator[str]:
    if not owners:
        return
    yield "| Owner | Notices | Passed on | Digests | Most in a month |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for one in owners[:MOST_LISTED]:
        yield f"| {_named(one.name)} | {one.notices} | {one.escalated} | {one.digests} | {max(one.by_month)} |"
    yield from _more(len(owners), "owner")


def _subjects(backtest: Backtest) -> Iterator[str]:
    """Yield the newest subjects."""
    newest = [notice for notice in reversed(backtest.sent) if notice.events][:MOST_LISTED]
    if newest:
        yield f"<details><summary>The newest {counted(len(newest), 'notice')}</summary>\n"
        yield from (f"- {one.at.isoformat()}: {_named(one.subject)}" for one in newest)
        yield "\n</details>"


def _more(there: int, noun: str) -> Iterator[str]:
    if there > MOST_LISTED:
        yield f"\n{capitalised(number(there - MOST_LISTED))} more {noun}{'s' * (there - MOST_LISTED != 1)}."


def _named(text: str) -> str:
    """Return words of others, cut to what a table has room for, so that they do nothing."""
    return inline(one_line(text)[:_LONGEST])
