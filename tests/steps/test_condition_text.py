"""Conditions typed as text: read, written, told where they go wrong, and the same rows as the builder's."""

from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steps.base import StepError
from steps.conditions import OPERATORS, Group, Test, evaluate, fit_condition, from_text, to_rows, to_text
from steps.conditions.operators import EXPRESSION
from steps.expressions import ExpressionError
from steps.filter import Filter
from tests.steps.strategies import DAY, conditions, table, tables

TYPES = {
    "amount": pa.float64(), "n": pa.int64(), "city": pa.large_string(), "town": pa.large_string(), "day": pa.date32(),
    "at": pa.timestamp("us"), "paid": pa.bool_(), "price": pa.decimal128(38, 2),
}  # fmt: skip
SAID = {  # typed -> the test it is
    '[city] = "York"': Test(column="city", op="equals", value="York"),
    '"York" <> [city]': Test(column="city", op="not_equals", value="York"),
    'LOWER([city]) = LOWER("York")': Test(column="city", op="equals", value="York", case_sensitive=False),
    'LOWER([city]) = "york"': Test(column="city", op="equals", value="york", case_sensitive=False),
    "[city] = [town]": Test(column="city", op="equals", other="town"),
    'CONTAINS([city], "or")': Test(column="city", op="contains", value="or"),
    'NOT(CONTAINS([city], "or"))': Test(column="city", op="not_contains", value="or"),
    'CONTAINS([city], "or") = FALSE': Test(column="city", op="contains", value="or", negate=True),
    'STARTSWITH([city], "Y")': Test(column="city", op="starts", value="Y"),
    'ENDSWITH([city], "k")': Test(column="city", op="ends", value="k"),
    'MATCHES([city], "^Y")': Test(column="city", op="regex", value="^Y"),
    'MATCHES([city], "^y", TRUE)': Test(column="city", op="regex", value="^y", case_sensitive=False),
    'ISIN([city], "York", "a, b")': Test(column="city", op="in", values=("York", "a, b")),
    "NOT(ISIN([n], 1, -2.5))": Test(column="n", op="not_in", values=(1, -2.5)),
    "LEN([city]) = 3": Test(column="city", op="length_is", value=3),
    "LEN([city]) < 3": Test(column="city", op="length_below", value=3),
    "LEN([city]) > 3": Test(column="city", op="length_above", value=3),
    "ISMISSING([n])": Test(column="n", op="missing"),
    "NOT(ISMISSING([n]))": Test(column="n", op="not_missing"),
    "ISBLANK([city])": Test(column="city", op="blank"),
    "NOT(ISBLANK([city]))": Test(column="city", op="not_blank"),
    "ISBLANK([city]) = FALSE": Test(column="city", op="blank", negate=True),
    "ISREPEATED([city])": Test(column="city", op="duplicate"),
    "ISREPEATED([city], [n], [day])": Test(column="city", op="duplicate", values=("n", "day")),
    "ISUNIQUE(LOWER([city]), [n])": Test(column="city", op="unique", values=("n",), case_sensitive=False),
    "NOT(ISUNIQUE([n]))": Test(column="n", op="unique", negate=True),
    "[amount] > 100": Test(column="amount", op="greater", value=100),
    "100 < [amount]": Test(column="amount", op="greater", value=100),
    "NOT([amount] >= -.5)": Test(column="amount", op="at_least", value=-0.5, negate=True),
    "[n] <= 1180591620717411303424": Test(column="n", op="at_most", value=2**70),
    "[price] < 0.10000000000000000001": Test(column="price", op="less", value="0.10000000000000000001"),
    "BETWEEN([amount], 1, 2)": Test(column="amount", op="between", values=(1, 2)),
    "ISWHOLE([amount])": Test(column="amount", op="is_integer"),
    "ISEXTREME([amount])": Test(column="amount", op="extreme"),
    "[day] = #2024-01-31#": Test(column="day", op="on", value="2024-01-31"),
    "[day] <> #2024-01-31#": Test(column="day", op="not_on", value="2024-01-31"),
    "[day] < #2024-01-31#": Test(column="day", op="before", value="2024-01-31"),
    "[day] <= #2024-01-31#": Test(column="day", op="on_or_before", value="2024-01-31"),
    '[day] > "2024-01-31"': Test(column="day", op="after", value="2024-01-31"),
    "[at] > #2024-01-31 10:00#": Test(column="at", op="after", value="2024-01-31 10:00"),
    "[at] >= [day]": Test(column="at", op="on_or_after", other="day"),
    "BETWEEN([day], #2024-01-01#, #2024-01-31#)": Test(column="day", op="between", values=("2024-01-01", "2024-01-31")),
    'INLAST([day], 7, "days")': Test(column="day", op="in_last", n=7, unit="days"),
    'INNEXT([at], 2, "weeks")': Test(column="at", op="in_next", n=2, unit="weeks"),
    'INTHIS([day], "month")': Test(column="day", op="this_period", unit="months"),
    'INPREVIOUS([day], "quarter")': Test(column="day", op="previous_period", unit="quarters"),
    "[paid]": Test(column="paid", op="is_true"),
    "NOT([paid])": Test(column="paid", op="is_false"),
    "NOT(NOT([paid]))": Test(column="paid", op="is_false", negate=True),
    "AND([paid]) = FALSE": Test(column="paid", op="is_true", negate=True),
    "[paid] = FALSE": Test(column="paid", op="equals", value=False),
    "[amount] * 2 > [n]": Test(op="expression", value="[amount] * 2 > [n]"),
    "NOT([amount] / [n] > 2)": Test(op="expression", value="[amount] / [n] > 2", negate=True),
    'YEAR([day]) = 2024': Test(op="expression", value="YEAR([day]) = 2024"),
}  # fmt: skip
FREE = {  # written back in another way
    '[day] > "2024-01-31"', "LOWER([city]) = \"york\"", '"York" <> [city]', "100 < [amount]", "NOT([amount] >= -.5)",
}  # fmt: skip
GROUPS = {
    "[amount] > 100 AND NOT(ISBLANK([city]))": Group(tests=(SAID["[amount] > 100"], SAID["NOT(ISBLANK([city]))"])),
    "[paid] OR [n] = 1 AND [n] = 2": "[paid] OR ([n] = 1 AND [n] = 2)",
    "([paid] OR [n] = 1) AND [n] = 2": "([paid] OR [n] = 1) AND [n] = 2",
    "AND([paid], OR([n] = 1, [n] = 2))": "[paid] AND ([n] = 1 OR [n] = 2)",
    "not([paid] or [n] = 1)": "NOT([paid] OR [n] = 1)",
    "[paid] AND [amount] * 2 > 3": "[paid] AND [amount] * 2 > 3",
    "IF([paid], [n] = 1, [n] = 2)": "IF([paid], [n] = 1, [n] = 2)",
}  # fmt: skip
ERRORS = {
    "[amount] > 2,5": "character 13: , cannot follow here. Put an operator such as + or & between two values.",
    '[amount] > "2"': 'character 10: numbers cannot be compared with text. Write VALUE("2").',
    "[amonut] > 2": "character 1: there is no column [amonut]. Did you mean [amount]?",
    "[amount]": "character 1: a condition is needed here, and [amount] is numbers. Compare it with something, e.g. [Amount] > 0.",
    '[day] > "31.1.2024"': "character 7: dates cannot be compared with text. Write dates like #2024-01-31#.",
    '[paid] AND ISREPEATED([n]) = ([n] > 2)': "character 12: ISREPEATED looks at the whole column, so it cannot be part of a calculation. "
    "In a condition write it by itself, or joined to other tests by AND, OR and NOT.",
    'MATCHES([city], "a(")': 'character 17: the pattern "a(" cannot be used: missing ) at character 2.',
    'INLAST([day], 7, "moons")': 'character 18: "moons" is not a period. Write "days", "weeks", "months", "quarters" or "years".',
    'INLAST([day], 0, "days")': "character 15: INLAST counts from 1 to 100,000 days.",
    'INLAST([city], 1, "days")': "character 8: INLAST needs a date here, and [city] is text. "
    "Write a date like #2024-01-31#, or make the column a date first with Change column types.",
    'ISIN([n], 1, "x")': 'character 14: whole numbers cannot be compared with text. Write VALUE("x").',
    "[city] = 'York'": "character 10: ' cannot be used here. Write text in double quotes, e.g. \"open\".",
    "": "character 1: a value is missing before the end. Write a number, a [Column], a text in quotes or a function.",
}  # fmt: skip


