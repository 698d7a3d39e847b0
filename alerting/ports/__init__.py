"""What the use cases need from outside, as Protocols: the clock, sources and notifiers here, the state in a module a topic.

Adapters in sources/, notifiers/ and store/ provide it.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Protocol, runtime_checkable

from alerting.domain.coverage import EVERYTHING, Coverage
from alerting.domain.notify.notice import Delivery, Message
from alerting.domain.rule import Channel, Source
from alerting.domain.source_columns import Layout, RefusedRow


class Clock(Protocol):
    """The time, injected."""

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTable:
    """Tidy rows as a source gives them, before anything is judged; rows are 0-based, below the header."""

    source: str
    file: str
    #: Our column names -> a polars Series; all of one length. Text stays text.
    columns: Mapping[str, Any]
    #: The line that a row begins on; the rows above the header count too.
    line_of: Callable[[int], int] = lambda row: row + 2
    #: The number by which people know a row; like `line_of`, told with the rows above the header.
    row_of: Callable[[int], int] = lambda row: row + 2
    #: Where a cell stands, told by its row below the header and our name of its column: the number of its column in the file,
    #: and what people call that; None: below the heading that `layout` has for it.
    column_of: Callable[[int, str], tuple[int, str]] | None = None
    #: The part of the file that all rows stand in, for messages: `sheet Data`.
    part: str = ""
    #: Where there are several files: the file of a row, and the row's place in it, 0-based; None: all are of `file`.
    place_of: Callable[[int], tuple[str, int]] | None = None
    #: Where there are several files: each, and how many of the rows are its, in their order.
    files: Sequence[tuple[str, int]] = ()
    #: The files that were read, where there are any.
    paths: Sequence[Path] = ()
    #: Whether a figure that stands in several files counts as the last of them has it; else they contradict one another.
    later_files_win: bool = False
    #: Which of the file's columns is which; None where they go by our names.
    layout: Layout | None = None
    #: Rows above the header, and the line it begins on.
    rows_above: int = 0
    header_line: int = 1
    #: How the file was read, where that is not as a plain one.
    remarks: Sequence[str] = ()
    #: What may well be meant otherwise: said as a warning.
    cautions: Sequence[str] = ()
    #: What this says everything of: a figure inside it that is in no row is not held any more.
    covers: Coverage = EVERYTHING
    #: Rows whose numbers are not used.
    refused: Mapping[int, RefusedRow] = field(default_factory=dict)
    #: Returns a digest of the very bytes that were read, as `Recognising.content` does; None: nobody can tell them again.
    content: Callable[[], str] | None = None


class FigureSource(Protocol):
    """Reads the figures of one kind of source. Found by scanning `alerting/sources/`; one class with `kind` a file."""

    kind: ClassVar[str]
    ways: ClassVar[Sequence[tuple[str, str]]]

    def read(self, source: Source, folders: Sequence[Path], wanted: Coverage = EVERYTHING) -> SourceTable:
        """Read at least what is wanted, and say what the rows cover.

        Relative paths are looked up in the folders, in order, and nothing outside them is opened. Which column is which of
        ours is told by `sources.layouts`, alike for every kind.

        Raises:
            SourceUnavailable: with the file or address and what to do.
        """
        ...

    def headings(self, source: Source, folders: Sequence[Path]) -> Sequence[str]:
        """Return the names of its columns as ours, without reading more; none where that cannot be told."""

    def top(self, source: Source, folders: Sequence[Path]) -> Sequence[str]:
        """Return the first lines as they stand, for people who look for what is wrong; none where there are none."""


@runtime_checkable
class Recognising(Protocol):
    """A source that can tell, without reading figures, whether it holds what it held; of others nobody knows."""

    def content(self, source: Source, folders: Sequence[Path]) -> str:
        """Return a digest of the bytes that `read` would read, with where they lie.

        Raises:
            SourceUnavailable, OSError: they are not there, or cannot be read.
        """
        ...


@runtime_checkable
class Keeping(Protocol):
    """A source that keeps what it has read, so that what has not changed is not asked for again."""

    def keep_in(self, folder: Path) -> None:
        """Keep it below a folder that anybody may delete at any time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A channel's word that it took a message over."""

    reply: str


class Notifier(Protocol):
    """Hands messages over one way. Found by scanning `notifiers/`; one class with `kind` a file.

    Used as an async context manager around many sends, so that connections are reused.
    """

    kind: ClassVar[str]
    #: How many messages it hands over at the same time.
    connections: int

    async def __aenter__(self) -> "Notifier":
        """Make ready for many sends; where that is impossible, raise DeliveryFailed of the whole channel."""
        ...

    async def __aexit__(self, *exc: object) -> None: ...

    async def knock(self) -> None:
        """Find out whether the channel lets us in, else raise DeliveryFailed; hands nothing over."""

    async def send(
        self,
        delivery: Delivery,
        message: Message,
        *,
        at: datetime,
        before_data: Callable[[], Awaitable[None]] | None = None,
    ) -> Receipt:
        """Hand one message over; as many tasks as `connections` may do so at the same time.

        Args:
            message: what goes out: the delivery's own, unless it was marked on the way.
            at: the instant of this attempt, for the message's date.
            before_data: awaited once when all is ready and nothing was handed over yet. Where it raises, nothing is;
                only after it has returned can a failure be of unknown outcome.

        Raises:
            DeliveryFailed: with the reply; says whether it is permanent and whether the whole channel is down.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelContext:
    """What a notifier is made from: its channel, a folder for those that write files, and what it asked for by name."""

    channel: Channel
    out_dir: Path
    #: The service's settings that its class `asks` for, by their names; those that are not set are not there.
    service: Mapping[str, str] = field(default_factory=dict, repr=False)
    #: Secrets, by the keys of the channel's settings that name them (`url_from`).
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


class NotifierKind(Protocol):
    """A class of notifiers.

    `Settings`: a frozen dataclass; a field whose metadata say `secret` holds the name of a secret, which the notifier finds
    under the field's name in `ChannelContext.secrets`. It may further have `by_address` (False: an owner needs no mail address)
    and `asks` (names of the service's settings that it needs, which it finds in `ChannelContext.service`).
    """

    kind: ClassVar[str]
    Settings: ClassVar[type]

    def __call__(self, context: ChannelContext) -> Notifier:
        """Make the notifier of a channel.

        Raises:
            UsageError: something it needs is missing or wrong.
        """
        ...
