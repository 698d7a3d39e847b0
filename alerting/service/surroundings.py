"""What is around the service: the rule files it looks at, and the service manager it tells how it is."""

import asyncio
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

#: That the service has started: until the service manager has heard it, it thinks that the service is still starting.
READY = "READY=1"
#: How long there may be no room for what has to be known, in seconds.
MANAGER_S = 1.0


def fingerprint(folder: Path) -> str:
    """Return names, times and contents (as digests) of the rule files: equal as long as nobody touched them."""
    found = []
    for path in sorted(folder.rglob("*.yaml")):
        try:
            changed, content = path.stat().st_mtime_ns, path.read_bytes()
        except OSError:
            continue  # removed between the listing and here, or closed to us; reading the rules says so
        found.append(f"{path.relative_to(folder)} {changed} {blake2b(content, digest_size=16).hexdigest()}")
    return "\n".join(found)


@dataclass(eq=False)
class ServiceManager:
    """Tells the service manager, where there is one, how the service is; nothing waits for it or stops for it."""

    log: Any
    #: What it had no room for and has to know; all else is soon said anew.
    _owed: tuple[str, ...] = ()
    _is_logged: bool = False

    def tell(self, message: str) -> None:
        """Say something, after what is owed; where there is no room for it, it is dropped, which is logged once."""
        if tell_systemd("\n".join((*self._owed, message))):
            self._owed = ()
        else:
            self._dropped(message)

    async def tell_in_time(self, message: str) -> None:
        """Say what is said once and has to be known: up to MANAGER_S are waited for room, and all else goes on meanwhile."""
        try:
            async with asyncio.timeout(MANAGER_S):
                with _line_to_manager() as line, suppress(OSError):
                    if line is not None:
                        await asyncio.get_running_loop().sock_sendall(line, message.encode())
        except TimeoutError:
            self._dropped(message)

    def _dropped(self, message: str) -> None:
        if message == READY:
            self._owed = (READY,)
        if not self._is_logged:
            self._is_logged = True
            self.log.warning("manager.full", dropped=message)


def tell_systemd(message: str) -> bool:
    """Tell the service manager something; return False where it does not read, so that there was no room for it.

    Where there is none, or one that does not listen, nobody is to be told, and nothing is to be said again.
    """
    with _line_to_manager() as line:
        try:
            if line is not None:
                line.send(message.encode())
        except BlockingIOError:
            return False
        except OSError:
            return True
    return True


@contextmanager
def _line_to_manager() -> Iterator[socket.socket | None]:
    """Open a line to the service manager; None where nobody listens."""
    address = os.environ.get("NOTIFY_SOCKET")
    with ExitStack() as opened:
        line = None
        if address:
            line = opened.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
            line.settimeout(0)  # this is said where posts are heard, which would wait with it
            try:
                line.connect(f"\0{address[1:]}" if address[0] == "@" else address)
            except OSError:
                line = None
        yield line
