"""Room for the codes of many blocks."""

from math import prod

import numpy as np

from alerting.domain.arrays import Codes


class CodeArena:
    """One piece of memory for the codes of many blocks: a large one comes in large pages, many small ones cost more to get."""

    def __init__(self, cells: int) -> None:
        self._codes, self._used = np.empty(cells, dtype=np.int8), 0

    def room(self, shape: tuple[int, ...]) -> Codes:
        """Return the next free piece."""
        begin, self._used = self._used, self._used + prod(shape)
        return self._codes[begin : self._used].reshape(shape)
