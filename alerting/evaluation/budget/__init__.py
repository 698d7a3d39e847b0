"""The alert budget: how many alerts chance alone would open, by rule, series and owner."""
