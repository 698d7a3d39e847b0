"""Charts as pictures, each drawn once, however many messages show it, and not before somebody looks at it."""

from dataclasses import dataclass, field

from alerting.charts.chart import Chart
from alerting.charts.kept import kept, png_of_kept
from alerting.charts.layout import laid_out
from alerting.charts.png import LARGEST_BYTES
from alerting.domain.notify.notice import UndrawnPicture

#: Of a picture's id that much is the chart's digest: enough that no two charts share it.
_ID_LENGTH = 32


@dataclass(slots=True, eq=False)
class Pictures:
    """Lays charts out, and keeps the pictures that come of it: one of these serves one tick."""

    _made: dict[str, UndrawnPicture | None] = field(default_factory=dict)

    def of(self, chart: Chart) -> UndrawnPicture | None:
        """Return a chart as a picture; None where its figures lie too far apart to be drawn."""
        digest = chart.digest
        if digest not in self._made:
            drawing = laid_out(chart)
            id_ = f"chart.{digest[:_ID_LENGTH]}@alerting"
            self._made[digest] = (
                None
                if drawing is None
                else UndrawnPicture(
                    id=id_, digest=digest, drawing=kept(drawing), draw=png_of_kept, most_bytes=LARGEST_BYTES
                )
            )
        return self._made[digest]
