"""Alerts as people look after them: what they do, and the chain behind one."""
