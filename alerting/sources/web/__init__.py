"""Web servers: addresses that may be asked, pages within bounds, answers that are kept, rows of JSON."""
