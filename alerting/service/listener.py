"""A small HTTP server: one request a line, and everything about it bounded; what is asked is for its desk to answer."""

import asyncio
import json
import os
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from typing import Any, Final, Protocol

import h11

from alerting.errors import UsageError

#: How long a request's head and body may be, in bytes.
HEAD_BYTES: Final = 8 * 1024
BODY_BYTES: Final = 4 * 1024
#: How long a whole request may take to come, in seconds.
REQUEST_S: Final = 10.0
#: How many lines may be open at once. One more takes the place of that which has kept us waiting for the longest.
LINES: Final = 64
#: What comes behind an answer is dropped, for so long and so much: a line closed on it would take the answer along.
LINGER_S: Final = 2.0
LINGER_BYTES: Final = 16 * 1024 * 1024
#: How long requests under way may take when the server is closed, in seconds.
CLOSE_S: Final = 5.0
_CHUNK: Final = 4 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What stands before a request's body; names of headers are in small letters."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()

    def only(self, name: str) -> str | None:
        """Return the value of a header that stands there once; None: it does not."""
        values = [value for one, value in self.headers if one == name]
        return values[0] if len(values) == 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is answered, as JSON."""

    status: HTTPStatus
    said: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def refusal(cls, status: HTTPStatus, why: str, **headers: str) -> "Answer":
        """Return an answer that says what is wrong."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return cls(status=status, said={"error": why}, headers=named)


class Desk(Protocol):
    """Answers requests."""

    def refuse(self, head: Head) -> Answer | None:
        """Refuse a request by its head alone; None: read its body."""
        ...

    async def take(self, head: Head, body: bytes) -> Answer:
        """Answer a request."""
        ...


class _TooLong(Exception):
    """A body is longer than any that means something."""


class _Line:
    """One connection, on which one request comes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._protocol = h11.Connection(h11.SERVER, max_incomplete_event_size=HEAD_BYTES)
        self._is_head_only = False

    async def head(self) -> Head | None:
        """Read a request's head; None: the other side said nothing and left."""
        event = await self._next()
        if not isinstance(event, h11.Request):
            return None
        headers = tuple((name.decode("ascii"), value.decode("latin-1")) for name, value in event.headers)
        self._is_head_only = event.method == b"HEAD"
        return Head(method=event.method.decode("ascii"), target=event.target.decode("ascii"), headers=headers)

    async def body(self, head: Head) -> bytes:
        """Read a request's body.

        Raises:
            _TooLong: as its head says, or as it turns out.
        """
        if int(head.only("content-length") or 0) > BODY_BYTES:
            raise _TooLong
        if self._protocol.they_are_waiting_for_100_continue:
            self._send(h11.InformationalResponse(status_code=HTTPStatus.CONTINUE, headers=[]))
        body = b""
        while isinstance(event := await self._next(), h11.Data):
            body += event.data
            if len(body) > BODY_BYTES:
                raise _TooLong
        return body

    async def _next(self) -> Any:
        while (event := self._protocol.next_event()) is h11.NEED_DATA:
            self._protocol.receive_data(await self._reader.read(_CHUNK))
        return event

    async def answer(self, answer: Answer) -> None:
        """Write an answer, then drop what still comes, so that the other side gets to read it."""
        body = json.dumps(dict(answer.said), ensure_ascii=False).encode()
        headers = {
            "Date": formatdate(usegmt=True), "Content-Type": "application/json", "Content-Length": str(len(body)),
            "Cache-Control": "no-store", "Connection": "close", **answer.headers,
        }  # fmt: skip
        self._send(h11.Response(status_code=answer.status, headers=list(headers.items()), reason=answer.status.phrase))
        if not self._is_head_only:
            self._send(h11.Data(data=body))
        self._send(h11.EndOfMessage())
        if self._writer.can_write_eof():
            self._writer.write_eof()
        dropped = 0
        with suppress(TimeoutError):
            async with asyncio.timeout(LINGER_S):
                while dropped < LINGER_BYTES and (more := await self._reader.read(_CHUNK)):
                    dropped += len(more)

    def _send(self, event: Any) -> None:
        self._writer.write(self._protocol.send(event) or b"")

    def close(self) -> None:
        """Let go of the connection, whatever still waits on it."""
        self._writer.transport.abort()


