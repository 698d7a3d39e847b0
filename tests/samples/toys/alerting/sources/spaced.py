"""Files whose cells stand apart by spaces."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from alerting.domain.coverage import EVERYTHING, Coverage
from alerting.domain.rule import Source
from alerting.errors import SourceUnavailable
from alerting.ports import SourceTable
from alerting.sources.tables.files import first_lines, located
from alerting.sources.tables.layouts import layout_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a spaced source takes."""

    spaced: str = field(metadata={"description": "path of the file, relative to the rules folder", "path": True})


class SpacedSource:
    """Reads `{spaced: path}` sources."""

    kind: ClassVar[str] = "spaced"
    ways: ClassVar[Sequence[tuple[str, str]]] = (("separators", "runs of spaces"),)
    Settings = Settings

    def read(self, source: Source, folders: Sequence[Path], wanted: Coverage = EVERYTHING) -> SourceTable:
        """Read all of the file."""
        import polars as pl

        shown, (header, *rows) = self._cells(source, folders)
        layout = layout_for(source)(header)
        if layout.trouble:
            raise SourceUnavailable(f"{shown}:1: {layout.trouble}")
        for line, row in enumerate(rows, 2):
            if len(row) != len(header):
                raise SourceUnavailable(
                    f"{shown}:{line}: {len(row)} cells for {len(header)} columns; write each of them"
                )
        columns = {name: pl.Series(name, [row[place] for row in rows]) for name, place in layout.places.items()}
        return SourceTable(source=source.id, file=shown, layout=layout, columns=columns)

    def headings(self, source: Source, folders: Sequence[Path]) -> tuple[str, ...]:
        """Return the names of its columns as ours."""
        return tuple(layout_for(source)(self._cells(source, folders)[1][0]).places)

    def top(self, source: Source, folders: Sequence[Path]) -> Sequence[str]:
        """Return the first lines as they stand."""
        return first_lines(str(source.settings["spaced"]), folders)

    def _cells(self, source: Source, folders: Sequence[Path]) -> tuple[str, list[list[str]]]:
        path, shown = located(str(source.settings["spaced"]), folders)
        lines = [line.split() for line in path.read_text(encoding="utf-8").splitlines()]
        if not lines:
            raise SourceUnavailable(f"{shown}: the file is empty; it needs a header row and figures")
        return shown, lines
