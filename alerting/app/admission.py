"""What may come into force on an installation: rules that did not shrink and are not older ones, by a clock that can be right."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from alerting.app.installation import Installation
from alerting.domain.notify.notice import Message, Notice
from alerting.domain.problem import Problem
from alerting.domain.rule import Owner
from alerting.errors import RulesShrunk, UsageError
from alerting.ports.state import Store

if TYPE_CHECKING:  # loaded where used
    from alerting.app.notices.compose import MessageDefaults


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether work may begin on a state by these rules, and who is told where it may not."""

    installation: Installation

    def of_tick(self, store: Store, at: datetime, *, keep: bool) -> None:
        """Make sure that it may be judged by these rules.

        Raises:
            RulesShrunk: much is missing in them.
            UsageError: another place has newer ones.
        """
        from alerting.app.situation.replicas import refuse_older_rules

        own = self.installation
        if keep:  # before: rules that wait for newer ones say nothing of how many there are
            with store.begin(patient=True) as state:
                refuse_older_rules(own.rules, state.replicas, own.place, at, keep=False)
        self.of_rules(store, at, keep=keep)

    def of_rules(self, store: Store, at: datetime, *, keep: bool = True) -> None:
        """Make sure that the rules are not much fewer than the last ones in force; else tell their maintainer, once.

        Raises:
            RulesShrunk: they are, and nobody has accepted that.
            UsageError: the state was made by quite other rules elsewhere.
        """
        from alerting.app.situation.shrink_guard import admitted_rules

        own = self.installation
        with store.begin(patient=True) as state:
            shrunk = admitted_rules(own.rules, state, at, own.place, keep=keep)
        if shrunk is None:
            return
        until = shrunk.until.astimezone(own.zone)
        if keep:
            from alerting.app.notices.operator import shrunk_note

            self._tell_maintainer(store, partial(shrunk_note, shrunk, until))
        raise RulesShrunk(
            f"the rules folder {own.folder} holds {shrunk.words}; nothing is judged by it until it is put right, or"
            f" `alerting accept` says that it is meant, or until {until:%Y-%m-%d %H:%M}"
        )

    def tell_of_refused(self, store: Store, problems: Sequence[Problem]) -> bool:
        """Queue a message to the rules' maintainer that a changed set is refused; once for the same problems."""
        from alerting.app.notices.operator import refused_note

        return self._tell_maintainer(store, partial(refused_note, problems))

    def _tell_maintainer(
        self, store: Store, write: "Callable[[Owner, MessageDefaults, datetime], tuple[Notice, Message]]"
    ) -> bool:
        """Queue a message to the rules' maintainer, unless the same one was; say whether it is new."""
        from alerting.app.notices.compose import tell_maintainer

        own = self.installation
        return tell_maintainer(own.rules, store, own.message_defaults, write, own.today(), own.clock.now())

    def refuse_doubtful_clock(self, store: Store, *, believed: bool) -> None:
        """Refuse a clock that lies far after the newest tick of the schedule: it may be wrong.

        Args:
            believed: somebody said that it is right, or nothing hangs on it.

        Raises:
            UsageError: with the option that says so.
        """
        from alerting.domain.schedule import MOST_AHEAD

        with store.begin() as state:
            newest = state.ticks.newest()
        now = self.installation.clock.now()
        if not believed and newest is not None and newest.due_at is not None and now > newest.due_at + MOST_AHEAD:
            raise UsageError(
                f"the clock shows {now:%Y-%m-%d %H:%M} UTC, more than a year after the newest tick of the schedule,"
                f" {newest.due_at:%Y-%m-%d}; set the clock, or where it is right add --yes"
            )
