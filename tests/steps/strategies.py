"""Tables as the reader makes them, and parameters for any step, drawn from the types of its fields."""

import typing
from datetime import UTC, date, datetime
from decimal import Decimal

import pandas as pd
import pyarrow as pa
from hypothesis import assume
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from steps.base import Columns, Kind, Role, Step, is_kind
from steps.conditions import Group, Test, kind_of, operators
from steps.conditions.operators import REPEATS
from steps.values import shortest

DAY = date(2024, 2, 29)
NAMES = [
    "amount", "Unit Price (€)", " id ", "{n}", "a]b", "[a]", 'say "so"', "back\\slash", "Ärger", "1", "index", "reason", "row", "$x^2",
    "a\nb", "column", "n", "NA", "😀 price", "x" * 300,
]  # fmt: skip
TEXTS = [
    "", " ", "a", "B", " a ", "a  b", "x\u00a0y", "\u200b", "007", "12", "12.50", "-3", "1e5", "true", "2024-02-29", "2024-02-30",
    "2024-02-29 10:00", "9007199254740993", "n/a", "{n}", "[a]", 'a "b", c', "Zoë", "line\nbreak", "\t", "5 to 10", "café",
]  # fmt: skip
MOMENTS = [datetime(2024, 2, 29), datetime(2024, 3, 1, 23, 59, 59, 999999), datetime(1500, 1, 1, 12), datetime(2024, 10, 27, 0, 30)]
VALUES: dict[pa.DataType, st.SearchStrategy] = {
    pa.large_string(): st.sampled_from(TEXTS) | st.text("ab {}\u00a0", max_size=4),
    pa.int64(): st.sampled_from([0, 1, -1, 2, 2**53 + 1, 2**60 + 1, -(2**63), 2**63 - 1]) | st.integers(-100, 100),
    pa.float64(): st.sampled_from([0.0, -0.0, 0.1, 1.0, -2.5, 1e15, 1e22, 1e-7, 1e300]) | st.floats(-1e6, 1e6),
    pa.bool_(): st.booleans(),
    pa.date32(): st.sampled_from([DAY, date(1500, 1, 1), date(2024, 2, 28), date(2023, 12, 31), date(9999, 12, 31)]),
    pa.timestamp("us"): st.sampled_from(MOMENTS),
    pa.timestamp("us", "Europe/Berlin"): st.sampled_from([m.replace(tzinfo=UTC) for m in MOMENTS[:2]]),
    pa.decimal128(38, 2): st.sampled_from([Decimal("0.35"), Decimal("-1.00"), Decimal("12345678901234567890.12"), Decimal("0.00")]),
}


def table(columns: dict[str, tuple[pa.DataType, list]], rows: list[int] | None = None) -> pd.DataFrame:
    """A table of typed columns with row numbers, from 2 on if not given."""
    length = max((len(v) for _, v in columns.values()), default=0)
    index = pd.Index(rows if rows is not None else range(2, 2 + length), dtype="int64")
    made = {n: pd.Series(pa.chunked_array([pa.array(v, t)]), dtype=pd.ArrowDtype(t), index=index) for n, (t, v) in columns.items()}
    return pd.DataFrame(made, index=index, columns=list(columns))


@st.composite
def tables(draw: st.DrawFn, max_rows: int = 6, always: tuple[pa.DataType, ...] = ()) -> pd.DataFrame:
    """Up to five columns of every type, empty, of one row, all missing, constant or repeating, row numbers with gaps."""
    size = draw(st.sampled_from([0, 1, *range(2, max_rows + 1), max_rows, max_rows]))
    rows = draw(st.lists(st.integers(1, 99), min_size=size, max_size=size, unique=True))
    columns = {}
    names = draw(st.lists(st.sampled_from(NAMES), min_size=max(1, len(always)), max_size=5, unique=True))
    for at, name in enumerate(names):
        of = always[at] if at < len(always) else draw(st.sampled_from(list(VALUES)))
        shape = draw(st.sampled_from(["any", "any", "any", "missing", "constant", "repeats"]))
        one = {
            "any": st.none() | VALUES[of],
            "missing": st.none(),
            "constant": st.just(draw(VALUES[of])),
            "repeats": st.sampled_from([draw(VALUES[of]), draw(VALUES[of]), None]),
        }[shape]
        columns[name] = (of, draw(st.lists(one, min_size=size, max_size=size)))
    return table(columns, rows if draw(st.booleans()) else sorted(rows))


def given_for(of: pa.DataType) -> st.SearchStrategy:
    """Values to compare a column with, as a condition takes them."""
    kind = kind_of(of)
    if kind == "text":
        return st.sampled_from(TEXTS)
    if kind == "number":
        return st.sampled_from([0, 1, -1, 2.5, 0.1, 2**53 + 1, 2**70, -1e300, 1e22])
    if kind == "boolean":
        return st.booleans()
    moments = [] if pa.types.is_date(of) else ["2024-02-29 10:00", "2024-03-01 23:59:59.999999"]
    return st.sampled_from(["2024-02-29", "1500-01-01", "9999-12-31", *moments])


