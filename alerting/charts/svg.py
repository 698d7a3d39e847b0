"""Charts as SVG for pages: nothing fetched, no scripts, words as words."""

from xml.sax.saxutils import escape, quoteattr

from alerting.charts.drawing import Box, Colour, Drawing, Item, Place, Stroke, Symbol, corners

#: Widths are those of the pictures' own font, which these are hardly wider than.
_FAMILY = "'DejaVu Sans Condensed', Arial, Helvetica, sans-serif"


def svg_of(drawing: Drawing, alt: str) -> str:
    """Write a drawing as one `<svg>` element; *alt* is its title for those who hear the page."""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label={quoteattr(alt)} '
        f'viewBox="0 0 {drawing.width} {drawing.height}" width="{drawing.width}" height="{drawing.height}" '
        f'font-family="{_FAMILY}">'
    )
    return "\n".join([head, f"<title>{escape(alt)}</title>", *(_written(item) for item in drawing.items), "</svg>", ""])


def _written(item: Item) -> str:
    if isinstance(item, Box):
        size = f'width="{_n(item.right - item.left)}" height="{_n(item.bottom - item.top)}"'
        return f'<rect x="{_n(item.left)}" y="{_n(item.top)}" {size} fill="{item.ink.value}"/>'
    if isinstance(item, Stroke):
        dash = "" if item.dash is None else f' stroke-dasharray="{_n(item.dash[0])} {_n(item.dash[1])}"'
        look = f'stroke="{item.ink.value}" stroke-width="{_n(item.width)}" stroke-linejoin="round"{dash}'
        return f'<polyline points="{_places(item.places)}" fill="none" {look}/>'
    if isinstance(item, Symbol):
        return _symbol(item)
    bold = ' font-weight="bold"' if item.bold else ""
    anchor = "" if item.anchor == "start" else f' text-anchor="{item.anchor}"'
    at = f'x="{_n(item.at[0])}" y="{_n(item.at[1])}"'
    return f'<text {at} font-size="{_n(item.size)}" fill="{item.ink.value}"{bold}{anchor}>{escape(item.words)}</text>'


def _symbol(symbol: Symbol) -> str:
    inside = Colour.CARD if symbol.hollow else symbol.ink
    stroke = f'stroke="{symbol.ink.value}" stroke-width="1.7"' if symbol.hollow else f'stroke="{Colour.CARD.value}"'
    rest = f'fill="{inside.value}" {stroke}'
    drawn = Symbol(symbol.shape, symbol.at, symbol.radius - (0.85 if symbol.hollow else 0), symbol.ink)
    outline = corners(drawn)
    if outline:
        return f'<polygon points="{_places(outline)}" {rest}/>'
    return f'<circle cx="{_n(symbol.at[0])}" cy="{_n(symbol.at[1])}" r="{_n(drawn.radius)}" {rest}/>'


def _places(places: tuple[Place, ...]) -> str:
    return " ".join(f"{_n(x)},{_n(y)}" for x, y in places)


def _n(number: float) -> str:
    """Write a length to a tenth of a pixel."""
    return f"{number:.1f}".removesuffix(".0")
