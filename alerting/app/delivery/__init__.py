"""Handing messages over, and what becomes of them."""
