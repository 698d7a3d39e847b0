"""The monthly page on rules as a mail."""

from alerting.domain.notify.notice import Message
from alerting.render.environment import mail_of, text_of
from alerting.reports.rule_review import RuleReviewView
from alerting.wording.plain import number, one_line

#: Rules that are shown of each sort; the rest is counted.
_MOST_RULES = 40


def render_rule_review(view: RuleReviewView) -> Message:
    """Render one reader's page."""
    marking = f"[{one_line(view.marking)}] " if view.marking else ""
    subject = f"{marking}{one_line(view.title)}"
    shown = {
        "shadow": view.shadow[:_MOST_RULES],
        "doubtful": view.doubtful[:_MOST_RULES],
        "answered": view.answered[:_MOST_RULES],
        "more_shadow": _more(len(view.shadow)),
        "more_doubtful": _more(len(view.doubtful)),
        "more_answered": _more(len(view.answered)),
    }
    html = mail_of("rule_review.html.j2", view=view, title=subject, **shown)
    return Message(subject=subject, text=text_of("rule_review.txt.j2", view=view, **shown), html=html)


def _more(count: int) -> str | None:
    left = count - _MOST_RULES
    return f"and {number(left)} more rules" if left > 0 else None
