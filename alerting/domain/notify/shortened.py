"""Messages made smaller, for a server that takes no more: every fact of them stays, or is said to be left out."""

import re
from collections.abc import Iterator
from dataclasses import replace

from alerting.domain.notify.notice import Message

#: How much of a text is left where all of it is too much, in characters.
_SHORT = 4000
_SHORTENED = "The rest is left out: the mail server takes no message of this size. `alerting explain` shows all of it."
#: A quoted value may hold any sign, the end of a tag too.
_IMAGE = re.compile(r"""<img\b(?:[^>"']|"[^"]*"|'[^']*')*>""")
_ALT = re.compile(r"""\balt=(?:"([^"]*)"|'([^']*)')""")


def ever_smaller(message: Message) -> Iterator[Message]:
    """Yield the message; then without what goes with it, which says nothing that it does not say itself; then without pictures."""
    yield message
    if message.enclosures:
        yield replace(message, enclosures=())
    if message.pictures:
        yield without_pictures(replace(message, enclosures=()))


def without_pictures(message: Message) -> Message:
    """Return the message with each picture's own words in its place."""
    return replace(message, html=_IMAGE.sub(_words_of, message.html), pictures=())


def in_short(message: Message) -> Message:
    """Return the message's beginning, saying that there is more."""
    text = message.text
    if len(text) > _SHORT:
        text = f"{text[:_SHORT].rpartition(chr(10))[0]}\n\n{_SHORTENED}\n"
    html = f'<pre style="white-space: pre-wrap">{_escaped(text)}</pre>'
    return replace(message, text=text, html=html, pictures=(), enclosures=())


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _words_of(image: re.Match[str]) -> str:
    if "cid:" not in image[0]:
        return image[0]
    alt = _ALT.search(image[0])
    return "" if alt is None else alt[1] or alt[2] or ""
