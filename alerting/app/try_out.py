"""A test message to an owner on each of their channels, sent at once and past what waits."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from difflib import get_close_matches

from alerting.app.installation import Installation
from alerting.app.notices.compose import deliveries_for
from alerting.app.notices.operator import trial_note
from alerting.domain.notify.notice import Delivery, DeliveryState
from alerting.errors import UsageError
from alerting.ports import Notifier
from alerting.ports.state import Store


async def try_out(
    owner_id: str, own: Installation, notifiers: Mapping[str, Callable[[], Notifier]], keep: Store | None
) -> list[tuple[Delivery, str]]:
    """Send an owner a test message on each of their channels, and return what was answered.

    Args:
        notifiers: how to make the notifier of each channel.
        keep: where the message is kept, so that an answer finds it; None: nothing is stored.

    Raises:
        UsageError: there is no such owner, or no address.
        DeliveryFailed: with the reply.
    """
    owner = own.rules.owners.get(owner_id)
    if owner is None:
        near = get_close_matches(owner_id, list(own.rules.owners), n=1)
        raise UsageError(f'no owner "{owner_id}"' + (f'; did you mean "{near[0]}"?' if near else ""))
    now, instead = own.clock.now(), own.settings.redirect_all_to
    notice, message = trial_note(owner, own.message_defaults, now)
    deliveries = deliveries_for(notice, owner, message, own.rules.channels, own.message_defaults)
    if not deliveries:
        raise UsageError(f"owner {owner_id} has no address; give one as email:")
    if keep is not None:
        taken = [
            replace(one, state=DeliveryState.ACCEPTED, accepted_at=now, redirected_to=instead) for one in deliveries
        ]
        with keep.begin() as state:
            state.outbox.save([notice], taken)
    answered = []
    for delivery in map(own.addressing, deliveries):
        redirected = replace(delivery, address=instead or delivery.address)
        async with notifiers[delivery.channel]() as notifier:
            receipt = await notifier.send(redirected, redirected.message, at=now)
        answered.append((redirected, receipt.reply))
    return answered
