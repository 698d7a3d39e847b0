"""Methods that give centre, lower and upper for each period of a series: one file a method, found by scanning."""
