"""Where owners are reached, and who is reached at all."""

from collections.abc import Mapping

from alerting.domain.rule import Channel, Owner, RuleSet


def address_on(named: str, owner: Owner, channels: Mapping[str, Channel]) -> str | None:
    """Return where an owner is reached on one of their channels; None: nowhere."""
    channel = channels.get(named)
    return owner.email if channel is None else channel.address_of(owner)


def reachable(rules: RuleSet) -> frozenset[str]:
    """Return the owners who have an address on some channel."""
    channels = rules.channels
    reached = {id_: [address_on(named, one, channels) for named in one.channels] for id_, one in rules.owners.items()}
    return frozenset(id_ for id_, addresses in reached.items() if any(address is not None for address in addresses))
