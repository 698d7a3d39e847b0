"""Our values as rows, and back."""

import hashlib
import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import RowMapping

from alerting.domain.alert import Acknowledgement, Alert, AlertEvent, AlertState, SeriesKey
from alerting.domain.finding import Finding, Reason, State
from alerting.domain.notify.hearing import Fate, SentNotice
from alerting.domain.notify.notice import AnyPicture, Delivery, Enclosure, Message, Notice, Picture, UndrawnPicture
from alerting.domain.notify.planned import Suppressed
from alerting.domain.rule import Rule
from alerting.domain.severity import Severity
from alerting.ports.digests import DigestRecord
from alerting.ports.ticks import TickRecord
from alerting.replies.token import Purpose, reference
from alerting.store.columns import period_of, period_text

#: What stands for the text of a message that is not kept any longer.
NOT_KEPT = "(The message itself is not kept any longer: `keep:` of the schedule says for how long.)"

Row = dict[str, Any]
Columns = Mapping[str, Any] | RowMapping
#: Draws what was kept of a picture that is yet to be drawn.
Draw = Callable[[bytes], bytes]
#: How every PNG begins, and no drawing.
_PNG = b"\x89PNG"
#: Stands before the name of what goes with a message, among its pictures.
_ENCLOSED = "enclosed:"

_STANDING = (
    "state", "severity", "period", "value", "consecutive", "opened_at", "changed_at", "resolved", "band",
    "worst_severity", "worst_band",
)  # fmt: skip
_standing_of = attrgetter(*_STANDING)
_PERIODS = ("period", "rebased_on")


def tick_row(tick: TickRecord) -> Row:
    """Return the row of a tick."""
    return {
        "id": tick.id,
        "as_of": tick.as_of,
        "at": tick.at,
        "rules_version": tick.rules_version,
        "counts": dict(tick.counts),
        "due_at": tick.due_at,
    }


def alert_row(alert: Alert) -> Row:
    """Return the row of an alert."""
    key, mark = alert.key, alert.acknowledgement
    row: Row = {"id": alert.id, "rule": key.rule, "measure": key.measure, "area": key.area, "opened": alert.opened}
    row.update(zip(_STANDING, _standing_of(alert), strict=True))
    row["figures"] = alert.figures
    row["acknowledged_by"] = mark.person if mark else None
    row["acknowledged_at"] = mark.at if mark else None
    row["acknowledged_until"] = mark.until if mark else None
    return row


def alert_of(row: Columns, id_: str | None = None) -> Alert:
    """Return the alert of a row that has its key, its opening and how it stands.

    Args:
        id_: its id, where the row's own `id` is another thing's.
    """
    key = SeriesKey(rule=row["rule"], measure=row["measure"], area=row["area"])
    mark = None
    if row.get("acknowledged_by") is not None:
        mark = Acknowledgement(
            person=row["acknowledged_by"], at=row["acknowledged_at"], until=row["acknowledged_until"]
        )
    alert = Alert(
        key=key,
        opened=row["opened"],
        acknowledgement=mark,
        figures=row.get("figures"),
        **{name: row[name] for name in _STANDING},
    )
    named = id_ or row["id"]
    return alert if alert.id == named else replace(alert, named=named)


def event_id(event: AlertEvent) -> str:
    """Return the id of an event: the same event has the same id whoever asks, and is kept once."""
    if event.kept is not None:
        return event.kept
    facts = (event.alert.id, str(event.kind), period_text(event.alert.period), event.at.timestamp())
    return hashlib.blake2b(repr(facts).encode(), digest_size=16).hexdigest()


def event_row(tick_id: str, event: AlertEvent, rule_text: str | None = None) -> Row:
    """Return the row of an event; *rule_text*: the digest of its rule's text."""
    row: Row = {
        "id": event_id(event),
        "tick_id": tick_id,
        "alert_id": event.alert.id,
        "kind": event.kind,
        "at": event.at,
        "finding": None if event.finding is None else finding_json(event.finding),
        "reason": event.reason,
        "headline": event.headline,
        "turned": event.turned,
        "person": event.person,
        "via": event.via,
        "false_alarm": event.false_alarm,
        "rule_text": rule_text,
    }
    row.update(zip(_STANDING, _standing_of(event.alert), strict=True))
    return row


