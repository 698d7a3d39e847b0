"""What the state keeps of silences."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from alerting.domain.rule import Silence
from alerting.domain.silencing import SilenceDeed


class SilenceBook(Protocol):
    """Silences made by command, and what people did about them."""

    def made(self) -> list[Silence]:
        """Return the silences made by command, those that are over too."""
        ...

    def save(self, silence: Silence, deed: SilenceDeed) -> None:
        """Add a silence, or change the last day of the one of this id; what was done is kept."""
        ...

    def deeds(self, silences: Sequence[str]) -> list[SilenceDeed]:
        """Return what was done about some silences, oldest first."""
        ...

    def rename(self, renamed: Mapping[str, str]) -> None:
        """Let silences of rules that have another name now go by it."""
        ...
