"""Limits of the time and number between rare events."""

from samples.brought import OfMethod

BROUGHT = (OfMethod(key="g"), OfMethod(key="t"))
