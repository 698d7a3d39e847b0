"""`alerting inbox`: see what came by mail and what was made of it, and mend it."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alerting.cli.options import output_format, rules_option

if TYPE_CHECKING:
    from alerting.domain.inbox import InboxEntry

_STANDINGS = ("acted", "returned", "noted", "not acted on", "aside", "dropped")


@click.group()
def command() -> None:
    """See what came to the mailbox (ALERTING_IMAP_URL), what was made of it and why, and do it after all or let it be.

    A mail may be named by the beginning of its id.
    """


@command.command(
    "list", epilog="\b\nExamples:\n  alerting inbox list\n  alerting inbox list --standing returned --format json"
)
@output_format("text", "json")
@click.option(
    "--standing", "standings", multiple=True, type=click.Choice(_STANDINGS), help="Only these; may be repeated."
)
@click.option("--all", "every", is_flag=True, help="All that came.")
def list_(output_format: str, standings: tuple[str, ...], *, every: bool) -> None:
    """List what people wrote that did nothing, and what could not be read."""
    from alerting.app.answers import inbox
    from alerting.opening import state_alone

    with state_alone() as state:
        found = inbox.listed(state.inbox, standings, every=every)
    if output_format == "json":
        click.echo(json.dumps({"mails": [one.as_json() for one in found]}, ensure_ascii=False, indent=2))
        return
    for one in found:
        _print(one)
    click.echo(f"{len(found):,} mail{'s' * (len(found) != 1)}." if found else "No mails.")


@command.command(short_help="Print a mail: who wrote what, and what was made of it.")
@click.argument("mail")
def show(mail: str) -> None:
    """Print who wrote MAIL, what it asks for, and what was made of it and why."""
    from alerting.app.answers import inbox
    from alerting.opening import state_alone

    with state_alone() as state:
        found = inbox.named(state.inbox, mail)
    _print(found)
    click.echo(f"          {found.kind}; Message-ID or digest: {found.key}")
    if found.delivery is not None:
        click.echo(f"          belongs to delivery {found.delivery} to {found.owner}")
    if found.act is not None:
        items = f" of items {', '.join(map(str, found.items))}" if found.items else ""
        click.echo(f"          asks for: {found.act}{items}")
    if found.comment:
        click.echo(f"\n{found.comment}")


@command.command(
    short_help="Do what MAIL asks for, as OWNER.",
    epilog="\b\nExample:\n  alerting inbox apply 5f0c2b --person commander-shropshire",
)
@click.argument("mail")
@rules_option
@click.option("--person", required=True, metavar="OWNER", help="Whose answer it is: an owner's id from the rules.")
def apply(mail: str, rules: Path, person: str) -> None:
    """Do what MAIL asks for after all, as OWNER: it came from another address of theirs, say."""
    from alerting.app.answers import inbox
    from alerting.wiring import engine_of

    engine = engine_of(rules)
    with engine.state() as store:
        day, at = engine.now_in(store)
        done = inbox.apply(engine.rules, store, engine.installation.message_defaults, mail, person, at, day)
    _print(done)


@command.command(short_help="Let MAIL be.", epilog="\b\nExample:\n  alerting inbox drop 5f0c2b")
@click.argument("mail")
def drop(mail: str) -> None:
    """Let MAIL be: nothing is done, and the list leaves it out."""
    from alerting.app.answers import inbox
    from alerting.opening import state_alone

    with state_alone() as state:
        _print(inbox.drop(state.inbox, mail))


def _print(one: "InboxEntry") -> None:
    click.echo(f"{one.standing.value:12}  {one.id}  {one.at:%Y-%m-%d %H:%M} UTC  from {one.sender or 'nobody'}")
    click.echo(f"          {one.subject or '(no subject)'}")
    click.echo(f"          {one.outcome}")
