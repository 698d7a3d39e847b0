"""The words of our own message, to know them again in what came back, however they are wrapped, marked or cut."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from alerting.replies.html_text import text_from_html
from alerting.replies.token import TOKEN_LENGTH

#: Letters and digits from which on a line that stands in our message is ours wherever it stands.
LONG = 15
#: Share of a line's pairs of neighbouring words that stand in our message, from which on it is a changed line of ours.
_KIN = 0.4
_MARKUP = re.compile(
    r"<(?:mailto|https?|cid):[^<>]*>|\[cid:[^\[\]]*\]|\b(?:mailto|https?|cid):[^\s)>\]]+", re.IGNORECASE
)
#: Not in an address: that stands in heads of quoted mails too.
_TOKEN = re.compile(rf"(?<![A-Za-z0-9+=])[A-Za-z2-7]{{{TOKEN_LENGTH}}}(?![A-Za-z0-9@])")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class _Form:
    """One form of the message: its letters without a break, with links and without, and where each line begins in the latter."""

    whole: str
    letters: str
    lines: tuple[tuple[int, str], ...]


def forms(text: str, html: str) -> tuple[str, ...]:
    """Return a message of ours in every form in which its words may come back, pictures' words among them."""
    return (text, text_from_html(html, alts=True)) if html else (text,)


class SentWords:
    """A message of ours as it was sent.

    Args:
        forms: as `forms` gives them; empty where the message is not known, and then no line is ours.
    """

    def __init__(self, forms: Sequence[str]) -> None:
        self._forms = tuple(_form(text) for text in map(visible, forms))
        self._lines = frozenset(line for form in self._forms for _, line in form.lines)
        self._signs = frozenset(sign for text in map(visible, forms) for sign in text.split() if not _letters(sign))
        self._words = frozenset(word for text in map(visible, forms) for word in _words(text))
        self._pairs = frozenset(pair for text in map(visible, forms) for pair in _pairs(text))

    @property
    def is_known(self) -> bool:
        """Whether there are words to hold others against."""
        return bool(self._lines)

    def opens_with(self, line: str) -> bool:
        """Whether a line is the message's first: where that is a marking, programs put the same one over what is written."""
        letters = _letters(line)
        return bool(letters) and any(form.lines and form.lines[0][1] == letters for form in self._forms)

    def has_long(self, line: str) -> bool:
        """Whether a line of 15 letters and digits or more stands in the message; or holds a token, which nobody types."""
        if _TOKEN.search(line):
            return True
        letters = _letters(less_markup(line))
        if letters:
            return len(letters) >= LONG and any(letters in form.letters for form in self._forms)
        link = _letters(line)
        return len(link) >= LONG and any(link in form.whole for form in self._forms)

    def has_line(self, line: str) -> bool:
        """Whether the message has such a line, however short."""
        return _letters(less_markup(line)) in self._lines

    def has_signs(self, line: str) -> bool:
        """Whether a line is nothing but marks that stand in the message, as "!" before a verdict."""
        return bool(line.strip()) and self._signs.issuperset(line.split())

    def goes_on(self, before: str, line: str) -> bool:
        """Whether two neighbouring lines stand in the message as one piece: the second was wrapped off the first."""
        first, second = _letters(before), _letters(line)
        joined = first[-200:] + second
        return bool(first and second) and len(joined) >= LONG and any(joined in form.whole for form in self._forms)

    def is_kin(self, line: str) -> bool:
        """Whether a line may be a changed one of the message: every word stands in it, or so many neighbouring ones do."""
        words = _words(line)
        pairs = list(pairwise(words))
        return self._words.issuperset(words) or sum(pair in self._pairs for pair in pairs) >= _KIN * len(words)

    def follows(self, line: str, after: str) -> bool:
        """Whether a line of the message says the same, in a place behind the one that says *after*."""
        wanted, known = _letters(less_markup(line)), _letters(less_markup(after))
        for form in self._forms:
            place = form.letters.rfind(known)
            if place >= 0 and any(begin >= place + len(known) and found == wanted for begin, found in form.lines):
                return True
        return False


_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_SPACES = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_BREAKS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")


def visible(text: str) -> str:
    """Return a text without marks nobody sees, with plain spaces and line feeds; what joins the parts of an emoji stays."""
    return _CONTROLS.sub("", _INVISIBLE.sub("", _SPACES.sub(" ", _BREAKS.sub("\n", text))))


def less_markup(line: str) -> str:
    """Return a line without the links and pictures that programs write out in plain text."""
    return _MARKUP.sub("", line)


def _form(text: str) -> _Form:
    lines, place = [], 0
    for line in text.split("\n"):
        letters = _letters(less_markup(line))
        if letters:
            lines.append((place, letters))
            place += len(letters)
    return _Form(_letters(text), "".join(letters for _, letters in lines), tuple(lines))


def _letters(line: str) -> str:
    return "".join(character for character in line.casefold() if character.isalnum())


def _words(text: str) -> list[str]:
    return _WORD.findall(less_markup(text).casefold())


def _pairs(text: str) -> list[tuple[str, str]]:
    return list(pairwise(_words(text)))
