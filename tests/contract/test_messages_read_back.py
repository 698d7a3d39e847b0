"""Notices and digests read back from their text: counts, order, verdicts, ages and differences are those of the figures.

Every run reads the demonstration's day and some random folders; `-m exhaustive` two thousand, from another seed with FOLDERS_FROM.
"""

import os
import re
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random

import pytest
from samples.message_facts import Facts, Sent, facts_of, messages
from samples.message_reader import problems
from samples.random_folders import random_folder
from samples.sampling import few
from samples.worlds import an_engine

from alerting.evaluation.found import Found
from alerting.render.notice import SUBJECT_LENGTH
from alerting.wording.briefly import names_of

pytestmark = pytest.mark.timeout(600)
RULES, DAY = Path(__file__).parents[2] / "rules", date(2020, 10, 15)
FIRST_SEED = int(os.environ.get("FOLDERS_FROM", "0"))
#: Random folders of the ordinary suite, and of the exhaustive run, a hundred a test.
SOME, MANY = 6, 2000


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Sent], Facts, list[Found]]:
    """The messages of the shipped rules' day, what its figures say, and everything exceptional at any time."""
    engine = an_engine(RULES, tmp_path_factory.mktemp("state"), DAY)
    every = engine.enquiries.evaluate(DAY, every_period=True, text="none").found
    exceptions = [one for one in every if one.finding.state.word == "exception"]
    return messages(engine, DAY), facts_of(engine, DAY), exceptions


def test_the_demonstrations_messages_say_nothing_wrong(demo):
    sent, facts, _ = demo

    wrong = [f"{one.kind} to {one.owner}: {found}" for one in sent for found in problems(one, facts)]

    assert {"notice", "digest"} <= {one.kind for one in sent}
    assert len(sent) > 40
    assert not wrong, "\n".join(wrong)


def read_back(first: int, count: int, path: Path) -> tuple[Counter[str], list[str]]:
    """Read the messages of random folders; return how many there were, and what they say wrongly."""
    counted: Counter[str] = Counter()
    wrong = []
    for seed in range(first, first + count):
        place = path / str(seed)
        folder = random_folder(Random(seed), place)
        if folder is not None:
            engine = an_engine(place, place / "state", folder.as_of)
            facts = facts_of(engine, folder.as_of)
            for one in messages(engine, folder.as_of):
                counted[one.kind] += 1
                wrong += [f"seed {seed}, {one.kind} to {one.owner}: {found}" for found in problems(one, facts)]
        shutil.rmtree(place, ignore_errors=True)
    return counted, wrong


def test_random_folders_messages_say_nothing_wrong(tmp_path):
    counted, wrong = read_back(FIRST_SEED, SOME, tmp_path)

    assert not wrong, "\n".join(wrong)
    assert counted["digest"] >= SOME


@pytest.mark.exhaustive
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("hundred", range(MANY // 100))
def test_messages_of_two_thousand_random_folders_say_nothing_wrong(hundred, tmp_path):
    counted, wrong = read_back(FIRST_SEED + 100 * hundred, 100, tmp_path)

    print(dict(counted))
    assert not wrong, "\n".join(wrong)
    assert counted["digest"] >= 100


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(18, id="a-figure-of-a-month-and-of-a-year-is-counted-once-in-tables-too"),
        pytest.param(171, id="what-has-not-come-by-a-rule-that-judges-figures-too-is-no-concern"),
        pytest.param(458, id="what-waits-for-its-end-does-not-make-a-new-exception-of-the-figure-old"),
        pytest.param(661, id="a-rule-that-is-over-has-no-verdict-beside-others"),
        pytest.param(1507, id="what-improves-and-is-a-concern-by-a-rule-that-tells-others-does-not-go-well"),
        pytest.param(887, id="a-worse-verdict-of-another-rule-stands-beside-in-a-card-in-brief-too"),
    ],
)
def test_what_was_wrong_once_is_right(seed, tmp_path):
    counted, wrong = read_back(seed, 1, tmp_path)

    assert counted["digest"] > 0
    assert not wrong, "\n".join(wrong)


# -- a reader that believed everything would prove nothing --------------------------------------------------------------


def one_more(pattern: str) -> Callable[[str], str]:
    """Return what turns the first number that a pattern's group finds into one more."""

    def spoil(text: str) -> str:
        match = re.search(pattern, text, re.MULTILINE)
        if match is None:
            return text
        return text[: match.start(1)] + str(int(match[1].replace(",", "")) + 1) + text[match.end(1) :]

    return spoil


def other(pattern: str, instead: str) -> Callable[[str], str]:
    return lambda text: re.sub(pattern, instead, text, count=1, flags=re.MULTILINE)


def exchanged(text: str) -> str:
    """The second and the last thing to read first, or of a notice's cards in brief, in each other's place."""
    found = list(re.finditer(r"^(?:- |\d+\. )([!~+] Concern, critical: [^\n]+\n(?:  [^\n]+\n)*)", text, re.MULTILINE))
    later = list(
        re.finditer(r"^- ([!~+] [A-Z][a-z]+, (?:warning|for information): [^\n]+\n(?:  [^\n]+\n)*)", text, re.MULTILINE)
    )
    return _exchange(text, found, later)


def exchanged_cards(text: str) -> str:
    found = list(
        re.finditer(r"^\d+\. ([^\n]+\(! Concern, (?:critical|warning)\)\n(?:   [^\n]*\n)*)", text, re.MULTILINE)
    )
    later = list(re.finditer(r"^\d+\. ([^\n]+\([~+] [A-Z][a-z]+, [a-z ]+\)\n(?:   [^\n]*\n)*)", text, re.MULTILINE))
    return _exchange(text, found, later)


