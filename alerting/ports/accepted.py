"""Figures that people let through the checks."""

from typing import Protocol

from alerting.domain.accepted_figure import AcceptedFigure


class AcceptedBook(Protocol):
    """Figures that were accepted; none is ever taken out."""

    def every(self) -> list[AcceptedFigure]:
        """Return all, oldest first."""
        ...

    def save(self, accepted: AcceptedFigure) -> None:
        """Add one."""
        ...
