"""`alerting serve`: keep running."""

import asyncio
from pathlib import Path

import click

from alerting.cli.options import rules_folder


@click.command(epilog="\b\nExample:\n  alerting serve --rules /etc/alerting/rules")
@rules_folder
def command(rules: Path) -> int:
    """Evaluate on the rules' schedule, send digests on their days, adopt changed rules; SIGTERM ends it cleanly."""
    from alerting.log import configured
    from alerting.scheduler import Service
    from alerting.wiring import Engine, open_store

    engine = Engine.of(rules)
    store = open_store(engine.settings)

    async def serve() -> None:
        service = Service(engine, store, lambda: Engine.of(rules, engine.settings), configured())
        await service.run(engine.settings.bell_s)

    try:
        asyncio.run(serve())
    finally:
        store.close()
    return 0
