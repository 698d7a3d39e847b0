"""`alerting alerts`: list alerts, take one on, comment on it, mute it."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from alerting.cli.options import IsoDate, Result, output_format, rules_folder, rules_option

if TYPE_CHECKING:
    from alerting.app.alerts.actions import Listed
    from alerting.app.alerts.silences import ListedSilence
    from alerting.domain.rule import RuleSet
    from alerting.ports.state import Store


class _Now(NamedTuple):
    """What somebody looks at or does something about, and when."""

    rules: "RuleSet"
    store: "Store"
    day: date
    at: datetime


@contextmanager
def _now(folder: Path) -> Iterator[_Now]:
    """Open the state of a rules folder."""
    from alerting.wiring import engine_of

    engine = engine_of(folder)
    with engine.state() as store:
        yield _Now(engine.rules, store, *engine.now_in(store))


def _person(does: str) -> Callable[[Callable[..., Result]], Callable[..., Result]]:
    """Give a command the parameter `person`."""
    return click.option("--person", required=True, metavar="OWNER", help=f"{does}: an owner's id from the rules.")


@click.group()
def command() -> None:
    """List alerts, take one on, comment on it, mute it for a while and end that again."""


@command.command(
    "list",
    epilog="\b\nExamples:\n  alerting alerts list\n  alerting alerts list --owner commander-shropshire --format json",
)
@rules_folder
@output_format("text", "json")
@click.option("--all", "ended", is_flag=True, help="Those that ended in the last 400 days too.")
@click.option("--owner", metavar="OWNER", help="Only those that this owner was told of, or a deputy for them.")
def list_(rules: Path, output_format: str, *, ended: bool, owner: str | None) -> None:
    """List what stands, worst first."""
    from alerting.app.alerts.actions import list_alerts

    with _now(rules) as now:
        found = list_alerts(now.rules, now.store, now.day, now.at, ended=ended, owner=owner)
    if output_format == "json":
        click.echo(json.dumps({"alerts": [one.as_json(now.day) for one in found]}, ensure_ascii=False, indent=2))
        return
    for one in found:
        _print(one, now.day, now.rules)
    click.echo(f"{len(found):,} alert{'s' * (len(found) != 1)}." if found else "No alerts.")


def _print(one: "Listed", day: date, rules: "RuleSet") -> None:
    from alerting.wording.dates import when
    from alerting.wording.numbers import NumberStyle

    alert, measure = one.alert, rules.as_judged(one.alert.key.rule, one.alert.key.measure)
    value = NumberStyle.of(measure).value(alert.value) if measure is not None else alert.value
    click.echo(f"{alert.severity.word:8}  {one.state(day):12}  {alert.id}")
    if one.headline:
        click.echo(f"          {'told' if one.told else 'to be told'}: {one.headline}")
    stands = (
        f"now {value} {when(alert.period)}{f' ({one.age} ago)' if one.age else ''}"
        if alert.is_open
        else f"last an exception {when(alert.period)}, {value}"
    )
    click.echo(f"          since {alert.opened.label}; {stands}")
    if (silence := one.silence) is not None:
        until = f" until {silence.until}" if silence.until else ""
        click.echo(f"          silenced{until}{f' by {silence.person}' if silence.person else ''}: {silence.reason}")
    nobody = "nobody: it was old when it was first seen" if one.not_news else "nobody"
    click.echo(f"          readers: {', '.join(one.told) or nobody}")
    if one.waiting:
        click.echo(f"          not told yet, the message waits: {', '.join(one.waiting)}")
    if one.refused:
        click.echo(f"          not told, the message was refused: {', '.join(one.refused)}")


@command.command(
    short_help="Take ALERT on: no reminders, no escalation.",
    epilog="\b\nExample:\n  alerting alerts acknowledge calls-999-target/calls-999-answered-10s/west-mercia/2020-06"
    " --person head-of-contact",
)
@click.argument("alert")
@rules_option
@_person("Who does it")
@click.option("--comment", "words", metavar="WORDS", help="What is being done about it.")
@click.option("--false-alarm", is_flag=True, help="Nothing is behind it: that is counted against its rule.")
def acknowledge(alert: str, rules: Path, person: str, words: str | None, *, false_alarm: bool) -> None:
    """Take ALERT on: no reminders and no escalation until it lapses or gets worse."""
    from alerting.app.alerts import actions as care

    with _now(rules) as now:
        said = care.acknowledge(now.rules, now.store, alert, person, now.at, now.day, words, false_alarm=false_alarm)
        click.echo(said)


@command.command(
    short_help="Give ALERT back: reminders and escalation are due again.",
    epilog="\b\nExample:\n  alerting alerts unacknowledge ALERT --person head-of-contact --comment 'not mine'",
)
@click.argument("alert")
@rules_option
@_person("Who does it")
@click.option("--comment", "words", metavar="WORDS", help="Why.")
def unacknowledge(alert: str, rules: Path, person: str, words: str | None) -> None:
    """Give ALERT back, which somebody had taken on: reminders and escalation are due again."""
    from alerting.app.alerts import actions as care

    with _now(rules) as now:
        click.echo(care.unacknowledge(now.rules, now.store, alert, person, now.at, now.day, words))


@command.command(
    short_help="Say WORDS about ALERT, in its notices and digests.",
    epilog="\b\nExample:\n  alerting alerts comment ALERT 'more staff from May' --person head-of-contact",
)
@click.argument("alert")
@click.argument("words")
@rules_option
@_person("Who says it")
def comment(alert: str, words: str, rules: Path, person: str) -> None:
    """Say WORDS about ALERT; the series' next notices and the digest show them."""
    from alerting.app.alerts import actions as care

    with _now(rules) as now:
        click.echo(care.comment(now.rules, now.store, alert, person, now.at, words))


