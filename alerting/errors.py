"""Errors, told apart by what the caller does about them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from alerting.secrecy import hushed_in

if TYPE_CHECKING:
    from alerting.domain.problem import Problem
    from alerting.domain.refusal import Refusal


class AlertingError(Exception):
    """Something the user can mend; its text is one clear line, without passwords."""

    def __init__(self, *said: object) -> None:
        super().__init__(*map(hushed_in, said))


class UsageError(AlertingError):
    """Wrong usage or settings: exit 2."""


class RulesInvalid(AlertingError):
    """The rules folder has errors; the rule author mends them.

    Args:
        problems: all of them, sorted.
        folder: where they are, as the user wrote it.
    """

    def __init__(self, problems: Sequence["Problem"], folder: str = "") -> None:
        self.problems = tuple(problems)
        errors = sum(problem.is_error for problem in problems)
        check = f"alerting check {folder}".rstrip()
        super().__init__(f"{errors} error{'s' * (errors != 1)} in the rules; run `{check}`")


class RulesShrunk(UsageError):
    """The rules folder holds much less than the last one in force; somebody has to say that it is meant."""


class SourceIncomplete(AlertingError):
    """A source's table lacks a column; the message names it and those that are there."""


class SourceUnavailable(AlertingError):
    """A source of figures could not be read; the next tick tries again.

    Args:
        said: what could not be read, why, and what to do.
        is_missing: there is nothing to read: the text names what was looked for and where, and no place of its own.
    """

    def __init__(self, said: str, *, is_missing: bool = False) -> None:
        super().__init__(said)
        self.is_missing = is_missing


class MailboxFailed(AlertingError):
    """The mailbox that answers come to could not be read; the next pass tries again."""


class DeliveryFailed(AlertingError):
    """A message was not accepted.

    Args:
        permanent: this address or message will never be accepted as it is; else try again later.
        channel: the whole channel failed (relay down, sign-in refused): other messages wait too.
        unknown: the line broke while the message was handed over: it may have been taken all the same.
        too_large: refused for its size alone: a smaller message to the same address may be accepted.
        answered: the far side said so itself, so that the time a message may wait runs; else nobody was reached or asked.
        refusal: of a mail server, what was answered and where; whose fault it is, is judged by that.
    """

    def __init__(
        self,
        reply: str,
        *,
        permanent: bool = False,
        channel: bool = False,
        unknown: bool = False,
        too_large: bool = False,
        answered: bool = False,
        refusal: "Refusal | None" = None,
    ) -> None:
        super().__init__(reply)
        self.refusal = refusal
        self.answered = answered or (refusal is not None and refusal.is_answered)
        self.too_large = too_large
        self.unknown = unknown
        self.permanent = permanent
        self.channel = channel
