"""Mails that come back, read: whose, to what, saying what. Bytes in, values out; nothing here acts, fetches or sends."""
