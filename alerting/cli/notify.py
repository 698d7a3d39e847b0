"""`alerting notify`: see a notice before anybody gets it, or try out the mail server."""

import asyncio
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alerting.cli.options import as_of, rules_option
from alerting.domain.fault import INTERNAL_ERROR
from alerting.errors import UsageError

if TYPE_CHECKING:
    from alerting.app.engine import Engine
    from alerting.domain.inbox import InboxEntry
    from alerting.domain.notify.notice import Delivery
    from alerting.ports.state import Store


@click.group()
def command() -> None:
    """See a notice before anybody gets it, or try out the mail server."""


@command.command(
    "test",
    short_help="Send OWNER a test message and print the answers.",
    epilog="\b\nExamples:\n  alerting notify test commander-telford-and-wrekin\n"
    "  alerting notify test commander-telford-and-wrekin --reply",
)
@click.argument("owner")
@rules_option
@click.option(
    "--reply", "by_mail", is_flag=True, help="Then wait for an answer to it, and print what was made of that."
)
@click.option(
    "--wait",
    "wait_s",
    type=click.FloatRange(0, 86_400),
    default=300.0,
    show_default=True,
    metavar="SECONDS",
    help="How long, with --reply.",
)
def try_out(owner: str, rules: Path, *, by_mail: bool, wait_s: float) -> int:
    """Send OWNER a test message on each of their channels and print what was answered; nothing is stored without --reply."""
    from alerting.wiring import engine_of

    engine = engine_of(rules)
    if not by_mail:
        _print_answers(engine, owner, asyncio.run(engine.try_out(owner)))
        return 0
    if engine.settings.imap_url is None:
        raise UsageError("no answers are read: set ALERTING_IMAP_URL to the mailbox that they come to")
    with engine.state() as store:
        answered = asyncio.run(engine.try_out(owner, store))
        _print_answers(engine, owner, answered)
        click.echo(f"Reply to it now, with a first line of ok; waiting for at most {wait_s:g} seconds.")
        entry = _first_answer(engine, store, {delivery.id for delivery, _ in answered}, wait_s)
    if entry is None:
        click.echo(
            "No answer came: look at ALERTING_REPLY_TO, at plus addresses, and at `alerting inbox list --all`.",
            err=True,
        )
        return 1
    click.echo(f"An answer from {entry.sender} came and was read: {entry.act or entry.kind}. The whole way works.")
    return 0


def _print_answers(engine: "Engine", owner: str, answered: "list[tuple[Delivery, str]]") -> None:
    for delivery, reply in answered:
        click.echo(f"To {engine.rules.owners[owner].name} <{delivery.address}> over {delivery.channel}: {reply}")


def _first_answer(engine: "Engine", store: "Store", deliveries: set[str], wait_s: float) -> "InboxEntry | None":
    """Read the mailbox again and again until a person's answer to one of some deliveries has come."""
    until = time.monotonic() + wait_s
    while True:
        for entry in engine.read_mailbox(store)[1]:
            if entry.delivery in deliveries and entry.person is not None:
                return entry
        if time.monotonic() >= until:
            return None
        time.sleep(min(engine.settings.poll_s, max(until - time.monotonic(), 0)))


@command.command(
    epilog="\b\nExamples:\n  alerting notify preview calls-999-target --as-of 2020-10-15\n"
    "  alerting notify preview calls-999-target --area west-mercia --out /tmp/preview"
)
@click.argument("rule")
@rules_option
@as_of
@click.option("--area", metavar="AREA", help="This area alone.  [default: every area with something open]")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("preview"), show_default=True, help="Where the files go."
)
def preview(rule: str, rules: Path, as_of: date | None, area: str | None, out: Path) -> int:
    """Write the notice of RULE into files; send nothing.

    The mail as .eml, .html and .txt, and each chart as .png and .svg. Nothing is stored. Where nothing is open under
    the rule, the newest exception is shown.
    """
    from alerting.render.inline_images import self_contained
    from alerting.wiring import engine_of

    engine = engine_of(rules)
    shown = engine.enquiries.preview(rule, area, as_of)
    message = shown.delivery.message
    files: dict[str, bytes] = {
        "notice.eml": engine.enquiries.as_mail(shown.delivery),
        "notice.html": self_contained(message.html, message.pictures).encode(),
        "notice.txt": message.text.encode(),
    }
    files |= {f"chart-{n}.png": picture.png for n, picture in enumerate(message.pictures, 1)}
    files |= {f"{name}.svg": svg.encode() for name, svg in shown.charts}
    _write(out, files)
    for problem in shown.problems:
        click.echo(str(problem), err=True)
    if shown.note:
        click.echo(shown.note)
    click.echo(f"To {engine.rules.owners[shown.delivery.owner].name} <{shown.delivery.address}>: {message.subject}")
    for name, content in files.items():
        click.echo(f"  {out / name}  {len(content):,} bytes")
    return int(any(problem.code == INTERNAL_ERROR for problem in shown.problems))


def _write(out: Path, files: dict[str, bytes]) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (out / name).write_bytes(content)
    except OSError as error:
        raise UsageError(f"cannot write to {out}: {error.strerror}; name another folder with --out DIR") from error
