"""Check rules that must hold."""

from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from steps.arrow import arrow
from steps.base import StepError
from steps.conditions import Condition, Test
from steps.rules import Rule
from steps.validate import Validate
from tests.steps.strategies import table

TEXT, INT, DAY = pa.large_string(), pa.int64(), pa.date32()
CASES = {  # rule, rows that fail
    "not missing": ({"check": "not_missing", "column": "t"}, [4, 5]),
    "unique": ({"check": "unique", "column": "t"}, [2, 3]),
    "unique together": ({"check": "unique", "column": "t", "values": ["n"]}, []),
    "one of": ({"check": "in_set", "column": "t", "values": ["b"]}, [2, 3]),
    "one of numbers": ({"check": "in_set", "column": "n", "values": ["1", "2"]}, [5]),
    "one of numbers, as written": ({"check": "in_set", "column": "n", "values": ["1.0", "x", " 2"]}, [5]),
    "one of days": ({"check": "in_set", "column": "d", "values": ["2024-01-01", "2024-01-03"]}, [5]),
    "one of moments": ({"check": "in_set", "column": "at", "values": ["2024-01-01 10:00"]}, [3]),
    "one of exact decimals": ({"check": "in_set", "column": "m", "values": ["0.5"]}, [3]),
    "between, ends included": ({"check": "between", "column": "n", "low": "1", "high": "2"}, [5]),
    "at least": ({"check": "between", "column": "n", "low": "2"}, [2]),
    "dates between": ({"check": "between", "column": "d", "high": "2024-01-02"}, [3]),
    "pattern holds for the whole value": ({"check": "pattern", "column": "n", "values": ["[12]"]}, [5]),
    "length": ({"check": "length", "column": "n", "high": "1"}, [5]),
    "type": ({"check": "type", "column": "t", "values": ["integer"]}, [2, 3]),
    "order": ({"check": "order", "column": "d", "other": "e"}, [3]),
    "balance": ({"check": "balance", "column": "n", "other": "n"}, [3, 4, 5]),
    "in another table": ({"check": "in_table", "column": "n", "other": "id"}, [5]),
    "mostly": ({"check": "not_missing", "column": "t", "mostly": 0.5}, []),
    "mostly not": ({"check": "not_missing", "column": "t", "mostly": 0.6}, [4, 5]),
}
WHOLE = {  # rule, what is said
    "rows": ({"check": "row_count", "low": "1", "high": "4"}, "The number of rows is between 1 and 4: holds, it is 4."),
    "too few rows": ({"check": "row_count", "low": "5"}, "The number of rows is 5 or more: does not hold, it is 4."),
    "total": ({"check": "total", "column": "n", "low": "15", "high": "15"}, "The total of n is 15: holds, it is 15."),
    "wrong total": ({"check": "total", "column": "n", "high": "14.5"}, "The total of n is at most 14.5: does not hold, it is 15."),
}
ERRORS = {
    "absent": ({"check": "unique", "column": "z"}, 'Column "z": is not in the table. Choose one of: t, n, d, e, at, m.'),
    "no number": ({"check": "between", "column": "n", "low": "x"}, 'Column "n": "x" is not a whole number. Write it like 1200 or -7.'),
    "no total of text": (
        {"check": "total", "column": "t", "low": "1"},
        'Column "t": holds text, not numbers. Make it a number first with Change column types.',
    ),
    "other kinds": (
        {"check": "order", "column": "d", "other": "n"},
        'Column "d": cannot be compared with "n": they hold different kinds of values. Make both the same with Change column types.',
    ),
}
REFUSED = {
    "nothing": ({}, "there is no rule yet"),
    "no column": ({"rules": [{"check": "unique"}]}, 'choose the column for "is unique"'),
    "no limit": ({"rules": [{"check": "between", "column": "n"}]}, '"lies between" needs "From", "To" or both'),
    "no pattern": ({"rules": [{"check": "pattern", "column": "n", "values": ["("]}]}, 'the pattern "(" cannot be used'),
    "no type": ({"rules": [{"check": "type", "column": "n", "values": ["x"]}]}, '"can be a" needs one type'),
}


def four():
    days = [date(2024, 1, 1), date(2024, 1, 3), None, date(2024, 1, 2)]
    return table({
        "t": (TEXT, ["a", "a", " ", None]), "n": (INT, [1, 2, 2, 10]), "d": (DAY, days), "e": (DAY, [date(2024, 1, 2)] * 3 + [None]),
        "at": (pa.timestamp("us"), [datetime(2024, 1, 1, 10), datetime(2024, 1, 1, 11), None, None]),
        "m": (pa.decimal128(38, 2), [Decimal("0.50"), Decimal("0.51"), None, None]),
    })  # fmt: skip


def run(step, df):
    return step.apply(df, None, {"o": table({"id": (INT, [1, 2])})})


@pytest.mark.parametrize(("rule", "failing"), CASES.values(), ids=CASES)
def test_rules(rule, failing):
    made = run(Validate(rules=[Rule(**rule)], other_table="o"), four())
    assert made.table.index.tolist() == [2, 3, 4, 5]
    assert ([] if made.rejected is None else made.rejected.index.tolist()) == failing
    gone = run(Validate(rules=[Rule(**rule)], other_table="o", action="remove"), four())
    assert gone.table.index.tolist() == [r for r in (2, 3, 4, 5) if r not in failing]
    warned = run(Validate(rules=[Rule(**rule, severity="warn")], other_table="o", action="remove"), four())
    assert warned.removed is None


