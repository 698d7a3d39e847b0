"""What waits for its reader, made true: after quiet hours, a used-up budget or an outage each hears once how it is now."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from alerting.domain.alert import Alert, AlertEvent, EventKind
from alerting.domain.finding import Finding
from alerting.domain.notify.planned import For, Waiting

#: Why a message that may have been taken is not sent once more.
OVER_BY_NOW = "what it tells is over by now: whoever may have it is told the end alone"


def true_now(
    waiting: Sequence[For],
    open_alerts: Mapping[str, Alert],
    speak: Callable[[Alert], tuple[Finding | None, str | None]],
) -> list[For]:
    """Return what waits as it is true now: what stands by its newest finding; what is said to stand and is over is left out."""
    found = []
    for event, owners in waiting:
        now = open_alerts.get(event.alert.id)
        if not event.alert.is_open:
            found.append((event, owners))
        elif now is not None:
            finding, headline = speak(now)
            anew = replace(event, alert=now, finding=finding, headline=headline)
            # What cannot be judged today is told as it was.
            same = anew.says == event.says if finding is not None else _stands_as(now) == _stands_as(event.alert)
            found.append((event if same else anew, owners))
    return found


def standing(waiting: Iterable[Waiting], open_alerts: Mapping[str, Alert]) -> Iterator[Alert]:
    """Yield the alerts that messages which wait say to stand, and that do."""
    for events, _, _ in waiting:
        yield from (open_alerts[e.alert.id] for e, _ in events if e.alert.is_open and e.alert.id in open_alerts)


def is_said_already(waiting: Sequence[For], now: Sequence[For]) -> bool:
    """Say whether a message that waits says all that is true now, and nothing else.

    Args:
        now: what is left of *waiting*, as it is true now.
    """
    said = [event.said or event.says for event, _ in waiting]
    return said == [event.says for event, _ in now]


def latest_of_each(
    waiting: Sequence[For], new: Sequence[For], has_heard: Callable[[AlertEvent], bool] = lambda _: True
) -> tuple[list[For], frozenset[str]]:
    """Fold what waits with what is new: one event an alert, the last, and ids of those of which nobody has heard.

    What opened and ended before its reader heard of it is left out.
    """
    found: dict[str, For] = {}
    unheard: set[str] = set()
    for event, owners in (*waiting, *new):
        id_ = event.alert.id
        if event.kind is EventKind.OPENED or not has_heard(event):
            unheard.add(id_)
        before = found.get(id_, (event, ()))[1]
        found[id_] = event, tuple(dict.fromkeys((*before, *owners)))
    kept = [pair for id_, pair in found.items() if pair[0].alert.is_open or id_ not in unheard]
    return kept, frozenset(unheard)


def over_by_now(copies: Mapping[str, Mapping[str, bool]], open_alerts: Mapping[str, Alert]) -> list[str]:
    """Return the deliveries that may have been taken and tell only what stood and is over: another copy would be untrue.

    Args:
        copies: delivery -> alert id -> whether it stands by what the message says.
    """
    return [
        id_
        for id_, told in copies.items()
        if all(stands and alert not in open_alerts for alert, stands in told.items())
    ]


def _stands_as(alert: Alert) -> tuple[object, ...]:
    return alert.opened, alert.period, alert.value, alert.severity, alert.band
