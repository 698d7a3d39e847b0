"""What the catalogue says of a condition or a limits method beside its parameters: formula, when to use it, an example."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A rule at work: a test runs each, so that what it finds is what the catalogue says."""

    #: What stands under `when:`, as YAML.
    when: str
    #: One line an area, `North: 12 14 _ 15`; without a name the force. `_` missing, `3/40` n/d.
    figures: str
    #: The text of the newest finding of the first line.
    finds: str
    #: Further keys of the measure, as YAML.
    measure: str = "unit: count, better: lower"
    #: How often: figures are monthly from April 2018, daily from 1 April 2018.
    every: str = "month"
    #: Further columns of the source, the same for every row: `plan: 50`.
    columns: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueEntry:
    """One entry of the catalogue."""

    formula: str
    use: str
    avoid: str
    example: Example
    #: Where the method is from; empty for plain comparisons.
    source: str = ""
