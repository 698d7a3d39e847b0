"""Messages that came back: their addresses are doubted until a later one stays away for a day, or the person answers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerting.app.answers.deeds import Made
from alerting.app.answers.notes import InboxNotes
from alerting.domain.inbox import Doubt, Sent
from alerting.domain.notify.notice import DeliveryState
from alerting.domain.notify.shortened import without_pictures
from alerting.domain.outbox import EXPIRES_AFTER
from alerting.ports.state import Store, Transaction
from alerting.replies.incoming import Action, DeliveryStatus

#: So long a later message must not have come back.
BELIEVED_AFTER = timedelta(days=1)
STAYED_AWAY = "a later message did not come back for a day"
ANSWERED = "they answered"
_SMALLER = "came back as too large; goes once more without its pictures"


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """Works inside one transaction, at one instant."""

    state: Transaction
    notes: InboxNotes
    at: datetime

    def take(self, sent: Sent, reports: Sequence[DeliveryStatus]) -> tuple[Made, bool]:
        """Take a report on a message in; return what was made of it, and whether it says that the message came back."""
        failed = next((one for one in reports if one.action is Action.FAILED), None)
        if failed is None:
            said = ", ".join(dict.fromkeys(one.action.value for one in reports))
            words = next((f": {_words(one)}" for one in reports if one.action is Action.DELAYED), "")
            return Made(outcome=f"noted: {said}{words}", acted=False), False
        if failed.too_big and sent.has_pictures:
            self._send_smaller(sent)
            return Made(outcome=f"the message {_SMALLER}", acted=True), False
        return self._doubt(sent, _words(failed)), True

    def _doubt(self, sent: Sent, words: str) -> Made:
        delivery = sent.delivery
        address = (delivery.redirected_to or delivery.address).casefold()
        is_new = all(one.address != address for one in self.state.doubts.standing())
        self.state.doubts.doubt(
            Doubt(address=address, owner=delivery.owner, delivery=delivery.id, since=self.at, at=self.at, words=words)
        )
        told = ""
        note = self.notes.returned(sent, words) if is_new else None
        if note is not None and not self.state.outbox.has_notice(note[0].id):
            self.state.outbox.save([note[0]], note[1])
            told = f"; {note[0].owner} is told"
        return Made(outcome=f"the message did not arrive, {address} is doubted: {words}{told}", acted=True)

    def _send_smaller(self, sent: Sent) -> None:
        waits = replace(
            sent.delivery, state=DeliveryState.PENDING, not_before=None, put_off=0, expires_at=self.at + EXPIRES_AFTER
        )
        self.state.outbox.save_deed(waits, self.at, _SMALLER)
        self.state.outbox.put_message(sent.delivery.id, without_pictures(sent.delivery.message))


def believe_again(store: Store, now: datetime) -> None:
    """End the doubts about addresses from which a later message did not come back for a day."""
    with store.begin() as state:
        for doubt in state.doubts.standing():
            if state.doubts.arrived(doubt.address, doubt.at, now - BELIEVED_AFTER):
                state.doubts.believe(doubt.address, now, STAYED_AWAY)


def _words(report: DeliveryStatus) -> str:
    """Return the server's words; without any, its code."""
    return report.diagnostic or report.status or "the server gives no reason"
