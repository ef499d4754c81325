"""Workbooks: sheets of typed cells, read and written."""
