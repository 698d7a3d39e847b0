"""What the outbox tells of itself: to the fallback, what others were not told; to the operator, that a channel takes nothing."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from alerting.app.delivery.refused import Failures, Note, Notes
from alerting.app.notices.compose import MessageDefaults, channel_of, deliveries_for
from alerting.domain.channel_health import ChannelHealth
from alerting.domain.notify.addresses import address_on
from alerting.domain.notify.recipients import with_deputies
from alerting.domain.rule import RuleSet


def needed_channels(rules: RuleSet) -> frozenset[str]:
    """Return the channels over which somebody is told."""
    channels = rules.channels
    ways = ((named, owner) for owner in rules.owners.values() for named in owner.channels)
    return frozenset(channel_of(way[0], channels) for way in ways if address_on(*way, channels) is not None)


@dataclass(frozen=True, slots=True)
class OutboxNotes:
    """Writes them under one set of rules, at one instant of one day."""

    rules: RuleSet
    defaults: MessageDefaults
    now: datetime
    today: date

    @property
    def notes(self) -> Notes:
        """What the outbox asks for."""
        return Notes(undelivered=self.undelivered, ill=self.ill)

    def undelivered(self, failures: Failures, without: Collection[str]) -> Note | None:
        """Write to the fallback, else the operator, what others could not be told; to none of those, nor to their addresses."""
        roles, owners, channels = self.rules.roles, self.rules.owners, self.rules.channels
        refused = {one.address.casefold() for several in failures.values() for one, _ in several}
        for id_ in with_deputies(self.rules, (roles.fallback, roles.operator), self.today):
            found = (address_on(named, owners[id_], channels) for named in owners[id_].channels)
            open_to_us = any(address is not None and address.casefold() not in refused for address in found)
            if open_to_us and id_ not in without:
                from alerting.app.notices.operator import undelivered_note  # few passes have anything to say

                notice, message = undelivered_note(failures, id_, self.rules, self.defaults, self.now)
                return notice, deliveries_for(notice, owners[id_], message, channels, self.defaults, now=self.now)
        return None

    def ill(self, channel: ChannelHealth) -> Note | None:
        """Write to the operator, else the fallback, that a channel takes nothing: over another one, where they have it."""
        roles, channels = self.rules.roles, self.rules.channels
        if channel.id not in needed_channels(self.rules):
            return None
        for id_ in with_deputies(self.rules, (roles.operator, roles.fallback), self.today):
            owner = self.rules.owners[id_]
            from alerting.app.notices.operator import ill_note

            notice, message = ill_note(channel, owner, self.defaults, self.now)
            every = deliveries_for(notice, owner, message, channels, self.defaults, now=self.now)
            if others := [one for one in every if one.channel != channel.id]:
                return notice, others
        return None
