"""The operator hears of faults of the program: once of each, and once that they are over."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from alerting.app.notices.compose import MessageDefaults
from alerting.app.notices.operator import Post, engine_note
from alerting.domain.fault import LAID_OUT, Faults
from alerting.domain.notify.notice import Message, Notice
from alerting.domain.notify.recipients import Presence
from alerting.domain.rule import RuleSet

#: In the keys of faults at messages, which are laid out once.
PASSES = f" {LAID_OUT}: "
#: Under which the state keeps what the operator was told of, beside the troubles of sources; no source can have this id.
OF_THE_PROGRAM = "(program)"


def fault_notes(
    rules: RuleSet,
    faults: Faults,
    before: Mapping[str, Sequence[str]],
    presence: Presence,
    defaults: MessageDefaults,
    tick: tuple[datetime, str],
) -> tuple[list[tuple[Notice, Message]], list[tuple[str, tuple[str, ...]]]]:
    """Return what the operator is told of faults that are not those of the last tick, and what is kept of them.

    Args:
        before: what was told, by source and under `OF_THE_PROGRAM`.
        tick: its instant and id.
    """
    told, now = set(before.get(OF_THE_PROGRAM, ())), {fault.key for fault in faults}
    passed = {key for key in told if PASSES in key}  # told once; that they are not met today says nothing
    person = _reached(rules, presence)
    if told == now | passed or person is None:  # where nobody can be reached it is told when somebody can
        return [], []
    over = not now and told > passed
    kept = set() if over else now | passed
    changed = [(OF_THE_PROGRAM, tuple(sorted(kept)))]
    if not (over or now - told):
        return [], changed  # some are over, and of the others was told
    post = Post(owner=person, name=rules.owners[person].name, at=tick[0], about=f"{tick[1]}/faults")
    return [_note(post, faults, defaults)], changed


def _reached(rules: RuleSet, presence: Presence) -> str | None:
    """Return the operator, else the maintainer, else the fallback, or who stands in: the first who can be reached."""
    roles = (rules.roles.operator, rules.roles.maintainer, rules.roles.fallback)
    people = presence.reached_for([role for role in roles if role is not None and role in rules.owners])
    return next(iter(people), None)


def _note(post: Post, faults: Faults, defaults: MessageDefaults) -> tuple[Notice, Message]:
    if not faults:
        over = ("What the program failed at before works again.", "There is nothing to do.")
        return engine_note(post, "The program no longer fails at anything", over, (), defaults, faults)
    count = "1 thing" if len(faults) == 1 else f"{len(faults):,} things"
    paragraphs = (
        "This is a fault of the program, not of the rules or the figures. All else was judged and told.",
        "What was told before of the following stays as it is until it can be judged again.",
        "Report it to the program's makers with these lines; the log has the way to each. `alerting check` tries them again.",
    )
    lines = [f"{fault.work.place}: {fault.words}" if fault.work.place else fault.words for fault in faults]
    return engine_note(post, f"The program failed at {count}", paragraphs, lines, defaults, faults)
