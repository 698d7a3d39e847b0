"""A mail server on this machine that does as a script says and keeps a ledger of what it took; and time that jumps.

Client and server share one event loop. Whenever both only wait, its clock jumps to the next moment something is due, so
that waits of minutes are tested as they are, at once.
"""

import asyncio
import errno
import selectors
import socket
import ssl
import struct
from collections.abc import Coroutine
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

#: Nothing that happens between two sockets of one process takes longer.
QUIET_S = 0.005


class JumpingLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock jumps over waits, and whose names and dead addresses a test gives."""

    def __init__(self) -> None:
        self.jumped_s = 0.0
        self.in_threads = 0
        #: host -> addresses on this machine
        self.names: dict[str, list[str]] = {}
        #: address -> the error of whoever connects to it; None never answers
        self.dead: dict[str, int | None] = {}
        super().__init__(_JumpingSelector(self))

    def time(self) -> float:
        return super().time() + self.jumped_s

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:
        self.in_threads += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._thread_done)
        return future

    def _thread_done(self, _: object) -> None:
        self.in_threads -= 1

    async def shutdown_default_executor(self, *args: Any) -> None:
        self.in_threads += 1  # threads end in their own time
        await super().shutdown_default_executor(*args)

    async def getaddrinfo(self, host: Any, port: Any, **options: Any) -> Any:
        if host in self.names:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in self.names[host]]
        if not host.replace(".", "").isdigit():
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return await super().getaddrinfo(host, port, **options)

    async def sock_connect(self, sock: socket.socket, address: Any) -> None:
        if address[0] in self.dead:
            code = self.dead[address[0]]
            if code is None:
                await self.create_future()
            else:
                raise OSError(code, errno.errorcode[code])
        await super().sock_connect(sock, address)


class _JumpingSelector(selectors.DefaultSelector):
    def __init__(self, loop: JumpingLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None or timeout <= QUIET_S:
            return super().select(timeout)
        ready = super().select(QUIET_S)
        if not ready and not self._loop.in_threads:
            self._loop.jumped_s += timeout - QUIET_S
        return ready


def run(main: Coroutine[Any, Any, Any]) -> Any:
    """Run *main* in time that jumps."""
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(main)


class Do(Enum):
    """What a server does instead of answering."""

    CLOSE = "closes the line"
    RESET = "resets the line"
    SILENCE = "says nothing more"
    STORE = "keeps the message"


@dataclass(frozen=True)
class Wait:
    seconds: float


@dataclass(frozen=True)
class Drip:
    """Says *text* one byte at a time."""

    text: str
    every_s: float = 10


@dataclass(frozen=True)
class Read:
    """Takes so many bytes from the line."""

    count: int


class InTurn:
    """A step that is another one each time it comes; the last one stays."""

    def __init__(self, *steps: Any) -> None:
        self._steps = list(steps)

    def __call__(self) -> Any:
        return self._steps.pop(0) if len(self._steps) > 1 else self._steps[0]


class Bucket:
    """A step that says yes so many times a second, and *excess* otherwise."""

    def __init__(self, *, per_second: float, burst: int, excess: Any) -> None:
        self._per_second, self._burst, self._excess = per_second, burst, excess
        self._tokens, self._seen = float(burst), None

    def __call__(self) -> Any:
        now = asyncio.get_running_loop().time()
        self._tokens = min(self._burst, self._tokens + (now - (self._seen or now)) * self._per_second)
        self._seen = now
        if self._tokens < 1:
            return self._excess
        self._tokens -= 1
        return "250 ok"


#: A step is an action or a list of them; a reply (text: one line, bytes: as they are) is an action. A function gives a step.
Step = Any

USUAL: dict[str, Step] = {
    "greeting": "220 ready", "EHLO": "250 here", "HELO": "250 here", "STARTTLS": "220 go on", "AUTH": "235 welcome",
    "MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go on", "dot": "250 taken", "RSET": "250 ok", "NOOP": "250 ok",
    "QUIT": ["221 bye", Do.CLOSE],
}  # fmt: skip


def script(**steps: Step) -> dict[str, Step]:
    """Return the usual conversation with other steps: greeting, EHLO, …, DATA, dot."""
    assert steps.keys() <= USUAL.keys()
    return {**USUAL, **steps}


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A message that the server accepted; the envelope as the commands said it."""

    sender: str
    recipient: str
    content: bytes
    connection: int


