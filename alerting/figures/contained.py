"""Steps over many measures at once: an exception that nobody foresaw stops the measures at fault, and no other."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TypeVar

from alerting.domain.fault import Faults, Work
from alerting.domain.measure import Measure
from alerting.domain.place import Place

T = TypeVar("T")
#: Does one thing to the measures at some places, and returns what it found, if anything; twice is as good as once.
Step = Callable[[Sequence[int]], Iterable[T] | None]
#: Measures named in a fault of several.
_MOST_NAMED = 3


def work_on(measure: Measure, done: str) -> Work:
    """Return what is done to a measure's figures as a unit of work."""
    return Work(sort="measure", id=measure.id, done=done, place=place_of(measure))


def place_of(measure: Measure) -> Place:
    """Return where a measure is declared."""
    file, _, line = measure.where.rpartition(":")
    return Place(file=file or measure.where, line=int(line) if line.isdigit() else 1, column=1)


class Contained:
    """Does steps to all measures in one call; where that raises, in halves, down to the measures that cannot be done."""

    def __init__(self, measures: Sequence[Measure], faults: Faults) -> None:
        self._measures, self._faults = measures, faults
        #: Places of measures whose figures cannot be trusted: a step that they need failed. No further step takes them.
        self.broken: set[int] = set()

    def do(self, done: str, places: Sequence[int], step: Step[T]) -> list[T]:
        """Do a step without which figures cannot be judged, and return what it found.

        Args:
            done: what it does, in the words of a fault: "held back".
        """
        found, failed = self._narrowed(done, places, step)
        self.broken.update(failed)
        return found

    def look(self, done: str, places: Sequence[int], step: Step[T]) -> list[T]:
        """Do a step that only says something of the figures; where it fails, they are judged all the same."""
        return self._narrowed(done, places, step)[0]

    def _narrowed(self, done: str, places: Sequence[int], step: Step[T]) -> tuple[list[T], list[int]]:
        """Return what a step found, and the measures at which it fails."""
        sound = [n for n in places if n not in self.broken] if self.broken else places
        if not sound:
            return [], []
        together = Faults()
        found = together.attempt(self._work(sound, done), partial(_listed, step, sound))
        if found is not None:
            return found, []
        apart = Faults()
        found, failed = self._halves(done, sound, step, apart) if len(sound) > 1 else ([], list(sound))
        # One line where it fails whatever the measure is, or fails at several together only.
        self._faults.take(apart if 0 < len(failed) < len(sound) else together)
        return found, failed

    def _work(self, places: Sequence[int], done: str) -> Work:
        if len(places) == 1:
            return work_on(self._measures[places[0]], done)
        named = ", ".join(self._measures[n].id for n in places[:_MOST_NAMED])
        more = f" and {len(places) - _MOST_NAMED:,} more" if len(places) > _MOST_NAMED else ""
        return Work(sort="measures", id=f"{named}{more}", done=f"{done} together")

    def _halves(self, done: str, places: Sequence[int], step: Step[T], faults: Faults) -> tuple[list[T], list[int]]:
        found: list[T] = []
        failed: list[int] = []
        half = len(places) // 2
        for some in (places[:half], places[half:]):
            tried = Faults()
            these = tried.attempt(work_on(self._measures[some[0]], done), partial(_listed, step, some))
            if these is not None:
                found += these
            elif len(some) == 1:
                faults.take(tried)
                failed += some
            else:
                more, worse = self._halves(done, some, step, faults)
                found += more
                failed += worse
        return found, failed


def _listed(step: Step[T], places: Sequence[int]) -> list[T]:
    return list(step(places) or ())
