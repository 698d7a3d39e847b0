"""`alerting run`: one tick, then hand over what waits."""

import asyncio
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alerting.cli.options import as_of, rules_folder

if TYPE_CHECKING:
    from alerting.app.deliver import DeliveryReport
    from alerting.app.tick import TickReport
    from alerting.domain.rule import RuleSet


@click.command(
    epilog="\b\nExamples:\n  alerting run rules --dry-run        who would be told what?\n"
    "  alerting run rules --as-of 2020-10-15"
)
@rules_folder
@as_of
@click.option("--dry-run", is_flag=True, help="Print what would be sent; change and send nothing.")
def command(rules: Path, as_of: date | None, dry_run: bool) -> int:
    """Evaluate once, change alerts and tell their owners; a second run completes what the first could not send."""
    from alerting.wiring import Engine, open_store

    engine = Engine.of(rules)
    store = open_store(engine.settings)
    try:
        report = engine.tick(store, as_of, dry_run=dry_run)
        for problem in report.problems:
            print(problem, file=sys.stderr)
        print_tick(report, engine.rules, dry_run=dry_run)
        if dry_run:
            return 1 if report.has_errors else 0
        delivery = asyncio.run(engine.deliver(store))
        print_delivery(delivery)
    finally:
        store.close()
    return 1 if report.has_errors or delivery.waiting or delivery.rejected else 0


def print_tick(report: "TickReport", rules: "RuleSet", *, dry_run: bool) -> None:
    """Print what was judged, what happened and who is told."""
    judged = ", ".join(f"{number:,} {state.replace('_', ' ')}" for state, number in report.counts.items())
    print(f"As of {report.as_of}: {judged}.")
    happened = ", ".join(f"{number:,} {kind}" for kind, number in report.happened.items())
    print(f"Since the last tick: {happened or 'nothing new'}.")
    verb = "Would tell" if dry_run else "Telling"
    for delivery in report.deliveries:
        print(f"{verb} {rules.owners[delivery.owner].name} <{delivery.address}>: {delivery.message.subject}")
    for event in report.untold:
        print(f"Nobody to tell of {event.alert.id} ({event.kind.value}).")


def print_delivery(report: "DeliveryReport") -> None:
    """Print what was handed over and what was not."""
    print(f"Messages: {report.accepted:,} accepted, {report.rejected:,} rejected, {report.waiting:,} waiting.")
    for delivery, reply in report.failures:
        print(f"Not sent to {delivery.address} over {delivery.channel}: {reply}", file=sys.stderr)
