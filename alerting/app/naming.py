"""Names of notices: the same facts told on the same day have the same name, also where a tick is done anew."""

import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from alerting.domain.alert import AlertEvent

#: Names our notices, and with them our messages' ids; a message's id is the same at every attempt.
NAMESPACE = uuid.UUID("6f1f7c3e-58a5-4a4f-9d0a-6f1d1c7c2a51")


@dataclass(frozen=True, eq=False)
class Naming:
    """Names one tick's notices.

    A state that was put back to an earlier time tells anew what it told: under the same name readers' programs know it again.
    What is told twice on one day, since somebody was not reached, has the tick's own name the second time.

    Args:
        day: of whose figures the tick is.
        at: its instant, on that day.
        tick_id: its own name.
        made_since: asks for names of notices that were made since an instant.
    """

    day: date
    at: datetime
    tick_id: str
    made_since: Callable[[datetime], Collection[str]] = lambda _: ()

    @cached_property
    def _taken(self) -> Collection[str]:
        return self.made_since(self.at - timedelta(days=1))

    def name(self, person: str, events: Sequence[AlertEvent], part: str = "") -> str:
        """Return the id of one person's notice; *part*: of which kind, where a person may have several."""
        facts = "\n".join(repr(_fact(event)) for event in events)
        id_ = str(uuid.uuid5(NAMESPACE, f"{self.day.isoformat()}{part}/{person}\n{facts}"))
        return id_ if id_ not in self._taken else str(uuid.uuid5(NAMESPACE, f"{self.tick_id}{part}/{person}"))


def _fact(event: AlertEvent) -> tuple[object, ...]:
    """Return what an event tells, without when and why it is told."""
    alert = event.alert
    return (
        alert.id,
        event.kind.value,
        alert.state.value,
        alert.opened.label,
        alert.period.label,
        alert.value,
        int(alert.severity),
        alert.band,
        event.headline,
    )
