"""One tick: what happened, who is told, what is kept."""
