"""The head of a mail or part: its headers in order, unfolded; nothing in it can fail to be read."""

import re
from dataclasses import dataclass

#: Octets of a head, and characters of a header's value, that are looked at.
MOST_HEAD, MOST_VALUE = 65_536, 8_000
_FOLD = re.compile(rb"\n(?=[^ \t])")
_LINE = re.compile(rb"([!-9;-~]{1,200})[ \t]*:(.*)", re.DOTALL)
_PARAMETER = re.compile(r';\s*([^=;\s"]{1,60})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]*))')
_ESCAPED = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Head:
    """Headers as they stand, topmost first; names in small letters, values unfolded and stripped."""

    headers: tuple[tuple[str, str], ...]

    def all(self, name: str) -> tuple[str, ...]:
        """Return the values of every header of a name (in small letters), topmost first."""
        return tuple(value for found, value in self.headers if found == name)

    def first(self, name: str) -> str:
        """Return the topmost header of a name; "" where there is none."""
        return next(iter(self.all(name)), "")

    def has(self, name: str) -> bool:
        """Whether there is such a header, even an empty one."""
        return any(found == name for found, _ in self.headers)


def head_of(octets: bytes) -> Head:
    """Read the head of a mail whose lines end in line feeds; lines that are no headers are passed over."""
    found = []
    for line in _FOLD.split(octets[:MOST_HEAD]):
        header = _LINE.match(line)
        if header:
            name, value = header.groups()
            found.append((name.decode("ascii").lower(), " ".join(_text(value).split())[:MOST_VALUE]))
    return Head(tuple(found))


def plain_value(value: str) -> str:
    """Return the first word of a structured header (like "text/plain" or "auto-replied") in small letters, less comments."""
    return less_comments(value).partition(";")[0].strip().lower()


def parameter(value: str, name: str) -> str:
    """Return a parameter of a structured header as written; "" where it has none of that name."""
    for found in _PARAMETER.finditer(value):
        key, quoted, bare = found.groups()
        if key.lower() == name:
            return bare if quoted is None else _ESCAPED.sub(r"\1", quoted)
    return ""


def less_comments(value: str) -> str:
    """Return a structured header without what stands in brackets (which nest), a space for it, quoted strings left as they are."""
    kept: list[str] = []
    depth, quoted, escaped = 0, False, False
    for character in value:
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == '"' and not depth:
            quoted = not quoted
        elif character == "(" and not quoted:
            depth += 1
        elif character == ")" and depth:
            depth -= 1
            kept += () if depth else " "  # so that what stood on its two sides is not joined
            continue
        if not depth:
            kept.append(character)
    return "".join(kept)


def _text(octets: bytes) -> str:
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode("cp1252", "replace")
