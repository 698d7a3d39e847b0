"""`alerting notify`: see a notice before anybody gets it, or try out the mail server."""

import asyncio
from datetime import date
from pathlib import Path

import click

from alerting.cli.options import as_of, rules_option
from alerting.domain.fault import INTERNAL_ERROR
from alerting.errors import UsageError


@click.group()
def command() -> None:
    """See a notice before anybody gets it, or try out the mail server."""


@command.command(
    "test",
    short_help="Send OWNER a test message and print the answers.",
    epilog="\b\nExample:\n  alerting notify test commander-telford-and-wrekin",
)
@click.argument("owner")
@rules_option
def try_out(owner: str, rules: Path) -> None:
    """Send OWNER a test message on each of their channels and print what was answered; nothing is stored."""
    from alerting.wiring import engine_of

    engine = engine_of(rules)
    for delivery, reply in asyncio.run(engine.try_out(owner)):
        click.echo(f"To {engine.rules.owners[owner].name} <{delivery.address}> over {delivery.channel}: {reply}")


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
