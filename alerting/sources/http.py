"""Figures that a web server gives: JSON, page by page, or CSV."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from alerting.domain.coverage import EVERYTHING, Coverage
from alerting.domain.rule import Source
from alerting.domain.source_columns import REQUIRED
from alerting.errors import SourceUnavailable
from alerting.ports import SourceTable
from alerting.sources.csv import CsvSource
from alerting.sources.tables.layouts import layout_for
from alerting.sources.tables.whole import ends_its_last_line
from alerting.sources.tables.wide import melted
from alerting.sources.web.json_rows import (
    MARKUP,
    Row,
    columns_of,
    document_of,
    headings_of,
    next_at,
    rows_at,
    whole_characters,
)
from alerting.sources.web.kept_answers import Answer, KeptAnswers
from alerting.sources.web.web_address import WebAddress, web_address
from alerting.sources.web.web_pages import LARGEST_BYTES, MOST_TRIES, PATIENCE_S, Asking, WebPages

if TYPE_CHECKING:  # loaded where figures are read: checking a rules folder looks at every source and reads none
    import polars as pl

#: More pages are more likely a circle.
MOST_PAGES = 1_000
#: What a page for people begins with.
_PAGES = ("text/html", "application/xhtml+xml")
WAYS = (
    ("`format: json`", "a list of objects, each a row; `rows: data` or `rows: result.items` says where it stands"),
    ("what is nested in a row", "columns with a point in their name: `columns: {area: area.name}`"),
    ("`next: links.next`", f"pages, while the address there leads on; relative ones too, up to {MOST_PAGES:,}"),
    ("`next_parameter: cursor`", "where `next` leads to a token or a number: the first address again, with that in this parameter"),
    ("cells", "null is empty; numbers are what is written; what is no figure is refused with its page and row"),
    ("`format: csv`", "as files of that kind"),
    ("`url_from`, `token_from`", "name secrets: variables, or files in ALERTING_SECRETS_DIR; `url` is for an address all may read"),
    ("the token", "goes as `Authorization: Bearer …`, or by itself under the name in `header`; over https alone"),
    ("what has not changed", "is not sent again, where the server gives ETag or Last-Modified"),
    ("failures", f"asked again up to {MOST_TRIES} times within {PATIENCE_S:g} seconds, or when the server says (Retry-After)"),
    ("other servers", "never asked, wherever an answer leads; nor machines inside the network without `private: true`"),
    ("certificates", "always looked at; your own authority's file is named in SSL_CERT_FILE"),
    ("a page that is missing", "the source's trouble: nothing of the others is used"),
    ("size", f"up to {LARGEST_BYTES // 1024**2} MiB, unpacked, all pages together"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """Where figures are on the web, and how they are written there."""

    url: str | None = field(default=None, metadata={"description": "the address, where anybody may read it"})
    url_from: str | None = field(
        default=None, metadata={"description": "the secret that holds the address", "secret": True}
    )
    format: Literal["json", "csv"] = field(default="json", metadata={"description": "what the answer is"})
    rows: str | None = field(
        default=None, metadata={"description": "the keys that lead to the list of rows, like data or result.items"}
    )
    next: str | None = field(
        default=None, metadata={"description": "the keys that lead to the address of the next page, like links.next"}
    )
    next_parameter: str | None = field(
        default=None,
        metadata={
            "description": "the address's parameter that takes what stands under `next`, where that is a token or a number"
        },
    )
    token_from: str | None = field(
        default=None, metadata={"description": "the secret that holds the token that lets us in", "secret": True}
    )
    header: str | None = field(
        default=None,
        metadata={"description": "the header that holds the token alone, like X-API-Key; else Authorization"},
    )
    private: bool = field(default=False, metadata={"description": "whether the server may be inside this network"})

    def __post_init__(self) -> None:
        if (self.url is None) == (self.url_from is None):
            raise ValueError("one of url and url_from says where the figures are")
        if self.format == "csv" and (self.rows or self.next):
            raise ValueError("rows and next are of JSON; csv has neither")
        if self.next_parameter is not None and self.next is None:
            raise ValueError("next_parameter takes what stands under next, and no next says where that is")
        if self.header is not None and self.token_from is None:
            raise ValueError("header is that of a token, and no token_from names one")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an http source takes."""

    http: Web = field(metadata={"description": "where the figures are, and how they are written there"})


