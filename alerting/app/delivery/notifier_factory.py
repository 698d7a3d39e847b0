"""Making notifiers when there is something to send, each with what it asks for by name and nothing else."""

from collections.abc import Callable, Mapping
from functools import partial

from alerting.app.delivery.channel_secrets import secrets_for
from alerting.app.notices.compose import EMAIL
from alerting.domain.notify.notice import LOCAL_SENDER
from alerting.domain.rule import Channel
from alerting.ports import ChannelContext, Notifier, NotifierKind
from alerting.settings import Secret, Settings


def notifiers_of(
    channels: Mapping[str, Channel], settings: Settings, kinds: Mapping[str, NotifierKind]
) -> Mapping[str, Callable[[], Notifier]]:
    """Return how to make the notifier of each channel, also of an undeclared `email`; one that is not used needs no settings.

    Making one raises UsageError where a setting or secret that the channel needs is missing.

    Args:
        kinds: makes notifiers, by kind.
    """
    declared = {EMAIL: Channel(id=EMAIL, kind=EMAIL), **channels}
    return {id_: partial(_made, settings, one, kinds[one.kind]) for id_, one in declared.items()}


def _made(settings: Settings, channel: Channel, kind: NotifierKind) -> Notifier:
    return kind(
        ChannelContext(
            channel=channel,
            out_dir=settings.state_dir / "mails",
            service=_service(settings, getattr(kind, "asks", ())),
            secrets=secrets_for(channel, kind),
        )
    )


def _service(settings: Settings, names: tuple[str, ...]) -> Mapping[str, str]:
    """Return the values of some settings, those aside that are not set."""
    values = {"mail_from": LOCAL_SENDER} | {
        name: value.get_secret_value() if isinstance(value, Secret) else str(value)
        for name in names
        if (value := getattr(settings, name)) is not None
    }
    return {name: values[name] for name in names if name in values}
