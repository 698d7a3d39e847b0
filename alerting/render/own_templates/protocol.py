"""What the engine and the process that renders templates say to one another: a length, then JSON in ASCII."""

import json
import socket
import struct
import time
from collections.abc import Mapping
from typing import Any, Final

_LENGTH: Final = struct.Struct(">Q")
_PIECE: Final = 1 << 20


def encoded(message: Mapping[str, Any]) -> bytes:
    """Return a message as it is sent; ASCII, because halves of characters survive in it."""
    raw = json.dumps(message, allow_nan=False).encode("ascii")
    return _LENGTH.pack(len(raw)) + raw


def receive(line: socket.socket, *, most: int | None = None, until: float | None = None) -> dict[str, Any] | None:
    """Receive one message; None where the other side hung up or announces more bytes than *most*.

    Args:
        until: the monotonic clock's time at which waiting ends.

    Raises:
        TimeoutError: it has not come by then.
    """
    head = _exactly(line, _LENGTH.size, until)
    if head is None:
        return None
    (length,) = _LENGTH.unpack(head)
    if most is not None and length > most:
        return None
    raw = _exactly(line, length, until)
    if raw is None:
        return None
    message: dict[str, Any] = json.loads(raw)
    return message


def _exactly(line: socket.socket, count: int, until: float | None) -> bytes | None:
    parts = []
    while count:
        if until is not None:
            wait_until(line, until)
        part = line.recv(min(count, _PIECE))
        if not part:
            return None
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def wait_until(line: socket.socket, until: float) -> None:
    """Let the next call on *line* wait no longer than *until* on the monotonic clock.

    Raises:
        TimeoutError: it is later than that already.
    """
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    line.settimeout(left)
