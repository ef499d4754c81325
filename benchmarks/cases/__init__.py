"""What each step is measured at: one or more cases for each, with the code a pandas or polars user would write."""

from benchmarks.cases import columns, dates, missing, numeric, rows, tables, text
from benchmarks.cases.case import Case

CASES: list[Case] = [*missing.CASES, *text.CASES, *numeric.CASES, *dates.CASES, *columns.CASES, *rows.CASES, *tables.CASES]

__all__ = ["CASES", "Case"]
