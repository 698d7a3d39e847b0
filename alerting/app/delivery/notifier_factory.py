"""Making notifiers when there is something to send."""

from dataclasses import dataclass

from alerting.ports import ChannelContext, Notifier


@dataclass(frozen=True, slots=True)
class NotifierFactory:
    """Makes a channel's notifier when there is something to send: an unused channel needs no settings."""

    kind: type
    context: ChannelContext

    def __call__(self) -> Notifier:
        """Make it.

        Raises:
            UsageError: a setting that the channel needs is missing.
        """
        notifier: Notifier = self.kind(self.context)
        return notifier