@pytest.mark.parametrize(("text", "test"), SAID.items(), ids=SAID)
def test_reads_and_writes_a_test(text, test):
    assert from_text(text, TYPES) == Group(tests=(test,))
    if text not in FREE:
        assert to_text(Group(tests=(test,))) == text


def test_every_operator_has_a_text():
    assert {t.op for t in SAID.values()} == {o.name for kind in OPERATORS.values() for o in kind} | {EXPRESSION.name}


@pytest.mark.parametrize(("text", "same"), GROUPS.items(), ids=GROUPS)
def test_reads_groups(text, same):
    found = from_text(text, TYPES)
    assert found == same if isinstance(same, Group) else to_text(found) == same


@pytest.mark.parametrize(("text", "message"), ERRORS.items(), ids=ERRORS)
def test_says_where_and_what_would_be_right(text, message):
    with pytest.raises(ExpressionError) as caught:
        from_text(text, TYPES)
    assert str(caught.value) == message


@settings(max_examples=150)
@given(st.data())
def test_written_and_read_it_is_the_same_condition_and_selects_the_same_rows(data):
    df = data.draw(tables())
    condition = data.draw(conditions(df))
    text = to_text(condition)
    again = from_text(text, {n: of.pyarrow_dtype for n, of in df.dtypes.items()})
    assert again == condition
    assert evaluate(again, df, as_of=DAY).to_pylist() == evaluate(condition, df, as_of=DAY).to_pylist()


