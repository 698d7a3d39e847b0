"""Our values as rows, and back."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any

from sqlalchemy import RowMapping

from alerting.domain.alert import Alert, AlertEvent, SeriesKey
from alerting.domain.finding import Finding, Reason, State
from alerting.domain.notice import Delivery, Message, Notice, Picture
from alerting.domain.rule import Severity
from alerting.ports import DigestRecord, TickRecord
from alerting.store.columns import period_of, period_text

Row = dict[str, Any]
Columns = Mapping[str, Any] | RowMapping

_STANDING = (
    "state", "severity", "period", "value", "consecutive", "opened_at", "changed_at", "resolved", "band",
)  # fmt: skip
_DEFAULTS = {field.name: field.default for field in fields(Finding) if field.default is not MISSING}
_PERIODS = ("period", "rebased_on")


def tick_row(tick: TickRecord) -> Row:
    """Return the row of a tick."""
    return {
        "id": tick.id,
        "as_of": tick.as_of,
        "at": tick.at,
        "rules_version": tick.rules_version,
        "counts": dict(tick.counts),
    }


def alert_row(alert: Alert) -> Row:
    """Return the row of an alert."""
    key = alert.key
    row: Row = {"id": alert.id, "rule": key.rule, "measure": key.measure, "area": key.area, "opened": alert.opened}
    row.update((name, getattr(alert, name)) for name in _STANDING)
    return row


def alert_of(row: Columns) -> Alert:
    """Return the alert of a row that has its key, its opening and how it stands."""
    key = SeriesKey(rule=row["rule"], measure=row["measure"], area=row["area"])
    return Alert(key=key, opened=row["opened"], **{name: row[name] for name in _STANDING})


def event_id(event: AlertEvent) -> str:
    """Return the id of an event: the same event has the same id whoever asks, and is kept once."""
    facts = (event.alert.id, event.kind.value, period_text(event.alert.period), event.at.timestamp())
    return hashlib.blake2b(repr(facts).encode(), digest_size=16).hexdigest()


def event_row(tick_id: str, event: AlertEvent) -> Row:
    """Return the row of an event."""
    row: Row = {
        "id": event_id(event),
        "tick_id": tick_id,
        "alert_id": event.alert.id,
        "kind": event.kind,
        "at": event.at,
        "finding": None if event.finding is None else finding_json(event.finding),
        "reason": event.reason,
    }
    row.update((name, getattr(event.alert, name)) for name in _STANDING)
    return row


def event_of(row: Columns) -> AlertEvent:
    """Return the event of a row joined with its alert's key and opening."""
    finding = None if row["finding"] is None else finding_of(row["finding"])
    return AlertEvent(kind=row["kind"], alert=alert_of(row), finding=finding, at=row["at"], reason=row["reason"])


def finding_json(finding: Finding) -> Row:
    """Return a finding as JSON values, less what stands at its default. `finding_of` gives the same finding again."""
    known: Row = {name: value for name in _FINDING if (value := getattr(finding, name)) != _DEFAULTS.get(name, MISSING)}
    for name in _PERIODS:
        if known.get(name) is not None:
            known[name] = period_text(known[name])
    known["state"] = finding.state.word
    known["severity"] = finding.severity.word
    if finding.evidence:
        known["evidence"] = dict(finding.evidence)
    else:
        known.pop("evidence", None)
    return known


def finding_of(kept: Mapping[str, Any]) -> Finding:
    """Return the finding that was kept; keys that this version does not know are passed over."""
    known = {name: value for name, value in kept.items() if name in _FINDING}
    for name in _PERIODS:
        if known.get(name) is not None:
            known[name] = period_of(known[name])
    known["state"] = State[known["state"].upper()]
    known["severity"] = Severity[known["severity"].upper()]
    if "reason" in known:
        known["reason"] = Reason(known["reason"])
    if "notes" in known:
        known["notes"] = tuple(known["notes"])
    return Finding(**known)


_FINDING = tuple(field.name for field in fields(Finding))


def notice_row(notice: Notice) -> Row:
    """Return the row of a notice."""
    also_told = {alert: list(owners) for alert, owners in notice.also_told}
    return {"id": notice.id, "kind": notice.kind, "owner": notice.owner, "at": notice.at, "also_told": also_told}


def told_rows(notice: Notice) -> list[Row]:
    """Return a row for each event that a notice tells, in its order."""
    return [
        {"notice_id": notice.id, "position": position, "event_id": event_id(event)}
        for position, event in enumerate(notice.events)
    ]


def payload_row(message: Message) -> Row:
    """Return the row of a message; equal messages share one by its digest."""
    headers = [list(pair) for pair in message.headers]
    parts = {"subject": message.subject, "text": message.text, "html": message.html, "headers": headers}
    pictures = [[picture.id, picture_row(picture)["digest"]] for picture in message.pictures] or None
    facts = parts | ({"pictures": pictures} if pictures else {})
    digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode("ascii")).hexdigest()
    return {"digest": digest, **parts, "pictures": pictures}


def picture_row(picture: Picture) -> Row:
    """Return the row of a picture; equal pictures share one, however many messages show them."""
    return {"digest": hashlib.sha256(picture.png).hexdigest(), "png": picture.png}


def delivery_row(delivery: Delivery, payload: str) -> Row:
    """Return the row of a delivery whose message is kept under the digest *payload*."""
    return {
        "id": delivery.id,
        "notice_id": delivery.notice_id,
        "owner": delivery.owner,
        "channel": delivery.channel,
        "address": delivery.address,
        "message_id": delivery.message_id,
        "payload": payload,
        "state": delivery.state,
        "attempts": delivery.attempts,
        "last_reply": delivery.last_reply,
    }


def delivery_of(row: Columns, pngs: Mapping[str, bytes]) -> Delivery:
    """Return the delivery of a row joined with its payload; *pngs* has its pictures by digest."""
    headers = tuple((name, value) for name, value in row["headers"])
    pictures = tuple(Picture(id=id_, png=pngs[digest]) for id_, digest in row["pictures"] or ())
    message = Message(subject=row["subject"], text=row["text"], html=row["html"], headers=headers, pictures=pictures)
    kept = ("id", "notice_id", "owner", "channel", "address", "message_id", "state", "attempts", "last_reply")
    return Delivery(message=message, **{name: row[name] for name in kept})


def digest_row(record: DigestRecord) -> Row:
    """Return the row of a digest that was made."""
    return {
        "digest": record.digest,
        "owner": record.owner,
        "window": record.window,
        "since": record.since,
        "until": record.until,
    }
