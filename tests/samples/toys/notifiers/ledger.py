"""A file with a line for each message, for those who count them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from alerting.domain.notify.notice import Delivery, Message
from alerting.errors import DeliveryFailed
from alerting.ports import ChannelContext, Receipt

LONGEST_SUBJECT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerSettings:
    """Where the file is, and what is written before each line so that it can be told from made-up ones."""

    name: str = field(default="ledger.txt", metadata={"description": "The name of the file in the output folder"})
    stamp_from: str | None = field(
        default=None, metadata={"description": "The secret that marks each line", "secret": True}
    )


class Ledger:
    """Writes a line for each message."""

    kind: ClassVar[str] = "ledger"
    Settings: ClassVar[type] = LedgerSettings
    by_address: ClassVar[bool] = False
    connections = 1

    def __init__(self, context: ChannelContext) -> None:
        """Read the settings."""
        self._path = context.out_dir / context.channel.settings.get("name", LedgerSettings().name)
        self._stamp = context.secrets.get("stamp_from", "")

    async def __aenter__(self) -> "Ledger":
        return self

    async def __aexit__(self, *exc: object) -> None:
        return None

    async def knock(self) -> None:
        """Find out whether the file can be written.

        Raises:
            DeliveryFailed: it cannot.
        """
        self._write("")

    async def send(
        self,
        delivery: Delivery,
        message: Message,
        *,
        at: datetime,
        before_data: Callable[[], Awaitable[None]] | None = None,
    ) -> Receipt:
        """Write one line.

        Raises:
            DeliveryFailed: of the whole channel where the file cannot be written; permanent where a subject is too long.
        """
        if len(message.subject) > LONGEST_SUBJECT or "\n" in delivery.address:
            raise DeliveryFailed("does not fit a line", permanent=True)
        if before_data is not None:
            await before_data()
        self._write(f"{self._stamp}{at:%Y-%m-%d} {delivery.address} {message.subject}\n")
        return Receipt(reply=f"written to {self._path}")

    def _write(self, line: str) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(line)
        except OSError as error:
            raise DeliveryFailed(f"{self._path} cannot be written: {error.strerror}", channel=True) from error
