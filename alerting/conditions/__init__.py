"""The tests that rules make: one file a condition, found by scanning."""
