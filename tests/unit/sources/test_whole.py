"""Files that somebody writes while they are read: waited for, read again, and never half."""

import os
import subprocess
import sys
import threading
import time

import pytest

from alerting.domain.rule import Source
from alerting.errors import SourceUnavailable
from alerting.sources.csv import CUT, CsvSource
from alerting.sources.tables import whole as whole_module
from alerting.sources.tables.whole import whole

MORE = 1024**3
WHOLE = b"measure,area,period,value\ncalls,force,2020-09,95\n"
TORN = WHOLE[:-2]


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch):
    monkeypatch.setattr(whole_module, "QUIET_S", 0.6)
    monkeypatch.setattr(whole_module, "LOOK_S", 0.02)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "figures.csv"


def read(file):
    return whole(file, "figures.csv", MORE).content


def later(work, after_s=0.2):
    thread = threading.Timer(after_s, work)
    thread.start()
    return thread


def test_a_file_that_is_whole_is_read_at_once(file):
    file.write_bytes(WHOLE)
    began = time.monotonic()

    assert WHOLE == read(file)
    assert time.monotonic() - began < 0.5


@pytest.mark.parametrize("half", [TORN, b""], ids=["cut-in-a-figure", "cut-to-nothing"])
def test_109_a_file_that_is_half_written_is_waited_for(file, half):
    file.write_bytes(half)
    writer = later(lambda: file.write_bytes(WHOLE))

    assert WHOLE == read(file)
    writer.join()


def test_109_a_file_that_is_written_on_and_on_slowly_is_waited_for(file):
    """Each piece comes sooner than a file must have been left alone."""
    file.write_bytes(b"")

    def write():
        for first in range(0, len(WHOLE), 12):
            with file.open("ab") as out:
                out.write(WHOLE[first : first + 12])
            time.sleep(0.1)

    writer = threading.Thread(target=write)
    writer.start()
    assert WHOLE == read(file)
    writer.join()


def test_a_last_line_without_an_end_is_read_when_nobody_touches_it(file):
    file.write_bytes(TORN)
    began = time.monotonic()

    assert TORN == read(file)
    assert time.monotonic() - began >= 0.5


def test_a_file_that_was_waited_for_in_vain_is_said_to_be_cut_off_perhaps(tmp_path):
    """Nobody finishes the line: what stands there is read, and not without a word."""
    (tmp_path / "f.csv").write_bytes(TORN)
    source = Source(id="s", kind="csv", settings={"csv": "f.csv"})

    assert [CUT] == list(CsvSource().read(source, [tmp_path]).remarks)
    (tmp_path / "f.csv").write_bytes(WHOLE)
    assert [] == list(CsvSource().read(source, [tmp_path]).remarks)


def test_a_last_line_without_an_end_in_an_old_file_is_read_at_once(file):
    file.write_bytes(TORN)
    an_hour_ago = time.time() - 3600
    os.utime(file, (an_hour_ago, an_hour_ago))
    began = time.monotonic()

    assert TORN == read(file)
    assert time.monotonic() - began < 0.5


def test_a_time_to_come_does_not_make_a_file_old(file):
    file.write_bytes(TORN)
    tomorrow = time.time() + 86400
    os.utime(file, (tomorrow, tomorrow))
    writer = later(lambda: file.write_bytes(WHOLE))

    assert WHOLE == read(file)
    writer.join()


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-8"])
def test_an_end_of_a_line_is_one_in_every_encoding(file, encoding):
    content = WHOLE.decode().encode(encoding)
    file.write_bytes(content)
    began = time.monotonic()

    assert content == read(file)
    assert time.monotonic() - began < 0.5


def test_109_a_change_that_leaves_size_and_time_is_seen(file, monkeypatch):
    """Somebody writes other digits and sets the time back between the two looks at the file."""
    file.write_bytes(WHOLE)
    real = type(file).read_bytes
    reads = []

    def read_bytes(path):
        reads.append(real(path))
        if len(reads) == 1:
            status = path.stat()
            path.write_bytes(WHOLE.replace(b"95", b"59"))
            os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        return reads[-1]

    monkeypatch.setattr(type(file), "read_bytes", read_bytes)
    assert WHOLE.replace(b"95", b"59") == read(file)


def test_109_a_file_that_never_rests_is_given_up_with_what_to_do(file, monkeypatch):
    monkeypatch.setattr(whole_module, "PATIENCE_S", 0.5)
    file.write_bytes(TORN)
    stop = threading.Event()

    def write():
        while not stop.wait(0.05):
            with file.open("ab") as out:
                out.write(b"9")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        with pytest.raises(SourceUnavailable, match=r"^figures\.csv: somebody has been writing to it .* rename"):
            read(file)
    finally:
        stop.set()
        writer.join()


def test_111_a_file_too_large_is_refused(file):
    file.write_bytes(WHOLE)

    with pytest.raises(SourceUnavailable, match="larger than"):
        whole(file, "figures.csv", len(WHOLE) - 1)


def test_109_a_file_cut_to_nothing_under_the_reader_does_not_end_the_process(tmp_path):
    """As a map of the file would: the signal for a page that is gone cannot be caught."""
    figures = tmp_path / "figures.csv"
    figures.write_bytes(WHOLE + b"calls,force,2020-08,95\n" * 400_000)
    program = (
        "import threading, sys\n"
        "from pathlib import Path\n"
        "from alerting.domain.rule import Source\n"
        "from alerting.sources.csv import CsvSource\n"
        "path = Path(sys.argv[1])\n"
        "cut = threading.Timer(0.02, lambda: path.write_bytes(b'measure,area,period,value\\n'))\n"
        "cut.start()\n"
        "table = CsvSource().read(Source(id='s', kind='csv', settings={'csv': path.name}), [path.parent])\n"
        "cut.join()\n"
        "print(len(table.columns['value']))\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(figures)], capture_output=True, text=True, check=False)

    assert (0, "") == (done.returncode, done.stderr)
    assert done.stdout.strip() in ("0", "400001")
