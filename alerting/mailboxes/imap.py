"""A mailbox on an IMAP server, read by UID, one mail at a time."""

import ssl
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import (
    CapabilityError,
    IMAPClientAbortError,
    IMAPClientError,
    IMAPClientReadOnlyError,
    LoginError,
)

from alerting.domain.tls import Tls
from alerting.errors import MailboxFailed
from alerting.failpoints import reached
from alerting.mailboxes.imap_address import ImapAddress
from alerting.ports.mailbox import Emptied, Letter, MailFolder, MailReader, MailUid

#: Of larger mails no more than this is fetched: words and reports stand at the beginning.
MOST_BYTES = 256 * 1024
#: Folders beside ours for what was read.
FOLDERS = {MailFolder.DONE: "Alerting done", MailFolder.ASIDE: "Alerting aside"}
#: UIDs named in one command.
_MOST_NAMED = 500
_BODY, _SIZE = b"BODY[]<0>", b"RFC822.SIZE"


class ImapMailbox:
    """The folder that `ALERTING_IMAP_URL` names.

    The server's certificate is verified unless the address says `tls=none`; one of a private authority is trusted where
    `SSL_CERT_FILE` names its file. Nothing is marked as read, and nothing is removed but by moving it.

    Args:
        url: the setting.
        timeout_s: for the connection, and for each answer.
    """

    def __init__(self, url: str, *, timeout_s: float = 30) -> None:
        self._address, self._timeout_s = ImapAddress.parse(url), timeout_s
        self.place = self._address.place

    def empty(self, reader: MailReader, *, since: date | None) -> Emptied:
        """Give each mail that is not known yet to *reader*, oldest first, and move what was taken in.

        Raises:
            MailboxFailed: with server and folder, what failed, and what to do.
        """
        with self._failing_clearly("the mailbox cannot be reached"), self._signed_in() as client:
            return _Folder(client, self._address.folder).empty(reader, since)

    @contextmanager
    def _signed_in(self) -> Iterator[IMAPClient]:
        client = self._connected()
        try:
            with self._failing_clearly("the sign-in was refused", mend="put user and password right"):
                client.login(self._address.user, self._address.password)
            yield client
        finally:
            try:
                client.logout()
            except (IMAPClientError, OSError):  # the line is gone already
                _close(client)

    def _connected(self) -> IMAPClient:
        address = self._address
        context = ssl.create_default_context() if address.tls is not Tls.NONE else None
        implicit = address.tls is Tls.IMPLICIT
        client = IMAPClient(
            address.host, address.port, ssl=implicit, ssl_context=context if implicit else None, timeout=self._timeout_s
        )
        if address.tls is Tls.STARTTLS:
            try:
                client.starttls(context)
            except BaseException:
                _close(client)
                raise
        return client

    @contextmanager
    def _failing_clearly(self, what: str, mend: str = "look at server, port and tls") -> Iterator[None]:
        try:
            yield
        except MailboxFailed:
            raise
        except ssl.SSLCertVerificationError as error:
            why = f"its certificate is not trusted ({error.verify_message})"
            raise MailboxFailed(
                f"{self.place}: {why}; renew it, or name its authority's file in SSL_CERT_FILE"
            ) from error
        except LoginError as error:
            raise MailboxFailed(f"{self.place}: {what}: {_words(error)}; {mend} in ALERTING_IMAP_URL") from error
        except (IMAPClientError, OSError, ValueError) as error:
            raise MailboxFailed(f"{self.place}: {what}: {_words(error)}; {mend} in ALERTING_IMAP_URL") from error


