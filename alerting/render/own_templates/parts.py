"""What an organisation's own template wrote, made fit for a message: nothing in it can leave out what must be said."""

from dataclasses import replace
from html import escape
from typing import Final

from alerting.domain.notify.notice import Message
from alerting.render.own_templates.host import Rendered
from alerting.wording import plain

_SUBJECT_LENGTH: Final = 150
#: More than any subject needs; joined characters without end would take long to count.
_MOST_CHARACTERS: Final = 4_000
_FOOT, _SHEET, _BODY = '<td class="foot"', '<td class="sheet"', "<body"


def subject_of(written: Rendered, marking: str | None, _summary: str | None) -> str | None:
    """Return one line of at most 150 characters that begins with the marking; None where nothing was written."""
    line = plain.one_line(written.text[:_MOST_CHARACTERS])
    if not line:
        return None
    head = f"[{plain.one_line(marking)}] " if marking else ""
    return plain.shortened(head + line.removeprefix(head), _SUBJECT_LENGTH)


def text_of(written: Rendered, marking: str | None, summary: str | None) -> str | None:
    """Return a text with marking and summary, whether the template prints them or not; None where nothing was written."""
    text = plain.tidied(written.text)
    if not text.strip():
        return None
    head = f"{marking}\n\n" if marking else ""
    marked = text.startswith(f"{marking}\n") if marking else True
    if summary and not _says(text, summary):
        body = text.removeprefix(head) if marked else text
        text = f"{head if marked else ''}{plain.wrapped(plain.sentence(summary))}\n\n{body}"
    return text if marked else f"{head}{text}\n{marking}\n"


def html_of(written: Rendered, marking: str | None, summary: str | None) -> str | None:
    """Return HTML with marking and summary, as `text_of` does; None where a reader sees nothing."""
    html = written.text
    if not written.words and "<img" not in html:
        return None
    if summary and not _says(written.words, summary):
        html = _put(html, f"<p><strong>{escape(plain.sentence(summary))}</strong></p>", _SHEET, _BODY)
    if marking and not written.words.startswith(" ".join(marking.split())):
        line = f"<p>{escape(marking)}</p>"
        html = f"{line}</body>".join(_put(html, line, _BODY).rsplit("</body>", 1))
    return html


def with_note(message: Message, note: str, marking: str | None) -> Message:
    """Put a note where text and HTML end, before the marking that closes them."""
    closing = f"\n{marking}\n" if marking else ""
    body = message.text.removesuffix(closing) if closing else message.text
    text = f"{body.rstrip()}\n\n{plain.wrapped(note)}\n{closing}"
    paragraph = f"<p>{escape(note)}</p>"
    if _FOOT in message.html:
        html = _put(message.html, paragraph, _FOOT)
    elif "</body>" in message.html:
        html = f"{paragraph}</body>".join(message.html.rsplit("</body>", 1))
    else:
        html = message.html + paragraph
    return replace(message, text=text, html=html)


def _says(text: str, summary: str) -> bool:
    """Whether a text holds a summary, as a sentence or within one."""
    return plain.one_line(summary).rstrip(".").casefold() in plain.one_line(text).casefold()


def _put(html: str, line: str, *tags: str) -> str:
    """Put a line right behind the first of *tags* that is there, else at the beginning."""
    begins = next((at for tag in tags if (at := html.find(tag)) >= 0), -1)
    at = html.find(">", begins) + 1 if begins >= 0 else 0
    return f"{html[:at]}{line}{html[at:]}"
