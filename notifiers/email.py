"""Mail through a mail server."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from alerting.domain.notice import Delivery, Message
from alerting.errors import DeliveryFailed, UsageError
from alerting.ports import ChannelContext, Receipt
from notifiers.mime import Sender, Unsendable, mail, mailbox_of
from notifiers.smtp.url import SmtpAddress

if TYPE_CHECKING:
    from notifiers.smtp.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailSettings:
    """Nothing to set in the rules: the server and its password are the service's own."""


class Email:
    """Hands notices to the mail server of `ALERTING_SMTP_URL`, one recipient a message.

    The line is encrypted and the server's certificate verified unless the address says `tls=none`; a certificate of a
    private authority is trusted where `SSL_CERT_FILE` names its file.
    """

    kind: ClassVar[str] = "email"
    Settings: ClassVar[type] = EmailSettings
    connections = 1

    def __init__(
        self,
        context: ChannelContext,
        *,
        connect_timeout_s: float = 30,
        command_timeout_s: float = 300,
        data_timeout_s: float = 600,
    ) -> None:
        """Read the settings.

        Args:
            connect_timeout_s: for the connection, the greeting and the TLS handshake, each.
            command_timeout_s: as RFC 5321, 4.5.3.2 asks.
            data_timeout_s: as RFC 5321, 4.5.3.2.6 asks; a shorter one makes doubles.

        Raises:
            UsageError: the server's, the sender's or the reply address is missing or wrong.
        """
        if not context.smtp_url:
            raise UsageError(
                "ALERTING_SMTP_URL is not set, so no mail can be sent; write it like smtp://mail.example.org"
            )
        self._address = SmtpAddress.parse(context.smtp_url)
        self._sender = Sender.of(context.mail_from, context.reply_to)
        self._timeouts_s = (connect_timeout_s, command_timeout_s, data_timeout_s)
        self._session: Session | None = None

    async def __aenter__(self) -> "Email":
        # Loaded here: checking a rules folder looks at every notifier and sends nothing.
        from notifiers.smtp.session import Session

        connect_s, command_s, data_s = self._timeouts_s
        self._session = Session(
            self._address, connect_timeout_s=connect_s, command_timeout_s=command_s, data_timeout_s=data_s
        )
        return self

    async def __aexit__(self, *exc: object) -> None:
        session, self._session = self._session, None
        if session is None:
            return
        if any(exc):
            session.hang_up()
        else:
            await session.close()

    async def send(
        self,
        delivery: Delivery,
        message: Message,
        *,
        at: datetime,
        before_data: Callable[[], Awaitable[None]] | None = None,
    ) -> Receipt:
        """Hand one message over; connects at the first.

        Raises:
            DeliveryFailed: permanent where this address or message was refused for good; of the whole channel where the
                server, the line or the sign-in failed.
        """
        assert self._session is not None, "used outside `async with`"
        try:
            recipient = mailbox_of(delivery.address).addr_spec
            built = mail(delivery, message, self._sender, at=at).as_bytes()
        except Unsendable as error:
            raise DeliveryFailed(str(error), permanent=True) from error
        if before_data is not None:
            await before_data()
        return Receipt(reply=await self._session.submit(self._sender.mailbox.addr_spec, recipient, built))
