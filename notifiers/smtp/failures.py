"""What went wrong with one attempt, told apart by what the pool does about it."""

from alerting.domain.refusal import Refusal
from alerting.errors import DeliveryFailed


class ServerUnavailable(DeliveryFailed):
    """The server let nobody in or took no sender; nothing was handed over, and another moment or line may do.

    Args:
        connecting: no connection came about: there may be too many already.
        final: waiting changes nothing: a sign-in, a certificate or the sender was refused.
    """

    def __init__(self, reply: str, refusal: Refusal, *, connecting: bool = False, final: bool = False) -> None:
        super().__init__(reply, channel=True, refusal=refusal)
        self.connecting = connecting
        self.final = final


class ConnectionLost(DeliveryFailed):
    """The line broke, fell silent or brought nonsense from the recipient's answer on."""
