"""Rule files as accidents leave them: bytes, lines and spaces gone wrong end in problems with places, soon and in little memory."""

import os
import resource
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from samples.rule_folders import FIGURES, written
from test_contract_example import MEASURES, OWNERS, RULES

from alerting.app.authoring.codes import all_codes
from alerting.rulefile import load_rules

FILES = {"measures.yaml": MEASURES, "owners.yaml": OWNERS, "rules.yaml": RULES}
#: Of the ordinary suite, and in portions of the exhaustive run, which begins with the seed of MUTATIONS_FROM.
FEW, MANY, PORTION = 30, 10_000, 250
FIRST_SEED = int(os.environ.get("MUTATIONS_FROM", "1000"))
#: Seconds of the processor, and kilobytes that the process may grow by.
LONGEST, LARGEST = 1.0, 300 * 1024
#: What means something in YAML where it should not, or looks like nothing.
ODD_TEXT = (
    "\x00", "\x07", "\x1b", "\x85", "\ufeff", "\u00a0", "\u2003", "\u2028", "\u200b", "\ud7ff", "\t", "\r", "é", "\\", '"',
    "'", "🚓",     "{", "}", "[", "]", ":", ": ", "- ", "? ", "#", " #", "&a ", "*a",
    "!!python/object:os.system ", "!x ", "|", ">", "%", "@", "`",
    "---\n", "...\n", "<<: ", "~", "null", "yes", "1_000", "0x1F", "012", "1e400", "-.inf", ".nan", "9" * 400, "1e-400",
    "2020-02-30",
)  # fmt: skip


def flipped(rng: Random, content: bytes) -> bytes:
    """Change some bytes to any others."""
    found = bytearray(content)
    for _ in range(rng.choice([1, 1, 3, 30])):
        found[rng.randrange(len(found))] = rng.randrange(256)
    return bytes(found)


def cut(rng: Random, content: bytes) -> bytes:
    """Lose a piece, or everything from somewhere on."""
    begin = rng.randrange(len(content))
    return content[:begin] + (content[begin + rng.randint(1, 60) :] if rng.random() < 0.6 else b"")


def lines_moved(rng: Random, content: bytes) -> bytes:
    """Swap two lines, lose one, write one twice or at another depth."""
    lines = content.splitlines(keepends=True)
    one, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    way = rng.randrange(4)
    if way == 0:
        lines[one], lines[other] = lines[other], lines[one]
    elif way == 1:
        del lines[one]
    elif way == 2:
        lines.insert(other, lines[one])
    else:
        lines[one] = b" " * rng.choice([1, 2, 7, 500]) + lines[one].lstrip()
    return b"".join(lines)


def odd_inserted(rng: Random, content: bytes) -> bytes:
    """Put what means something in YAML, or looks like nothing, somewhere."""
    at = rng.randrange(len(content))
    return content[:at] + (rng.choice(ODD_TEXT) * rng.choice([1, 1, 2])).encode() + content[at:]


def value_replaced(rng: Random, content: bytes) -> bytes:
    """Put something else behind a colon."""
    colons = [n for n in range(len(content) - 1) if content[n : n + 2] == b": "]
    at = rng.choice(colons or [0]) + 2
    end = min((n for mark in b",}\n" if (n := content.find(mark, at)) >= 0), default=len(content))
    return content[:at] + rng.choice(ODD_TEXT).encode() + content[end:]


def key_renamed(rng: Random, content: bytes) -> bytes:
    """Change the last letter before a colon."""
    at = rng.choice([n for n in range(1, len(content) - 1) if content[n : n + 2] == b": "] or [1])
    return content[: at - 1] + rng.choice([b"s", b"_", b"X", b" ", b""]) + content[at:]


def nested(rng: Random, content: bytes) -> bytes:
    """Open many brackets, lists or conditions, closed or not."""
    deep = rng.choice([30, 1000, 20_000])
    opened, closed = rng.choice(
        [(b"[", b"]"), (b"{a: ", b"}"), (b"{not: ", b"}"), (b"- ", b""), (b"{any_of: [", b"]}")]
    )
    at = content.rfind(b"\n", 0, rng.randint(len(content) // 2, len(content))) + 1
    return content[:at] + opened * deep + closed * rng.choice([0, deep]) + b"\n" + content[at:]


def references_grown(rng: Random, content: bytes) -> bytes:
    """Write anchors of which each names the one before several times."""
    depth = rng.choice([3, 12, 40])
    grown = ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, depth))]
    return content + "\n".join(grown).encode() + b"\n"


MUTATIONS: tuple[Callable[[Random, bytes], bytes], ...] = (
    flipped, cut, lines_moved, odd_inserted, value_replaced, key_renamed, nested, references_grown,
)  # fmt: skip


def mutated(rng: Random, folder: Path) -> str:
    """Write the folder with one file mutated; return which, and how."""
    name = rng.choice(list(FILES))
    content = FILES[name].encode()
    mutations = [rng.choice(MUTATIONS) for _ in range(rng.choice([1, 1, 2, 4]))]
    for mutation in mutations:
        content = mutation(rng, content) if len(content) > 2 else content
    for other, text in FILES.items():
        (folder / other).write_bytes(content if other == name else text.encode())
    return f"{name} {'+'.join(one.__name__ for one in mutations)}"


def wrong_with(seed: int, folder: Path) -> list[str]:
    """Mutate one file by a seed, load the folder, and say what promise was not kept."""
    what = f"seed {seed} {mutated(Random(seed), folder)}"
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    try:
        loaded = load_rules(folder, shown_as="rules")
    except Exception as error:  # noqa: BLE001 - whatever comes up is what is looked for
        return [f"{what}: {type(error).__name__}: {str(error)[:200]}"]
    taken = time.process_time() - begun
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    found = [f"{what}: {taken:.2f} s"] if taken > LONGEST else []
    found += [f"{what}: {grown} kB"] if grown > LARGEST else []
    errors = [problem for problem in loaded.problems if problem.severity.value == "error"]
    found += [f"{what}: refused without an error"] if loaded.rules is None and not errors else []
    for problem in loaded.problems:
        place = problem.place
        if not (place.file and place.line >= 1 and place.column >= 1) or problem.code not in all_codes():
            found.append(f"{what}: {problem!r}")
    return found


def folder_of(tmp_path):
    return written(tmp_path / "rules", {f"figures/{name}.csv": FIGURES for name in ("calls", "crime", "population")})


@pytest.mark.parametrize("portion", range(2))
def test_mutated_rule_files_give_problems_with_places_soon(portion, tmp_path):
    folder = folder_of(tmp_path)
    seeds = range(portion * FEW, (portion + 1) * FEW)

    assert [] == [one for seed in seeds for one in wrong_with(seed, folder)]


@pytest.mark.exhaustive
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("portion", range(MANY // PORTION))
def test_thousands_of_mutated_rule_files_do(portion, tmp_path):
    folder, begin = folder_of(tmp_path), FIRST_SEED + portion * PORTION

    assert [] == [one for seed in range(begin, begin + PORTION) for one in wrong_with(seed, folder)]