@dataclass(eq=False)
class Listener:
    """Takes requests for a desk.

    Args:
        log: where failures of the program go; nothing that a request holds is logged.
        request_s: how long a request may take to come, in seconds.
        most_lines: how many may be open at once.
    """

    desk: Desk
    log: Any
    request_s: float = REQUEST_S
    most_lines: int = LINES
    #: How many requests were refused or came to nothing, by the status that was answered.
    refused: Counter[int] = field(default_factory=Counter)
    #: The lines that are open; and those that wait for the other side, the longest first.
    _open: set["asyncio.Task[Any]"] = field(default_factory=set)
    _waiting: dict["asyncio.Task[Any]", None] = field(default_factory=dict)
    _server: asyncio.Server | None = None

    async def listen(self, host: str, port: int) -> int:
        """Begin to listen; return the port, which is a free one for port 0.

        Raises:
            UsageError: the address cannot be had.
        """
        try:
            self._server = await asyncio.start_server(self._come, host, port, limit=_CHUNK, backlog=128)
        except OSError as error:
            why = os.strerror(error.errno or 0).lower()
            raise UsageError(
                f"ALERTING_LISTEN: cannot listen on {host} port {port}: {why}; name a free port from 1024 on of this machine"
            ) from None
        bound: int = self._server.sockets[0].getsockname()[1]
        return bound

    async def close(self) -> None:
        """Take no more requests; those under way are answered first."""
        if self._server is None:
            return
        self._server.close()
        for task in tuple(self._waiting):
            task.cancel()
        if self._open:
            _, late = await asyncio.wait(self._open, timeout=CLOSE_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        self._server = None

    async def _come(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        line = _Line(reader, writer)
        has_room = self._make_room()
        self._open.add(task)
        self._waiting[task] = None
        try:
            await self._serve(line, task, has_room=has_room)
        except (OSError, h11.LocalProtocolError):
            self.refused[0] += 1  # the other side is gone
        except asyncio.CancelledError:  # it gives way, or the server is closed; nobody awaits a line
            self.refused[0] += 1
        finally:
            self._waiting.pop(task, None)
            self._open.discard(task)
            line.close()

    def _make_room(self) -> bool:
        """Let the line give way that has kept us waiting for the longest, where there are too many; False: none does."""
        if len(self._open) < self.most_lines:
            return True
        if not self._waiting:
            return False
        longest = next(iter(self._waiting))
        del self._waiting[longest]
        longest.cancel()
        return True

    async def _serve(self, line: _Line, task: "asyncio.Task[Any]", *, has_room: bool) -> None:
        answer = await self._answer(line, task) if has_room else _BUSY
        if answer is None:
            return
        if answer.status >= HTTPStatus.BAD_REQUEST:
            self.refused[answer.status] += 1
        self._waiting[task] = None  # for whoever may still be sending
        await line.answer(answer)

    async def _answer(self, line: _Line, task: "asyncio.Task[Any]") -> Answer | None:
        try:
            async with asyncio.timeout(self.request_s):
                if (head := await line.head()) is None:
                    return None
                if (refusal := self.desk.refuse(head)) is not None:
                    return refusal
                body = await line.body(head)
        except TimeoutError:
            return Answer.refusal(HTTPStatus.REQUEST_TIMEOUT, "the request took too long to come")
        except _TooLong:
            return Answer.refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the body is longer than {BODY_BYTES} bytes")
        except h11.RemoteProtocolError as error:
            return _AS_HTTP_IS_NOT.get(error.error_status_hint, _NOT_HTTP)
        self._waiting.pop(task, None)  # from here on it waits for us
        try:
            return await self.desk.take(head, body)
        except Exception:
            self.log.exception("listener.broken")
            return Answer.refusal(HTTPStatus.INTERNAL_SERVER_ERROR, "the program failed; its log says where")


_BUSY = Answer.refusal(HTTPStatus.SERVICE_UNAVAILABLE, "too much at once; post again later", Retry_After="10")
_NOT_HTTP = Answer.refusal(HTTPStatus.BAD_REQUEST, "this is no request of HTTP")
_AS_HTTP_IS_NOT = {
    431: Answer.refusal(
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, f"the request's head is longer than {HEAD_BYTES} bytes"
    ),
    501: Answer.refusal(HTTPStatus.NOT_IMPLEMENTED, "send the body as it is, or chunked"),
}
