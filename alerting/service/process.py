"""The service as a process: loops side by side, which judge, send, read answers and listen, and how they end."""

import asyncio
import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from alerting.service.loop import Service
from alerting.service.surroundings import READY, ServiceManager

#: How long what is under way may take when the service is told to stop. systemd waits for 45 seconds.
GRACE_S = 30
#: Work that takes longer hangs: the service manager is no longer told that all is well, and starts the service anew.
HANGS_AFTER_S = 3600.0
JUDGING, SENDING, READING, LISTENING = "judging", "sending", "reading", "listening"


@dataclass(eq=False)
class Loops:
    """Rings the service's bells, each loop's its own: none waits for another.

    A server may hang, and a tick take long; what is judged, adopted or corrected waits for no message, and no message for a tick.
    """

    service: Service
    #: By loop: since when it is at work, and its bell.
    _busy_since_s: dict[str, float] = field(default_factory=dict)
    _bells: dict[str, asyncio.Event] = field(
        default_factory=lambda: {one: asyncio.Event() for one in (JUDGING, SENDING, READING)}
    )
    _manager: ServiceManager = field(init=False)

    def __post_init__(self) -> None:
        """Log with the service."""
        self._manager = ServiceManager(self.service.log)

    async def run(self, bell_s: float) -> None:
        """Work at every bell until told to stop; what is under way is finished first."""
        service, loop = self.service, asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop, number)
        await self._listen()
        rules, settings = service.engine.rules, service.engine.settings
        service.log.info(
            "service.started",
            rules=len(rules.rules),
            version=rules.version,
            next_tick=service.next_tick().isoformat(timespec="seconds"),
            mail_server=settings.mail_server,
            redirected_to=settings.redirect_all_to,
            database=settings.database_name,
            sources=list(rules.sources),
            listens=settings.listen,
            **settings.notes,
        )
        await self._manager.tell_in_time(READY)
        bell = asyncio.create_task(self._ring_every(bell_s))
        work = {asyncio.create_task(self._loop(what)) for what in self._bells}
        for one in work:  # a loop that broke must not leave a service that idles
            one.add_done_callback(lambda _: service.stopping.set())
        await service.stopping.wait()
        await self._manager.tell_in_time("STOPPING=1")
        self._ring_all()
        if service.listening is not None:
            await service.listening.close()
        _, busy = await asyncio.wait(work, timeout=GRACE_S)
        if busy:
            # A thread cannot be stopped from outside. What it has not committed is done anew at the next start.
            since = min(self._busy_since_s.values(), default=time.monotonic())
            service.log.error("service.abandoned", busy_s=round(time.monotonic() - since))
            os._exit(1)
        await bell
        for one in work:
            one.result()
        service.log.info("service.stopped")

    async def _listen(self) -> None:
        """Listen where the settings say so; what is posted rings the bell of what judges."""
        settings, listening = self.service.engine.settings, self.service.listening
        if settings.listen is None or listening is None:
            return
        listening.wake = partial(asyncio.get_running_loop().call_soon_threadsafe, self._bells[JUDGING].set)
        await listening.open(settings.listen, settings.listen_tokens)
        self._bells[LISTENING] = asyncio.Event()

    async def _loop(self, what: str) -> None:
        """Judge, send, read or see to tokens at every bell: none waits for another, as a server may hang and a tick take long."""
        bell = self._bells[what]
        while not self.service.stopping.is_set():
            bell.clear()
            self._busy_since_s[what] = time.monotonic()
            if what == SENDING:
                await self.service.send()
            elif what == READING:
                await self.service.read()
            elif what == LISTENING and self.service.listening is not None:
                await asyncio.to_thread(self.service.listening.look)
            elif await self.service.judge():
                self.service.give_a_sign()
            del self._busy_since_s[what]
            self._manager.tell(f"STATUS={self._status()}")
            await bell.wait()

    async def _ring_every(self, bell_s: float) -> None:
        """Ring the bells until told to stop, by a clock that nobody can set: the wall's may be set back by hours."""
        while not self.service.stopping.is_set():
            self._ring_all()
            if all(time.monotonic() - since < HANGS_AFTER_S for since in self._busy_since_s.values()):
                self._manager.tell("WATCHDOG=1")
            with suppress(TimeoutError):
                await asyncio.wait_for(self.service.stopping.wait(), bell_s)

    def _ring_all(self) -> None:
        for bell in self._bells.values():
            bell.set()

    def _stop(self, number: int) -> None:
        """Stop after what is under way; at the second signal, at once."""
        if self.service.stopping.is_set():
            os._exit(128 + number)
        self.service.stopping.set()

    def _status(self) -> str:
        if self.service.doubt is not None:
            return f"paused: {self.service.doubt}"
        listens = f"; listens on {self.service.engine.settings.listen}" if self.service.listening is not None else ""
        rules = len(self.service.engine.rules.rules)
        return f"{rules} rules; next tick {self.service.next_tick():%a %d %b %H:%M}{listens}"
