"""Bytes changed at random in files of figures: read or refused with a place, quickly and in little memory, never a traceback."""

import random
import re
import resource
import time
from datetime import date

import pytest
from samples.worlds import a_folder, an_engine

from alerting.cli import main

AS_OF = date(2020, 10, 7)
RULES = """
topics: [{id: t, title: Topic, owner: boss}]
sources: {s: {csv: f.csv, owner: boss}}
areas: [{id: force, title: Force, kind: policing, owner: boss}]
owners: [{id: boss, name: Boss, email: boss@example.org}]
measures: [{id: m, title: Offences, topic: t, unit: count, better: lower, every: month, source: s}]
rules: [{id: a, title: A, measures: m, when: {target_missed: {at_most: 100}}}]
"""
PLAIN = "measure,area,period,value,numerator,denominator,provisional,published,note\n" + "".join(
    f'm,force,20{10 + n // 12}-{n % 12 + 1:02d},{n * 37 % 300},,,,2021-01-0{n % 9 + 1},"note {n}, see annex"\n'
    for n in range(60)
)
SEEDS = (
    PLAIN.encode(), PLAIN.replace("\n", "\r\n").encode("utf-8-sig"), PLAIN.encode("utf-16"), PLAIN.replace(",", ";").encode(),
    PLAIN.replace("annex", "anné").encode("latin-1"), PLAIN.replace("\n", "\r").encode(), ("Title\n\n" + PLAIN).encode(),
)  # fmt: skip
#: What files are spoilt with: bytes that mean something to a reader of tables, and any others.
PIECES = (b'"', b'""', b",", b";", b"\n", b"\r", b"\r\n", b"\t", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3", b"1,090", b"9" * 400,
          b'"' + b"x" * 5_000, b"\n" * 50, b",,,,", b"2020-13", b"-", b"NaN", b"1e999", b"=1+1", b"\x1a", b"\\")  # fmt: skip
#: A problem begins with its file, line and column.
PLACE = re.compile(r"[^:]+:\d+:\d+: (error|warning|note)\[[a-z-]+\]: .")
MOST_S, MOST_BYTES = 1.0, 300 * 1024**2


def spoilt(n):
    """Return the nth spoilt file: bytes changed, put in, taken out, repeated."""
    chance = random.Random(n)
    content = bytearray(chance.choice(SEEDS))
    for _ in range(chance.choice((1, 1, 2, 3, 8, 40))):
        at, kind = chance.randrange(len(content) + 1), chance.random()
        if kind < 0.35:
            content[at:at] = chance.choice(PIECES)
        elif kind < 0.6:
            content[at : at + 1] = bytes([chance.randrange(256)])
        elif kind < 0.8:
            del content[at : at + chance.choice((1, 1, 5, 200))]
        else:
            content[at:at] = content[at : at + chance.choice((1, 10, 500))]
    return bytes(content)


def tried(folder, engine, numbers):
    """Read and judge each file; return what is wrong with how that went."""
    wrong = []
    for n in numbers:
        (folder / "f.csv").write_bytes(spoilt(n))
        begun = time.process_time()
        answer = engine.enquiries.evaluate(AS_OF, every_period=True)
        spent = time.process_time() - begun
        said = [str(problem) for problem in answer.problems]
        if spent > MOST_S or not all(PLACE.match(line) and "\n" not in line for line in said):
            wrong.append((n, spent, said[:3]))
        if any(problem.code == "source-failed" and "f.csv" not in problem.message for problem in answer.problems):
            wrong.append((n, "a file that failed is not named", said[:3]))
    return wrong


@pytest.fixture
def engine(tmp_path):
    folder = a_folder(tmp_path / "rules", {"r.yaml": RULES, "f.csv": PLAIN})
    engine = an_engine(folder, tmp_path / "state", AS_OF)
    engine.enquiries.evaluate(AS_OF)  # what is loaded once is not counted
    return folder, engine


def test_spoilt_files_are_read_or_refused_with_a_place(engine):
    assert not tried(*engine, range(150))


@pytest.mark.exhaustive
@pytest.mark.timeout(3600)
def test_ten_thousand_spoilt_files_are_read_or_refused_with_a_place(engine):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert not tried(*engine, range(1000, 11_000))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_BYTES // 1024


def test_a_spoilt_file_ends_no_command_in_a_traceback(engine, capsys):
    folder, _ = engine
    (folder / "f.csv").write_bytes(b'"' + PLAIN.encode())
    assert main(["evaluate", str(folder), "--as-of", "2020-10-07"]) == 1
    assert "Traceback" not in capsys.readouterr().err
