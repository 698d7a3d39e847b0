"""OpenDocument spreadsheets under a key of their own; read as every workbook is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from alerting.sources.excel import ExcelSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an ods source takes."""

    ods: str = field(
        metadata={"description": "path of the spreadsheet, relative to the rules folder or ALERTING_FIGURES", "path": True}
    )  # fmt: skip
    sheet: str | int | None = field(
        default=None, metadata={"description": "the sheet's name, or its number from 1; without it the first one shown"}
    )
    header: int | None = field(
        default=None, metadata={"description": "the row of the headings; without it the first that has them"}
    )  # fmt: skip
    range: str | None = field(
        default=None, metadata={"description": "the cells that the table lies in, headings included: A3:N200, A3:N or A:N"}
    )  # fmt: skip


class OdsSource(ExcelSource):
    """Reads `{ods: path}` sources."""

    kind: ClassVar[str] = "ods"
    suffixes: ClassVar[Sequence[str]] = ("ods",)
    ways: ClassVar[Sequence[tuple[str, str]]] = (("all of it", "as under `excel`"),)
    Settings: ClassVar[type] = Settings
