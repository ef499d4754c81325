"""Conditions asked of a table, in three-valued logic: true, false, or null where a value that matters is missing."""

import math
from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from steps import expressions
from steps.arrow import arrow, blank, by_value, decimal_to_float, in_slices, is_date, is_number, is_text, no_nan
from steps.base import WORDS, StepError, holds, numbers, type_of
from steps.conditions.model import DATES, Condition, Group, Test
from steps.conditions.operators import BY_NAME, OPERATORS, ValueKind
from steps.expressions import asks_today, columns, parse
from steps.expressions.compare import COMPARE, compare, nearest, whole_and_double
from steps.expressions.numeric import is_whole
from steps.expressions.spans import Span, given_span, relative_span, spans_of, wall_clock
from steps.grouping import group
from steps.values import PLAIN

Facts = dict[str, tuple[float, float] | None]  # column -> the range outside which a value is extreme; None: no value is
FEWEST = 8  # values below which none is called extreme


def kind_of(of: pa.DataType) -> ValueKind:
    """The kind of values a type holds."""
    if is_text(of):
        return "text"
    return "number" if is_number(of) else "date" if is_date(of) else "boolean"


def fit_condition(condition: Condition, df: pd.DataFrame) -> Facts:
    """What the condition needs to know of the whole table.

    Raises StepError as ``evaluate`` does.
    """
    for test in condition.each():
        _check(test, df)
    return {t.column: _usual(df, t.column) for t in condition.each() if t.op == "extreme"}


def evaluate(condition: Condition, df: pd.DataFrame, facts: Facts | None = None, as_of: date | None = None) -> pa.ChunkedArray:
    """One bool for each row, null where the answer hangs on a missing value.

    ``as_of`` is the day that "in the last 7 days" counts from. Raises StepError if a column is absent, or if it does not
    hold what is compared with it: nothing is converted.
    """
    if facts is None:
        facts = fit_condition(condition, df)
    return _group(condition, df, facts, as_of)


def _group(group: Group, df: pd.DataFrame, facts: Facts, as_of: date | None) -> pa.ChunkedArray:
    answer = None
    for part in group.tests:
        one = _group(part, df, facts, as_of) if isinstance(part, Group) else _test(part, df, facts, as_of)
        join = pc.and_kleene if group.join == "all" else pc.or_kleene
        answer = one if answer is None else join(answer, one)
    if answer is None:
        answer = pa.chunked_array([pa.repeat(pa.scalar(True), len(df))])
    return pc.invert(answer) if group.negate else answer


def _test(test: Test, df: pd.DataFrame, facts: Facts, as_of: date | None) -> pa.ChunkedArray:
    kind = _check(test, df)
    if test.op == "expression":
        answer = _typed(test, df, as_of)
        return pc.invert(answer) if test.negate else answer
    values = arrow(df[test.column])
    special: dict[str, Callable[[], pa.ChunkedArray]] = {
        "missing": values.is_null,
        "not_missing": values.is_valid,
        "blank": lambda: _blank(values),
        "not_blank": lambda: pc.invert(_blank(values)),
        "duplicate": lambda: _repeated(test, df, values),
        "unique": lambda: pc.invert(_repeated(test, df, values)),
        "is_true": lambda: values,
        "is_false": lambda: pc.invert(values),
        "is_integer": lambda: is_whole(values),
        "extreme": lambda: _outside(values, facts.get(test.column)),
    }
    if test.op in special:
        answer = special[test.op]()
    elif kind == "date":
        answer = _dates(test, df, values, as_of)
    elif test.other is not None:
        answer = _columns(test, values, arrow(df[test.other]))
    elif kind == "number":
        answer = _numbers(test, values)
    elif kind == "text":
        answer = _texts(test, values)
    else:
        answer = (pc.equal if test.op == "equals" else pc.not_equal)(values, pa.scalar(test.value, pa.bool_()))
    return pc.invert(answer) if test.negate else answer


def _typed(test: Test, df: pd.DataFrame, as_of: date | None) -> pa.ChunkedArray:
    """The answers of a calculation; what has no answer, such as a division by zero, is unknown."""
    node = parse(str(test.value))
    if as_of is None and asks_today(node):
        raise StepError(f"{test.value} needs the day to count from", remedy='Fill in "As of".')
    made, _ = expressions.evaluate(node, {n: arrow(df[n]) for n in columns(node)}, len(df), as_of)
    return pa.chunked_array([made])


def _check_typed(test: Test, df: pd.DataFrame) -> None:
    """Raise StepError unless the calculation suits the columns and gives yes or no."""
    node = parse(str(test.value))
    for name in columns(node):
        type_of(df, name)
    try:
        expressions.check_condition(node, {n: expressions.kind_of(type_of(df, n)) for n in df.columns})
    except expressions.ExpressionError as error:
        problem = f"The condition {test.value}, character {error.at + 1}: {error.problem}"
        raise StepError(problem, remedy=error.remedy) from error


