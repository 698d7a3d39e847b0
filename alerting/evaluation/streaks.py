"""How many exceptional periods in a row end at the judged one, where no history was judged."""

from datetime import date

import numpy as np

from alerting.domain.arrays import Index
from alerting.domain.block import columns_at
from alerting.domain.finding import State
from alerting.evaluation.block_verdicts import BlockVerdicts, judged_by, make_block
from alerting.evaluation.rows import JudgedRows


def streaks(verdicts: BlockVerdicts, rows: JudgedRows, as_of: date, places: Index) -> Index:
    """Return how many exceptional periods of one side in a row end at the judged row, for the given exceptional columns.

    Looks back a few periods first and further only where the streak goes on: most are short. Nothing counts that lies before a
    series' first figure.
    """
    group, block = verdicts.group, verdicts.block
    lives_from = np.minimum(block.panel.first_rows[columns_at(block, places)], block.stop - 1)
    counts = np.ones(len(places), dtype=np.intp)
    going_on = np.arange(len(places))
    reach = 4
    at = block.stop - 1
    while len(going_on) and at - int(counts[going_on[0]]) >= group.clamp[0]:
        start = max(group.clamp[0], at - reach + 1)
        chosen = verdicts.group_places(places[going_on])
        past = make_block(group, rows, chosen, (start, block.stop), as_of)
        numbers = rows.numbers.of(group, start, block.stop, chosen)
        judgement = judged_by(group, past, numbers)
        exceptional = judgement.state == State.EXCEPTION
        if not group.asks_clock:
            exceptional = exceptional & past.came
        if not isinstance(judgement.side, int):
            exceptional = exceptional & (judgement.side == judgement.side[-1])
        exceptional = exceptional & (np.arange(start, block.stop)[:, None] >= lives_from[going_on])
        broken = ~exceptional[::-1]
        length = np.where(broken.any(axis=0), broken.argmax(axis=0), exceptional.shape[0])
        counts[going_on] = np.maximum(length, 1)
        going_on = going_on[length == exceptional.shape[0]]
        if start == group.clamp[0]:
            break
        reach *= 4
    return counts
