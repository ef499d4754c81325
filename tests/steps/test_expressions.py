"""The language of calculated columns: read and written, its functions, and against a slow evaluation row by row."""

from datetime import date, datetime

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steps import catalogue
from steps.expressions import FUNCTIONS, Call, Column, ExpressionError, Literal, check, evaluate, parse, to_text
from steps.expressions.elsewhere import LABELS
from steps.values import shortest

TYPES = {"Unit Price": "number", "n": "integer", "t": "text", "d": "date", "a]b": "text", "ok": "yes_no"}
READ = {  # written -> the same with every bracket it stands for
    "-2^2": "(-2)^2", "2^3^2": "(2^3)^2", "1 + 2 * 3": "1 + (2 * 3)", "1 - 2 - 3": "(1 - 2) - 3", "= 1 & 2 + 3": "1 & (2 + 3)",
    "1 < 2 = 3 < 4": "((1 < 2) = 3) < 4", "50% * 2": "(50%) * 2", "-5%": "-(5%)", "if(true, 1, .5)": "IF(TRUE, 1, 0.5)", "+3": "3",
}  # fmt: skip
ERRORS = {
    "no such function": ("1 + SUMM(2)", "character 5: there is no function SUMM. Did you mean SUM?"),
    "looked up": ("XLOOKUP([t], 1)", 'character 1: there is no function XLOOKUP. Add the step "Look up from another table" for it.'),
    "summed by group": (
        "1 + sumif([n])",
        'character 5: there is no function sumif. Add the step "Running total, row above, rank, total by group" for it.',
    ),
    "called otherwise": ("ISERROR(1 / 0)", "character 1: there is no function ISERROR. Write ISMISSING(value)."),
    "nothing like it": ("QQ(1)", 'character 1: there is no function QQ. The list "Functions" has them all.'),
    "no such column": ("[unit prise] * 2", "character 1: there is no column [unit prise]. Did you mean [Unit Price]?"),
    "semicolon": ("IF([ok]; 1, 2)", "character 8: ; cannot be used here. Write a comma between the parts."),
    "open bracket": ("(1 + 2", "character 7: the bracket opened at character 1 is not closed before the end. "
                     "Write ) here, or a comma between two parts."),
    "open quote": ('"abc', 'character 1: " cannot be used here. The text has no closing quote. Write a quote inside text twice.'),
    "nothing": ("=", "character 2: a value is missing before the end. Write a number, a [Column], a text in quotes or a function."),
    "two values": ("1 2", "character 3: 2 cannot follow here. Put an operator such as + or & between two values."),
    "bare word": ("price", "character 1: price alone means nothing. Write [price] for a column, or quotes around text."),
    "no date": ("#2024-02-30#", 'character 1: "2024-02-30" is not a date. Write it like 2024-01-31.'),
    "too few": ("MOD(1)", "character 1: MOD is given 1 value. Write it like MOD(number, divisor)."),
    "text plus": ("[t] + 1", "character 1: + needs numbers, and [t] is text. Write VALUE([t])."),
    "text of a number": ("LEFT([n], 2)", "character 6: LEFT needs text here, and [n] is whole numbers. Write TEXT([n])."),
    "date against text": ('[d] > "2024-01-01"', "character 5: dates cannot be compared with text. Write dates like #2024-01-31#."),
    "two kinds": ('IF([ok], 1, "x")',
                  "character 1: IF would give both whole numbers and text. Make them the same, e.g. with TEXT or VALUE."),
    "fraction of characters": ('LEFT([t], 1.5)', "character 11: LEFT needs a whole number here, and 1.5 is numbers. Write INT(1.5)."),
    "format": ('TEXT([n], "abc")', 'character 11: the format "abc" is not known. Write one like "0.00", "#,##0" or "0%".'),
    "too large": ("9223372036854775808", "character 1: 9223372036854775808 is too large for a whole number. "
                  "The largest is 9223372036854775807."),
    "too deep": ("(" * 200 + "1" + ")" * 200,
                 "character 102: too many brackets inside each other. Calculate a part in a column of its own."),
}  # fmt: skip


@pytest.mark.parametrize(("text", "bracketed"), READ.items())
def test_reads_by_excels_precedence(text, bracketed):
    assert parse(text) == parse(bracketed)


@pytest.mark.parametrize(("text", "message"), ERRORS.values(), ids=ERRORS)
def test_says_where_it_goes_wrong(text, message):
    with pytest.raises(ExpressionError) as caught:
        check(parse(text), TYPES)
    assert str(caught.value) == message


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_an_example_gives_what_it_says(function):
    made, _ = evaluate(parse(function.example), {}, 2, date(2024, 5, 1))
    assert shortest(made).to_pylist() == [function.result] * 2
    assert function.signature.startswith(f"{function.name}(")
    assert function.sentence.endswith(".")


def test_steps_named_in_place_of_a_function_are_there():
    assert set(LABELS) <= {kind.label for kind in catalogue.values()}


WORKED_OUT = {  # with i = 1, 2, 2^62 and x = 2, missing, 1.5e308: results, what is listed
    "AVERAGE([i], [x])": ([1.5, None, 7.5e307], []),
    "AVERAGE([i], [i])": ([1.0, 2.0, float(2**62)], []),
    "AVERAGE([x], [x])": ([2.0, None, None], ["the sum is too large"]),
    "EXP([i] - 1)": ([1.0, 2.718281828459045, None], ["the result is too large"]),
}


