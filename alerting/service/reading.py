"""Reading answers beside judging and sending: a mailbox that cannot be read is said once, and holds up nothing else."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from alerting.app.engine import Engine
from alerting.domain.inbox import InboxEntry, Standing
from alerting.errors import AlertingError
from alerting.ports.state import Store
from alerting.service.ailments import Ailments, Backoff


@dataclass(eq=False, kw_only=True)
class Reading:
    """Reads the mailbox, and remembers what is wrong with it.

    Args:
        log: where events go.
        ailments: why there are no signs of life; a mailbox that cannot be read is one.
    """

    store: Store
    log: Any
    ailments: Ailments
    _patience: Backoff = field(default_factory=Backoff)

    async def read(self, engine: Engine, stop: Callable[[], bool]) -> bool:
        """Take in what has come, where there is a mailbox; say whether anything had.

        Args:
            stop: says whether to leave the rest for the next time.
        """
        now = engine.clock.now()
        if engine.settings.imap_url is None or self._patience.waits(now):
            return False
        entries: list[InboxEntry] = []
        try:
            emptied, entries = await asyncio.to_thread(engine.read_mailbox, self.store, stop)
        except AlertingError as error:
            self._patience.failed(now)
            self._note(str(error), engine)
        except Exception:
            next_try = self._patience.failed(now)
            self.log.exception("mailbox.broken", next_try=next_try.isoformat(timespec="seconds"))
        else:
            self._patience = Backoff()
            self._note(emptied.trouble, engine)
        for entry in entries:
            note = self.log.warning if entry.standing is Standing.ASIDE else self.log.info
            note("mail.read", mail=entry.id, sender=entry.sender, standing=entry.standing.value, outcome=entry.outcome)
        return bool(entries)

    def _note(self, trouble: str | None, engine: Engine) -> None:
        new, over = self.ailments.note("mailbox", {} if trouble is None else {"mailbox": trouble})
        if new:
            self.log.error("mailbox.failed", error=trouble)
        if over:
            self.log.info("mailbox.works", mailbox=engine.settings.mailbox)
