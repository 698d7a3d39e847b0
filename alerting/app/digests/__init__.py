"""Digests and the draft of the month."""
