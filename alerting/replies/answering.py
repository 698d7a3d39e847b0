"""What a person's mail says of the message that it answers: an order in its first line, a comment in the rest."""

from collections.abc import Sequence

from alerting.replies.incoming import MOST_COMMENT, Act, Answer, Incoming, MailKind, Why
from alerting.replies.orders import Order, order_of
from alerting.replies.quotes import segments
from alerting.replies.told import SentWords, visible
from alerting.replies.trimming import less_pgp_frame, trimmed


def answer(incoming: Incoming, *, told: Sequence[str], items: int) -> Answer:
    """Return what a mail asks for.

    The first line written decides: where it is an order and nothing else, the rest is the comment that goes with it; else all
    of it is a comment. Whose mail may act, and whether the message can be answered at all, is not looked at here.

    Args:
        told: the message that it answers, as `told.forms` gives it: no line of it becomes a comment or acts.
        items: how many numbered items the message has; 1 where it tells of one thing.
    """
    if incoming.kind is not MailKind.PERSON or incoming.why:
        return Answer(act=Act.NONE, why=incoming.why or Why.REPORT)
    stretches = _said(incoming.written, SentWords(told))
    if not stretches:
        return Answer(act=Act.NONE, why=Why.NOTHING_WRITTEN)
    order = order_of(stretches[0][0])
    if order is None:
        return _commented(stretches, None)
    if any(order_of(stretch[0]) for stretch in stretches[1:]):
        return _commented(stretches, Why.SEVERAL)
    return _ordered(order, stretches, items)


def _said(text: str, told: SentWords) -> list[list[str]]:
    lines = less_pgp_frame(visible(text).split("\n"))
    found: list[list[str]] = []
    for segment in segments("\n".join(lines), told):
        said = trimmed(segment, told, is_first=not found)
        if said:
            found.append(said)
    return found


def _ordered(order: Order, stretches: Sequence[Sequence[str]], items: int) -> Answer:
    numbers = order.numbers(items)
    if numbers is None:
        return _commented(stretches, Why.NO_SUCH_ITEM)
    comment, cut = _comment([stretches[0][1:], *stretches[1:]])
    return Answer(act=order.act, items=numbers, comment=comment, cut=cut)


def _commented(stretches: Sequence[Sequence[str]], why: Why | None) -> Answer:
    comment, cut = _comment(stretches)
    return Answer(act=Act.COMMENT, comment=comment, cut=cut, why=why)


def _comment(stretches: Sequence[Sequence[str]]) -> tuple[str, bool]:
    """Return stretches as one text of the length that is kept, and whether it was longer."""
    whole = "\n\n".join(text for stretch in stretches if (text := "\n".join(stretch).strip()))
    return whole[:MOST_COMMENT].rstrip(), len(whole) > MOST_COMMENT
