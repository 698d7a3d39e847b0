"""Reaching a mail server over the first of its addresses that answers, and what it shows of itself."""

import asyncio
import os
import socket
from datetime import UTC, datetime


async def open_socket(host: str, port: int, *, timeout_s: float) -> socket.socket:
    """Return a connected socket.

    Each address has its share of the time, so that a dead one leaves some to the next.

    Raises:
        OSError: none answers; names each with its reason, and leaves host and port to the caller.
    """
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(timeout_s):
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        raise ConnectionError(f"no connection: {_why(error)}") from error
    refusals = []
    for family, kind, protocol, _, address in found:
        at = "" if address[0] == host else f"{address[0]}: "
        line = socket.socket(family, kind, protocol)
        line.settimeout(0)
        try:
            async with asyncio.timeout(timeout_s / len(found)):
                await loop.sock_connect(line, address)
            return line
        except TimeoutError:
            line.close()
            refusals.append(f"{at}no answer")
        except OSError as error:
            line.close()
            refusals.append(f"{at}{_why(error)}")
        except BaseException:
            line.close()
            raise
    raise ConnectionError(f"no connection: {'; '.join(refusals) or 'it has no address'}")


def _why(error: OSError) -> str:
    """Return the system's words: asyncio puts its own with the address, as a Python tuple, in their place."""
    if error.errno is None or isinstance(error, socket.gaierror):  # whose numbers are others
        return (error.strerror or str(error)).lower()
    return os.strerror(error.errno).lower()


def valid_between(certificate: bytes) -> tuple[datetime, datetime]:
    """Return the instants between which a certificate (DER, X.509) holds.

    The standard library reads only certificates that it trusts, and it is the others that somebody asks about.

    Raises:
        ValueError: it is no certificate.
    """
    try:
        body = _content(_content(certificate))
        # Version (where it is given), serial number, signature algorithm, issuer, validity.
        for _ in range(3 + (body[0] == _VERSION)):
            body = _after(body)
        validity = _content(body)
        return _instant(validity), _instant(_after(validity))
    except IndexError as error:
        raise ValueError("cut short") from error


#: The tag of a certificate's version.
_VERSION = 0xA0
#: The tag of a time with a year of two digits; the other has four.
_SHORT_TIME = 0x17


def _bounds(der: bytes) -> tuple[int, int]:
    """Return where the first element's content begins and ends."""
    length, begin = der[1], 2
    if length >= 0x80:
        begin += length - 0x80
        length = int.from_bytes(der[2:begin])
    return begin, begin + length


def _content(der: bytes) -> bytes:
    begin, end = _bounds(der)
    return der[begin:end]


def _after(der: bytes) -> bytes:
    return der[_bounds(der)[1] :]


def _instant(der: bytes) -> datetime:
    written = "%y%m%d%H%M%SZ" if der[0] == _SHORT_TIME else "%Y%m%d%H%M%SZ"
    return datetime.strptime(_content(der).decode("ascii"), written).replace(tzinfo=UTC)
