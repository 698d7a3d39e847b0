"""`alerting alerts`: what stands, and what people do about it."""

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alerting.cli.options import IsoDate, output_format, rules_folder, rules_option

if TYPE_CHECKING:
    from alerting.app.care import Listed
    from alerting.domain.rule import RuleSet


@click.group()
def command() -> None:
    """List alerts, take one on, comment on it, mute it for a while."""


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
    from alerting.app.care import list_alerts
    from alerting.wiring import Engine

    engine = Engine.of(rules)
    with engine.state() as store:
        day, now = engine.now_in(store)
        found = list_alerts(engine.rules, store, day, now, ended=ended, owner=owner)
    if output_format == "json":
        click.echo(json.dumps({"alerts": [one.as_json(day) for one in found]}, ensure_ascii=False, indent=2))
        return
    for one in found:
        _print(one, day, engine.rules)
    click.echo(f"{len(found):,} alert{'s' * (len(found) != 1)}." if found else "No alerts.")


def _print(one: "Listed", day: date, rules: "RuleSet") -> None:
    from alerting.wording.numbers import NumberStyle

    alert, measure = one.alert, rules.as_judged(one.alert.key.rule, one.alert.key.measure)
    value = NumberStyle.of(measure).value(alert.value) if measure is not None else alert.value
    click.echo(f"{alert.severity.word:8}  {one.state(day):12}  {alert.id}")
    if one.headline:
        click.echo(f"          told: {one.headline}")
    stands = (
        f"now {value} in {alert.period.label}{f' ({one.age} ago)' if one.age else ''}"
        if alert.is_open
        else f"last an exception in {alert.period.label}, {value}"
    )
    click.echo(f"          since {alert.opened.label}; {stands}")
    nobody = "nobody: it was old when it was first seen" if one.not_news else "nobody"
    click.echo(f"          readers: {', '.join(one.told) or nobody}")


@command.command(
    short_help="Take ALERT on: no reminders, no escalation.",
    epilog="\b\nExample:\n  alerting alerts acknowledge calls-999-target/calls-999-answered-10s/west-mercia/2020-06"
    " --person head-of-contact",
)
@click.argument("alert")
@rules_option
@click.option("--person", required=True, metavar="OWNER", help="Who does it: an owner's id from the rules.")
@click.option("--comment", "words", metavar="WORDS", help="What is being done about it.")
def acknowledge(alert: str, rules: Path, person: str, words: str | None) -> None:
    """Take ALERT on: no reminders and no escalation until it lapses or gets worse."""
    from alerting.app import care
    from alerting.wiring import Engine

    engine = Engine.of(rules)
    with engine.state() as store:
        day, now = engine.now_in(store)
        click.echo(care.acknowledge(engine.rules, store, alert, person, now, day, words))


@command.command(
    short_help="Say WORDS about ALERT, in its notices and digests.",
    epilog="\b\nExample:\n  alerting alerts comment ALERT 'more staff from May' --person head-of-contact",
)
@click.argument("alert")
@click.argument("words")
@rules_option
@click.option("--person", required=True, metavar="OWNER", help="Who says it: an owner's id from the rules.")
def comment(alert: str, words: str, rules: Path, person: str) -> None:
    """Say WORDS about ALERT; the series' next notices and the digest show them."""
    from alerting.app import care
    from alerting.wiring import Engine

    engine = Engine.of(rules)
    with engine.state() as store:
        _, now = engine.now_in(store)
        click.echo(care.comment(engine.rules, store, alert, person, now, words))


@command.command(
    short_help="Mute the messages on ALERT's series until a day.",
    epilog="\b\nExample:\n  alerting alerts silence ALERT --until 2020-11-30 --reason 'known, being mended'"
    " --person head-of-contact",
)
@click.argument("alert")
@rules_option
@click.option("--until", required=True, type=IsoDate(), metavar="DATE", help="The last day of it.")
@click.option("--reason", required=True, metavar="WORDS", help="Why; the digest shows it.")
@click.option("--person", required=True, metavar="OWNER", help="Who does it: an owner's id from the rules.")
def silence(alert: str, rules: Path, until: date, reason: str, person: str) -> None:
    """Mute the messages on ALERT's series under its rule; the alert itself goes on, and what stands after it is told."""
    from alerting.app import care
    from alerting.wiring import Engine

    engine = Engine.of(rules)
    with engine.state() as store:
        day, now = engine.now_in(store)
        click.echo(care.silence(engine.rules, store, alert, until, reason, person, now, day))