@st.composite
def questions(draw: st.DrawFn, df: pd.DataFrame) -> Test:
    """One question that suits a column of the table."""
    name = draw(st.sampled_from(list(df.columns)))
    of = df.dtypes[name].pyarrow_dtype
    op = draw(st.sampled_from(operators(kind_of(of))))
    value = given_for(of)
    if op.name == "regex":
        value = st.sampled_from(["a", "^[ab]+$", r"\d", "(?i)B", ".*"])
    if op.name.startswith("length_"):
        value = st.integers(0, 3)
    same = [n for n in df.columns if df.dtypes[n] == df.dtypes[name]]
    fields: dict[str, typing.Any] = {
        "nothing": {},
        "value": {"value": draw(value)},
        "column or value": draw(st.sampled_from([{"value": draw(value)}, {"other": draw(st.sampled_from(same))}])),
        "two values": {"values": (draw(value), draw(value))},
        "list": {"values": tuple(draw(st.lists(value, min_size=1, max_size=3)))},
        "n unit": {"n": draw(st.integers(1, 40)), "unit": draw(UNIT)},
        "unit": {"unit": draw(UNIT)},
    }[op.wants]
    if op.name in REPEATS:
        fields = {"values": tuple(draw(st.lists(st.sampled_from(list(df.columns)), max_size=2)))}
    case = draw(st.booleans()) if kind_of(of) == "text" else True
    return Test(column=name, op=op.name, negate=draw(st.booleans()), case_sensitive=case, **fields)


UNIT = st.sampled_from(["days", "weeks", "months", "quarters", "years"])


TYPED = ['{0} & "x" <> "ax"', "ISBLANK(TEXT({0}))", "TODAY() < #2024-05-01#", "IF(ISMISSING({0}), MISSING(), TRUE)"]


def typed(df: pd.DataFrame) -> st.SearchStrategy[Test]:
    """Typed calculations that give yes or no, whatever the column holds."""
    names = st.sampled_from([f"[{n.replace(']', ']]')}]" for n in df.columns])
    form = st.builds(lambda text, name: text.replace("{0}", name), st.sampled_from(TYPED), names)
    return st.builds(lambda text, negate: Test(op="expression", value=text, negate=negate), form, st.booleans())


def conditions(df: pd.DataFrame) -> st.SearchStrategy[Group]:
    """Nested conditions on the table, with OR groups and NOT."""
    group = lambda part: st.builds(  # noqa: E731
        Group, join=st.sampled_from(["all", "any"]), negate=st.booleans(), tests=st.lists(part, min_size=1, max_size=3).map(tuple)
    )
    return group(st.recursive(st.one_of(questions(df), questions(df), questions(df), typed(df)), group, max_leaves=4))


def expressions(df: pd.DataFrame) -> st.SearchStrategy[str]:
    """Calculations on the table's columns; some suit their types."""
    one = st.sampled_from([f"[{n.replace(']', ']]')}]" for n in df.columns])
    forms = [
        "{0} & {1}", "{0} / {1}", "{0} + {1}", "{0} * {1} - 3", "COALESCE({0}, {1})", "IF({0} = {1}, 1, 2)", "IFMISSING({0}, {1})",
        "ISBLANK({0})", "TEXT({0})", "LEFT({0}, 2)", "VALUE({0})", "YEAR({0})", "MOD({0}, {1})", "ROUND({0}, 1)", "EDATE({0}, 1)",
        "TODAY() - {0}", "-{0}", "{0} < {1}", "TRIM({0})", "{0}", "{0} + 1", "1 / 0", "MISSING()", "CONCAT({0}, 2^3)",
    ]  # fmt: skip
    return st.builds(lambda form, a, b: form.replace("{0}", a).replace("{1}", b), st.sampled_from(forms), one, one)


def choices(df: pd.DataFrame, usual: Kind) -> st.SearchStrategy[Columns]:
    """Choices of columns by name, or by kind and pattern, with exceptions; mostly of the kind that the step is for."""
    fitting = [n for n in df.columns if is_kind(df, n, usual)]
    names = st.lists(st.sampled_from(list(df.columns)), max_size=3).map(tuple)
    if fitting:
        suits = st.lists(st.sampled_from(fitting), min_size=1, max_size=3).map(tuple)
        names = st.one_of(suits, suits, suits, names)
    by_kind = st.builds(
        Columns,
        kind=st.sampled_from([usual] * 5 + ["all"]),
        pattern=st.sampled_from([None, None, None, None, "a", "^.$"]),
        exclude=st.just(()) | st.lists(st.sampled_from(list(df.columns)), max_size=1).map(tuple),
    )
    by_name = st.builds(Columns, names=names)
    return st.one_of(by_name, by_name, by_kind)