def _check(test: Test, df: pd.DataFrame) -> ValueKind:
    """The kind of the column asked, if the question suits it and what is given suits both."""
    if test.op == "expression":
        _check_typed(test, df)
        return "boolean"
    of = type_of(df, test.column)
    kind, said = kind_of(of), BY_NAME[test.op].label
    if test.op not in {o.name for o in OPERATORS[kind]}:
        right = next(k for k in OPERATORS if test.op in {o.name for o in OPERATORS[k]})
        make = {"text": "text", "number": "a number", "date": "a date", "boolean": "yes/no"}[right]
        instead = {"equals": "Ask is on.", "not_equals": "Ask is not on."}.get(test.op, "") if kind == "date" else ""
        remedy = instead or f"Make it {make} first with Change column types."
        raise StepError(f'holds {holds(of)}, so "{said}" cannot be asked of it', column=test.column, remedy=remedy)
    for name in test.together:
        type_of(df, name)
    if test.other is not None:
        _check_pair(test, of, type_of(df, test.other))
    elif BY_NAME[test.op].wants in ("value", "column or value", "two values", "list") and not test.op.startswith("length_"):
        for value in (test.value,) if test.value is not None else test.values:
            _check_value(test, value, of, kind)
    return kind


def _check_pair(test: Test, of: pa.DataType, other: pa.DataType) -> None:
    if kind_of(of) != kind_of(other):
        problem = f'holds {holds(of)} and "{test.other}" holds {holds(other)}, so they cannot be compared'
        raise StepError(problem, column=test.column, remedy="Give both the same type first with Change column types.")
    if pa.types.is_timestamp(of) and pa.types.is_timestamp(other) and (of.tz is None) != (other.tz is None):
        zoned = test.other if of.tz is None else test.column
        problem = f'cannot be compared with "{test.other}": only "{zoned}" has a time zone'
        raise StepError(problem, column=test.column, remedy="Give both a time zone, or none.")


