"""From what is told to messages: one an owner, ready on every channel the owner has, at once or when they may be disturbed."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from alerting.app.naming import NAMESPACE, Naming
from alerting.domain.alert import AlertEvent, EventKind
from alerting.domain.fault import LAID_OUT, Work
from alerting.domain.notify.addresses import address_on
from alerting.domain.notify.notice import Delivery, Message, Notice, NoticeKind
from alerting.domain.notify.planned import PlannedNotice
from alerting.domain.notify.recipients import stand_in
from alerting.domain.rule import Channel, Owner, RuleSet
from alerting.domain.severity import Severity
from alerting.evaluation.engine import Evaluation
from alerting.ports.outbox import HearingBook
from alerting.ports.state import Store

if TYPE_CHECKING:  # what renders is loaded where it is used: most ticks tell nobody anything
    from alerting.render.own_templates.overrides import Overrides
    from alerting.reports.event_view import EventViews
    from alerting.reports.views import EventView, NoticeView

#: To how many other messages one refers at most: a bundle may tell of thousands of series.
MOST_REFERRED = 20
#: What mail programs show of a message on something critical that stands.
_IMPORTANT = (("Importance", "high"), ("X-Priority", "1"))
#: How long messages wait for a relay that answers, before somebody else is told that they could not be delivered.
EXPIRY, DIGEST_EXPIRY = timedelta(hours=24), timedelta(hours=72)
#: The channel of owners whose own is not declared.
EMAIL = "email"


def _no_overrides() -> "Overrides":
    from alerting.render.own_templates.overrides import Overrides

    return Overrides()


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDefaults:
    """What the installation puts on every message."""

    domain: str
    #: Whose days and times are written.
    zone: tzinfo
    marking: str | None = None
    reply_to: str | None = None
    #: Where tokens of messages stand, as ALERTING_REPLY_TOKEN says, where answers are read; None: nobody reads any.
    answers: str | None = None
    #: The browser that prints scorecards; None: the first on the path.
    chromium: Path | None = None
    #: The organisation's own templates; entered around the messages of one pass.
    overrides: "Overrides" = field(default_factory=_no_overrides)

    @property
    def person(self) -> str | None:
        """Where a person reads what is answered to messages that no program can take an answer to."""
        return self.reply_to if self.answers is None else None


def notices_for(tellings: Sequence[PlannedNotice], at: datetime, naming: Naming) -> list[Notice]:
    """Make one notice for each person, worst first, each saying who else was told."""
    by_person: dict[str, list[PlannedNotice]] = {}
    readers: dict[str, dict[str, None]] = {}
    for telling in tellings:
        by_person.setdefault(telling.person, []).append(telling)
        readers.setdefault(telling.event.alert.id, {})[telling.person] = None
    return [
        notice_to(person, [(one.event, one.owners) for one in theirs], at, naming, readers)
        for person, theirs in by_person.items()
    ]


def notice_to(
    person: str,
    events: Sequence[tuple[AlertEvent, tuple[str, ...]]],
    at: datetime,
    naming: Naming,
    readers: Mapping[str, Mapping[str, None]],
    part: str = "",
) -> Notice:
    """Make one person's notice.

    Args:
        events: each with the owners on whose behalf it is told.
        readers: alert id -> everybody who is told of it.
        part: as `Naming.name` has it.
    """
    ordered = sorted(events, key=lambda pair: (-pair[0].alert.severity, pair[0].alert.id))
    also = {event.alert.id: tuple(r for r in readers.get(event.alert.id, ()) if r != person) for event, _ in ordered}
    behalf = {event.alert.id: owners for event, owners in ordered if owners != (person,)}
    told = tuple(event for event, _ in ordered)
    return Notice(
        id=naming.name(person, told, part),
        kind=NoticeKind.EXCEPTIONS,
        owner=person,
        at=at,
        events=told,
        also_told=tuple(also.items()),
        on_behalf_of=tuple(behalf.items()),
    )


def _headers(notice: Notice, rules: RuleSet, hearings: HearingBook) -> tuple[tuple[str, str], ...]:
    """Let a message refer to those that first told its reader of its series; it answers the one on its topmost series."""
    series = list(dict.fromkeys(event.alert.key for event in notice.events))[:MOST_REFERRED]
    former = {now: was for was, now in rules.renamed.items()}
    names = [[replace(key, rule=former[key.rule]), key] if key.rule in former else [key] for key in series]
    first = hearings.first_messages(notice.owner, [key for several in names for key in several])
    told = [next((first[key] for key in several if key in first), None) for several in names]
    ids = list(dict.fromkeys(f"<{id_}>" for id_ in told if id_ is not None))
    if not ids:
        return ()
    # Who reads threads takes the last one for the parent.
    return ("In-Reply-To", ids[0]), ("References", " ".join(reversed(ids)))


def message_for(
    notice: Notice,
    rules: RuleSet,
    views: "EventViews",
    as_of: date,
    defaults: MessageDefaults,
    headers: tuple[tuple[str, str], ...] = (),
) -> dict[str, Message]:
    """Render one notice for each of its owner's channels."""
    from alerting.render.notice import render_notice, told_in_full

    viewed = _viewer(notice, rules, views)
    each = [(viewed(event, False), event) for event in notice.events]  # noqa: FBT003
    in_full = {id(view) for view in told_in_full([view for view, _ in each])}
    events = tuple(viewed(event, True) if id(view) in in_full else view for view, event in each)  # noqa: FBT003
    view = _notice_view(notice, rules, events, as_of, defaults, headers)
    view = replace(view, provenance=views.provenance(notice.events))
    rule_ids = {event.alert.key.rule for event in notice.events}
    channels = rules.owners[notice.owner].channels
    return defaults.overrides.overridden(
        render_notice(view), view, rules=rule_ids, owner=notice.owner, channels=channels
    )


