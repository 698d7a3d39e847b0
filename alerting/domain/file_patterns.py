"""Names that stand for several files."""


def is_pattern(path: str) -> bool:
    """Whether a path has signs in it that stand for others, like `figures/*.parquet`."""
    return any(sign in path for sign in "*?[")
