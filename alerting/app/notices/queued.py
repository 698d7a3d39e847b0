"""Messages of a tick on their way into the state: bodies go ahead in portions, so that few are in memory at a time."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from alerting.domain.notify.notice import Delivery, Notice

#: Messages whose bodies are in memory at the same time: some 100 KB each.
_PORTION = 32

KeepBodies = Callable[[Sequence[Delivery]], list[Delivery]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Composed:
    """A notice with its message on each of its reader's channels."""

    notice: Notice
    deliveries: tuple[Delivery, ...]


def queued(composed: Iterable[Composed], keep_bodies: KeepBodies | None) -> tuple[Composed, ...]:
    """Return messages, in order; where their bodies are kept, without these.

    Args:
        keep_bodies: writes bodies down, and returns the deliveries without them; None: nothing is written.
    """
    if keep_bodies is None:
        return tuple(composed)
    kept: list[Composed] = []
    portion: list[Composed] = []
    for one in composed:
        portion.append(one)
        if sum(len(several.deliveries) for several in portion) >= _PORTION:
            kept += _slim(portion, keep_bodies)
            portion = []
    return (*kept, *_slim(portion, keep_bodies))


def _slim(portion: Sequence[Composed], keep_bodies: KeepBodies) -> list[Composed]:
    whole = [delivery for one in portion for delivery in one.deliveries]
    slim = iter(keep_bodies(whole) if whole else ())
    return [replace(one, deliveries=tuple(next(slim) for _ in one.deliveries)) for one in portion]
