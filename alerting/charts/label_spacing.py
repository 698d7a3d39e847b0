"""Labels that never lie on one another: moved apart as little as the room allows."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(slots=True)
class _Cluster:
    """Labels that touch: the mean of where their top would like to be, and how high they are together."""

    members: list[int]
    wish: float
    height: float

    def merged(self, below: "_Cluster") -> "_Cluster":
        """Return both as one: the one below begins where this one ends."""
        count, more = len(self.members), len(below.members)
        wish = (self.wish * count + (below.wish - self.height) * more) / (count + more)
        return _Cluster(self.members + below.members, wish, self.height + below.height)


def spread(centres: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float]:
    """Return centres moved apart so that no two labels overlap and all lie between *low* and *high*, in the same order.

    Labels that touch move together around the mean of their wishes, so that each moves as little as the others allow.

    Args:
        centres: where each label would like to be.
        heights: how high each is; where all together are higher than the room, they overlap evenly.
    """
    squeeze = min(1.0, (high - low) / sum(heights)) if heights else 1.0
    tall = [height * squeeze for height in heights]
    clusters: list[_Cluster] = []
    for n in sorted(range(len(centres)), key=lambda n: (centres[n], n)):
        top = centres[n] - tall[n] / 2
        new = _Cluster([n], top, tall[n])
        _settle(new, low, high)
        while clusters and clusters[-1].wish + clusters[-1].height > new.wish:
            new = clusters.pop().merged(new)
            _settle(new, low, high)
        clusters.append(new)
    found = list(centres)
    for cluster in clusters:
        top = cluster.wish
        for n in cluster.members:
            found[n] = top + tall[n] / 2
            top += tall[n]
    return found


def _settle(cluster: _Cluster, low: float, high: float) -> None:
    cluster.wish = max(low, min(cluster.wish, high - cluster.height))
