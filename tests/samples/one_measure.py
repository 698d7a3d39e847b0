"""A rules folder with one measure and one rule, for what `check` says of the two."""

from alerting.rulefile.loading import load_rules

WORLD = """
areas: [{id: force, title: Force, kind: policing, owner: boss}]
owners: [{id: boss, name: Boss, email: boss@example.org}]
topics: [{id: t, title: Topic, owner: boss}]
"""


def problems(folder, span, when, *, unit="count", every="month", rule_every=None):
    """What `check` says of one rule on one measure: conditions that do not fit, and values that cannot be."""
    judged = f", every: {rule_every}" if rule_every else ""
    measure = f"{{id: m, title: M, topic: t, unit: {unit}, better: lower, every: {every}, expected: 5 days, source: f.csv, {span}}}"
    rules = f"{WORLD}measures: [{measure}]\nrules:\n- {{id: a, title: A, measures: m{judged}, when: {when}}}\n"
    (folder / "rules.yaml").write_text(rules, encoding="utf-8")
    (folder / "f.csv").write_text("measure,area,period,value\n", encoding="utf-8")
    found = load_rules(folder, shown_as="r").problems
    return [p for p in found if p.code in ("condition-does-not-fit", "bad-value")]
