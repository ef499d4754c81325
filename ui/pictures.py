"""Small pictures of a column, drawn here as SVG from numbers alone: how much is filled, and how its values are spread."""

from urllib.parse import quote

import streamlit as st

from pipeline.profile import ColumnProfile

WIDE, TALL = 124, 32  # the grid draws a picture as tall as its line, whatever its own size
LIGHT = {"valid": "#0f766e", "missing": "#c3ccd4", "blank": "#8c99a6", "problem": "#c2410c", "bar": "#2f6fb5", "line": "#d5dce2"}
DARK = {"valid": "#2dd4bf", "missing": "#46525f", "blank": "#7b8895", "problem": "#fb923c", "bar": "#6aa8ea", "line": "#33404d"}


def colours() -> dict[str, str]:
    """The colours of the theme the page is shown in."""
    return DARK if st.context.theme.type == "dark" else LIGHT


def filled(made: ColumnProfile, width: int = WIDE, height: int = TALL, bar: int = 12) -> str:
    """A bar of valid, missing, blank and unusable values; a part that is not nothing is at least two pixels wide."""
    use = colours()
    parts = [("valid", made.valid), ("problem", made.problems), ("blank", made.blank), ("missing", made.missing)]
    there = [(name, n) for name, n in parts if n]
    small = 3.0
    room = width - small * len(there)
    shapes, x = [], 0.0
    for name, n in there:
        wide = small + room * n / max(made.rows, 1)
        shapes.append(f'<rect x="{x:.1f}" width="{wide:.1f}" height="{bar}" fill="{use[name]}"/>')
        if name in ("missing", "problem"):  # told apart without colour, too
            sign = "M0 6L6 0" if name == "missing" else "M0 0L6 6M0 6L6 0"
            shapes.append(f'<rect x="{x:.1f}" width="{wide:.1f}" height="{bar}" fill="url(#{name})"/>')
            shapes.insert(0, _hatch(name, sign))
        x += wide
    cut = f'<clipPath id="cut"><rect width="{width}" height="{bar}" rx="3"/></clipPath>'
    return svg(width, height, f'{cut}<g transform="translate(0 {(height - bar) / 2})"><g clip-path="url(#cut)">{"".join(shapes)}</g></g>')


def _hatch(name: str, sign: str) -> str:
    colour = "#ffffff" if colours() is LIGHT else "#10161d"
    return (
        f'<pattern id="{name}" width="6" height="6" patternUnits="userSpaceOnUse">'
        f'<path d="{sign}" stroke="{colour}" stroke-width="1" stroke-opacity="0.6"/></pattern>'
    )


def spread(made: ColumnProfile, width: int = WIDE, height: int = TALL) -> str | None:
    """Bars of the ranges, or of the commonest values; None where all values differ or there is none."""
    counts = [b.count for b in made.bins] or ([t.count for t in made.top] if repeats(made) else [])
    if not counts:
        return None
    use, step = colours(), width / max(len(counts), 8)
    gap = 0.5 if made.bins else 2
    bars = ""
    for at, n in enumerate(counts):
        tall = max((height - 2) * n / max(counts), 1.5) if n else 0
        bars += f"M{at * step:.1f} {height - 1}v-{tall:.1f}h{step - gap:.1f}v{tall:.1f}z"
    line = f'<path d="M0 {height - 1}h{width}v1h-{width}z" fill="{use["line"]}"/>'
    return svg(width, height, f'{line}<path d="{bars}" fill="{use["bar"]}"/>')


def repeats(made: ColumnProfile) -> bool:
    """Whether values occur often enough that the commonest ones say something."""
    return bool(made.top) and made.top[0].count > 1 and 2 * made.different <= made.valid + made.problems


def share(part: int, whole: int, width: int = 90, height: int = 9) -> str:
    """A bar of a part of a whole."""
    use, long = colours(), max(width * part / max(whole, 1), 1.5) if part else 0
    return svg(
        width,
        height,
        f'<rect width="{width}" height="{height}" rx="2" fill="{use["line"]}"/><rect width="{long:.1f}" height="{height}" rx="2" '
        f'fill="{use["bar"]}"/>',
    )


def words_colour() -> str:
    """The colour of words in a picture."""
    return "#a3afba" if colours() is DARK else "#5a6570"


def svg(width: int, height: int, inside: str) -> str:
    """The address of a picture that holds its own drawing."""
    picture = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">{inside}</svg>'
    return f"data:image/svg+xml;utf8,{quote(picture)}"
