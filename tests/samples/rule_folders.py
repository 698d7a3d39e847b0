"""Rule folders for tests: a small sound one, and a way to write files with one thing changed."""

# ruff: noqa: E501 - YAML stands as people write it

from collections.abc import Mapping
from pathlib import Path

FIGURES = "measure,area,period,value\ncalls,force,2020-09,83\n"

BASE = """\
topics:
  - {id: contact, title: Contact, owner: head}
areas:
  - {id: force, title: The force, kind: policing, owner: chief}
  - {id: north, title: North, parent: force, owner: north-commander}
  - {id: south, title: South, parent: force}
owners:
  - {id: chief, name: Chief Constable, email: chief@example.org}
  - {id: head, name: Head of Contact, email: head@example.org}
  - {id: north-commander, name: "Commander, North", email: north@example.org}
sources:
  calls: {csv: figures/calls.csv, owner: head}
measures:
  - {id: calls, title: Answered, topic: contact, unit: percent, better: higher, every: month, target: 90, source: calls, tags: [gold]}
  - id: crime
    title: Crime
    unit: count
    better: lower
    every: month
    source: calls
    items: {all: All crime, rape: Rape}
"""

RULES = """\
rules:
  - id: calls-target
    title: Calls answered too slowly
    measures: calls
    when: {target_missed: {}}
"""

#: A folder without any problem.
SOUND: Mapping[str, str] = {"base.yaml": BASE, "rules.yaml": RULES, "figures/calls.csv": FIGURES}


def written(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write *files* below *folder* and return it."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def sound_with(folder: Path, **changed: str | bytes) -> Path:
    """Write the sound folder with files added or replaced; `rules` stands for rules.yaml."""
    return written(folder, {**SOUND, **{f"{name}.yaml": content for name, content in changed.items()}})
