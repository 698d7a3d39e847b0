"""A rule in words: what it watches, when it finds an exception, whom it tells, and the lines it holds figures against today."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from alerting.app.authoring.diff.rule_changes import told_words
from alerting.app.authoring.diff.written import written
from alerting.domain.finding import Finding, State
from alerting.domain.notify.recipients import recipients
from alerting.domain.rule import Rule, RuleSet, Status
from alerting.evaluation.as_json import finding_json
from alerting.wording.dates import day_words
from alerting.wording.numbers import NumberStyle
from alerting.wording.plain import counted, listed, sentence

#: So many series are listed in words; JSON has all.
MOST_LISTED = 40
_STATUS = {
    Status.SHADOW: "In shadow: it is judged, and only its author is told.",
    Status.OFF: "Off: it is not judged.",
}
#: What a finding's lines are called, by its keys.
_LINES = {"target": "target", "plan": "plan", "lower": "lower limit", "centre": "centre", "upper": "upper limit"}


def rule_lines(rule: Rule, rules: RuleSet, findings: Sequence[Finding], day: date) -> Iterator[str]:
    """Yield a rule as text, a line each.

    Args:
        findings: its newest ones, of every series.
        day: on which it is asked who is told.
    """
    yield f"{rule.id}: {rule.title}"
    yield str(rule.place)
    if rule.why:
        yield f"Why: {rule.why}"
    if (said := _STATUS.get(rule.status)) is not None:
        yield said
    yield from ("", f"Watches: {_watched(rule, rules)}")
    for part in rule.when.plain_parts():
        yield f"Exception when: {'not: ' * part.turned}{part.condition.entry.formula}"
    yield f"Written: {written(rule.when)}"
    yield (
        f"Opens after {counted(rule.open_after, 'exceptional period')}, ends after"
        f" {counted(rule.clear_after, 'normal period')}; severity {written(rule.severity)}"
    )
    yield f"Tells: {told_words(rule.notify, rules)}"
    yield from ("", f"On {day_words(day)}, by its newest figures:")
    yield from (f"  {_series(finding, rule, rules, day)}" for finding in findings[:MOST_LISTED])
    if len(findings) > MOST_LISTED:
        yield f"  and {counted(len(findings) - MOST_LISTED, 'more series', 'more series')} (all of them: --format json)"
    if not findings:
        yield "  it judges no series: there are no figures of what it watches"


def rule_json(rule: Rule, rules: RuleSet, findings: Sequence[Finding], day: date) -> dict[str, Any]:
    """Return the same for programs, each finding as `evaluate` has it, with who is told."""
    told = [{"told": list(recipients(rule, one.measure, one.area, rules, day))} for one in findings]
    return {
        "rule": rule.id,
        "title": rule.title,
        "why": rule.why,
        "status": rule.status.value,
        "where": str(rule.place),
        "measures": list(rule.measures),
        "when": written(rule.when),
        "as_of": day.isoformat(),
        "findings": [{**finding_json(one), **who} for one, who in zip(findings, told, strict=True)],
    }


def code_line(code: str, meaning: str) -> str:
    """Say what a code of `check` means."""
    return f"{code}: {sentence(meaning)}"


def _watched(rule: Rule, rules: RuleSet) -> str:
    titles = [rules.measures[measure].full_title for measure in rule.measures[:3]]
    more = len(rule.measures) - len(titles)
    named = listed([*titles, *([counted(more, "more measure")] if more else [])])
    every = sorted({(rule.every or rules.measures[measure].every).value for measure in rule.measures})
    where = "all areas of the measure" if rule.areas is None else written(rule.areas)
    return f"{named}, by {listed(every)}, in {where}"


def _series(finding: Finding, rule: Rule, rules: RuleSet, day: date) -> str:
    measure = rules.as_judged(rule.id, finding.measure) or rules.measures[finding.measure]
    style = NumberStyle.of(measure)
    what = "" if len(rule.measures) == 1 else f"{measure.title}, "
    figure = "no figure" if finding.value is None else style.value(finding.value)
    lines = [
        f"{measure.called if key == 'target' else name} {style.bare(value)}"
        for key, name in _LINES.items()
        if (value := getattr(finding, key)) is not None
    ]
    why = f" ({finding.reason.value.replace('_', ' ')})" if finding.reason else ""
    told = [rules.owners[owner].name for owner in recipients(rule, finding.measure, finding.area, rules, day)]
    verdict = finding.state.word.replace("_", " ") if finding.state is not State.NORMAL else "normal"
    held = f", {', '.join(lines)}" if lines else ""
    return (
        f"{what}{rules.areas[finding.area].title}, {finding.period.label}: {figure}{held}: {verdict}{why};"
        f" tells {listed(told) or 'nobody'}"
    )
