"""What was put into the example's figures, and where: what a good rule should find, and what it should not cry over."""

from dataclasses import dataclass
from enum import StrEnum

from alerting.scaffold.places import DISTRICTS, DIVISIONS, WHOLE


class PlantedKind(StrEnum):
    """What happens to figures."""

    OUTLIER = "outlier"  #: these periods alone
    SHIFT = "shift"  #: from then on
    TREND = "trend"  #: more with each period from then on
    MISSING = "missing"  #: no figure comes
    LATE = "late"  #: it comes, days after it should
    REVISED = "revised"  #: it comes, and another in its place days later


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """One thing that was put in.

    Args:
        areas: where; only areas that the source gives.
        first, last: periods, as the source writes them; no `last`: to the end of the figures.
        by: what a count or number is multiplied with, or the points that a share is moved by; of a trend: added with each
            period (a share of the level, or points); of what is late or revised: days. `was` says what a revised figure was
            at first, in the same way.
    """

    kind: PlantedKind
    measure: str
    areas: tuple[str, ...]
    first: str
    last: str = ""
    by: float = 0
    was: float = 0
    words: str

    def reaches(self, measure: str, area: str, period: str) -> bool:
        """Whether it is about this figure; periods of one length compare as they are written."""
        if measure != self.measure or area not in self.areas or period < self.first:
            return False
        return not self.last or period <= self.last


def _one(
    kind: PlantedKind, measure: str, area: str, when: str, words: str, *, by: float = 0, was: float = 0
) -> Planted:
    return Planted(kind=kind, measure=measure, areas=(area,), first=when, last=when, by=by, was=was, words=words)


def _on(kind: PlantedKind, measure: str, area: str, first: str, words: str, *, by: float) -> Planted:
    return Planted(kind=kind, measure=measure, areas=(area,), first=first, by=by, words=words)


def _gap(
    kind: PlantedKind, measure: str, areas: tuple[str, ...], first: str, last: str, words: str, *, by: float = 0
) -> Planted:
    return Planted(kind=kind, measure=measure, areas=areas, first=first, last=last, by=by, words=words)