@command.command(
    short_help="Mute the messages on ALERT's series until a day.",
    epilog="\b\nExamples:\n  alerting alerts silence ALERT --until 2020-11-30 --reason 'known, being mended'"
    " --person head-of-contact\n  alerting alerts silence SILENCE --until 2020-11-15 --reason 'mended sooner'"
    " --person head-of-contact",
)
@click.argument("named", metavar="ALERT|SILENCE")
@rules_option
@click.option("--until", required=True, type=IsoDate(), metavar="DATE", help="The last day of it.")
@click.option("--reason", required=True, metavar="WORDS", help="Why; the digest shows it.")
@_person("Who does it")
def silence(named: str, rules: Path, until: date, reason: str, person: str) -> None:
    """Mute the messages on ALERT's series under its rule; the alert itself goes on, and what stands after it is told.

    Of several silences on one series the one that ends last counts. With the id of a SILENCE, let that one end on another
    day: `alerting alerts silences` names them.
    """
    from alerting.app.alerts import silences

    with _now(rules) as now:
        click.echo(silences.silence(now.rules, now.store, named, until, reason, person, now.at, now.day))


@command.command(
    short_help="End a silence now.",
    epilog="\b\nExamples:\n  alerting alerts unsilence ALERT --person head-of-contact\n"
    "  alerting alerts unsilence SILENCE --person head-of-contact --reason 'mended'",
)
@click.argument("named", metavar="ALERT|SILENCE")
@rules_option
@_person("Who does it")
@click.option("--reason", metavar="WORDS", help="Why; `alerting explain` shows it.")
def unsilence(named: str, rules: Path, person: str, reason: str | None) -> None:
    """End a SILENCE now, or all that were made by command on ALERT's series; the next tick tells what still stands."""
    from alerting.app.alerts import silences

    with _now(rules) as now:
        click.echo(silences.unsilence(now.rules, now.store, named, person, now.at, now.day, reason))


@command.command(
    short_help="List the silences.",
    epilog="\b\nExamples:\n  alerting alerts silences\n  alerting alerts silences rules --all --format json",
)
@rules_folder
@output_format("text", "json")
@click.option("--all", "ended", is_flag=True, help="Those that are over too.")
def silences(rules: Path, output_format: str, *, ended: bool) -> None:
    """List the silences of the rules folder and those made by command: until when, why, by whom, and what they mute."""
    from alerting.app.alerts.silences import list_silences

    with _now(rules) as now:
        found = list_silences(now.rules, now.store, now.day, ended=ended)
    if output_format == "json":
        click.echo(json.dumps({"silences": [one.as_json() for one in found]}, ensure_ascii=False, indent=2))
        return
    for one in found:
        _print_silence(one)
    click.echo(f"{len(found):,} silence{'s' * (len(found) != 1)}." if found else "No silences.")


def _print_silence(one: "ListedSilence") -> None:
    silence, soon = one.silence, "; ends soon: what stands then is told" if one.ends_soon else ""
    span = f"{f'from {silence.since} ' if silence.since else ''}{f'until {silence.until}' if silence.until else 'without an end'}"
    click.echo(f"{one.stands:8}  {silence.id}  {span}{soon}")
    click.echo(f"          {silence.reason} ({f'by {silence.person}' if silence.person else 'in the rules folder'})")
    if one.ended_by is not None:
        click.echo(f"          ended by {one.ended_by}")
    if one.stands == "holds":
        click.echo(f"          mutes: {', '.join(one.alerts) or 'nothing that is open'}")
    if not one.matches:
        click.echo("          matches nothing: no rule watches what it is about")
