"""The shipped figures say the same whatever they come through: as JSON and CSV over the web, and dropped into a folder."""

import csv
import io
import json
import re
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from samples.web_server import Reply, web_server
from samples.worlds import an_engine

RULES = Path(__file__).parents[2] / "rules"
AS_OF = date(2020, 10, 15)
_SOURCE = re.compile(r"\{csv: figures/([a-z0-9-]+)\.csv,")
_NUMBER = re.compile(r"-?[1-9]\d*(\.\d+)?|0(\.\d+)?")


@pytest.fixture(scope="module")
def server():
    with web_server() as found:
        yield found


def json_pages(folder, name, server):
    """Rows as an API gives them: numbers as numbers, what is empty as null, a hundred a page."""
    with (folder / "figures" / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        rows = [{key: _as_json(cell) for key, cell in row.items()} for row in csv.DictReader(file)]
    pages = [rows[n : n + 100] for n in range(0, len(rows), 100)]
    for n, page in enumerate(pages):
        following = f"{name}?page={n + 1}" if n + 1 < len(pages) else None
        body = json.dumps({"data": page, "links": {"next": following}}).encode()
        server.says(
            f"/{name}{f'?page={n}' if n else ''}", Reply(body=body, headers={"Content-Type": "application/json"})
        )
    return f"{{http: {{url: {server.address}/{name}, rows: data, next: links.next, private: true}},"


def _as_json(cell):
    return json.loads(cell) if _NUMBER.fullmatch(cell) else cell or None


def csv_answer(folder, name, server):
    body = (folder / "figures" / f"{name}.csv").read_bytes()
    server.says(f"/{name}.csv", Reply(body=body, headers={"Content-Type": "text/csv"}))
    return f"{{http: {{url: {server.address}/{name}.csv, format: csv, private: true}},"


def newest_dropped(folder, name, _server):
    """The file, behind an older one with nothing in it."""
    place = folder / "figures" / "in" / name
    place.mkdir(parents=True)
    text = (folder / "figures" / f"{name}.csv").read_text(encoding="utf-8")
    (place / "load-9.csv").write_text(text.partition("\n")[0] + "\n", encoding="utf-8")
    (place / "load-10.csv").write_text(text, encoding="utf-8")
    return f"{{drop: {{folder: figures/in/{name}, take: newest}},"


def all_dropped(folder, name, _server):
    """The rows spread over three files, of which the last gives some again."""
    place = folder / "figures" / "in" / name
    place.mkdir(parents=True)
    with (folder / "figures" / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        head, *rows = csv.reader(file)
    for n, part in enumerate((rows[::2], rows[1::2], rows[:5])):
        text = io.StringIO()
        csv.writer(text).writerows([head, *part])
        (place / f"load-{n}.csv").write_text(text.getvalue(), encoding="utf-8")
    return f"{{drop: {{folder: figures/in/{name}, take: all}},"


def findings_of(folder, tmp_path):
    found = an_engine(folder, tmp_path / "state", AS_OF).enquiries.evaluate(AS_OF, text="all")
    return [replace(one.finding, where="") for one in found.found]


@pytest.fixture(scope="module")
def as_shipped(tmp_path_factory):
    return findings_of(RULES, tmp_path_factory.mktemp("shipped"))


@pytest.mark.parametrize("way", [json_pages, csv_answer, newest_dropped, all_dropped])
def test_the_shipped_figures_say_the_same_through_other_sources(way, server, as_shipped, tmp_path):
    folder = tmp_path / "rules"
    shutil.copytree(RULES, folder)
    measures = folder / "measures.yaml"
    text, changed = _SOURCE.subn(lambda match: way(folder, match[1], server), measures.read_text(encoding="utf-8"))
    measures.write_text(text, encoding="utf-8")

    assert 12 == changed
    assert as_shipped == findings_of(folder, tmp_path)
