"""Making notifiers when there is something to send."""

from collections.abc import Callable, Mapping
from functools import partial

from alerting.app.installation import LOCAL_SENDER, Installation
from alerting.app.notices.compose import EMAIL
from alerting.domain.rule import Channel
from alerting.ports import ChannelContext, Notifier


def notifiers_of(
    installation: Installation, kinds: Mapping[str, Callable[[ChannelContext], Notifier]]
) -> Mapping[str, Callable[[], Notifier]]:
    """Return how to make the notifier of each channel, also of an undeclared `email`; one that is not used needs no settings.

    Making one raises UsageError where a setting that the channel needs is missing.

    Args:
        kinds: makes notifiers, by kind.
    """
    declared = {EMAIL: Channel(id=EMAIL, kind=EMAIL), **installation.rules.channels}
    return {id_: partial(kinds[one.kind], _context(installation, one)) for id_, one in declared.items()}


def _context(installation: Installation, channel: Channel) -> ChannelContext:
    settings = installation.settings
    return ChannelContext(
        channel=channel, smtp_url=settings.smtp_url.get_secret_value() if settings.smtp_url else None,
        mail_from=settings.mail_from or LOCAL_SENDER, reply_to=settings.reply_to, out_dir=settings.state_dir / "mails",
        helo_name=settings.helo_name,
    )  # fmt: skip
