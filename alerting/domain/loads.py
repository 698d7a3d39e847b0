"""Loads of a source: when one is whole, what one that is not whole lacks, and which was the last whole one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Complete:
    """When a load is whole: all that is given must hold."""

    #: So many rows of its newest period; where all series of the source are fewer, of all periods together.
    rows: int | None = None
    #: Every area that is expected to report has a figure of the newest period.
    areas: bool = False
    #: The path of a file that is written behind the figures.
    marker: str | None = None
    #: Nothing has changed for so many seconds.
    quiet_s: int | None = None
    #: Somebody has posted it.
    posted: bool = False

    @property
    def is_of_figures(self) -> bool:
        """Whether the figures alone tell, so that those of earlier periods are whole where the newest is not."""
        return self.marker is None and self.quiet_s is None and not self.posted


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadSigns:
    """What stands beside the figures of a load as it was read."""

    #: When the last of its files was changed; None: it has none, and only its content tells.
    changed: datetime | None = None
    #: When the marker was written; None: it is not there.
    marked: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadLack:
    """Why a figure is not judged yet: its load is not whole."""

    source: str
    #: What is waited for, in words: "no figure yet for North and South".
    why: str
    #: Ids of the areas that have none in it.
    missing: tuple[str, ...] = ()

    @property
    def as_evidence(self) -> Mapping[str, Any]:
        """Return the values for a finding's evidence."""
        return {"source": self.source, "waits_for": self.why, "missing_areas": list(self.missing)}


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadStanding:
    """How a source with `complete` stands; digests are of all its figures (`figures.memory.fingerprint`)."""

    source: str
    #: Digest of what it held when it was last looked at, and when that was first seen.
    content: str
    seen: datetime
    #: Digest of the last whole load, and when it was taken; None: there was none yet.
    whole: str | None = None
    whole_at: datetime | None = None
    #: Since when there is a load that is not whole; None: there is none.
    since: datetime | None = None
