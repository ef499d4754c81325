"""The same work as a polars script: ``python -m benchmarks.by_polars in.csv out.csv``."""

import sys

import polars as pl

score = pl.col("score")

(
    pl.scan_csv(sys.argv[1], schema_overrides={"id": pl.String}, try_parse_dates=True)
    .with_columns(pl.col(pl.String).str.strip_chars().str.replace_all(r"\s+", " "))
    .drop_nulls("amount")
    .with_columns((score - score.mean()) / score.std(ddof=0))
    .filter((pl.col("amount") > 50) & ((pl.col("city") != "Paris") | pl.col("flag")))
    .collect()
    .write_csv(sys.argv[2])
)
