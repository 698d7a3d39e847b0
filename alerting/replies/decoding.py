"""Octets to text: transfer encodings, character sets and encoded words, whatever they hold."""

import binascii
import codecs
import re
from collections.abc import Iterator

#: Names that decode something other than text, or in more than linear time.
_NO_CHARSETS = frozenset(("idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"))
#: What programs call by a smaller name than what they write.
_WIDER = {"ascii": "utf-8", "iso8859-1": "cp1252"}
_NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?\s]*)\?=")
_BETWEEN_WORDS = re.compile(r"(\?=)\s+(=\?)")


def transferred(octets: bytes, encoding: str) -> bytes:
    """Undo a Content-Transfer-Encoding; what is cut or broken gives what can still be read."""
    match encoding.strip().lower():
        case "quoted-printable":
            return binascii.a2b_qp(octets)
        case "base64":
            return _base64(octets)
    return octets


def text_of(octets: bytes, charset: str) -> str:
    """Return octets as text: in the named character set, else in UTF-8, else in the one of Western Windows."""
    named = _codec(charset)
    for name in (named, "utf-8"):
        if name:
            try:
                return octets.decode(name)
            except UnicodeError:
                continue
    text = octets.decode(named or "cp1252", "replace")
    if named == "utf-8" and not any(character > "\x7f" and character != "\ufffd" for character in text):
        return octets.decode("cp1252", "replace")  # nothing in it is UTF-8: its program said so by mistake
    return text


def decoded_words(value: str) -> str:
    """Return a header's text with its encoded words decoded (RFC 2047), in one line."""
    joined = _BETWEEN_WORDS.sub(r"\1\2", value)
    return " ".join("".join(_pieces(joined)).split())


def _pieces(value: str) -> Iterator[str]:
    end = 0
    for word in _ENCODED_WORD.finditer(value):
        yield value[end : word.start()]
        charset, how, content = word.groups()
        octets = content.encode("utf-8")
        plain = _base64(octets) if how in "bB" else binascii.a2b_qp(octets, header=True)
        yield text_of(plain, charset.partition("*")[0])
        end = word.end()
    yield value[end:]


def _base64(octets: bytes) -> bytes:
    letters = _NO_BASE64.sub(b"", octets)
    whole = letters[: len(letters) - 1] if len(letters) % 4 == 1 else letters
    return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))


def _codec(charset: str) -> str:
    """Return the name of the codec that reads a character set, "" where there is none for text."""
    try:
        name = codecs.lookup(charset.strip().strip("\"'")).name
        "".encode(name)
    except (LookupError, ValueError):
        return ""
    return "" if name in _NO_CHARSETS else _WIDER.get(name, name)
