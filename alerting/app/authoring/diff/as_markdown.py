"""A difference as the comment on a pull request: what should be looked at first, and never too long for one."""

from collections.abc import Iterable, Iterator

from alerting.app.authoring.diff.as_text import other_lines, owner_lines, summary
from alerting.app.authoring.diff.changes import MOST_QUOTED, Change
from alerting.app.authoring.diff.difference import Difference
from alerting.app.authoring.diff.said import (
    People,
    budget_lines,
    mail_budget_lines,
    not_compared,
    notice_line,
    notices_words,
    reworded_title,
    roll_over_lines,
    span_words,
    whole_title,
)
from alerting.domain.notify.notice import Message
from alerting.domain.rule import Rule
from alerting.render.markdown import block, in_html, inline, lines_within, within
from alerting.wording.plain import counted, shortened

#: Begins the comment; by it the one that is there is found, and written anew.
MARKER = "<!-- alerting diff -->"
#: A comment may have no more.
MOST_BYTES = 60_000
_LEFT_OUT = "\nParts are left out here for want of room: `alerting diff` without `--format` prints all.\n"
#: Bytes that each part may have.
_OF_REASONS, _OF_RULES, _OF_OTHERS, _OF_OWNERS, _OF_MONTHS = 2_000, 14_000, 5_000, 6_000, 5_000
_OF_WHOLE, _OF_NOTICES, _OF_BUDGET, _OF_LIMITS = 4_500, 2_000, 1_500, 3_000


def as_markdown(found: Difference) -> str:
    """Return a difference as Markdown of at most `MOST_BYTES`."""
    text, left_out = "", 0
    for part in _parts(found):
        lines = "".join(f"{line}\n" for line in part)
        fits = len(text.encode()) + len(lines.encode()) + len(_LEFT_OUT.encode()) <= MOST_BYTES
        text, left_out = (text + lines, left_out) if fits else (text, left_out + 1)
    return text + _LEFT_OUT if left_out else text


def _parts(found: Difference) -> Iterator[Iterable[str]]:
    """Yield the lines of each part, what should be looked at first."""
    yield _head(found)
    yield _section("Rules", _rules(found), _OF_RULES, "rule")
    yield _section("Elsewhere in the folder", _items(other_lines(found)), _OF_OTHERS, "change")
    yield _section("Owners", _items(owner_lines(found)), _OF_OWNERS, "line")
    yield from _notices(found)
    title = "False alarms to be expected, openings a month"
    yield _section(title, _items(budget_lines(found)), _OF_BUDGET, "owner")
    yield _section("Mail budgets", _items(mail_budget_lines(found)), _OF_BUDGET, "owner")
    title = "Limits from the next financial year on"
    yield _section(title, _items(roll_over_lines(found)), _OF_LIMITS, "series")


def _head(found: Difference) -> Iterator[str]:
    yield from (MARKER, f"### What this does to the alerts: {_short(summary(found))}", "")
    yield _short(f"{found.base.shown} → {found.head.shown}")
    if found.reasons:
        yield from ("", "**To look at:**", "")
        yield from lines_within((f"- {inline(reason)}" for reason in found.reasons), _OF_REASONS, "reason")


def _short(text: str) -> str:
    return within(inline(shortened(text, 200)), 2_000)


def _section(title: str, lines: Iterator[str], most_bytes: int, noun: str) -> Iterator[str]:
    several = list(lines_within(lines, most_bytes, noun))
    if several:
        yield from ("", f"#### {title}", "", *several)


def _items(lines: Iterator[str]) -> Iterator[str]:
    return (f"- {inline(line)}" for line in lines)


def _rules(found: Difference) -> Iterator[str]:
    for what, rules in (("new", found.rules.added), ("gone", found.rules.removed)):
        yield from (f"- {what}: {_rule(rule)}" for rule in rules)
    for changed in found.rules.changed:
        yield f"- {_rule(changed.rule)}: {'; '.join(map(_change, changed.changes))}"


def _rule(rule: Rule) -> str:
    return f"**{inline(rule.id)}** ({inline(rule.title)}), {inline(f'{rule.place.file}:{rule.place.line}')}"


def _change(change: Change) -> str:
    if change.said is not None:
        return inline(change.said)
    # What stands between backticks are names of keys, which are ours.
    what = "".join(f"`{part}`" if n % 2 else inline(part) for n, part in enumerate(change.what.split("`")))
    before, after = (inline(shortened(one, MOST_QUOTED)) for one in (change.before, change.after))
    return f"{what} {before} → **{after}**"


def _notices(found: Difference) -> Iterator[Iterable[str]]:
    """Yield the figures that were used, counts of notices, up to three whole, and the others by the line."""
    if found.figures is not None:
        yield "", _short(found.figures.words)
    if found.notices is None:
        yield ("", *map(inline, not_compared(found))) if found.looked_back else ()
        return
    yield "", f"#### Notices {inline(span_words(found))}", "", f"{inline(notices_words(found))}."
    people = People.of(found)
    months = [
        f"| {inline(people[one.owner])} | {one.month:%Y-%m} | {one.added} | {one.removed} |"
        for one in found.notices.by_owner_and_month()
    ]
    if months:
        head = ("", "| Owner | Month | Tell something new | Gone |", "| --- | --- | ---: | ---: |")
        yield *head, *lines_within(iter(months), _OF_MONTHS, "line")
    for one in found.notices.to_show():
        yield _whole(whole_title(found, one), one.notice.write())
    if found.reworded is not None:
        yield _whole(reworded_title(found.reworded, people), found.reworded.after)
    for what, several in (("more", found.notices.added), ("fewer", found.notices.removed)):
        if several:
            lines = lines_within((f"- {inline(notice_line(one, people))}" for one in several), _OF_NOTICES, "notice")
            yield _folded(f"{counted(len(several), 'notice')} {what}, one a line", "\n".join(lines))


def _whole(title: str, message: Message) -> Iterator[str]:
    yield from _folded(title, block(f"{message.subject}\n\n{message.text}", _OF_WHOLE))


def _folded(title: str, content: str) -> Iterator[str]:
    yield from ("", f"<details><summary>{in_html(title)}</summary>", "", content, "", "</details>")
