"""`alerting serve`: keep running: evaluate on schedule, send digests."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alerting.cli.options import rules_folder

if TYPE_CHECKING:
    from alerting.ports.state import Store


@click.command(epilog="\b\nExample:\n  alerting serve --rules /etc/alerting/rules")
@rules_folder
def command(rules: Path) -> int:
    """Evaluate on the rules' schedule, send digests on their days, adopt changed rules; SIGTERM ends it cleanly."""
    from alerting.log import configured
    from alerting.service.loop import Service
    from alerting.service.process import Loops
    from alerting.wiring import engine_of

    engine = engine_of(rules)

    async def serve(store: "Store") -> None:
        service = Service(engine, store, lambda: engine_of(rules, engine.settings), configured())
        await Loops(service).run(engine.settings.poll_s)

    with engine.state() as store:
        asyncio.run(serve(store))
    return 0
