"""Charts drawn once, however many messages show them."""

from dataclasses import dataclass, field

from alerting.charts.chart import Chart
from alerting.charts.layout import laid_out
from alerting.charts.png import png_of
from alerting.domain.notice import Picture

#: Of a picture's id that much is the chart's digest: enough that no two charts share it.
_ID_LENGTH = 32


@dataclass(slots=True, eq=False)
class Pictures:
    """Draws charts, and keeps what it has drawn: one of these serves one tick."""

    _drawn: dict[str, Picture | None] = field(default_factory=dict)

    def of(self, chart: Chart) -> Picture | None:
        """Return a chart as PNG; None where its figures lie too far apart to be drawn."""
        digest = chart.digest
        if digest not in self._drawn:
            drawing = laid_out(chart)
            id_ = f"chart.{digest[:_ID_LENGTH]}@alerting"
            self._drawn[digest] = None if drawing is None else Picture(id=id_, png=png_of(drawing))
        return self._drawn[digest]
