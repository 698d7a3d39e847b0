"""Files whose cells stand apart by spaces."""

from samples.plugin_cases import SourceCase

FIGURES = (("m", "force", "2020-06", 1.5), ("m", "north", "2020-07", 20.0), ("k", "force", "2020-07", 3.0))
WRITTEN = "measure area period value\n" + "".join(f"{m} {a}   {p} {v}\n" for m, a, p, v in FIGURES)
SETTINGS = {"spaced": "f.txt"}


def a_file(text):
    return lambda folder: (folder / "f.txt").write_text(text, encoding="utf-8")


CASES = (
    SourceCase(id="plain", settings=SETTINGS, lay=a_file(WRITTEN), rows=FIGURES),
    SourceCase(id="absent", settings={"spaced": "g.txt"}, lay=a_file(WRITTEN), says=('no file "g.txt"',)),
    SourceCase(
        id="a-cell-too-few", settings=SETTINGS, lay=a_file(f"{WRITTEN}m force 2020-08\n"),
        says=("f.txt:5:", "3 cells for 4 columns", "write each of them"),
    ),
)  # fmt: skip
