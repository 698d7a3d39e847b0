"""What a file holds, as messages show it."""

#: Characters of a message: a cell with a quote left open can hold the rest of its file.
LONGEST_MESSAGE = 400


def on_one_line(text: str) -> str:
    """Write line breaks and other control characters as escapes, and cut what no line can hold."""
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return shown if len(shown) <= LONGEST_MESSAGE else f"{shown[:LONGEST_MESSAGE]} …"
