"""Words of the page: counts with units, sizes, times, and text from files made safe for labels and markdown."""

import re
from datetime import datetime

from pipeline.view import signs

LONGEST = 80  # characters of a file's text in a sentence
SPECIAL = frozenset("\\`*_{}[]()#+-.!|~:$<>&@=^\"'")
JOINER = "\u2060"  # zero width, forbids a break
# What the page would still make an emoji, an arrow or a link of, escaped or not: a joiner after it keeps it as it stands.
TURNED = re.compile(r":(?=(?!\d\d:)[\w+\-/]+:)|:(?=//)|[-<>=~](?=[-<>=])|www(?=\.)|(?<=[\w.+-])@(?=\w)", re.IGNORECASE)


def plain(text: object, longest: int = LONGEST) -> str:
    """Text from a file as it stands, safe in markdown and labels: signs escaped, hidden characters shown, cut with "…"."""
    written = str(text)
    if len(written) > longest:
        written = written[: longest - 1].rstrip() + "…"
    shown = TURNED.sub(lambda found: found[0] + JOINER, "".join(signs(c) for c in written))
    return "".join(f"\\{c}" if c in SPECIAL else c for c in shown)


def count(n: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun: "1 row", "1,204 rows"."""
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"


def share(part: int, whole: int) -> str:
    """A part in words that never round to all or nothing: "12 %", "under 1 %", "over 99 %"."""
    if part in (0, whole):
        return "0 %" if part == 0 else "100 %"
    percent = 100 * part / whole
    if percent < 1:
        return "under 1 %"
    return "over 99 %" if percent > 99 else f"{percent:.0f} %"


ROOM = 22  # signs of a badge beside which a step's name can still be read


def badge(
    *,
    cells: int = 0,
    removed: int = 0,
    added: int = 0,
    columns_added: int = 0,
    columns_removed: int = 0,
    moved: int = 0,
    renamed: int = 0,
    columns_moved: bool = False,
) -> str:
    """What a step did, for its card, always with a unit: "412 cells", "−12 rows", "+1 column", "no effect"; the chief part if much."""
    parts = [
        f"−{count(removed, 'row')}" if removed else "",
        f"+{count(added, 'row')}" if added else "",
        f"−{count(columns_removed, 'column')}" if columns_removed else "",
        f"+{count(columns_added, 'column')}" if columns_added else "",
        count(cells, "cell") if cells else "",
        f"{count(moved, 'row')} moved" if moved and not (cells or removed or added) else "",
        f"{count(renamed, 'new name')}" if renamed else "",
    ]
    said = [part for part in parts if part] or (["columns moved"] if columns_moved else ["no effect"])
    most = next((n for n in range(len(said), 1, -1) if len(" · ".join(said[:n])) <= ROOM), 1)
    return " · ".join(said[:most] + (["…"] if most < len(said) else []))


def size(n: int) -> str:
    """Bytes as people say them: "812 bytes", "3.4 KB", "1.2 GB" (of 1,000)."""
    if n < 1000:
        return count(n, "byte")
    for unit in ("KB", "MB", "GB"):
        n_unit = n / 1000 ** (("KB", "MB", "GB").index(unit) + 1)
        if n_unit < 999.5 or unit == "GB":
            return f"{n_unit:.1f} {unit}" if n_unit < 10 else f"{n_unit:,.0f} {unit}"
    raise AssertionError


def when(moment: datetime, now: datetime) -> str:
    """A moment as seen from now: "11:04", "yesterday 11:04", "3 March", "3 March 2024"."""
    days = (now.date() - moment.date()).days
    clock = f"{moment:%H:%M}"
    if days == 0:
        return clock
    if days == 1:
        return f"yesterday {clock}"
    return f"{moment.day} {moment:%B}" + ("" if moment.year == now.year else f" {moment.year}")
