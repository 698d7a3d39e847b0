"""Workbooks are zip archives: their parts, inflated no further than they say, and never beyond a bound."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

from alerting.errors import SourceUnavailable

#: What all parts of a workbook may hold together: a hundred thousand rows of sixty columns are 200 MB.
MOST_INFLATED_BYTES = 1024**3
#: A workbook has some ten parts, and one more for each sheet and picture.
_MOST_PARTS = 10_000
_PIECE_BYTES = 1024**2
_LOCAL_HEADER_BYTES = 30


class ZipParts:
    """The parts of an archive, checked once: no part is larger than the directory says, all are within the bound.

    Raises:
        SourceUnavailable: the archive is damaged, encrypted, or would inflate without end.
    """

    def __init__(self, content: bytes, shown: str) -> None:
        self._content, self._shown = content, shown
        try:
            entries = zipfile.ZipFile(io.BytesIO(content)).infolist()
        # NotImplementedError is what zipfile raises of an archive in a version it does not know.
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise self._damaged() from error
        total = sum(entry.file_size for entry in entries)
        if total > MOST_INFLATED_BYTES or len(entries) > _MOST_PARTS:
            size = f"{total / 1024**3:.1f} GiB in {len(entries):,} parts"
            raise SourceUnavailable(f"{shown}: would unpack to {size}; a workbook of figures has no more than 1 GiB")
        self._entries = {entry.filename: entry for entry in entries}
        for entry in entries:
            if sum(map(len, self._pieces(entry))) != entry.file_size:
                raise SourceUnavailable(f"{shown}: its part {entry.filename} unpacks to more than it says; not opened")

    def names(self) -> list[str]:
        """Return the parts' names."""
        return list(self._entries)

    def part(self, name: str) -> bytes:
        """Return a part, nothing where there is none."""
        return b"".join(self._pieces(self._entries[name])) if name in self._entries else b""

    def _pieces(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        """Yield what a part holds, up to one piece more than its directory says."""
        if entry.flag_bits & 1:
            raise SourceUnavailable(f"{self._shown}: is protected with a password; save it without one")
        begin = entry.header_offset
        header = self._content[begin : begin + _LOCAL_HEADER_BYTES]
        if len(header) < _LOCAL_HEADER_BYTES or header[:4] != b"PK\x03\x04":
            raise self._damaged()
        name_bytes, extra_bytes = struct.unpack("<HH", header[26:30])
        begin += _LOCAL_HEADER_BYTES + name_bytes + extra_bytes
        packed = memoryview(self._content)[begin : begin + entry.compress_size]
        if entry.compress_type == zipfile.ZIP_STORED:
            yield bytes(packed)
        elif entry.compress_type == zipfile.ZIP_DEFLATED:
            yield from self._inflated(packed, entry.file_size)
        else:
            raise SourceUnavailable(f"{self._shown}: is packed in an unusual way; open it and save it as .xlsx")

    def _inflated(self, packed: memoryview, declared: int) -> Iterator[bytes]:
        reader, found, rest = zlib.decompressobj(-zlib.MAX_WBITS), 0, bytes(packed)
        try:
            while not reader.eof and found <= declared:
                piece = reader.decompress(rest, _PIECE_BYTES)
                rest = reader.unconsumed_tail
                if not piece and not rest:
                    break
                found += len(piece)
                yield piece
        except zlib.error as error:
            raise self._damaged() from error

    def _damaged(self) -> SourceUnavailable:
        return SourceUnavailable(f"{self._shown}: is no whole workbook; load it again, or open it and save it as .xlsx")
