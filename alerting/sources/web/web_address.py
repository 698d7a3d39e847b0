"""Addresses on the web that figures are read from: what they are called in messages, and which machines may be asked.

Where a name leads is looked up once for each request, judged, and that very address is asked: a name that leads elsewhere a
moment later leads nobody there.
"""

import ipaddress
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from alerting.errors import SourceUnavailable

if TYPE_CHECKING:  # loaded where figures are read: checking a rules folder looks at every source and reads none
    import httpx2

#: Longer ones are no addresses.
_LONGEST = 4_000
#: Addresses of IPv6 that stand for one of IPv4, by how many bits their last part has: mapped, and by NAT64.
_CARRIERS = (ipaddress.IPv6Network("::ffff:0:0/96"), ipaddress.IPv6Network("64:ff9b::/96"))

_IP = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True, kw_only=True)
class WebAddress:
    """An address, without the name and password that may stand in it; these are `sign_in`."""

    url: "httpx2.URL"
    sign_in: tuple[str, str] | None
    #: What it is called in messages: without what may be secret.
    shown: str

    def is_on_the_same_server(self, other: "httpx2.URL") -> bool:
        """Whether an address is of the same scheme, host and port."""
        return _server(self.url) == _server(other)


def web_address(text: str, name: str | None) -> WebAddress:
    """Read an address.

    Args:
        name: the secret that holds it; None: it stands in the rules, where anybody may read it.

    Raises:
        SourceUnavailable: it is none of http or https.
    """
    import httpx2

    what = f"the address in {name}" if name else f"the address {text!r}"
    try:
        url = httpx2.URL(text.strip()) if len(text) <= _LONGEST else httpx2.URL("")
    except httpx2.InvalidURL as error:
        raise SourceUnavailable(f"{what} is none of the web; write it like https://example.org/figures") from error
    if url.scheme not in ("http", "https") or not url.host:
        raise SourceUnavailable(f"{what} is none of the web; write it like https://example.org/figures")
    if url.userinfo and name is None:
        raise SourceUnavailable(
            f"the address on {url.host} holds a password, which belongs in no rule file; put it into a secret, and name"
            " that in `url_from`"
        )
    sign_in = None
    if url.userinfo:
        user, _, password = url.userinfo.decode("ascii").partition(":")
        sign_in = unquote(user), unquote(password)
    plain = url.copy_with(username=None, password=None, fragment=None)
    server = f"{plain.scheme}://{plain.netloc.decode('ascii')}"
    shown = f"{server} ({name})" if name else f"{server}{plain.path}"
    return WebAddress(url=plain, sign_in=sign_in, shown=shown)


def machines_of(address: WebAddress, *, private: bool) -> list[str]:
    """Return where an address leads, as numbers, in the order in which they are to be tried.

    Raises:
        OSError: nobody knows its name.
        SourceUnavailable: it leads to a machine that may not be asked.
    """
    url = address.url
    port = url.port or (443 if url.scheme == "https" else 80)
    found = socket.getaddrinfo(url.host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    machines = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for machine in machines:
        trouble = _trouble_with(ipaddress.ip_address(machine.partition("%")[0]), private=private)
        if trouble is not None:
            raise SourceUnavailable(f"{address.shown}: {url.host} is {machine}, {trouble}")
    return machines


def _trouble_with(machine: _IP, *, private: bool) -> str | None:
    """Return why a machine may not be asked; None: it may."""
    machine = _carried(machine)
    if machine.is_link_local or machine.is_multicast or machine.is_unspecified:
        return "an address that holds no figures for anybody; name the server that has them"
    if machine.is_global or private:
        return None
    return "an address inside this network; where that is meant, write `private: true` in the source"


def _carried(machine: _IP) -> _IP:
    """Return the address of IPv4 that one of IPv6 stands for."""
    if isinstance(machine, ipaddress.IPv6Address) and any(machine in carrier for carrier in _CARRIERS):
        return ipaddress.IPv4Address(int(machine) & 0xFFFF_FFFF)
    return machine


def _server(url: "httpx2.URL") -> tuple[str, str, int]:
    return url.scheme, url.host.casefold(), url.port or (443 if url.scheme == "https" else 80)
