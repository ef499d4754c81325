"""The lines of a file that are not in the table: to look at, search, download and put back; rows to leave out by number."""

import io
import re

import pandas as pd
import streamlit as st

from io_utils import to_csv
from pipeline.tasks import Loaded
from pipeline.view import SIZE, seen, window
from ui import grid, page_text
from ui.words import count, plain

MOST = 100_000  # numbers in one entry of rows to leave out


def draw(loaded: Loaded) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """The lines left out; the numbers put back and left out by hand if the user changes them, else None."""
    lines, options, key = loaded.set_aside, loaded.options, loaded.key[:12]
    changeable = options.format == "csv" and not loaded.parts
    if not len(lines) and not options.put_back:
        return _more_to_leave_out(loaded) if changeable else None
    with st.expander(f"Left out when loading ({len(lines):,})", icon=":material/playlist_remove:", key=f"left-out-{key}"):
        chosen = _table(lines, key, several=bool(loaded.parts))
        with st.container(horizontal=True):
            if changeable and st.button(
                f"Put {count(len(chosen), 'line')} back" if chosen else "Put lines back",
                key=f"put-back-{key}", icon=":material/undo:", disabled=not chosen, help="Choose lines at their left end first.",
            ):  # fmt: skip
                by_hand = set(options.left_out)
                back = {*options.put_back, *(c for c in chosen if c not in by_hand)}
                return tuple(sorted(back)), tuple(sorted(by_hand - set(chosen)))
            if len(lines):
                st.download_button(
                    "Download these lines", lambda: csv_of(lines), file_name=f"lines left out {key}.csv", mime="text/csv",
                    key=f"left-download-{key}", icon=":material/download:", on_click="ignore",
                )  # fmt: skip
        if options.put_back:
            shown = ", ".join(f"{n:,}" for n in options.put_back[:10]) + (" …" if len(options.put_back) > 10 else "")
            st.caption(f"Put back: {'line' if len(options.put_back) == 1 else 'lines'} {shown}")
            if changeable and st.button("Leave them out again", key=f"put-back-none-{key}"):
                return (), options.left_out
        if changeable:
            return _by_number(loaded)
    return None


def _table(lines: pd.DataFrame, key: str, *, several: bool) -> list[int]:
    """The lines, searched and paged; the numbers of the chosen ones. Where there are several files, each line says its own."""
    where = [name for name in ("file", "sheet") if lines[name].nunique() > (0 if several else 1)]
    shown = lines[[*where, "line", "reason", "text"]]
    shown = shown.set_axis(pd.RangeIndex(1, len(lines) + 1))
    search = st.text_input("Search in these lines", key=f"left-search-{key}", placeholder="text") if len(lines) > 10 else ""
    found = window(shown, search=search, page=st.session_state.get(f"left-page-{key}", 1))
    if found.pages > 1:
        st.number_input("Page", 1, found.pages, key=f"left-page-{key}")
    picked = grid.show(
        found.rows, key=f"left-{key}-{found.page}-{search}", alt="Lines of the file that are not in the table", pick="rows", row_label="",
        height=min(38 + 35 * max(1, len(found.rows)), 430),
    )  # fmt: skip
    page_text.draw(lambda: in_words(found.rows), f"left-{key}", "These lines as text")
    if found.total != len(lines):
        st.caption(f"{count(found.total, 'line')} of {len(lines):,} hold this text.")
    elif found.pages > 1:
        st.caption(f"{SIZE} of {count(len(lines), 'line')}.")
    return [int(n) for n in shown["line"].loc[list(picked.rows)].tolist()]


def in_words(rows: pd.DataFrame) -> list[str]:
    """A line of text for each line left out: its place in the file, why, and how it stands there."""
    places = [name for name in ("file", "sheet") if name in rows.columns]
    return [
        " · ".join([*(str(row[p]) for p in places if pd.notna(row[p])), f"line {row['line']:,}"])
        + f" ({row['reason']}): {page_text.cut(seen(None if pd.isna(row['text']) else str(row['text'])))}"
        for row in rows.to_dict("records")
    ]


def csv_of(lines: pd.DataFrame) -> bytes:
    """The lines as a CSV file that a spreadsheet opens."""
    out = io.BytesIO()
    to_csv(lines, out, spreadsheet=True)
    return out.getvalue()


def _more_to_leave_out(loaded: Loaded) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    with st.expander("Leave out lines", icon=":material/playlist_remove:", key=f"left-out-{loaded.key[:12]}"):
        return _by_number(loaded)


def _by_number(loaded: Loaded) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """Rows to leave out, as numbers typed in."""
    key, options = loaded.key[:12], loaded.options
    with st.container(horizontal=True, vertical_alignment="bottom"):
        typed = st.text_input("Leave out more lines, by their number", key=f"leave-rows-{key}", placeholder="12, 40-45")
        if not st.button("Leave out", key=f"leave-go-{key}", disabled=not typed.strip()):
            return None
    try:
        numbers = numbers_in(typed)
    except ValueError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return None
    absent = [n for n in numbers if n not in loaded.table.index]
    if absent:
        st.error(f"Line {absent[0]:,} is not a row of the table.", icon=":material/error:")
        return None
    return tuple(n for n in options.put_back if n not in numbers), tuple(sorted({*options.left_out, *numbers} - set(options.put_back)))


def numbers_in(typed: str) -> list[int]:
    """The numbers and ranges typed: ``12, 40-45``. Raises ValueError."""
    found: list[int] = []
    for part in re.split(r"[,;\s]+", re.sub(r"\s*[-–]\s*", "-", typed.strip())):
        read = re.fullmatch(r"(\d{1,9})(?:-(\d{1,9}))?", part)
        if read is None:
            raise ValueError(f'"{part}" is no line number. Write numbers and ranges, as 12, 40-45.')
        first, last = int(read[1]), int(read[2] or read[1])
        if last < first or last - first >= MOST:
            raise ValueError(f'"{part}" is no range of at most {MOST:,} lines.')
        found += range(first, last + 1)
    return found
