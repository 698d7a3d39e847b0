"""Adapters for the mailbox that answers come to."""
