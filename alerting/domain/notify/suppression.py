"""What is kept from its readers, and why: messages that are held back, that nobody is there for, that were held back before."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from alerting.domain.alert import Alert, AlertEvent, EventKind
from alerting.domain.notify.audience import Readers
from alerting.domain.notify.hearing import Hearings, reminder_day
from alerting.domain.notify.holding import HeldMessage, Holding, SuppressionReason
from alerting.domain.notify.planned import PlannedNotice, Suppressed
from alerting.domain.rule import Rule

#: What those who were told of an alert hear of it, though another alert speaks for it meanwhile.
_TOLD_TO_THE_END = (EventKind.RESOLVED, EventKind.WITHDRAWN, EventKind.CORRECTED)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class News:
    """Whether alerts are news: one that was old when a tick first saw it is not, until somebody has been told of it.

    Args:
        held_before: alert id -> what earlier ticks held back of it.
        opened: ids of the alerts that open with this tick.
        is_news: whether what is exceptional of an alert is new rather than long past.
    """

    hearings: Hearings
    held_before: Mapping[str, Sequence[HeldMessage]]
    opened: frozenset[str]
    is_news: Callable[[Alert], bool]

    def is_none(self, alert: Alert) -> bool:
        """Whether an alert was old when a tick first saw it, and is so still: nobody has been told of it since."""
        before = any(one.reason is SuppressionReason.NOT_NEWS for one in self.held_before.get(alert.id, ()))
        seen_old = (before or alert.id in self.opened) and not self.is_news(alert)
        return seen_old and not self.hearings.reached(alert) and not self.hearings.on_the_way(alert)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Suppression:
    """Parts what is told from what is held back.

    Args:
        reachable: owner ids that have an address on some channel.
        held_before: alert id -> what earlier ticks held back of it.
    """

    rules_by_id: Mapping[str, Rule]
    reachable: frozenset[str]
    holding: Holding
    held_before: Mapping[str, Sequence[HeldMessage]]
    hearings: Hearings

    def part(self, event: AlertEvent, audience: Readers) -> tuple[list[PlannedNotice], list[Suppressed]]:
        """Part who is told from who is not, with the reason."""
        if not audience:
            reason = SuppressionReason.NOT_NEWS if self.holding.no_news(event.alert) else SuppressionReason.NOBODY
            return [], [Suppressed(event=event, owner="", reason=reason)] if event.kind is EventKind.OPENED else []
        if (held := self.holding.on(event.alert)) is not None and not (
            held[0] is SuppressionReason.INHIBITED and event.kind in _TOLD_TO_THE_END
        ):
            why, by = held
            concerned = dict.fromkeys(owner for owners in audience.values() for owner in owners)
            return [], [Suppressed(event=event, owner=owner, reason=why, by=by) for owner in concerned]
        said, missed = [], []
        for person, owners in audience.items():
            if person in self.reachable:
                said.append(PlannedNotice(event=event, person=person, owners=owners))
            else:
                missed += [
                    Suppressed(event=event, owner=owner, reason=SuppressionReason.NO_ADDRESS, by=person)
                    for owner in owners
                ]
        return said, missed

    def part_anew(self, event: AlertEvent, audience: Readers) -> tuple[list[PlannedNotice], list[Suppressed]]:
        """Part them, and leave out what was held back from them before for the same cause: it is said once."""
        said, held = self.part(event, audience)
        return said, [one for one in held if self._is_held_anew(one)]

    def _is_held_anew(self, held: Suppressed) -> bool:
        """Whether a message is held back that was not before; a reminder is one each time it would have come."""
        alert, kind, rule = held.event.alert, held.event.kind, self.rules_by_id.get(held.event.alert.key.rule)
        several = self.held_before.get(alert.id, ())
        before = [o.at for o in several if (o.owner, o.kind) == (held.owner, kind) and o.at >= alert.opened_at]
        if before and kind is EventKind.REMINDED and rule is not None:
            return self.hearings.as_of >= reminder_day(self.hearings.day(max(before)), rule.remind)
        return not before
