"""The verdicts of the last tick as a file: it may be deleted at any time, and one that is not whole counts as absent.

A line of JSON says what is in it, then digests and codes follow. The first bytes are a digest of all others.
"""

import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from alerting.domain.arrays import Codes
from alerting.evaluation.kept_verdicts import KeptVerdicts, Shelf
from alerting.rulefile.json_files import write_whole

_NAME = "verdicts.bin"
_SEAL = 16


def read_verdicts(folder: Path, program: str) -> Shelf:
    """Return the verdicts that were kept; none where there are none, or another program or another version kept them."""
    try:
        data = memoryview((folder / _NAME).read_bytes())
        if bytes(data[:_SEAL]) != _seal(data[_SEAL:]):
            return {}
        head = int.from_bytes(data[_SEAL : _SEAL + 4], "little")
        begin = _SEAL + 4 + head
        described = json.loads(bytes(data[_SEAL + 4 : begin]))
        return _shelf(described, data[begin:]) if described["program"] == program else {}
    except (OSError, ValueError, LookupError, TypeError):
        return {}


def write_verdicts(folder: Path, program: str, verdicts: Iterable[tuple[str, KeptVerdicts]]) -> None:
    """Keep verdicts by their names for the next tick; where that cannot be written, it judges all."""
    with suppress(OSError):
        write_whole(folder, _NAME, _described(program, verdicts))


@dataclass(frozen=True, slots=True, eq=False)
class _Packed:
    """Codes as they lie in the file."""

    data: bytes
    series: int

    def __call__(self) -> Codes:
        found: Codes = np.frombuffer(zlib.decompress(self.data), dtype=np.int8)
        return found.reshape(-1, self.series)

    @classmethod
    def of(cls, kept: KeptVerdicts) -> "_Packed":
        if isinstance(kept.codes, cls):
            return kept.codes
        return cls(zlib.compress(np.ascontiguousarray(kept.codes()).tobytes(), 1), kept.judged_by.shape[1])


def _shelf(described: Mapping[str, Any], data: memoryview) -> dict[str, KeptVerdicts]:
    found, begin = {}, 0
    for name, series, side, length in described["kept"]:
        codes = begin + 16 * series
        judged_by = np.frombuffer(data[begin:codes], dtype=np.uint64).reshape(2, series)
        begin = codes + length
        found[name] = KeptVerdicts(judged_by=judged_by, codes=_Packed(bytes(data[codes:begin]), series), side=side)
    return found


def _described(program: str, verdicts: Iterable[tuple[str, KeptVerdicts]]) -> bytes:
    kept, parts = [], []
    for name, own in verdicts:
        packed = _Packed.of(own)
        kept.append((name, packed.series, own.side, len(packed.data)))
        parts += [np.ascontiguousarray(own.judged_by).tobytes(), packed.data]
    head = json.dumps({"program": program, "kept": kept}, separators=(",", ":")).encode()
    whole = b"".join((len(head).to_bytes(4, "little"), head, *parts))
    return _seal(memoryview(whole)) + whole


def _seal(data: memoryview) -> bytes:
    return hashlib.blake2b(data, digest_size=_SEAL).digest()
