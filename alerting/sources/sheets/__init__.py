"""Workbooks of every format: sheets, what is marked beside values, and archives within bounds."""
