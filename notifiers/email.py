"""Mail through a mail server."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from alerting.domain.notify.notice import Delivery, Message
from alerting.errors import DeliveryFailed, UsageError
from alerting.ports import ChannelContext, Receipt
from notifiers.mime import Sender, Unsendable, is_automatic_reply, mail, mailbox_of
from notifiers.selftest import header_fault
from notifiers.smtp.timeouts import Timeouts
from notifiers.smtp.url import SmtpAddress

if TYPE_CHECKING:
    from notifiers.smtp.pool import Pool

#: Larger pools are a mistake: servers allow each client a handful.
MOST_CONNECTIONS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailSettings:
    """How mail is sent; the server and its password are the service's own settings."""

    connections: int = field(
        default=4, metadata={"description": f"Connections to the mail server at once, 1 to {MOST_CONNECTIONS}"}
    )


class Email:
    """Hands notices to the mail server of `ALERTING_SMTP_URL`, one recipient a message, several at once.

    The line is encrypted and the server's certificate verified unless the address says `tls=none`; a certificate of a
    private authority is trusted where `SSL_CERT_FILE` names its file.
    """

    kind: ClassVar[str] = "email"
    Settings: ClassVar[type] = EmailSettings
    asks: ClassVar[tuple[str, ...]] = ("smtp_url", "mail_from", "reply_to", "helo_name")

    def __init__(
        self,
        context: ChannelContext,
        *,
        connect_timeout_s: float = 30,
        command_timeout_s: float = 300,
        approach_timeout_s: float = 300,
        data_timeout_s: float = 600,
    ) -> None:
        """Read the settings.

        Args:
            connect_timeout_s: for the connection (all the server's addresses together), the greeting and the TLS
                handshake, each.
            command_timeout_s: for the answer to any other command, as RFC 5321, 4.5.3.2 asks.
            approach_timeout_s: for everything before the message itself together.
            data_timeout_s: for the answer to the message, as RFC 5321, 4.5.3.2.6 asks; a shorter one makes doubles.

        Raises:
            UsageError: the server's, the sender's or the reply address is missing or wrong, or mails would not be safe.
        """
        service = context.service
        if not service.get("smtp_url"):
            raise UsageError(
                "ALERTING_SMTP_URL is not set, so no mail can be sent; write it like smtp://mail.example.org"
            )
        self.connections: int = context.channel.settings.get("connections", EmailSettings().connections)
        if not 1 <= self.connections <= MOST_CONNECTIONS:
            raise UsageError(
                f"channel {context.channel.id}: connections is {self.connections};"
                f" write a number from 1 to {MOST_CONNECTIONS}"
            )
        if fault := header_fault():
            raise UsageError(f"no mail is sent: {fault}")
        self._address = SmtpAddress.parse(service["smtp_url"])
        self._sender = Sender.of(service["mail_from"], service.get("reply_to"))
        self._hello = service.get("helo_name", "")
        self._timeouts = Timeouts(
            connect_s=connect_timeout_s,
            command_s=command_timeout_s,
            approach_s=approach_timeout_s,
            data_s=data_timeout_s,
        )
        self._pool: Pool | None = None

    async def __aenter__(self) -> "Email":
        # Loaded here: checking a rules folder looks at every notifier and sends nothing.
        from notifiers.smtp.pool import Pool
        from notifiers.smtp.session import Session

        self._pool = Pool(lambda: Session(self._address, self._timeouts, self._hello), connections=self.connections)
        return self

    async def __aexit__(self, *exc: object) -> None:
        pool, self._pool = self._pool, None
        if pool is None:
            return
        if any(exc):
            pool.hang_up()
        else:
            await pool.close()

    async def knock(self) -> None:
        """Find out whether the server lets us in and takes our sender; sends nothing.

        Raises:
            DeliveryFailed: it does not.
        """
        assert self._pool is not None, "used outside `async with`"
        await self._pool.knock(self._sender.mailbox.addr_spec)

    async def send(
        self,
        delivery: Delivery,
        message: Message,
        *,
        at: datetime,
        before_data: Callable[[], Awaitable[None]] | None = None,
    ) -> Receipt:
        """Hand one message over; connects when it has to. Several tasks may call it at the same time.

        Args:
            before_data: awaited when the server has taken sender and recipient, before any of the message leaves.

        Raises:
            DeliveryFailed: permanent where this address or message was refused for good; of the whole channel where the
                server, the line or the sign-in failed; of unknown outcome only after `before_data` has returned.
        """
        from notifiers.smtp.session import Envelope

        assert self._pool is not None, "used outside `async with`"
        try:
            recipient = mailbox_of(delivery.address).addr_spec
            built = mail(delivery, message, self._sender, at=at)
        except Unsendable as error:
            raise DeliveryFailed(str(error), permanent=True) from error
        back = delivery.return_to or self._sender.mailbox.addr_spec
        letter = Envelope(sender="" if is_automatic_reply(message) else back, recipient=recipient, content=built)
        return Receipt(reply=await self._pool.submit(letter, before_data))
