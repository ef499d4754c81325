"""Functions of Excel that are something else here: where to look for them."""

_STEPS = {
    "Look up from another table": "XLOOKUP VLOOKUP HLOOKUP LOOKUP INDEX MATCH XMATCH",
    "Running total, row above, rank, total by group": "SUMIF SUMIFS COUNTIF COUNTIFS AVERAGEIF AVERAGEIFS OFFSET RANK RANK.EQ ROW SEQUENCE",
    "Summarise by group": "MEDIAN MODE STDEV STDEV.S STDEV.P VAR SUBTOTAL AGGREGATE COUNTA SUMPRODUCT",
    "Replace from a list": "SWITCH CHOOSE",
    "Parts of a date, date calculation": "NETWORKDAYS WORKDAY WEEKNUM ISOWEEKNUM",
    "Split column": "TEXTSPLIT",
    "Combine columns": "TEXTJOIN",
    "Remove duplicates": "UNIQUE",
    "Sort rows": "SORT SORTBY",
    "Keep or remove rows": "FILTER",
    "Repair characters": "CLEAN",
}
_WRITE = {
    "IFNA": "IFMISSING(value, instead)", "ISNA": "ISMISSING(value)", "ISERROR": "ISMISSING(value)", "ISERR": "ISMISSING(value)",
    "ISEMPTY": "ISBLANK(value)", "IFS": "IF(a, x, IF(b, y, z))", "NOW": "TODAY()", "CONCATENATE": "CONCAT(a, b)",
    "SEARCH": "FIND(LOWER(part), LOWER(text))", "REPLACE": "SUBSTITUTE(text, old, new)", "EXACT": "[a] = [b]",
    "TRUNC": "ROUNDDOWN(number, 0)", "FLOOR": "ROUNDDOWN(number, 0)", "CEILING": "ROUNDUP(number, 0)", "LOG": "LOG10(number)",
    "QUOTIENT": "INT(a / b)", "MROUND": "ROUND(number / 5, 0) * 5", "NUMBERVALUE": "VALUE(text)", "REGEXTEST": "MATCHES(text, pattern)",
    "DATEADD": "EDATE(date, months)", "DATEDIFF": "DATEDIF(start, end, \"D\")", "NVL": "COALESCE(a, b)", "IIF": "IF(condition, then, else)",
    "ISNULL": "ISMISSING(value)", "SUBSTR": "MID(text, start, count)", "LENGTH": "LEN(text)", "STRLEN": "LEN(text)",
}  # fmt: skip


def instead(name: str) -> str | None:
    """What to do in place of a function that is none here."""
    if name in _WRITE:
        return f"Write {_WRITE[name]}."
    return next((f'Add the step "{label}" for it.' for label, names in _STEPS.items() if name in names.split()), None)


LABELS = tuple(_STEPS)
