"""Mails as files in a folder, for trying things out and for keeping copies."""

import hashlib
import os
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from alerting.domain.notify.notice import Delivery, Message
from alerting.errors import DeliveryFailed, UsageError
from alerting.ports import ChannelContext, Receipt
from notifiers.mime import Sender, Unsendable, mail, unaddressed

_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")
#: Long enough to tell subjects apart, short enough for every file system.
_SLUG_LENGTH = 60
_KEPT = re.compile(r".+-(?P<token>[0-9a-f]{12})\.eml")


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderSettings:
    """Where the files go."""

    path: str | None = field(
        default=None, metadata={"description": "A folder inside the service's output folder; default: that one itself"}
    )


class Folder:
    """Writes each notice as one .eml file that mail programs open.

    A second attempt of the same delivery writes the same file again, so nothing doubles. Rules write nowhere else: the
    folder lies inside the output folder.
    """

    kind: ClassVar[str] = "folder"
    Settings: ClassVar[type] = FolderSettings
    #: Whoever opens the folder reads what is in it: an owner needs no mail address.
    by_address: ClassVar[bool] = False
    asks: ClassVar[tuple[str, ...]] = ("mail_from", "reply_to")
    connections = 1

    def __init__(self, context: ChannelContext) -> None:
        """Read the settings.

        Raises:
            UsageError: the path leads out of the output folder, or the sender's address is wrong.
        """
        inside = context.channel.settings.get("path") or "."
        root = context.out_dir.resolve()
        self._folder = (root / inside).resolve()
        if not self._folder.is_relative_to(root):
            raise UsageError(
                f"channel {context.channel.id}: path {inside!r} leads out of the output folder {root};"
                " name a folder inside it"
            )
        self._sender = Sender.of(context.service["mail_from"], context.service.get("reply_to"))
        self._names: dict[str, str] = {}

    async def __aenter__(self) -> "Folder":
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            kept = (_KEPT.fullmatch(path.name) for path in self._folder.iterdir())
            self._names = {match["token"]: match[0] for match in kept if match}
        except OSError as error:
            raise _unwritable(self._folder, error) from error
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._names.clear()

    async def knock(self) -> None:
        """Find out whether the folder can be written to.

        Raises:
            DeliveryFailed: it cannot.
        """
        if not os.access(self._folder, os.W_OK | os.X_OK):
            raise DeliveryFailed(f"{self._folder} cannot be written", channel=True)

    async def send(
        self,
        delivery: Delivery,
        message: Message,
        *,
        at: datetime,
        before_data: Callable[[], Awaitable[None]] | None = None,
    ) -> Receipt:
        """Write one message.

        Raises:
            DeliveryFailed: permanent where the message can never be a mail; of the whole channel where writing failed.
        """
        try:
            written = unaddressed if delivery.address == delivery.owner else mail  # an id is no address
            built = written(delivery, message, self._sender, at=at)
        except Unsendable as error:
            raise DeliveryFailed(str(error), permanent=True) from error
        token = hashlib.sha256(delivery.message_id.encode()).hexdigest()[:12]
        stem = f"{at:%Y%m%dT%H%M%S}-{_slug(delivery.owner)}-{_slug(message.subject)}"
        path = self._folder / self._names.setdefault(token, f"{stem}-{token}.eml")
        if before_data is not None:
            await before_data()
        try:
            _replace(path, built)
        except OSError as error:
            raise _unwritable(path, error) from error
        return Receipt(reply=f"written to {path}")


def _replace(path: Path, content: bytes) -> None:
    """Write the whole file or none: a reader of the folder never sees half a mail."""
    unfinished = path.with_suffix(".unfinished")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def _slug(text: str) -> str:
    return _NOT_IN_NAMES.sub("-", text.lower()).strip("-")[:_SLUG_LENGTH].strip("-") or "notice"


def _unwritable(path: Path, error: OSError) -> DeliveryFailed:
    return DeliveryFailed(f"{path} cannot be written: {(error.strerror or str(error)).lower()}", channel=True)
