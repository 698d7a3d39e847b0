"""Limits among areas, by their size."""

from samples.brought import OfMethod

BROUGHT = (OfMethod(key="funnel"),)
