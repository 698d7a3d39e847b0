"""One reused connection to a mail server, and what its answers mean.

Which step failed decides what the failure means (RFC 5321): up to MAIL it is the server's or ours, so every message
waits; at RCPT and DATA it is this message's. From the start of DATA on, only a whole answer says what became of it.
"""

import asyncio
import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from ssl import SSLError

from aiosmtplib import SMTPException, SMTPRecipientRefused, SMTPResponseException, SMTPSenderRefused

from alerting.errors import DeliveryFailed
from notifiers.smtp.connecting import certificate_dates, connected, refused_for_good, unverified
from notifiers.smtp.conversation import Conversation
from notifiers.smtp.failures import LineBroke, TurnedAway
from notifiers.smtp.timeouts import Timeouts
from notifiers.smtp.url import SmtpAddress

#: Many relays hang up after some number of messages; we hang up first.
MESSAGES_PER_CONNECTION = 50
#: The server says goodbye: whatever the step, it takes nothing more now.
_CLOSING = 421
#: "Mailbox full" is written with a permanent code by some servers and passes (RFC 5321, 4.5.3.1.10).
_FULL = 552
_DONE = 250
_GO_ON = 354
#: How long a server may take until it says so, in seconds (RFC 5321, 4.5.3.2.4).
_GO_ON_S = 120
_TOO_SLOW = "its answers take too long"
#: Message too big for the system, or for this mailbox (RFC 3463, 3.4 and 3.3).
_TOO_LARGE = re.compile(r"5\.(?:3\.4|2\.3)\b")
#: What of a server's answer is worth keeping.
_LONGEST_REPLY = 1000
#: A line on which nothing was said for so long, in seconds, is asked for a sign of life before it is given a message.
_STALE_S = 1
#: A line slower than this ends an attempt; bytes a second.
_SLOWEST_LINE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message in its envelope; addresses are plain, with domains in ASCII."""

    sender: str
    recipient: str
    content: bytes

    @property
    def is_plain(self) -> bool:
        """Whether both addresses are ASCII."""
        return self.sender.isascii() and self.recipient.isascii()


class Session:
    """Hands messages to one mail server, one after the other: first `approach`, then `hand_over`."""

    def __init__(self, address: SmtpAddress, timeouts: Timeouts) -> None:
        self._address = address
        self._timeouts = timeouts
        self._line: Conversation | None = None
        self._handed_over = 0
        #: Whether the server has nothing to forget, and since when the line is silent.
        self._untouched, self._silent_since = True, 0.0
        self._whole = b""

    @property
    def is_connected(self) -> bool:
        """Whether the line stands, as far as is known."""
        return self._line is not None and self._line.is_connected

    async def approach(self, letter: Letter) -> None:
        """Have the letter's sender and recipient accepted; nothing of its content is given away.

        Raises:
            TurnedAway: by the server, before the recipient was named.
            LineBroke: when the recipient was named.
            DeliveryFailed: this letter was refused.
        """
        deadline = asyncio.timeout(self._timeouts.approach_s)
        line: Conversation | None = None
        self._whole = _with_line_ends(letter.content)
        try:
            async with deadline:
                line = await self._ready(letter)
                await self._recipient(line, letter)
        except SMTPResponseException as error:
            raise await self._refused(error) from error
        except (SMTPException, OSError) as error:
            if line is None and deadline.expired():
                self.hang_up()
                raise TurnedAway(self._at_place(_TOO_SLOW), connecting=True) from error
            raise self._broken(error) from error

    async def hand_over(self) -> str:
        """Hand over the letter that was approached with, and return the server's answer.

        Raises:
            LineBroke: of unknown outcome.
            DeliveryFailed: this letter was refused.
        """
        assert self._line is not None
        try:
            reply = await self._data(self._line)
        except SMTPResponseException as error:
            raise await self._refused(error, handing_over=True) from error
        except (SMTPException, OSError) as error:
            raise self._broken(error, handing_over=True) from error
        except BaseException:
            self.hang_up()
            raise
        self._handed_over += 1
        return reply

    async def call_off(self) -> None:
        """Forget the letter that was approached with; the server is told so."""
        try:
            await self._reset()
        except (SMTPException, OSError):
            self.hang_up()

    async def close(self) -> None:
        """Say goodbye and hang up; whatever the server says to that is no concern any more."""
        try:
            if self._line is not None and self._line.is_connected:
                self._line.ask("QUIT")
                await self._line.last_answer(self._timeouts.connect_s)
        except (SMTPException, OSError):
            pass
        finally:
            self.hang_up()

    def hang_up(self) -> None:
        """Cut the line, in the middle of a message if need be: what is not finished is not taken."""
        line, self._line, self._handed_over, self._untouched = self._line, None, 0, True
        if line is not None:
            line.cut()

    async def _ready(self, letter: Letter) -> Conversation:
        """Return a connection on which MAIL was accepted, a fresh one where the old one is not as it should be."""
        if self.is_connected and self._handed_over < MESSAGES_PER_CONNECTION:
            try:
                return await self._sender(letter)
            except (SMTPException, OSError):
                pass  # nothing was handed over yet: a fresh connection will tell what is wrong, if anything is
        await self.close()
        await self._connect()
        try:
            return await self._sender(letter)
        except SMTPSenderRefused as error:
            if _TOO_LARGE.match(error.message):
                raise
            await self.close()
            raise TurnedAway(self._at_place(self._words(error)), final=error.code >= 500) from error
        except (SMTPException, OSError) as error:
            self.hang_up()
            raise TurnedAway(self._at_place(self._words(error))) from error

    async def _connect(self) -> None:
        try:
            self._line = Conversation(await connected(self._address, self._timeouts))
            self._heard_now()
        except (SMTPException, OSError) as error:
            words = self._words(error)
            if unverified(error) is not None and (dates := await certificate_dates(self._address, self._timeouts)):
                words = f"{words}; {dates}"
            raise TurnedAway(self._at_place(words), connecting=True, final=refused_for_good(error)) from error

    async def _sender(self, letter: Letter) -> Conversation:
        line = self._line
        assert line is not None
        if not self._untouched or asyncio.get_running_loop().time() > self._silent_since + _STALE_S:
            await self._reset()
        mail = " ".join((f"MAIL FROM:<{letter.sender}>", *self._options(line, letter)))
        self._untouched = False
        line.ask(mail, *([_rcpt(letter)] if line.takes_several else ()))
        answer = await line.answer(self._timeouts.command_s)
        if answer.code != _DONE:
            raise SMTPSenderRefused(answer.code, answer.message, letter.sender)
        if not line.takes_several:
            line.no_more_than_asked()
        return line

    async def _recipient(self, line: Conversation, letter: Letter) -> None:
        if not line.takes_several:
            line.ask(_rcpt(letter))
        answer = await line.answer(self._timeouts.command_s)
        if not 200 <= answer.code < 300:  # 252: not verified, but taken
            raise SMTPRecipientRefused(answer.code, answer.message, letter.recipient)
        line.no_more_than_asked()

    async def _reset(self) -> None:
        line = self._line
        assert line is not None
        line.ask("RSET")
        answer = await line.last_answer(self._timeouts.connect_s)  # it costs a server nothing: silence is a dead line
        if answer.code != _DONE:
            raise SMTPResponseException(answer.code, answer.message)
        line.no_more_than_asked()
        self._untouched = True
        self._heard_now()

    def _heard_now(self) -> None:
        self._silent_since = asyncio.get_running_loop().time()

    def _options(self, line: Conversation, letter: Letter) -> Sequence[str]:
        """Return what MAIL says of the letter.

        Raises:
            DeliveryFailed: the server says beforehand that it will not take it.
        """
        options = []
        if "size" in line.extensions:
            size, most = len(self._whole), line.extensions["size"].strip()
            if re.fullmatch(r"[0-9]{1,18}", most) and 0 < int(most) < size:
                words = f"the message has {size} bytes, the server takes {int(most)} at most"
                raise DeliveryFailed(self._at_place(words), permanent=True, too_large=True)
            options.append(f"SIZE={size}")
        if not letter.is_plain:
            if "smtputf8" not in line.extensions:
                words = "the server offers no SMTPUTF8, which an address with letters beyond ASCII before the @ needs"
                raise DeliveryFailed(self._at_place(f"{letter.recipient}: {words}"), permanent=True)
            options += ["SMTPUTF8", "BODY=8BITMIME"]
        return options

    async def _data(self, line: Conversation) -> str:
        """Hand the content over, in two steps: an answer to the first that came late must not pass for one to the second."""
        line.ask("DATA")
        go_on = await line.answer(min(self._timeouts.command_s, _GO_ON_S))
        line.no_more_than_asked()
        if go_on.code != _GO_ON:
            raise SMTPResponseException(go_on.code, go_on.message)
        whole = _with_dots(self._whole)
        line.tell(whole)
        answer = await line.answer(self._timeouts.data_s + len(whole) / _SLOWEST_LINE)
        if not 200 <= answer.code < 300:
            raise SMTPResponseException(answer.code, answer.message)
        self._untouched = True  # what was taken is forgotten
        self._heard_now()
        try:
            line.no_more_than_asked()
        except SMTPException:
            self.hang_up()  # what else it says belongs to nothing we ask
        return self._legible(f"{answer.code} {answer.message}")

    async def _refused(self, error: SMTPResponseException, *, handing_over: bool = False) -> DeliveryFailed:
        """Say what an answer other than yes means at RCPT, DATA or after the message, or to MAIL for its size."""
        if not 400 <= error.code < 600:
            return self._broken(error, handing_over=handing_over)
        too_large = bool(_TOO_LARGE.match(error.message))
        passing = error.code < 500 or (isinstance(error, SMTPRecipientRefused) and error.code == _FULL)
        if error.code == _CLOSING:
            await self.close()
            if not handing_over:
                return TurnedAway(self._words(error))
        return DeliveryFailed(
            self._words(error), permanent=not passing, channel=error.code == _CLOSING, too_large=too_large
        )

    def _broken(self, error: Exception, *, handing_over: bool = False) -> LineBroke:
        """Say what a lost line or an answer that never came means: this message waits."""
        self.hang_up()
        words = self._words(error) + ("; the server may have taken the message" if handing_over else "")
        return LineBroke(words, unknown=handing_over)

    def _at_place(self, words: str) -> str:
        return f"{self._address.place}: {words}"

    def _words(self, error: Exception) -> str:
        doubt = unverified(error)
        if doubt is not None:
            words = f"TLS failed: {doubt.verify_message}"
        elif isinstance(error, SMTPResponseException):
            words = f"{error.code} {error.message}" if error.code > 0 else f"no SMTP answer: {error.message}"
        elif isinstance(error, SSLError):
            words = f"TLS failed: {error.reason or error}"
        else:
            words = str(error) or _TOO_SLOW
        return self._legible(words)

    def _legible(self, words: str) -> str:
        """Take out of what a server said the password that it may have echoed, and whatever is not to be printed."""
        user, password = self._address.user or "", self._address.password
        for secret in (password, f"\0{user}\0{password}") if password else ():
            words = words.replace(secret, "***").replace(base64.b64encode(secret.encode()).decode(), "***")
        whole = words.encode("utf-8", "replace").decode("utf-8")
        printable = "".join(character if character.isprintable() else " " for character in whole)
        return " ".join(printable.split())[:_LONGEST_REPLY]


def _rcpt(letter: Letter) -> str:
    return f"RCPT TO:<{letter.recipient}>"


def _with_line_ends(content: bytes) -> bytes:
    """Return the content with every line ended as mail ends lines; another end could be read as the message's."""
    return b"\r\n".join((*content.splitlines(), b""))


def _with_dots(content: bytes) -> bytes:
    """Return the content with a dot before each that begins a line, so that none ends the message, and with its end."""
    return b"." * content.startswith(b".") + content.replace(b"\r\n.", b"\r\n..") + b".\r\n"