def subject_for(notice: Notice, rules: RuleSet, views: "EventViews", as_of: date, defaults: MessageDefaults) -> str:
    """Return a notice's subject alone, at a small part of what the whole message costs; with the folder's own templates, all."""
    from alerting.render.notice import subject_of

    if defaults.overrides.are_any:
        return next(iter(message_for(notice, rules, views, as_of, defaults).values())).subject
    events = tuple(views.in_subject(_as_told(event, notice)) for event in notice.events)
    return subject_of(_notice_view(notice, rules, events, as_of, defaults))


def _viewer(notice: Notice, rules: RuleSet, views: "EventViews") -> "Callable[[AlertEvent, bool], EventView]":
    """Return what makes views of a notice's events; its second argument says whether they are told in full."""
    also, behalf = dict(notice.also_told), dict(notice.on_behalf_of)

    def named(owners: Sequence[str]) -> list[str]:
        return [rules.owners[owner].name for owner in owners if owner in rules.owners]

    def viewed(event: AlertEvent, in_full: bool) -> "EventView":  # noqa: FBT001  # called in one line below
        told = _as_told(event, notice)
        owners = [owner for owner in behalf.get(event.alert.id, ()) if owner != notice.owner]
        return views.view(told, named(also.get(event.alert.id, ())), named(owners), in_full=in_full)

    return viewed


def _as_told(event: AlertEvent, notice: Notice) -> AlertEvent:
    """Return an event as the reader of a notice meets it: what they have not heard of yet is new to them."""
    return replace(event, kind=EventKind.OPENED, cites=None) if event.alert.id in notice.as_new else event


def _notice_view(
    notice: Notice,
    rules: RuleSet,
    events: "tuple[EventView, ...]",
    as_of: date,
    defaults: MessageDefaults,
    headers: tuple[tuple[str, str], ...] = (),
) -> "NoticeView":
    from alerting.reports.event_view import as_of_words
    from alerting.reports.views import NoticeView

    return NoticeView(
        owner=rules.owners[notice.owner].name,
        events=events,
        as_of=as_of_words(as_of),
        marking=defaults.marking,
        reply_to=defaults.reply_to,
        headers=headers,
        summary=notice.summary,
        answers=defaults.answers,
    )


