"""Parquet and Arrow (Feather) files, to a table."""
