"""Tables of an empty SQLite database: made by the migrations once in a process, and by what they came to from then on."""

from collections.abc import Callable

from sqlalchemy import Connection, inspect

Upgrade = Callable[[Connection, str], None]
_made: list[str] = []


def made_once(upgrade: Upgrade) -> Upgrade:
    """Return what stands in for the *upgrade* of the store's schema; every other database is brought to this version by that."""

    def upgraded(connection: Connection, place: str) -> None:
        if connection.dialect.name != "sqlite" or inspect(connection).get_table_names():
            return upgrade(connection, place)
        if _made:
            for statement in _made:
                connection.exec_driver_sql(statement)
            return None
        upgrade(connection, place)
        driver = connection.connection.driver_connection
        assert driver is not None
        _made.extend(line for line in driver.iterdump() if line not in ("BEGIN TRANSACTION;", "COMMIT;"))
        return None

    return upgraded
