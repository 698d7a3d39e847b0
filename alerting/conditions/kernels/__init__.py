"""Arithmetic that several conditions share."""