@dataclass(eq=False)
class Relay:
    """Listens on a free port of this machine while entered.

    Args:
        scripts: for each connection in turn; the last one serves all further ones.
        encryption: for STARTTLS, or from the first byte on where *implicit*.
        most: so many connections at once; further ones get *beyond*.
    """

    scripts: tuple[dict[str, Step], ...]
    encryption: ssl.SSLContext | None = None
    implicit: bool = False
    most: int | None = None
    beyond: Step = field(default_factory=lambda: ["421 4.7.0 too many connections", Do.CLOSE])
    #: Append only.
    ledger: list[Taken] = field(default_factory=list)
    #: What each client said, line by line.
    heard: list[list[str]] = field(default_factory=list)
    most_at_once: int = 0
    _open: int = 0

    async def __aenter__(self) -> "Relay":
        self.scripts = deepcopy(self.scripts)  # a step that remembers begins anew
        context = self.encryption if self.implicit else None
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=context, limit=2**22)
        self.port = self._server.sockets[0].getsockname()[1]
        self._tasks: set[asyncio.Task[None]] = set()
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def url(self, *, tls: str = "none", user: str = "", host: str = "127.0.0.1") -> str:
        return f"smtp://{user}{host}:{self.port}?tls={tls}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        number = len(self.heard)
        self.heard.append([])
        self._open += 1
        try:
            steps = self.scripts[min(number, len(self.scripts) - 1)]
            if self.most is not None and self._open > self.most:
                steps = {**steps, "greeting": self.beyond}
            else:
                self.most_at_once = max(self.most_at_once, self._open)
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError, _Over):
                await _Conversation(self, number, steps, reader, writer).hold()
        finally:
            self._open -= 1
            writer.close()


class _Over(Exception):
    """The conversation is over."""


class _Conversation:
    def __init__(
        self,
        relay: Relay,
        number: int,
        steps: dict[str, Step],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self.relay, self.number, self.steps, self.reader, self.writer = relay, number, steps, reader, writer
        self.envelope = ["", "", b""]
        self.replied = ""
        self.stored = False

    async def hold(self) -> None:
        await self.do("greeting")
        while line := await self.reader.readline():
            said = line.decode("utf-8", "replace").rstrip("\r\n")
            self.relay.heard[self.number].append(said)
            verb = said.split(" ")[0].split(":")[0].upper()
            if verb in ("MAIL", "RCPT"):
                self.envelope[verb == "RCPT"] = said
            await self.do(verb)
            if verb == "STARTTLS" and self.replied.startswith("220"):
                await self.writer.start_tls(self.relay.encryption)
            elif verb == "DATA" and self.replied.startswith("354"):
                await self.take_body()

    async def take_body(self) -> None:
        lines = []
        while (line := await self.reader.readline()) != b".\r\n":
            if not line.endswith(b"\n"):
                raise _Over
            lines.append(line.removeprefix(b".") if line.startswith(b".") else line)
        self.envelope[2] = b"".join(lines)
        self.stored = False
        await self.do("dot")

    async def do(self, name: str) -> None:
        step = self.steps.get(name, "500 what?")
        step = step() if callable(step) else step
        for action in step if isinstance(step, list) else [step]:
            if name == "dot" and isinstance(action, str | bytes) and action[:1] in ("2", b"2"):
                self.store()
            await self.act(action)

    async def act(self, action: Any) -> None:
        match action:
            case str() | bytes():
                whole = action if isinstance(action, bytes) else f"{action}\r\n".encode("latin-1")
                self.replied = whole.decode("latin-1")
                await self.say(whole)
            case Wait(seconds):
                await asyncio.sleep(seconds)
            case Drip(text, every_s):
                for character in f"{text}\r\n":
                    await self.say(character.encode())
                    await asyncio.sleep(every_s)
            case _:
                await self.end(action)

    async def end(self, action: Any) -> None:
        match action:
            case Read(count):
                await self.reader.readexactly(count)
            case Do.STORE:
                self.store()
            case Do.CLOSE:
                raise _Over
            case Do.RESET:
                line = self.writer.get_extra_info("socket")
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.writer.transport.abort()
                raise _Over
            case Do.SILENCE:
                await self.reader.read()
                raise _Over

    async def say(self, what: bytes) -> None:
        self.writer.write(what)
        await self.writer.drain()

    def store(self) -> None:
        if not self.stored:
            sender, recipient, content = self.envelope
            self.relay.ledger.append(Taken(sender=sender, recipient=recipient, content=content, connection=self.number))
        self.stored = True
