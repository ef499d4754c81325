"""The figures of a benchmark in the README of this folder, between the marks of its name."""

from collections.abc import Sequence
from pathlib import Path

README = Path(__file__).with_name("README.md")


def put(name: str, lines: Sequence[str], readme: Path = README) -> None:
    """Replace what stands between ``<!-- name: begin -->`` and ``<!-- name: end -->``; ValueError if the marks are not there."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, rest = readme.read_text(encoding="utf-8").split(begin)
    text = "\n".join(lines)
    readme.write_text(f"{before}{begin}\n{text}\n{end}{rest.split(end)[1]}", encoding="utf-8", newline="\n")
