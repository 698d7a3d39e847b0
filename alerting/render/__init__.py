"""Mails and pages: each render function takes a view of plain values and returns what is ready to send."""
