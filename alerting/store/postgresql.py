"""PostgreSQL: a server that may answer late, restart, or be a standby all of a sudden."""

from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DataError, DBAPIError, NoSuchModuleError, ProgrammingError

from alerting.errors import UsageError

#: How long a statement, and a wait for somebody else's row, may take, in seconds.
_STATEMENT_S, _LOCK_S = 15, 5
#: How long a transaction may stand still: a tick writes its messages inside one. Who is frozen for longer loses it.
_IDLE_S = 300
#: What the driver is asked for where the address does not say otherwise: a line that is dead is known to be so soon.
_CONNECTING = {
    "application_name": "alerting",
    "connect_timeout": "5",
    "keepalives_idle": "10",
    "keepalives_interval": "3",
    "keepalives_count": "3",
    "target_session_attrs": "read-write",
}
#: For this transaction only: nothing is left in a session that a pooler hands to others.
_SETTINGS = """SELECT set_config('statement_timeout', '{statement}s', true), set_config('lock_timeout', '{lock}s', true),
set_config('idle_in_transaction_session_timeout', '{idle}s', true),
set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on'
 ELSE current_setting('synchronous_commit') END, true)"""
#: Held by who brings the tables to this version: our own number among advisory locks.
_UPGRADING = 6_102_020
_READ_ONLY = (
    "it is a standby, or was set to be read only; ALERTING_DATABASE_URL must name the server that takes writes."
    " Nothing is sent meanwhile"
)
_ADVICE = {
    "25006": _READ_ONLY,
    "25P03": "a transaction stood still for too long and was rolled back",
    "42501": "give this role the right, or run `alerting db upgrade` as one that may change tables",
    "53100": "free some space on its disk",
    "53200": "give it more memory",
    "53300": "end some of its connections, or let it take more",
    "55P03": "another process held it for more than {lock} s; try again later",
    "57014": "it took more than {statement} s; try again later",
}
#: What is undone as a whole and may do well the next time: serialization failures and deadlocks.
_UNDONE = frozenset(("40001", "40P01"))
#: The server went away, is starting, or takes no more connections for the moment.
_AWAY = ("08", "57P", "53300")
#: What a connection that cannot be made says; the driver has no code for it.
_NO_CONNECTION = ("connection to server", "connection failed", "connection is bad")

#: What the driver says of options in the address, before it connects.
_NO_OPTION = (
    "invalid connection option",
    "bad value for",
    "invalid integer value",
    " value: ",
    "invalid URI query parameter",
)


def engine_at(address: URL, **settings: Any) -> Engine:
    """Make the engine; connects to nothing yet.

    Raises:
        UsageError: the driver is not installed.
    """
    ours = {name: value for name, value in _CONNECTING.items() if name not in address.query}
    # Statements prepared on the server belong to a session, which a pooler may change between transactions.
    driver: dict[str, object] = {"prepare_threshold": None} if address.get_driver_name() == "psycopg" else {}
    try:
        engine = create_engine(address, pool_pre_ping=True, connect_args={**ours, **driver}, **settings)
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise UsageError(
            f"the driver for {address.drivername} is not installed ({error}); write the address as postgresql://…"
            " and install alerting[postgresql]"
        ) from error
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    patient = connection.get_execution_options().get("patient", False)
    statement, lock = (0, 10 * _LOCK_S) if patient else (_STATEMENT_S, _LOCK_S)
    connection.exec_driver_sql(_SETTINGS.format(statement=statement, lock=lock, idle=_IDLE_S))


def one_at_a_time(connection: Connection) -> None:
    """Keep others that would bring the tables to this version waiting until this transaction ends."""
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_UPGRADING})")


def advice(error: DBAPIError, reason: str) -> str | None:
    """Say what to do about what the database refuses; None where it is ours to mend."""
    code = _code(error)
    if code in _ADVICE:
        return _ADVICE[code].format(lock=_LOCK_S, statement=_STATEMENT_S)
    if not code and any(words in reason for words in _NO_OPTION):
        return "mend what stands after the ? in ALERTING_DATABASE_URL"
    if isinstance(error, DataError | ProgrammingError):
        return None
    return _READ_ONLY if "session is read-only" in reason else ""


def passes(error: BaseException | None) -> bool:
    """Whether a transaction may do well if it is tried again: it was undone, or the server was away."""
    if not isinstance(error, DBAPIError):
        return False
    code, reason = _code(error), str(error.orig)
    if "session is read-only" in reason:
        return False
    if code in _UNDONE or code.startswith(_AWAY) or error.connection_invalidated:
        return True
    return not code and any(words in reason for words in _NO_CONNECTION)


def _code(error: DBAPIError) -> str:
    return str(getattr(error.orig, "sqlstate", None) or "")
