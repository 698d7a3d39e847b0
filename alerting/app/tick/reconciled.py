"""What a tick found of series, for the next one in the same process: how far they are walked through, and which stand as told."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from alerting.app.tick.series_standing import counts_of
from alerting.domain.alert import Alert
from alerting.domain.arrays import Flags, Index
from alerting.domain.finding import State
from alerting.domain.fold import Folded, Walk
from alerting.domain.panel import Panel
from alerting.evaluation.block_verdicts import BlockVerdicts
from alerting.evaluation.changed_rows import first_changed, first_changed_verdicts
from alerting.evaluation.earlier_verdicts import GroupKey, group_key, is_alike
from alerting.evaluation.kept_verdicts import looks_beside

_BlockKey = tuple[GroupKey, int, int]


@dataclass(eq=False)
class _Kept:
    """What is kept of one block.

    `settled`: by column, alerts of which nothing was to be changed. `changed`: for each column
    the first row that is another one than a tick before; None: all may be.
    """

    key: _BlockKey
    verdicts: BlockVerdicts
    walk: Walk | None = None
    settled: dict[int, Alert] = field(default_factory=dict)
    before: "_Kept | None" = None
    changed: Index | None = None

    @cached_property
    def nothing_new(self) -> Flags:
        """For each column whether no period has been judged that was not there before: absence changes nothing."""
        assert self.before is not None
        found: Flags = np.all(self.verdicts.state[len(self.before.verdicts.state) :] > State.EXCEPTION, axis=0)
        return found


@dataclass(eq=False)
class Reconciled:
    """What the last tick found, by the same rules; each tick takes it up and leaves its own.

    What becomes of an alert depends on the alert, on the verdicts and figures of its series, and on nothing else, but for figures
    that have not come. So nothing becomes of one again while all of that is as it was when nothing did.
    """

    _blocks: dict[_BlockKey, _Kept] = field(default_factory=dict)
    _now: dict[int, _Kept] = field(default_factory=dict)

    @property
    def untouched(self) -> list[str]:
        """The ids of alerts that the last tick knew nothing had become of."""
        return [alert.id for own in self._blocks.values() for alert in own.settled.values()]

    def begin(self, several: Sequence[BlockVerdicts]) -> None:
        """Look for what is known of the blocks of a tick."""
        changes = _PanelChanges()
        self._now = {}
        for verdicts in several:
            own = self._now[id(verdicts)] = _Kept(_block_key(verdicts), verdicts)
            before = self._blocks.get(own.key)
            if before is not None:
                own.before, own.changed = before, changes.of(before.verdicts, verdicts)

    def end(self) -> None:
        """Leave what was found for the next tick."""
        self._blocks = {own.key: own for own in self._now.values()}
        for own in self._now.values():
            own.before = None

    def fold(self, verdicts: BlockVerdicts, open_after: Index, clear_after: Index) -> Folded:
        """Return what `domain.fold` gives, walking through the periods only that may be other ones."""
        own = self._now[id(verdicts)]
        sides = None if isinstance(verdicts.side, int) else verdicts.side
        states, counts, last = verdicts.state, counts_of(verdicts), len(verdicts.state) - 1
        walk = self._walk_before(own, last)
        if walk is None:
            walk = Walk(open_after, clear_after)
        else:
            assert own.changed is not None
            changed = np.flatnonzero(own.changed < walk.n_rows)
            if len(changed):
                own_sides = None if sides is None else sides[:, changed]
                again = Walk(open_after[changed], clear_after[changed])
                walk.put(changed, again.to(walk.n_rows, states[:, changed], counts[:, changed], own_sides))
        own.walk = walk.to(last, states, counts, sides)  # the newest period is mostly another one tomorrow
        return own.walk.copy().to(last + 1, states, counts, sides).folded

    def _walk_before(self, own: _Kept, last: int) -> Walk | None:
        """Return how far a block was walked through, where that is worth taking up."""
        before, changed = own.before, own.changed
        if before is None or changed is None or before.walk is None or before.walk.n_rows > last:
            return None
        if isinstance(before.verdicts.side, int) is not isinstance(own.verdicts.side, int):
            return None
        if 2 * np.count_nonzero(changed < before.walk.n_rows) > len(changed):
            return None
        return before.walk

    def places(self, told: Collection[int]) -> Iterator[tuple[Alert, BlockVerdicts, int]]:
        """Yield where alerts stand that need not be looked for, among those that were told; see `still`."""
        for own in self._now.values():
            if own.before is not None and own.changed is not None:
                for place, alert in own.before.settled.items():
                    if id(alert) in told:
                        yield alert, own.verdicts, place

    def still(self, verdicts: BlockVerdicts, folded: Folded, told: Collection[int]) -> dict[int, Alert]:
        """Return by column the alerts of a block of which nothing becomes, as nothing did before.

        Args:
            told: the identities of the newest alerts: one that is as it was kept is the same object from tick to tick.
        """
        own = self._now[id(verdicts)]
        if own.before is None or own.changed is None:
            return {}
        is_mixed = verdicts.group.asks_clock  # days go by for what has not come
        changed, is_open = own.changed.tolist(), folded.is_open.tolist()
        n_before, nothing_new = len(own.before.verdicts.state), own.nothing_new.tolist()
        found = {}
        for place, alert in own.before.settled.items():
            if id(alert) not in told:
                continue
            is_over = not alert.is_open and not is_open[place]
            stands = changed[place] >= n_before and nothing_new[place] and (is_over or not is_mixed)
            if stands or (is_over and changed[place] > _last_row(alert, verdicts)):
                found[place] = alert
                own.settled[place] = alert
        return found

    def stands(self, verdicts: BlockVerdicts, place: int) -> bool:
        """Whether the figures of a series, and what was found of them, are those of the last tick; days that go by count too."""
        own = self._now[id(verdicts)]
        if own.before is None or own.changed is None or verdicts.group.asks_clock:
            return False
        return bool(own.changed[place] >= len(own.before.verdicts.state) and own.nothing_new[place])

    def settle(self, verdicts: BlockVerdicts, place: int, alert: Alert) -> None:
        """Note that nothing becomes of an alert."""
        self._now[id(verdicts)].settled[place] = alert


class _PanelChanges:
    """From which row on anything differs; panels are compared once."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], Index | None] = {}

    def of(self, before: BlockVerdicts, now: BlockVerdicts) -> Index | None:
        """Return for each column the first row that differs; None where blocks cannot be compared."""
        if before is now:
            return np.full(now.state.shape[1], len(now.state), dtype=np.intp)
        if before.block.start != now.block.start or not is_alike(before.group, now.group):
            return None
        panels = self._panels(before.block.panel, now.block.panel)
        if panels is None:
            return None
        if any(looks_beside(member.condition) for member in now.group.members):
            panels = np.full_like(panels, panels.min(initial=now.block.panel.n_periods))
        return first_changed_verdicts(before, now, panels)

    def _panels(self, before: Panel, now: Panel) -> Index | None:
        pair = id(before), id(now)
        if pair not in self._known:
            self._known[pair] = first_changed(before, now)
        return self._known[pair]


def _block_key(verdicts: BlockVerdicts) -> _BlockKey:
    places = verdicts.places
    assert isinstance(places, slice)
    return group_key(verdicts.group), places.start, places.stop


def _last_row(alert: Alert, verdicts: BlockVerdicts) -> int:
    """Return the last row of a block that an alert which is over knows of."""
    periods = (alert.opened, alert.period, alert.resolved or alert.opened)
    return max(verdicts.block.panel.row(period) for period in periods) - verdicts.block.start
