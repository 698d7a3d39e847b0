"""How a notice is answered: buttons that open a prepared mail, and the same by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from markupsafe import Markup, escape

from alerting.domain.finding import Meaning
from alerting.domain.notify.notice import ANSWER_ADDRESS, ANSWER_TOKEN
from alerting.reports.views import EventView, NoticeView

_ALL, _ONE, _EXPLAIN, _COMMENT, _NOT_MINE = "I’m on all", "I’m on it", "Explain it", "Comment", "Not mine"
#: The first line that a button prepares; none for the reader's own words.
_FIRST_LINES = {_ALL: "ok", _ONE: "ok", _NOT_MINE: "not mine"}
_KEPT = "anything else is kept as your comment."
_BY_HAND = f"reply to this mail with a first line of ok or not mine, or false alarm where nothing is behind it; {_KEPT}"
_BY_NUMBER = (
    f"reply to this mail with a first line of ok for all, ok 2 3 for some, or 4 not mine, or 5 false alarm; {_KEPT}"
)
_QUIETLY = "reply to this mail: what you write is kept as your comment."
_NOTHING = "Nothing has to be done; if you know why it is so, say it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A link that opens a mail with a subject and a first line."""

    label: str
    href: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """What a notice says of how to answer it."""

    #: That nothing has to be done, where it is so.
    ease: str | None
    buttons: Sequence[Button]
    #: What to do by hand, as the beginning of a sentence has it and as it follows the buttons.
    by_hand: str
    #: What leads an answer to this message, where that stands in its text; it is put in on the way out.
    token: str | None

    @property
    def in_text(self) -> str:
        """Write it for a reader without buttons."""
        return f"{self.ease + ' ' if self.ease else ''}To answer, {self.by_hand}"


def answering_of(view: NoticeView, events: Sequence[EventView], subject: str, *, numbered: bool) -> Answering | None:
    """Return how a notice is answered; None: nobody reads answers.

    Args:
        events: as the notice orders them.
        numbered: whether what it tells stands under numbers.
    """
    if view.answers is None:
        return None
    token = ANSWER_TOKEN if view.answers == "text" else None
    asks = [event for event in events if not event.is_over and event.meaning is not Meaning.IMPROVEMENT]
    if not asks:
        return Answering(ease=_NOTHING, buttons=_buttons(subject, _COMMENT), by_hand=_QUIETLY, token=token)
    if numbered:
        return Answering(
            ease=None, buttons=_buttons(subject, _ALL, _COMMENT, _NOT_MINE), by_hand=_BY_NUMBER, token=token
        )
    changes = all(event.meaning is Meaning.CHANGE for event in asks)
    labels = (_EXPLAIN, _ONE, _NOT_MINE) if changes else (_ONE, _COMMENT, _NOT_MINE)
    return Answering(ease=None, buttons=_buttons(subject, *labels), by_hand=_BY_HAND, token=token)


def _buttons(subject: str, *labels: str) -> list[Button]:
    return [Button(label=label, href=_href(f"Re: {subject}", _FIRST_LINES.get(label))) for label in labels]


def _href(subject: str, first_line: str | None) -> Markup:
    # A dash before a digit would be printed as a minus.
    about = quote(subject, safe="").replace("-", "%2D")
    body = f"&body={quote(first_line)}" if first_line is not None else ""
    return Markup(escape(f"mailto:{ANSWER_ADDRESS}?subject={about}{body}"))  # noqa: S704  # escaped
