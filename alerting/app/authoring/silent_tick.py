"""A tick whose messages have subjects at most: for those who ask what happens and whom it is told, not in which words."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from alerting.app.notices.compose import MessageDefaults, deliveries_for
from alerting.app.notices.queued import Composed
from alerting.app.situation.situation import Situation
from alerting.app.tick.compose import compose_of_the_engine
from alerting.app.tick.save import save
from alerting.app.tick.tick import NOTHING_AT_HAND, AtHand, Decided, changes_of, decide
from alerting.app.tick.times import TickTimes
from alerting.domain.finding import Finding
from alerting.domain.notify.notice import Message, Notice
from alerting.ports.state import Transaction
from alerting.ports.ticks import TickRecord

#: Makes what gives each notice its subject.
Subjects = Callable[[Situation, Decided], Callable[[Notice], str]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SilentTick:
    """What a tick did: what it decided, and its messages; every channel took at once what might be sent."""

    decided: Decided
    composed: Sequence[Composed]
    #: Whether anything was sent.
    is_told: bool


def without_words(_situation: Situation, _decided: Decided) -> Callable[[Notice], str]:
    """Give notices no subject."""
    return lambda _notice: ""


def silent_tick(
    situation: Situation,
    state: Transaction,
    times: TickTimes,
    defaults: MessageDefaults,
    subjects: Subjects,
    at_hand: AtHand = NOTHING_AT_HAND,
) -> SilentTick:
    """Do what a tick does, but for the words of its messages."""
    done = decide(situation, state, times, at_hand)
    composed = [*_addressed(done, subjects(situation, done), defaults)] if done.held.outgoing else []
    troubles = state.troubles.by_source()
    done.outcome.findings.say(_said_as_found(composed))
    engine = compose_of_the_engine(done.tick, situation, done.outcome, troubles, done.flood, defaults)
    composed += engine.composed
    record = TickRecord(id=done.tick.id, as_of=done.tick.as_of, at=done.tick.at, rules_version=done.tick.rules.version)
    save(state, changes_of(situation, done, record, composed, engine))
    due = [one.id for one in chain.from_iterable(sent.deliveries for sent in composed) if one.not_before is None]
    if due:
        state.outbox.accept(due, done.tick.at)
    return SilentTick(decided=done, composed=composed, is_told=bool(due))


def _said_as_found(composed: Sequence[Composed]) -> Iterator[Finding]:
    """Yield the findings of messages that wait, which say then what was found today, and of those that cannot be made again."""
    for one in composed:
        if not one.notice.can_be_made_again or any(delivery.not_before for delivery in one.deliveries):
            yield from (event.finding for event in one.notice.events if event.finding is not None)


def _addressed(done: Decided, subject_of: Callable[[Notice], str], defaults: MessageDefaults) -> Iterator[Composed]:
    rules = done.tick.rules
    for one in done.held.outgoing:
        message = Message(subject=subject_of(one.notice), text="", html="")
        deliveries = deliveries_for(
            one.notice, rules.owners[one.notice.owner], message, rules.channels, defaults, now=done.tick.times.now,
            not_before=one.not_before, until=one.until,
        )  # fmt: skip
        yield Composed(notice=one.notice, deliveries=tuple(deliveries))
