"""The functions that an expression may use, as data: what they take and give, a sentence and an example."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import pyarrow.compute as pc

from steps.expressions import calendar, numeric, textual

Takes = Literal["number", "whole", "text", "any", "yes_no", "date", "ordered", "fixed whole", "fixed text", "fixed yes_no"]
Gives = Literal["integer", "number", "text", "yes_no", "date", "same", "sum", "common"]


@dataclass(frozen=True)
class Function:
    """One function: how it is written, what it does, an example with what it gives, and how it is worked out.

    ``takes`` has one entry for each argument, the last one for all further ones; ``run`` is None where the evaluation
    looks at the arguments in its own way.
    """

    name: str
    group: Literal["Logic", "Numbers", "Text", "Dates"]
    signature: str
    sentence: str
    example: str
    result: str
    takes: tuple[Takes, ...]
    gives: Gives
    least: int
    most: int
    run: Callable | None = None


MANY = 100


def _f(group: str, signature: str, sentence: str, example: str, result: str, takes: str, gives: str, run: Callable | None = None,
       least: int | None = None, most: int | None = None) -> Function:  # fmt: skip
    kinds = tuple(k.strip() for k in takes.split(",") if k.strip())
    return Function(signature.partition("(")[0], group, signature, sentence, example, result, kinds, gives,  # type: ignore[arg-type]
                    len(kinds) if least is None else least, len(kinds) if most is None else most, run)  # fmt: skip


_LISTED = (
    _f("Logic", "IF(condition, then, else)", "One value where the condition is true, another where it is false.",
       'IF(3 > 2, "yes", "no")', "yes", "yes_no, any, any", "common", None, 2),
    _f("Logic", "AND(a, b, ...)", "True if all are true.", "AND(TRUE, 1 > 2)", "false", "yes_no", "yes_no", None, 1, MANY),
    _f("Logic", "OR(a, b, ...)", "True if at least one is true.", "OR(FALSE, 2 > 1)", "true", "yes_no", "yes_no", None, 1, MANY),
    _f("Logic", "NOT(a)", "True if it is false.", "NOT(1 = 2)", "true", "yes_no", "yes_no", lambda notes, a: pc.invert(a.data)),
    _f("Logic", "ISBLANK(value)", "True where the value is missing or text of spaces only.", 'ISBLANK(" ")', "true", "any", "yes_no"),
    _f("Logic", "ISMISSING(value)", "True where there is no value.", "ISMISSING(MISSING())", "true", "any", "yes_no"),
    _f("Logic", "ISIN(value, a, b, ...)", "True if the value is one of the others.", 'ISIN("b", "a", "b")', "true", "any, any", "yes_no",
       None, 2, 100_000),
    _f("Logic", "BETWEEN(value, low, high)", "True from the low to the high value, both included.", "BETWEEN(5, 1, 5)", "true",
       "ordered, ordered, ordered", "yes_no"),
    _f("Logic", "COALESCE(a, b, ...)", "The first value that is not missing.", "COALESCE(MISSING(), 7)", "7", "any", "common", None, 1,
       MANY),
    _f("Logic", "IFMISSING(value, instead)", "The value, or another one where it is missing or cannot be worked out.",
       "IFMISSING(1 / 0, -1)", "-1", "any, any", "common"),
    _f("Logic", "IFERROR(value, instead)", "As IFMISSING: what cannot be worked out is missing.", "IFERROR(1 / 0, 0)", "0", "any, any",
       "common"),
    _f("Logic", "MISSING()", "No value.", "COALESCE(MISSING(), 1)", "1", "", "common"),
    _f("Numbers", "SUM(a, b, ...)", "The sum of the values of one row.", "SUM(1, 2, 3)", "6", "number", "sum", numeric.total, 1, MANY),
    _f("Numbers", "AVERAGE(a, b, ...)", "The average of the values of one row.", "AVERAGE(1, 2, 6)", "3", "number", "number",
       numeric.average, 1, MANY),
    _f("Numbers", "MIN(a, b, ...)", "The smallest value of one row.", "MIN(3, 1, 2)", "1", "ordered", "common", numeric.smallest, 1, MANY),
    _f("Numbers", "MAX(a, b, ...)", "The largest value of one row.", "MAX(3, 1, 2)", "3", "ordered", "common", numeric.largest, 1, MANY),
    _f("Numbers", "ROUND(number, decimals)", "Rounded, halves away from zero.", "ROUND(1.005, 2)", "1.01", "number, fixed whole", "same",
       numeric.rounding("half_towards_infinity"), 1),
    _f("Numbers", "ROUNDUP(number, decimals)", "Rounded away from zero.", "ROUNDUP(-1.21, 1)", "-1.3", "number, fixed whole", "same",
       numeric.rounding("towards_infinity"), 1),
    _f("Numbers", "ROUNDDOWN(number, decimals)", "Rounded towards zero.", "ROUNDDOWN(-1.29, 1)", "-1.2", "number, fixed whole", "same",
       numeric.rounding("towards_zero"), 1),
    _f("Numbers", "INT(number)", "Rounded down to a whole number.", "INT(-1.5)", "-2", "number", "integer", numeric.integer),
    _f("Numbers", "ABS(number)", "Without its sign.", "ABS(-3)", "3", "number", "same", numeric.absolute),
    _f("Numbers", "MOD(number, divisor)", "The rest of a division, with the sign of the divisor.", "MOD(-7, 3)", "2", "number, number",
       "sum", numeric.modulo),
    _f("Numbers", "POWER(number, power)", "A number to a power.", "POWER(2, 10)", "1024", "number, number", "number",
       lambda notes, a, b: numeric.arithmetic("^", a, b, notes)),
    _f("Numbers", "SQRT(number)", "The square root.", "SQRT(9)", "3", "number", "number", numeric.root),
    _f("Numbers", "EXP(number)", "e to a power.", "EXP(0)", "1", "number", "number", numeric.exponential),
    _f("Numbers", "LN(number)", "The natural logarithm.", "LN(1)", "0", "number", "number", numeric.logarithm),
    _f("Numbers", "LOG10(number)", "The logarithm to base 10.", "LOG10(1000)", "3", "number", "number", numeric.logarithm10),
    _f("Numbers", "ISWHOLE(number)", "Whether the number has no fraction.", "ISWHOLE(2.5)", "false", "number", "yes_no",
       lambda notes, a: numeric.is_whole(a.data)),
    _f("Text", "LEFT(text, count)", "The first characters.", 'LEFT("Berlin", 3)', "Ber", "text, whole", "text", textual.left, 1),
    _f("Text", "RIGHT(text, count)", "The last characters.", 'RIGHT("Berlin", 3)', "lin", "text, whole", "text", textual.right, 1),
    _f("Text", "MID(text, start, count)", "Characters from a place on; the first is 1.", 'MID("Berlin", 2, 3)', "erl",
       "text, whole, whole", "text", textual.middle),
    _f("Text", "LEN(text)", "The number of characters.", 'LEN("Zoë")', "3", "text", "integer",
       lambda notes, a: pc.utf8_length(a.data).cast("int64")),
    _f("Text", "TRIM(text)", "Without spaces at the ends, and one space inside for several.", 'TRIM("  a   b ")', "a b", "text", "text",
       textual.mapped(textual.trimmed)),
    _f("Text", "UPPER(text)", "In capitals.", 'UPPER("zoë")', "ZOË", "text", "text", lambda notes, a: pc.utf8_upper(a.data)),
    _f("Text", "LOWER(text)", "In small letters.", 'LOWER("ZOË")', "zoë", "text", "text", lambda notes, a: pc.utf8_lower(a.data)),
    _f("Text", "PROPER(text)", "Every word with a capital.", 'PROPER("new york")', "New York", "text", "text",
       lambda notes, a: pc.utf8_title(a.data)),
    _f("Text", "SUBSTITUTE(text, old, new)", "A part replaced everywhere.", 'SUBSTITUTE("1-2-3", "-", "/")', "1/2/3", "text, text, text",
       "text", textual.substituted),
    _f("Text", "CONCAT(a, b, ...)", "The values as one text, as with &.", 'CONCAT("A", 7)', "A7", "any", "text", textual.joined, 1, MANY),
    _f("Text", "TEXTBEFORE(text, mark)", "What stands before the first mark.", 'TEXTBEFORE("ab-cd-e", "-")', "ab", "text, text", "text",
       textual.before),
    _f("Text", "TEXTAFTER(text, mark)", "What stands after the first mark.", 'TEXTAFTER("ab-cd-e", "-")', "cd-e", "text, text", "text",
       textual.after),
    _f("Text", "FIND(part, text)", "Where a part stands, from 1 on; missing if it does not occur.", 'FIND("-", "ab-c")', "3",
       "text, text", "integer", textual.found_at),
    _f("Text", "CONTAINS(text, part)", "Whether a part occurs.", 'CONTAINS("abc", "b")', "true", "text, text", "yes_no",
       textual.contains),
    _f("Text", "STARTSWITH(text, part)", "Whether the text starts with a part.", 'STARTSWITH("abc", "ab")', "true", "text, text",
       "yes_no", textual.starts),
    _f("Text", "ENDSWITH(text, part)", "Whether the text ends with a part.", 'ENDSWITH("abc", "ab")', "false", "text, text", "yes_no",
       textual.ends),
    _f("Text", "MATCHES(text, pattern, any_case)", "Whether a pattern (RE2) occurs; with TRUE as third value in any case.",
       'MATCHES("Abc", "^a.c$", TRUE)', "true", "text, fixed text, fixed yes_no", "yes_no", textual.matches, 2),
    _f("Text", "VALUE(text)", "The number that a text writes, with a point and no thousands marks.", 'VALUE("12.50")', "12.5", "text",
       "number", textual.number),
    _f("Text", "TEXT(value, format)", 'As text, in a format such as "0.00", "#,##0", "0%" or "dd.mm.yyyy".', 'TEXT(1234.5, "#,##0.00")',
       "1,234.50", "any, fixed text", "text", textual.formatted, 1),
    _f("Dates", "DATE(year, month, day)", "A date; month 13 is January of the next year, day 0 the last of the month before.",
       "DATE(2024, 3, 0)", "2024-02-29", "whole, whole, whole", "date", calendar.made_date),
    _f("Dates", "TODAY()", "The day of the run.", "DAYS(TODAY(), TODAY())", "0", "", "date", calendar.today),
    _f("Dates", "YEAR(date)", "The year.", "YEAR(#2024-01-31#)", "2024", "date", "integer", calendar.part(pc.year)),
    _f("Dates", "MONTH(date)", "The month.", "MONTH(#2024-01-31#)", "1", "date", "integer", calendar.part(pc.month)),
    _f("Dates", "DAY(date)", "The day of the month.", "DAY(#2024-01-31#)", "31", "date", "integer", calendar.part(pc.day)),
    _f("Dates", "HOUR(date)", "The hour of the day.", "HOUR(#2024-01-31 14:30#)", "14", "date", "integer", calendar.part(pc.hour)),
    _f("Dates", "MINUTE(date)", "The minute of the hour.", "MINUTE(#2024-01-31 14:30#)", "30", "date", "integer",
       calendar.part(pc.minute)),
    _f("Dates", "DATEVALUE(date)", "The date without its time of day.", "DATEVALUE(#2024-01-31 14:30#)", "2024-01-31", "date", "date",
       calendar.just_day),
    _f("Dates", "WEEKDAY(date, first)", "The day of the week, 1 is Sunday; with 2 as second value 1 is Monday.",
       "WEEKDAY(#2024-01-31#, 2)", "3", "date, fixed whole", "integer", calendar.weekday, 1),
    _f("Dates", "EDATE(date, months)", "The same day some months later, or the last of that month.", "EDATE(#2024-01-31#, 1)",
       "2024-02-29", "date, whole", "date", calendar.later_months),
    _f("Dates", "EOMONTH(date, months)", "The last day of the month some months later.", "EOMONTH(#2024-01-15#, 0)", "2024-01-31",
       "date, whole", "date", calendar.end_of_month),
    _f("Dates", "DAYS(end, start)", "Days from the second date to the first.", "DAYS(#2024-03-01#, #2024-02-01#)", "29", "date, date",
       "integer", calendar.days),
    _f("Dates", "DATEDIF(start, end, unit)", 'Full years "Y", months "M" or days "D" between two dates.',
       'DATEDIF(#2023-02-28#, #2024-02-27#, "M")', "11", "date, date, fixed text", "integer", calendar.difference),
    _f("Dates", "INLAST(date, n, unit)", 'Whether the date lies in the last 7 "days" (or weeks, months, quarters, years), today included.',
       'INLAST(TODAY(), 7, "days")', "true", "date, fixed whole, fixed text", "yes_no", calendar.relative("in_last")),
    _f("Dates", "INNEXT(date, n, unit)", 'Whether the date lies in the next 7 "days" (or weeks, ...), today included.',
       'INNEXT(TODAY() + 7, 7, "days")', "false", "date, fixed whole, fixed text", "yes_no", calendar.relative("in_next")),
    _f("Dates", "INTHIS(date, unit)", 'Whether the date lies in this "month" (or day, week, quarter, year).',
       'INTHIS(TODAY(), "month")', "true", "date, fixed text", "yes_no", calendar.relative("this_period")),
    _f("Dates", "INPREVIOUS(date, unit)", 'Whether the date lies in the "month" (or day, week, quarter, year) before this one.',
       'INPREVIOUS(TODAY(), "year")', "false", "date, fixed text", "yes_no", calendar.relative("previous_period")),
)  # fmt: skip

_WHOLE_COLUMN = (  # known in conditions only: the answer for a row hangs on the other rows
    _f("Logic", "ISREPEATED(column, more, ...)", "Whether the value, or those of several columns together, are in more than one row.",
       "ISREPEATED([id])", "", "any", "yes_no", None, 1, 100_000),
    _f("Logic", "ISUNIQUE(column, more, ...)", "Whether the value, or those of several columns together, are in one row only.",
       "ISUNIQUE([id])", "", "any", "yes_no", None, 1, 100_000),
    _f("Logic", "ISEXTREME(column)", "Whether the number is far from the rest.", "ISEXTREME([amount])", "", "number", "yes_no"),
)

FUNCTIONS: dict[str, Function] = {f.name: f for f in _LISTED}
TABLE_FUNCTIONS: dict[str, Function] = {f.name: f for f in _WHOLE_COLUMN}
COUNT_FROM_TODAY = {"TODAY", "INLAST", "INNEXT", "INTHIS", "INPREVIOUS"}
