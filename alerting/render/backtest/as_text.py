"""A backtest as text for an author in a hurry: what, by rule, by owner and month, and how to see a notice."""

from collections.abc import Iterator, Sequence

from alerting.domain.backtest import Backtest, KnownFrom, OwnerBudget
from alerting.domain.rule import RuleSet
from alerting.render.backtest.chance_lines import chance_lines
from alerting.reports.backtest_summary import BacktestSummary, OwnerTally, RuleTally, summarised
from alerting.wording.dates import day_words
from alerting.wording.plain import counted, listed, number

#: Rules and owners that are listed; the rest is counted.
MOST_LISTED = 15
#: Days, weeks or months of one owner that are named.
MOST_WINDOWS = 6
_WIDTH = 34
_MONTH_DAYS = 30.44


def backtest_text(backtest: Backtest, rules: RuleSet) -> str:
    """Write a backtest for a terminal."""
    summary = summarised(backtest, rules)
    span, months = backtest.span, max(round(backtest.span.n_days / _MONTH_DAYS), 1)
    first = f"From {day_words(span.first)} to {day_words(span.last)}, {counted(months, 'month')}:"
    said = [first, *(f"- {line}" for line in said_first(backtest, summary))]
    chance = list(_by_chance(backtest, rules))
    blocks = [said, _rules(summary.rules), _opened(backtest, rules), _owners(summary), chance, _see(backtest)]
    return "\n\n".join("\n".join(lines) for lines in blocks if lines) + "\n"


def _by_chance(backtest: Backtest, rules: RuleSet) -> Iterator[str]:
    yield from mail_budget_lines(backtest, rules)
    yield from chance_lines(backtest, rules)


def said_first(backtest: Backtest, summary: BacktestSummary) -> Iterator[str]:
    """Yield what is said of the whole span, a line each."""
    months = max(round(backtest.span.n_days / _MONTH_DAYS), 1)
    states = ", ".join(f"{number(count)} {state.replace('_', ' ')}" for state, count in backtest.findings.items())
    yield f"findings: {states}"
    opened = (
        f"{number(summary.opened)} opened, {number(summary.ended)} ended, {number(summary.standing)} stand at the end"
    )
    yield f"alerts: {number(summary.stood)} stood at the beginning, {opened}"
    a_month = f"{summary.notices / months:.1f} a month"
    yield (
        f"notices: {counted(summary.notices, 'notice')} ({a_month}) to {counted(_readers(summary), 'owner')}, of which"
        f" {number(summary.escalated)} passed on; {number(summary.notices_at_start)} before, of what stood at the beginning"
    )
    yield f"besides: {counted(summary.digests, 'digest')}, {counted(summary.of_sources, 'message')} on sources"
    yield from known_words(backtest)


def known_words(backtest: Backtest) -> Iterator[str]:
    """Say which figures are as known at the time and which as known today."""
    dated = backtest.known.get(KnownFrom.PUBLISHED, 0)
    due, ended = (backtest.known.get(since, 0) for since in (KnownFrom.DUE, KnownFrom.PERIOD_END))
    if dated:
        yield f"as known at the time, by the days their sources give: {counted(dated, 'measure')}"
    if due:
        yield f"as known today, each figure from the day after it is due (`expected`): {counted(due, 'measure')}"
    if ended:
        yield (
            f"as known today, each figure from the day after its period ends: {counted(ended, 'measure')}, of which nothing"
            " says when figures come (`expected` on the measure, or a column `published`)"
        )


def mail_budget_lines(backtest: Backtest, rules: RuleSet) -> Iterator[str]:
    """Yield a line for each owner whose mail budget would have been used up while more was to be told."""
    for one in backtest.budget:
        if (words := over_words(one)) is not None:
            yield f"{rules.owners[one.owner].name}: {words}"


def over_words(budget: OwnerBudget) -> str | None:
    """Say in which days, weeks or months an owner's mail budget was used up and more waited; None: it never was."""
    if budget.mail_budget is None or not budget.over:
        return None
    count, per = budget.mail_budget
    begins = [f"{window.first:%Y-%m}" if per == "month" else window.first.isoformat() for window in budget.over]
    more = len(begins) - MOST_WINDOWS
    shown = listed([*begins[:MOST_WINDOWS], *([f"{more} more"] if more > 0 else [])])
    return f"the mail budget of {count:,} per {per} is used up in {counted(len(begins), per)} ({shown}); what is more waits"


def _readers(summary: BacktestSummary) -> int:
    return sum(owner.notices > 0 for owner in summary.owners)


def _rules(rules: Sequence[RuleTally]) -> list[str]:
    loud = [one for one in rules if one.notices or one.opened or one.stood]
    if not loud:
        return ["No rule would have told anybody anything."]
    found = [f"{'Rule, the loudest first':<{_WIDTH}}  Notices  Opened  Stood  Stand"]
    found += [
        f"{_cut(one.rule):<{_WIDTH}}  {one.notices:>7}  {one.opened:>6}  {one.stood:>5}  {one.standing:>5}"
        for one in loud[:MOST_LISTED]
    ]
    if more := loud[MOST_LISTED:]:
        found.append(f"{number(len(more))} more, {counted(sum(one.notices for one in more), 'notice')}")
    if quiet := len(rules) - len(loud):
        found.append(f"{counted(quiet, 'rule')} without any")
    return found


def _opened(backtest: Backtest, rules: RuleSet) -> list[str]:
    """Say what opened, the newest first: when, where and for how long."""
    opened = sorted(backtest.opened, key=lambda alert: (alert.opened_on, alert.key), reverse=True)
    if not opened:
        return []
    found = ["Opened, the newest first"]
    for alert in opened[:MOST_LISTED]:
        until = "stands" if alert.ended_on is None or alert.end is None else f"{alert.end.value} on {alert.ended_on}"
        place = f"{alert.key.rule} · {rules.measures[alert.key.measure].title} · {rules.areas[alert.key.area].title}"
        found.append(f"{alert.opened_on}  {place}: for {alert.opened.label}, {until}")
    if (more := len(opened) - MOST_LISTED) > 0:
        found.append(f"{number(more)} more before these")
    return found


def _owners(summary: BacktestSummary) -> list[str]:
    owners = [one for one in summary.owners if one.notices or one.escalated]
    if not owners:
        return []
    found = [f"{'Owner':<{_WIDTH}}  Notices  Passed on  Digests  Notices by month from {summary.months[0]:%Y-%m}"]
    found += [_owner(one) for one in owners[:MOST_LISTED]]
    if more := owners[MOST_LISTED:]:
        found.append(f"{number(len(more))} more, {counted(sum(one.notices for one in more), 'notice')}")
    return found


def _owner(one: OwnerTally) -> str:
    by_month = " ".join(str(count) if count else "." for count in one.by_month)
    return f"{_cut(one.owner):<{_WIDTH}}  {one.notices:>7}  {one.escalated:>9}  {one.digests:>7}  {by_month}"


def _see(backtest: Backtest) -> list[str]:
    found = ["All notices, with a timeline: `--format html > backtest.html`; for programs `--format json`."]
    newest = next((one for one in reversed(backtest.sent) if one.events), None)
    if newest is not None:
        key = newest.events[0].key
        found.append(
            f"One of them in full: `alerting notify preview {key.rule} --area {key.area} --as-of {newest.at.isoformat()}`."
        )
    return found


def _cut(text: str) -> str:
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"
