"""Thousands of random findings: numbers, sides, directions and counts, read back out of the words, are those of the figures.

Every run checks some 60 of each condition; `WORDS_CHECKED=3000 ./run pytest tests/contract/test_words_checked.py` checks more, of
more worlds.
"""

import os
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest
from samples.sampling import few
from samples.word_reader import problem
from samples.word_worlds import Spoken, Tried, all_tried, in_every_run, world

from alerting.conditions.registry import conditions

BY_WORLD = 12
TRIED = few(in_every_run(), all_tried())
#: Worlds of each condition; of one on limits, of each method.
WORLDS, WORLDS_OF_A_METHOD = (
    -(-int(os.environ.get("WORDS_CHECKED", few("24", "300"))) // share) for share in (BY_WORLD, 12 * BY_WORLD)
)


def worlds_of(key: str) -> list[tuple[Tried, int]]:
    tried = [one for one in TRIED if one.key == key]
    return [(one, seed) for one in tried for seed in range(WORLDS if one.method is None else WORLDS_OF_A_METHOD)]


@pytest.mark.parametrize("key", [key for key, cls in conditions().items() if not cls.has_parts])
def test_words_say_what_the_figures_say(key):
    wrong = [
        f"world {seed} of {tried.id}: {found}"
        for tried, seed in worlds_of(key)
        for found in map(problem, world(tried, seed, BY_WORLD))
        if found
    ]
    assert worlds_of(key), f"{key} brings no `worded`"
    assert not wrong, "\n".join([f"{len(wrong)} wrong", *wrong[:5]])


OTHER_WAY = {
    "above": "below", "below": "above", "over": "under", "under": "over", "up": "down", "down": "up", "higher": "lower",
    "lower": "higher", "rise": "fall", "fall": "rise", "rising": "falling", "falling": "rising", "risen": "fallen",
    "fallen": "risen", "Higher": "Lower", "Lower": "Higher",
}  # fmt: skip


def turned(text: str) -> str:
    """The text with its first word of direction turned round."""
    found = re.search(rf"(?<=[ (])(?:{'|'.join(OTHER_WAY)})\b(?! is better)", text)
    return text if found is None else text[: found.start()] + OTHER_WAY[found[0]] + text[found.end() :]


def miscounted(text: str) -> str:
    """The text with another figure: one more of its first digit that stands alone or begins a number."""
    found = re.search(r"(?<=: )-?[£€$]?[1-8]", text)
    return text if found is None else text[: found.end() - 1] + str(int(found[0][-1]) + 1) + text[found.end() :]


def overstated(text: str) -> str:
    return re.sub(r", (?=above|below|within|not )", ", significantly ", text, count=1)


@cache
def of_each() -> list[Spoken]:
    return [one for tried in TRIED if tried.method in (None, "fixed") for one in world(tried, 0)]


@pytest.mark.parametrize("spoil", [turned, miscounted, overstated], ids=lambda spoil: spoil.__name__)
def test_the_reader_finds_a_wrong_word(spoil: Callable[[str], str]):
    """What the other tests rest on: a reader that believed everything would prove nothing."""
    spoilt = [replace(one, text=spoil(one.text)) for one in of_each() if spoil(one.text) != one.text]
    believed = [one.text for one in spoilt if problem(one) is None]
    assert len(spoilt) > few(15, 20)
    assert [] == believed


def test_the_reader_compares_the_subject_with_the_text():
    one = _first(
        lambda spoken: ", above its upper limit" in spoken.subject and spoken.found.finding.state.name == "EXCEPTION"
    )
    assert problem(one) is None
    assert problem(replace(one, subject=one.subject.replace(", above its upper", ", below its lower"))) is not None


def _first(wanted: Callable[[Spoken], bool]) -> Spoken:
    return next(
        one for seed in range(100) for one in world(Tried(key="outside_limits", method="fixed"), seed) if wanted(one)
    )
