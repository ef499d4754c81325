"""Numbers."""

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pandas as pd
import polars as pl

from benchmarks.cases.case import Case, only, step

AMOUNT = only("amount")


def _on_paper(df: pd.DataFrame) -> pd.DataFrame:
    """Halves up by the digits written, as the step does: 1.005 is 1.01, where ``round(2)`` makes 1.0 of the stored 1.00499…"""
    cents = [float(Decimal(repr(v)).quantize(Decimal("0.01"), ROUND_HALF_UP)) for v in df["measure"].tolist()]
    return df.assign(measure=cents)


def _as_written(df: pl.DataFrame) -> pl.DataFrame:
    exact = pl.col("measure").cast(pl.String).str.to_decimal(scale=15)
    return df.with_columns(exact.round(2, mode="half_away_from_zero").cast(pl.Float64))


def _quantiles(df: pd.DataFrame) -> pd.DataFrame:
    return df.assign(measure_range=pd.qcut(df["measure"], 5).astype("str"))


def _between(df: pd.DataFrame) -> pd.DataFrame:
    made = pd.cut(df["measure"], [0, 50, 100, 1_000_000], labels=["small", "middle", "large"])
    return df.assign(measure_range=made.astype("str"))


def _far(df: pd.DataFrame) -> pd.Series:
    low, high = df["amount"].quantile(0.25), df["amount"].quantile(0.75)
    return (df["amount"] < low - 1.5 * (high - low)) | (df["amount"] > high + 1.5 * (high - low))


def _is_far() -> pl.Expr:
    low, high = (pl.col("amount").quantile(q, "linear") for q in (0.25, 0.75))
    return (pl.col("amount") < low - 1.5 * (high - low)) | (pl.col("amount") > high + 1.5 * (high - low))


def _z(df: pd.DataFrame) -> pd.DataFrame:
    return df.assign(amount=(df["amount"] - df["amount"].mean()) / df["amount"].std(ddof=0))


def _range(df: pd.DataFrame) -> pd.DataFrame:
    low, high = df["amount"].min(), df["amount"].max()
    return df.assign(amount=(df["amount"] - low) / (high - low))


def _range_by_group(df: pd.DataFrame) -> pd.DataFrame:
    groups = df.groupby("shop", sort=False)["amount"]
    low, high = groups.transform("min"), groups.transform("max")
    return df.assign(amount=(df["amount"] - low) / (high - low))


def _numbers(df: pd.DataFrame, name: str, away: str, by: float = 1) -> pd.DataFrame:
    made = pd.to_numeric(df[name].str.replace(away, "", regex=True)) if away else pd.to_numeric(df[name])
    return df.assign(**{name: made / by if by != 1 else made})


def _floats(name: str, away: str, by: float = 1) -> pl.Expr:
    made = pl.col(name).str.replace_all(away, "") if away else pl.col(name)
    return made.cast(pl.Float64) / by if by != 1 else made.cast(pl.Float64)


def _if(df: pd.DataFrame) -> pd.DataFrame:
    return df.assign(result=np.where(df["city"].eq("Paris").fillna(False), -df["measure"], df["measure"]))


