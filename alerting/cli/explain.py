"""`alerting explain`: print what is behind an alert, a rule or a code."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alerting.cli.options import as_of, chosen_folder, names_an_alert, output_format
from alerting.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alerting.app.alerts.explain import Explanation, PublishedFigure
    from alerting.app.engine import Engine
    from alerting.domain.alert import AlertEvent
    from alerting.domain.comment import Comment
    from alerting.domain.rule import Rule
    from alerting.domain.silencing import SilenceDeed
    from alerting.ports.alerts import AuditEntry


@click.command(
    epilog="""\b
Examples:
  alerting explain calls-999-target/calls-999-answered-10s/west-mercia/2020-06
  alerting explain calls-999-target         a rule: what it watches, whom it tells, its limits today
  alerting explain nobody-told              a code of `alerting check`
  alerting explain ALERT --format json
"""
)
@click.argument("what", metavar="ALERT|RULE|CODE")
@click.option(
    "--rules",
    "rules_option",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="The rules folder.  [default: ALERTING_RULES, else rules]",
)
@as_of
@output_format("text", "json")
def command(what: str, rules_option: Path | None, as_of: date | None, output_format: str) -> int:
    """Print what is behind ALERT: figures, findings, the rule as it was, decisions, messages and answers.

    Of a RULE: what it watches, when it finds an exception, whom it tells, and the lines it holds figures against, on a day.
    Of a CODE that `alerting check` gives: what it means; no rules folder is needed. Where a rule has the name of a code, the
    rule is meant.
    """
    from alerting.wiring import engine_of

    if names_an_alert(what):
        return _print_alert(chosen_folder(None, rules_option), what, output_format)
    try:
        folder = chosen_folder(None, rules_option)
    except UsageError:
        if rules_option is None and _print_code(what, output_format):
            return 0
        raise
    engine = engine_of(folder)
    rule = next((rule for rule in engine.rules.rules if rule.id == what), None)
    if rule is not None:
        return _print_rule(engine, rule, as_of, output_format)
    return 0 if _print_code(what, output_format) else _print_alert(folder, what, output_format)


def _print_code(code: str, output_format: str) -> bool:
    """Print what a code means; return whether there is such a code."""
    from alerting.app.authoring.codes import all_codes
    from alerting.app.authoring.explain_rule import code_line

    meaning = all_codes().get(code)
    if meaning is None:
        return False
    as_object = json.dumps({"code": code, "meaning": meaning}, ensure_ascii=False, indent=2)
    click.echo(as_object if output_format == "json" else code_line(code, meaning))
    return True


def _print_rule(engine: "Engine", rule: "Rule", as_of: date | None, output_format: str) -> int:
    from alerting.app.authoring.explain_rule import rule_json, rule_lines
    from alerting.wiring import engine_on

    rules, day = engine.rules, as_of or engine.installation.today()
    alone = replace(engine.installation, rules=replace(rules, rules=(rule,)))
    answer = engine_on(alone).enquiries.evaluate(day)
    found = [one.finding for one in answer.found]
    if output_format == "json":
        click.echo(json.dumps(rule_json(rule, rules, found, day), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(rule_lines(rule, rules, found, day)))
    for problem in answer.problems:
        click.echo(str(problem), err=True)
    return int(answer.has_errors)


def _print_alert(rules: Path, alert: str, output_format: str) -> int:
    from alerting.app.alerts.explain import as_json, explain
    from alerting.app.figure_enquiries import FigureEnquiries
    from alerting.wiring import engine_of

    engine = engine_of(rules)
    with engine.state() as store:
        found = explain(engine.rules, store, alert, engine.now_in(store)[0])
    found = FigureEnquiries(engine.enquiries).placed(found)
    if output_format == "json":
        click.echo(json.dumps(as_json(found), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_lines(found)))
    for problem in found.problems:
        click.echo(str(problem), err=True)
    return int(bool(found.problems))


def _lines(found: "Explanation") -> "Iterator[str]":
    alert = found.alert
    yield f"{alert.id}"
    yield f"{found.state}, {alert.severity.word}; since {alert.opened.label}, newest exceptional period {alert.period.label}"
    if (silence := found.silence) is not None:
        span = (
            f"{f' from {silence.since}' if silence.since else ''}{f' until {silence.until}' if silence.until else ''}"
        )
        yield f"silenced{span} by {silence.id}: {silence.reason}"
    if found.figures or found.made is None:
        yield ""
        yield "Figures, as published when and read when:"
    for figure in found.figures:
        value = "nothing" if figure.value is None else repr(figure.value)
        published = f", published {figure.published}" if figure.published else ""
        yield f"  {figure.period}  {value}{published}, read {figure.read_at:%Y-%m-%d %H:%M} UTC{_came_from(figure)}"
    if found.figures:
        unreadable = "" if found.unreadable is None else f", which cannot be read now: {found.unreadable}"
        yield f"  (from the source {found.source}{unreadable})"
        yield f"  (where each stands: alerting figures show {alert.key.measure} {alert.key.area})"
    if found.made is not None:
        yield ""
        yield f"Figures as made on {found.made.tick.as_of}: {found.made.of}:"
        yield from (f"  {period}  {value!r}" for period, value in found.made.figures)
    for one in found.story:
        yield ""
        yield from _story_lines(one, found)


def _came_from(figure: "PublishedFigure") -> str:
    """Write which load brought a figure, and where it stands today."""
    load, place = figure.load, figure.place
    name = "" if load is None or load[1] is None else f" {load[1]}"
    posted = "" if load is None else f", load{name} posted {load[0]:%Y-%m-%d %H:%M} UTC"
    return posted + ("" if place is None else f", {place[0]} row {place[1]}")


def _story_lines(one: "AuditEntry | SilenceDeed | Comment", found: "Explanation") -> "Iterator[str]":
    from alerting.domain.comment import Comment
    from alerting.domain.silencing import SilenceDeed

    match one:
        case SilenceDeed():
            yield from _deed_lines(one)
        case Comment():
            subject = f"the {one.about.value} {one.subject}, {one.period.label}"
            yield f"{one.at:%Y-%m-%d %H:%M} UTC  COMMENTED by {one.person} on {subject}"
            yield f"  {one.words}"
            if one.withdrawn_at is not None:
                yield f"  taken back by {one.withdrawn_by} on {one.withdrawn_at:%Y-%m-%d %H:%M} UTC"
        case _:
            yield from _chapter_lines(one, found)


def _deed_lines(deed: "SilenceDeed") -> "Iterator[str]":
    who = f" by {deed.person}" if deed.person else ""
    yield f"{deed.at:%Y-%m-%d %H:%M} UTC  {deed.kind.value.replace('_', ' ').upper()}{who}"
    yield f"  {deed.silence}{f', until {deed.until}' if deed.until else ''}{f': {deed.reason}' if deed.reason else ''}"


def _by_whom(event: "AlertEvent") -> str:
    as_what = " as a false alarm" if event.false_alarm else ""
    return f"{as_what} by {event.person}{f' ({event.via})' if event.via else ''}" if event.person else ""


def _chapter_lines(chapter: "AuditEntry", found: "Explanation") -> "Iterator[str]":
    event, finding = chapter.event, chapter.event.finding
    yield f"{event.at:%Y-%m-%d %H:%M} UTC  {event.kind.value.upper()}{_by_whom(event)}"
    if event.reason:
        yield f"  {event.reason}"
    if finding is not None:
        yield f"  {finding.text or finding.state.word}"
        limits = {"centre": finding.centre, "lower": finding.lower, "upper": finding.upper, "target": finding.target}
        set_ = ", ".join(f"{name} {value!r}" for name, value in limits.items() if value is not None)
        yield f"  value {finding.value!r}{'; ' + set_ if set_ else ''}"
        if finding.evidence:
            yield f"  set by: {json.dumps(dict(finding.evidence), ensure_ascii=False)}"
    if chapter.rule is not None:
        place, text, digest = chapter.rule
        yield f"  rule as it was, {place}, sha256:{digest[:16]}"
        yield from (f"    | {line}" for line in text.splitlines())
    yield f"  tick {chapter.tick.id}; figures as of {chapter.tick.as_of}; rules {chapter.tick.rules_version[:23]}"
    if chapter.tick.undone_at is not None:
        yield f"  undone on {chapter.tick.undone_at:%Y-%m-%d} (alerting db rewind); what was sent stays sent"
    for owner, why, by in chapter.suppressed:
        yield f"  not told: {owner or 'nobody answers for it'} ({why.value.replace('_', ' ')}{' by ' + by if by else ''})"
    for told, deliveries in chapter.told:
        yield f"  {told.fate.value}: {told.person} ({found.why_told(told)})"
        for delivery in deliveries:
            yield f"    <{delivery.message_id}> over {delivery.channel} to {delivery.went_to}: {delivery.state.value}"
            yield f"      {delivery.message.subject}"
            for attempt in found.attempts.get(delivery.id, ()):
                yield f"      {attempt.at:%Y-%m-%d %H:%M:%S} UTC  {attempt.state}: {attempt.reply}"
