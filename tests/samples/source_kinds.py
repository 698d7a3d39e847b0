"""The same rows through every kind of source: as a file, dropped, in a workbook, on a web server, in a database."""

import csv
import io
import json
import os
import sqlite3
from contextlib import closing

import polars as pl
import psycopg
from psycopg import sql

from samples.web_server import Reply
from samples.workbooks import ods, xlsx

HEADER = ("measure", "area", "period", "value")
#: Long ago: a file of that time is whole, and known by its bytes.
_LONG_AGO_S = 1_000_000_000
#: Kind -> the fixtures that it needs.
NEEDS = {
    "csv": (), "drop": (), "excel": (), "ods": (), "parquet": (), "json": ("web",), "web-csv": ("web",), "sqlite": (),
    "postgresql": ("postgresql",),
}  # fmt: skip


class SourceOf:
    """One source of a rules folder, of some kind, with whatever rows are put into it.

    Args:
        around: what the kind needs beside the folder: a web server, the address of an empty database.
    """

    def __init__(self, kind, folder, around=None):
        self.kind, self.folder, self.around = kind, folder, around
        (folder / "figures").mkdir(parents=True, exist_ok=True)

    @property
    def settings(self):
        """What a rules folder says of it."""
        query = '{connection: WAREHOUSE_URL, query: "select * from f"}'
        return {
            "csv": "csv: figures/f.csv", "drop": "drop: {folder: figures}", "excel": "excel: figures/f.xlsx",
            "ods": "ods: figures/f.ods", "parquet": "parquet: figures/f.parquet", "sqlite": f"sql: {query}",
            "postgresql": f"sql: {query}", "json": "http: {url_from: API_URL, private: true}",
            "web-csv": "http: {url_from: API_URL, private: true, format: csv}",
        }[self.kind]  # fmt: skip

    @property
    def secrets(self):
        """What the settings name."""
        if self.kind in ("json", "web-csv"):
            return {"API_URL": f"{self.around.address}/f"}
        return {"WAREHOUSE_URL": self.around or f"sqlite:///{self.folder}/figures/f.db"}

    def put(self, rows, header=HEADER):
        """Lay rows there, in place of all that there was: cells are texts, numbers or None."""
        getattr(self, f"_put_{self.kind.replace('-', '_')}")(header, [tuple(row) for row in rows])

    def puts(self, content):
        """Lay bytes there, whatever they are; of databases none."""
        if self.kind in ("json", "web-csv"):
            self.around.says("/f", Reply(body=content))
        else:
            suffix = {"csv": "csv", "drop": "csv", "excel": "xlsx", "ods": "ods", "parquet": "parquet", "sqlite": "db"}[
                self.kind
            ]
            self._write(f"f.{suffix}", content)

    def content(self, rows, header=HEADER):
        """The bytes of rows as a file or an answer has them."""
        made = {
            "csv": _csv,
            "drop": _csv,
            "web-csv": _csv,
            "json": _json,
            "parquet": _parquet,
            "excel": _xlsx,
            "ods": _ods,
        }
        return made[self.kind](header, [tuple(row) for row in rows])

    def _put_csv(self, header, rows):
        self.puts(self.content(rows, header))

    _put_drop = _put_excel = _put_ods = _put_parquet = _put_json = _put_web_csv = _put_csv

    def _put_sqlite(self, header, rows):
        path = self.folder / "figures" / "f.db"
        path.unlink(missing_ok=True)
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(f"create table f ({', '.join(_quoted(header))})")
            connection.executemany(f"insert into f values ({', '.join('?' * len(header))})", rows)
            connection.commit()
        os.utime(path, (_LONG_AGO_S, _LONG_AGO_S))

    def _put_postgresql(self, header, rows):
        texts = [any(isinstance(row[n], str) for row in rows) or name != "value" for n, name in enumerate(header)]
        columns = [
            f"{name} {'text' if text else 'double precision'}"
            for name, text in zip(_quoted(header), texts, strict=True)
        ]
        cells = [[str(c) if text and c is not None else c for c, text in zip(row, texts, strict=True)] for row in rows]
        with psycopg.connect(self.around, autocommit=True) as connection:
            connection.execute(sql.SQL(f"drop table if exists f; create table f ({', '.join(columns)})"))
            values = sql.SQL(f"insert into f values ({', '.join(['%s'] * len(header))})")
            connection.cursor().executemany(values, cells)

    def _write(self, name, content):
        path = self.folder / "figures" / name
        path.write_bytes(content)
        os.utime(path, (_LONG_AGO_S, _LONG_AGO_S))


def _quoted(header):
    return [f'"{name}"' for name in header]


def _csv(header, rows):
    target = io.StringIO()
    csv.writer(target, lineterminator="\n").writerows([header, *rows])
    return target.getvalue().encode()


def _json(header, rows):
    return json.dumps([dict(zip(header, row, strict=True)) for row in rows]).encode()


def _xlsx(header, rows):
    return xlsx([header, *rows])


def _ods(header, rows):
    return ods([header, *rows])


def _parquet(header, rows):
    target = io.BytesIO()
    pl.DataFrame([_series(name, [row[n] for row in rows]) for n, name in enumerate(header)]).write_parquet(target)
    return target.getvalue()


def _series(name, cells):
    if name == "value" and not any(isinstance(cell, str) for cell in cells):
        return pl.Series(name, cells, dtype=pl.Float64)
    return pl.Series(name, [None if cell is None else str(cell) for cell in cells], dtype=pl.String)
