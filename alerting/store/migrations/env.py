"""How alembic runs the migrations: on the connection it is handed, inside that connection's transaction."""

from alembic import context

from alerting.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite cannot alter most of a table in place
)
with context.begin_transaction():
    context.run_migrations()
