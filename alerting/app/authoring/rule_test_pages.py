"""What `alerting test` says of the tests themselves, as text and for programs."""

import json
from collections.abc import Sequence
from typing import Any

from alerting.app.authoring.mutation import Mutated, PlaceOf, unnoticed
from alerting.domain.problem import Problem
from alerting.rulefile.pages.machine_reports import entry


def mutation_problems(mutated: Sequence[Mutated], place_of: PlaceOf) -> list[Problem]:
    """Return each change that no test notices as something to mend, by place."""
    found = [unnoticed(mutant, place_of) for one in mutated for mutant in one.lived]
    return sorted(found, key=lambda problem: problem.sort_key)


def mutation_text(mutated: Sequence[Mutated], place_of: PlaceOf) -> str:
    """Return what lived, rule by rule; a rule that no test tries in one line."""
    lines: list[str] = []
    for one in mutated:
        if not one.tests:
            many = f"none of its {one.tried} changes is noticed"
            lines.append(f"{one.rule.place}: {one.rule.id}: no test tries it, so that {many}")
        elif one.lived:
            lines.append(f"{one.rule.place}: {one.rule.id}: {len(one.lived)} of {one.tried} changes are not noticed")
            lines += [f"    {place_of(m.section, m.id, m.keys)}: {m.words}" for m in one.lived]
    tried, lived = _counts(mutated)
    untried = sum(not one.tests for one in mutated)
    rules = f"; {untried} of {len(mutated)} rules have no test" if untried else ""
    total = f"{tried - lived} of {tried} changes are noticed, {lived} are not{rules}"
    return "\n".join([*lines, *([""] if lines else []), total])


def mutation_json(mutated: Sequence[Mutated], place_of: PlaceOf) -> str:
    """Return every change that lived, with its place and what stood there and stood there then."""
    lived: list[dict[str, Any]] = []
    for one in mutated:
        for mutant in one.lived:
            where = entry(unnoticed(mutant, place_of))
            lived.append(
                {
                    "rule": one.rule.id, **{key: where[key] for key in ("file", "line", "column")},
                    "section": mutant.section, "id": mutant.id, "key": mutant.key, "was": mutant.was, "now": mutant.now,
                    "message": where["message"],
                }
            )  # fmt: skip
    tried, living = _counts(mutated)
    rules = [
        {"rule": one.rule.id, "tests": one.tests, "changes": one.tried, "lived": len(one.lived)} for one in mutated
    ]
    found = {"changes": tried, "noticed": tried - living, "lived": lived, "rules": rules}
    return json.dumps(found, indent=2, ensure_ascii=False)


def _counts(mutated: Sequence[Mutated]) -> tuple[int, int]:
    return sum(one.tried for one in mutated), sum(len(one.lived) for one in mutated)