def test_a_calculation_filters_and_what_has_no_answer_is_unknown():
    df = table({"n": (pa.int64(), [1, 4, 0, None]), "x": (pa.float64(), [8.0, 8.0, 8.0, 8.0])})
    condition = from_text("[x] / [n] > 2", {"n": pa.int64(), "x": pa.float64()})
    assert evaluate(condition, df).to_pylist() == [True, False, None, None]
    assert evaluate(Group(negate=True, tests=condition.tests), df).to_pylist() == [False, True, None, None]
    found = Filter(condition=condition).apply(df, fit_condition(condition, df))
    assert found.table.index.tolist() == [2]
    assert found.noted == {"{n} rows had no value in the condition; they are removed.": 2}
    assert condition.columns() == ["x", "n"]


def test_a_calculation_that_does_not_suit_the_columns_is_refused():
    df = table({"n": (pa.large_string(), ["a"])})
    with pytest.raises(StepError) as caught:
        fit_condition(Group(tests=(Test(op="expression", value="[n] * 2 > 1"),)), df)
    assert str(caught.value) == "The condition [n] * 2 > 1, character 1: * needs numbers, and [n] is text. Write VALUE([n])."


def test_counts_from_the_day_of_the_run():
    df = table({"day": (pa.date32(), [date(2024, 5, 1), date(2024, 4, 24), None])})
    condition = from_text("[day] + 1 > TODAY()", {"day": pa.date32()})
    assert condition.needs_date
    assert evaluate(condition, df, as_of=date(2024, 5, 1)).to_pylist() == [True, False, None]
    with pytest.raises(StepError) as caught:
        evaluate(condition, df)
    assert str(caught.value) == '[day] + 1 > TODAY() needs the day to count from. Fill in "As of".'


def test_the_functions_of_conditions_give_the_same_in_a_calculation():
    df = table({
        "at": (pa.timestamp("us"), [datetime(2024, 1, 31, 12), datetime(2024, 2, 1), None]),
        "price": (pa.decimal128(38, 2), [Decimal("1.50"), Decimal("2.00"), None]),
    })  # fmt: skip
    types = {n: of.pyarrow_dtype for n, of in df.dtypes.items()}
    for text in ('INTHIS([at], "month")', "BETWEEN([at], #2024-01-01#, #2024-01-31#)", "ISIN([price], 1.5, 7)", "ISWHOLE([price])"):
        asked, day = from_text(text, types), date(2024, 1, 15)
        inside = from_text(f"IF({text}, TRUE, FALSE)", types)
        assert inside.tests[0].op == "expression"
        assert evaluate(inside, df, as_of=day).to_pylist() == evaluate(asked, df, as_of=day).to_pylist()


def test_in_any_case_values_that_differ_in_case_alone_repeat():
    df = table({"city": (pa.large_string(), ["York", "YORK", "Hull", None])})
    condition = from_text("ISREPEATED(LOWER([city]))", TYPES)
    assert condition == Group(tests=(Test(column="city", op="duplicate", case_sensitive=False),))
    assert evaluate(condition, df).to_pylist() == [True, True, False, None]


def test_the_grid_leaves_calculations_to_the_text():
    with pytest.raises(StepError) as caught:
        to_rows(from_text("[n] * 2 > 1", TYPES))
    assert str(caught.value) == "this condition holds a calculation, which the grid cannot show."
