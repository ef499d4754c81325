"""Charts where people look for them: pictures drawn from counts, each with the same in words."""

import math
from collections.abc import Sequence
from functools import partial

import pandas as pd
import streamlit as st

from pipeline import StepState
from pipeline.charts import Box, Pattern, Spread, box, missing, spread
from steps.arrow import is_number
from steps.outliers import Range
from ui import pictures, state
from ui.shown import Shown
from ui.words import count, plain, share

WIDE, TALL, LINE = 560, 46, 14  # pixels of a picture, of a row of bars in it, and of a line of words
LEFT = 62
MOST_BOXES = 6


def before_after(shown: Shown, before: pd.DataFrame, changed: Sequence[str], key: str) -> None:
    """Folded, for a numeric column that was changed: how its numbers were spread before and are now."""
    names = [n for n in changed if n in before.columns and n in shown.after.columns and _both_numbers(before, shown.after, n)]
    if not names:
        return
    with st.expander("Before and after as a chart", icon=":material/bar_chart:", key=f"spread-{key}", on_change="rerun") as opened:
        if not opened.open:
            return
        name = names[0]
        if len(names) > 1:
            name = st.selectbox("Column", names, key=f"spread-of-{key}", width=320)
        fact = ("spread", shown.key, key, name)
        found = state.work().remember(fact, lambda: spread(before[name], shown.after[name]))
        if found is None:
            st.caption(f"{plain(name)} has no two different numbers before and after to compare.")
            return
        said = in_words(found)
        st.markdown(f"![{plain(said, longest=400)}]({picture(found)})  \n:small[{plain(said, longest=400)}]")


def _both_numbers(before: pd.DataFrame, after: pd.DataFrame, name: str) -> bool:
    return all(is_number(t.dtypes[name].pyarrow_dtype) for t in (before, after))


def in_words(found: Spread) -> str:
    """What the picture of a spread shows."""
    parts = []
    for word, side in (("Before", found.before), ("After", found.after)):
        most = max(range(len(side.counts)), key=side.counts.__getitem__)
        chief = f"most of them ({side.counts[most]:,}) between {_short(side.edges[most])} and {_short(side.edges[most + 1])}"
        parts.append(f"{word}: {count(sum(side.counts), 'number')} from {_short(side.least)} to {_short(side.most)}, {chief}.")
    return " ".join(parts) + ("" if found.alike else " Each has a scale of its own.")


def picture(found: Spread) -> str:
    """Bars of before above bars of after, as tall for as many; on one scale, or each on its own with its ends below it."""
    use, most = pictures.colours(), max(*found.before.counts, *found.after.counts)
    shapes, foot = "", 0
    for word, side, colour in (("before", found.before, "blank"), ("after", found.after, "valid")):
        foot += TALL + 4
        step = (WIDE - LEFT) / len(side.counts)
        tall = [max(TALL * n / most, 1.5) if n else 0.0 for n in side.counts]
        bars = "".join(f"M{LEFT + at * step:.1f} {foot}v-{t:.1f}h{step - 1:.1f}v{t:.1f}z" for at, t in enumerate(tall) if t)
        shapes += _text(0, foot - 4, word) + f'<path d="{bars}" fill="{use[colour]}"/>'
        shapes += f'<path d="M{LEFT} {foot}h{WIDE - LEFT}v1h-{WIDE - LEFT}z" fill="{use["line"]}"/>'
        if side is found.after or not found.alike:
            foot += LINE
            shapes += _text(LEFT, foot, _short(side.edges[0])) + _text(WIDE, foot, _short(side.edges[-1]), "end")
    return pictures.svg(WIDE, foot + 6, shapes)


def boxes(found: StepState, before: pd.DataFrame) -> None:
    """For "Find extreme values": where the usual range of each column lies among its numbers."""
    fitted = found.result.fitted if found.result is not None else None
    if found.step.step != "outliers" or not isinstance(fitted, dict):
        return
    ranges = {n: Range.model_validate(r) for n, r in fitted.items()}
    able = [n for n, r in ranges.items() if n in before.columns and not r.why and not r.groups and not (r.low is None and r.high is None)]
    for name in able[:MOST_BOXES]:
        made = state.work().remember(("box", found.key, name), partial(box, before[name], ranges[name].low, ranges[name].high))
        if made is not None:
            said = plain(box_in_words(made), longest=300)
            st.markdown(f":small[**{plain(name, longest=40)}**]  \n![{said}]({box_picture(made)})  \n:small[{said}]")
    if len(able) > MOST_BOXES:
        st.caption(f"and {count(len(able) - MOST_BOXES, 'column')} more")


