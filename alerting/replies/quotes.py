"""What is written in a text, apart from what it quotes: above, below and between, marked or not."""

from collections.abc import Sequence
from enum import Enum

from alerting.replies import phrases
from alerting.replies.orders import order_of
from alerting.replies.told import SentWords

#: Characters of a line by which its form is told, lines that are looked at, and lines that an attribution may go over.
_FORM, MOST_LINES, _ATTRIBUTION_LINES = 500, 5_000, 4
#: Lines of a quoted mail's head that are looked at, and labels that make one.
_HEAD_LINES, _HEAD_LABELS = 14, 3

#: Characters of what may be left over of a line of ours.
_LEFT_OVER = 30


class _Line(Enum):
    WRITTEN = 1
    QUOTED = 2  #: marked by its program
    FRAME = 3  #: an attribution, a separator, a quoted mail's head
    UNMARKED = 4  #: below a frame, without marks


def segments(text: str, told: SentWords) -> list[list[str]]:
    """Return what is written, a list of lines for each stretch between quotes; blank stretches are left out.

    Args:
        text: as the mail's reader sees it.
        told: the message that it quotes: lines of it are nobody's words, marked or not.
    """
    lines = [line.rstrip() for line in text.split("\n")[:MOST_LINES]]
    kinds = _kinds(lines, told)
    found: list[list[str]] = [[]]
    before = ""
    for begin, end, kind in _stretches(kinds):
        stretch = lines[begin:end]
        if kind is _Line.WRITTEN:
            found += _written(stretch, told, before)
        elif kind is _Line.UNMARKED:
            found += _between(stretch, told)
        before = stretch[-1] if kind is _Line.QUOTED else ""
    return [segment for segment in found if any(line.strip() for line in segment)]


def _kinds(lines: Sequence[str], told: SentWords) -> list[_Line]:
    kinds = [_Line.QUOTED if line.startswith(">") else _Line.WRITTEN for line in lines]
    unmarked, place = False, 0
    while place < len(lines):
        if kinds[place] is _Line.QUOTED:
            place += 1
            continue
        length = _frame(lines, place, kinds, told)
        if length:
            kinds[place : place + length] = [_Line.FRAME] * length
            place += length
            following = _next_said(lines, place)
            unmarked = following is not None and kinds[following] is not _Line.QUOTED
        elif phrases.END_SEPARATOR.fullmatch(lines[place][:_FORM]):
            kinds[place] = _Line.FRAME
            unmarked = False
            place += 1
        else:
            kinds[place] = _Line.UNMARKED if unmarked else _Line.WRITTEN
            place += 1
    return kinds


def _frame(lines: Sequence[str], place: int, kinds: Sequence[_Line], told: SentWords) -> int:
    """Return of how many lines a frame is that begins at a place; 0 where none does."""
    line = lines[place][:_FORM]
    if not line.strip():
        return 0
    head = _head_length(lines, place)
    if head:
        return head
    if phrases.RULE.fullmatch(line) or phrases.SEPARATOR.fullmatch(line):
        below = _head_below(lines, place)
        if below:
            return below
        if phrases.SEPARATOR.fullmatch(line):
            return 1 if phrases.RULED.fullmatch(line) else 0
        return 0
    return _attribution_length(lines, place, kinds, told)


def _head_length(lines: Sequence[str], place: int) -> int:
    """Return of how many lines the head of a quoted mail is that begins at a place; 0 where none does.

    Long values go over several lines, and programs leave some lines empty.
    """
    if not phrases.LABEL.fullmatch(lines[place][:_FORM]):
        return 0
    labels: set[str] = set()
    last = place
    for number in range(place, min(place + _HEAD_LINES, len(lines))):
        found = phrases.LABEL.fullmatch(lines[number][:_FORM])
        if found:
            labels.add(found.lastgroup or "")
            last = number
        elif number - last > 2:
            break
    return last - place + 1 if "from" in labels and len(labels) >= _HEAD_LABELS else 0


def _head_below(lines: Sequence[str], place: int) -> int:
    """Return of how many lines a separator is together with the head below it; 0 where none is there."""
    following = _next_said(lines, place + 1)
    head = _head_length(lines, following) if following is not None else 0
    return following + head - place if following is not None and head else 0


def _attribution_length(lines: Sequence[str], place: int, kinds: Sequence[_Line], told: SentWords) -> int:
    joined = ""
    begins = bool(phrases.ATTRIBUTION_BEGINS.match(lines[place]))
    for length in range(1, _ATTRIBUTION_LINES + 1):
        number = place + length - 1
        if number >= len(lines) or kinds[number] is _Line.QUOTED or not lines[number].strip():
            return 0
        joined = f"{joined} {lines[number]}".strip()
        if len(joined) > _FORM or (length > 1 and not begins and not phrases.DATED.search(lines[place][:_FORM])):
            return 0
        if (
            phrases.QUOTING.fullmatch(joined)
            or _is_attribution(joined)
            or _stands_above(lines, place + length, joined, kinds)
        ):
            return (
                length
                if _quotes_follow(lines, place + length, kinds, told, sure=bool(phrases.DATED.search(joined)))
                else 0
            )
    return 0


