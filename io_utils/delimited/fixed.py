"""Columns of fixed width: where they begin, and a line cut there."""

from collections.abc import Sequence

GAP = 2  # blank positions between two columns, at least, if nothing else tells where one begins


def find_cuts(lines: Sequence[str]) -> tuple[int, ...]:
    """Where columns begin, if at least three lines are blank at the same places; () if they are not.

    A column begins behind a position that is blank in every line, with at least two spaces before it in some line.
    """
    if len(lines) < 3 or any("\t" in line for line in lines) or sum("  " in line for line in lines) < 0.7 * len(lines):
        return ()
    size = max(map(len, lines))
    filled = [False] * (size + 1)
    for line in lines:
        for at, character in enumerate(line):
            if character != " ":
                filled[at] = True
    starts = [at for at in range(size) if filled[at] and (at == 0 or not filled[at - 1])]
    kept = [at for at in starts if at == starts[0] or sum(line[at - GAP : at] == " " * GAP for line in lines) >= 0.2 * len(lines)]
    enough = all(sum(1 for line in lines if line[at : at + 1].strip()) for at in kept)
    return (0, *kept[1:]) if len(kept) > 1 and enough else ()


def cut(line: str, cuts: Sequence[int]) -> list[str | None]:
    """The cells of a line, without the blanks around them; missing where nothing is left."""
    ends = [*cuts[1:], len(line)]
    return [line[a : max(a, b)].strip(" ") or None for a, b in zip(cuts, ends, strict=True)]
