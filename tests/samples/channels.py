"""What notifiers are made from, as the engine hands it over."""

from pathlib import Path

from alerting.domain.rule import Channel
from alerting.ports import ChannelContext


def mail_context(
    *,
    channel: Channel,
    smtp_url: str | None,
    out_dir: Path,
    mail_from: str = "alerts@example.org",
    reply_to: str | None = None,
    secrets: dict[str, str] | None = None,
) -> ChannelContext:
    """A context with the service's settings of mails, those aside that are None."""
    service = {"smtp_url": smtp_url, "mail_from": mail_from, "reply_to": reply_to}
    return ChannelContext(
        channel=channel,
        out_dir=out_dir,
        service={name: value for name, value in service.items() if value is not None},
        secrets=secrets or {},
    )
