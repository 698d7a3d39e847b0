"""Letters: the font that travels with the package, and how wide words are in it."""

from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # loaded where used: commands that draw nothing start without it
    from PIL.ImageFont import FreeTypeFont

_FOLDER = Path(__file__).parent / "fonts"
#: Widths are measured at this size and scaled.
_MEASURED_PX = 100
#: Words are cut at a word's end where so many times as much stands before it as would be lost.
_WORDS_END = 4


@cache
def font(size_px: int, *, bold: bool = False) -> "FreeTypeFont":
    """Return the font at a size; the same letters on every machine, since no font of the system is used."""
    from PIL import ImageFont

    name = "DejaVuSansCondensed-Bold.ttf" if bold else "DejaVuSansCondensed.ttf"
    return ImageFont.truetype(str(_FOLDER / name), size_px, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=8192)
def width(words: str, size: float, *, bold: bool = False) -> float:
    """Return how wide *words* are at *size*."""
    return float(font(_MEASURED_PX, bold=bold).getlength(words)) * size / _MEASURED_PX


def cut(words: str, room: float, size: float, *, bold: bool = False) -> str:
    """Return *words*, or as many of their letters as fit with an ellipsis."""
    if width(words, size, bold=bold) <= room:
        return words
    kept = words
    while kept and width(f"{kept}…", size, bold=bold) > room:
        kept = kept[:-1]
    head, _, tail = kept.rpartition(" ")
    if len(head) > len(tail) * _WORDS_END:
        kept = head
    return f"{kept.rstrip(' ,;:(')}…"


def folded(words: str, room: float, size: float, *, bold: bool = False, most: int = 2) -> list[str]:
    """Break *words* into lines that fit, at most so many; what is left over ends in an ellipsis."""
    lines: list[str] = []
    left = words.split(" ")
    while left and len(lines) < most - 1:
        count = next((n for n in range(len(left), 0, -1) if width(" ".join(left[:n]), size, bold=bold) <= room), 1)
        lines.append(cut(" ".join(left[:count]), room, size, bold=bold))
        left = left[count:]
    return [*lines, cut(" ".join(left), room, size, bold=bold)] if left else lines
