"""A value that nobody may read by printing what holds it."""

from dataclasses import dataclass

from alerting.secrecy import HIDDEN


@dataclass(frozen=True, slots=True)
class Secret:
    """A text that shows only where it is asked for."""

    _text: str

    def get_secret_value(self) -> str:
        """Return the text itself."""
        return self._text

    def __repr__(self) -> str:
        return f"Secret('{HIDDEN}')"

    def __str__(self) -> str:
        return HIDDEN
