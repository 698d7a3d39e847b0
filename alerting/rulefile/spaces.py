"""Spaces that look like plain ones and are none: pasted from documents, they are invisible where they do harm."""

import re
import unicodedata

#: Spaces other than the plain one, marks without width, and what documents put between words.
_UNUSUAL = re.compile(r"[\u00a0\u1680\u2000-\u200d\u202f\u205f\u2060\u3000\ufeff]")


def unusual_space(text: str) -> re.Match[str] | None:
    """Find the first character that looks like a space, or like nothing, and is no plain space."""
    return _UNUSUAL.search(text)


def named_space(character: str) -> str:
    """Return a character's name and number: no-break space (U+00A0)."""
    return f"{unicodedata.name(character, 'a space').lower()} (U+{ord(character):04X})"