@pytest.mark.parametrize(("text", "expected"), WORKED_OUT.items())
def test_averages_and_powers_of_e(text, expected):
    columns = {"i": pa.chunked_array([[1, 2, 2**62]]), "x": pa.chunked_array([[2.0, None, 1.5e308]])}
    made, notes = evaluate(parse(text), columns, 3)
    assert made.to_pylist() == expected[0]
    assert [reason for _, reason, _ in notes.fails] == expected[1]


LITERALS = st.builds(Literal, st.one_of(
    st.integers(0, 2**63 - 1), st.floats(0, 1e300).map(abs), st.text('a"]# ', max_size=4), st.booleans(),
    st.dates(), st.sampled_from([datetime(2024, 1, 31, 14, 30), datetime(2024, 1, 31, 23, 59, 59, 999999)]),
))  # fmt: skip
SIGNS = st.sampled_from(["+", "-", "*", "/", "^", "&", "=", "<>", "<", "<=", ">", ">="])
TREES = st.recursive(
    LITERALS | st.builds(Column, st.text('a]["\n', min_size=1, max_size=4)),
    lambda part: st.one_of(
        st.builds(lambda s, a, b: Call(s, (a, b)), SIGNS, part, part),
        st.builds(lambda s, a: Call(s, (a,)), st.sampled_from(["neg", "%", "UPPER"]), part),
        st.builds(lambda a, b, c: Call("IF", (a, b, c)), part, part, part),
    ),
    max_leaves=12,
)


@given(TREES)
def test_a_tree_written_and_read_is_the_same_tree(tree):
    assert parse(to_text(tree)) == tree


EQUALS = st.sampled_from(["=", "<>", "<=", ">"])
NUMBERS = st.recursive(
    st.sampled_from([Column("i"), Column("j"), Column("x")]) | st.builds(Literal, st.integers(0, 4) | st.sampled_from([0.5, 2.25])),
    lambda part: st.one_of(
        st.builds(lambda s, a, b: Call(s, (a, b)), st.sampled_from("+-*/"), part, part),
        st.builds(lambda a: Call("neg", (a,)), part),
        st.builds(lambda s, a, b: Call(s, (a, b)), st.sampled_from(["COALESCE", "MAX", "MIN", "SUM", "MOD"]), part, part),
        st.builds(lambda s, a, b, c, d: Call("IF", (Call(s, (a, b)), c, d)), EQUALS, part, part, part, part),
    ),
    max_leaves=8,
)
ASKED = st.recursive(
    st.sampled_from([Column("p"), Column("q")]) | st.builds(lambda a, b: Call("<", (a, b)), NUMBERS, NUMBERS),
    lambda part: st.one_of(
        st.builds(lambda s, a, b: Call(s, (a, b)), st.sampled_from(["AND", "OR"]), part, part),
        st.builds(lambda a: Call("NOT", (a,)), part),
        st.builds(lambda a: Call("ISBLANK", (a,)), part),
    ),
    max_leaves=6,
)


def slow(node, row):
    """One row by plain Python; None is missing."""
    if isinstance(node, Literal):
        return node.value
    if isinstance(node, Column):
        return row[node.name]
    given = [slow(a, row) for a in node.args]
    a, b = given[0], given[-1]
    if node.name == "IF":
        return None if a is None else given[1] if a else given[2]
    if node.name == "COALESCE":
        return b if a is None else a
    if node.name == "ISBLANK":
        return a is None
    if node.name in ("AND", "OR"):
        wins = node.name == "OR"
        return wins if wins in given else None if None in given else not wins
    if None in given or (node.name in ("/", "MOD") and b == 0):
        return None
    return {
        "+": lambda: a + b, "SUM": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b, "/": lambda: a / b, "MOD": lambda: a % b,
        "neg": lambda: -a, "MAX": lambda: max(a, b), "MIN": lambda: min(a, b), "NOT": lambda: not a, "=": lambda: a == b,
        "<>": lambda: a != b, "<": lambda: a < b, "<=": lambda: a <= b, ">": lambda: a > b, ">=": lambda: a >= b,
    }[node.name]()  # fmt: skip


ROWS = st.lists(st.fixed_dictionaries({
    "i": st.none() | st.integers(-9, 9), "j": st.none() | st.integers(-9, 9), "x": st.none() | st.sampled_from([0.0, -1.5, 0.25, 8.0]),
    "p": st.none() | st.booleans(), "q": st.none() | st.booleans(),
}), max_size=5)  # fmt: skip
ARROW = {"i": pa.int64(), "j": pa.int64(), "x": pa.float64(), "p": pa.bool_(), "q": pa.bool_()}


@settings(max_examples=150)
@given(NUMBERS | ASKED, ROWS)
def test_gives_what_a_slow_evaluation_gives(tree, rows):
    table = {n: pa.chunked_array([pa.array([r[n] for r in rows], t)]) for n, t in ARROW.items()}
    made, _ = evaluate(tree, table, len(rows))
    assert made.to_pylist() == [slow(tree, row) for row in rows]


def test_what_is_too_large_shows_what_it_was_made_of():
    table = {"n": pa.chunked_array([[2, 3]]), "x": pa.chunked_array([[1e308, 2.5]])}
    made, notes = evaluate(parse("[n] * [x] + 1"), table, 2)
    assert made.to_pylist() == [None, 8.5]
    (where, reason, shown), = notes.fails
    assert (where.tolist(), reason, shown.to_pylist()) == ([True, False], "the result is too large", ["2", "3"])
    assert table["x"].to_pylist() == [1e308, 2.5]
    made, _ = evaluate(parse("([x] + 1) * 2 - ([x] + 1)"), table, 2)
    assert made.to_pylist() == [None, 3.5]
    assert table["x"].to_pylist() == [1e308, 2.5]
