"""How long we wait for a mail server."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Waits in seconds."""

    #: For the connection (all of the server's addresses together), the greeting and the TLS handshake, each.
    connect_s: float
    #: For the answer to any other command.
    command_s: float
    #: For everything up to the recipient's answer together, so that a server that answers byte by byte comes to an end.
    approach_s: float
    #: For the answer to the whole message.
    data_s: float
