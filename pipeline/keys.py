"""Keys that name a result exactly: the same input, step, settings and program give the same key."""

import hashlib
import inspect
import json
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pandas as pd
import pyarrow as pa
from pydantic import BaseModel, JsonValue

from io_utils import ReadOptions
from steps import catalogue
from steps.base import Step

ENGINE = ("run", "apply", "where", "settle", "changes", "results", "parse", "view", "recipe")


def digest(*parts: JsonValue) -> str:
    """A short SHA-256 over JSON values."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()[:40]


@cache
def program() -> str:
    """Digest of what every result depends on: the engine's and the steps' common source, pandas and pyarrow."""
    here, shared = Path(__file__).parent, Path(inspect.getfile(Step)).parent
    modules = {inspect.getfile(step) for step in catalogue.values()}  # each step's own source is in its own key
    files = [here / f"{name}.py" for name in ENGINE] + sorted(f for f in shared.rglob("*.py") if str(f) not in modules)
    sources = [hashlib.sha256(f.read_bytes()).hexdigest() for f in files]
    return digest(*sources, pd.__version__, pa.__version__)


@cache
def reader() -> str:
    """Digest of the source that reads files."""
    return digest(*(hashlib.sha256(f.read_bytes()).hexdigest() for f in sorted(Path(inspect.getfile(ReadOptions)).parent.rglob("*.py"))))


@cache
def source_of(step: type[Step]) -> str:
    """Digest of the source of the step's module."""
    return hashlib.sha256(inspect.getsource(sys.modules[step.__module__]).encode()).hexdigest()


def reading_key(file_digest: str, file_name: str, options: ReadOptions | None, person: str = "local") -> str:
    """The key of a table as read: who, which bytes, called what, read how (None: as detected), by which program."""
    return digest("reading", person, file_digest, file_name, options.key() if options else "detect", reader(), program())


def stack_key(parts: Sequence[str], options: BaseModel) -> str:
    """The key of a table that is stacked from readings with these keys."""
    return digest("stack", list(parts), options.model_dump(mode="json"))


@cache
def profiler() -> str:
    """Digest of the source that looks at columns, with what it builds on."""
    here = Path(__file__).parent
    files = [here / "profile.py", here / "shapes.py", *sorted((here / "suggestions").glob("*.py"))]
    return digest(program(), *(hashlib.sha256(f.read_bytes()).hexdigest() for f in files))
