"""Templates of an organisation's own on sample messages, and the mail that comes of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from alerting.domain.notify.notice import Delivery, Message
from alerting.domain.problem import Problem
from alerting.render.digest import render_digest
from alerting.render.notice import render_notice
from alerting.render.own_templates.check import template_problems
from alerting.render.own_templates.overrides import Overrides
from alerting.reports.digest_views import DigestView
from alerting.reports.views import NoticeView
from alerting.rulefile import load_rules
from notifiers.mime import Sender, mail
from samples import mails
from samples.rule_folders import sound_with, written

AT = datetime(2020, 10, 15, 7, 30, tzinfo=UTC)
SENDER = Sender.of("alerts@example.org", None)
#: Of the sound folder that these tests use.
RULE, OWNER, CHANNEL = "calls-target", "head", "email"


@dataclass(frozen=True)
class Outcome:
    """A message with its templates applied, the built-in one, and what went wrong."""

    message: Message
    built_in: Message
    problems: tuple[Problem, ...]
    starts: int


def a_view(**changes: Any) -> NoticeView:
    return mails.a_notice(mails.CALLS, **changes)


def folder_with(top: Path, templates: Mapping[str, str | bytes]) -> Path:
    """Write the sound rules folder with files below templates/."""
    return written(sound_with(top / "rules"), {f"templates/{name}": text for name, text in templates.items()})


def applied(
    folder: Path, view: NoticeView | DigestView | None = None, *, rules: tuple[str, ...] = (RULE,), owner: str = OWNER,
    channel: str = CHANNEL,
) -> Outcome:  # fmt: skip
    """Apply a folder's templates to a message; by default a notice of one exception."""
    view = view or a_view()
    built_in = render_notice(view) if isinstance(view, NoticeView) else render_digest(view)
    with Overrides(folder, "rules") as overrides:
        found = overrides.overridden(built_in, view, rules=rules, owner=owner, channels=(channel,))
        return Outcome(found[channel], built_in, overrides.problems, overrides.starts)


def checked(folder: Path) -> list[str]:
    """Return what a check says of a folder's templates, a line each."""
    return [str(problem) for problem in template_problems(folder, load_rules(folder).rules, "rules")]


def arrived(message: Message) -> EmailMessage:
    """Return a message as a mail program reads it."""
    delivery = Delivery(
        id="d1", notice_id="n1", owner="head", channel="email", address="head@example.org",
        message_id="d1@example.org", message=message,
    )  # fmt: skip
    return message_from_bytes(mail(delivery, message, SENDER, at=AT), policy=default)


def body(message: Message, kind: str) -> str:
    """Return a part of the mail as it arrives: plain or html."""
    part = arrived(message).get_body((kind,))
    assert part is not None
    return part.get_content().replace("\r\n", "\n")
