"""The same data read from CSV, JSON, Parquet and Arrow is the same table."""

import io
from datetime import date
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from io_utils import content_hash, read, to_csv, to_json
from steps.set_types import SetTypes

TEXT = pa.large_string()
DATA = pa.table(
    {
        "id": pa.array([1, 123_456_789_012_345, None], pa.int64()),
        "name": pa.array(["Köln, \"a\"", "", "x\ny"], TEXT),
        "amount": pa.array([0.1, -2.5, None], pa.float64()),
        "paid": pa.array([True, None, False], pa.bool_()),
        "day": pa.array([date(2024, 2, 29), None, date(1999, 12, 31)], pa.date32()),
        "exact": pa.array([Decimal("12345678901234567.89"), None, Decimal("0.10")], pa.decimal128(19, 2)),
    }
)  # fmt: skip


def typed(table: pd.DataFrame) -> pd.DataFrame:
    """The table with its texts typed as the data is."""
    types = {"id": "integer", "amount": "number", "paid": "yes_no", "day": "date", "exact": "exact"}
    step = SetTypes.model_validate({"types": types})
    done = step.apply(table, step.fit(table))
    return done if isinstance(done, pd.DataFrame) else done.table


def test_the_same_data_is_the_same_table() -> None:
    source = pd.DataFrame(
        {n: pd.Series(c, dtype=pd.ArrowDtype(c.type), index=range(2, 5)) for n, c in zip(DATA.column_names, DATA.columns, strict=True)}
    )
    written: dict[str, bytes] = {}
    for name, to in (("csv", to_csv), ("json", to_json)):
        file = io.BytesIO()
        to(source, file)
        written[name] = file.getvalue()
    parquet, feather = io.BytesIO(), io.BytesIO()
    pq.write_table(DATA, parquet)
    with pa.ipc.new_file(feather, DATA.schema) as writer:
        writer.write_table(DATA)
    written |= {"parquet": parquet.getvalue(), "feather": feather.getvalue()}
    tables = {name: typed(read(data, name=f"f.{name}").table) for name, data in written.items()}
    plain = {name: {c: pa.chunked_array(t[c]).to_pylist() for c in t.columns} for name, t in tables.items()}
    expected = {c: DATA.column(c).to_pylist() for c in DATA.column_names}
    rows = {"csv": [2, 3, 4]} | {name: [2, 3, 4] for name in ("json", "parquet", "feather")}
    assert plain == dict.fromkeys(written, expected)
    assert {name: t.index.tolist() for name, t in tables.items()} == rows
    for name in ("parquet", "feather"):
        assert content_hash(read(written[name], name="f").table) == content_hash(source)
