"""The engine's memory in a SQL database: SQLite by default, PostgreSQL through the same statements."""
