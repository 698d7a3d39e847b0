"""`alerting deliveries`: see what waits to be sent or was refused, and mend it."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

import click

from alerting.cli.options import output_format

if TYPE_CHECKING:
    from alerting.domain.outbox import OutboxEntry

_STATES = ("waiting", "refused", "held", "expired", "accepted", "cancelled")


@click.group()
def command() -> None:
    """See what waits to be sent, was refused or is held, and send it again or end it.

    It looks at the state alone (ALERTING_STATE_DIR, ALERTING_DATABASE_URL), so that it works where the rules do not.
    A delivery may be named by the beginning of its id.
    """


@command.command(
    "list",
    epilog="\b\nExamples:\n  alerting deliveries list\n  alerting deliveries list --state refused --format json",
)
@output_format("text", "json")
@click.option("--state", "states", multiple=True, type=click.Choice(_STATES), help="Only these; may be repeated.")
@click.option("--owner", metavar="OWNER", help="Only those to this owner.")
def list_(output_format: str, states: tuple[str, ...], owner: str | None) -> None:
    """List what was not taken yet: waiting, held, refused, expired; and addresses from which messages came back."""
    from alerting.app.delivery import deliveries
    from alerting.opening import state_alone

    with state_alone() as state:
        found, doubts = deliveries.listed(state.outbox, states, owner), deliveries.doubted(state.doubts, owner)
    if output_format == "json":
        listed = {"deliveries": [one.as_json() for one in found], "doubted": [one.as_json() for one in doubts]}
        click.echo(json.dumps(listed, ensure_ascii=False, indent=2))
        return
    for doubt in doubts:
        click.echo(f"doubted   {doubt.address} of {doubt.owner}: messages came back, the first {_at(doubt.since)}")
        click.echo(f"          {doubt.words}")
    for one in found:
        for line in _lines(one):
            click.echo(line)
    kinds = "deliveries" if len(found) != 1 else "delivery"
    click.echo(f"{len(found):,} {kinds}." if found else "No deliveries.")


@command.command(short_help="Print a delivery with its tries and its message.")
@click.argument("delivery")
def show(delivery: str) -> None:
    """Print a delivery with its tries, the answers and the message."""
    from alerting.app.delivery import deliveries
    from alerting.opening import attempts_of, outbox

    with outbox() as box:
        found = deliveries.named(box, delivery)
    for line in _lines(found):
        click.echo(line)
    click.echo(f"          alerts: {', '.join(found.alerts) or 'none'}")
    for one in attempts_of(found.delivery.id):
        click.echo(f"          {_at(one.at)}  {one.state}: {one.reply or ''}".rstrip())
    click.echo(f"\nSubject: {found.delivery.message.subject}\n\n{found.delivery.message.text}")


def _deed(word: str, short: str, more: str, epilog: str) -> Callable[..., None]:
    """Make a command that does something about deliveries."""

    @command.command(word, short_help=f"{short}.", help=f"{short}; {more}.", epilog=epilog)
    @click.argument("deliveries", nargs=-1, metavar="DELIVERY...")
    @click.option("--all", "all_", is_flag=True, help="All that it can be done to (nothing is sent of what is over).")
    @click.option("--person", metavar="OWNER", help="Who does it; kept with the delivery.")
    @click.option("--reason", metavar="WORDS", help="Why; kept with the delivery.")
    def doing(deliveries: tuple[str, ...], *, all_: bool, person: str | None, reason: str | None) -> None:
        from alerting.app.delivery import deliveries as looking_after
        from alerting.domain.outbox import Deed
        from alerting.errors import UsageError
        from alerting.opening import SystemClock, outbox

        if bool(deliveries) == all_:
            raise UsageError("name deliveries, or give --all")
        deed = next(one for one in Deed if one.word == word)
        with outbox() as box:
            done = looking_after.done(box, deed, deliveries, SystemClock().now(), person=person, reason=reason)
        for said, several in ((_PAST[word], done.entries), ("Left out", done.left_out)):
            for one in several:
                click.echo(f"{said}: {one.delivery.id}  {one.delivery.address}  {one.delivery.message.subject}")
        if done.left_out:
            click.echo(_LEFT_OUT)
        click.echo(_NEXT[word] if done.entries else "Nothing to do.")

    return doing


_PAST = {"retry": "On its way again", "release": "Released", "drop": "Dropped"}
_LEFT_OUT = "What is left out tells of what is over, or was told anew since; name one to send it all the same."
_SOON = "A running service tries within a minute, else the next `alerting run`."
_NEXT = {
    "retry": _SOON, "release": f"{_SOON} The copy says that it may have arrived before.",
    "drop": "What still stands is told anew by the next tick; silence an alert of which nobody should hear.",
}  # fmt: skip
_deed(
    "retry",
    "Try what waits, was refused or expired",
    "at once, and for another day",
    "\b\nExamples:\n  alerting deliveries retry 5f0c2b\n  alerting deliveries retry --all --person ict-duty",
)
_deed(
    "release",
    "Send what is held once more",
    "it may have arrived, and the copy says so",
    "\b\nExample:\n  alerting deliveries release 5f0c2b --reason 'not in the mailbox'",
)
_deed(
    "drop",
    "End a delivery",
    "it is not tried any more",
    "\b\nExample:\n  alerting deliveries drop 5f0c2b --reason 'told by telephone' --person ict-duty",
)


def _lines(one: "OutboxEntry") -> list[str]:
    from alerting.domain.notify.notice import DeliveryState
    from alerting.domain.outbox import WORDS

    sent = one.delivery
    tried = f"tried {sent.attempts} time{'s' * (sent.attempts != 1)}, last {_at(one.tried_at)}" if one.tried_at else ""
    further = f"next try {_at(sent.not_before)}" if sent.not_before and sent.state is DeliveryState.PENDING else ""
    parts = [f"made {_at(one.made_at)}", tried, further, "may have arrived" if sent.may_be_there else ""]
    redirected = "" if sent.redirected_to is None else f", redirected to {sent.redirected_to}"
    lines = [
        f"{WORDS[sent.state]:9} {sent.id}  {sent.owner} <{sent.address}> over {sent.channel}{redirected}",
        f"          {sent.message.subject}",
        f"          {'; '.join(part for part in parts if part)}",
    ]
    return [*lines, f"          {sent.last_reply}"] if sent.last_reply else lines


def _at(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at is not None else "never"
