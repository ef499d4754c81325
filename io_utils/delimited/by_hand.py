"""Lines that the user puts back into the table, and rows that the user leaves out, by their number."""

import numpy as np
import pyarrow as pa

from io_utils.delimited.columns import with_ragged
from io_utils.delimited.own import Cell, Dialect, records
from io_utils.delimited.parsed import Parsed

BEYOND = "cells beyond the header"  # what is listed so belongs to a row that is in the table
Aside = list[tuple[int, str, str]]


def put_back(parsed: Parsed, aside: Aside, numbers: tuple[int, ...], width: int, dialect: Dialect) -> tuple[Parsed, Aside]:
    """The records with the lines left out that have these numbers among them, in the order of the file; the lines still left out."""
    wanted = set(numbers)
    chosen = {line: text for line, reason, text in aside if line in wanted and reason != BEYOND}
    if not chosen:
        return parsed, aside
    added: dict[int, list[Cell]] = {}
    for line in sorted(chosen):
        found = next(records(chosen[line], dialect._replace(comment=""), width), None)
        added[line] = (found.cells if found else []) or [None]
        if len(added[line]) != width:
            parsed.ragged[line] = len(added[line])
    rows = np.concatenate([parsed.numbers, np.array(list(added), "int64")])
    order = np.argsort(rows, kind="stable")
    columns = [c.take(pa.array(order)) for c in with_ragged(parsed.columns, list(added.values()))]
    parsed = Parsed(columns, rows[order], parsed.blank, dict(sorted(parsed.ragged.items())), parsed.split)
    return parsed, [one for one in aside if one[0] not in chosen or one[1] == BEYOND]


def positions(parsed: Parsed, numbers: tuple[int, ...]) -> list[int]:
    """Where the rows with these numbers lie among the records."""
    return np.flatnonzero(np.isin(parsed.numbers, numbers)).tolist() if numbers else []
