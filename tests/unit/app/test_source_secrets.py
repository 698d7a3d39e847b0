"""A source's settings name its secrets, also inside a mapping; it has them while it is read, and nobody else reads them."""

from dataclasses import dataclass, field
from datetime import date

import pytest
from samples.worlds import a_folder

from alerting.app.situation.read_sources import read_figures
from alerting.app.situation.source_secrets import with_secrets
from alerting.domain.place import Place
from alerting.domain.rule import Source
from alerting.errors import SourceUnavailable
from alerting.rulefile import load_rules
from alerting.secrecy import hushed
from alerting.sources.csv import CsvSource

RULES = """
topics: [{id: t, title: Topic, owner: boss}]
sources: {s: {csv: f.csv, owner: boss}}
areas: [{id: force, title: Force, kind: policing, owner: boss}]
owners: [{id: boss, name: Boss, email: boss@example.org}]
measures: [{id: m, title: Offences, topic: t, unit: count, better: lower, every: month, source: s}]
rules: [{id: a, title: A, measures: m, when: {target_missed: {at_most: 100}}}]
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Far:
    connection: str = field(metadata={"description": "Where it is", "secret": True})
    query: str = field(metadata={"description": "What is read"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FarSettings:
    far: Far = field(metadata={"description": "A far side"})


class FarSource(CsvSource):
    Settings = FarSettings


SOURCE = Source(
    id="s", kind="far", settings={"far": {"connection": "FAR_URL", "query": "all"}},
    place=Place(file="r.yaml", line=3, column=12),
)  # fmt: skip


@pytest.fixture(autouse=True)
def _no_secret(monkeypatch):
    monkeypatch.delenv("FAR_URL", raising=False)


def test_a_source_has_its_secret_while_it_is_read_and_shows_it_to_nobody(monkeypatch):
    monkeypatch.setenv("FAR_URL", "far://reader:s3cr3t-words@db")

    found = with_secrets(SOURCE, FarSource())

    assert {"connection": "far://reader:s3cr3t-words@db"} == found.secrets
    assert "s3cr3t" not in repr(found)
    assert "s3cr3t" not in hushed("cannot reach far://reader:s3cr3t-words@db")
    assert {} == SOURCE.secrets


def test_one_that_is_not_there_stops_its_source_alone_and_is_named(tmp_path):
    folder = a_folder(tmp_path / "rules", {"r.yaml": RULES, "f.csv": "measure,area,period,value\nm,force,2020-08,3\n"})
    rules = load_rules(folder).rules
    object.__setattr__(rules.sources["s"], "settings", SOURCE.settings)

    reading = read_figures(rules, {"csv": FarSource()}, [folder], date(2020, 9, 1))

    assert "source s: there is no secret FAR_URL, which connection names; set the variable" in reading.failed["s"]


def test_a_secret_in_the_place_of_its_name_is_not_said_again():
    source = Source(id="s", kind="far", settings={"far": {"connection": "far://reader:s3cr3t@db", "query": "all"}})

    with pytest.raises(SourceUnavailable) as caught:
        with_secrets(source, FarSource()).secrets  # noqa: B018

    assert "is no name of a secret" in str(caught.value) and "s3cr3t" not in str(caught.value)


def test_what_names_none_is_left_as_it_is():
    source = Source(id="s", kind="csv", settings={"csv": "f.csv"}, secrets={})
    assert source is with_secrets(source, CsvSource())
