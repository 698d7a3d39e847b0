"""Where adapters meet the engine: the only module that knows both."""

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from alerting.app.engine import Engine
from alerting.app.installation import Installation, Ports
from alerting.domain.notify.notice import Delivery
from alerting.opening import SystemClock, memory_store, open_store
from alerting.plugins import discover
from alerting.ports import Clock, FigureSource, NotifierKind
from alerting.ports.mailbox import Mailbox
from alerting.settings import Settings, load_settings


def engine_of(folder: Path, settings: Settings | None = None, clock: Clock | None = None) -> Engine:
    """Return the engine of a rules folder.

    Raises:
        RulesInvalid: the folder has errors.
        UsageError: a setting is wrong, or nothing is known here of the rules' time zone.
    """
    return engine_on(Installation.of(folder, settings or load_settings(), clock or SystemClock()))


def engine_of_some(folder: Path, only: Collection[str]) -> Engine:
    """Return the engine of a rules folder, of which these rules alone are in force; none given: all.

    Raises:
        RulesInvalid: the folder has errors.
        UsageError: a setting is wrong, or there is no such rule.
    """
    from alerting.app.authoring.chosen_rules import with_rules

    own = engine_of(folder).installation
    return engine_on(replace(own, rules=with_rules(own.rules, only)))


def engine_on(installation: Installation) -> Engine:
    """Return the engine of an installation whose rules are loaded."""
    return Engine(installation, _PORTS)


def _sources() -> Mapping[str, FigureSource]:
    return {kind: adapter() for kind, adapter in discover("alerting.sources", "kind").items()}


def _notifiers() -> Mapping[str, NotifierKind]:
    kinds: Mapping[str, Any] = discover("notifiers", "kind")
    return kinds


def _lock_to_judge(state_dir: Path, say: Callable[[str], object]) -> AbstractContextManager[None]:
    from alerting.store.process_lock import JUDGING, process_lock

    return process_lock(state_dir, name=JUDGING, say=say)


def _lock_to_send(state_dir: Path, say: Callable[[str], object]) -> AbstractContextManager[None]:
    from alerting.store.process_lock import SENDING, process_lock

    return process_lock(state_dir, name=SENDING, say=say)


def _as_mail(delivery: Delivery, sender: str, reply_to: str | None, at: datetime) -> bytes:
    from notifiers.mime import Sender, mail

    return mail(delivery, delivery.message, Sender.of(sender, reply_to), at=at)


def _mailbox(url: str) -> Mailbox:
    from alerting.mailboxes.imap import ImapMailbox

    return ImapMailbox(url)


_PORTS = Ports(
    open_store=open_store,
    memory_store=memory_store,
    sources=_sources,
    notifiers=_notifiers,
    lock_to_judge=_lock_to_judge,
    lock_to_send=_lock_to_send,
    as_mail=_as_mail,
    mailbox=_mailbox,
)
