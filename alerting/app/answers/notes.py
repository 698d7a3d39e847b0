"""What the engine writes about mails that came: to their writers, to the maintainer, to the fallback."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from alerting.app.delivery.outbox_notes import OutboxNotes
from alerting.app.delivery.refused import Note
from alerting.app.notices.compose import EMAIL, MessageDefaults, deliveries_for
from alerting.app.notices.operator import Post, engine_note
from alerting.domain.inbox import InboxEntry, Sent
from alerting.domain.notify.recipients import stand_in
from alerting.domain.rule import RuleSet

#: What became of a message that came back, in a word.
RETURNED = "returned"
_HOW = (
    "Reply to the notice itself, from the address that it went to: a first line of ok takes on what it tells, not mine says"
    " that it is somebody else's, false alarm that nothing is behind it, and anything else is kept as your comment."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxNotes:
    """Writes them under one set of rules, at one instant of one day."""

    rules: RuleSet
    defaults: MessageDefaults
    now: datetime
    today: date

    def answer(self, owner: str, mail: InboxEntry, problem: str) -> Note | None:
        """Write politely why a mail did nothing, to an owner's address in the rules alone; the same one for all of a day.

        It is an automatic reply (RFC 3834): it has an empty return path and answers nobody who is a program.
        """
        person = self.rules.owners[owner]
        if person.email is None:
            return None
        post = Post(owner=owner, name=person.name, at=self.now, about=f"answered/{self.today.isoformat()}")
        title = "Your mail changed nothing"
        paragraphs = (f"Your mail “{mail.subject}” was read, and it changed nothing: {problem}.", _HOW)
        notice, message = engine_note(post, title, paragraphs, (), self.defaults)
        headers = [("Auto-Submitted", "auto-replied")]
        if mail.key.isascii() and "@" in mail.key:
            headers += [(name, f"<{mail.key}>") for name in ("In-Reply-To", "References")]
        message = replace(message, headers=(*message.headers, *headers))
        by_mail = replace(person, channels=(EMAIL,))
        return notice, deliveries_for(notice, by_mail, message, self.rules.channels, self.defaults, now=self.now)

    def not_mine(self, person: str, alerts: Sequence[str], comment: str, mail: str) -> Note | None:
        """Tell the maintainer that alerts are not their reader's.

        Args:
            mail: the id of the mail.
        """
        named = self.rules.roles.maintainer or self.rules.roles.operator
        if named is None or named not in self.rules.owners:
            return None
        maintainer = self.rules.owners[stand_in(self.rules, named, self.today)]
        who = self.rules.owners[person].name
        post = Post(owner=maintainer.id, name=maintainer.name, at=self.now, about=f"not mine/{mail}")
        paragraphs = [
            f"{who} was told of what is listed, and answers by mail that it is not theirs. Nothing was changed by that."
        ]
        paragraphs += [f"They write: {comment}"] if comment else []
        paragraphs += ["Put owners in the rules right, or pass it on."]
        notice, message = engine_note(post, f"{who}: not mine", paragraphs, alerts, self.defaults)
        return notice, deliveries_for(notice, maintainer, message, self.rules.channels, self.defaults, now=self.now)

    def returned(self, sent: Sent, words: str) -> Note | None:
        """Tell the fallback that a message came back from its reader's address."""
        notes = OutboxNotes(self.rules, self.defaults, self.now, self.today)
        return notes.undelivered({RETURNED: [(sent.delivery, words)]}, {sent.delivery.owner})