@dataclass(eq=False)
class _Folder:
    """One folder, opened for one pass."""

    client: IMAPClient
    name: str
    read: int = 0
    trouble: str | None = None
    _made: set[str] = field(default_factory=set)

    def empty(self, reader: MailReader, since: date | None) -> Emptied:
        validity = self._opened()
        if since is None:
            return Emptied()
        known = reader.known(validity)
        here = sorted(self.client.search(["SINCE", since]))
        for shelf in MailFolder:  # taken in before, by a process that was ended before it could move them
            self._move([uid for uid in here if known.get(uid) is shelf], shelf)
        for uid in here:
            if uid in known:
                continue
            if not reader.goes_on():
                return Emptied(read=self.read, left=True, trouble=self.trouble)
            letter = self._fetched(MailUid(validity=validity, uid=uid))
            if letter is None:
                continue
            reached("mail_fetched")
            shelf = reader.take(letter)
            self.read += 1
            reached("mail_taken")
            self._move([uid], shelf)
        return Emptied(read=self.read, trouble=self.trouble)

    def _opened(self) -> int:
        """Open the folder and return its UIDVALIDITY."""
        try:
            try:
                opened = self.client.select_folder(self.name)
            except IMAPClientReadOnlyError:
                self.trouble = f"{self.name} is read-only: what was read stays there; let the user move mails out of it"
                opened = self.client.select_folder(self.name, readonly=True)
        except IMAPClientError as error:
            raise MailboxFailed(
                f"{self.name}: cannot be opened: {_words(error)}; name a folder that is there"
            ) from error
        return int(opened[b"UIDVALIDITY"])

    def _fetched(self, place: MailUid) -> Letter | None:
        """Fetch a mail, or its beginning; None where somebody removed it meanwhile."""
        wanted = ["RFC822.SIZE", f"BODY.PEEK[]<0.{MOST_BYTES}>"]
        found: dict[bytes, Any] = self.client.fetch([place.uid], wanted).get(place.uid, {})
        if _BODY not in found:
            return None
        return Letter(place=place, raw=found[_BODY] or b"", size=int(found.get(_SIZE, 0)))

    def _move(self, uids: Sequence[int], shelf: MailFolder) -> None:
        """Move mails that were taken in; where that cannot be done they stay, and are known by their numbers."""
        if not uids or self.trouble is not None:
            return
        folder = self._folder_of(shelf)
        try:
            self._make(folder)
            for some in _portions(uids):
                try:
                    self.client.move(some, folder)
                except CapabilityError:
                    self.client.copy(some, folder)
                    self.client.add_flags(some, [rb"\Deleted"], silent=True)
                    self.client.uid_expunge(some)  # never a bare EXPUNGE: others may have marked theirs
        except CapabilityError:
            self.trouble = f"{self.name}: its server can neither MOVE nor UID EXPUNGE mails: what was read stays there"
        except IMAPClientError as error:
            if isinstance(error, IMAPClientAbortError):
                raise
            self.trouble = f"{self.name}: what was read cannot be moved to {folder}: {_words(error)}; it stays there"
        reached("mail_moved")

    def _folder_of(self, shelf: MailFolder) -> str:
        """Return the name of a folder where the user's folders are."""
        if self.client.has_capability("NAMESPACE"):
            personal = self.client.namespace().personal
            if personal:
                return f"{personal[0][0]}{FOLDERS[shelf]}"
        return FOLDERS[shelf]

    def _make(self, folder: str) -> None:
        if folder not in self._made and not self.client.folder_exists(folder):
            self.client.create_folder(folder)
            with suppress(IMAPClientError):  # then people look for it themselves
                self.client.subscribe_folder(folder)
        self._made.add(folder)


def _close(client: IMAPClient) -> None:
    with suppress(OSError):  # a handshake that failed has closed it
        client.shutdown()


def _portions(uids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (uids[start : start + _MOST_NAMED] for start in range(0, len(uids), _MOST_NAMED))


def _words(error: BaseException) -> str:
    """Return what a server or the system said, in one line; imaplib gives a server's words as bytes."""
    said = error.args[0] if len(error.args) == 1 else None
    if isinstance(said, bytes):
        return " ".join(said.decode("utf-8", "replace").split())[:300]
    if error.__context__ is not None and isinstance(error, LoginError):
        return _words(error.__context__)
    return " ".join((str(error) or type(error).__name__).split())[:300]
