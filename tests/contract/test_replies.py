"""The matrix of mails that come back: each with what must happen, the exact text kept; then what changes of them do."""

from collections import Counter

import pytest
from samples.replies import MATRIX
from samples.replies.cases import ITEMS, KEY, MESSAGE, READER, SERVER, TOLD

from alerting.replies.answering import answer
from alerting.replies.incoming import Kind
from alerting.replies.reading import read_mail
from alerting.replies.token import opened

OWN = ("alerts@example.org",)


def read(raw):
    incoming = read_mail(raw, own=OWN, server=SERVER)
    return incoming, answer(incoming, told=TOLD, items=ITEMS)


@pytest.mark.parametrize("case", MATRIX, ids=lambda case: f"{case.number} {case.name}")
def test_the_matrix(case):
    incoming, said = read(case.raw)
    assert (case.kind, case.act, case.items) == (incoming.kind, said.act, said.items)
    assert case.comment == said.comment
    assert (case.why, case.cut, case.reports) == (said.why, said.cut, incoming.reports)
    assert case.opens == any(opened([KEY], token.text, MESSAGE, READER) for token in incoming.tokens)


def test_the_numbers_of_the_matrix_are_in_order_and_more_than_eighty():
    assert list(range(1, len(MATRIX) + 1)) == [case.number for case in MATRIX]
    assert len(MATRIX) > 80
    assert set(Kind) == {case.kind for case in MATRIX}
    assert [] == [raw for raw, count in Counter(case.raw for case in MATRIX).items() if count > 1]
