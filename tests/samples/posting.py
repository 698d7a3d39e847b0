"""Posts of loads on loopback: a listener in a test's hands, and those who post to it."""

import asyncio
import json
import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog
from structlog.testing import LogCapture

from alerting.service.listener import Listener
from alerting.service.posts import Posts

TOKEN = "0123456789abcdef0123456789abcdef"
BEARER = f"Authorization: Bearer {TOKEN}"


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What a post got; no status: the line was closed without a word."""

    status: int | None
    headers: dict[str, str] = field(default_factory=dict)
    said: dict[str, object] | None = None


def request(*headers, method="POST", path="/loaded/calls", body=b""):
    """Return a request's bytes."""
    length = [f"Content-Length: {len(body)}"] if body else []
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: here", *headers, *length, "", ""]).encode() + body


def say(port, *parts, host="127.0.0.1"):
    """Write *parts* to the port and return what is answered."""
    with socket.create_connection((host, port), timeout=30) as line:
        for part in parts:
            try:
                line.sendall(part)
            except OSError:  # it heard enough
                break
        return answered(line)


def answered(line):
    """Read an answer up to its end."""
    got = b""
    try:
        while more := line.recv(65536):
            got += more
    except ConnectionError:
        pass
    if not got:
        return Answered(status=None)
    head, _, body = got.partition(b"\r\n\r\n")
    first, *rest = head.decode().split("\r\n")
    headers = dict(one.split(": ", 1) for one in rest)
    return Answered(status=int(first.split()[1]), headers=headers, said=json.loads(body) if body else None)


def post(port, load=None, *headers, token=TOKEN, **request_of):
    """Post a load as somebody does who may."""
    body = b"" if load is None else json.dumps({"load": load}).encode()
    return say(port, request(f"Authorization: Bearer {token}", *headers, body=body, **request_of))


@dataclass
class Heard:
    """A listener at work, and what it wrote down."""

    port: int
    listener: Listener
    posts: Posts
    #: (source, name of the load) of each post that was written down.
    noted: list[tuple[str, str | None]]
    log: LogCapture
    #: A clock that the test moves, in seconds.
    clock: list[float]


@contextmanager
def listening(
    note=None, sources=("calls", "crime", "figures/calls.csv"), tokens=(TOKEN,), noted_within_s=10.0, **bounds
):
    """Listen on a free port of loopback, in a thread.

    Args:
        note: what writes down a post; None: it is put on the list.
        bounds: of the listener.
    """
    noted, log, clock = [], LogCapture(), [0.0]

    def put_down(source, load):
        is_new = load is None or (source, load) not in noted
        noted.append((source, load))
        return is_new

    posts = Posts(
        sources=lambda: sources,
        note=note or put_down,
        clock_s=lambda: clock[0],
        log=structlog.wrap_logger(None, processors=[log], wrapper_class=structlog.BoundLogger),
        noted_within_s=noted_within_s,
    )
    posts.believe(tokens)
    listener = Listener(posts, posts.log, **bounds)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        port = asyncio.run_coroutine_threadsafe(listener.listen("127.0.0.1", 0), loop).result(30)
        yield Heard(port=port, listener=listener, posts=posts, noted=noted, log=log, clock=clock)
    finally:
        asyncio.run_coroutine_threadsafe(listener.close(), loop).result(30)
        posts.close()
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30)
        loop.close()
