"""Refusals as values: at which step of a hand-over, with which codes; and whose fault one is. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """The step of a hand-over at which it ended."""

    #: Reaching the server, its greeting, the hello, the encryption.
    CONNECTION = "connection"
    SIGN_IN = "sign-in"
    SENDER = "sender"
    RECIPIENT = "recipient"
    #: From the announcement of the message to the answer to all of it.
    MESSAGE = "message"


class Concerns(StrEnum):
    """What a refusal is about."""

    CHANNEL = "channel"
    SENDER = "sender"
    RECIPIENT = "recipient"
    MESSAGE = "message"


class RefusalFault(StrEnum):
    """Whose fault it is that a message was not taken."""

    #: All messages of the channel wait.
    CHANNEL = "channel"
    #: This message waits, alone.
    PUT_OFF = "put off"
    #: The address, or what is sent to it.
    MAILBOX = "mailbox"
    #: Whether somebody else's message is taken will tell.
    UNDECIDED = "undecided"


class Probe(StrEnum):
    """What became of somebody else's message that was sent to find out whether the channel takes any."""

    TO_COME = "to come"
    TAKEN = "taken"
    REFUSED = "refused"
    #: There is nobody else to send one to.
    NOBODY = "nobody"


#: The server says goodbye, whatever the step.
CLOSING = 421
#: "Mailbox full" is written with a permanent code by some servers and passes (RFC 5321, 4.5.3.1.10).
_FULL = 552
#: Subjects of enhanced codes (RFC 3463): addressing, mailbox; the server, policy. And the whole of "mailbox disabled".
_OF_MAILBOX, _OF_SYSTEM, _DISABLED = (1, 2), (3, 7), (2, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """That a message was not taken.

    `code`: the basic one of a mail server's answer; None: there was no answer, or one of a channel that gives no such codes.
    `enhanced`: as in RFC 3463, (5, 1, 1). `is_permanent`: of an answer without a code, whether it is for good.
    """

    stage: Stage
    words: str
    code: int | None = None
    enhanced: tuple[int, int, int] | None = None
    is_permanent: bool = False
    #: Whether an answer without a code was given.
    was_given: bool = False
    #: Whether the answer is about how we introduced ourselves.
    is_about_us: bool = False

    @property
    def is_answered(self) -> bool:
        """Whether the far side said so itself: who answers is there, and the time that a message may wait runs."""
        return self.was_given or self.code is not None

    @property
    def concerns(self) -> Concerns:
        """What it is about, by where it came."""
        if self.stage in (Stage.CONNECTION, Stage.SIGN_IN):
            return Concerns.CHANNEL
        return {Stage.SENDER: Concerns.SENDER, Stage.RECIPIENT: Concerns.RECIPIENT}.get(self.stage, Concerns.MESSAGE)

    @property
    def is_passing(self) -> bool:
        """Whether another moment may do: it says so, or nothing was answered."""
        if self.code is None:
            return not self.is_permanent
        return self.code < 500 or (self.stage is Stage.RECIPIENT and self.code == _FULL)

    @property
    def likeness(self) -> tuple[object, ...]:
        """What two messages have in common that get the same: a server that falls silent may do so at any step."""
        return (self.stage, self.code, self.enhanced) if self.is_answered else (None,)

    @property
    def is_of_mailbox(self) -> bool:
        """Whether its code is about addresses or mailboxes."""
        return self.enhanced is not None and self.enhanced[1] in _OF_MAILBOX

    @property
    def names_mailbox(self) -> bool:
        """Whether its code says that the address or its mailbox is not there, or does not take mail any more."""
        return self.enhanced is not None and (self.enhanced[1] == _OF_MAILBOX[0] or self.enhanced[1:] == _DISABLED)

    @property
    def names_system(self) -> bool:
        """Whether it is about the server or its policy, or about us who talk to it, and not about this address."""
        return self.is_about_us or (self.enhanced is not None and self.enhanced[1] in _OF_SYSTEM)


def fault_of(refusal: Refusal, *, taken: bool, probe: Probe = Probe.TO_COME) -> RefusalFault:
    """Say whose fault a refusal is.

    Args:
        taken: whether somebody else's message was taken by the channel in the same pass.
        probe: what became of a message that was sent to find out.
    """
    if refusal.stage not in (Stage.RECIPIENT, Stage.MESSAGE):
        return RefusalFault.CHANNEL
    if refusal.is_passing:
        return RefusalFault.PUT_OFF
    if refusal.names_system:
        return RefusalFault.CHANNEL
    if taken or probe is Probe.TAKEN:
        return RefusalFault.MAILBOX
    if probe is Probe.NOBODY:
        return RefusalFault.MAILBOX if refusal.names_mailbox else RefusalFault.CHANNEL
    return RefusalFault.CHANNEL if probe is Probe.REFUSED else RefusalFault.UNDECIDED


def adds_up(refusal: Refusal, *, taken: bool) -> bool:
    """Say whether the same answer to a second, different message makes it the channel's.

    Two full mailboxes among others that take mail are just two full mailboxes.
    """
    if refusal.code is None:
        return not taken  # a line breaks now and then
    is_mailbox = refusal.is_of_mailbox or (refusal.enhanced is None and refusal.code in (450, 452, _FULL))
    return not (is_mailbox and taken)