PLANTED = (
    _one(PlantedKind.OUTLIER, "repairs-raised", "carrow", "2024-W48", "A storm", by=1.9),
    _one(PlantedKind.OUTLIER, "fly-tips", "garthwick", "2026-W06", "A lorry load in a lane", by=2.6),
    _one(PlantedKind.OUTLIER, "falls", "eastleaze", "2025-12", "Ice", by=2.4),
    _one(PlantedKind.OUTLIER, "longest-wait", WHOLE, "2026-02-17", "The telephones were down for a morning", by=2.5),
    _one(PlantedKind.OUTLIER, "relet-days", "south", "2025-08", "A block stood empty", by=1.5),
    _one(PlantedKind.OUTLIER, "complaints/quality", "aldercombe", "2024-06", "One letter of forty people", by=2.8),
    _one(PlantedKind.OUTLIER, "waste-tonnes", WHOLE, "2025-01", "Two weeks' collections after the snow", by=1.12),
    _one(PlantedKind.OUTLIER, "gas-checks-valid", "south", "2025-06", "A contractor stopped work", by=-1.5),
    _one(
        PlantedKind.OUTLIER, "satisfied-with-care", "aldercombe", "2025-11", "Carers changed in every street", by=-40.0
    ),
    _one(PlantedKind.OUTLIER, "back-to-hospital", "mid", "2026-01", "Influenza", by=14.0),
    _one(PlantedKind.OUTLIER, "complaints/staff", "farholt", "2025-03", "A film went round", by=4.0),
    _one(PlantedKind.OUTLIER, "complaints/other", "carrow", "2024-09", "A street was renamed", by=4.0),
    _one(PlantedKind.OUTLIER, "incidents", "garthwick", "2025-05", "A depot moved", by=2.1),
    _one(PlantedKind.OUTLIER, "agency-shifts", "south", "2026-W08", "Influenza", by=1.6),
    _one(PlantedKind.OUTLIER, "sickness-days", "north", "2025-12", "Influenza", by=1.4),
    _one(PlantedKind.OUTLIER, "trained", "mid", "2025-09", "Certificates ran out together", by=-7.0),
    _one(PlantedKind.OUTLIER, "bins-on-day", "hollin", "2024-W50", "A lorry broke down", by=-3.0),
    _one(PlantedKind.OUTLIER, "streets-clean", "north", "2024-W46", "Leaves", by=-14.0),
    _gap(PlantedKind.OUTLIER, "beds-free", (WHOLE,), "2026-01-06", "2026-01-12", "Influenza", by=0.5),
    _gap(
        PlantedKind.OUTLIER,
        "calls-answered-60s",
        DISTRICTS,
        "2024-W02",
        "2024-W02",
        "The telephones were down",
        by=-14.0,
    ),
    _gap(PlantedKind.OUTLIER, "falls", DIVISIONS["north"], "2025-02", "2025-02", "Snow", by=2.0),
    _gap(
        PlantedKind.OUTLIER, "rent-collected", DIVISIONS["mid"], "2025-12", "2025-12", "A bank's file was lost", by=-3.0
    ),
    _gap(
        PlantedKind.OUTLIER, "repairs-done", DIVISIONS["mid"], "2025-12", "2025-12", "Two teams were lent out", by=0.75
    ),
    _gap(PlantedKind.OUTLIER, "serious-incidents", (WHOLE,), "2025-02-01", "2025-10-31", "None happened", by=0.0),
    _gap(PlantedKind.OUTLIER, "chats", (WHOLE,), "2025-W20", "2025-W21", "A campaign", by=1.6),
    _on(PlantedKind.SHIFT, "calls-answered-60s", "brackenby", "2025-W45", "Four advisers left", by=-9.0),
    _on(PlantedKind.SHIFT, "calls-abandoned", "brackenby", "2025-W45", "Four advisers left", by=4.0),
    _on(PlantedKind.SHIFT, "complaints/delay", "dunmere", "2025-10", "Repairs were handed to another firm", by=1.8),
    _on(
        PlantedKind.SHIFT, "repairs-first-visit", "dunmere", "2025-10", "Repairs were handed to another firm", by=-11.0
    ),
    _on(PlantedKind.SHIFT, "overtime-hours", "south", "2025-W40", "Vacancies are covered by overtime", by=1.3),
    _on(PlantedKind.SHIFT, "satisfied-with-contact", "hollin", "2025-05", "A desk was opened", by=9.0),
    _on(PlantedKind.SHIFT, "near-misses", "farholt", "2025-07", "A form on the telephone made reporting easy", by=1.6),
    _on(PlantedKind.SHIFT, "visits-late", "garthwick", "2026-W02", "A bridge is closed", by=5.0),
    _on(PlantedKind.SHIFT, "empty-homes", "brackenby", "2025-09", "A row waits to be pulled down", by=1.45),
    _on(PlantedKind.SHIFT, "staff-in-post", "south", "2025-10", "A team went to another county", by=0.86),
    _on(PlantedKind.TREND, "arrears", WHOLE, "2025-04", "Rents rose", by=0.014),
    _on(PlantedKind.TREND, "vacancies", "mid", "2025-06", "Posts are not filled", by=0.05),
    _on(PlantedKind.TREND, "care-plans-reviewed", "carrow", "2025-09", "Two reviewers fewer", by=-1.8),
    _on(PlantedKind.TREND, "recycled", "aldercombe", "2025-04", "A second bin", by=0.6),
    _gap(PlantedKind.MISSING, "emails-answered-2d", ("mid",), "2025-W50", "2025-W52", "The report did not run"),
    _gap(PlantedKind.MISSING, "beds-free", (WHOLE,), "2025-12-25", "2025-12-28", "Nobody counted over Christmas"),
    _one(PlantedKind.MISSING, "litter-reports", "hollin", "2025-11", "Not sent"),
    _one(PlantedKind.MISSING, "trained", "south", "2026-03", "Not sent yet"),
    _one(PlantedKind.MISSING, "repairs-waiting", "farholt", "2024-08", "Never sent"),
    _gap(PlantedKind.LATE, "satisfied-with-care", DISTRICTS, "2026-01", "2026-01", "The survey's firm was late", by=21),
    _gap(PlantedKind.LATE, "sickness-days", tuple(DIVISIONS), "2025-07", "2025-07", "The pay run was late", by=17),
    _one(PlantedKind.REVISED, "spending-to-date", WHOLE, "2025-12", "An invoice was booked twice", by=30, was=1.04),
    _one(PlantedKind.REVISED, "recycled", "aldercombe", "2025-09", "A lorry was weighed twice", by=45, was=4.0),
    _one(
        PlantedKind.REVISED, "calls-offered", "farholt", "2026-W02", "Calls of one line were left out", by=12, was=0.6
    ),
)
