"""Databases: one statement that reads, its connection, and rows of any driver."""