CASES = [
    Case(
        "round: two decimals",
        step("round", columns=only("measure")),
        "id measure",
        _on_paper,
        _as_written,
    ),
    Case(
        "round: to a multiple",
        step("round", columns=only("measure"), to="multiple", multiple=0.25),
        "id measure",
        lambda df: df.assign(measure=(df["measure"] / 0.25).round() * 0.25),
        lambda df: df.with_columns((pl.col("measure") / 0.25).round() * 0.25),
        checked=("id",),
        differs="halves go up in the step, to the even multiple in pandas",
    ),
    Case(
        "round: down to whole numbers",
        step("round", columns=only("measure"), decimals=0, mode="floor"),
        "id measure",
        lambda df: df.assign(measure=np.floor(df["measure"])),
        lambda df: df.with_columns(pl.col("measure").floor()),
    ),
    Case(
        "running: total",
        step("running", column="amount"),
        "id amount",
        lambda df: df.assign(result=df["amount"].cumsum()),
        lambda df: df.with_columns(pl.col("amount").cum_sum().alias("result")),
    ),
    Case(
        "running: total by group",
        step("running", column="quantity", group_by=only("shop")),
        "shop quantity",
        lambda df: df.assign(result=df.groupby("shop", sort=False)["quantity"].cumsum()),
        lambda df: df.with_columns(pl.col("quantity").cum_sum().over("shop").alias("result")),
    ),
    Case(
        "running: value above",
        step("running", what="above", column="amount"),
        "id amount",
        lambda df: df.assign(result=df["amount"].shift()),
        lambda df: df.with_columns(pl.col("amount").shift().alias("result")),
    ),
    Case(
        "running: difference by group",
        step("running", what="difference", column="quantity", group_by=only("shop")),
        "shop quantity",
        lambda df: df.assign(result=df.groupby("shop", sort=False)["quantity"].diff()),
        lambda df: df.with_columns(pl.col("quantity").diff().over("shop").alias("result")),
    ),
    Case(
        "running: number in group",
        step("running", what="number", group_by=only("shop")),
        "id shop",
        lambda df: df.assign(result=df.groupby("shop", sort=False).cumcount() + 1),
        lambda df: df.with_columns(pl.int_range(1, pl.len() + 1).over("shop").alias("result")),
    ),
    Case(
        "running: rank",
        step("running", what="rank", column="measure"),
        "id measure",
        lambda df: df.assign(result=df["measure"].rank(method="min", ascending=False)),
        lambda df: df.with_columns(pl.col("measure").rank("min", descending=True).alias("result")),
    ),
    Case(
        "running: total of the group",
        step("running", what="group_total", column="quantity", group_by=only("shop")),
        "shop quantity",
        lambda df: df.assign(result=df.groupby("shop", sort=False)["quantity"].transform("sum")),
        lambda df: df.with_columns(pl.col("quantity").sum().over("shop").alias("result")),
    ),
    Case(
        "normalize: min-max",
        step("normalize", columns=AMOUNT),
        "id amount",
        _range,
        lambda df: df.with_columns((pl.col("amount") - pl.col("amount").min()) / (pl.col("amount").max() - pl.col("amount").min())),
    ),
    Case(
        "normalize: z-score",
        step("normalize", columns=AMOUNT, method="z_score"),
        "id amount",
        _z,
        lambda df: df.with_columns((pl.col("amount") - pl.col("amount").mean()) / pl.col("amount").std(ddof=0)),
    ),
    Case(
        "normalize: rank",
        step("normalize", columns=AMOUNT, method="rank"),
        "id amount",
        lambda df: df.assign(amount=df["amount"].rank()),
        lambda df: df.with_columns(pl.col("amount").rank("average")),
    ),
    Case(
        "normalize: min-max by group",
        step("normalize", columns=AMOUNT, group_by=only("shop")),
        "shop amount",
        _range_by_group,
        lambda df: df.with_columns(
            (pl.col("amount") - pl.col("amount").min().over("shop"))
            / (pl.col("amount").max().over("shop") - pl.col("amount").min().over("shop"))
        ),
    ),
    Case(
        "normalize: logarithm",
        step("normalize", columns=only("measure"), method="log10"),
        "id measure",
        lambda df: df.assign(measure=np.log10(df["measure"])),
        lambda df: df.with_columns(pl.col("measure").log10()),
    ),
    Case(
        "bin: between edges",
        step("bin", columns=only("measure"), method="edges", edges=(0, 50, 100, 1_000_000), labels=("small", "middle", "large")),
        "id measure",
        _between,
        lambda df: df.with_columns(
            pl.col("measure")
            .bin_intervals([50, 100], labels=["small", "middle", "large"], right_closed=True)
            .cast(pl.String)
            .alias("measure_range")
        ),
    ),
    Case(
        "bin: with equally many rows",
        step("bin", columns=only("measure"), method="quantile"),
        "id measure",
        _quantiles,
        lambda df: df.with_columns(
            pl.col("measure").bin_quantiles(5, labels=list("12345"), right_closed=True).cast(pl.String).alias("measure_range")
        ),
        checked=("id", "measure"),
        differs="each writes the ranges in its own words",
    ),
    Case(
        "outliers: mark by IQR",
        step("outliers", columns=AMOUNT),
        "id amount",
        lambda df: df.assign(amount_outlier=_far(df)),
        lambda df: df.with_columns(_is_far().alias("amount_outlier")),
        checked=("id", "amount"),
        differs="a missing amount is not extreme in the step, and missing in polars",
    ),
    Case(
        "outliers: remove by IQR",
        step("outliers", columns=AMOUNT, action="remove"),
        "id amount city",
        lambda df: df[~_far(df).fillna(False)],
        lambda df: df.filter(~_is_far().fill_null(False)),
    ),
    Case(
        "outliers: cap by IQR",
        step("outliers", columns=AMOUNT, action="clip"),
        "id amount",
        lambda df: df.assign(
            amount=df["amount"].clip(
                df["amount"].quantile(0.25) - 1.5 * (df["amount"].quantile(0.75) - df["amount"].quantile(0.25)),
                df["amount"].quantile(0.75) + 1.5 * (df["amount"].quantile(0.75) - df["amount"].quantile(0.25)),
            )
        ),
        lambda df: df.with_columns(
            pl.col("amount").clip(
                2.5 * pl.col("amount").quantile(0.25, "linear") - 1.5 * pl.col("amount").quantile(0.75, "linear"),
                2.5 * pl.col("amount").quantile(0.75, "linear") - 1.5 * pl.col("amount").quantile(0.25, "linear"),
            )
        ),
    ),
    Case(
        "parse_number: plain",
        step("parse_number", columns=only("plain_number")),
        "id plain_number",
        lambda df: _numbers(df, "plain_number", ""),
        lambda df: df.with_columns(_floats("plain_number", "")),
    ),
    Case(
        "parse_number: with thousands marks",
        step("parse_number", columns=only("marked_number")),
        "id marked_number",
        lambda df: _numbers(df, "marked_number", ","),
        lambda df: df.with_columns(_floats("marked_number", ",")),
    ),
    Case(
        "parse_number: with a currency",
        step("parse_number", columns=only("currency")),
        "id currency",
        lambda df: _numbers(df, "currency", "[€,]"),
        lambda df: df.with_columns(_floats("currency", "[€,]")),
    ),
    Case(
        "parse_number: percent",
        step("parse_number", columns=only("percent")),
        "id percent",
        lambda df: _numbers(df, "percent", "%", 100),
        lambda df: df.with_columns(_floats("percent", "%", 100)),
    ),
    Case(
        "parse_number: with a unit",
        step("parse_number", columns=only("weight"), unit="drop"),
        "id weight",
        lambda df: _numbers(df, "weight", " kg"),
        lambda df: df.with_columns(_floats("weight", " kg")),
    ),
    Case(
        "compute_column: arithmetic",
        step("compute_column", expression="[quantity] * [measure] + 1"),
        "quantity measure",
        lambda df: df.assign(result=df["quantity"] * df["measure"] + 1),
        lambda df: df.with_columns((pl.col("quantity") * pl.col("measure") + 1).alias("result")),
    ),
    Case(
        "compute_column: IF",
        step("compute_column", expression='IF(IFMISSING([city], "") = "Paris", -[measure], [measure])'),
        "city measure",
        _if,
        lambda df: df.with_columns(
            pl.when(pl.col("city").fill_null("") == "Paris").then(-pl.col("measure")).otherwise(pl.col("measure")).alias("result")
        ),
    ),
    Case(
        "compute_column: text",
        step("compute_column", expression='UPPER(LEFT([order], 3)) & "/" & [shop]'),
        "order shop",
        lambda df: df.assign(result=df["order"].str[:3].str.upper() + "/" + df["shop"]),
        lambda df: df.with_columns((pl.col("order").str.slice(0, 3).str.to_uppercase() + "/" + pl.col("shop")).alias("result")),
    ),
]
