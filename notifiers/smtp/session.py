"""One reused connection to a mail server, and what its answers mean.

Which step failed decides what the failure means (RFC 5321): up to MAIL it is the server's or ours, so every message
waits; at RCPT and DATA it is this message's.
"""

import base64
from ssl import SSLError

from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPHeloError,
    SMTPRecipientRefused,
    SMTPResponseException,
)

from alerting.errors import DeliveryFailed
from notifiers.smtp.url import SmtpAddress, Tls

#: Many relays hang up after some number of messages; we hang up first.
MESSAGES_PER_CONNECTION = 50
#: So many messages in a row during which the line broke, and the server counts as down.
BROKEN_LINES = 3
#: The server says goodbye: whatever the step, it takes nothing more now.
_CLOSING = 421
#: "Mailbox full" is written with a permanent code by some servers and passes (RFC 5321, 4.5.3.1.10).
_FULL = 552


class Session:
    """Hands messages to one mail server, one after the other, over as few connections as it allows.

    Args:
        connect_timeout_s: for the connection, the greeting and the TLS handshake, each.
        command_timeout_s: for the answer to any other command.
        data_timeout_s: for the answer to the whole message. A short one makes doubles: the server may have it already.
    """

    def __init__(
        self, address: SmtpAddress, *, connect_timeout_s: float, command_timeout_s: float, data_timeout_s: float
    ) -> None:
        self._address = address
        self._connect_timeout_s = connect_timeout_s
        self._command_timeout_s = command_timeout_s
        self._data_timeout_s = data_timeout_s
        self._client: SMTP | None = None
        self._handed_over = 0
        self._broken_lines = 0

    async def submit(self, sender: str, recipient: str, message: bytes) -> str:
        """Hand one message over to one recipient and return the server's answer.

        Raises:
            DeliveryFailed: see the module.
        """
        client = await self._ready(sender)
        handing_over = False
        try:
            await self._recipient(client, recipient)
            handing_over = True
            reply = await self._data(client, message)
        except SMTPResponseException as error:
            raise await self._refused(error) from error
        except (SMTPException, OSError) as error:
            raise self._broken(error, handing_over=handing_over) from error
        self._broken_lines = 0
        self._handed_over += 1
        return reply

    async def close(self) -> None:
        """Say goodbye and hang up; whatever the server says to that is no concern any more."""
        try:
            if self._client is not None and self._client.is_connected:
                await self._client.quit(timeout=self._connect_timeout_s)
        except (SMTPException, OSError):
            pass
        finally:
            self.hang_up()

    def hang_up(self) -> None:
        """Cut the line, in the middle of a message if need be: what is not finished is not taken."""
        client, self._client, self._handed_over = self._client, None, 0
        if client is not None:
            client.close()

    async def _ready(self, sender: str) -> SMTP:
        """Return a connection on which MAIL was accepted, a fresh one where the old one is not as it should be."""
        if self._client is not None and self._handed_over < MESSAGES_PER_CONNECTION:
            try:
                await self._client.rset()
                await self._client.mail(sender)
                return self._client
            except (SMTPException, OSError):
                pass  # nothing was handed over yet: a fresh connection will tell what is wrong, if anything is
        await self.close()
        try:
            self._client = await self._connected()
            await self._client.mail(sender)
            return self._client
        except (SMTPException, OSError) as error:
            await self.close()
            raise DeliveryFailed(f"{self._address.place}: {self._words(error)}", channel=True) from error

    async def _connected(self) -> SMTP:
        address = self._address
        client = SMTP(
            hostname=address.host,
            port=address.port,
            timeout=self._command_timeout_s,
            use_tls=address.tls is Tls.IMPLICIT,
            start_tls=False,  # done below, where a server that does not offer it is refused in our words
        )
        try:
            await client.connect(timeout=self._connect_timeout_s)
            await _greet(client)
            if address.tls is Tls.STARTTLS:
                if not client.supports_extension("starttls"):
                    raise SMTPException("TLS required, but the server offers no STARTTLS; nothing was sent")  # noqa: TRY301  # closed below like the rest
                await client.starttls(timeout=self._connect_timeout_s)
                await _greet(client)
            if address.user is not None:
                await _sign_in(client, address.user, address.password or "", encrypted=address.tls is not Tls.NONE)
        except BaseException:
            client.close()
            raise
        return client

    async def _recipient(self, client: SMTP, recipient: str) -> None:
        try:
            await client.rcpt(recipient)
        except SMTPRecipientRefused as error:
            if not 200 <= error.code < 300:  # 252: not verified, but taken
                raise

    async def _data(self, client: SMTP, message: bytes) -> str:
        try:
            code, reply = await client.data(message, timeout=self._data_timeout_s)
        except SMTPDataError as error:
            if not 200 <= error.code < 300:  # 251: taken, and forwarded
                raise
            code, reply = error.code, error.message
        return self._without_secrets(f"{code} {reply}")

    async def _refused(self, error: SMTPResponseException) -> DeliveryFailed:
        """Say what a refusal at RCPT or DATA means; the connection stays usable unless the server left or babbled."""
        closing = error.code == _CLOSING
        permanent = 500 <= error.code < 600 and not (isinstance(error, SMTPRecipientRefused) and error.code == _FULL)
        if closing or error.code < 0:
            await self.close()
        return DeliveryFailed(self._words(error), permanent=permanent, channel=closing)

    def _broken(self, error: Exception, *, handing_over: bool) -> DeliveryFailed:
        """Say what a lost line or an answer that never came means: this message waits, and after some, all do."""
        self.hang_up()
        self._broken_lines += 1
        words = self._words(error) + ("; the server may have taken the message" if handing_over else "")
        return DeliveryFailed(words, channel=self._broken_lines >= BROKEN_LINES, unknown=handing_over)

    def _words(self, error: Exception) -> str:
        if isinstance(error, SMTPResponseException):
            words = f"{error.code} {error.message}" if error.code > 0 else f"no SMTP answer: {error.message}"
        elif isinstance(error, SSLError):
            words = f"TLS failed: {getattr(error, 'verify_message', '') or error.reason or error}"
        else:
            words = str(error) or type(error).__name__
        return self._without_secrets(words)

    def _without_secrets(self, words: str) -> str:
        """Take the password out of what a server may have echoed, and line breaks with it."""
        user, password = self._address.user or "", self._address.password
        for secret in (password, f"\0{user}\0{password}") if password else ():
            words = words.replace(secret, "***").replace(base64.b64encode(secret.encode()).decode(), "***")
        return " ".join(words.encode("utf-8", "replace").decode("utf-8").split())


async def _greet(client: SMTP) -> None:
    try:
        await client.ehlo()
    except SMTPHeloError:
        await client.helo()


async def _sign_in(client: SMTP, user: str, password: str, *, encrypted: bool) -> None:
    """Sign in with one method, once: a wrong password that is tried three ways can lock the account."""
    offered = client.supported_auth_methods
    if "plain" in offered and (encrypted or "cram-md5" not in offered):
        await client.auth_plain(user, password)
    elif "cram-md5" in offered:
        await client.auth_crammd5(user, password)
    elif "login" in offered:
        await client.auth_login(user, password)
    else:
        raise SMTPException("the server offers no way to sign in that is known here (PLAIN, LOGIN, CRAM-MD5)")
