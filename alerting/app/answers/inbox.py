"""Mails that came as somebody looks after them: listed, shown, done after all, or let be."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from alerting.app.alerts.actions import check_person
from alerting.app.answers.desk import Desk
from alerting.app.answers.writers import Writer
from alerting.app.notices.compose import MessageDefaults
from alerting.domain.inbox import InboxEntry, Standing
from alerting.domain.rule import RuleSet
from alerting.errors import UsageError
from alerting.ports.inbox import InboxBook
from alerting.ports.state import Store
from alerting.replies.incoming import Act, Answer
from alerting.replies.token import reference_of

#: What somebody may want to look after.
OPEN = (Standing.NOT_ACTED, Standing.ASIDE)


def listed(inbox: InboxBook, standings: Sequence[str] = (), *, every: bool = False) -> list[InboxEntry]:
    """Return mails, oldest first.

    Args:
        standings: what became of them; none: what a person wrote that did nothing, and what could not be read.
        every: all of them.
    """
    wanted = [one for one in Standing if one.value in standings] or OPEN
    return [one for one in inbox.entries() if every or one.standing in wanted]


def named(inbox: InboxBook, id_: str) -> InboxEntry:
    """Return the mail whose id begins so.

    Raises:
        UsageError: there is none, or more than one.
    """
    found = inbox.entries(like=id_)
    if len(found) == 1:
        return found[0]
    if not found:
        raise UsageError(f'no mail "{id_}"; `alerting inbox list --all` names them')
    raise UsageError(f'{len(found):,} mails begin with "{id_}"; give more of the id')


def apply(
    rules: RuleSet, store: Store, defaults: MessageDefaults, id_: str, person: str, at: datetime, day: date
) -> InboxEntry:
    """Do what a mail asks for after all, as an owner who is vouched for; return it with what was made of it.

    Raises:
        UsageError: there is no such mail or person; it did something already; it asks for nothing; or its message is not known.
    """
    check_person(rules, person)
    with store.begin() as state:
        entry = named(state.inbox, id_)
        if entry.standing is Standing.ACTED:
            raise UsageError(f"mail {entry.id} was acted on already: {entry.outcome}")
        if entry.act in (None, Act.NONE.value):
            raise UsageError(f"mail {entry.id} asks for nothing that can be done; say it with `alerting alerts`")
        sent = state.inbox.sent(reference_of(entry.token))
        if sent is None:
            raise UsageError(
                f"mail {entry.id} shows no message that it answers; use `alerting alerts` with the alert's id"
            )
        asks = Answer(act=Act(entry.act), items=entry.items, comment=entry.comment or "")
        desk = Desk(state=state, rules=rules, defaults=defaults, day=day, at=at)
        done = desk.do(entry, asks, sent, Writer(person=person, owner=sent.delivery.owner))
        state.inbox.change(done)
    return done


def drop(inbox: InboxBook, id_: str) -> InboxEntry:
    """Let a mail be that did nothing; return it.

    Raises:
        UsageError: there is no such mail, or it did something.
    """
    entry = named(inbox, id_)
    if entry.standing is Standing.ACTED:
        raise UsageError(f"mail {entry.id} was acted on already: {entry.outcome}")
    dropped = replace(entry, standing=Standing.DROPPED)
    inbox.change(dropped)
    return dropped