class HttpSource:
    """Reads `{http: {url_from: …, format: json}}` sources."""

    kind: ClassVar[str] = "http"
    suffixes: ClassVar[Sequence[str]] = ()
    ways: ClassVar[Sequence[tuple[str, str]]] = WAYS
    Settings = Settings

    def __init__(self) -> None:
        self._kept = KeptAnswers(None)
        #: By source: what was answered, or why nothing was, when it was asked for its content; what is read next is that.
        self._in_hand: dict[str, list[Answer] | SourceUnavailable] = {}

    def keep_in(self, folder: Path) -> None:
        """Keep answers in a folder, so that what has not changed is not sent again."""
        self._kept = KeptAnswers(folder / "http")

    def read(self, source: Source, folders: Sequence[Path], wanted: Coverage = EVERYTHING) -> SourceTable:
        """Read all pages."""
        address, web = _asked(source)
        answers = self._in_hand.pop(source.id, None)
        if answers is None:
            answers = self._answers(source, address, web)
        if isinstance(answers, SourceUnavailable):
            raise answers
        if web.format == "csv":
            return _csv_table(source, address.shown, answers[0])
        return _json_table(source, address.shown, answers, web)

    def content(self, source: Source, folders: Sequence[Path]) -> str:
        """Return a digest of what the server gives; whoever reads it next is given that, or told the same failure."""
        address, web = _asked(source)
        try:
            answers = self._in_hand[source.id] = self._answers(source, address, web)
        except SourceUnavailable as error:
            self._in_hand[source.id] = error
            raise
        return _digest(answers)

    def top(self, source: Source, folders: Sequence[Path]) -> Sequence[str]:
        """Return nothing: what a server says may hold what was said to it."""
        return ()

    def headings(self, source: Source, folders: Sequence[Path]) -> tuple[str, ...]:
        """Return nothing: no server is asked while rules are checked."""
        return ()

    def _answers(self, source: Source, address: WebAddress, web: Web) -> list[Answer]:
        """Return what the server gives, page by page.

        Raises:
            SourceUnavailable: a page cannot be had, or they go round in a circle.
        """
        found, asked, url = [], set(), address.url
        with WebPages(address, _asking(source, address, web), self._kept) as pages:
            while True:
                asked.add(str(url))
                answer = pages.page(url)
                if answer.kind in _PAGES:
                    raise SourceUnavailable(f"{address.shown}: {MARKUP}")
                found.append(answer)
                following = next_at(document_of(answer.body, address.shown), web.next) if web.next else None
                if following is None:
                    return found
                if web.next_parameter is None:
                    url = pages.on_this_server(url, following, f"page {len(found)} names as the next one")
                else:
                    url = address.url.copy_set_param(web.next_parameter, following)
                if str(url) in asked:
                    raise SourceUnavailable(
                        f"{address.shown}: page {len(found)} names as the next one a page that has come already; see what"
                        f" `next: {web.next}` leads to"
                    )
                if len(found) >= MOST_PAGES:
                    raise SourceUnavailable(
                        f"{address.shown}: more than {MOST_PAGES:,} pages; ask for more rows a page"
                    )


def _asked(source: Source) -> tuple[WebAddress, Web]:
    """Return the address that is asked, and the settings.

    Raises:
        SourceUnavailable: they cannot be meant.
    """
    try:
        web = Web(**source.settings["http"])
    except ValueError as error:
        raise SourceUnavailable(f"source {source.id}: {error}") from error
    text = source.secrets.get("url_from", "") if web.url is None else web.url
    return web_address(text, web.url_from), web


