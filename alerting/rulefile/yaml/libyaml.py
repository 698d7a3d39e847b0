"""The events of plain rule files by libyaml, in a quarter of the time that ruamel.yaml takes.

Both readers feed the same builder, and nobody may notice which of them read a file: what the two could see otherwise (an
error, a tag, an anchor, a block of text, a character that one of them takes for a line's end) is left to ruamel.yaml, whose words
and places people get.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import yaml

try:
    from yaml.cyaml import CParser
except ImportError:  # built without libyaml
    CParser = None

#: Line feeds, and what stands on a line for itself: no tabs, other line ends, byte order marks, control characters or half
#: characters.
_ODD = re.compile("[^\n -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
#: How a block of text is marked; ruamel.yaml refuses some that begin with an empty line.
_BLOCKS = frozenset("|>")
#: What follows a value between brackets that is not written.
_AFTER_NOTHING = frozenset(",}")


class Builder(Protocol):
    """What is told of a file's nodes, one after the other."""

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found that is not taken."""

    def count(self) -> None:
        """Count a key or value."""

    def scalar(self, event: Any) -> None:
        """Take a key or a plain value."""

    def open(self, event: Any, *, mapping: bool) -> None:
        """Take the beginning of a mapping or list."""

    def close(self, event: Any) -> None:
        """Take its end."""


def read(text: str, builder: Builder) -> bool:
    """Feed *builder* the events of *text*; False where ruamel.yaml has to read it, from the beginning.

    Raises:
        what *builder* raises.
    """
    if CParser is None or _ODD.search(text) is not None:
        return False
    parser, take = CParser(text), _Events(text, builder).take
    try:
        while (event := parser.get_event()) is not None:
            if not take(event):
                return False
    except yaml.YAMLError:
        return False
    return builder.is_sound


class _Events:
    """Hands events on to a builder, as long as both readers see them alike."""

    def __init__(self, text: str, builder: Builder) -> None:
        self.text, self.builder = text, builder
        self.documents = 0
        #: Any other event, as of an alias, is not taken.
        self.takes: Mapping[type, Callable[[Any], bool]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._mapping,
            yaml.SequenceStartEvent: self._list,
            yaml.MappingEndEvent: self._end,
            yaml.SequenceEndEvent: self._end,
            yaml.DocumentStartEvent: self._document,
            yaml.DocumentEndEvent: _nothing,
            yaml.StreamStartEvent: _nothing,
            yaml.StreamEndEvent: _nothing,
        }

    def take(self, event: Any) -> bool:
        """Hand an event on; False where the readers may differ."""
        take = self.takes.get(type(event))
        return take is not None and take(event)

    def _scalar(self, event: Any) -> bool:
        if _is_marked(event) or event.style in _BLOCKS:
            return False
        self.builder.count()
        if not event.value and not event.style:
            place = self._after_colon(event.start_mark)
            if place is None:
                return False
            event = yaml.ScalarEvent(None, None, event.implicit, "", place, place, "")
        self.builder.scalar(event)
        return True

    def _after_colon(self, mark: Any) -> yaml.Mark | None:
        """Return where ruamel.yaml sees a value that is not written: between brackets right after the colon; else None."""
        line = self.text[mark.index - mark.column : mark.index].rstrip(" ")
        if not line.endswith(":") or self.text[mark.index : mark.index + 1] not in _AFTER_NOTHING:
            return None
        return yaml.Mark(None, mark.index - mark.column + len(line), mark.line, len(line), None, None)

    def _mapping(self, event: Any) -> bool:
        self.builder.count()
        self.builder.open(event, mapping=True)
        return not _is_marked(event)

    def _list(self, event: Any) -> bool:
        self.builder.count()
        self.builder.open(event, mapping=False)
        return not _is_marked(event)

    def _end(self, event: Any) -> bool:
        self.builder.close(event)
        return True

    def _document(self, event: Any) -> bool:
        self.documents += 1
        return self.documents == 1 and not (event.version or event.tags)


def _nothing(_event: Any) -> bool:
    return True


def _is_marked(event: Any) -> bool:
    return event.anchor is not None or event.tag is not None
