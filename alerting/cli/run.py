"""`alerting run`: one tick, then hand over what waits."""

import asyncio
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alerting.cli.options import as_of, rules_folder
from alerting.errors import UsageError

if TYPE_CHECKING:
    from alerting.app.deliver import DeliveryReport
    from alerting.app.tick import TickReport
    from alerting.domain.rule import RuleSet
    from alerting.ports import Store
    from alerting.wiring import Engine


@click.command(
    epilog="\b\nExamples:\n  alerting run rules --dry-run        who would be told what?\n"
    "  alerting run rules --as-of 2020-10-15\n"
    "  alerting run rules --catch-up                  after downtime"
)
@rules_folder
@as_of
@click.option("--dry-run", is_flag=True, help="Print what would be sent; change and send nothing.")
@click.option("--catch-up", is_flag=True, help="Only where the schedule's last time was missed: once for all of it.")
def command(rules: Path, as_of: date | None, *, dry_run: bool, catch_up: bool) -> int:
    """Evaluate once, change alerts and tell their owners; a second run completes what the first could not send."""
    from alerting.wiring import Engine

    if catch_up and as_of is not None:
        raise UsageError("--catch-up is for what was missed until now; it does not go together with --as-of")
    engine = Engine.of(rules)
    due_at = None
    with engine.state() as store:
        if catch_up:
            due_at = engine.missed(store)
            if due_at is None:
                print("No time of the schedule was missed; nothing to do.")
                return _hand_over(engine, store)
        report = engine.tick(store, as_of, dry_run=dry_run, due_at=due_at)
        for problem in report.problems:
            print(problem, file=sys.stderr)
        print_tick(report, engine.rules, dry_run=dry_run)
        if dry_run:
            return 1 if report.has_errors else 0
        failed = _hand_over(engine, store)
    return 1 if report.has_errors else failed


def _hand_over(engine: "Engine", store: "Store") -> int:
    """Hand over what waits, and return the exit status for it."""
    delivery = asyncio.run(engine.deliver(store))
    print_delivery(delivery)
    return 1 if delivery.waiting or delivery.rejected else 0


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
    for one in report.suppressed:
        why = f"{one.reason.value.replace('_', ' ')}{' by ' + one.by if one.by else ''}"
        if one.owner:
            print(f"Not telling {one.owner} of {one.event.alert.id} ({one.event.kind.value}): {why}.")


def print_delivery(report: "DeliveryReport") -> None:
    """Print what was handed over and what was not."""
    print(
        f"Messages: {report.accepted:,} accepted, {report.rejected:,} rejected, {report.waiting:,} waiting."
        + (f" {report.postponed:,} wait for the end of quiet hours or a new budget." if report.postponed else "")
    )
    for delivery, reply in report.failures:
        print(f"Not sent to {delivery.address} over {delivery.channel}: {reply}", file=sys.stderr)