def test_blank_text_may_be_a_value():
    made = run(Validate(rules=[Rule(check="not_missing", column="t")], treat_blank_as_missing=False), four())
    assert made.rejected.index.tolist() == [5]


@pytest.mark.parametrize(("rule", "said"), WHOLE.values(), ids=WHOLE)
def test_rules_on_the_whole_table(rule, said):
    assert list(run(Validate(rules=[Rule(**rule)]), four()).noted) == [said]


@pytest.mark.parametrize(("rule", "message"), ERRORS.values(), ids=ERRORS)
def test_refuses(rule, message):
    with pytest.raises(StepError) as caught:
        run(Validate(rules=[Rule(**rule)]), four())
    assert str(caught.value) == message


@pytest.mark.parametrize(("given", "message"), REFUSED.values(), ids=REFUSED)
def test_refuses_parameters(given, message):
    with pytest.raises(ValidationError) as caught:
        Validate(**given)
    assert message in str(caught.value)


def test_flags_the_rules_each_row_fails():
    rules = [Rule(check="not_missing", column="t"), Rule(check="between", column="n", high="9")]
    made = run(Validate(rules=rules, action="flag"), four())
    both = "fails: t is never missing; n is at most 9"
    assert arrow(made["fails"]).to_pylist() == [None, None, "fails: t is never missing", both]


def test_stops_and_says_where():
    with pytest.raises(StepError) as caught:
        run(Validate(rules=[Rule(check="not_missing", column="t")], action="stop"), four())
    assert str(caught.value) == "Rows 4, 5: the rule does not hold: t is never missing. Mend the rows, or choose to list them."
    with pytest.raises(StepError) as caught:
        run(Validate(rules=[Rule(check="row_count", low="5")], action="stop"), four())
    assert "The number of rows is 5 or more (it is 4)." in str(caught.value)


def test_counts_what_fails_and_what_holds():
    made = run(Validate(rules=[Rule(check="not_missing", column="t"), Rule(check="unique", column="d")]), four())
    assert made.noted == {
        "t is never missing: {n} of 4 values fail (50 %), first in rows 4, 5.": 2,
        "d is unique: holds for all 3 values tested.": 1,
    }


def test_what_each_rule_found():
    rules = [
        Rule(check="not_missing", column="t", mostly=0.5),
        Rule(check="unique", column="t", severity="warn"),
        Rule(check="row_count", low="5"),
    ]
    made = run(Validate(rules=rules, condition=Condition(tests=(Test(column="n", op="less", value=10),))), four())
    found = [(c.said, c.severity, c.tested, c.failed, c.mostly, c.found, c.holds, c.rows) for c in made.checked]
    assert found == [
        ("t is never missing", "error", 4, 2, 0.5, None, True, (4, 5)),
        ("t is unique", "warn", 2, 2, 1.0, None, False, (2, 3)),
        ("The number of rows is 5 or more", "error", 0, 0, 1.0, "4", False, ()),
        ("n is less than 10", "error", 4, 1, 1.0, None, False, (5,)),
    ]


BALANCES = {  # balance, amount, rows that fail
    "a break is one row, not all that follow": ([10, 15, 12, 99, 100], [10, 5, -3, 1, 1], [5]),
    "missing on either side is not tested": ([10, None, 12, 13], [0, 1, 1, None], []),
    "doubles but for their last digits": ([0.1, 0.3, 0.6000000000000001, 0.61], [0.1, 0.2, 0.3, 0.02], [5]),
    "one row": ([1], [1], []),
    "none": ([], [], []),
}


@pytest.mark.parametrize(("balance", "amount", "failing"), BALANCES.values(), ids=BALANCES)
def test_running_balance(balance, amount, failing):
    of = pa.float64() if 0.1 in balance else INT
    rule = Rule(check="balance", column="b", other="a")
    made = run(Validate(rules=[rule]), table({"b": (of, balance), "a": (of, amount)}))
    assert ([] if made.rejected is None else made.rejected.index.tolist()) == failing


def test_a_condition_that_names_no_column_is_listed_with_the_first():
    condition = Condition(tests=(Test(op="expression", value="TODAY() < #2024-05-01#"),))
    made = run(Validate(condition=condition, as_of=date(2024, 5, 1)), four())
    assert made.rejected["column"].tolist() == ["t"] * 4
    assert made.rejected["reason"].tolist() == ["fails: TODAY() < #2024-05-01#"] * 4


def test_a_condition_for_every_row():
    condition = Condition(tests=(Test(column="n", op="less", value=10),))
    made = run(Validate(condition=condition, action="remove"), four())
    assert made.table.index.tolist() == [2, 3, 4]


def test_describes():
    rules = [Rule(check="not_missing", column="t"), Rule(check="unique", column="t")]
    assert Validate(rules=rules[:1]).describe() == "Check that t is never missing"
    assert Validate(rules=rules).describe() == "Check that t is never missing and 1 more rule"


@given(st.lists(st.none() | st.integers(-5, 5)))
def test_rows_kept_by_a_rule_hold_it(values):
    step = Validate(rules=[Rule(check="unique", column="n"), Rule(check="between", column="n", low="0")], action="remove")
    kept = arrow(run(step, table({"n": (INT, values)}))["n"]).to_pylist()
    assert kept == [v for v in values if v is None or (v >= 0 and values.count(v) == 1)]
