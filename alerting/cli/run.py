"""`alerting run`: evaluate once, change alerts and tell their owners."""

import asyncio
import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alerting.cli.options import as_of, output_format, refuse_days_to_come, rules_folder, yes
from alerting.domain.inbox import Standing
from alerting.errors import MailboxFailed, RulesShrunk, UsageError

if TYPE_CHECKING:
    from alerting.app.delivery.deliver import DeliveryTally
    from alerting.app.engine import Engine
    from alerting.app.tick.report import TickReport
    from alerting.domain.rule import RuleSet
    from alerting.ports.state import Store


@click.command(
    epilog="\b\nExamples:\n  alerting run rules --dry-run        who would be told what?\n"
    "  alerting run rules --as-of 2020-10-15\n"
    "  alerting run rules --catch-up                  after downtime\n"
    "  alerting run rules --dry-run --format json"
)
@rules_folder
@as_of
@output_format("text", "json")
@click.option("--dry-run", is_flag=True, help="Print what would be sent; change and send nothing.")
@yes
@click.option("--full", is_flag=True, help="Judge all, also where nothing has changed since the last time.")
@click.option("--catch-up", is_flag=True, help="Only where the schedule's last time was missed: once for all of it.")
def command(
    rules: Path, as_of: date | None, output_format: str, *, dry_run: bool, catch_up: bool, yes: bool, full: bool
) -> int:
    """Evaluate once, change alerts and tell their owners; a second run completes what the first could not send."""
    from alerting.wiring import engine_of

    if catch_up and as_of is not None:
        raise UsageError("--catch-up is for what was missed until now; it does not go together with --as-of")
    engine = engine_of(rules)
    report = delivery = None
    refuse_days_to_come(as_of, engine.installation.today(), yes=yes or dry_run)
    with engine.state() as store:
        engine.admission.refuse_doubtful_clock(store, believed=yes or dry_run or as_of is not None)
        unread = None if dry_run else read_mailbox(engine, store)
        due_at = engine.missed(store) if catch_up else None
        if due_at is not None or not catch_up:
            try:
                report = engine.tick(store, as_of, dry_run=dry_run, due_at=due_at, full=full)
            except RulesShrunk:  # their maintainer is told
                if not dry_run:
                    asyncio.run(engine.deliver(store))
                raise
            for problem in report.problems:
                print(problem, file=sys.stderr)
        if output_format == "text":
            print_tick(report, engine.rules, dry_run=dry_run, redirected_to=engine.settings.redirect_all_to)
        if not dry_run:
            delivery = asyncio.run(engine.deliver(store, as_of=as_of))
    if output_format == "json":
        print(json.dumps(run_json(report, delivery), ensure_ascii=False, indent=2))
    elif delivery is not None:
        print_delivery(delivery)
    unsent = delivery is not None and (delivery.waiting + delivery.rejected > 0 or bool(delivery.ill))
    return 1 if unsent or unread is not None or (report is not None and report.has_errors) else 0


def read_mailbox(engine: "Engine", store: "Store") -> str | None:
    """Take in answers before a tick, where there is a mailbox; print and return what is wrong with it."""
    try:
        emptied, entries = engine.read_mailbox(store)
    except MailboxFailed as error:
        trouble: str | None = str(error)
    else:
        trouble = emptied.trouble
        for entry in entries:
            if entry.standing in (Standing.ASIDE, Standing.NOT_ACTED, Standing.RETURNED):
                print(f"Mail {entry.id} from {entry.sender or 'nobody'}: {entry.outcome}", file=sys.stderr)
    if trouble is not None:
        print(f"Answers by mail: {trouble}", file=sys.stderr)
    return trouble


def run_json(report: "TickReport | None", delivery: "DeliveryTally | None") -> dict[str, Any]:
    """Return what a run did for JSON; null where there was no tick (nothing missed) or no sending (a dry run)."""
    found: dict[str, Any] = {"tick": None, "delivery": None}
    if report is not None:
        events = {notice.id: notice.events for notice in report.notices}
        found["tick"] = {
            "as_of": report.as_of.isoformat(), "counts": dict(report.counts), "happened": dict(report.happened),
            "notices": [
                {
                    "to": one.owner, "channel": one.channel, "address": one.address, "subject": one.message.subject,
                    "alerts": [{"id": e.alert.id, "event": e.kind.value} for e in events.get(one.notice_id, ())],
                }
                for one in report.deliveries
            ],
            "not_told": [
                {
                    "to": one.owner or None, "id": one.event.alert.id, "event": one.event.kind.value,
                    "reason": one.reason.value, "by": one.by or None,
                }
                for one in report.suppressed
            ],
        }  # fmt: skip
    if delivery is not None:
        found["delivery"] = {
            "accepted": delivery.accepted, "rejected": delivery.rejected, "waiting": delivery.waiting,
            "postponed": delivery.postponed,
            "ill": [
                {"channel": one.id, "since": one.down_since and one.down_since.isoformat(), "reply": one.reply}
                for one in delivery.ill
            ],
            "failures": [
                {"to": one.owner, "channel": one.channel, "address": one.address, "reply": reply}
                for one, reply in delivery.failures
            ],
        }  # fmt: skip
    return found


def print_tick(
    report: "TickReport | None", rules: "RuleSet", *, dry_run: bool, redirected_to: str | None = None
) -> None:
    """Print what was judged, what happened and who is told; None: there was nothing to catch up with."""
    if report is None:
        print("No time of the schedule was missed; nothing to do.")
        return
    judged = ", ".join(f"{number:,} {state.replace('_', ' ')}" for state, number in report.counts.items())
    print(f"As of {report.as_of}: {judged}.")
    happened = ", ".join(f"{number:,} {kind}" for kind, number in report.happened.items())
    print(f"Since the last tick: {happened or 'nothing new'}.")
    verb = "Would tell" if dry_run else "Telling"
    for delivery in report.deliveries:
        print(f"{verb} {rules.owners[delivery.owner].name} <{delivery.address}>: {delivery.message.subject}")
    if redirected_to is not None and report.deliveries:
        print(f"All of it goes to {redirected_to} instead (ALERTING_REDIRECT_ALL_TO).")
    for event in report.untold:
        print(f"Nobody to tell of {event.alert.id} ({event.kind.value}).")
    for one in report.suppressed:
        why = f"{one.reason.value.replace('_', ' ')}{' by ' + one.by if one.by else ''}"
        if one.owner:
            print(f"Not telling {one.owner} of {one.event.alert.id} ({one.event.kind.value}): {why}.")


def print_delivery(report: "DeliveryTally") -> None:
    """Print what was handed over and what was not."""
    print(
        f"Messages: {report.accepted:,} accepted, {report.rejected:,} rejected, {report.waiting:,} waiting."
        + (f" {report.postponed:,} wait for the end of quiet hours or a new budget." if report.postponed else "")
    )
    for delivery, reply in report.failures:
        print(f"Not sent to {delivery.address} over {delivery.channel}: {reply}", file=sys.stderr)
    said = {reply for _, reply in report.failures}
    for channel in report.ill:
        since = f" since {channel.down_since:%Y-%m-%d %H:%M} UTC" if channel.down_since else ""
        why = "" if channel.reply in said else f" ({channel.reply})"
        print(f"Nothing is accepted over {channel.id}{since}{why}; what is to be told waits.", file=sys.stderr)
