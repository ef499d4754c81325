"""Delimited text (CSV, TSV, columns of fixed width): found out, read without loss, written."""
