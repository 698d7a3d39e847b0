"""Listening beside judging, sending and reading: what is posted is written down and wakes what judges."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from alerting.app.engine import Engine
from alerting.app.situation.posted_loads import note_posted_load
from alerting.errors import UsageError
from alerting.ports.state import Store
from alerting.service.ailments import Ailments
from alerting.service.listener import Listener
from alerting.service.posts import NotNoted, Posts
from alerting.settings import listen_tokens_now

#: How often it is said that posts were refused, in seconds.
SAID_EVERY_S = 60.0
#: What the log calls what came to no answer.
_LEFT = "left"


@dataclass(eq=False, kw_only=True)
class Listening:
    """Hears of loads on the address that the settings name, and remembers what is wrong with its tokens.

    Args:
        engine: the one in force.
        is_in_doubt: says whether the clock is, so that nothing is written down.
        log: where events go.
        ailments: why there are no signs of life; tokens that cannot be read are a reason.
    """

    store: Store
    engine: Callable[[], Engine]
    is_in_doubt: Callable[[], bool]
    log: Any
    ailments: Ailments
    #: Called, in any thread, when a load was posted that was not before.
    wake: Callable[[], object] = lambda: None
    clock_s: Callable[[], float] = time.monotonic
    _posts: Posts = field(init=False)
    _listener: Listener = field(init=False)
    _said_s: float | None = None

    def __post_init__(self) -> None:
        """Make ready; nothing listens yet."""
        self._posts = Posts(sources=self._sources, note=self._note, clock_s=self.clock_s, log=self.log)
        self._listener = Listener(self._posts, self.log)

    async def open(self, address: str, tokens: tuple[str, ...]) -> None:
        """Listen.

        Args:
            address: as the settings have it.

        Raises:
            UsageError: the address cannot be had.
        """
        self._posts.believe(tokens)
        at = urlsplit(f"//{address}")
        assert at.hostname is not None and at.port is not None
        await self._listener.listen(at.hostname, at.port)
        if not ip_address(at.hostname).is_loopback:
            self.log.warning("listener.exposed", address=address, fix=_EXPOSED)

    async def close(self) -> None:
        """Listen no more; posts under way are answered first."""
        await self._listener.close()
        self._posts.close()

    def look(self) -> None:
        """Take over tokens that were written anew, and say what was refused."""
        try:
            self._posts.believe(listen_tokens_now())
        except UsageError as error:
            if self.ailments.note("listener", {"token": str(error)})[0]:
                self.log.error("listener.failed", error=str(error))  # noqa: TRY400  # one clear line
        else:
            if self.ailments.note("listener", {})[1]:
                self.log.info("listener.works")
        now_s = self.clock_s()
        if self._listener.refused and (self._said_s is None or now_s - self._said_s >= SAID_EVERY_S):
            refused, self._said_s = dict(self._listener.refused), now_s
            self._listener.refused.clear()
            self.log.warning("listener.refused", **{_named(status): count for status, count in refused.items()})

    def _sources(self) -> frozenset[str]:
        return frozenset(self.engine().rules.sources)

    def _note(self, source: str, load: str | None) -> bool:
        """Write down that a load was posted, and wake what judges; False: it was before."""
        if self.is_in_doubt():
            raise NotNoted("the clock is in doubt")
        engine = self.engine()
        is_new = note_posted_load(engine.rules, self.store, source, engine.clock.now(), load)
        if is_new:
            self.wake()
        return is_new


def _named(status: int) -> str:
    return HTTPStatus(status).phrase.lower().replace(" ", "_").replace("-", "_") if status else _LEFT


_EXPOSED = "put a proxy with TLS in front and listen on 127.0.0.1: here tokens go over the network in the clear"
