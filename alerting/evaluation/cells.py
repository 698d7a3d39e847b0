"""What verdicts say of some cells, as columns of plain Python values: findings are made from them by the thousand."""

from collections.abc import Iterable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from alerting.conditions.kernels.comparison import PUBLISHED, same_side_of_breaks
from alerting.domain import exact
from alerting.domain.arrays import Flags, Floats, Index
from alerting.domain.block import Block, columns_at
from alerting.domain.condition import Condition
from alerting.domain.daily import DayCount
from alerting.domain.data_checks import held_by_check
from alerting.domain.exact import as_decimal
from alerting.domain.finding import Reason, State
from alerting.domain.loads import LoadLack
from alerting.domain.panel import WINDOW
from alerting.domain.period import Period
from alerting.evaluation.block_verdicts import BlockVerdicts

T = TypeVar("T", bound=np.generic)
_STATES = tuple(State)
#: Numbers of computed lines with more digits than this are taken as they are.
_FEWER_DIGITS = exact.DIGITS - 2
#: Figures with no more than six decimals are seen to be decimals at once.
_FINE = 1e6


class Cells:
    """Some columns of one judged row. Every attribute is a list with one entry a cell; None: does not apply, not known."""

    def __init__(self, verdicts: BlockVerdicts, row: int, places: Index, consecutive: Index) -> None:
        block, panel = verdicts.block, verdicts.block.panel
        self.at = at = block.start + row
        self.panel, self.period = panel, panel.period(at)
        columns = columns_at(block, places)
        self.columns: list[int] = columns.tolist()
        self.areas = [panel.areas[column] for column in self.columns]
        self._judgement, self._row, self._places = verdicts.judgement_of(row, places)
        self._none: list[Any] = [None] * len(places)
        self._condition = verdicts.group.condition
        states = verdicts.state[row, places]
        self.states = [_STATES[code] for code in states.tolist()]
        judged = states <= State.EXCEPTION
        reasons = verdicts.reason[row, places]
        self.reasons = self._reasons(np.where(judged, 0, reasons))
        self.held = (reasons == Reason.HELD.code).tolist()
        #: Why each figure is not believed, as a tuple of none or one.
        self.failed = self._failed()
        #: What the load of each lacks, where that is why it is not judged.
        self.lacks = self._lacks(at, columns, reasons)
        self.consecutive = _where(judged, consecutive)
        self.sides = self._sides()
        decided = self._judgement.decided_by
        self.decided: list[int | None] = self._none if decided is None else decided[self._row, self._places].tolist()
        own = Block(panel, at, at + 1, columns)
        self._figures = _meant(panel.shown[at, columns])
        self.value = known(self._figures)
        self.previous = known(_meant(own.lag(1, panel.shown)[0]))
        self.last_year = known(_meant(own.last_year(panel.shown)[0]))
        provisional = panel.provisional
        self.days = block.days
        self.per_day = None if block.days is None else _per_day(own, block.days)
        self.provisional: list[bool] = (
            [False] * len(places) if provisional is None else provisional[at, columns].tolist()
        )
        self.noted = self._notes(at, columns)
        self.target, self.plan, self.change = self._line("target"), self._line("plan"), self._change()
        self.centre, self.previous_centre = self._line("centre", "upper", "lower"), self._line("previous_centre")
        self.lower, self.upper = self._line("lower", "centre"), self._line("upper", "centre")
        everywhere = np.ones(len(places), dtype=bool)
        self.rebase_count, self.band = self._whole("rebase_count", everywhere), self._whole("band", judged)
        self.rebased_on: list[Period | None] = [
            None if row is None else panel.period(row) for row in self._whole("rebased_on", everywhere)
        ]
        self.trial, self.not_due = self._flags("trial"), self._flags("due")
        self.evidence = self._evidence()
        window = panel.planes.get(WINDOW)
        self.window: list[float | None] = self._none if window is None else known(window[at, columns])

    def _failed(self) -> list[tuple[str, ...]]:
        known = self.panel.failed_checks
        return [(held_by_check(known[self.at, n]),) if known and (self.at, n) in known else () for n in self.columns]

    def _lacks(self, at: int, columns: Index, reasons: np.ndarray) -> list[LoadLack | None]:
        loads = self.panel.loads
        if loads is None:
            return self._none
        waits = np.where(reasons == Reason.PARTIAL.code, loads[at, columns], 0)
        return [self.panel.load_lacks[n] for n in waits.tolist()]

    def _evidence(self) -> list[dict[str, Any]]:
        """Return the planes of evidence by name, without those that do not apply to a cell."""
        found: list[dict[str, Any]] = [{} for _ in self.columns]
        for name in _named_evidence(self._condition):
            plane = self._plane(name)
            if plane is not None:
                for evidence, number in zip(found, known(_meant(plane)), strict=True):
                    if number is not None:
                        evidence[name] = number
        for evidence, printed in zip(found, self._printed(), strict=False):
            if printed:
                evidence["printed_changes"] = printed
        for evidence, own in zip(found, self.per_day or (), strict=False):
            evidence["per_day"] = own
        for place in np.flatnonzero(self._plane("as_published") == 1).tolist() if self._has("as_published") else ():
            found[place]["change"] = "as published"
        return found

    def _printed(self) -> list[dict[str, float]]:
        """Return, for each cell, the changes that the source prints where we cannot work them out; empty where it prints none."""
        columns = {versus: name for versus, name in PUBLISHED.items() if name in self.panel.planes}
        if not columns:
            return []
        own = Block(self.panel, self.at, self.at + 1, np.array(self.columns, dtype=np.intp))
        found: list[dict[str, float]] = [{} for _ in self.columns]
        earlier = {
            "previous_period": self.previous,
            "same_period_last_year": self.last_year,
            "year_to_date": self.value,
        }
        for versus, name in columns.items():
            beside = same_side_of_breaks(own, versus)[0].tolist()
            changes = known(self.panel.planes[name][self.at, own.columns])
            for n, change in enumerate(changes):
                alone = self.value[n] is None or earlier[versus][n] is None
                if change is not None and alone and beside[n]:
                    found[n][versus] = change
        return found

    def _line(self, name: str, *also: str) -> list[float | None]:
        """Return a plane that figures are held against: the figure itself where they are one number.

        Args:
            also: planes that are of the size of what the line was made from.
        """
        plane = self._plane(name)
        if plane is None:
            return self._none
        sizes = [size for other in also if (size := self._plane(other)) is not None]
        return known(np.where(exact.equal(self._figures, plane, *sizes), self._figures, _meant(plane, *sizes)))

    def _change(self) -> list[float | None]:
        """Return the change as the figures that it was made from say it: 13.2 is 10 % more than 12.0."""
        plane, size = self._plane("change"), self._plane("change_of")
        return self._none if plane is None else known(plane if size is None else exact.as_decimal(plane, np.abs(size)))

    def numbers(self, name: str) -> list[float | None]:
        """Return a plane of numbers."""
        plane = self._plane(name)
        return self._none if plane is None else known(plane)

    def _has(self, name: str) -> bool:
        return name in self._judgement.planes

    def _plane(self, name: str) -> Floats | None:
        plane = self._judgement.planes.get(name)
        return None if plane is None else self._here(plane)

    def _whole(self, name: str, among: Flags) -> list[int | None]:
        """Return a plane of whole numbers, for the cells *among*."""
        plane = self._plane(name)
        if plane is None:
            return self._none
        there = (plane == plane) & among
        return _where(there, np.where(there, plane, 0).astype(np.intp))

    def _flags(self, name: str) -> list[bool | None]:
        """Return a plane of 0 and 1."""
        plane = self._plane(name)
        return self._none if plane is None else _where(plane == plane, plane == 1)

    def _sides(self) -> list[int]:
        side = self._judgement.side
        if isinstance(side, int):
            return [side] * len(self._places)
        found: list[int] = self._here(side).tolist()
        return found

    def _here(self, plane: NDArray[T]) -> NDArray[T]:
        """Return a plane at the cells."""
        found: NDArray[T] = np.broadcast_to(plane, self._judgement.state.shape)[self._row, self._places]
        return found

    def _reasons(self, codes: np.ndarray) -> list[Reason | None]:
        return [Reason.from_code(code) for code in codes.tolist()] if codes.any() else self._none

    def _notes(self, at: int, columns: Index) -> list[tuple[str, ...]]:
        """Return the source's own note on each figure, as a tuple of none or one."""
        panel = self.panel
        if panel.note_codes is None:
            return [()] * len(columns)
        texts = [(text,) if text else () for text in panel.note_texts]
        return [texts[code] for code in panel.note_codes[at, columns].tolist()]


