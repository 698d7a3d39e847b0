"""Letting answers find their message: each goes out with tokens of its own."""

from dataclasses import dataclass, replace

from alerting.domain.mailbox import tagged
from alerting.domain.notify.notice import ANSWER_ADDRESS, ANSWER_TOKEN, Delivery, Message
from alerting.replies.token import RETURN_HEADER, Purpose, sign


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressing:
    """Where answers and returned mails come to, and how they find their message.

    Args:
        address: the mailbox's, without a name.
        keys: the first one signs.
        in_text: whether a message's token stands in its text, and not in the addresses.
    """

    address: str
    keys: tuple[str, ...]
    in_text: bool

    def __call__(self, delivery: Delivery) -> Delivery:
        """Return a delivery with its tokens in the addresses that answers and returned mails go to, or in its text."""
        back = self._token(delivery, Purpose.RETURN)
        if self.in_text:
            message = _filled(delivery.message, self.address, self._token(delivery, Purpose.ANSWER))
            message = replace(message, headers=(*message.headers, (RETURN_HEADER, back)))
            return replace(delivery, message=message, answer_to=self.address, return_to=self.address)
        answer_to = tagged(self.address, self._token(delivery, Purpose.ANSWER))
        message = _filled(delivery.message, answer_to, "")
        return replace(delivery, message=message, answer_to=answer_to, return_to=tagged(self.address, back))

    def _token(self, delivery: Delivery, purpose: Purpose) -> str:
        return sign(self.keys[0].encode(), delivery.id, delivery.address, purpose)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """Addressing where nobody reads a mailbox: what waits and was written while somebody did leads to a person.

    Args:
        address: where answers go all the same.
    """

    address: str

    def __call__(self, delivery: Delivery) -> Delivery:
        """Return a delivery whose message names no address that is none."""
        return replace(delivery, message=_filled(delivery.message, self.address, ""))


def _filled(message: Message, address: str, token: str) -> Message:
    """Put the address and the token in the places that the message keeps for them."""
    if ANSWER_ADDRESS not in message.html + message.text and ANSWER_TOKEN not in message.html + message.text:
        return message
    html, text = (
        part.replace(ANSWER_ADDRESS, address).replace(ANSWER_TOKEN, token) for part in (message.html, message.text)
    )
    return replace(message, html=html, text=text)
