"""Results on disk by key: one mapped Arrow file a column, shared between results where a step left the column alone."""

import json
import os
import secrets
import shutil
from collections import OrderedDict
from pathlib import Path
from threading import RLock
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pydantic import JsonValue

from io_utils.columns import load_column, save_column
from pipeline.changes import Changes
from pipeline.results import Cached, Failed, Results, StepReport, StepResult
from steps.arrow import arrow, buffers

LISTS = ("rejected", "removed", "parents")
MAPPED = 10_000  # columns whose files are remembered; a process may map some 60,000

Noted = dict[str, Any]  # Any: JSON that this module wrote itself; what cannot be read back counts as not there


class Shelf:
    """Results kept in a folder. A result is read by mapping its files, so it costs no memory of the process.

    What cannot be read any more (a file is gone or damaged) counts as not there. Safe for several processes: files are
    written under another name and then renamed, and a result's own file comes last.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "columns").mkdir(parents=True, exist_ok=True)
        (folder / "results").mkdir(exist_ok=True)
        self._mapped: OrderedDict[str, pa.ChunkedArray] = OrderedDict()  # file -> column; the same file is the same memory
        self._files: dict[tuple[object, ...], str] = {}  # where a mapped column lies -> its file
        self._lock = RLock()

    def get(self, key: str) -> Cached | None:
        """The result of that key, mapped; None if it is not there."""
        try:
            place = self.folder / "results" / f"{key}.json"
            said = json.loads(place.read_text("utf-8"))
            os.utime(place)  # used now: tidying removes what was not used for longest
            if "failed" in said:
                return Failed(said["failed"])
            return self._load(said)
        except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError):  # gone, or damaged
            return None

    def put(self, key: str, result: Cached) -> Cached:
        """Keep a result; what comes back lies in the mapped files and not on the heap."""
        if isinstance(result, Failed):
            self._write(key, {"failed": result.message})
            return result
        said: Noted = {
            "table": self.save_table(result.table, key),
            "report": result.report.model_dump(mode="json"),
            "next_row": result.next_row,
            "fitted": result.fitted,
            "fitted_for": result.fitted_for,
            "skipped": result.skipped,
            "changes": self._save_changes(result.changes, key),
            "lists": {name: self.save_table(frame, f"{key}-{name}") if len(frame := getattr(result, name)) else None for name in LISTS},
        }
        self._write(key, said)
        return self._load(said)

    def save_table(self, table: pd.DataFrame, stem: str) -> Noted:
        """Write a table's columns, those that lie in files of this shelf already excepted; returns what `load_table` needs."""
        files = [[name, self._save(arrow(table[name]), f"{stem}-{i}.arrow")] for i, name in enumerate(table.columns)]
        return {"columns": files, "rows": self._save_rows(table.index, stem)}

    def load_table(self, said: Any) -> pd.DataFrame:  # Any: what `save_table` returned, and JSON kept since
        """The table of what `save_table` returned. Raises OSError, ValueError, KeyError or TypeError if it is damaged."""
        rows = said["rows"]
        kept = "file" in rows
        index = pd.Index(self._column(rows["file"]).to_numpy(), copy=False) if kept else pd.RangeIndex(rows["start"], rows["stop"])
        columns = {}
        for name, file in said["columns"]:
            values = self._column(file)
            columns[name] = pd.Series(values, dtype=pd.ArrowDtype(values.type), index=index)
        return pd.DataFrame(columns, index=index, copy=False)

    def write_note(self, key: str, said: JsonValue) -> None:
        """Keep facts beside the results (of a file as read, say)."""
        self._write(f"note-{key}", said)

    def read_note(self, key: str) -> JsonValue | None:
        """Facts kept under that key; None if they are not there."""
        try:
            return json.loads((self.folder / "results" / f"note-{key}.json").read_text("utf-8"))
        except (OSError, ValueError):
            return None

    def size(self) -> int:
        """Bytes on disk."""
        return sum(f.stat().st_size for f in self.folder.rglob("*") if f.is_file())

    def clear(self) -> None:
        """Remove everything; what is shown from it stays readable until it is let go."""
        with self._lock:
            self._mapped.clear()
            self._files.clear()
        for part in ("results", "columns"):
            shutil.rmtree(self.folder / part, ignore_errors=True)
            (self.folder / part).mkdir(parents=True, exist_ok=True)

    def _load(self, said: Noted) -> StepResult:
        lists = {name: self.load_table(kept) for name, kept in said["lists"].items() if kept}
        return StepResult(
            table=self.load_table(said["table"]),
            report=StepReport.model_validate(said["report"]),
            next_row=said["next_row"],
            fitted=said["fitted"],
            fitted_for=said["fitted_for"],
            skipped=said["skipped"],
            changes=self._load_changes(said["changes"]),
            **lists,
        )

    def _column(self, file: str) -> pa.ChunkedArray:
        """A column mapped from its file; the same memory each time. Raises OSError if the file is gone or damaged."""
        with self._lock:
            known = self._mapped.get(file)
            if known is not None and (self.folder / "columns" / file).exists():
                self._mapped.move_to_end(file)
                return known
            values = load_column(self.folder / "columns" / file)
            self._mapped[file] = values
            self._files[_where(values)] = file
            while len(self._mapped) > MAPPED:
                self._files.pop(_where(self._mapped.popitem(last=False)[1]), None)
            return values

    def _save(self, values: pa.ChunkedArray, file: str) -> str:
        """The file that holds a column: the one it is mapped from, or else a new one of that name."""
        with self._lock:
            known = self._files.get(_where(values))
        if known and (self.folder / "columns" / known).exists():
            return known
        save_column(pa.chunked_array([values.combine_chunks()]), self.folder / "columns" / file)
        with self._lock:
            self._forget(file)
        return file

    def _forget(self, file: str) -> None:
        """Map a file anew next time: it was written again."""
        if (old := self._mapped.pop(file, None)) is not None:
            self._files.pop(_where(old), None)

    def _save_rows(self, index: pd.Index, stem: str) -> Noted:
        if isinstance(index, pd.RangeIndex) and index.step == 1:
            return {"start": index.start, "stop": index.stop}
        return {"file": self._save(pa.chunked_array([pa.array(index.to_numpy())]), f"{stem}-rows.arrow")}

    def _save_changes(self, changes: Changes, key: str) -> Noted:
        lists = {"removed": changes.removed, "added": changes.added, "moved": changes.moved}
        lists |= {f"cells {name}": rows for name, rows in changes.cells.items()}
        ends = np.cumsum([len(rows) for rows in lists.values()]).tolist()
        if ends[-1]:
            save_column(pa.chunked_array([np.concatenate(list(lists.values()))]), self.folder / "columns" / f"{key}-changes.arrow")
        retyped = [[n, str(a), str(b)] for n, (a, b) in changes.retyped.items()]
        return {"names": list(lists), "ends": ends, "file": f"{key}-changes.arrow" if ends[-1] else None, "retyped": retyped}

    def _load_changes(self, said: Noted) -> Changes:
        rows = load_column(self.folder / "columns" / said["file"]).to_numpy() if said["file"] else np.empty(0, "int64")
        parts = dict(zip(said["names"], np.split(rows, said["ends"][:-1]), strict=True))
        cells = {n.removeprefix("cells "): r for n, r in parts.items() if n.startswith("cells ")}
        retyped = {n: (_type(a), _type(b)) for n, a, b in said["retyped"]}
        return Changes(parts["removed"], parts["added"], parts["moved"], cells, retyped)

    def _write(self, key: str, said: JsonValue) -> None:
        path = self.folder / "results" / f"{key}.json"
        temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}.tmp")
        temporary.write_text(json.dumps(said), "utf-8")
        os.replace(temporary, path)


def _where(values: pa.ChunkedArray) -> tuple[object, ...]:
    return (str(values.type), *buffers(values))


def _type(name: str) -> pa.DataType:
    """An Arrow type from its own name, for the types of a table."""
    if name.startswith("decimal128("):
        precision, scale = name[11:-1].split(",")
        return pa.decimal128(int(precision), int(scale))
    if name.startswith("timestamp[us, tz="):
        return pa.timestamp("us", name[17:-1])
    return {"large_string": pa.large_string(), "int64": pa.int64(), "double": pa.float64(), "bool": pa.bool_(),
            "date32[day]": pa.date32(), "timestamp[us]": pa.timestamp("us")}[name]  # fmt: skip


class Layered:
    """Memory first, then the shelf; new results stay in memory."""

    def __init__(self, memory: Results, shelf: Shelf) -> None:
        self.memory, self.shelf = memory, shelf

    def get(self, key: str) -> Cached | None:
        """The result from memory, or from the shelf and from then on from memory."""
        found = self.memory.get(key)
        if found is None and (found := self.shelf.get(key)) is not None:
            self.memory.put(key, found)
        return found

    def put(self, key: str, result: Cached) -> Cached:
        """Keep a result in memory."""
        return self.memory.put(key, result)
