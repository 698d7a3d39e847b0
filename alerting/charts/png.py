"""Charts as PNG: drawn at twice the size and reduced, in few colours, so that they are small and their edges smooth."""

import struct
import zlib
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from alerting.charts.drawing import Box, Colour, Drawing, Item, Label, Place, Stroke, Symbol, corners
from alerting.charts.fonts import font

if TYPE_CHECKING:  # loaded where used: commands that draw nothing start without it
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

#: Pixels of the picture to a CSS pixel: sharp on screens of twice the density.
SCALE = 2.0
#: Shapes are drawn so much larger than the picture and reduced to it; letters are smooth by themselves.
_OVERSAMPLED = 2
#: A mail is no place for large pictures: four of these are as much as one mail carries.
LARGEST_BYTES = 18 * 1024
#: How a picture is written: its scale, shades from an ink to the card, zlib's level, and how large it will be by experience, as
#: a part of the first. A later way is taken where the picture is too large else: it takes two and five times as long, makes
#: edges rougher, or (sixty values that jump up and down) all less sharp.
_WAYS = (
    (SCALE, 2, 6, 1.0), (SCALE, 2, 8, 0.91), (SCALE, 2, 9, 0.89), (SCALE, 1, 9, 0.82), (1.5, 2, 9, 0.0), (1.25, 1, 9, 0.0),
)  # fmt: skip
#: More colours make a picture larger: half a byte can name so many.
_COLOURS = 16
#: Inks that have shades where there is room for them, those whose edges show most first. Pale ones have none: one of them would
#: stand in for the card.
_SHADED = (
    Colour.QUIET, Colour.SERIES, Colour.RUN, Colour.CONCERN, Colour.IMPROVEMENT, Colour.CHANGE, Colour.WORDS, Colour.TARGET,
    Colour.PLAN, Colour.CENTRE, Colour.LIMIT, Colour.FAINT, Colour.YEAR,
)  # fmt: skip
#: Around each symbol, and between the outer and inner edge of a hollow one, in CSS pixels.
_RIM, _WALL = 1.2, 1.7
#: How a PNG begins, and what says that its pixels are numbers of a palette.
_SIGNATURE, _BY_PALETTE = b"\x89PNG\r\n\x1a\n", 3
_ANCHORS = {"start": "ls", "middle": "ms", "end": "rs"}


def png_of(drawing: Drawing) -> bytes:
    """Paint a drawing; equal drawings give equal bytes."""
    painted: dict[float, Image] = {}
    inks = frozenset(item.ink for item in drawing.items)
    written, first = b"", 0
    for scale, shades, level, share in _WAYS:
        if first * share > LARGEST_BYTES:
            continue  # it would be in vain
        if scale not in painted:
            painted[scale] = _painted(drawing, scale)
        written = _encoded(painted[scale], inks, shades, level)
        first = first or len(written)
        if len(written) <= LARGEST_BYTES:
            break
    return written


def _painted(drawing: Drawing, scale: float) -> "Image":
    from PIL import Image, ImageDraw

    fine = scale * _OVERSAMPLED
    large = Image.new("RGB", (round(drawing.width * fine), round(drawing.height * fine)), Colour.CARD.value)
    brush = _Brush(ImageDraw.Draw(large), fine)
    for item in drawing.items[1 if _is_card(drawing) else 0 :]:
        brush.paint(item)
    picture = large.reduce(_OVERSAMPLED)
    for item in drawing.items:
        if isinstance(item, Label):
            _write(picture, item, scale)
    return picture


def _is_card(drawing: Drawing) -> bool:
    """Whether a drawing begins with what every picture begins with."""
    return drawing.items[:1] == (Box(0, 0, drawing.width, drawing.height, Colour.CARD),)


def _encoded(picture: "Image", inks: frozenset[Colour], shades: int, level: int) -> bytes:
    from PIL.Image import Dither

    palette = _palette(inks, shades)
    reduced = picture.quantize(palette=palette, dither=Dither.NONE)
    return _written(reduced, palette.getpalette() or [], level)


