"""Whose mail it is: the one whom the message went to, a deputy, somebody else who is known, or nobody."""

from dataclasses import dataclass

from alerting.domain.inbox import Sent
from alerting.domain.rule import RuleSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Who answers a message: the owner whom it went to, or their deputy."""

    person: str
    owner: str

    def via(self, rules: RuleSet) -> str:
        """Say by which way they answer, and for whom where that is not themselves."""
        if self.person == self.owner:
            return "by mail"
        owner = rules.owners.get(self.owner)
        return f"by mail, for {owner.name if owner is not None else self.owner}"


def writer_of(sent: Sent, sender: str, rules: RuleSet) -> Writer | None:
    """Return who answers: the address that the message went to is the owner's, whatever the rules say today.

    Args:
        sender: the one mailbox in From; capitals make no difference.
    """
    owner = rules.owners.get(sent.delivery.owner)
    if owner is None or not sender:
        return None
    if sender.casefold() == (sent.delivery.redirected_to or sent.delivery.address).casefold():
        return Writer(person=owner.id, owner=owner.id)
    deputy = rules.owners.get(owner.deputy or "")
    if deputy is not None and deputy.email is not None and sender.casefold() == deputy.email.casefold():
        return Writer(person=deputy.id, owner=owner.id)
    return None


def known_as(sender: str, rules: RuleSet) -> str | None:
    """Return the owner whose address it is in the rules; None: a stranger's."""
    found = (id_ for id_, owner in rules.owners.items() if owner.email and owner.email.casefold() == sender.casefold())
    return next(found, None) if sender else None
