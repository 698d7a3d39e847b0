"""Taking mails in: each is read, led to its message by its token, and its effect committed once with what was made of it."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from alerting.app.answers.desk import Desk
from alerting.app.notices.compose import MessageDefaults
from alerting.domain.inbox import InboxEntry, Sent, Standing
from alerting.domain.rule import RuleSet
from alerting.errors import AlertingError
from alerting.failpoints import reached
from alerting.ports.mailbox import Letter, MailFolder
from alerting.ports.state import Store, Transaction
from alerting.replies.incoming import Candidate, Incoming, MailKind, TokenPlace
from alerting.replies.reading import read_mail
from alerting.replies.token import Purpose, opened, reference_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailroom:
    """How mails are read here.

    Args:
        keys: all that tokens may have been signed with.
        own: our addresses, in small letters.
        server: how the mailbox's server calls itself; "" where nobody said.
        in_text: whether tokens stand in the text of messages.
    """

    keys: tuple[str, ...]
    own: frozenset[str]
    server: str
    in_text: bool


@dataclass(eq=False, kw_only=True)
class Intake:
    """Takes mails in for good, one at a time; what is taken in is known from then on.

    Args:
        mailbox: whose mails they are.
        now_in: the day and instant at which something is done.
        stop: says whether to leave the rest for the next time.
    """

    rules: RuleSet
    store: Store
    defaults: MessageDefaults
    room: Mailroom
    mailbox: str
    now_in: Callable[[Store], tuple[date, datetime]]
    stop: Callable[[], bool] = lambda: False
    #: What was made of the mails of this pass.
    entries: list[InboxEntry] = field(default_factory=list)
    _last: datetime | None = None

    def goes_on(self) -> bool:
        """Say whether there is time for another mail."""
        return not self.stop()

    def known(self, validity: int) -> Mapping[int, MailFolder]:
        """Return the UIDs that were taken in before."""
        with self.store.begin() as state:
            return state.inbox.known(self.mailbox, validity)

    def take(self, letter: Letter) -> MailFolder:
        """Take a mail in; one at which the program fails is laid aside and stops nothing."""
        try:
            return self._taken(letter, read_mail(letter.raw, own=self.room.own, server=self.room.server))
        except AlertingError:
            raise  # the state cannot be used: the mail is taken in later
        except Exception as error:  # noqa: BLE001  # one mail is no reason to read no other
            return self._failed(letter, f"the program failed at it ({type(error).__name__}: {error})")

    def _taken(self, letter: Letter, incoming: Incoming) -> MailFolder:
        day, at = self._now()
        with self.store.begin(patient=True) as state:
            token, sent = self._led(state, incoming)
            entry = state.inbox.same(incoming.key, token)
            if entry is None:
                desk = Desk(state=state, rules=self.rules, defaults=self.defaults, day=day, at=at)
                entry = desk.handled(_begun(incoming, token, at), incoming, sent)
                state.inbox.add(entry)
                self.entries.append(entry)
            shelf = MailFolder.ASIDE if entry.standing is Standing.ASIDE else MailFolder.DONE
            state.inbox.place(self.mailbox, letter.place, entry.id, shelf)
            reached("mail_noted")
        return shelf

    def _now(self) -> tuple[date, datetime]:
        """Return the day and an instant of its own for each mail: what is done at one instant is one event."""
        day, at = self.now_in(self.store)
        if self._last is not None:
            at = max(at, self._last + timedelta(microseconds=1))
        self._last = at
        return day, at

    def _failed(self, letter: Letter, why: str) -> MailFolder:
        """Lay a mail aside; by the place where it lay, since nothing in it can be relied on."""
        _, at = self._now()
        key = f"place:{self.mailbox}/{letter.place.validity}/{letter.place.uid}"
        entry = InboxEntry(
            id=_id(key),
            key=key,
            token="",
            at=at,
            sender="",
            subject="",
            kind=MailKind.UNREADABLE.value,
            standing=Standing.ASIDE,
            outcome=why,
        )
        with self.store.begin(patient=True) as state:
            state.inbox.add(entry)
            state.inbox.place(self.mailbox, letter.place, entry.id, MailFolder.ASIDE)
        self.entries.append(entry)
        return MailFolder.ASIDE

    def _led(self, state: Transaction, incoming: Incoming) -> tuple[str, Sent | None]:
        """Return the token that leads a mail to its message, and that; a report needs the one of the envelope.

        A person's own address is what counts, so that some program's reply to the envelope's sender is an answer too.
        """
        good_for = {Purpose.RETURN} if incoming.kind is MailKind.REPORT else set(Purpose)
        keys = [key.encode() for key in self.room.keys]
        for candidate in incoming.tokens:
            sent = state.inbox.sent(reference_of(candidate.text))
            if sent is None or not self._may_lead(candidate, sent, incoming):
                continue
            if opened(keys, candidate.text, sent.delivery.id, sent.delivery.address) in good_for:
                return candidate.text.lower(), sent
        return "", None

    def _may_lead(self, candidate: Candidate, sent: Sent, incoming: Incoming) -> bool:
        """A token in the words of a mail needs to be where tokens stand, and the id of its message beside it."""
        if candidate.place is not TokenPlace.TEXT:
            return True
        return self.room.in_text and sent.delivery.message_id in {*incoming.in_reply_to, *incoming.references}


def _begun(incoming: Incoming, token: str, at: datetime) -> InboxEntry:
    return InboxEntry(
        id=_id(incoming.key, token),
        key=incoming.key,
        token=token,
        at=at,
        sender=incoming.sender,
        subject=incoming.subject,
        kind=incoming.kind.value,
        standing=Standing.NOTED,
        outcome="",
    )


def _id(key: str, token: str = "") -> str:
    """Return the id of a mail: the same mail has the same one whoever reads it."""
    return hashlib.sha256(f"{token} {key}".encode("utf-8", "replace")).hexdigest()[:12]
