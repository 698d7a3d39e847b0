"""What is sent where the program fails at laying a message out: the bare lines, and that this happened."""

from collections.abc import Sequence
from html import escape

from alerting.domain.notify.notice import Message
from alerting.wording.plain import one_line, shortened

_SUBJECT_LENGTH = 150
#: What every such message says of itself.
NOT_LAID_OUT = "The program failed at laying this message out: it comes as plain lines. No rule or figure is to blame."


def bare_message(title: str, lines: Sequence[str], marking: str | None) -> Message:
    """Write a message without templates, views or charts, which are what failed."""
    marked = f"[{one_line(marking)}] " if marking else ""
    subject = shortened(f"{marked}{one_line(title)}", _SUBJECT_LENGTH)
    paragraphs = [subject, *(one_line(line) for line in lines), NOT_LAID_OUT]
    html = "".join(f"<p>{escape(paragraph)}</p>\n" for paragraph in paragraphs)
    text = "\n\n".join(paragraphs) + "\n"
    return Message(subject=subject, text=text, html=f'<!DOCTYPE html>\n<html lang="en"><body>\n{html}</body></html>\n')
