"""The one statement that a sql source may say: told by its words, before any database hears of it."""

import re
from dataclasses import dataclass

#: What a statement that reads begins with.
_READS = ("select", "with", "values", "table")
#: Names that a query may leave open, and what is put there.
SINCE, UNTIL = "since", "until"
#: What is no word of the statement: texts, names in quotes, dollar quotes, comments; and the marks between statements.
_PARTS = re.compile(
    r"""
    (?P<text> '(?:[^']|'')*' | "(?:[^"]|"")*" | `[^`]*` | \[[^\]]*\] | \$(?P<tag>\w*)\$.*?\$(?P=tag)\$ )
    | (?P<comment> --[^\n]* | /\*.*?\*/ )
    | (?P<end> ; )
    """,
    re.VERBOSE | re.DOTALL,
)
#: What databases without a read-only transaction would act on.
_WRITES = re.compile(
    r"\b(insert|update|delete|merge|drop|alter|create|truncate|exec|execute|grant|revoke|deny|into|attach|detach|pragma|call|do"
    r"|openrowset|openquery|opendatasource|bulk|shutdown|kill|waitfor|backup|restore|commit|rollback|load_file|outfile|dumpfile)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Query:
    """A statement that reads: its text without comments and what ends it, as SQLAlchemy takes texts; and its words alone."""

    text: str
    words: str

    @property
    def writing_word(self) -> str | None:
        """The first word that stands in statements that write; None: there is none."""
        found = _WRITES.search(self.words)
        return None if found is None else found[0]


def query_of(written: str) -> Query:
    """Return the statement.

    Raises:
        ValueError: it is none, several, or begins otherwise than a statement that reads; with what to write.
    """
    words, kept, at = list[str](), list[str](), 0
    for part in _PARTS.finditer(written):
        before = written[at : part.start()]
        words += [before, ";" if part["end"] else " "]
        # A colon inside a text is one: nothing is put there.
        kept += [before, ";" if part["end"] else part["text"].replace(":", "\\:") if part["text"] else " "]
        at = part.end()
    plain, text = ("".join((*pieces, written[at:])) for pieces in (words, kept))
    said, _, rest = plain.partition(";")
    if rest.strip(" \t\r\n;"):
        raise ValueError("the query holds more than one statement; write one that reads, without a semicolon")
    first = re.match(r"[\s(]*(\w*)", said)
    begins = "" if first is None else first[1].lower()
    if begins not in _READS:
        what = f'the query begins with "{begins}"' if begins else "the query is empty"
        raise ValueError(f"{what}; write one statement that reads: select …, or with … select …")
    return Query(text=text.strip(" \t\r\n;"), words=said)
