"""Verdicts of a tick as a file: read back as they were written, or not at all."""

import numpy as np
import pytest

from alerting.app.situation.verdict_file import read_verdicts, write_verdicts
from alerting.evaluation.kept_verdicts import KeptVerdicts

DIGESTS = np.arange(6, dtype=np.uint64).reshape(2, 3) * np.uint64(0x9E3779B97F4A7C15)
CODES = np.array([[0, 1, 12], [4, 5, 6]], dtype=np.int8)
SHELF = {
    "one": KeptVerdicts(judged_by=DIGESTS, codes=lambda: CODES, side=-1),
    "two": KeptVerdicts(judged_by=DIGESTS[:, 1:2], codes=lambda: CODES[:, :1], side=None),
    "three": KeptVerdicts(judged_by=DIGESTS, codes=lambda: CODES[:, ::-1], side=0),
}


def described(shelf):
    return {name: (one.judged_by.tolist(), one.codes().tolist(), one.side) for name, one in shelf.items()}


@pytest.fixture
def file(tmp_path):
    write_verdicts(tmp_path / "cache", "1.0", SHELF.items())
    return tmp_path / "cache/verdicts.bin"


def test_what_is_kept_is_read_back(file):
    kept = read_verdicts(file.parent, "1.0")
    assert described(kept) == described(SHELF)
    was = file.read_bytes()
    write_verdicts(file.parent, "1.0", kept.items())
    assert file.read_bytes() == was
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_what_another_program_kept_is_judged_anew(file):
    assert read_verdicts(file.parent, "1.1") == {}


def test_where_nothing_was_kept_there_is_nothing(tmp_path):
    assert read_verdicts(tmp_path, "1.0") == {}


@pytest.mark.parametrize("place", [0, 15, 16, 19, 20, 60, -40, -1])
def test_a_byte_that_is_another_drops_the_file(file, place):
    data = bytearray(file.read_bytes())
    data[place] ^= 1
    file.write_bytes(data)
    assert read_verdicts(file.parent, "1.0") == {}


@pytest.mark.parametrize("size", [0, 10, 18, 40, -1])
def test_a_file_that_is_cut_short_is_dropped(file, size):
    file.write_bytes(file.read_bytes()[:size])
    assert read_verdicts(file.parent, "1.0") == {}


def test_where_it_cannot_be_written_nothing_is_kept(tmp_path):
    (tmp_path / "cache").write_text("no folder")
    write_verdicts(tmp_path / "cache", "1.0", SHELF.items())
    assert read_verdicts(tmp_path / "cache", "1.0") == {}