def _named_evidence(condition: Condition) -> Iterable[str]:
    """Return the planes that stand in a finding's evidence under their own names: of the limits, then of the condition itself."""
    found: dict[str, None] = {}
    for part in condition.plain_parts():
        method = part.condition.method
        found |= dict.fromkeys(() if method is None else method.evidence) | dict.fromkeys(part.condition.evidence)
    return found


def _per_day(own: Block, count: DayCount) -> list[dict[str, Any]]:
    """Return, of each cell of a block of one row, its days and what its figure and those before it are per day."""
    rows = (own.start, own.start - 1, int(own.panel.last_year_rows[own.start]))
    now, *before = (float(count.of_each([own.panel.period(row)])[0]) for row in rows)
    shown, days = own.panel.shown, int(now)
    with np.errstate(all="ignore"):
        figures = (
            known(as_decimal(shown[own.start, own.columns] / now, 0.0)),
            known(as_decimal(own.lag(1, shown)[0] / before[0], 0.0)),
            known(as_decimal(own.last_year(shown)[0] / before[1], 0.0)),
        )
    return [
        {"of": count.per_day.value, "days": days, "value": value, "previous": previous, "last_year": last_year}
        for value, previous, last_year in zip(*figures, strict=True)
    ]


def _meant(numbers: Floats, *also: Floats) -> Floats:
    """Return numbers as the decimals they mean; quotients and means, which have no end, as they are."""
    with np.errstate(all="ignore"):
        plain = np.rint(numbers * _FINE) / _FINE == numbers
    if plain.all():
        return numbers
    largest = exact.margin(0.0, *also) / exact.MARGIN
    return np.where(plain, numbers, exact.as_decimal(numbers, largest, digits=_FEWER_DIGITS))


def known(numbers: Floats) -> list[float | None]:
    """Return numbers as a list, None for what is not finite."""
    finite = np.isfinite(numbers)
    return numbers.tolist() if finite.all() else _where(finite, numbers)


def _where(mask: np.ndarray, values: np.ndarray) -> list[Any]:
    """Return values as a list, None where *mask* does not hold."""
    if mask.all():
        return list(values.tolist())
    return [value if holds else None for value, holds in zip(values.tolist(), mask.tolist(), strict=True)]
