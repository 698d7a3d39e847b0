"""A connection to a mail server, up to where it takes a sender: encrypted, verified, signed in."""

import asyncio
import re
import socket
import ssl
from contextlib import suppress
from functools import cache

from aiosmtplib import SMTP, SMTPAuthenticationError, SMTPException, SMTPHeloError

from alerting.domain.tls import Tls
from notifiers.smtp.dial import open_socket, valid_between
from notifiers.smtp.timeouts import Timeouts
from notifiers.smtp.url import SmtpAddress

#: The greeting of a machine that has no full name.
ADDRESS_LITERAL = "[127.0.0.1]"


class Unfit(SMTPException):
    """The server is reached and lacks what is asked of it; the next connection would find the same."""


async def connected(address: SmtpAddress, timeouts: Timeouts, hello: str = "") -> SMTP:
    """Return a connection that is encrypted and signed in as *address* asks.

    Args:
        hello: the name to greet with; empty: this machine's.

    Raises:
        SMTPException, OSError: something on the way failed; the connection is closed.
    """
    client = await _reached(address, timeouts, hello)
    try:
        await _greet(client)
        if address.tls is Tls.STARTTLS:
            if not client.supports_extension("starttls"):
                raise Unfit("TLS required, but the server offers no STARTTLS; nothing was sent")  # noqa: TRY301  # closed below like the rest
            await client.starttls(timeout=timeouts.connect_s)
            await _greet(client)
        if address.user is not None:
            await _sign_in(client, address.user, address.password or "", encrypted=address.tls is not Tls.NONE)
        ensure_in_step(client)
    except BaseException:
        client.close()
        raise
    return client


async def certificate_dates(address: SmtpAddress, timeouts: Timeouts) -> str:
    """Say from when to when the server's certificate holds; empty where it cannot be had.

    Connects once more, verifies nothing, and says nothing but the hello that leads to the certificate.
    """
    with suppress(SMTPException, OSError, ValueError):
        async with asyncio.timeout(timeouts.connect_s):
            client = await _reached(address, timeouts, verified=False)
            try:
                if address.tls is Tls.STARTTLS:
                    await client.starttls(timeout=timeouts.connect_s)
                shown = client.get_transport_info("ssl_object").getpeercert(binary_form=True)
            finally:
                client.close()
            since, until = valid_between(shown)
            return f"it is valid from {since:%Y-%m-%d} until {until:%Y-%m-%d}"
    return ""


def unverified(error: BaseException) -> ssl.SSLCertVerificationError | None:
    """Return the doubt about the server's certificate that *error* is or comes from."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLCertVerificationError):
        cause = cause.__cause__
    return cause


def refused_for_good(error: Exception) -> bool:
    """Say whether another connection would find the same: the certificate, the encryption or the sign-in is refused."""
    if isinstance(error, SMTPAuthenticationError):
        return error.code >= 500
    return isinstance(error, Unfit) or unverified(error) is not None


def ensure_in_step(client: SMTP) -> None:
    """Make sure that no answer is left over, which would be taken for that to the next command.

    Raises:
        SMTPException: one is.
    """
    protocol = client.protocol
    if protocol is not None and protocol._buffer:  # noqa: SLF001  # the library keeps it and tells nobody
        raise SMTPException("no SMTP answer: the server said more than it was asked")


async def _reached(address: SmtpAddress, timeouts: Timeouts, hello: str = "", *, verified: bool = True) -> SMTP:
    # Whatever takes time comes before the socket is opened: from then on it belongs to the connection that is made of it.
    name = hello or await asyncio.to_thread(own_name)
    encryption = None if address.tls is Tls.NONE else await asyncio.to_thread(_encryption, verified=verified)
    line = await open_socket(address.host, address.port, timeout_s=timeouts.connect_s)
    client = SMTP(
        hostname=address.host,
        port=None,
        sock=line,
        local_hostname=name,
        timeout=timeouts.command_s,
        use_tls=address.tls is Tls.IMPLICIT,
        start_tls=False,  # done by hand, where a server that does not offer it is refused in our words
        tls_context=encryption,
    )
    try:
        await client.connect(timeout=timeouts.connect_s)
        ensure_in_step(client)
    except BaseException:
        client.close()
        raise
    return client


@cache
def own_name() -> str:
    """Return what to greet with: this machine's full name, else an address; asked for once since that may take seconds.

    Many servers refuse a greeting with a bare name (RFC 5321, 4.1.4 asks for one of these two).
    """
    name = socket.getfqdn()
    is_full = "." in name.strip(".") and re.fullmatch(r"[A-Za-z0-9.-]+", name) is not None
    return name if is_full else ADDRESS_LITERAL


def _encryption(*, verified: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not verified:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


async def _greet(client: SMTP) -> None:
    try:
        await client.ehlo()
    except SMTPHeloError as error:
        if not 500 <= error.code < 600:
            raise
        await client.helo()
    ensure_in_step(client)


async def _sign_in(client: SMTP, user: str, password: str, *, encrypted: bool) -> None:
    """Sign in with one method, once: a wrong password that is tried three ways can lock the account."""
    offered = client.supported_auth_methods
    if "plain" in offered and (encrypted or "cram-md5" not in offered):
        await client.auth_plain(user, password)
    elif "cram-md5" in offered:
        try:
            await client.auth_crammd5(user, password)
        except ValueError as error:
            raise Unfit("the server's challenge for the sign-in (CRAM-MD5) cannot be read") from error
    elif "login" in offered:
        await client.auth_login(user, password)
    else:
        raise Unfit("the server offers no way to sign in that is known here (PLAIN, LOGIN, CRAM-MD5)")
