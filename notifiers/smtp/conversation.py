"""What is said on a connection that stands: commands, and the answers that belong to them."""

import asyncio
import re
from collections import deque
from collections.abc import Mapping
from typing import cast

from aiosmtplib import SMTP, SMTPException, SMTPReadTimeoutError, SMTPResponse, SMTPResponseException
from aiosmtplib import SMTPServerDisconnected as Disconnected

#: A server that says more than this, in bytes, without its being an answer is not understood.
_LONGEST_ANSWER = 32 * 1024
#: How long a line of an answer may be.
_LONGEST_LINE = 8192
#: An answer that nobody can read has this code, as the library has it.
_NO_ANSWER = -1
#: The server says goodbye: it takes nothing more on this line.
_CLOSING = 421
_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")


class Conversation(asyncio.Protocol):
    """Drives a line that the library has opened, encrypted and signed in on; many times as fast as the library does.

    Commands may be said together where the server takes that; their answers are heard in the same order. What a server
    says without being asked is dropped.
    """

    def __init__(self, client: SMTP) -> None:
        self.extensions: Mapping[str, str] = dict(client.esmtp_extensions)
        self._loop = asyncio.get_running_loop()
        self._line = cast(asyncio.Transport, client.transport)
        self._asked = 0
        self._heard = bytearray()
        self._answers: deque[SMTPResponse] = deque()
        self._waiting: asyncio.Future[None] | None = None
        self._over: SMTPException | None = None
        self._line.set_protocol(self)

    @property
    def is_connected(self) -> bool:
        """Whether the line stands, as far as is known."""
        return self._over is None and not self._line.is_closing()

    @property
    def takes_several(self) -> bool:
        """Whether commands may be said together (RFC 2920)."""
        return "pipelining" in self.extensions

    def ask(self, *commands: str) -> None:
        """Say commands; each is owed an answer.

        Raises:
            SMTPException: the line is gone.
            ValueError: a command would be several.
        """
        lines = [command.encode() for command in commands]
        if any(_CONTROL.search(line) for line in lines):
            raise ValueError("a command holds a control character")
        self.tell(b"\r\n".join((*lines, b"")), answers=len(lines))

    def tell(self, words: bytes, *, answers: int = 1) -> None:
        """Put *words* on the line as they are; so many answers are owed for them.

        Raises:
            SMTPException: the line is gone.
        """
        if not self.is_connected:
            raise self._over or Disconnected("Connection lost")
        self._asked += answers
        self._line.write(words)

    async def answer(self, within_s: float) -> SMTPResponse:
        """Return the answer to the oldest command that has none.

        Raises:
            SMTPException: the line is gone, the answer is none, or it took too long; nothing more is heard then.
        """
        if not self._answers and self._over is None:
            self._waiting = self._loop.create_future()
            late = self._loop.call_later(within_s, self._is_over, SMTPReadTimeoutError(_LATE))
            try:
                await self._waiting
            finally:
                late.cancel()
                self._waiting = None
        if not self._answers:
            assert self._over is not None
            raise self._over
        self._asked -= 1
        answer = self._answers.popleft()
        if answer.code == _CLOSING:
            self._line.abort()
        return answer

    async def last_answer(self, within_s: float) -> SMTPResponse:
        """Return the answer to the last command, leaving aside those that nobody has waited for."""
        while self._asked > 1:
            await self.answer(within_s)
        return await self.answer(within_s)

    def no_more_than_asked(self) -> None:
        """Make sure that no answer is left over, which would be taken for that to the next command.

        Raises:
            SMTPException: one is.
        """
        if self._answers or self._heard:
            raise SMTPException("no SMTP answer: the server said more than it was asked")

    def cut(self) -> None:
        """Cut the line at once, whatever is still to go out on it."""
        self._line.abort()

    def data_received(self, data: bytes) -> None:
        """Hear what the server says."""
        if self._asked == 0 or self._over is not None:
            return
        self._heard += data
        try:
            # One more than was asked for is enough to know that the server is out of step.
            while len(self._answers) <= self._asked and (answer := self._whole_answer()) is not None:
                self._answers.append(answer)
            if len(self._heard) > _LONGEST_ANSWER:
                raise SMTPResponseException(_NO_ANSWER, "Response too long")  # told below like the rest
        except SMTPException as error:
            self._is_over(error)
        if self._answers:
            self._wake()

    def eof_received(self) -> None:
        """Hear that the server will say nothing more; the line is closed then."""
        self._is_over(Disconnected("Unexpected EOF received"))

    def connection_lost(self, exc: Exception | None) -> None:
        """Learn that the line is gone."""
        lost = Disconnected("Connection lost")
        lost.__cause__ = exc
        self._is_over(lost)

    def _is_over(self, why: SMTPException) -> None:
        if self._over is None:
            self._over = why
        self._wake()

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    def _whole_answer(self) -> SMTPResponse | None:
        """Take one answer, which may have several lines, from what was heard; None where its end has not come."""
        texts, begin = [], 0
        while (end := self._heard.find(b"\n", begin)) >= 0:
            line = bytes(self._heard[begin:end])
            begin = end + 1
            if not line[:3].isdigit() or len(line) > _LONGEST_LINE:
                raise SMTPResponseException(_NO_ANSWER, _unread(line))
            texts.append(line[4:].strip(b" \t\r"))
            if line[3:4] != b"-":
                del self._heard[:begin]
                return SMTPResponse(int(line[:3]), b"\n".join(texts).decode("utf-8", "surrogateescape"))
        return None


_LATE = "Timed out waiting for server response"


def _unread(line: bytes) -> str:
    if len(line) > _LONGEST_LINE:
        return "Response too long"
    return f"Malformed SMTP response line: {line.decode('utf-8', 'ignore')}"