def cells(df: pd.DataFrame) -> st.SearchStrategy[str | None]:
    """Text of cells of the table, and other text."""
    found = [v for n in df.columns for v in shortest(pa.chunked_array(df[n])).to_pylist()]
    return st.sampled_from([*found, None, "1", "x", "2024-01-31"])


def field(df: pd.DataFrame, name: str, of: typing.Any, marks: tuple = ()) -> st.SearchStrategy:
    """Values for one field of a step, by its type."""
    origin, args = typing.get_origin(of), typing.get_args(of)
    if origin is typing.Annotated:
        return field(df, name, args[0], args[1:])
    if Role("other column") in marks:  # the second table's
        return st.sampled_from([*(others["other"].columns if others else df.columns)] * 3 + ["absent"])
    if any(isinstance(m, Role) for m in marks):
        return st.just("other") if Role("table") in marks else st.sampled_from([*df.columns] * 3 + ["absent"])
    if origin is typing.Literal:
        return st.sampled_from(args)
    if origin in (typing.Union, type(int | None)):
        return st.one_of(*(field(df, name, a) for a in args))
    if of is Group:
        return conditions(df)
    if name == "expression":
        return expressions(df)
    if name == "zone":
        return st.sampled_from(["UTC", "Europe/Berlin", "no such zone"])
    if origin is dict:
        return st.dictionaries(st.sampled_from([*df.columns, "absent"]), field(df, name, args[1]), min_size=1, max_size=4)
    if origin in (list, tuple):
        if name == "keys" and not (isinstance(args[0], type) and issubclass(args[0], BaseModel)):
            return st.lists(st.sampled_from(list(df.columns)), max_size=1, unique=True).map(tuple)
        return st.lists(field(df, name, args[0]), min_size=1, max_size=3 if origin is list else 1).map(origin)
    if isinstance(of, type) and issubclass(of, BaseModel):
        return models(df, of)
    if name in ("row", "after"):
        return st.sampled_from([*df.index.tolist(), 1000])
    plain = {
        bool: st.booleans(), int: st.integers(0, 3), float: st.sampled_from([0.0, 1.0, 50.0]), date: st.just(DAY), type(None): st.none(),
        str: cells(df).map(lambda v: v or "z"),
    }  # fmt: skip
    return plain[of]


def models(df: pd.DataFrame, model: type[BaseModel]) -> st.SearchStrategy:
    """Instances of a step or of a part of one; a field may keep its default. Refused combinations are drawn again."""

    @st.composite
    def build(draw: st.DrawFn) -> BaseModel:
        given = {}
        for name, info in model.model_fields.items():
            of = typing.Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation
            wanted = info.is_required() or draw(st.sampled_from([True, True, True, False]))
            if of is Columns and wanted:
                given[name] = draw(choices(df, info.default.kind))
            elif wanted:
                given[name] = draw(field(df, name, of))
        try:
            return model(**given)
        except ValidationError:
            assume(False)
            raise

    return build()


others: dict[str, pd.DataFrame] = {}  # what the example at hand drew for steps that read another table


@st.composite
def second_tables(draw: st.DrawFn, df: pd.DataFrame) -> pd.DataFrame:
    """A table to look up in or to compare with: rows of the first one, some more than once, and rows of its own."""
    at = draw(st.lists(st.sampled_from(range(len(df))), max_size=5)) if len(df) else []
    names = draw(st.permutations(list(df.columns)))
    columns = {}
    for name in [*names[: draw(st.integers(1, len(names)))], *(["more"] if draw(st.booleans()) else [])]:
        of = df.dtypes[name].pyarrow_dtype if name in df.columns else pa.int64()
        known = [v for n in df.columns if n == name for v in pa.chunked_array(df[n]).to_pylist()] or [None]
        columns[name] = (of, [known[i % len(known)] for i in at] + [draw(st.none() | VALUES[of])])
    return table(columns)


def reads_tables(kind: type[Step]) -> bool:
    """Whether a step takes the project's other tables."""
    return any(isinstance(m, Role) and m.of == "table" for f in kind.model_fields.values() for m in f.metadata)


def given_tables(step: Step) -> tuple[dict[str, pd.DataFrame], ...]:
    """The last argument of ``fit`` and ``apply``, for steps that take the other tables."""
    return (others,) if reads_tables(type(step)) else ()


def fit(step: Step, df: pd.DataFrame) -> typing.Any:
    """What the step fits, as the engine asks for it."""
    return None if type(step).fit is Step.fit else step.fit(df, *given_tables(step))


@st.composite
def runs(draw: st.DrawFn, kind: type[Step]) -> tuple[Step, pd.DataFrame]:
    """A step with drawn parameters, and a table for it; ``others`` holds the second table."""
    df = draw(tables(always=(pa.large_string(), draw(st.sampled_from([pa.float64(), pa.int64(), pa.decimal128(38, 2)])))))
    others.clear()
    if reads_tables(kind):
        others["other"] = draw(second_tables(df))
    return draw(models(df, kind)).for_day(DAY), df
