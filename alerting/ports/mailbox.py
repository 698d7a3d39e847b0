"""The mailbox that answers and returned mails come to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol


class MailFolder(StrEnum):
    """Where a mail goes that was read."""

    #: It was understood, whatever came of it.
    DONE = "done"
    #: It could not be read; somebody may look at it.
    ASIDE = "aside"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailUid:
    """Where a mail lies: its number, under the number of the folder's life (IMAP's UID and UIDVALIDITY)."""

    validity: int
    uid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail as it lies in the mailbox."""

    place: MailUid
    #: Its bytes; of a large one the beginning.
    raw: bytes
    #: How large it is, in bytes.
    size: int


class MailReader(Protocol):
    """Takes mails in, one at a time."""

    def known(self, validity: int) -> Mapping[int, MailFolder]:
        """Return the UIDs in a folder's life that were taken in before, each with where its mail belongs."""

    def take(self, letter: Letter) -> MailFolder:
        """Take a mail in for good, and say where it belongs; what is taken in once is known from then on."""

    def goes_on(self) -> bool:
        """Say whether there is time for another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Emptied:
    """How one pass over the mailbox went."""

    read: int = 0
    #: Whether mails were left for the next pass.
    left: bool = False
    #: Why mails that were taken in are where they were: the folder is read-only, the account is full; None: all were moved.
    trouble: str | None = None


class Mailbox(Protocol):
    """The folder of a mailbox."""

    #: Its server and folder, as they may be printed.
    place: str

    def empty(self, reader: MailReader, *, since: date | None) -> Emptied:
        """Give each mail that is not known yet to *reader*, oldest first, and move what was taken in.

        Args:
            since: mails that came before this day are left alone; None: all are, and only whether it can be read is found out.

        Raises:
            MailboxFailed: it cannot be reached, signed in to or opened, or the line broke; what was taken in stays so.
        """
        ...
