"""Whether the machine's clock can be believed: at a time that cannot be, nothing is judged, given up or sent."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from alerting.domain.schedule import MOST_AHEAD

#: How far the wall clock may run away from the clock that counts since the machine's start, between two looks.
MOST_APART_S: Final = 30.0
#: How far the wall clock may lie before the newest tick of the schedule.
MOST_BEHIND: Final = timedelta(minutes=5)
#: A clock that was set and not set back is believed after it has run evenly for so long.
STEADY_S: Final = 600.0
#: Counts while the machine sleeps, and nobody can set it. Where there is none (macOS), the monotonic clock does the same.
_BOOT_CLOCK: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def boot_clock() -> float:
    """Return the seconds since the machine was started, sleep included."""
    return time.clock_gettime(_BOOT_CLOCK)


class ClockFault(StrEnum):
    """What is wrong with the clock."""

    JUMPED = "jumped"
    BEHIND = "behind"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Why the clock is not believed, and what to do."""

    fault: ClockFault
    text: str


@dataclass(eq=False)
class ClockGuard:
    """Compares the wall clock with the boot clock from look to look, and with what the state says was done.

    The difference of the two clocks is constant unless somebody sets the wall clock. Small corrections, such as a time server
    makes all day, move what is trusted along.
    """

    _trusted_s: float | None = None
    _seen_s: float | None = None
    _steady_since_s: float = 0.0

    def doubt(self, at: datetime, boot_s: float, newest: datetime | None) -> Doubt | None:
        """Look at the clocks; return why the wall clock is not believed, None where it is.

        Args:
            at: what the wall clock shows, in the zone whose days ticks are of.
            boot_s: what the boot clock shows at the same moment.
            newest: the instant of the schedule that the newest tick was for; None: there is none to compare with.
        """
        apart_s = at.timestamp() - boot_s
        if self._seen_s is None or abs(apart_s - self._seen_s) > MOST_APART_S:
            self._steady_since_s = boot_s
        self._seen_s = apart_s
        if newest is not None and (found := _against(at, newest)):
            return found
        jump_s = 0.0 if self._trusted_s is None else apart_s - self._trusted_s
        if abs(jump_s) > MOST_APART_S and boot_s - self._steady_since_s < STEADY_S:
            return Doubt(fault=ClockFault.JUMPED, text=_jumped(jump_s, at))
        self._trusted_s = apart_s
        return None


def _against(at: datetime, newest: datetime) -> Doubt | None:
    shown, known = (instant.isoformat(timespec="seconds") for instant in (at, newest))
    if at < newest - MOST_BEHIND:
        text = f"the clock shows {shown}, before the newest tick of {known}; set the machine's clock (timedatectl)"
        undo = f"; or where it is right now, undo the later ticks with `alerting db rewind {at.date()} --yes`"
        return Doubt(fault=ClockFault.BEHIND, text=f"{text}, and work goes on by itself{undo}")
    if at > newest + MOST_AHEAD:
        text = f"the clock shows {shown}, more than a year after the newest tick of {known}; set the machine's clock"
        return Doubt(
            fault=ClockFault.AHEAD, text=f"{text} (timedatectl), or where it is right run `alerting run --yes` once"
        )
    return None


def _jumped(jump_s: float, at: datetime) -> str:
    way = "forward" if jump_s > 0 else "back"
    return (
        f"the clock was set {way} by {_span(round(abs(jump_s)))}, to {at.isoformat(timespec='seconds')}; set it back (timedatectl),"
        f" or leave it: {STEADY_S / 60:.0f} minutes after it was set work goes on by it"
    )


def _span(seconds: int) -> str:
    """Word a span by the largest unit that it fills, and what is over by the next: "3 days and 2 hours"."""
    sizes = {"day": 86_400, "hour": 3_600, "minute": 60, "second": 1}
    counts = []
    for unit, size in sizes.items():
        count, seconds = divmod(seconds, size)
        counts.append((count, f"{count:,} {unit}{'' if count == 1 else 's'}"))
    first = next((at for at, (count, _) in enumerate(counts) if count), len(counts) - 1)
    return " and ".join(words for count, words in counts[first : first + 2] if count)
