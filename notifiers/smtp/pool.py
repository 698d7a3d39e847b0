"""Several connections to one mail server at once, as many as it allows and no faster than it likes."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from alerting.errors import DeliveryFailed
from notifiers.smtp.failures import ConnectionLost, ServerUnavailable
from notifiers.smtp.session import Envelope, Session

#: So many messages in a row during which the line broke, and the server counts as down.
BROKEN_LINES = 3
#: So many attempts in a row that a server turned away which has taken messages before, and it counts as down.
TURNED_AWAY = 8
#: Seconds between two messages when a server first asks for less, and at most.
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.25, 30


class Pool:
    """Hands letters over from several tasks, each on a connection of its own.

    The first connection comes alone, so that a wrong password is tried once; the others follow when it stands. A server
    that refuses more of them while some stand has said how many it allows.

    Args:
        opened: makes one more session.
        connections: so many at once at most.
    """

    def __init__(self, opened: Callable[[], Session], *, connections: int) -> None:
        self._opened = opened
        self._most = connections
        self._proven = False
        self._idle: list[Session] = []
        self._busy = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._pace = _AdaptiveLimit()
        self._taken = 0
        self._turned_away = 0
        self._broken = 0
        #: How often the server was found to be down, and what was said the last time.
        self._downs = 0
        self._down: DeliveryFailed | None = None

    async def submit(self, letter: Envelope, before_data: Callable[[], Awaitable[None]] | None = None) -> str:
        """Hand one letter over and return the server's answer.

        Raises:
            DeliveryFailed: the server as a whole turned out to be down meanwhile, or what the session says.
        """
        downs = self._downs
        while True:
            session = await self._free(downs)
            started = 0.0
            try:
                started = await self._pace.next_slot()
                return await self._submit(session, letter, before_data)
            except ServerUnavailable as failure:
                if not self._another_try(failure, started):
                    raise self._is_down(failure) from failure
            except ConnectionLost as failure:
                self._broken += 1
                if self._broken < BROKEN_LINES:
                    raise
                raise self._is_down(failure) from failure
            except DeliveryFailed as failure:
                if not failure.channel:
                    raise
                raise self._is_down(failure) from failure
            finally:
                self._give_back(session)

    async def knock(self, sender: str) -> None:
        """Find out whether the server lets us in and takes our sender.

        Raises:
            DeliveryFailed: it does not.
        """
        session = self._opened()
        try:
            await session.knock(sender)
        finally:
            await session.close()

    async def close(self) -> None:
        """Say goodbye on every line."""
        sessions, self._idle = self._idle, []
        await asyncio.gather(*(session.close() for session in sessions))

    def hang_up(self) -> None:
        """Cut every line."""
        for session in self._idle:
            session.hang_up()
        self._idle.clear()

    async def _submit(
        self, session: Session, letter: Envelope, before_data: Callable[[], Awaitable[None]] | None
    ) -> str:
        try:
            await session.send_envelope(letter)
        except BaseException as error:
            if not isinstance(error, DeliveryFailed):
                session.hang_up()
            raise
        finally:
            self._others_may_follow(session)
        if before_data is not None:
            await self._before_data(session, before_data)
        reply = await session.send_data()
        self._taken += 1
        self._turned_away = self._broken = 0
        self._pace.faster()
        return reply

    async def _before_data(self, session: Session, before_data: Callable[[], Awaitable[None]]) -> None:
        try:
            await before_data()
        except Exception:
            await session.reset()
            raise
        except BaseException:  # called off as a whole: there is no time for words
            session.hang_up()
            raise

    async def _free(self, downs: int) -> Session:
        while self._busy >= self._allowed and self._downs == downs:
            turn = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                self._wake()  # the next one takes the turn that may have been given
                raise
        if self._downs > downs:
            assert self._down is not None
            raise _as_channel(self._down)
        self._busy += 1
        standing = (n for n in reversed(range(len(self._idle))) if self._idle[n].is_connected)
        return self._idle.pop(next(standing, -1)) if self._idle else self._opened()

    def _give_back(self, session: Session) -> None:
        self._busy -= 1
        if session.is_connected:
            self._idle.append(session)
        self._wake()

    def _wake(self, *, everybody: bool = False) -> None:
        woken = 0
        while self._waiting and (everybody or woken < self._allowed - self._busy):
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                woken += 1

    @property
    def _allowed(self) -> int:
        return self._most if self._proven else 1

    def _others_may_follow(self, session: Session) -> None:
        if not self._proven and session.is_connected:
            self._proven = True
            self._wake()

    def _another_try(self, failure: ServerUnavailable, started: float) -> bool:
        """Say whether to try again: on a line that stands, or slower. Nothing was handed over so far."""
        if failure.final:
            return False
        others = self._busy - 1 + sum(session.is_connected for session in self._idle)
        if failure.connecting and others:
            self._most = max(1, min(self._allowed - 1, others))
            return True
        if not self._taken or self._turned_away >= TURNED_AWAY:
            return False
        self._turned_away += self._pace.slower(started)
        return True

    def _is_down(self, failure: DeliveryFailed) -> DeliveryFailed:
        """Remember for those who wait that the server is down, so that they do not find out one by one."""
        self._downs, self._down = self._downs + 1, failure
        self._wake(everybody=True)
        return _as_channel(failure, unknown=failure.unknown)


def _as_channel(failure: DeliveryFailed, *, unknown: bool = False) -> DeliveryFailed:
    """Return a failure as that of the whole channel."""
    return DeliveryFailed(str(failure), channel=True, unknown=unknown, refusal=failure.refusal)


class _AdaptiveLimit:
    """Leaves time between messages where a server asks for it, less and less while it is content."""

    def __init__(self) -> None:
        self._pause_s = 0.0
        self._next = 0.0
        self._slowed = 0.0
        self._first_come = asyncio.Lock()

    async def next_slot(self) -> float:
        """Wait until the next message may be handed over and return the instant."""
        clock = asyncio.get_running_loop().time
        async with self._first_come:
            while (wait_s := self._next - clock()) > 0:  # noqa: ASYNC110  # the instant moves while we wait
                await asyncio.sleep(wait_s)
            self._next = clock() + self._pause_s
            return clock()

    def slower(self, started: float) -> bool:
        """Double the pause, unless the attempt that was turned away began before the last time; say which."""
        if started < self._slowed:
            return False
        self._slowed = asyncio.get_running_loop().time()
        self._pause_s = min(LONGEST_PAUSE_S, max(FIRST_PAUSE_S, 2 * self._pause_s))
        self._next = self._slowed + self._pause_s
        return True

    def faster(self) -> None:
        """Shorten the pause a little."""
        self._pause_s = 0.9 * self._pause_s if self._pause_s > FIRST_PAUSE_S / 10 else 0.0
