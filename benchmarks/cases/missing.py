"""Missing values. The steps take blank text for missing, so the scripts do, too."""

import pandas as pd
import polars as pl

from benchmarks.cases.case import Case, only, step

TOKENS = ["n/a", "-", "null"]


def _filled(df: pd.DataFrame, name: str) -> pd.Series:
    return df[name].mask(df[name].str.strip() == "")


def _not_blank(name: str) -> pl.Expr:
    return pl.when(pl.col(name).str.strip_chars() != "").then(pl.col(name)).alias(name)


def _mode(df: pd.DataFrame) -> pd.DataFrame:
    city = _filled(df, "city")
    return df.assign(city=city.fillna(city.mode()[0]))


def _tokens(df: pd.DataFrame, name: str) -> pd.DataFrame:
    said = df[name].str.strip().str.lower().isin(TOKENS)
    return df.assign(**{name: df[name].mask(said)})


def _no_tokens(df: pl.DataFrame, name: str) -> pl.DataFrame:
    said = pl.col(name).str.strip_chars().str.to_lowercase().is_in(TOKENS)
    return df.with_columns(pl.when(~said).then(pl.col(name)).alias(name))


AMOUNT, CITY = only("amount"), only("city")

CASES = [
    Case(
        "dropna: two columns",
        step("dropna", columns=only("amount", "city")),
        "id city amount day note",
        lambda df: df[df["amount"].notna() & _filled(df, "city").notna()],
        lambda df: df.filter(pl.col("amount").is_not_null() & _not_blank("city").is_not_null()),
    ),
    Case(
        "fillna: a fixed number",
        step("fillna", columns=AMOUNT, strategy="constant", value="0"),
        "id amount",
        lambda df: df.assign(amount=df["amount"].fillna(0)),
        lambda df: df.with_columns(pl.col("amount").fill_null(0)),
    ),
    Case(
        "fillna: a fixed text",
        step("fillna", columns=CITY, strategy="constant", value="unknown"),
        "id city",
        lambda df: df.assign(city=_filled(df, "city").fillna("unknown")),
        lambda df: df.with_columns(_not_blank("city").fill_null("unknown")),
    ),
    Case(
        "fillna: the average",
        step("fillna", columns=AMOUNT, strategy="mean"),
        "id amount",
        lambda df: df.assign(amount=df["amount"].fillna(df["amount"].mean())),
        lambda df: df.with_columns(pl.col("amount").fill_null(pl.col("amount").mean())),
    ),
    Case(
        "fillna: the median",
        step("fillna", columns=AMOUNT, strategy="median"),
        "id amount",
        lambda df: df.assign(amount=df["amount"].fillna(df["amount"].median())),
        lambda df: df.with_columns(pl.col("amount").fill_null(pl.col("amount").median())),
    ),
    Case(
        "fillna: the commonest text",
        step("fillna", columns=CITY),
        "id city",
        _mode,
        lambda df: df.with_columns(_not_blank("city").fill_null(_not_blank("city").drop_nulls().mode().first())),
    ),
    Case(
        "fillna: the value above",
        step("fillna", columns=AMOUNT, strategy="ffill"),
        "id amount",
        lambda df: df.assign(amount=df["amount"].ffill()),
        lambda df: df.with_columns(pl.col("amount").forward_fill()),
    ),
    Case(
        "fillna: the text above",
        step("fillna", columns=CITY, strategy="ffill"),
        "id city",
        lambda df: df.assign(city=_filled(df, "city").ffill()),
        lambda df: df.with_columns(_not_blank("city").forward_fill()),
    ),
    Case(
        "fillna: the value above, by group",
        step("fillna", columns=AMOUNT, strategy="ffill", group_by=only("shop")),
        "shop amount",
        lambda df: df.assign(amount=df.groupby("shop", sort=False)["amount"].ffill()),
        lambda df: df.with_columns(pl.col("amount").forward_fill().over("shop")),
    ),
    Case(
        "fillna: the average, by group",
        step("fillna", columns=AMOUNT, strategy="mean", group_by=only("shop")),
        "shop amount",
        lambda df: df.assign(amount=df["amount"].fillna(df.groupby("shop", sort=False)["amount"].transform("mean"))),
        lambda df: df.with_columns(pl.col("amount").fill_null(pl.col("amount").mean().over("shop"))),
    ),
    Case(
        "fillna: the median, by group",
        step("fillna", columns=AMOUNT, strategy="median", group_by=only("shop")),
        "shop amount",
        lambda df: df.assign(amount=df["amount"].fillna(df.groupby("shop", sort=False)["amount"].transform("median"))),
        lambda df: df.with_columns(pl.col("amount").fill_null(pl.col("amount").median().over("shop"))),
    ),
    Case(
        "fillna: another column",
        step("fillna", columns=AMOUNT, strategy="from_column", other="measure"),
        "amount measure",
        lambda df: df.assign(amount=df["amount"].fillna(df["measure"])),
        lambda df: df.with_columns(pl.col("amount").fill_null(pl.col("measure"))),
    ),
    Case(
        "fillna: on a line",
        step("fillna", columns=AMOUNT, strategy="linear"),
        "id amount",
        lambda df: df.assign(amount=df["amount"].interpolate(limit_area="inside")),
        lambda df: df.with_columns(pl.col("amount").interpolate()),
    ),
    Case(
        "coalesce: text",
        step("coalesce", columns=only("note", "city", "person")),
        "note city person",
        lambda df: df.assign(note=_filled(df, "note").fillna(_filled(df, "city")).fillna(_filled(df, "person"))),
        lambda df: df.with_columns(pl.coalesce(*map(_not_blank, ("note", "city", "person"))).alias("note")),
    ),
    Case(
        "coalesce: numbers",
        step("coalesce", columns=only("refund", "amount")),
        "refund amount",
        lambda df: df.assign(refund=df["refund"].fillna(df["amount"])),
        lambda df: df.with_columns(pl.coalesce("refund", "amount").alias("refund")),
    ),
    Case(
        "mark_missing: few different values",
        step("mark_missing", columns=only("token")),
        "id token",
        lambda df: _tokens(df, "token"),
        lambda df: _no_tokens(df, "token"),
    ),
    Case(
        "mark_missing: all different",
        step("mark_missing", columns=only("sentence")),
        "id sentence",
        lambda df: _tokens(df, "sentence"),
        lambda df: _no_tokens(df, "sentence"),
    ),
    Case(
        "blank_down: repeated text",
        step("blank_down", columns=only("region")),
        "id region",
        lambda df: df.assign(region=df["region"].mask(df["region"].eq(df["region"].shift()).fillna(False))),
        lambda df: df.with_columns(pl.when(pl.col("region").ne_missing(pl.col("region").shift())).then(pl.col("region")).alias("region")),
    ),
]
