"""Tide tables: the sums, what is sent of them, and the live connections."""