def _check_value(test: Test, value: object, of: pa.DataType, kind: ValueKind) -> None:
    fits = {"text": type(value) is str, "number": type(value) in (int, float), "date": False, "boolean": type(value) is bool}[kind]
    if pa.types.is_decimal(of) and isinstance(value, str):
        fits = PLAIN.fullmatch(value) is not None
    if kind == "date" and isinstance(value, str):
        given_span(value, of, test.column)  # says itself what is wrong
        return
    if not fits:
        shown = f'"{value}"' if isinstance(value, str) else {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
        example = {"text": 'Give text, e.g. "open".', "number": "Give a number, e.g. 100.", "date": "Give a date, e.g. 2024-01-31."}
        problem = f"holds {WORDS[kind]}, which cannot be compared with {shown}"
        raise StepError(problem, column=test.column, remedy=example.get(kind, "Give true or false."))


def _blank(values: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.fill_null(by_value(values, blank), True) if is_text(values.type) else values.is_null()


def _repeated(test: Test, df: pd.DataFrame, values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Whether the value occurs in more than one row, unknown where it is missing; or the values of several columns together."""
    if not test.together:
        return _repeats(values, test.case_sensitive)
    columns = [values, *(arrow(df[name]) for name in test.together)]
    if not test.case_sensitive:
        columns = [by_value(c, pc.utf8_lower) if is_text(c.type) else c for c in columns]
    codes = group(columns, len(df)).codes
    return pa.chunked_array([pa.array(np.bincount(codes)[codes] > 1 if len(codes) else codes.astype(bool))])


def _repeats(values: pa.ChunkedArray, case_sensitive: bool) -> pa.ChunkedArray:
    if is_text(values.type) and not case_sensitive:
        values = by_value(values, pc.utf8_lower)
    codes = values.combine_chunks().dictionary_encode()
    at = codes.indices
    counts = np.bincount(at.drop_null().to_numpy(), minlength=len(codes.dictionary))
    return pa.chunked_array([pa.array(counts > 1).take(at)])


def _usual(df: pd.DataFrame, name: str) -> tuple[float, float] | None:
    values = no_nan(arrow(numbers(df, name)))
    if len(values) - values.null_count < FEWEST:
        return None
    low, high = pc.quantile(values, [0.25, 0.75]).to_pylist()
    if not (low < high and math.isfinite(high - low)):
        return None
    return low - 1.5 * (high - low), high + 1.5 * (high - low)


def _outside(values: pa.ChunkedArray, usual: tuple[float, float] | None) -> pa.ChunkedArray:
    if usual is None:
        return pc.if_else(values.is_valid(), False, pa.scalar(None, pa.bool_()))
    return pc.or_(compare("less", values, usual[0]), compare("greater", values, usual[1]))


def _texts(test: Test, values: pa.ChunkedArray) -> pa.ChunkedArray:
    wanted, any_case = test.value, not test.case_sensitive
    if test.op in ("equals", "not_equals", "in", "not_in"):
        options = pa.array([wanted] if wanted is not None else list(test.values), pa.large_string())
        if any_case:
            options, values = pc.utf8_lower(options), pc.utf8_lower(values)
        answer = _one_of(values, options) if len(options) > 1 else pc.equal(values, options[0])
        return pc.invert(answer) if test.op.startswith("not_") else answer
    if test.op.startswith("length_"):
        measure = {"length_is": pc.equal, "length_below": pc.less, "length_above": pc.greater}[test.op]
        return measure(pc.utf8_length(values), pa.scalar(test.value, pa.int64()))
    match = {
        "contains": pc.match_substring, "not_contains": pc.match_substring, "starts": pc.starts_with, "ends": pc.ends_with,
        "regex": pc.match_substring_regex,
    }[test.op]  # fmt: skip
    answer = in_slices(values, lambda some: by_value(some, lambda v: match(v, wanted, ignore_case=any_case)))
    return pc.invert(answer) if test.op == "not_contains" else answer


def _one_of(values: pa.ChunkedArray, options: pa.Array) -> pa.ChunkedArray:
    return in_slices(values, lambda some: pc.if_else(some.is_valid(), pc.is_in(some, options), pa.scalar(None, pa.bool_())))


def _numbers(test: Test, values: pa.ChunkedArray) -> pa.ChunkedArray:
    if test.op == "between":
        low, high = test.values
        return pc.and_kleene(compare("at_least", values, low), compare("at_most", values, high))
    if test.op in ("in", "not_in"):
        exact = [below for v in test.values for below, above in [nearest(v, values.type)] if below == above and below is not None]
        if pa.types.is_floating(values.type) and 0.0 in exact:
            exact += [0.0, -0.0]
        answer = _one_of(values, pa.array(exact, values.type))
        return pc.invert(answer) if test.op == "not_in" else answer
    return compare(test.op, values, test.value)


def _columns(test: Test, a: pa.ChunkedArray, b: pa.ChunkedArray) -> pa.ChunkedArray:
    """Two columns of one kind; an exact decimal against a double is compared as the double it reads as."""
    answer = COMPARE[test.op]
    if is_text(a.type) and not test.case_sensitive:
        return answer(pc.utf8_lower(a), pc.utf8_lower(b))
    kinds = {"float" if pa.types.is_floating(v.type) else "decimal" if pa.types.is_decimal(v.type) else "other" for v in (a, b)}
    if kinds == {"float", "decimal"}:
        a, b = (decimal_to_float(v) if pa.types.is_decimal(v.type) else v for v in (a, b))
    elif kinds == {"float", "other"}:
        return whole_and_double(test.op, a, b)
    elif "decimal" in kinds:
        a, b = (v.cast(pa.decimal256(76, 38)) for v in (a, b))
    return answer(a, b)


def _dates(test: Test, df: pd.DataFrame, values: pa.ChunkedArray, as_of: date | None) -> pa.ChunkedArray:
    """Every date test asks whether a moment lies before, in or after a span of time."""
    if test.unit is not None:
        if as_of is None:
            raise StepError(f'"{BY_NAME[test.op].label}" needs the day to count from', column=test.column, remedy='Fill in "As of".')
        span = relative_span(test.op, test.n or 1, test.unit, as_of)
        return _during(wall_clock(values), span)
    if test.op == "between":
        (low, first), (high, last) = (given_span(str(v), values.type, test.column) for v in test.values)
        return pc.and_kleene(
            pc.greater_equal(wall_clock(values) if first else wall_clock(values, False), low.start),
            pc.less(wall_clock(values) if last else wall_clock(values, False), high.end),
        )
    assert test.op in DATES
    if test.other is not None:
        other = arrow(df[test.other])
        local = pa.types.is_date(values.type) or pa.types.is_date(other.type)
        moments, span = wall_clock(values, local), spans_of(other, local)
        if pa.types.is_date(values.type) and not pa.types.is_date(other.type):  # a day against moments: as the day's span
            return _days_and_moments(test.op, spans_of(values, True), wall_clock(other))
    else:
        span, local = given_span(str(test.value), values.type, test.column)
        moments = wall_clock(values, local)
    return _against(test.op, moments, span)


def _against(op: str, moments: pa.ChunkedArray, span: Span) -> pa.ChunkedArray:
    return {
        "on": lambda: _during(moments, span),
        "not_on": lambda: pc.invert(_during(moments, span)),
        "before": lambda: pc.less(moments, span.start),
        "on_or_before": lambda: pc.less(moments, span.end),
        "after": lambda: pc.greater_equal(moments, span.end),
        "on_or_after": lambda: pc.greater_equal(moments, span.start),
    }[op]()


def _days_and_moments(op: str, days: Span, moments: pa.ChunkedArray) -> pa.ChunkedArray:
    turned = {"before": "after", "on_or_before": "on_or_after", "after": "before", "on_or_after": "on_or_before"}.get(op, op)
    return _against(turned, moments, days)


def _during(moments: pa.ChunkedArray, span: Span) -> pa.ChunkedArray:
    return pc.and_kleene(pc.greater_equal(moments, span.start), pc.less(moments, span.end))
