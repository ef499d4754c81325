"""The one grid of the page: a window of rows, every cell as text, sorted, searched and paged by us and not by the grid."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import pandas as pd
import pyarrow as pa
import streamlit as st

from pipeline.parse import ParseError, parse_cell, write_cell
from pipeline.view import as_text
from steps.arrow import TEXT, is_number, is_text

Pick = Literal["cell", "column", "row", "rows"]
Types = Mapping[str, pa.DataType]

CHANGED = "background-color: rgba(22, 163, 116, 0.20)"
GONE = "background-color: rgba(220, 38, 38, 0.16)"
SHADES = {"changed": CHANGED, "removed": GONE}
MISSING = "missing"
LONGEST = 5_000  # characters of a cell sent to the browser; longer ones say how long they are
MOST_SHADED = 250_000  # cells; pandas refuses to style more
RESERVED = {"_index", "index", "__index_level_0__"}  # names the grid keeps for itself

# A click on a column's name picks the column and does not sort: the grid would sort the hundred rows it has. For the same
# reason its own search, its CSV file and its column menu (sort, statistics) are not offered; copying stays.
STYLE = """<style>
[data-testid="stElementToolbarButton"]:has(button[aria-label^="Download as CSV"]),
[data-testid="stElementToolbarButton"]:has(button[aria-label^="Search"]),
.gdg-search-bar, [data-testid="stDataFrameColumnMenu"] {display: none !important}
[class*="st-key-fixedhead"] [data-testid="stDataFrameResizable"]::after {
  content: ""; position: absolute; top: 0; left: 0; right: 0; height: 35px; z-index: 5; cursor: default}
</style>"""


class Edit(NamedTuple):
    """One accepted entry: the row's number, the column, its text before and now (None: missing)."""

    row: int
    column: str
    was: str | None
    value: str | None


class Refused(NamedTuple):
    """One entry that is no value of its column, and why."""

    row: int
    column: str
    typed: str
    message: str


@dataclass(frozen=True)
class Picked:
    """What is selected in a grid: row numbers, the column whose name was clicked, and a cell (row number, column).

    A column and a cell can be selected at the same time; the grid does not tell which came last.
    """

    rows: tuple[int, ...] = ()
    column: str | None = None
    cell: tuple[int, str] | None = None


def style() -> None:
    """Once a page: what the grid must not offer is hidden."""
    st.html(STYLE)


def show(
    rows: pd.DataFrame,
    *,
    key: str,
    alt: str,
    types: Types | None = None,
    pick: Pick | None = None,
    mask: pd.DataFrame | None = None,
    shade: Literal["changed", "removed"] = "changed",
    height: int | None = None,
    row_label: str = "row",
    on_pick: Callable[[], None] | None = None,
    pictures: Mapping[str, str] | None = None,
    widths: Mapping[str, int] | None = None,
    row_height: int | None = None,
    placeholder: str | None = None,
) -> Picked:
    """A window of rows to read and copy from; what is selected comes back.

    ``rows`` is a slice of a table (index: row numbers) or text made by ``pipeline.view``, then ``types`` says which columns
    hold numbers. ``mask`` (same shape) shades cells. ``key`` names dataset, step, view, page and revision. ``pictures`` gives
    columns that hold addresses of pictures their titles, ``widths`` some columns their width in pixels.
    """
    types = types_of(rows) if types is None else types
    text = _shown(rows)
    config = {"_index": st.column_config.Column(row_label, pinned=True, width="small" if row_label else 46)}
    wide, pictures = widths or {}, pictures or {}
    config |= {
        grid_id(n): st.column_config.ImageColumn(pictures[n], width=wide.get(n))
        if n in pictures
        else st.column_config.TextColumn(n, alignment=_side(types.get(n)), width=wide.get(n))
        for n in rows.columns
    }
    modes: list[Any] = {None: [], "column": [], "cell": ["single-cell"], "row": ["single-row"], "rows": ["multi-row"]}[pick]
    event = st.dataframe(
        text if mask is None or mask.size > MOST_SHADED else _shaded(text, mask, SHADES[shade]),
        key=key,
        alt=alt,
        height="auto" if height is None else height,
        hide_index=False,
        column_config=config,
        placeholder=MISSING if placeholder is None else placeholder,
        row_height=row_height,
        on_select=on_pick or "rerun",
        selection_mode=["single-column", *modes],
    )
    return picked(event, rows)


def picked(event: Any, rows: pd.DataFrame) -> Picked:
    """The selection of a grid's event or session state, checked against the rows it showed."""
    chosen = event["selection"] if event else {}
    names = {grid_id(n): n for n in rows.columns}
    numbers = rows.index.to_numpy()
    found = tuple(int(numbers[at]) for at in chosen.get("rows", []) if 0 <= at < len(numbers))
    columns = [names[c] for c in chosen.get("columns", []) if c in names]
    cells = [(int(numbers[at]), names[c]) for at, c in chosen.get("cells", []) if 0 <= at < len(numbers) and c in names]
    return Picked(found, columns[0] if columns else None, cells[0] if cells else None)


