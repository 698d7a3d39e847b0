"""`alerting diff`: say what a change of rules does, and to whom."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from alerting.cli.options import output_format, rules_option

if TYPE_CHECKING:
    from collections.abc import Callable

    from alerting.app.authoring.diff.difference import Difference


@click.command(
    epilog="""\b
Examples:
  alerting diff main                        the folder as it stands against the branch main
  alerting diff main my-branch              two revisions
  alerting diff rules-of-last-year rules    two folders
  alerting diff HEAD~1 --format json        for programs

\b
Exit status: 0 nothing to look at, 1 somebody should look (the reasons stand first), 2 a side cannot be used.
"""
)
@click.argument("base")
@click.argument("head", required=False)
@rules_option
@output_format("text", "json")
@click.pass_context
def command(ctx: click.Context, base: str, head: str | None, rules: Path, output_format: str) -> None:
    """Compare the rules at BASE with those at HEAD (without it, the rules folder as it stands).

    Each is a folder, or a git revision of the repository that the rules folder is in: a branch, a tag, a commit. Where a
    folder has the name of a branch, `refs/heads/NAME` is the branch. The work tree is not touched.
    """
    from alerting.app.authoring.diff.difference import difference
    from alerting.app.authoring.diff.sides import sides
    from alerting.app.installation import Installation
    from alerting.opening import SystemClock
    from alerting.settings import load_settings

    settings = load_settings()
    with sides(base, head, rules, settings) as (before, after):
        installation = Installation(rules=after.rules, settings=settings, folder=rules, clock=SystemClock())
        found = difference(before, after, installation.today())
        click.echo(_printed(output_format)(found))
    ctx.exit(int(bool(found.reasons)))


def _printed(name: str) -> "Callable[[Difference], str]":
    from alerting.app.authoring.diff.as_json import as_json
    from alerting.app.authoring.diff.as_text import as_text

    return {"text": as_text, "json": as_json}[name]
