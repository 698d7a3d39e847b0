"""What the engine has to say of itself: that something is odd, or that somebody could not be told."""

import hashlib
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from alerting.app.notices.compose import MessageDefaults
from alerting.domain.alert import AlertEvent, EventKind
from alerting.domain.channel_health import ChannelHealth
from alerting.domain.fault import LAID_OUT, Faults, Work
from alerting.domain.notify.notice import Delivery, Message, Notice, NoticeKind
from alerting.domain.problem import Problem
from alerting.domain.rule import Owner, RuleSet
from alerting.domain.shrinking import Shrunk
from alerting.render.bare import bare_message
from alerting.render.engine_note import render_engine_note
from alerting.reports.event_view import as_of_words
from alerting.reports.views import EngineNoteView
from alerting.wording.dates import day_words

_NAMESPACE = uuid.UUID("2a0f5a4e-0b0e-4f0c-8f57-5a8a5f0d6b11")


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Who is told something of the engine, when, and what names the message."""

    owner: str
    name: str
    at: datetime
    #: Distinguishes the message from others to the same owner.
    about: str


def engine_note(
    post: Post,
    title: str,
    paragraphs: Sequence[str],
    lines: Sequence[str],
    defaults: MessageDefaults,
    faults: Faults | None = None,
) -> tuple[Notice, Message]:
    """Write a message of the engine's own; where the program fails at laying it out, its bare lines.

    Args:
        faults: where that is noted.
    """
    id_ = str(uuid.uuid5(_NAMESPACE, f"{post.about}/{post.owner}"))
    view = EngineNoteView(
        owner=post.name,
        title=title,
        paragraphs=tuple(paragraphs),
        lines=tuple(lines),
        as_of=as_of_words(post.at.astimezone(defaults.zone).date()),
        marking=defaults.marking,
        reply_to=defaults.person,
    )
    work = Work(sort="message to", id=post.owner, done=LAID_OUT)
    written = (Faults() if faults is None else faults).attempt(work, lambda: render_engine_note(view))
    message = written or bare_message(title, [*paragraphs, *lines], defaults.marking)
    return Notice(id=id_, kind=NoticeKind.ENGINE, owner=post.owner, at=post.at), message


def mass_change_note(
    odd: str,
    events: Sequence[AlertEvent],
    owner: str,
    rules: RuleSet,
    defaults: MessageDefaults,
    tick: tuple[datetime, str],
    faults: Faults | None = None,
) -> tuple[Notice, Message]:
    """Tell the operator that very many exceptions opened at once.

    Args:
        tick: its instant and id.
    """
    opened = Counter(event.alert.key.rule for event in events if event.kind is EventKind.OPENED)
    titles = {rule.id: rule.title for rule in rules.rules}
    lines = [f"{titles.get(rule, rule)}: {count:,}" for rule, count in opened.most_common()]
    post = Post(owner=owner, name=rules.owners[owner].name, at=tick[0], about=f"{tick[1]}/mass")
    paragraphs = (
        odd,
        "Each owner was sent one summary.",
        "If a source was loaded wrongly, put its figures right: the next tick corrects what was told.",
    )
    return engine_note(post, "Very many exceptions opened at once", paragraphs, lines, defaults, faults)


def undelivered_note(
    failures: Mapping[str, Sequence[tuple[Delivery, str]]],
    owner: str,
    rules: RuleSet,
    defaults: MessageDefaults,
    at: datetime,
) -> tuple[Notice, Message]:
    """Tell the fallback what others could not be told.

    Args:
        failures: what became of them in a word ("refused") -> deliveries with the last reply.
    """
    lines = []
    for became, several in failures.items():
        for delivery, reply in several:
            name = rules.owners[delivery.owner].name if delivery.owner in rules.owners else delivery.owner
            lines.append(f"{name} <{delivery.address}> ({became}): {delivery.message.subject}. The reply was: {reply}")
    # What was given up once more, after it had waited for its channel, is another matter.
    given_up = (delivery for several in failures.values() for delivery, _ in several)
    about = ",".join(sorted(f"{delivery.id}@{delivery.attempts}" for delivery in given_up))
    post = Post(owner=owner, name=rules.owners[owner].name, at=at, about=about)
    count = len(lines)
    title = "A message could not be delivered" if count == 1 else f"{count:,} messages could not be delivered"
    paragraphs = (
        "You are told instead of these owners. Pass it on, and have their addresses put right in the rules.",
        "What still stands is then told to them by the next tick.",
    )
    return engine_note(post, title, paragraphs, lines, defaults)


def ill_note(channel: ChannelHealth, owner: Owner, defaults: MessageDefaults, at: datetime) -> tuple[Notice, Message]:
    """Tell the operator that a channel takes nothing."""
    since = at if channel.down_since is None else channel.down_since
    began = since.astimezone(defaults.zone)
    post = Post(owner=owner.id, name=owner.name, at=at, about=f"ill/{channel.id}/{since.isoformat()}")
    paragraphs = (
        f"Nothing has been accepted over {channel.id} since {began:%H:%M} on {day_words(began.date())}.",
        "All that is to be told over it waits, and is tried again by itself.",
        "When it works again, each owner gets one message of what is true then.",
        "Until then the service gives no signs of life to whoever watches it.",
    )
    lines = (f"The last reply was: {channel.reply}",) if channel.reply else ()
    return engine_note(post, f"No messages are accepted over {channel.id}", paragraphs, lines, defaults)


def refused_note(
    problems: Sequence[Problem], owner: Owner, defaults: MessageDefaults, at: datetime
) -> tuple[Notice, Message]:
    """Tell the maintainer that changed rules are refused; equal problems make the same notice."""
    errors = [problem for problem in problems if problem.is_error]
    lines = [str(problem) for problem in errors]
    about = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    post = Post(owner=owner.id, name=owner.name, at=at, about=f"refused/{about}")
    count = "1 error" if len(errors) == 1 else f"{len(errors):,} errors"
    paragraphs = (
        f"The rules folder was changed and has {count}. The rules of before stay in force, as a whole.",
        "Mend what is listed; the service looks again by itself. `alerting check` shows the same.",
    )
    return engine_note(post, f"Changed rules are refused: {count}", paragraphs, lines, defaults)


def shrunk_note(
    shrunk: Shrunk, until: datetime, owner: Owner, defaults: MessageDefaults, at: datetime
) -> tuple[Notice, Message]:
    """Tell the maintainer that the rules are much fewer than before; one message for as long as they are.

    Args:
        until: when they are taken over, in the schedule's zone.
    """
    post = Post(owner=owner.id, name=owner.name, at=at, about=f"shrunk/{until.isoformat()}")
    paragraphs = (
        f"The rules folder holds {shrunk.words}. A folder that is half copied looks like that: it is not judged by yet.",
        "Put the missing files back; or run `alerting accept` where it is meant.",
        f"Unless somebody does either, it is taken over as it is on {day_words(until.date())} at {until:%H:%M}.",
    )
    return engine_note(post, "Much is missing in the rules: they wait", paragraphs, (), defaults)


def trial_note(owner: Owner, defaults: MessageDefaults, at: datetime) -> tuple[Notice, Message]:
    """Write a message that says nothing but that messages arrive."""
    post = Post(owner=owner.id, name=owner.name, at=at, about=f"test/{at.isoformat()}")
    paragraphs = (
        "Exceptions in the figures you answer for will be told to you at this address.",
        "There is nothing to do.",
    )
    return engine_note(post, "A test: messages reach you", paragraphs, (), defaults)
