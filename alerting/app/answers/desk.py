"""What is done with one mail: a report, a program's, a person's; all inside one transaction."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from alerting.app.answers.deeds import Deeds
from alerting.app.answers.notes import InboxNotes
from alerting.app.answers.returned import ANSWERED, Returned
from alerting.app.answers.writers import Writer, known_as, writer_of
from alerting.app.delivery.refused import Note
from alerting.app.notices.compose import MessageDefaults
from alerting.domain.inbox import InboxEntry, Sent, Standing
from alerting.domain.rule import RuleSet
from alerting.ports.state import Transaction
from alerting.replies.answering import answer
from alerting.replies.incoming import Answer, Incoming, MailKind, Why
from alerting.replies.told import forms

#: Nobody is answered who may not be who they seem to be.
_SILENT = frozenset((Why.FORGED, Why.NO_SENDER))
_STRANGER = "its sender is nobody in the rules"
_UNLED = "nothing in it shows which message it answers"
_ANOTHERS = "it did not come from the address that the message went to, nor from a deputy's"
_NO_MESSAGE = "nothing: it reports on no message of ours, or came by another way than reports do"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Handles mails inside one transaction, at one instant of one day."""

    state: Transaction
    rules: RuleSet
    defaults: MessageDefaults
    day: date
    at: datetime

    def handled(self, entry: InboxEntry, incoming: Incoming, sent: Sent | None) -> InboxEntry:
        """Do what a mail asks for, and return it with what was made of it.

        Args:
            sent: the message that its token leads to.
        """
        if sent is not None:
            entry = replace(entry, delivery=sent.delivery.id, owner=sent.delivery.owner)
        if incoming.kind is MailKind.UNREADABLE:
            return replace(entry, standing=Standing.ASIDE, outcome=f"cannot be read: {_why(incoming.why, Why.NO_MAIL)}")
        if incoming.kind is MailKind.MACHINE:
            return replace(entry, outcome=f"nothing: {_why(incoming.why, Why.AUTO_SUBMITTED)}")
        if incoming.kind is MailKind.REPORT:
            return self._reported(entry, incoming, sent)
        return self._written(replace(entry, standing=Standing.NOT_ACTED), incoming, sent)

    def _reported(self, entry: InboxEntry, incoming: Incoming, sent: Sent | None) -> InboxEntry:
        if sent is None:
            return replace(entry, outcome=_NO_MESSAGE)
        made, came_back = Returned(state=self.state, notes=self._notes, at=self.at).take(sent, incoming.reports)
        standing = Standing.RETURNED if came_back else Standing.ACTED if made.acted else Standing.NOTED
        return replace(entry, standing=standing, outcome=made.outcome)

    def _written(self, entry: InboxEntry, incoming: Incoming, sent: Sent | None) -> InboxEntry:
        """Act on a person's mail, where it is of whom the message went to."""
        told = () if sent is None else forms(sent.delivery.message.text, sent.delivery.message.html)
        asks = answer(incoming, told=told, items=len(sent.delivery.message.items) or 1 if sent is not None else 1)
        entry = replace(entry, act=asks.act.value, items=asks.items, comment=asks.comment or None)
        if incoming.why in _SILENT:
            return replace(entry, outcome=f"nothing: {_why(incoming.why, Why.FORGED)}")
        writer = None if sent is None else writer_of(sent, incoming.sender, self.rules)
        if sent is not None and writer is not None:
            return self.do(entry, asks, sent, writer)
        person = known_as(incoming.sender, self.rules)
        if person is None:
            return replace(entry, outcome=f"nothing: {_STRANGER}")
        problem = _UNLED if sent is None else _ANOTHERS
        self._answer(entry, person, problem)
        return replace(entry, person=person, outcome=f"nothing: {problem}")

    def do(self, entry: InboxEntry, asks: Answer, sent: Sent, writer: Writer) -> InboxEntry:
        """Do what is asked for, as its writer; what cannot be done is answered."""
        made = Deeds(state=self.state, rules=self.rules, at=self.at, day=self.day).do(asks, sent, writer)
        if made.not_mine:
            self._send(self._notes.not_mine(writer.person, made.not_mine, asks.comment, entry.id))
        if made.problem is not None:
            self._answer(entry, writer.person, made.problem)
        if writer.person == writer.owner:
            self.state.doubts.believe(sent.delivery.redirected_to or sent.delivery.address, self.at, ANSWERED)
        standing = Standing.ACTED if made.acted else Standing.NOT_ACTED
        return replace(entry, standing=standing, outcome=made.outcome, person=writer.person)

    def _answer(self, entry: InboxEntry, person: str, problem: str) -> None:
        self._send(self._notes.answer(person, entry, problem))

    def _send(self, note: Note | None) -> None:
        """Queue a message, unless the same one was."""
        if note is not None and not self.state.outbox.has_notice(note[0].id):
            self.state.outbox.save([note[0]], note[1])

    @property
    def _notes(self) -> InboxNotes:
        return InboxNotes(rules=self.rules, defaults=self.defaults, now=self.at, today=self.day)


def _why(found: Why | None, otherwise: Why) -> str:
    return (found or otherwise).value