def _asking(source: Source, address: WebAddress, web: Web) -> Asking:
    """Return what goes along with each question."""
    headers = {"Accept": "application/json" if web.format == "json" else "text/csv"}
    token = source.secrets.get("token_from")
    if token is None:
        return Asking(headers=headers, private=web.private)
    if not token.isascii() or not token.isprintable():
        raise SourceUnavailable(
            f"source {source.id}: the token in {web.token_from} holds what no header can; write it anew"
        )
    if address.sign_in is not None:
        raise SourceUnavailable(
            f"{address.shown}: has a password in its address and a token beside it; drop one of them"
        )
    if address.url.scheme != "https" and not web.private:
        raise SourceUnavailable(f"{address.shown}: the token would go over an open line; write https://")
    headers |= {web.header: token} if web.header else {"Authorization": f"Bearer {token}"}
    return Asking(headers=headers, private=web.private, token_name=web.token_from)


def _csv_table(source: Source, shown: str, answer: Answer) -> SourceTable:
    body = answer.body
    if not body.strip():
        raise SourceUnavailable(f"{shown}: the answer is empty; it needs a header row and figures")
    if body.lstrip()[:1] == b"<":
        raise SourceUnavailable(f"{shown}: {MARKUP}")
    if not answer.said_its_length and not ends_its_last_line(body):
        raise SourceUnavailable(
            f"{shown}: its last line has no end and nothing said how long the answer is, so that it may be cut off there; let"
            " the server end the last line, or send Content-Length"
        )
    table = CsvSource().table_of(body, source, shown, lambda: body)
    return replace(table, content=_Digest(_digest([answer])))


def _json_table(source: Source, shown: str, answers: Sequence[Answer], web: Web) -> SourceTable:
    pages = list(_pages(answers, shown, web))
    rows = [row for page in pages for row in page]
    content = _Digest(_digest(answers))
    if not rows:
        return SourceTable(source=source.id, file=shown, columns=_nothing(source), content=content)
    headings = headings_of(rows, shown)
    layout = layout_for(source)([whole_characters(name) for name in headings])
    if layout.trouble is not None:
        raise SourceUnavailable(f"{shown}: {layout.trouble}")
    table = SourceTable(
        source=source.id, file=shown, layout=layout, content=content,
        columns=columns_of(rows, headings, layout, source.decimal),
        line_of=_nth, row_of=_nth,
        place_of=_places([len(page) for page in pages], shown) if len(pages) > 1 else None,
    )  # fmt: skip
    return melted(table, source)


def _nth(row: int) -> int:
    """Return the number of a row, there being no header above the first."""
    return row + 1


def _pages(answers: Sequence[Answer], shown: str, web: Web) -> Iterator[Sequence[Row]]:
    for n, answer in enumerate(answers, 1):
        where = shown if len(answers) == 1 else f"{shown}, page {n}"
        yield rows_at(document_of(answer.body, where), web.rows, where)


def _nothing(source: Source) -> "Mapping[str, pl.Series]":
    """Return the columns that every source needs, without a row."""
    import polars as pl

    names = [name for name in (*REQUIRED, "value") if name not in source.fixed and name not in source.parts]
    return {name: pl.Series(name, [], dtype=pl.String) for name in names}


def _places(heights: Sequence[int], shown: str) -> Callable[[int], tuple[str, int]]:
    """Return what names the page of a row, and the row's place in it."""
    begins = [sum(heights[:n]) for n in range(len(heights))]

    def place_of(row: int) -> tuple[str, int]:
        page = bisect_right(begins, row) - 1
        return f"{shown}, page {page + 1}", row - begins[page]

    return place_of


def _digest(answers: Sequence[Answer]) -> str:
    return ":".join(sha256(answer.body).hexdigest() for answer in answers)


@dataclass(frozen=True, slots=True)
class _Digest:
    """A digest, as it is asked for later."""

    text: str

    def __call__(self) -> str:
        return self.text
