"""One atomic change of the state."""

from sqlalchemy import Connection

from alerting.store.accepted import AcceptedRows
from alerting.store.alerts import AlertRows
from alerting.store.comments import CommentRows
from alerting.store.digests import DigestRows
from alerting.store.guarding import GuardRows
from alerting.store.hearings import HearingRows
from alerting.store.inbox import DoubtRows, InboxRows
from alerting.store.loads import LoadRows
from alerting.store.outbox import OutboxRows
from alerting.store.readings import ReadingRows
from alerting.store.shelf import ShelfRows
from alerting.store.silences import SilenceRows
from alerting.store.ticks import ReplicaRows, TickRows
from alerting.store.troubles import TroubleRows


class SqlTransaction:
    """Reads and writes inside one transaction, by topic; `SqlStore.begin` opens and ends it."""

    def __init__(self, connection: Connection) -> None:
        self.ticks = TickRows(connection)
        self.replicas = ReplicaRows(connection)
        self.alerts = AlertRows(connection)
        self.hearings = HearingRows(connection)
        self.outbox = OutboxRows(connection)
        self.digests = DigestRows(connection)
        self.silences = SilenceRows(connection)
        self.comments = CommentRows(connection)
        self.accepted = AcceptedRows(connection)
        self.readings = ReadingRows(connection)
        self.guards = GuardRows(connection)
        self.loads = LoadRows(connection)
        self.troubles = TroubleRows(connection)
        self.shelf = ShelfRows(connection)
        self.inbox = InboxRows(connection)
        self.doubts = DoubtRows(connection)
