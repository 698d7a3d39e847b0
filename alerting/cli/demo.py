"""`alerting demo`: see it work: the shipped rules on published figures, with mails."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alerting.cli.options import as_of, line_to_copy
from alerting.errors import UsageError

if TYPE_CHECKING:
    from alerting.demo.story import Story

#: Series without a verdict that are printed by name; the page lists them all.
_MOST_NAMED = 6


@click.command(epilog="\b\nExamples:\n  alerting demo\n  alerting demo --as-of 2020-10-15 --out /tmp/demo")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("demo"), show_default=True, help="Where mails and page go."
)
@as_of
def command(out: Path, as_of: date | None) -> int:
    """Run the shipped rules on published figures, day by day, with real mails to a mailbox on this machine."""
    from alerting.demo.shipped import shipped_rules

    try:
        from alerting.demo.story import run_story
    except ModuleNotFoundError as error:
        if error.name != "aiosmtpd":
            raise
        raise UsageError(
            "the demonstration needs a mail server of its own, which is not installed: pip install 'alerting[demo]'"
        ) from error

    folder = shipped_rules()
    click.echo(f"Rules and figures: {folder}\n")
    story = run_story(folder, out, as_of, click.echo)
    _print_story(story, folder)
    return 1 if story.failed else 0


def _print_story(story: "Story", folder: Path) -> None:
    from alerting.render.judged_words import checked_sentence, worst_themes_first

    summary = story.summary
    assert summary is not None
    click.echo(f"\nAs of {summary.as_of}:\n")
    width = max(len(tally.theme) for tally in summary.themes)
    click.echo(f"  {'Theme':{width}}  Exceptions  Normal  Not judged")
    for tally in worst_themes_first(summary.themes):
        click.echo(f"  {tally.theme:{width}}  {tally.exceptions:10,}  {tally.normal:6,}  {tally.not_judged:10,}")
    click.echo(f"\n{checked_sentence(summary.checked)}")
    for one in summary.not_judged[:_MOST_NAMED]:
        click.echo(f"  - {one.measure}, {one.period}, {one.area}: {one.reason}")
    if len(summary.not_judged) > _MOST_NAMED:
        click.echo(f"  - and {len(summary.not_judged) - _MOST_NAMED:,} more, all on the page")
    click.echo(f"\n{len(story.mails):,} mails: {story.folder}\nTo read them: {story.page}")
    day = ("--as-of", "2020-10-15")
    click.echo(
        "\nTry next:\n"
        f"  {line_to_copy('check', folder)}   # is the folder sound?\n"
        f"  {line_to_copy('evaluate', folder, *day, '--only', 'exception')}   # what do the rules say?\n"
        f"  {line_to_copy('run', folder, *day, '--dry-run')}   # who would be told what?"
    )
