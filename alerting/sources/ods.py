"""OpenDocument spreadsheets under a key of their own; read as every workbook is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from alerting.sources.excel import HEADER, RANGE, SHEET, ExcelSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an ods source takes."""

    ods: str = field(
        metadata={"description": "path of the spreadsheet, relative to the rules folder or ALERTING_FIGURES", "path": True}
    )  # fmt: skip
    sheet: str | int | None = field(default=None, metadata=SHEET)
    header: int | None = field(default=None, metadata=HEADER)
    range: str | None = field(default=None, metadata=RANGE)


class OdsSource(ExcelSource):
    """Reads `{ods: path}` sources."""

    kind: ClassVar[str] = "ods"
    suffixes: ClassVar[Sequence[str]] = ("ods",)
    ways: ClassVar[Sequence[tuple[str, str]]] = (("all of it", "as under `excel`"),)
    Settings: ClassVar[type] = Settings
