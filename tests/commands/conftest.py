"""The option that rewrites the cases of this folder."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    said = "rewrite tests/commands/*.case with what is printed now"
    parser.addoption("--update-cases", action="store_true", help=said)
