"""A backtest for its readers: as text, as a page, for a pull request, and for programs."""
