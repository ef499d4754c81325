"""Dates and types."""

import pandas as pd
import polars as pl

from benchmarks.cases.case import Case, only, step

YES = {"yes": True, "y": True, "no": False, "n": False}


def _typed(df: pd.DataFrame) -> pd.DataFrame:
    return df.assign(plain_number=df["plain_number"].astype("float64"), whole_number=df["whole_number"].astype("int64"))


def _month(df: pd.DataFrame) -> pd.DataFrame:
    return df.assign(result=df["moment"].dt.to_period("M").dt.to_timestamp())


CASES = [
    Case(
        "set_types: numbers",
        step("set_types", types={"plain_number": "number", "whole_number": "integer"}),
        "plain_number whole_number",
        _typed,
        lambda df: df.with_columns(pl.col("plain_number").cast(pl.Float64), pl.col("whole_number").cast(pl.Int64)),
    ),
    Case(
        "set_types: dates",
        step("set_types", types={"iso_day": "date"}),
        "id iso_day",
        lambda df: df.assign(iso_day=pd.to_datetime(df["iso_day"], format="%Y-%m-%d")),
        lambda df: df.with_columns(pl.col("iso_day").str.to_date("%Y-%m-%d")),
    ),
    Case(
        "set_types: numbers to text",
        step("set_types", types={"quantity": "text"}),
        "id quantity",
        lambda df: df.assign(quantity=df["quantity"].astype("str")),
        lambda df: df.with_columns(pl.col("quantity").cast(pl.String)),
    ),
    Case(
        "parse_date: days",
        step("parse_date", columns=only("written_day")),
        "id written_day",
        lambda df: df.assign(written_day=pd.to_datetime(df["written_day"], format="%d/%m/%Y")),
        lambda df: df.with_columns(pl.col("written_day").str.to_date("%d/%m/%Y")),
    ),
    Case(
        "parse_date: moments, all different",
        step("parse_date", columns=only("written_moment")),
        "id written_moment",
        lambda df: df.assign(written_moment=pd.to_datetime(df["written_moment"], format="%d/%m/%Y %H:%M:%S")),
        lambda df: df.with_columns(pl.col("written_moment").str.to_datetime("%d/%m/%Y %H:%M:%S", time_unit="us")),
    ),
    Case(
        "parse_boolean: words",
        step("parse_boolean", columns=only("yes")),
        "id yes",
        lambda df: df.assign(yes=df["yes"].str.strip().str.lower().map(YES)),
        lambda df: df.with_columns(pl.col("yes").str.strip_chars().str.to_lowercase().replace_strict(YES, return_dtype=pl.Boolean)),
    ),
    Case(
        "dates: month of a date",
        step("dates", column="day"),
        "id day",
        lambda df: df.assign(result=df["day"].dt.month),
        lambda df: df.with_columns(pl.col("day").dt.month().alias("result")),
    ),
    Case(
        "dates: hour of a moment",
        step("dates", column="moment", part="hour"),
        "id moment",
        lambda df: df.assign(result=df["moment"].dt.hour),
        lambda df: df.with_columns(pl.col("moment").dt.hour().alias("result")),
    ),
    Case(
        "dates: name of the weekday",
        step("dates", column="day", part="weekday_name"),
        "id day",
        lambda df: df.assign(result=df["day"].dt.day_name()),
        lambda df: df.with_columns(pl.col("day").dt.strftime("%A").alias("result")),
    ),
    Case(
        "dates: as text",
        step("dates", column="day", action="format", format="%d.%m.%Y"),
        "id day",
        lambda df: df.assign(result=df["day"].dt.strftime("%d.%m.%Y")),
        lambda df: df.with_columns(pl.col("day").dt.strftime("%d.%m.%Y").alias("result")),
    ),
    Case(
        "dates: days between two",
        step("dates", column="day", action="difference", other="sent"),
        "day sent",
        lambda df: df.assign(result=(df["sent"] - df["day"]).dt.days),
        lambda df: df.with_columns((pl.col("sent") - pl.col("day")).dt.total_days().alias("result")),
    ),
    Case(
        "dates: months later",
        step("dates", column="day", action="shift", unit="months", amount=3),
        "id day",
        lambda df: df.assign(result=df["day"] + pd.DateOffset(months=3)),
        lambda df: df.with_columns(pl.col("day").dt.offset_by("3mo").alias("result")),
    ),
    Case(
        "dates: start of the month",
        step("dates", column="moment", action="truncate", unit="months"),
        "id moment",
        _month,
        lambda df: df.with_columns(pl.col("moment").dt.truncate("1mo").alias("result")),
    ),
]
