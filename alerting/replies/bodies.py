"""The words of a mail: which of its parts its writer wrote, as text with its quotes still in it."""

import re
from collections.abc import Sequence

from alerting.replies.heads import plain_value
from alerting.replies.html_text import text_from_html
from alerting.replies.parts import MimePart

#: Characters of text that are read.
MOST_TEXT = 200_000
_ENCRYPTED = frozenset(
    ("application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted", "multipart/encrypted")
)
_ENVELOPE_FILES = (".p7m", ".p7c", ".pgp", ".asc.gpg")
_PGP_MESSAGE = re.compile(r"^-----BEGIN PGP MESSAGE-----\s*$", re.MULTILINE)
#: What a text part says that only excuses itself.
_ASKS_FOR_HTML = re.compile(
    r"\s*(?:this (?:e-?mail|message) (?:requires|is in) html|your (?:e-?mail|mail) (?:client|program|reader|software)"
    r" (?:does|can|is)|(?:to view|please view) this (?:e-?mail|message)|this is a multi-?part message in mime format)",
    re.IGNORECASE,
)


def is_encrypted(root: MimePart, text: str) -> bool:
    """Whether the words are wrapped so that only their reader's program gets at them.

    Args:
        text: what can be read all the same: beside words an encrypted file is a file.
    """
    parts = [part for part in root.walk(into_mails=False) if not part.parts or part.kind in _ENCRYPTED]
    looked_at = parts if not text.strip() else parts[:1]
    return any(_is_wrapped(part) for part in looked_at)


def holds_pgp_message(text: str) -> bool:
    """Whether a text holds an encrypted block of OpenPGP."""
    return bool(_PGP_MESSAGE.search(text))


def _is_wrapped(part: MimePart) -> bool:
    named = part.parameter("name").lower()
    return part.kind in _ENCRYPTED or (part.kind == "application/octet-stream" and named.endswith(_ENVELOPE_FILES))


def body_text(root: MimePart) -> str:
    """Return the text of a mail as its reader sees it, quotes and all; "" where it has none.

    Attached mails and files, and whatever stands in a report, are nobody's words.
    """
    return _text(root, is_root=True)[:MOST_TEXT]


def _text(part: MimePart, *, is_root: bool = False) -> str:
    if part.is_attached and not is_root:
        return ""
    match part.kind:
        case "text/plain":
            return _plain(part)
        case "text/html" | "application/xhtml+xml":
            return text_from_html(part.text)
        case "multipart/alternative":
            return _best(part.parts)
        case "multipart/signed" | "multipart/related":
            return _text(part.parts[0]) if part.parts else ""
    if not part.kind.startswith("multipart/"):
        return ""
    texts = [_text(inner) for inner in part.parts]
    return "\n".join(text for text in texts if text.strip())


def _best(parts: Sequence[MimePart]) -> str:
    """Return the plain form of several, the richest where that is empty."""
    for part in parts:
        if part.kind == "text/plain" and not part.is_attached:
            text = _plain(part)
            if text.strip() and not _ASKS_FOR_HTML.match(text):
                return text
    texts = [_text(part) for part in parts]
    return next((text for text in reversed(texts) if text.strip()), "")


def _plain(part: MimePart) -> str:
    text = part.text.replace("\r\n", "\n").replace("\r", "\n")
    content_type = part.head.first("content-type")
    if plain_value(part.parameter("format")) != "flowed" or not content_type:
        return text
    return _joined(text, deletes_space=part.parameter("delsp").lower() == "yes")


def _joined(text: str, *, deletes_space: bool) -> str:
    """Return flowed text (RFC 3676) with its paragraphs in one line each, quotes marked as before."""
    lines: list[str] = []
    depth, flows = 0, False
    for line in text.split("\n"):
        content = line.lstrip(">")
        marks = len(line) - len(content)
        content = content.removeprefix(" ")
        if flows and marks == depth and content != "-- ":
            lines[-1] += content
        else:
            lines.append(f"{'>' * marks} {content}" if marks else _unmarked(content))
        depth, flows = marks, content.endswith(" ") and content != "-- "
        if flows and deletes_space:
            lines[-1] = lines[-1][:-1]
    return "\n".join(lines)


def _unmarked(content: str) -> str:
    """A ">" that the sender's program kept from being a mark is none here either."""
    return f" {content}" if content.startswith(">") else content
