"""A mail's parts as a tree, read from its beginning within bounds: no recursion, however it is nested."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from alerting.replies.decoding import text_of, transferred
from alerting.replies.heads import Head, head_of, parameter, plain_value

#: Octets of a mail that are read, parts of it that are looked at, and how deep they may stand in one another.
READ_AT_MOST, MOST_PARTS, MOST_DEPTH = 262_144, 200, 40
_HEAD_END = re.compile(rb"\n[ \t]*\n|\A[ \t]*\n")
_WRAPPED = frozenset(("message/rfc822", "message/global"))
_NAMED_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+")


@dataclass(slots=True)
class MimePart:
    """A mail or one of its parts.

    Args:
        head: its headers.
        kind: its type in small letters, as text/plain.
        body: its octets as they came, line ends as line feeds.
        parts: those inside it, in order; of an attached mail the mail.
    """

    head: Head
    kind: str
    body: bytes
    parts: "list[MimePart]" = field(default_factory=list)

    @property
    def octets(self) -> bytes:
        """The body with its transfer encoding undone."""
        return transferred(self.body, plain_value(self.head.first("content-transfer-encoding")))

    @property
    def text(self) -> str:
        """The body as text."""
        return text_of(self.octets, self.parameter("charset"))

    @property
    def is_attached(self) -> bool:
        """Whether it is a file that goes with the mail, shown in it or not."""
        disposition = self.head.first("content-disposition")
        named = parameter(disposition, "filename") or parameter(disposition, "filename*") or self.parameter("name")
        return self.is_apart or bool(named)

    @property
    def is_apart(self) -> bool:
        """Whether it is not shown in the mail."""
        return plain_value(self.head.first("content-disposition")) == "attachment"

    def parameter(self, name: str) -> str:
        """Return a parameter of the type; "" where it has none of that name."""
        return parameter(self.head.first("content-type"), name)

    def walk(self, *, into_mails: bool = True) -> "Iterator[MimePart]":
        """Go through the part and all inside it, in the order in which they stand.

        Args:
            into_mails: look into mails that go with it too; they are others' words.
        """
        waiting = [self]
        while waiting:
            part = waiting.pop()
            yield part
            if into_mails or part.kind not in _WRAPPED:
                waiting += reversed(part.parts)


@dataclass(frozen=True, slots=True)
class MimeTree:
    """A mail's parts, and whether all of them are there.

    Args:
        root: the mail itself.
        too_deep: parts lie deeper than is read.
    """

    root: MimePart
    too_deep: bool


def tree_of(raw: bytes) -> MimeTree:
    """Read the beginning of a mail; what is cut or broken gives the parts that can be told apart."""
    begun = raw[:READ_AT_MOST].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    root = _part(begun)
    waiting = [(root, 0)]
    left, too_deep = MOST_PARTS, False
    while waiting and left > 0:
        part, depth = waiting.pop()
        if depth == MOST_DEPTH:
            too_deep = too_deep or bool(next(_inner(part), None))
            continue
        for inner in _inner(part):
            part.parts.append(_part(inner, within=part.kind))
            left -= 1
            if not left:
                break
        waiting += [(inside, depth + 1) for inside in reversed(part.parts)]
    return MimeTree(root, too_deep)


def _part(octets: bytes, within: str = "") -> MimePart:
    end = _HEAD_END.search(octets)
    head = head_of(octets[: end.start() + 1] if end else octets)
    kind = plain_value(head.first("content-type"))
    if not _NAMED_TYPE.fullmatch(kind):
        kind = "message/rfc822" if within == "multipart/digest" else "text/plain"
    return MimePart(head, kind, octets[end.end() :] if end else b"")


def _inner(part: MimePart) -> Iterator[bytes]:
    if part.kind in _WRAPPED:
        yield part.octets.replace(b"\r\n", b"\n")
    boundary = part.parameter("boundary").rstrip() if part.kind.startswith("multipart/") else ""
    if not boundary:
        return
    line = re.compile(rb"^--" + re.escape(boundary.encode("utf-8")) + rb"(--)?[ \t]*(?:\n|\Z)", re.MULTILINE)
    begin = None
    for found in line.finditer(part.body):
        if begin is not None:
            yield part.body[begin : found.start()].removesuffix(b"\n")
        if found.group(1):
            return
        begin = found.end()
    if begin is not None:
        yield part.body[begin:]
