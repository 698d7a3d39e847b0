"""Which of a source's columns are ours: the same for every kind of source."""

from collections.abc import Callable, Sequence
from functools import partial

from alerting.domain.rule import Source
from alerting.domain.source_columns import Layout, layout_of


def layout_for(source: Source) -> Callable[[Sequence[str]], Layout]:
    """Return what tells a source's columns from their headings, by what its `columns`, `fixed` and `parts` say."""
    return partial(layout_of, mapped=source.columns, fixed=source.fixed, parts=source.parts)