def box_in_words(made: Box) -> str:
    """What the picture of a box shows."""
    outside = [
        f"{made.below:,} below, down to {_short(made.least)}" if made.below else "",
        f"{made.above:,} above, up to {_short(made.most)}" if made.above else "",
    ]
    said = ", and ".join(o for o in outside if o)
    return f"Usual: {_short(made.low)} to {_short(made.high)}. " + (f"{said}." if said else "None outside.")


def box_picture(made: Box, width: int = 300) -> str:
    """The box of the middle half with its median, whiskers to the ends of the usual range, and a mark for what lies beyond it.

    A mark farther off than the usual range is wide stands at the edge, behind a gap in the scale: else the box would be a line.
    """
    use, tall = pictures.colours(), 30
    room = (made.high - made.low) / 2 or math.inf
    low, high = max(made.least, min(made.low - room, made.quartiles[0])), min(made.most, max(made.high + room, made.quartiles[2]))
    ends = max(made.low, made.least), min(made.high, made.most)

    def x(value: float) -> float:
        return 4 + (width - 8) * ((value - low) / (high - low) if high > low else 0.5)

    first, middle, third = made.quartiles
    line = f"M{x(ends[0]):.1f} 15H{x(ends[1]):.1f}M{x(ends[0]):.1f} 9v12M{x(ends[1]):.1f} 9v12"
    shapes = f'<path d="{line}" stroke="{use["bar"]}" stroke-width="1.5" fill="none"/>'
    shapes += f'<rect x="{x(first):.1f}" y="5" width="{max(x(third) - x(first), 2):.1f}" height="20" rx="2" fill="{use["bar"]}"/>'
    shapes += f'<rect x="{x(middle) - 1:.1f}" y="5" width="2" height="20" fill="{use["line"]}"/>'
    for there, end, shown in ((made.below, made.least, low), (made.above, made.most, high)):
        if there:
            shapes += f'<path d="M{x(shown) - 3:.1f} 12l6 6m0 -6l-6 6" stroke="{use["problem"]}" stroke-width="1.8"/>'
        if there and end != shown:
            gap = x(shown) + (12 if shown == low else -12)
            shapes += f'<path d="M{gap - 4:.1f} 20l4 -10m2 10l4 -10" stroke="{use["missing"]}" stroke-width="1.5"/>'
    return pictures.svg(width, tall, shapes)


def missing_together(shown: Shown) -> None:
    """Folded: which columns are missing in the same rows."""
    key = f"together-{shown.key[:12]}"
    with st.expander("Rows with missing values", icon=":material/grid_view:", key=key, on_change="rerun") as opened:
        if not opened.open:
            return
        found, patterns = state.work().remember(("missing-together", shown.key), lambda: missing(shown.after))
        rows = len(shown.after)
        if not any(p.columns for p in found):
            st.caption("No value is missing." if rows else "The table has no rows.")
            return
        lines = [f"| {p.rows:,} | {share(p.rows, rows)} | ![]({pictures.share(p.rows, rows, 90)}) | {_columns_of(p)} |" for p in found]
        st.markdown("\n".join(["| Rows | Share | | Missing in them |", "|---:|---:|---|---|", *lines]))
        if patterns > len(found):
            st.caption(f"and {count(patterns - len(found), 'other combination')}")


def _columns_of(pattern: Pattern) -> str:
    if not pattern.columns:
        return "nothing"
    more = len(pattern.columns) - 6
    return ", ".join(plain(n, longest=30) for n in pattern.columns[:6]) + (f" and {count(more, 'other column')}" if more > 0 else "")


def rows_by_step(names: Sequence[str], rows: Sequence[int]) -> None:
    """How many rows there are after each step, where that changes."""
    if len(set(rows)) < 2:
        return
    most = max(*rows, 1)
    lines = [
        f"| {at} {plain(name, longest=40)} | {n:,} | ![]({pictures.share(n, most, 260, 12)}) |"
        for at, (name, n) in enumerate(zip(names, rows, strict=True)) if at == 0 or n != rows[at - 1]
    ]  # fmt: skip
    with st.expander("Rows by step", icon=":material/bar_chart:", key="rows-by-step"):
        st.markdown("\n".join(["| After step | Rows | |", "|---|---:|---|", *lines]))
        if len(lines) < len(rows):
            st.caption("The other steps keep the number of rows.")


def _text(x: float, y: float, said: str, anchor: str = "start") -> str:
    look = f'font-family="sans-serif" font-size="11" fill="{pictures.words_colour()}"'
    return f'<text x="{x}" y="{y}" {look} text-anchor="{anchor}">{said}</text>'


def _short(value: float) -> str:
    return f"{value:,.6g}"
