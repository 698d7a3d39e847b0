"""The engine's own messages: to the operator, the maintainer of the rules, and whoever is told instead of another."""

from alerting.domain.notify.notice import Message
from alerting.render.environment import mail_of, text_of
from alerting.reports.views import EngineNoteView
from alerting.wording.plain import number, one_line, shortened

_SUBJECT_LENGTH = 150
#: Lines of the list that are shown; the rest is counted.
_MOST_LINES = 50


def render_engine_note(view: EngineNoteView) -> Message:
    """Render one message of the engine's own."""
    marking = f"[{one_line(view.marking)}] " if view.marking else ""
    subject = shortened(f"{marking}{one_line(view.title)}", _SUBJECT_LENGTH)
    left = len(view.lines) - _MOST_LINES
    lines = [*view.lines[:_MOST_LINES], *([f"and {number(left)} more"] if left > 0 else [])]
    html = mail_of("engine_note.html.j2", view=view, lines=lines, title=subject)
    text = text_of("engine_note.txt.j2", view=view, lines=lines)
    return Message(subject=subject, text=text, html=html, headers=view.headers)
