"""Charts as pictures, each drawn once, however many messages show it, and not before somebody looks at it."""

import hashlib
from dataclasses import dataclass, field

from alerting.charts.chart import Chart
from alerting.charts.drawing import Drawing
from alerting.charts.kept import kept, png_of_kept
from alerting.charts.layout import laid_out
from alerting.charts.png import LARGEST_BYTES
from alerting.charts.sparkline import MOST_BYTES, sparkline
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
            self._made[digest] = _picture("chart", digest, laid_out(chart), LARGEST_BYTES)
        return self._made[digest]

    def small(self, chart: Chart) -> UndrawnPicture | None:
        """Return a chart's last periods as a picture for a table's cell; None where there is too little to draw."""
        name = f"small {chart.digest}"
        if name not in self._made:
            self._made[name] = _picture(
                "small", hashlib.sha256(name.encode()).hexdigest(), sparkline(chart), MOST_BYTES
            )
        return self._made[name]


def _picture(kind: str, digest: str, drawing: Drawing | None, most_bytes: int) -> UndrawnPicture | None:
    if drawing is None:
        return None
    id_ = f"{kind}.{digest[:_ID_LENGTH]}@alerting"
    return UndrawnPicture(id=id_, digest=digest, drawing=kept(drawing), draw=png_of_kept, most_bytes=most_bytes)
