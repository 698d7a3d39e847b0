"""What an organisation's own template wrote, made fit for a message: nothing in it can leave out what must be said."""

import re
from dataclasses import replace
from html import escape
from typing import Final

from alerting.domain.notice import Message
from alerting.render import plain
from alerting.render.shown_words import words_of

_SUBJECT_LENGTH: Final = 150
_FOOT = re.compile(r'<td class="foot"[^>]*>')
_SHEET = re.compile(r'<td class="sheet"[^>]*>')
_BODY = re.compile(r"<body[^>]*>")


def subject_of(written: str, marking: str | None) -> str | None:
    """Return one line of at most 150 characters that begins with the marking; None where nothing was written."""
    line = plain.one_line(written)
    if not line:
        return None
    head = f"[{plain.one_line(marking)}] " if marking else ""
    return plain.shortened(head + line.removeprefix(head), _SUBJECT_LENGTH)


def text_of(written: str, marking: str | None, summary: str | None) -> str | None:
    """Return a text with marking and summary, whether the template prints them or not; None where nothing was written."""
    text = plain.tidied(plain.cleaned(written))
    if not text.strip():
        return None
    head = f"{marking}\n\n" if marking else ""
    marked = text.startswith(head.rstrip("\n") + "\n") if head else True
    if summary and not _says(text, summary):
        body = text.removeprefix(head) if marked else text
        text = f"{head if marked else ''}{plain.wrapped(plain.sentence(summary))}\n\n{body}"
    return text if marked else f"{head}{text}\n{marking}\n"


def html_of(written: str, marking: str | None, summary: str | None) -> str | None:
    """Return HTML with marking and summary, as `text_of` does; None where a reader sees nothing."""
    html = plain.cleaned(written)
    words = words_of(html)
    if not words and "<img" not in html:
        return None
    if summary and not _says(words, summary):
        html = _put(html, f"<p><strong>{escape(plain.sentence(summary))}</strong></p>", _SHEET, _BODY)
    if marking and not words.startswith(" ".join(marking.split())):
        line = f"<p>{escape(marking)}</p>"
        html = _put(html, line, _BODY)
        html = f"{line}</body>".join(html.rsplit("</body>", 1))
    return html


def with_note(message: Message, note: str, marking: str | None) -> Message:
    """Put a note where text and HTML end, before the marking that closes them."""
    closing = f"\n{marking}\n" if marking else ""
    body = message.text.removesuffix(closing) if closing else message.text
    text = f"{body.rstrip()}\n\n{plain.wrapped(note)}\n{closing}"
    paragraph = f"<p>{escape(note)}</p>"
    if _FOOT.search(message.html) or "</body>" not in message.html:
        html = _put(message.html, paragraph, _FOOT, re.compile(r"\Z"))
    else:
        html = f"{paragraph}</body>".join(message.html.rsplit("</body>", 1))
    return replace(message, text=text, html=html)


def _says(text: str, summary: str) -> bool:
    """Whether a text holds a summary, as a sentence or within one."""
    return plain.one_line(summary).rstrip(".").casefold() in plain.one_line(text).casefold()


def _put(html: str, line: str, *places: re.Pattern[str]) -> str:
    """Put a line right behind the first of *places* that is there, else at the beginning."""
    found = next((match for place in places if (match := place.search(html))), None)
    at = found.end() if found is not None else 0
    return f"{html[:at]}{line}{html[at:]}"
