"""Drawings as bytes, for keeping until somebody draws them."""

import json
from dataclasses import fields
from typing import Any

from alerting.charts.drawing import Box, Colour, Drawing, Item, Label, Shape, Stroke, Symbol
from alerting.charts.png import png_of

_KINDS = (Stroke, Box, Symbol, Label)
_NAMES = {kind: [field.name for field in fields(kind)] for kind in _KINDS}


#: What a drawing may hold that was kept before points had the look of their verdicts.
_FORMER_INKS, _FORMER_SHAPES = {"EXCEPTION": Colour.CONCERN}, {"UP": Shape.DIAMOND, "DOWN": Shape.DIAMOND}


def kept(drawing: Drawing) -> bytes:
    """Return a drawing as JSON; equal drawings give equal bytes."""
    items = [
        [_KINDS.index(type(item)), *(_plain(getattr(item, name)) for name in _NAMES[type(item)])]
        for item in drawing.items
    ]
    return json.dumps([drawing.width, drawing.height, items], separators=(",", ":")).encode()


def png_of_kept(content: bytes) -> bytes:
    """Draw what was kept: the bytes that its drawing itself would give."""
    width, height, items = json.loads(content)
    return png_of(Drawing(width, height, tuple(_item(*item) for item in items)))


def _plain(value: object) -> object:
    return value.name if isinstance(value, Colour | Shape) else value


def _item(kind: int, *values: Any) -> Item:
    made = dict(zip(_NAMES[_KINDS[kind]], values, strict=True))
    made["ink"] = _FORMER_INKS.get(made["ink"]) or Colour[made["ink"]]
    if "shape" in made:
        made["shape"] = _FORMER_SHAPES.get(made["shape"]) or Shape[made["shape"]]
    if "places" in made:
        made["places"] = tuple((x, y) for x, y in made["places"])
        made["dash"] = None if made["dash"] is None else tuple(made["dash"])
    elif "at" in made:
        made["at"] = tuple(made["at"])
    return _KINDS[kind](**made)