def event_of(row: Columns) -> AlertEvent:
    """Return the event of a row joined with its alert's key and opening."""
    finding = None if row["finding"] is None else finding_of(row["finding"])
    return AlertEvent(
        kind=row["kind"],
        alert=alert_of(row, row["alert_id"]),
        finding=finding,
        at=row["at"],
        reason=row["reason"],
        headline=row["headline"],
        person=row["person"],
        via=row["via"],
        false_alarm=row["false_alarm"],
        turned=row["turned"],
        kept=row["id"],
        said=row.get("says"),
    )


def finding_json(finding: Finding) -> Row:
    """Return a finding as JSON values, less what stands at its default. `finding_of` gives the same finding again."""
    known: Row = {
        name: value
        for name, value, default in zip(_FINDING, _values_of(finding), _FINDING_DEFAULTS, strict=True)
        if value is not default and value != default
    }
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
_FINDING_DEFAULTS = tuple(field.default for field in fields(Finding))
_values_of = attrgetter(*_FINDING)


def notice_row(notice: Notice) -> Row:
    """Return the row of a notice."""
    also_told = {alert: list(owners) for alert, owners in notice.also_told}
    return {
        "id": notice.id,
        "kind": notice.kind,
        "owner": notice.owner,
        "at": notice.at,
        "also_told": also_told,
        "summary": notice.summary,
    }


def told_rows(notice: Notice) -> list[Row]:
    """Return a row for each event that a notice tells, in its order."""
    owners = {alert: list(owners) for alert, owners in notice.on_behalf_of}
    return [
        {
            "notice_id": notice.id,
            "position": position,
            "event_id": event_id(event),
            "owners": owners.get(event.alert.id),
            "says": None if event.kept is None else event.says,
        }
        for position, event in enumerate(notice.events)
    ]


def payload_row(message: Message) -> Row:
    """Return the row of a message; equal messages share one by its digest."""
    headers = [list(pair) for pair in message.headers]
    parts: Row = {"text": message.text, "html": message.html, "headers": headers}
    beside = [[picture.id, picture_row(picture)["digest"]] for picture in message.pictures]
    beside += [[f"{_ENCLOSED}{one.name}", enclosure_row(one)["digest"]] for one in message.enclosures]
    pictures = beside or None
    if message.items:
        parts["items"] = [list(item) for item in message.items]
    body = json.dumps(parts, ensure_ascii=False).encode()
    facts = json.dumps([message.subject, pictures], ensure_ascii=False).encode() + body
    return {
        "digest": hashlib.sha256(facts).hexdigest(),
        "subject": message.subject,
        "body": zlib.compress(body),
        "pictures": pictures,
    }


def message_of(row: Columns, kept: Mapping[str, bytes], draw: Draw | None = None) -> Message:
    """Return the message of a payload's row. One whose body was not kept any longer says so.

    Args:
        kept: its pictures by digest, where they are wanted.
        draw: draws those that are yet to be drawn; None: they are left out.
    """
    if row["body"] is None:
        return Message(subject=row["subject"], text=NOT_KEPT, html="", headers=(), pictures=())
    body = json.loads(zlib.decompress(row["body"]))
    beside = [(id_, digest) for id_, digest in row["pictures"] or () if digest in kept]
    found = (picture_of(id_, digest, kept[digest], draw) for id_, digest in beside if not id_.startswith(_ENCLOSED))
    return Message(
        subject=row["subject"],
        text=body["text"],
        html=body["html"],
        headers=tuple((name, value) for name, value in body["headers"]),
        pictures=tuple(picture for picture in found if picture is not None),
        items=tuple(tuple(item) for item in body.get("items", ())),
        enclosures=tuple(
            Enclosure(name=id_.removeprefix(_ENCLOSED), pdf=kept[digest])
            for id_, digest in beside
            if id_.startswith(_ENCLOSED)
        ),
    )


