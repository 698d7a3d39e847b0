"""`alerting owners`: who answers for what is watched."""

from pathlib import Path

import click

from alerting.cli.options import rules_folder


@click.command(epilog="\b\nExamples:\n  alerting owners rules")
@rules_folder
def command(rules: Path) -> int:
    """Print the owners that a rules folder names.

    One line each: id and name.
    """
    from alerting.wiring import engine_of

    for owner in engine_of(rules).rules.owners.values():
        print(f"{owner.id}  {owner.name}")
    return 0