def _written(picture: "Image", palette: list[int], level: int) -> bytes:
    """Write a picture of numbered colours as PNG: two pixels a byte where sixteen colours do.

    Pillow's own writer takes as long for pictures that are a twentieth larger.
    """
    import numpy as np

    names = np.asarray(picture)
    colours, halves = int(names.max()) + 1, names.shape[1] // 2
    small = colours <= _COLOURS
    rows = np.zeros((len(names), 1 + (names.shape[1] + 1) // 2 if small else 1 + names.shape[1]), dtype=np.uint8)
    if small:
        rows[:, 1:] = names[:, 0::2] << 4
        rows[:, 1 : 1 + halves] |= names[:, 1::2]
    else:
        rows[:, 1:] = names
    head = struct.pack(">IIBBBBB", picture.width, picture.height, 4 if small else 8, _BY_PALETTE, 0, 0, 0)
    packed = zlib.compressobj(level, memLevel=zlib.DEF_MEM_LEVEL + 1)
    pixels = packed.compress(rows.tobytes()) + packed.flush()
    chunks = ((b"IHDR", head), (b"PLTE", bytes(palette[: 3 * colours])), (b"IDAT", pixels), (b"IEND", b""))
    return b"".join(
        (_SIGNATURE, *(
            part for name, content in chunks
            for part in (struct.pack(">I", len(content)), name, content, struct.pack(">I", zlib.crc32(name + content)))
        ))
    )  # fmt: skip


@lru_cache(maxsize=256)
def _palette(inks: frozenset[Colour], shades: int) -> "Image":
    """Return a picture that holds some inks and, as far as there is room, their shades towards the card.

    Inks that a drawing has not are left out: one of them would stand in for edges of others.
    """
    from PIL import Image

    card = _rgb(Colour.CARD)
    colours = dict.fromkeys([card, *(_rgb(ink) for ink in Colour if ink in inks)])
    between = [
        tuple(round(c + (i - c) * shade / shades) for c, i in zip(card, _rgb(ink), strict=True))
        for ink in _SHADED
        if ink in inks
        for shade in range(1, shades)
    ]
    colours |= dict.fromkeys(between[: max(_COLOURS - len(colours), 0)])
    unused = [card] * (_COLOURS - len(colours))  # no other: it would stand in for edges
    flat = [channel for colour in (*colours, *unused) for channel in colour]
    held = Image.new("P", (1, 1))
    held.putpalette(flat)
    return held


@cache
def _rgb(ink: Colour) -> tuple[int, ...]:
    return tuple(bytes.fromhex(ink.value[1:]))


@dataclass(frozen=True, slots=True)
class _Brush:
    """Draws shapes so many times as large as they are laid out."""

    pen: "ImageDraw"
    fine: float

    def paint(self, item: Item) -> None:
        """Draw one item; words are written later."""
        if isinstance(item, Box):
            (left, top), (right, bottom) = self._at((item.left, item.top)), self._at((item.right, item.bottom))
            # Both edges are painted, so the far one is a pixel less; a band thinner than a pixel still takes one.
            self.pen.rectangle([left, top, max(left, right - 1), max(top, bottom - 1)], fill=item.ink.value)
        elif isinstance(item, Stroke):
            self._stroke(item)
        elif isinstance(item, Symbol):
            self._symbol(item)

    def _stroke(self, item: Stroke) -> None:
        places = [self._at(place) for place in item.places]
        pieces = [places] if item.dash is None else dashes(places, item.dash[0] * self.fine, item.dash[1] * self.fine)
        for piece in pieces:
            self.pen.line(piece, fill=item.ink.value, width=round(item.width * self.fine), joint="curve")

    def _symbol(self, symbol: Symbol) -> None:
        """Draw a symbol with a thin rim of the card around it, so that it stands out from the line."""
        at = self._whole(symbol.at)
        layers = [(_RIM, Colour.CARD), (0.0, symbol.ink), *([(-_WALL, Colour.CARD)] if symbol.hollow else [])]
        for grown, ink in layers:
            larger = Symbol(symbol.shape, at, symbol.radius + grown, ink)
            outline = [self._at(place) for place in corners(larger)]
            if outline:
                self.pen.polygon(outline, fill=ink.value)
            else:
                (x, y), r = self._at(larger.at), larger.radius * self.fine
                self.pen.ellipse((x - r, y - r, x + r, y + r), fill=ink.value)

    def _at(self, place: Place) -> Place:
        return place[0] * self.fine, place[1] * self.fine

    def _whole(self, place: Place) -> Place:
        """Move a place to a whole pixel of the picture: equal symbols are equal bytes, which zlib then writes once."""
        scale = self.fine / _OVERSAMPLED
        return round(place[0] * scale) / scale, round(place[1] * scale) / scale


def _write(picture: "Image", words: Label, scale: float) -> None:
    mask, left, top = _letters(words.words, round(words.size * scale), words.anchor, bold=words.bold)
    x, y = (round(place * scale) for place in words.at)  # whole pixels: equal letters are equal bytes
    picture.paste(_rgb(words.ink), (x + left, y + top), mask)


@lru_cache(maxsize=1024)
def _letters(words: str, size_px: int, anchor: str, *, bold: bool) -> "tuple[Image, int, int]":
    """Return the shape of words and where it begins, from their anchor on: charts have many words in common."""
    from PIL import Image, ImageDraw

    letters = font(size_px, bold=bold)
    left, top, right, bottom = map(int, letters.getbbox(words, anchor=_ANCHORS[anchor]))
    mask = Image.new("L", (max(right - left, 0), max(bottom - top, 0)))
    ImageDraw.Draw(mask).text((-left, -top), words, fill=255, font=letters, anchor=_ANCHORS[anchor])
    return mask, left, top


def dashes(places: list[Place], on: float, off: float) -> list[list[Place]]:
    """Cut a line through places into pieces of length *on* with *off* between; a piece may go round corners."""
    pieces: list[list[Place]] = []
    piece: list[Place] | None = [places[0]]
    left = on
    for (x0, y0), (x1, y1) in pairwise(places):
        length, done = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5, 0.0
        while length - done > left:
            done += left
            at = (x0 + (x1 - x0) * done / length, y0 + (y1 - y0) * done / length)
            if piece is not None:
                pieces.append([*piece, at])
                piece, left = None, off
            else:
                piece, left = [at], on
        left -= length - done
        if piece is not None:
            piece.append((x1, y1))
    if piece is not None and len(piece) > 1:
        pieces.append(piece)
    return pieces
