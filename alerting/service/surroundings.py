"""What is around the service: the rule files it looks at, and the service manager it tells how it is."""

import os
import socket
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

#: How long the service manager may take to hear something, in seconds.
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


def tell_systemd(message: str) -> None:
    """Tell the service manager how we are, where there is one."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    # A manager that does not listen is no reason to stop working, or to wait for it.
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.settimeout(MANAGER_S)
        line.connect(f"\0{address[1:]}" if address[0] == "@" else address)
        line.sendall(message.encode())
