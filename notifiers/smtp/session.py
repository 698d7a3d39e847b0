"""One reused connection to a mail server: the library talks, and what is answered becomes a value.

Which step failed decides what the failure means (RFC 5321): up to MAIL it is the server's or ours, at RCPT and DATA it is
this message's, unless the answer says otherwise. From the start of DATA on, only a whole answer says what became of it.
"""

import asyncio
import base64
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from ssl import SSLError

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from alerting.domain.refusal import CLOSING, Refusal, Stage
from alerting.errors import DeliveryFailed
from notifiers.smtp.answers import answered_with
from notifiers.smtp.connecting import certificate_dates, connected, ensure_in_step, refused_for_good, unverified
from notifiers.smtp.failures import ConnectionLost, ServerUnavailable
from notifiers.smtp.timeouts import Timeouts
from notifiers.smtp.url import SmtpAddress

#: Some relays take no more at once and leave the rest to their next queue run, half an hour later; others hang up.
MESSAGES_PER_CONNECTION = 10
#: The answer to a message that was taken.
_TAKEN = 250
_TOO_SLOW = "its answers take too long"
#: Message too big for the system, or for this mailbox (RFC 3463, 3.4 and 3.3).
_TOO_LARGE = re.compile(r"5\.(?:3\.4|2\.3)\b")
#: What of a server's answer is worth keeping.
_LONGEST_REPLY = 1000
#: A line on which nothing was said for so long, in seconds, is asked for a sign of life before it is given a message.
_STALE_S = 1
#: How long a goodbye may take, in seconds: all that matters is said.
_GOODBYE_S = 2
#: A line slower than this ends an attempt; bytes a second.
_SLOWEST_LINE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A message in its envelope; addresses are plain, with domains in ASCII."""

    sender: str
    recipient: str
    content: bytes

    @property
    def is_plain(self) -> bool:
        """Whether both addresses are ASCII."""
        return self.sender.isascii() and self.recipient.isascii()


class Session:
    """Hands messages to one mail server, one after the other: first `send_envelope`, then `send_data`."""

    def __init__(self, address: SmtpAddress, timeouts: Timeouts, hello: str) -> None:
        self._address = address
        self._timeouts = timeouts
        self._hello = hello
        self._line: SMTP | None = None
        self._handed_over = 0
        #: Whether the server has nothing to forget, and since when the line is silent.
        self._untouched, self._silent_since = True, 0.0
        self._whole = b""

    @property
    def is_connected(self) -> bool:
        """Whether the line stands, as far as is known."""
        return self._line is not None and self._line.is_connected

    async def send_envelope(self, letter: Envelope) -> None:
        """Have the letter's sender and recipient accepted; nothing of its content is given away.

        Raises:
            TurnedAway: by the server, before the recipient was named.
            LineBroke: when the recipient was named.
            DeliveryFailed: this letter was refused.
        """
        self._whole = _with_line_ends(letter.content)
        for again in (self._handed_over > 0, False):
            try:
                await self._approach(letter)
            except DeliveryFailed as failure:
                # Some take a few messages a line and say so only now.
                if not (again and failure.refusal is not None and failure.refusal.code == CLOSING):
                    raise
            else:
                return

    async def _approach(self, letter: Envelope) -> None:
        deadline = asyncio.timeout(self._timeouts.approach_s)
        line: SMTP | None = None
        try:
            async with deadline:
                line = await self._ready(letter)
                await self._recipient(line, letter)
        except SMTPResponseException as error:
            stage = Stage.RECIPIENT if line is not None else Stage.SENDER
            raise await self._refused(error, stage) from error
        except (SMTPException, OSError) as error:
            if line is None and deadline.expired():
                self.hang_up()
                refusal = Refusal(stage=Stage.SENDER, words=_TOO_SLOW)
                raise ServerUnavailable(self._at_place(_TOO_SLOW), refusal, connecting=True) from error
            raise self._broken(error, Stage.RECIPIENT) from error

    async def send_data(self) -> str:
        """Hand over the letter that was approached with, and return the server's answer.

        Raises:
            LineBroke: of unknown outcome.
            DeliveryFailed: this letter was refused.
        """
        assert self._line is not None
        try:
            reply = await self._data(self._line)
        except SMTPResponseException as error:
            raise await self._refused(error, Stage.MESSAGE) from error
        except (SMTPException, OSError) as error:
            raise self._broken(error, Stage.MESSAGE) from error
        except BaseException:
            self.hang_up()
            raise
        self._handed_over += 1
        return reply

    async def knock(self, sender: str) -> None:
        """Find out whether the server lets us in and takes our sender; nothing is handed over.

        Raises:
            DeliveryFailed: it does not.
        """
        try:
            async with asyncio.timeout(self._timeouts.approach_s):
                await self._ready(Envelope(sender=sender, recipient="", content=b""))
        except SMTPResponseException as error:
            raise await self._refused(error, Stage.SENDER) from error
        except (SMTPException, OSError) as error:
            raise self._broken(error, Stage.SENDER) from error
        await self.reset()

    async def reset(self) -> None:
        """Forget the letter that was approached with; the server is told so."""
        try:
            await self._reset()
        except (SMTPException, OSError):
            self.hang_up()

    async def close(self) -> None:
        """Say goodbye and hang up; whatever the server says to that is no concern any more."""
        try:
            if self._line is not None and self._line.is_connected:
                with suppress(SMTPException, OSError):
                    await self._line.quit(timeout=min(_GOODBYE_S, self._timeouts.connect_s))
        finally:
            self.hang_up()

    def hang_up(self) -> None:
        """Cut the line, in the middle of a message if need be: what is not finished is not taken."""
        line, self._line, self._handed_over, self._untouched = self._line, None, 0, True
        if line is None:
            return
        if isinstance(line.transport, asyncio.WriteTransport):
            line.transport.abort()  # whatever is still to go out
        line.close()

    async def _ready(self, letter: Envelope) -> SMTP:
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
            raise self._turned_away(error, Stage.SENDER, final=error.code >= 500) from error
        except (SMTPException, OSError) as error:
            self.hang_up()
            raise self._turned_away(error, Stage.SENDER) from error

    async def _connect(self) -> None:
        try:
            self._line = await connected(self._address, self._timeouts, self._hello)
            self._heard_now()
        except (SMTPException, OSError) as error:
            words = self._words(error)
            if unverified(error) is not None and (dates := await certificate_dates(self._address, self._timeouts)):
                words = f"{words}; {dates}"
            stage = Stage.SIGN_IN if isinstance(error, SMTPAuthenticationError) else Stage.CONNECTION
            final = refused_for_good(error)
            raise self._turned_away(error, stage, words=words, connecting=True, final=final) from error

    async def _sender(self, letter: Envelope) -> SMTP:
        line = self._line
        assert line is not None
        if not self._untouched or asyncio.get_running_loop().time() > self._silent_since + _STALE_S:
            await self._reset()
        options, encoding = self._options(line, letter), "ascii" if letter.is_plain else "utf-8"
        self._untouched = False
        await line.mail(letter.sender, options=options, encoding=encoding, timeout=self._timeouts.command_s)
        ensure_in_step(line)
        return line

    async def _recipient(self, line: SMTP, letter: Envelope) -> None:
        encoding = "ascii" if letter.is_plain else "utf-8"
        try:
            await line.rcpt(letter.recipient, encoding=encoding, timeout=self._timeouts.command_s)
        except SMTPRecipientRefused as error:
            if not 200 <= error.code < 300:  # 252: not verified, but taken
                raise
        ensure_in_step(line)

    async def _reset(self) -> None:
        line = self._line
        assert line is not None
        await line.rset(timeout=self._timeouts.connect_s)  # it costs a server nothing: silence is a dead line
        ensure_in_step(line)
        self._untouched = True
        self._heard_now()

    def _heard_now(self) -> None:
        self._silent_since = asyncio.get_running_loop().time()

    def _options(self, line: SMTP, letter: Envelope) -> Sequence[str]:
        """Return what MAIL says of the letter.

        Raises:
            DeliveryFailed: the server says beforehand that it will not take it.
        """
        options = []
        if line.supports_extension("size"):
            size, most = len(self._whole), line.esmtp_extensions["size"].strip()
            if re.fullmatch(r"[0-9]{1,18}", most) and 0 < int(most) < size:
                words = f"the message has {size} bytes, the server takes {int(most)} at most"
                raise DeliveryFailed(self._at_place(words), permanent=True, too_large=True)
            options.append(f"SIZE={size}")
        if not letter.is_plain:
            if not line.supports_extension("smtputf8"):
                words = "the server offers no SMTPUTF8, which an address with letters beyond ASCII before the @ needs"
                raise DeliveryFailed(self._at_place(f"{letter.recipient}: {words}"), permanent=True)
            options += ["SMTPUTF8", "BODY=8BITMIME"]
        return options

    async def _data(self, line: SMTP) -> str:
        """Hand the content over, and return the answer."""
        timeout = self._timeouts.data_s + len(self._whole) / _SLOWEST_LINE
        try:
            answer = await line.data(self._whole, timeout=timeout)
            code, message = answer.code, answer.message
        except SMTPResponseException as error:
            # 250 instead of "go on" is no answer to the message, which was never said; 251 is one (RFC 5321, 3.4).
            if not _TAKEN < error.code < 300:
                raise
            code, message = error.code, error.message
        self._untouched = True  # what was taken is forgotten
        self._heard_now()
        try:
            ensure_in_step(line)
        except SMTPException:
            if _last_code(line) >= 300:
                raise  # the answer that counts may be the one that was too many
            self.hang_up()  # what else it says belongs to nothing we ask
        return self._legible(f"{code} {message}")

    async def _refused(self, error: SMTPResponseException, stage: Stage) -> DeliveryFailed:
        """Say what an answer other than yes means at RCPT, DATA or after the message, or to MAIL for its size."""
        if not 400 <= error.code < 600:
            return self._broken(error, stage)
        if error.code == CLOSING:
            await self.close()
        refusal = answered_with(stage, error.code, self._legible(error.message))
        too_large = bool(_TOO_LARGE.match(error.message))
        return DeliveryFailed(
            self._words(error), permanent=not refusal.is_passing, too_large=too_large, refusal=refusal
        )

    def _broken(self, error: Exception, stage: Stage) -> ConnectionLost:
        """Say what a lost line or an answer that never came means: this message waits."""
        self.hang_up()
        handing_over = stage is Stage.MESSAGE
        words = self._words(error) + ("; the server may have taken the message" if handing_over else "")
        return ConnectionLost(words, unknown=handing_over, refusal=Refusal(stage=stage, words=words))

    def _turned_away(
        self, error: Exception, stage: Stage, *, words: str = "", connecting: bool = False, final: bool = False
    ) -> ServerUnavailable:
        words = words or self._words(error)
        refusal = Refusal(stage=stage, words=words)
        if isinstance(error, SMTPResponseException) and error.code > 0:
            refusal = answered_with(stage, error.code, self._legible(error.message))
        return ServerUnavailable(self._at_place(words), refusal, connecting=connecting, final=final)

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


def _with_line_ends(content: bytes) -> bytes:
    """Return the content with every line ended as mail ends lines; another end could be read as the message's."""
    return b"\r\n".join((*content.splitlines(), b""))


def _last_code(line: SMTP) -> int:
    """Return the code of what the server said beyond what it was asked; of nonsense, one that is no yes."""
    protocol = line.protocol
    rest = bytes(protocol._buffer).strip() if protocol is not None else b""  # noqa: SLF001  # as in `ensure_in_step`
    last = rest.rsplit(b"\n", 1)[-1][:3]
    return int(last) if last.isdigit() else 999
