"""A chart against encoding the same picture as an ordinary PNG, and against matplotlib where somebody has installed it.

`./run pytest -m benchmark tests/benchmarks/test_charts.py -s` prints the figures; nothing here asserts a time. The wanted share
is a quarter of matplotlib's; `./run uv pip install matplotlib` brings it for a comparison, it is no dependency.
"""

import io
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from time import perf_counter

import pytest
from PIL import Image
from samples.charts import CHARTS, STANDARD, YEARS

from alerting.charts.chart import Chart
from alerting.charts.layout import HEIGHT, WIDTH, laid_out
from alerting.charts.png import LARGEST_BYTES, png_of
from alerting.charts.svg import svg_of
from alerting.charts.words import alt_text

pytestmark = pytest.mark.benchmark
ROUNDS = 15


def seconds(work: Callable[[], object]) -> float:
    """The median of some rounds after one that warms up."""
    work()
    taken = []
    for _ in range(ROUNDS):
        begun = perf_counter()
        work()
        taken.append(perf_counter() - begun)
    return sorted(taken)[ROUNDS // 2]


def drawn(chart: Chart) -> bytes:
    drawing = laid_out(chart)
    assert drawing is not None
    return png_of(drawing)


def written(chart: Chart) -> str:
    drawing = laid_out(chart)
    assert drawing is not None
    return svg_of(drawing, alt_text(chart))


def encoded(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("chart", [pytest.param(STANDARD, id="standard"), pytest.param(YEARS, id="limits")])
def test_a_chart_against_an_ordinary_png_of_the_same_picture(chart: Chart) -> None:
    png = drawn(chart)
    anchor = Image.open(io.BytesIO(png)).convert("RGB")
    ours, theirs, svg = (
        seconds(work) for work in (partial(drawn, chart), partial(encoded, anchor), partial(written, chart))
    )
    print(
        f"\n{len(chart.points)} points: {ours * 1e3:.1f} ms, {len(png) / 1024:.1f} KiB; the same pixels as RGB PNG: "
        f"{theirs * 1e3:.1f} ms to encode, {len(encoded(anchor)) / 1024:.1f} KiB; as SVG {svg * 1e3:.2f} ms"
    )

    assert len(png) < len(encoded(anchor))


def test_every_sample_is_small() -> None:
    sizes = {name: len(drawn(chart)) for name, chart in CHARTS.items()}
    print("\n" + ", ".join(f"{name} {size / 1024:.1f} KiB" for name, size in sizes.items()))

    assert max(sizes.values()) <= LARGEST_BYTES


if find_spec("matplotlib"):

    def test_a_chart_against_matplotlib() -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        def theirs() -> bytes:
            figure = Figure(figsize=(WIDTH / 100, HEIGHT / 100), dpi=200)
            FigureCanvasAgg(figure)
            axes = figure.add_axes((0.07, 0.13, 0.75, 0.7))
            axes.set_title(YEARS.title, loc="left", fontweight="bold")
            axes.plot([point.value for point in YEARS.points], marker="o")
            for line in YEARS.lines:
                axes.step(range(len(line.values)), [level or float("nan") for level in line.values], where="mid")
                axes.text(len(line.values), line.last or 0.0, f"{line.called} {YEARS.level_words(line)}")
            axes.set_xticks(range(0, len(YEARS.points), 4))
            axes.grid(axis="y", alpha=0.3)
            out = io.BytesIO()
            figure.savefig(out, format="png")
            return out.getvalue()

        ours, other = seconds(partial(drawn, YEARS)), seconds(theirs)
        print(f"\nours {ours * 1e3:.1f} ms, matplotlib {other * 1e3:.1f} ms: 1/{other / ours:.1f}")

        assert len(drawn(YEARS)) < len(theirs())