def contained_message_for(
    notice: Notice,
    rules: RuleSet,
    views: "EventViews",
    evaluation: Evaluation,
    defaults: MessageDefaults,
    hearings: HearingBook | None = None,
) -> Message | dict[str, Message]:
    """Render one notice; where the program fails at it, its bare lines, so that its reader hears of it all the same.

    Args:
        outbox: where the messages are to which it refers; None: it refers to none.
    """
    headers = _headers(notice, rules, hearings) if hearings is not None else ()
    headers += _IMPORTANT if is_urgent(notice) else ()
    work, on = Work(sort="notice to", id=notice.owner, done=LAID_OUT), evaluation.as_of
    written = evaluation.faults.attempt(work, lambda: message_for(notice, rules, views, on, defaults, headers))
    return written or _bare(notice, rules, defaults)


def _bare(notice: Notice, rules: RuleSet, defaults: MessageDefaults) -> Message:
    """Write what happened without views of it: what each finding says, else which series it is about."""
    from alerting.render.bare import bare_message

    titles, lines = {rule.id: rule.title for rule in rules.rules}, []
    for event in notice.events:
        key, finding = event.alert.key, event.finding
        series = f"{titles.get(key.rule, key.rule)} ({key.measure}, {key.area})"
        said = finding.text if finding is not None and finding.text else event.alert.opened.label
        lines.append(f"{event.kind.value.capitalize()}: {series}: {said}")
    changes = "1 change" if len(lines) == 1 else f"{len(lines):,} changes"
    return bare_message(f"Exceptions: {changes}", lines, defaults.marking)


def deliveries_for(
    notice: Notice,
    owner: Owner,
    message: Message | Mapping[str, Message],
    channels: Mapping[str, Channel],
    defaults: MessageDefaults,
    *,
    now: datetime | None = None,
    not_before: datetime | None = None,
    until: datetime | None = None,
) -> list[Delivery]:
    """Address a message on each of the owner's channels; without an address on any there is no delivery.

    Args:
        message: for every channel, or by channel.
        channels: by id; one that is not there is mail.
        now: the present instant, from which it expires; None: it never does.
        not_before: when the owner may be disturbed again.
        until: when it expires at the latest: it says what has waited for long.
    """
    found: dict[str, Delivery] = {}
    lasts = DIGEST_EXPIRY if notice.kind is NoticeKind.DIGEST else EXPIRY
    begins = None if now is None else max(now, not_before or now)
    for named in owner.channels:
        channel, address = channel_of(named, channels), address_on(named, owner, channels)
        if address is None or channel in found:
            continue
        id_ = uuid.uuid5(NAMESPACE, f"{notice.id}/{channel}/{address}")
        found[channel] = Delivery(
            id=str(id_),
            notice_id=notice.id,
            owner=owner.id,
            channel=channel,
            address=address,
            message_id=f"{id_}@{defaults.domain}",
            not_before=not_before,
            message=message if isinstance(message, Message) else message[named],
            expires_at=None if begins is None else min(begins + lasts, until or begins + lasts),
            urgent=is_urgent(notice),
        )
    return list(found.values())


def channel_of(named: str, channels: Mapping[str, Channel]) -> str:
    """Return the channel that an owner's is: mail, where theirs is not declared."""
    return named if named in channels else EMAIL


def is_urgent(notice: Notice) -> bool:
    """Whether a notice tells of something critical that stands: it goes first, and at any hour."""
    standing = (EventKind.OPENED, EventKind.WORSENED, EventKind.REMINDED, EventKind.ESCALATED)
    return any(event.alert.severity is Severity.CRITICAL and event.kind in standing for event in notice.events)


def tell_maintainer(
    rules: RuleSet,
    store: Store,
    defaults: MessageDefaults,
    write: Callable[[Owner, MessageDefaults, datetime], tuple[Notice, Message]],
    today: date,
    now: datetime,
) -> bool:
    """Queue a message to the rules' maintainer, unless the same one was; say whether it is new."""
    named = rules.roles.maintainer
    if named is None or named not in rules.owners:
        return False
    maintainer = rules.owners[stand_in(rules, named, today)]
    notice, message = write(maintainer, defaults, now)
    if store.deliveries(notice.id):
        return False
    with store.begin(patient=True) as state:
        state.outbox.save([notice], deliveries_for(notice, maintainer, message, rules.channels, defaults, now=now))
    return True
