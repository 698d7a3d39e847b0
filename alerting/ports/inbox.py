"""What the state keeps of mails that came, and of addresses that are doubted."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from alerting.domain.inbox import Doubt, InboxEntry, Sent
from alerting.ports.mailbox import MailFolder, MailUid


class InboxBook(Protocol):
    """Mails that came, and what was made of them."""

    def sent(self, reference: str) -> Sent | None:
        """Return the message that a token's reference leads to."""

    def known(self, mailbox: str, validity: int) -> Mapping[int, MailFolder]:
        """Return the UIDs of a folder that were taken in, each with where its mail belongs."""
        ...

    def same(self, key: str, token: str) -> InboxEntry | None:
        """Return what was made of the same mail before."""

    def add(self, entry: InboxEntry) -> None:
        """Append a mail."""
        ...

    def place(self, mailbox: str, place: MailUid, entry: str, shelf: MailFolder) -> None:
        """Note that the mail at a place was taken in."""
        ...

    def change(self, entry: InboxEntry) -> None:
        """Write down what became of a mail since."""
        ...

    def entries(self, like: str = "") -> Sequence[InboxEntry]:
        """Return mails, oldest first; *like*: the beginning of their id."""
        ...

    def first_told(self) -> datetime | None:
        """Return when the first message of all was made; None: none was."""


class DoubtBook(Protocol):
    """Addresses from which messages came back."""

    def standing(self) -> Sequence[Doubt]:
        """Return the addresses that are doubted, oldest first."""
        ...

    def doubt(self, doubt: Doubt) -> None:
        """Doubt an address, or note the newest message that came back from a doubted one."""
        ...

    def believe(self, address: str, at: datetime, why: str) -> None:
        """End the doubt about an address."""
        ...

    def arrived(self, address: str, since: datetime, until: datetime) -> bool:
        """Say whether a message went to an address after *since*, up to *until*, and did not come back."""
        ...
