"""What a reader sees of HTML, as far as tests of templates need it: its words and its numbers."""

import re
from html import unescape

_UNSEEN = re.compile(r"<(style|title|script)\b.*?</\1\s*>|<!--.*?-->", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_NUMBER = re.compile(r"\d[\d,./]*")


def words_of(html: str) -> str:
    """Return the words between the tags, with single spaces."""
    return " ".join(unescape(_TAG.sub(" ", _UNSEEN.sub(" ", html))).split())


def numbers_in(text: str) -> set[str]:
    """Return the numbers of a text as they are written, without the stop or comma that ends a sentence."""
    return {number.rstrip(".,/") for number in _NUMBER.findall(text)}
