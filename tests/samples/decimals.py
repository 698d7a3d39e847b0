"""Random figures as whole numbers of their last printed digit, which say exactly what the decimals say; most lie on an edge."""

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]
Figures = NDArray[np.float64]


class Draw:
    """Whole numbers for so many cases; the figures of a case have one number of places, from none to four."""

    def __init__(self, cases: int, seed: int = 1) -> None:
        self.random, self.cases = np.random.default_rng(seed), cases
        self.places = self.random.integers(0, 5, cases)

    def whole(self, most: int = 7, least: int = 1) -> Whole:
        """Positive numbers of *least* to *most* digits, about as many of each length."""
        length = self.random.integers(least, most + 1, self.cases)
        return 1 + (self.random.random(self.cases) * (10.0**length - 1)).astype(np.int64)

    def signed(self, most: int = 7) -> Whole:
        return self.whole(most) * self.random.choice(np.array([-1, 1]), self.cases)

    def beside(self, line: Whole) -> Whole:
        """On the line, one digit beside it, or a few."""
        return line + self.random.choice(np.array([0, 0, 0, 0, -1, 1, -1, 1, -2, 3, -17, 40]), self.cases)

    def printed(self, whole: Whole) -> Figures:
        """As reading the text gives them: the nearest binary numbers."""
        return whole / 10.0**self.places

    def added(self, whole: Whole) -> Figures:
        """As adding two printed parts gives them."""
        part = (whole * self.random.random(self.cases)).astype(np.int64)
        return self.printed(part) + self.printed(whole - part)

    def percents(self, most: int = 9_999) -> tuple[Whole, Whole]:
        """Percents with up to two places: as whole numbers, and of how many each makes one percent (1, 10, 100)."""
        unit = 10 ** self.random.integers(0, 3, self.cases)
        return 1 + (self.random.random(self.cases) * np.minimum(most, 99 * unit)).astype(np.int64), unit

    def round(self, most: int = 4) -> Whole:
        """Numbers that end in some zeros, of which a percent is a decimal without end less often."""
        return self.whole(most) * 10 ** self.random.integers(0, 5, self.cases)
