"""Thousands of random findings: numbers, sides, directions and counts, read back out of the words, are those of the figures.

Every run checks 3,000; `WORDS_CHECKED=60000 ./run pytest tests/contract/test_words_checked.py` checks more, of more worlds.
"""

import os
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from samples.word_reader import problem
from samples.word_worlds import KEYS, Spoken, world

from alerting.conditions.registry import conditions

BY_WORLD, BATCHES = 30, 10
#: Worlds in every batch.
WORLDS = -(-int(os.environ.get("WORDS_CHECKED", "3000")) // (BY_WORLD * BATCHES))


@pytest.mark.parametrize("batch", range(BATCHES))
def test_words_say_what_the_figures_say(batch):
    wrong = [
        f"world {seed}: {found}"
        for seed in range(batch * WORLDS, (batch + 1) * WORLDS)
        for found in map(problem, world(seed, BY_WORLD))
        if found
    ]
    assert not wrong, "\n".join([f"{len(wrong)} wrong", *wrong[:5]])


def test_every_condition_is_worded_in_the_worlds():
    composed = {"all_of", "any_of", "not"}
    assert set(conditions()) == {*KEYS, *composed}


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


@pytest.mark.parametrize("spoil", [turned, miscounted, overstated], ids=lambda spoil: spoil.__name__)
def test_the_reader_finds_a_wrong_word(spoil: Callable[[str], str]):
    """What the other tests rest on: a reader that believed everything would prove nothing."""
    spoken = [one for seed in range(8) for one in world(seed)]
    spoilt = [replace(one, text=spoil(one.text)) for one in spoken if spoil(one.text) != one.text]
    believed = [one.text for one in spoilt if problem(one) is None]
    assert len(spoilt) > 20
    assert [] == believed


def test_the_reader_compares_the_subject_with_the_text():
    one = _first(
        lambda spoken: ", above its upper limit" in spoken.subject and spoken.found.finding.state.name == "EXCEPTION"
    )
    assert problem(one) is None
    assert problem(replace(one, subject=one.subject.replace(", above its upper", ", below its lower"))) is not None


def _first(wanted: Callable[[Spoken], bool]) -> Spoken:
    return next(one for seed in range(100) for one in world(seed) if wanted(one))
