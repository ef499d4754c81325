"""Columns: which there are and how they are called."""

import re

import pandas as pd
import polars as pl

from benchmarks.cases.case import Case, only, step

MANY = "id order city shop amount score flag day note constant empty"


def _snake(name: str) -> str:
    return re.sub("[^a-z0-9]+", "_", name.lower()).strip("_")


def _useful(df: pd.DataFrame) -> pd.DataFrame:
    return df[[n for n in df.columns if df[n].notna().any() and df[n].nunique(dropna=False) > 1]]


def _different(df: pl.DataFrame) -> pl.DataFrame:
    return df.select(n for n in df.columns if df[n].null_count() < df.height and df[n].n_unique() > 1)


CASES = [
    Case(
        "select: keep three",
        step("select", columns=only("city", "amount", "id")),
        MANY,
        lambda df: df[["city", "amount", "id"]],
        lambda df: df.select("city", "amount", "id"),
    ),
    Case(
        "rename: two",
        step("rename", names={"city": "town", "amount": "price"}),
        MANY,
        lambda df: df.rename(columns={"city": "town", "amount": "price"}),
        lambda df: df.rename({"city": "town", "amount": "price"}),
    ),
    Case(
        "clean_names",
        step("clean_names"),
        MANY,
        lambda df: df.rename(columns=_snake),
        lambda df: df.rename(_snake),
    ),
    Case(
        "drop_columns_by_content: without values",
        step("drop_columns_by_content"),
        MANY,
        lambda df: df.dropna(axis="columns", how="all"),
        lambda df: df.select(n for n in df.columns if df[n].null_count() < df.height),
    ),
    Case(
        "drop_columns_by_content: one value only",
        step("drop_columns_by_content", constant=True),
        MANY,
        _useful,
        _different,
    ),
]
