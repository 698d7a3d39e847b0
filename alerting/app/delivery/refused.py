"""Messages that were refused and whose fault that is: judged when it is known what became of others, and of the fallback's."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from alerting.domain.channel_health import ChannelHealth
from alerting.domain.notify.notice import Delivery, DeliveryState, Notice
from alerting.domain.refusal import Probe, Refusal, RefusalFault, fault_of
from alerting.ports import Clock
from alerting.ports.state import Store

#: What became of a delivery that did not arrive, in a word.
_BECAME = {
    DeliveryState.REJECTED: "refused",
    DeliveryState.EXPIRED: "given up after waiting",
    DeliveryState.HELD: "held, as it may have arrived",
}
#: Why a message to the fallback is not sent.
_WITHDRAWN = "what it was about waits for its channel to work again"
Note = tuple[Notice, Sequence[Delivery]]
Failures = Mapping[str, Sequence[tuple[Delivery, str]]]


def _nobody(*_: object) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """Makes the messages of the outbox's own; each may return None where there is nobody to tell."""

    #: To the fallback: what could not be delivered, by what became of it; to none of these owners.
    undelivered: Callable[[Failures, Collection[str]], Note | None] = _nobody
    #: To the operator, over another channel: that one takes nothing.
    ill: Callable[[ChannelHealth], Note | None] = _nobody


@dataclass(frozen=True, slots=True)
class Suspect:
    """A refused message, what becomes of it where that is its mailbox's fault, and whether that is known beforehand."""

    delivery: Delivery
    refusal: Refusal
    reply: str
    became: DeliveryState
    is_certain: bool = False


class Unaccepted:
    """What one round could not hand over, until it is known whose fault that is.

    Args:
        took_others: whether a delivery's channel took somebody else's message in this round.
    """

    def __init__(self, store: Store, clock: Clock, took_others: Callable[[Delivery], bool]) -> None:
        self._store, self._clock, self._took_others = store, clock, took_others
        self.suspects: list[Suspect] = []
        #: How many were given up.
        self.given_up = 0
        #: The fallback's messages of this round, each with what it is about.
        self._notes: list[tuple[Delivery, frozenset[str]]] = []
        #: The same over other channels, which says nothing of the ones in question: for when it is known to be true.
        self._elsewhere: list[tuple[Notice | None, Sequence[Delivery], frozenset[str]]] = []
        self._told: set[str] = set()
        #: Refused before, and somebody else heard of it.
        self._known: set[str] = set()
        #: Channels over which somebody else was asked, and whether there is nobody left to ask.
        self._asked: set[str] = set()
        self._nobody_left = False
        self._given_up_ids: set[str] = set()

    def add(self, suspect: Suspect) -> None:
        """Take in a refused message."""
        self.suspects.append(suspect)

    def of_channels(self, down: Collection[str]) -> list[Suspect]:
        """Take out what was refused by channels that turned out to take nothing."""
        found = [one for one in self.suspects if one.delivery.channel in down and not one.is_certain]
        self.suspects = [one for one in self.suspects if one not in found]
        return found

    def decided(self) -> list[Suspect]:
        """Take out what is given up: it is known by now to be the mailbox's or the message's own fault."""
        found = [one for one in self.suspects if self._is_its_own(one)]
        self.suspects = [one for one in self.suspects if one not in found]
        self.given_up += len(found)
        self._given_up_ids |= {one.delivery.id for one in found}
        return found

    def tell(self, undelivered: Callable[[Failures, Collection[str]], Note | None]) -> bool:
        """Queue a message to somebody else about what nobody heard of yet; say whether there is one."""
        notes = {note.id for note, _ in self._notes}
        if any(one.delivery.id in notes for one in self.suspects):
            self._told.clear()  # whoever was told was not reached
        untold = [one for one in self.suspects if one.delivery.id not in self._told]
        self._known |= self._store.queue.known_refused([one.delivery for one in untold])
        lost = [one for one in untold if one.delivery.id not in self._known]
        failures: dict[str, list[tuple[Delivery, str]]] = {}
        for one in lost:
            failures.setdefault(_BECAME[one.became], []).append((one.delivery, one.reply))
        made = undelivered(failures, {one.delivery.owner for one in self.suspects}) if failures else None
        if made is None:
            self._nobody_left = bool(lost)
            return False
        self._told |= {one.delivery.id for one in lost}
        self._ask(*made, lost)
        return True

    def _ask(self, notice: Notice, deliveries: Sequence[Delivery], lost: Sequence[Suspect]) -> None:
        """Queue a message to the fallback over the channels in question; over others it would arrive, true or not."""
        asked = {one.delivery.channel for one in lost}
        probes = [one for one in deliveries if one.channel in asked]
        others = [one for one in deliveries if one.channel not in asked]
        subjects = frozenset(one.delivery.id for one in lost)
        self._asked |= {one.channel for one in probes}
        self._notes += [(one, subjects) for one in probes]
        if self._store.deliveries(notice.id):  # a round that was cut short has told it
            return
        if probes:
            with self._store.begin(patient=True) as state:
                state.outbox.save([notice], probes)
        self._elsewhere.append((None if probes else notice, others, subjects))

    def tell_elsewhere(self, given_up: Sequence[Suspect]) -> None:
        """Queue over other channels too what is true by now."""
        ids = {one.delivery.id for one in given_up}
        true = [one for one in self._elsewhere if one[2] & ids]
        self._elsewhere = [one for one in self._elsewhere if one not in true]
        with self._store.begin(patient=True) as state:
            for notice, deliveries, _ in true:
                state.outbox.save([notice] if notice is not None else [], deliveries)

    def withdraw(self) -> None:
        """Take back the messages about what waits now: they would say that it was given up."""
        idle = [note.id for note, subjects in self._notes if not subjects & self._given_up_ids]
        waiting = {
            one.id
            for id_ in {n.notice_id for n, _ in self._notes}
            for one in self._store.deliveries(id_)
            if one.state is DeliveryState.PENDING
        }
        if gone := [id_ for id_ in idle if id_ in waiting]:
            with self._store.begin(patient=True) as state:
                state.outbox.cancel(gone, _WITHDRAWN, self._clock.now())

    def _is_its_own(self, one: Suspect) -> bool:
        if one.is_certain or one.delivery.id in self._known:
            return True
        taken = self._took_others(one.delivery)
        # A message to somebody else over the same channel that was refused too says that it is the channel's.
        nobody = (self._nobody_left or bool(self._told)) and one.delivery.channel not in self._asked
        if one.became is DeliveryState.REJECTED:
            return (
                fault_of(one.refusal, taken=taken, probe=Probe.NOBODY if nobody else Probe.TO_COME)
                is RefusalFault.MAILBOX
            )
        return taken or (nobody and one.refusal.is_of_mailbox)