def _is_attribution(text: str) -> bool:
    said = next(iter(reversed(list(phrases.SAID.finditer(text)))), None)
    if not said:
        return False
    after = text[said.end() :].strip()
    begins = bool(phrases.ATTRIBUTION_BEGINS.match(text))
    return text.rstrip().endswith((":", "--")) or (begins and not after)


def _stands_above(lines: Sequence[str], place: int, text: str, kinds: Sequence[_Line]) -> bool:
    """Whether a text names an address, ends in a colon, and marked lines follow: an attribution in a language not known here."""
    following = _next_said(lines, place)
    return following is not None and kinds[following] is _Line.QUOTED and bool(phrases.ABOVE_A_QUOTE.fullmatch(text))


def _quotes_follow(lines: Sequence[str], place: int, kinds: Sequence[_Line], told: SentWords, *, sure: bool) -> bool:
    """Whether what follows an attribution is a quote: marked, or of our message, or else where the attribution is a sure one."""
    following = _next_said(lines, place)
    if following is None:
        return sure
    if kinds[following] is _Line.QUOTED:
        return True
    return sure and (not told.is_known or any(told.has_long(line) for line in lines[following : following + 8]))


def _next_said(lines: Sequence[str], place: int) -> int | None:
    return next((number for number in range(place, len(lines)) if lines[number].strip()), None)


def _stretches(kinds: Sequence[_Line]) -> list[tuple[int, int, _Line]]:
    found: list[tuple[int, int, _Line]] = []
    for number, kind in enumerate(kinds):
        if found and found[-1][2] is kind:
            found[-1] = (found[-1][0], number + 1, kind)
        else:
            found.append((number, number + 1, kind))
    return found


def _written(stretch: Sequence[str], told: SentWords, before: str) -> list[list[str]]:
    """Return what is written of lines that nothing marks, *before* being the quoted line above them."""
    ours = [number for number, line in enumerate(stretch) if told.has_long(line)]
    if len(ours) > 1:
        begin = _beginning(stretch, ours[0], told)
        return [_less_foreign_head(stretch[:begin]), *_between(stretch[begin:], told)]
    kept = []
    for line in stretch:
        if before and (told.goes_on(before, line) or told.has_signs(line)):
            before += line
            continue
        before = "" if line.strip() else before
        if not told.has_long(line):
            kept.append(line)
    return [kept]


def _beginning(stretch: Sequence[str], first: int, told: SentWords) -> int:
    """Return where our message begins of which *first* is a long line: short lines above it are ours where they lead to it."""
    begin, led = first, stretch[first]
    for number in range(first - 1, -1, -1):
        line = stretch[number]
        if told.has_signs(line):
            begin = number
        elif told.goes_on(line, led):
            begin, led = number, line
        elif line.strip():
            break
    return begin


def _less_foreign_head(lines: Sequence[str]) -> list[str]:
    """Return lines without a quoted mail's head at their end, in whatever language: labels and an address among them."""
    left = list(lines)
    while left and (not left[-1].strip() or phrases.LABELLED.fullmatch(left[-1][:_FORM])):
        left.pop()
    head = [line for line in lines[len(left) :] if line.strip()]
    return left if len(head) >= _HEAD_LABELS and any("@" in line for line in head) else list(lines)


def _between(stretch: Sequence[str], told: SentWords) -> list[list[str]]:
    """Return what stands between and below the lines of our message where nothing marks them; nothing where it is not ours."""
    ours = [number for number, line in enumerate(stretch) if told.has_long(line)]
    if not ours:
        return []
    last = ours[-1]
    found = _gathered(stretch[ours[0] : last], told)
    return [*found, _below(stretch[last + 1 :], stretch[last], told)]


def _gathered(lines: Sequence[str], told: SentWords) -> list[list[str]]:
    """Return what stands between lines of our message, a list for each place."""
    found: list[list[str]] = [[]]
    before = ""
    for line in lines:
        if not line.strip():
            continue
        if told.has_line(line) or told.has_long(line) or told.is_kin(line) or told.goes_on(before, line):
            found.append([])
        else:
            found[-1].append(line)
        before = line
    return found


def _below(lines: Sequence[str], last: str, told: SentWords) -> list[str]:
    """Return what stands below the last long line of our message; short ones of it, or wrapped off it, may come first."""
    left = [line for line in lines if not told.follows(line, last)]
    while left and (not left[0].strip() or told.goes_on(last, left[0]) or _is_left_over(left[0], told)):
        left.pop(0)
    return left


def _is_left_over(line: str, told: SentWords) -> bool:
    return len(line) < _LEFT_OVER and told.is_kin(line) and not order_of(line)