def edit(
    rows: pd.DataFrame,
    *,
    key: str,
    alt: str,
    on_change: Callable[..., None],
    args: tuple[Any, ...] = (),
    types: Types | None = None,
    read_only: Sequence[str] = (),
    height: int | None = None,
    rows_too: bool = False,
) -> None:
    """A window of rows to type in; with ``rows_too`` rows are added and deleted, too.

    Nothing comes back: ``on_change`` reads ``st.session_state[key]`` with ``changes_of``.

    Every cell travels as text, since the grid's own numbers and dates change what is typed. Entries stay in the grid until
    the key changes, refused ones too.
    """
    types = types_of(rows) if types is None else types
    config: dict[str, Any] = {"_index": st.column_config.Column("row", pinned=True, width="small")}
    config |= {grid_id(n): _typed_column(n, types.get(n)) for n in rows.columns}
    with st.container(key=f"fixedhead-{key}"):
        st.data_editor(
            _ided(as_text(rows).astype(TEXT)),
            key=key,
            alt=alt,
            height="auto" if height is None else height,
            hide_index=False,
            num_rows="dynamic" if rows_too else "fixed",
            disabled=["_index", *(grid_id(n) for n in read_only)],
            column_config=config,
            placeholder=MISSING,
            on_change=on_change,
            args=args,
        )


def changes_of(
    state: Mapping[str, Any], rows: pd.DataFrame, types: Types | None = None, put_back: bool = False
) -> tuple[list[Edit], list[Refused]]:
    """Entries typed into ``edit``, parsed by the columns' types; the state is the browser's word and is checked.

    Entries that leave a value as it was are in neither list, unless ``put_back`` asks for them. Cells that do not exist are
    ignored.
    """
    types = types_of(rows) if types is None else types
    names = {grid_id(n): n for n in rows.columns}
    accepted, refused = [], []
    for at, cells in state.get("edited_rows", {}).items():
        position = int(at)
        if not 0 <= position < len(rows):
            continue
        old = as_text(rows.iloc[[position]]).iloc[0]
        for column, typed in cells.items():
            name = names.get(column)
            if name is None or name not in types or not (typed is None or isinstance(typed, str)):
                continue
            row = int(rows.index[position])
            try:
                value = write_cell(parse_cell(typed, types[name]), types[name])
            except ParseError as error:
                refused.append(Refused(row, name, typed or "", str(error)))
            else:
                if put_back or value != old[name]:
                    accepted.append(Edit(row, name, old[name], value))
    return accepted, refused


def types_of(rows: pd.DataFrame) -> dict[str, pa.DataType]:
    """The Arrow types of the columns; text for those that are not Arrow-backed."""
    return {str(n): getattr(d, "pyarrow_dtype", pa.large_string()) for n, d in rows.dtypes.items()}


def grid_id(name: str) -> str:
    """The name under which the grid knows a column: its own, unless the grid keeps that for itself."""
    return f"{name} (column)" if name in RESERVED else name


def _shown(rows: pd.DataFrame) -> pd.DataFrame:
    written = all(pd.api.types.is_object_dtype(d) for d in rows.dtypes)
    text = rows.astype(TEXT) if written else as_text(rows).astype(TEXT)
    for name in text.columns:
        lengths = text[name].str.len()
        if (lengths > LONGEST).any():
            text[name] = [f"{v[:LONGEST]}… ({len(v):,} characters)" if isinstance(v, str) and len(v) > LONGEST else v for v in text[name]]
    return _ided(text)


def _ided(text: pd.DataFrame) -> pd.DataFrame:
    return text.set_axis([grid_id(n) for n in text.columns], axis=1).rename_axis(index=None)


def _side(of: pa.DataType | None) -> Literal["left", "right"]:
    return "right" if of is not None and is_number(of) else "left"


def _typed_column(name: str, of: pa.DataType | None) -> Any:
    if of is not None and pa.types.is_boolean(of):
        return st.column_config.SelectboxColumn(name, options=["true", "false"])
    side = _side(of)
    help_text = None if of is None or is_text(of) else "Typed as text and checked: numbers like 1204.5, dates like 2024-05-31."
    return st.column_config.TextColumn(name, alignment=side, help=help_text)


def _shaded(text: pd.DataFrame, mask: pd.DataFrame, css: str) -> Any:
    marks = mask.set_axis(text.columns, axis=1).set_axis(text.index).astype(bool)
    return text.style.apply(lambda _: marks.map(lambda on: css if on else ""), axis=None)
