"""What both painters draw: strokes, areas, symbols and words, in CSS pixels from the top left corner."""

from dataclasses import dataclass
from enum import Enum

Place = tuple[float, float]


class Colour(Enum):
    """Every colour of a chart, on its own white card, so that it looks the same in a dark mail program.

    Series, runs and lines are Okabe and Ito's colours, told apart in every kind of colour vision; those that letters are
    written in are darkened to a contrast of 4.5 at least. Verdicts have the colours that they have in mails.
    """

    CARD = "#ffffff"
    BORDER = "#d5dade"
    GRID = "#e9ecee"
    YEAR = "#aab3b9"
    WORDS = "#1b1f23"
    QUIET = "#4a5258"
    SERIES = "#0072b2"
    FAINT = "#8a949b"
    CONCERN = "#a33600"
    IMPROVEMENT = "#005a9c"
    CHANGE = "#16202a"
    RUN = "#e69f00"
    CENTRE = "#38434a"
    LIMIT = "#7b868e"
    TARGET = "#00735a"
    PLAN = "#8a3f6b"
    WORST = "#fbe0d3"
    MIDDLE = "#fdf3cf"
    FAIR = "#eef4dd"
    BEST = "#dcedf7"
    GREEN = "#ddf1de"


class Shape(Enum):
    """Symbols, told apart without colour."""

    DOT = "dot"
    SQUARE = "square"
    DIAMOND = "diamond"


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through places; `dash` gives lengths on and off."""

    places: tuple[Place, ...]
    ink: Colour
    width: float
    dash: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle."""

    left: float
    top: float
    right: float
    bottom: float
    ink: Colour


@dataclass(frozen=True, slots=True)
class Symbol:
    """A point; hollow where the figure is provisional. `radius` is half its height."""

    shape: Shape
    at: Place
    radius: float
    ink: Colour
    hollow: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """Words on a base line; `anchor` is the part of them that lies at the place: start, middle or end."""

    at: Place
    words: str
    ink: Colour
    size: float
    bold: bool = False
    anchor: str = "start"


Item = Stroke | Box | Symbol | Label


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart laid out: what is drawn, from the back to the front."""

    width: int
    height: int
    items: tuple[Item, ...]


def corners(symbol: Symbol) -> tuple[Place, ...]:
    """Return the corners of a symbol; none for a dot."""
    (x, y), r = symbol.at, symbol.radius
    if symbol.shape is Shape.SQUARE:
        return ((x - r, y - r), (x + r, y - r), (x + r, y + r), (x - r, y + r))
    if symbol.shape is Shape.DIAMOND:
        return ((x, y - r), (x + r, y), (x, y + r), (x - r, y))
    return ()