def picture_row(picture: AnyPicture) -> Row:
    """Return the row of a picture; equal pictures share one, however many messages show them.

    One that is yet to be drawn has its drawing in the PNG's place.
    """
    if isinstance(picture, UndrawnPicture):
        return {"digest": picture.digest, "png": picture.drawing}
    return {"digest": hashlib.sha256(picture.png).hexdigest(), "png": picture.png}


def enclosure_row(enclosure: Enclosure) -> Row:
    """Return the row of what goes with a message: it stands where pictures do, and is shared as they are."""
    return {"digest": hashlib.sha256(enclosure.pdf).hexdigest(), "png": enclosure.pdf}


def delivery_row(delivery: Delivery) -> Row:
    """Return the row of a delivery whose message is kept."""
    return {
        "id": delivery.id,
        "notice_id": delivery.notice_id,
        "owner": delivery.owner,
        "channel": delivery.channel,
        "address": delivery.address,
        "message_id": delivery.message_id,
        "payload": delivery.kept_as,
        "state": delivery.state,
        "attempts": delivery.attempts,
        "last_reply": delivery.last_reply,
        "unknown": delivery.unanswered_attempts,
        "not_before": delivery.not_before,
        "expires_at": delivery.expires_at,
        "urgent": delivery.urgent,
        "put_off": delivery.put_off,
        "accepted_at": delivery.accepted_at,
        "redirected_to": delivery.redirected_to,
    }


def reference_rows(delivery: Delivery) -> list[Row]:
    """Return the rows by which the tokens of a delivery find it."""
    return [
        {"reference": reference(delivery.id, delivery.address, purpose), "delivery_id": delivery.id}
        for purpose in Purpose
    ]


def picture_of(id_: str, digest: str, content: bytes, draw: Draw | None) -> AnyPicture | None:
    """Return a picture as it was kept: drawn, or yet to be drawn; None where nobody can draw it."""
    if content.startswith(_PNG):
        return Picture(id=id_, png=content)
    return None if draw is None else UndrawnPicture(id=id_, digest=digest, drawing=content, draw=draw)


def delivery_of(row: Columns, pictures: Mapping[str, bytes], draw: Draw | None = None) -> Delivery:
    """Return the delivery of a row joined with its payload; pictures as `message_of` takes them."""
    kept = (
        "id",
        "notice_id",
        "owner",
        "channel",
        "address",
        "message_id",
        "state",
        "attempts",
        "last_reply",
        "not_before",
        "expires_at",
        "urgent",
        "put_off",
        "accepted_at",
        "redirected_to",
    )
    own = {name: row[name] for name in kept}
    return Delivery(message=message_of(row, pictures, draw), unanswered_attempts=row["unknown"], **own)


def digest_row(record: DigestRecord) -> Row:
    """Return the row of a digest that was made."""
    return {
        "digest": record.digest,
        "owner": record.owner,
        "window": record.window,
        "since": record.since,
        "until": record.until,
    }


def told_of(
    row: Columns, fate: Fate = Fate.TOLD, at: datetime | None = None, failed_at: str | None = None
) -> SentNotice:
    """Return that somebody was told, of the row of a notice's event; *at*: when a channel took it."""
    worst = row["worst_severity"]
    return SentNotice(
        person=row["owner"],
        owners=tuple(row["owners"] or (row["owner"],)),
        kind=row["kind"],
        fate=fate,
        at=max(row["at"], at or row["at"]),
        severity=row["severity"] if worst is None else worst,
        band=row["worst_band"] or row["band"],
        headline=row["headline"],
        failed_at=failed_at,
        undone_at=row.get("undone_at"),
        stands=row["state"] is AlertState.OPEN,
    )


def suppression_row(suppressed: Suppressed, at: datetime) -> Row:
    """Return the row of what somebody was not told."""
    return {
        "event_id": event_id(suppressed.event),
        "owner": suppressed.owner,
        "reason": suppressed.reason,
        "by": suppressed.by,
        "at": at,
    }


def rule_text_row(rule: Rule) -> Row:
    """Return the row of a rule's text, under a digest of it and of where it stands."""
    facts = (rule.id, str(rule.place), rule.text)
    digest = hashlib.sha256("\0".join(facts).encode()).hexdigest()
    return {"digest": digest, "rule": rule.id, "place": str(rule.place), "text": rule.text}
