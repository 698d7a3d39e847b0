"""A file with a line for each message."""

from contextlib import asynccontextmanager

from samples.plugin_cases import Failure, FarSide, NotifierCase


def subjects(path):
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return [line.split(" ", 2)[2] for line in lines]


@asynccontextmanager
async def a_place(folder):
    yield FarSide(out_dir=folder / "out", taken=lambda: subjects(folder / "out" / "ledger.txt"))


@asynccontextmanager
async def a_taken_place(folder):
    (folder / "out").write_text("a file", encoding="utf-8")
    yield FarSide(out_dir=folder / "out", taken=list)


CASES = (
    NotifierCase(id="written", far_side=a_place, says=("written to ", "/out/ledger.txt")),
    NotifierCase(
        id="two-lines", far_side=a_place, address="a\nb", fails=Failure(permanent=True), says=("does not fit a line",)
    ),
    NotifierCase(id="no-folder", far_side=a_taken_place, fails=Failure(channel=True), says=("cannot be written",)),
)
