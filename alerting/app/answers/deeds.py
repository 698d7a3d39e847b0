"""What an answer does to the alerts of its message, by the same use cases as the commands."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from alerting.app.alerts.actions import Saying, acknowledge_in, comment_in, false_alarm_in
from alerting.app.answers.writers import Writer
from alerting.domain.inbox import Sent
from alerting.domain.notify.notice import NoticeKind
from alerting.domain.rule import RuleSet
from alerting.ports.state import Transaction
from alerting.replies.incoming import MOST_COMMENT, Act, Answer
from alerting.wording.plain import counted

#: What is said of a comment that was longer.
CUT = f"(cut: only the first {MOST_COMMENT:,} characters are kept)"
HOW_TO = (
    "a reply to this kind of message does nothing: to answer for an exception, reply to the notice that told you of it"
)
ENDED = "what it answers has ended, so that there is nothing to take on"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What an answer did, in a sentence; `problem`: what its writer is to know where it did not do what was asked."""

    outcome: str
    acted: bool
    problem: str | None = None
    #: The alerts that are said not to be theirs.
    not_mine: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Deeds:
    """Acts on alerts inside one transaction, at one instant of one day."""

    state: Transaction
    rules: RuleSet
    at: datetime
    day: date

    def do(self, answer: Answer, sent: Sent, writer: Writer) -> Made:
        """Do what an answer asks for; what has ended is not acknowledged, nor anything that the message did not tell of."""
        if sent.kind is not NoticeKind.EXCEPTIONS or not sent.alerts:
            return Made(outcome=f"nothing: {HOW_TO}", acted=False, problem=HOW_TO)
        if answer.act is Act.NONE:
            why = answer.why.value if answer.why is not None else "it asks for nothing"
            return Made(outcome=f"nothing: {why}", acted=False, problem=why)
        chosen = _chosen(sent, answer)
        words = f"{answer.comment}\n{CUT}" if answer.cut else answer.comment
        saying = Saying(person=writer.person, at=self.at, words=words or None, via=writer.via(self.rules))
        if answer.act is Act.NOT_MINE:
            return Made(
                outcome=f"the maintainer is told that {_some(chosen)} is not theirs", acted=True, not_mine=tuple(chosen)
            )
        if answer.act is Act.ACKNOWLEDGE:
            return self._acknowledge(chosen, saying)
        if answer.act is Act.FALSE_ALARM:
            return self._false_alarm(chosen, replace(saying, false_alarm=True))
        return self._comment(chosen, saying, answer)

    def _acknowledge(self, chosen: Sequence[str], saying: Saying) -> Made:
        standing = self._standing(chosen)
        if not standing:
            if saying.words:
                self._say(chosen, saying)
                return Made(outcome=f"noted on {_some(chosen)}; {ENDED}", acted=True, problem=ENDED)
            return Made(outcome=f"nothing: {ENDED}", acted=False, problem=ENDED)
        for id_ in standing:
            alert = self.state.alerts.get(id_)
            if alert is not None and alert.is_acknowledged(self.day):
                if saying.words:
                    comment_in(self.state, id_, saying)
            else:
                acknowledge_in(self.state, self.rules, id_, saying, self.day)
        return Made(outcome=f"acknowledged {_some(standing)}", acted=True)

    def _false_alarm(self, chosen: Sequence[str], saying: Saying) -> Made:
        """Keep it of all that is chosen, of what has ended too: that is when one mostly knows."""
        for id_ in chosen:
            false_alarm_in(self.state, self.rules, id_, saying, self.day)
        return Made(outcome=f"{_some(chosen)}: a false alarm", acted=True)

    def _comment(self, chosen: Sequence[str], saying: Saying, answer: Answer) -> Made:
        about = self._standing(chosen) or list(chosen)
        self._say(about, saying)
        problem = None if answer.why is None else f"{answer.why.value}, so that it was kept as a comment"
        outcome = f"noted on {_some(about)}"
        return Made(outcome=f"{outcome}; {problem}" if problem else outcome, acted=True, problem=problem)

    def _say(self, alerts: Sequence[str], saying: Saying) -> None:
        for id_ in alerts:
            comment_in(self.state, id_, saying)

    def _standing(self, alerts: Sequence[str]) -> list[str]:
        found = ((id_, self.state.alerts.get(id_)) for id_ in alerts)
        return [id_ for id_, alert in found if alert is not None and alert.is_open]


def _chosen(sent: Sent, answer: Answer) -> list[str]:
    """Return the alerts of the items that were chosen, else all that the message tells of."""
    items = sent.delivery.message.items or (sent.alerts,)
    numbers = answer.items or range(1, len(items) + 1)
    named = dict.fromkeys(id_ for number in numbers for id_ in items[number - 1])
    return list(named) if answer.items else list(sent.alerts)


def _some(alerts: Sequence[str]) -> str:
    """Name an alert, or say how many."""
    return alerts[0] if len(alerts) == 1 else counted(len(alerts), "alert")