def _exchange(text: str, found: list[re.Match[str]], later: list[re.Match[str]]) -> str:
    if not found or not later or later[-1].start() < found[0].start():
        return text
    (a, b), (c, d) = found[0].span(1), later[-1].span(1)
    return text[:a] + text[c:d] + text[b:c] + text[a:b] + text[d:]


MONTHS = "August", "July"
#: kind of lie -> what is spoilt (subject or text, of a notice or digest), and how.
LIES = [
    pytest.param("count", "digest", "subject", one_more(r": (\d+) concerns?"), id="count-in-a-digests-subject"),
    pytest.param("count", "digest", "text", one_more(r"(\d+) improvements? \("), id="count-at-a-digests-head"),
    pytest.param("count", "digest", "text", one_more(r"([\d,]+) figures? watched"), id="count-of-what-is-watched"),
    pytest.param("count", "digest", "text", one_more(r"\| (\d+) as expected"), id="count-in-the-bar"),
    pytest.param("count", "digest", "text", one_more(r"^=== As expected \((\d+)\)"), id="count-of-a-section"),
    pytest.param("count", "digest", "text", one_more(r"===\n\n(\d+) concerns?(?:,|$)"), id="count-of-a-table"),
    pytest.param("count", "digest", "text", other(r"All [\d,]+ exceptions", "All 1,234 exceptions"), id="count-of-what-is-new"),
    pytest.param("count", "notice", "subject", one_more(r" and (\d+) more$"), id="count-in-a-notices-subject"),
    pytest.param("count", "notice", "text", one_more(r"\A(?:[A-Z]+\n\n)?(\d+) concerns?\b"), id="count-at-a-notices-head"),
    pytest.param("count", "notice", "text", one_more(r"\((\d+) critical\)"), id="count-of-what-is-critical"),
    pytest.param("order", "digest", "text", exchanged, id="order-of-what-to-read-first"),
    pytest.param("order", "notice", "text", exchanged_cards, id="order-of-a-notices-cards"),
    pytest.param("verdict", "digest", "text", other(r"^- ! Concern, ", "- + Improvement, "), id="verdict-in-a-digest"),
    pytest.param("verdict", "digest", "text", other(r"^- \+ Improvement, ", "- ! Concern, "), id="verdict-of-good-news"),
    pytest.param("verdict", "notice", "text", other(r"^! CONCERN, ", "+ IMPROVEMENT, "), id="verdict-in-a-notice"),
    pytest.param("verdict", "notice", "text", other(r" \(! Concern", " (+ Improvement"), id="verdict-of-a-card-in-brief"),
    pytest.param("verdict", "notice", "subject", other(r"^! ", "+ "), id="verdict-in-a-subject"),
    pytest.param("age", "digest", "text", other(r"^  (?:Q2 20/21|Sep 2020)", "  Q1 20/21"), id="age-in-a-digest"),
    pytest.param("age", "notice", "text", other(r" · (?:Q2 2020/21|September 2020)$", " · May 2020"), id="age-in-a-notice"),
    pytest.param("age", "notice", "text", other(r"second month\s+running", "sixth month running"), id="age-of-a-streak"),
    pytest.param(
        "difference", "notice", "text", one_more(r"^  (\d+) points? (?:below|above)$"), id="difference-from-a-line"
    ),
    pytest.param("difference", "notice", "text", one_more(r"^   (\d+) above upper limit"), id="difference-in-brief"),
    pytest.param("difference", "notice", "text", one_more(r"It\s+is\s+up\s+(\d+)\s+points?\s+from"), id="difference-from-before"),
    pytest.param("difference", "notice", "text", other(r"It is down (?=\d+% from)", "It is up "), id="difference-the-other-way"),
    pytest.param("difference", "digest", "text", other(r", \+(\d+)(?=%|\n| points? on)", r", +7\1"), id="difference-in-a-table"),
]  # fmt: skip


@pytest.mark.sampled
@pytest.mark.parametrize(("kind", "of", "part", "spoil"), LIES)
def test_the_reader_finds_a_lie(kind, of, part, spoil, demo):
    sent, facts, _ = demo
    whole = [one for one in sent if one.kind == of]
    spoilt = [replace(one, **{part: spoil(getattr(one, part))}) for one in whole]
    lies = [one for one, before in zip(spoilt, whole, strict=True) if one != before]
    lies = lies[:: -(-len(lies) // few(8, len(lies) or 1)) or 1]

    believed = [one.subject for one in lies if kind not in {found.kind for found in problems(one, facts)}]

    assert lies, "there is nothing to spoil"
    assert [] == believed


# -- subjects ------------------------------------------------------------------------------------------------------------


def in_sixty_characters(brief, area: str) -> bool:
    """Whether a subject has its area, its figure and a word of its measure in what a telephone shows."""
    subject = brief.within(SUBJECT_LENGTH)
    measure = subject.partition(f"{area}: ")[2].removesuffix(brief.figure)
    return len(subject) <= SUBJECT_LENGTH and area in subject and brief.figure in subject and len(measure.strip()) > 0


def test_nineteen_of_twenty_subjects_have_area_and_figure_in_sixty_characters(demo):
    found = demo[2]
    fits = [in_sixty_characters(one.brief, one.facts.area.short or one.facts.area.title) for one in found]

    assert len(found) > 100
    assert sum(fits) >= 0.95 * len(found)


def test_nine_of_ten_have_where_nobody_gave_a_short_name(demo):
    found = demo[2]
    fits = [
        in_sixty_characters(
            replace(one.brief, names=names_of(replace(one.facts.measure, short=None)), area=one.facts.area.title),
            one.facts.area.title,
        )
        for one in found
    ]

    assert sum(fits) >= 0.9 * len(found)
