"""`alerting init`: write a new rules folder, small or with example figures."""

from pathlib import Path

import click

from alerting.cli.options import line_to_copy


@click.command(
    epilog="""\b
Examples:
  alerting init rules
  alerting check rules
  alerting init wendmoor --example
  alerting evaluate wendmoor --as-of 2026-04-15
"""
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--example",
    "as_example",
    is_flag=True,
    help="A made-up county: 60 measures, 12 areas, April 2023 to March 2026, and truth.csv, which says what was put in.",
)
def command(folder: Path, *, as_example: bool) -> None:
    """Write a new rules folder into DIR: a commented one of one measure, or with --example a whole organisation.

    No file is written over: where one of the names is taken, nothing is written.
    """
    from alerting.scaffold.figures import AS_OF
    from alerting.scaffold.folder import example, smallest, write

    write(folder, example() if as_example else smallest())
    day = ("--as-of", AS_OF)
    click.echo(
        f"{folder}: written. Now:\n"
        f"  {line_to_copy('check', folder, *day)}\n"
        f"  {line_to_copy('test', folder)}\n"
        f"  {line_to_copy('evaluate', folder, *day)}"
    )
