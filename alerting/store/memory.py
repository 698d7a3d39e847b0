"""A state in memory, for what is only tried: made once in a process, without migrations, and emptied for whoever is next."""

from functools import cache
from typing import Self

from alerting.store.schema import create
from alerting.store.sql import SqlStore

#: Those that were closed; making one anew would compile all statements again.
_idle: list["MemoryStore"] = []


class MemoryStore(SqlStore):
    """A state on SQLite in memory, for one thread."""

    @classmethod
    def empty(cls) -> Self:
        """Return one with all tables and no row."""
        image = _image()
        store = _idle.pop() if _idle else cls("sqlite:///:memory:")
        assert isinstance(store, cls)
        store.become(image)
        return store

    def close(self) -> None:
        """Leave it to the next."""
        _idle.append(self)

    def become(self, image: bytes) -> None:
        """Take the tables and rows of an image."""
        with self._database.engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            driver.deserialize(image)

    def image(self) -> bytes:
        """Return all tables and rows."""
        with self._database.engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            found: bytes = driver.serialize()
            return found


@cache
def _image() -> bytes:
    """Return the tables without a row."""
    store = MemoryStore("sqlite:///:memory:")
    with store._database.engine.begin() as connection:  # noqa: SLF001  # its own
        create(connection)
    return store.image()
