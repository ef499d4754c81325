"""A small run of every step, for the reference: parameters, the table before, and the other table where one is read."""

from datetime import date
from typing import Any

from steps.base import Example

PEOPLE = {"name": ["Ana", "Bo", "Cy"], "city": ["Lyon", None, "Rome"]}
SALES = {"region": ["North", "South", "North"], "month": ["Jan", "Jan", "Feb"], "amount": [10, 20, 30]}
ORDERS = {"id": ["1", "2", "3"], "customer": ["K1", "K2", "K9"]}
CUSTOMERS = {"customer": ["K1", "K2", "K3"], "country": ["France", "Italy", "Spain"]}


def these(*names: str) -> dict[str, Any]:
    """The choice of columns by name."""
    return {"names": [*names]}


EXAMPLES: dict[str, Example] = {
    "append": Example({"other": "other", "source": "from"}, {"id": [1], "city": ["Lyon"]}, {"id": [2], "country": ["Italy"]}),
    "bin": Example({"columns": these("age"), "method": "edges", "edges": [0, 18, 65, 120], "right_closed": False}, {"age": [4, 18, 70]}),
    "blank_down": Example({"columns": these("city")}, {"city": ["Lyon", "Lyon", "Rome"], "shop": ["A", "B", "C"]}),
    "change_case": Example({"columns": these("name"), "case": "title"}, {"name": ["ANA MEIER", "o'neil"]}),
    "clean_characters": Example({"columns": these("name"), "accents": True}, {"name": ["MÃ¼ller", "Zoë"]}),
    "clean_names": Example({}, {"Unit Price (€)": [1.5], "Größe": ["L"]}),
    "cluster_merge": Example(
        {"columns": these("city"), "mapping": {"LYON": "Lyon", "lyon ": "Lyon"}}, {"city": ["Lyon", "LYON", "lyon ", "Lyon.", "Rome"]}
    ),
    "coalesce": Example(
        {"columns": these("mobile", "phone"), "output": "number"}, {"mobile": ["1", None, None], "phone": ["2", "3", None]}
    ),
    "compare": Example(
        {"other": "other", "keys": [{"column": "id"}]}, {"id": ["1", "2"], "price": [5, 6]}, {"id": ["1", "3"], "price": [4, 9]}
    ),
    "compute_column": Example(
        {"into": "net", "expression": 'IF([type] = "Refund", -[amount], [amount])'},
        {"type": ["Sale", "Refund", None], "amount": [10, 4, 7]},
    ),
    "concat_columns": Example({"columns": these("first", "last"), "output": "full"}, {"first": ["Ana", "Bo"], "last": ["Meier", None]}),
    "dates": Example(
        {"column": "ordered", "part": "month_name", "into": "month"}, {"ordered": [date(2024, 1, 31), date(2024, 12, 1), None]}
    ),
    "drop_columns_by_content": Example({"constant": True}, {"id": [1, 2], "notes": [None, None], "currency": ["EUR", "EUR"]}),
    "drop_duplicates": Example(
        {"columns": these("email"), "ignore_case": True}, {"email": ["ana@x.org", "ANA@x.org", "bo@x.org"], "n": [1, 2, 3]}
    ),
    "dropna": Example({"columns": these("city")}, PEOPLE),
    "edit_cells": Example({"edits": [{"row": 3, "column": "city", "old": None, "new": "Graz"}]}, PEOPLE),
    "explode": Example({"column": "answers"}, {"id": [1, 2], "answers": ["Tea, Coffee", "Tea"]}),
    "extract": Example(
        {"column": "address", "what": "pattern", "pattern": r"(\d{5})", "output": ["postcode"]},
        {"address": ["Hauptstr. 1, 10115 Berlin", "unknown"]},
    ),
    "fillna": Example(
        {"columns": these("city"), "strategy": "ffill"}, {"city": ["Lyon", None, "Rome", None], "shop": ["A", "B", "C", "D"]}
    ),
    "filter": Example(
        {"condition": {"tests": [{"column": "amount", "op": "greater", "value": 15}]}},
        {"amount": [10, 20, None], "region": ["N", "S", "W"]},
    ),
    "find_replace": Example({"columns": these("code"), "find": "-", "replace": "/"}, {"code": ["A-1-x", "B2"]}),
    "fuzzy_duplicates": Example(
        {"decisions": [{"rows": [2, 4]}], "new_pairs": "leave"},
        {"name": ["Ana Meier", "Bo Lind", "Anna Meier"], "city": ["Lyon", "Oslo", None], "phone": [None, "7", "5"]},
    ),
    "group_aggregate": Example({"by": ["region"], "aggregates": [{"function": "sum", "column": "amount"}, {"function": "rows"}]}, SALES),
    "join": Example({"other": "other", "keys": [{"column": "customer"}], "take": ["country"]}, ORDERS, CUSTOMERS),
    "make_agree": Example(
        {"column": "city", "by": these("postcode")},
        {"postcode": ["10115"] * 5, "city": ["Berlin", "Berlin", "Brelin", "Berlin", "Berlin"]},
    ),
    "map_values": Example({"columns": these("code"), "mapping": {"m": "male", "f": "female"}}, {"code": ["M", "f", "x"]}),
    "mark_missing": Example({"columns": these("city"), "tokens": ["n/a", "-"]}, {"city": ["Lyon", "N/A", "-"]}),
    "multi_answer": Example({"column": "drinks", "keep_original": False}, {"drinks": ["Tea, Coffee", "Tea", None]}),
    "normalize": Example({"columns": these("price")}, {"price": [10, 15, 20, None]}),
    "outliers": Example({"columns": these("price")}, {"price": [9, 10, 10, 11, 11, 12, 12, 90]}),
    "pad": Example({"columns": these("code")}, {"code": ["2210", "75001", None]}),
    "parse_boolean": Example({"columns": these("paid"), "true_words": ["ja"], "false_words": ["nein"]}, {"paid": ["Ja", "nein", "?"]}),
    "parse_date": Example({"columns": these("day")}, {"day": ["31.12.2024", "1.2.2024", "31.2.2024"]}),
    "parse_number": Example({"columns": these("price"), "decimal": ","}, {"price": ["1.234,50 €", "-7", "free"]}),
    "pivot": Example({"rows": ["region"], "columns": "month", "values": "amount", "how": "sum"}, SALES),
    "rename": Example({"names": {"Ort": "city"}}, {"Ort": ["Lyon"], "n": [1]}),
    "round": Example({"columns": these("price"), "decimals": 1}, {"price": [1.25, 2.0, -0.05]}),
    "running": Example({"what": "total", "column": "amount", "group_by": these("region"), "into": "so_far"}, SALES),
    "sections": Example({"heading": "item", "output": "store"}, {"item": ["York", "Tea", "Hull", "Jam"], "price": [None, 3, None, 4]}),
    "select": Example({"action": "remove", "columns": these("month")}, SALES),
    "select_rows": Example({"what": "skip_bottom"}, {"item": ["Tea", "Jam", "Total"], "price": [3, 4, 7]}),
    "set_types": Example({"types": {"n": "integer", "day": "date"}}, {"n": ["1", "x"], "day": ["2024-01-31", None]}),
    "sort": Example({"by": [{"column": "amount", "order": "descending"}]}, SALES),
    "split_column": Example(
        {"column": "name", "mark": " ", "side": "right", "max_splits": 1}, {"name": ["Ana Maria Meier", "Bo Li", None]}
    ),
    "trim_whitespace": Example({"columns": these("city")}, {"city": [" Lyon", "New   York", "  "]}),
    "unpivot": Example({"columns": these("Jan", "Feb"), "names_to": "month"}, {"region": ["North"], "Jan": [10], "Feb": [30]}),
    "validate": Example({"rules": [{"column": "id", "check": "unique"}], "action": "flag"}, {"id": ["a", "b", "a"]}),
}
