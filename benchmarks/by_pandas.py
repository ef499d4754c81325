"""The same work as a plain pandas script: ``python -m benchmarks.by_pandas in.csv out.csv``."""

import sys

import pandas as pd

df = pd.read_csv(sys.argv[1], dtype={"id": str}, parse_dates=["date"])

for column in ["id", "name", "city", "note"]:
    df[column] = df[column].str.strip().str.replace(r"\s+", " ", regex=True)

df = df.dropna(subset=["amount"])
df["score"] = (df["score"] - df["score"].mean()) / df["score"].std(ddof=0)
df = df[(df["amount"] > 50) & ((df["city"] != "Paris") | df["flag"])]

df.to_csv(sys.argv[2], index=False)
