"""Adapters that hand messages over: one file a kind of channel, found by scanning."""
