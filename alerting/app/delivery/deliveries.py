"""Deliveries as somebody looks after them: listed, shown, sent on their way again, or ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from alerting.domain.inbox import Doubt
from alerting.domain.notify.notice import DeliveryState
from alerting.domain.outbox import UNSENT, WORDS, Deed, OutboxEntry, after, objection
from alerting.errors import UsageError
from alerting.ports.inbox import DoubtBook
from alerting.ports.outbox import Outbox

_DONE = {Deed.RETRY: "sent on its way again", Deed.RELEASE: "released, to be sent once more", Deed.DROP: "dropped"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """To which deliveries something was done, as they were before; `left_out`: those that say nothing new to anybody."""

    entries: Sequence[OutboxEntry]
    left_out: Sequence[OutboxEntry] = ()


def listed(outbox: Outbox, states: Sequence[str] = (), owner: str | None = None) -> list[OutboxEntry]:
    """Return deliveries, oldest first.

    Args:
        states: words for where they stand; none: all that was not taken and not replaced.
        owner: of this owner alone.
    """
    wanted = [state for state, word in WORDS.items() if word in states] or UNSENT
    return [one for one in outbox.entries(wanted) if owner in (None, one.delivery.owner)]


def doubted(doubts: DoubtBook, owner: str | None = None) -> list[Doubt]:
    """Return the addresses from which messages came back, oldest first.

    Args:
        owner: of this owner alone.
    """
    return [one for one in doubts.standing() if owner in (None, one.owner)]


def named(outbox: Outbox, id_: str) -> OutboxEntry:
    """Return the delivery whose id begins so.

    Raises:
        UsageError: there is none, or more than one.
    """
    found = outbox.entries(tuple(DeliveryState), like=id_)
    if len(found) == 1:
        return found[0]
    if not found:
        raise UsageError(f'no delivery "{id_}"; `alerting deliveries list` names them')
    raise UsageError(f'{len(found):,} deliveries begin with "{id_}"; give more of the id')


def done(
    outbox: Outbox, deed: Deed, ids: Sequence[str], now: datetime, *, person: str | None, reason: str | None
) -> Done:
    """Do something about deliveries, all or none.

    Args:
        ids: the beginnings of their ids; none: all that it can be done to, but of what was given up nothing is sent
            of which all is over or was told anew since.

    Raises:
        UsageError: it cannot be done to one of them.
    """
    entries, left_out = [named(outbox, id_) for id_ in dict.fromkeys(ids)], list[OutboxEntry]()
    if not ids:
        entries = [one for one in outbox.entries(deed.takes) if objection(deed, one) is None]
        left_out = _outdated(entries, outbox) if deed is not Deed.DROP else []
        entries = [one for one in entries if one not in left_out]
    for entry in entries:
        if (why := objection(deed, entry)) is not None:
            raise UsageError(f"delivery {entry.delivery.id} {why}")
    said = f"{_DONE[deed]}{f' by {person}' if person else ' by command'}{f': {reason}' if reason else ''}"
    for entry in entries:
        outbox.save_deed(after(deed, entry, now), now, said)
    return Done(entries=entries, left_out=left_out)


def _outdated(entries: Sequence[OutboxEntry], outbox: Outbox) -> list[OutboxEntry]:
    """Return what was given up and says nothing new; what waits is on its way and goes first, whatever it says."""
    given_up = [one for one in entries if one.delivery.state is not DeliveryState.PENDING]
    old = outbox.outdated({one.delivery.notice_id for one in given_up})
    return [one for one in given_up if one.delivery.notice_id in old]
