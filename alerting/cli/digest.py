"""`alerting digest`: send each owner the regular summary."""

import asyncio
import sys
from datetime import date
from pathlib import Path

import click

from alerting.cli.options import as_of, rules_folder
from alerting.errors import UsageError


@click.command(epilog="\b\nExamples:\n  alerting digest rules\n  alerting digest rules --id monday --as-of 2020-10-19")
@rules_folder
@as_of
@click.option(
    "--id", "ids", multiple=True, metavar="DIGEST", help="Only this digest; may be given again.  [default: all]"
)
def command(rules: Path, as_of: date | None, ids: tuple[str, ...]) -> int:
    """Send each owner one mail: opened, going on, resolved, what was checked and what was late. Once a day at most."""
    from alerting.cli.run import print_delivery
    from alerting.wiring import Engine, open_store

    engine = Engine.of(rules)
    known = {digest.id for digest in engine.rules.digests} or {"weekly"}
    for id_ in ids:
        if id_ not in known:
            raise UsageError(f'no digest "{id_}"; there are {", ".join(sorted(known))}')
    store = open_store(engine.settings)
    try:
        report = engine.digest(store, as_of, ids)
        for problem in report.problems:
            print(problem, file=sys.stderr)
        for delivery in report.deliveries:
            print(
                f"Digest for {engine.rules.owners[delivery.owner].name} <{delivery.address}>: {delivery.message.subject}"
            )
        if report.already:
            print(f"Made already today: {len(report.already)}.", file=sys.stderr)
        delivery_report = asyncio.run(engine.deliver(store))
        print_delivery(delivery_report)
    finally:
        store.close()
    return 1 if report.has_errors or delivery_report.waiting or delivery_report.rejected else 0
