"""Adapters that read figures: one file a kind of source, found by scanning."""
