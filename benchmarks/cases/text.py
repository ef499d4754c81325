"""Text."""

import pandas as pd
import polars as pl

from benchmarks.cases.case import Case, only, step

MAIL = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}"
COUNTRY = {"Berlin": "Germany", "Paris": "France", "London": "United Kingdom", "Milan": "Italy", "Vienna": "Austria"}


def _trimmed(df: pd.DataFrame, name: str) -> pd.DataFrame:
    return df.assign(**{name: df[name].str.strip().str.replace(r"\s+", " ", regex=True)})


def _no_spaces(df: pl.DataFrame, name: str) -> pl.DataFrame:
    return df.with_columns(pl.col(name).str.strip_chars().str.replace_all(r"\s+", " "))


def _split(df: pd.DataFrame) -> pd.DataFrame:
    made = df["sentence"].str.split(",", expand=True)
    return df.drop(columns="sentence").assign(sentence_1=made[0].str.strip(), sentence_2=made[1].str.strip())


def _parts(df: pl.DataFrame) -> pl.DataFrame:
    made = pl.col("sentence").str.split_exact(",", 1)
    first, second = (made.struct.field(f"field_{i}").str.strip_chars().alias(f"sentence_{i + 1}") for i in (0, 1))
    return df.with_columns(first, second).drop("sentence")


def _exploded(df: pd.DataFrame) -> pd.DataFrame:
    return df.assign(tags=df["tags"].str.split(", ")).explode("tags")


def _joined(df: pd.DataFrame) -> pd.DataFrame:
    return df.assign(both=df["city"].str.cat(df["order"], sep=" ", na_rep="").str.strip())


def _told(df: pd.DataFrame) -> pd.DataFrame:
    commonest = df.value_counts(["shop", "area"]).reset_index().drop_duplicates("shop").set_index("shop")["area"]
    return df.assign(area=df["shop"].map(commonest))


def _mapped(df: pd.DataFrame) -> pd.DataFrame:
    return df.assign(city=df["city"].map(COUNTRY).fillna(df["city"]))


CASES = [
    Case(
        "trim_whitespace: few different values",
        step("trim_whitespace", columns=only("padded")),
        "id padded",
        lambda df: _trimmed(df, "padded"),
        lambda df: _no_spaces(df, "padded"),
    ),
    Case(
        "trim_whitespace: all different",
        step("trim_whitespace", columns=only("spaced")),
        "id spaced",
        lambda df: _trimmed(df, "spaced"),
        lambda df: _no_spaces(df, "spaced"),
    ),
    *(
        Case(
            f"change_case: {case}, {kind}",
            step("change_case", columns=only(name), case=case),
            f"id {name}",
            lambda df, name=name, by=by: df.assign(**{name: getattr(df[name].str, by)()}),
            lambda df, name=name, to=to: df.with_columns(getattr(pl.col(name).str, to)()),
        )
        for case, by, to in (("lower", "lower", "to_lowercase"), ("upper", "upper", "to_uppercase"), ("title", "title", "to_titlecase"))
        for kind, name in (("few different values", "city"), ("all different", "sentence"))
    ),
    Case(
        "clean_characters: as it stands",
        step("clean_characters", columns=only("accented")),
        "id accented",
        lambda df: df.assign(accented=df["accented"].str.normalize("NFC").str.replace(r"[\u200b-\u200f\u00ad\ufeff]", "", regex=True)),
        lambda df: df.with_columns(pl.col("accented").str.normalize("NFC").str.replace_all(r"[\u200b-\u200f\u00ad\ufeff]", "")),
        differs="the step also mends wrongly read text (mojibake)",
    ),
    Case(
        "clean_characters: without accents",
        step("clean_characters", columns=only("accented"), accents=True),
        "id accented",
        lambda df: df.assign(
            accented=df["accented"].str.normalize("NFD").str.replace("[\u0300-\u036f\u200b-\u200f\u00ad\ufeff]", "", regex=True)
        ),
        lambda df: df.with_columns(
            pl.col("accented").str.normalize("NFD").str.replace_all(r"[\u0300-\u036f\u200b-\u200f\u00ad\ufeff]", "")
        ),
    ),
    Case(
        "find_replace: a part, all different",
        step("find_replace", columns=only("sentence"), find="item", replace="piece"),
        "id sentence",
        lambda df: df.assign(sentence=df["sentence"].str.replace("item", "piece", regex=False)),
        lambda df: df.with_columns(pl.col("sentence").str.replace_all("item", "piece", literal=True)),
    ),
    Case(
        "find_replace: a part, few different values",
        step("find_replace", columns=only("city"), find="on", replace="ON"),
        "id city",
        lambda df: df.assign(city=df["city"].str.replace("on", "ON", regex=False)),
        lambda df: df.with_columns(pl.col("city").str.replace_all("on", "ON", literal=True)),
    ),
    Case(
        "find_replace: a pattern, all different",
        step("find_replace", columns=only("sentence"), find="([0-9]+) of", replace=r"no. \1 of", match="regex"),
        "id sentence",
        lambda df: df.assign(sentence=df["sentence"].str.replace("([0-9]+) of", r"no. \1 of", regex=True)),
        lambda df: df.with_columns(pl.col("sentence").str.replace_all("([0-9]+) of", "no. ${1} of")),
    ),
    Case(
        "find_replace: a whole value",
        step("find_replace", columns=only("city"), find="Paris", replace="PARIS", match="whole"),
        "id city",
        lambda df: df.assign(city=df["city"].replace("Paris", "PARIS")),
        lambda df: df.with_columns(pl.col("city").replace("Paris", "PARIS")),
    ),
    Case(
        "make_agree: the area by the shop",
        step("make_agree", column="area", by={"names": ["shop"]}),
        "id shop area",
        _told,
        lambda df: df.with_columns(pl.col("area").mode().first().over("shop")),
    ),
    Case(
        "map_values: five of twelve",
        step("map_values", columns=only("city"), mapping=COUNTRY),
        "id city",
        _mapped,
        lambda df: df.with_columns(pl.col("city").replace(COUNTRY)),
    ),
    Case(
        "cluster_merge: five of twelve",
        step("cluster_merge", columns=only("city"), mapping=COUNTRY),
        "id city",
        _mapped,
        lambda df: df.with_columns(pl.col("city").replace(COUNTRY)),
    ),
    Case(
        "pad: text",
        step("pad", columns=only("code"), width=6),
        "id code",
        lambda df: df.assign(code=df["code"].str.zfill(6)),
        lambda df: df.with_columns(pl.col("code").str.zfill(6)),
    ),
    Case(
        "pad: whole numbers",
        step("pad", columns=only("quantity"), width=6),
        "id quantity",
        lambda df: df.assign(quantity=df["quantity"].astype("str").str.zfill(6)),
        lambda df: df.with_columns(pl.col("quantity").cast(pl.String).str.zfill(6)),
    ),
    Case(
        "extract: e-mail addresses",
        step("extract", column="email", what="email", output=("mail",)),
        "id email",
        lambda df: df.assign(mail=df["email"].str.extract(f"({MAIL})", expand=False)),
        lambda df: df.with_columns(pl.col("email").str.extract(f"({MAIL})").alias("mail")),
    ),
    Case(
        "extract: a pattern",
        step("extract", column="order", what="pattern", pattern="-([0-9]{4})", output=("part",)),
        "order",
        lambda df: df.assign(part=df["order"].str.extract("-([0-9]{4})", expand=False)),
        lambda df: df.with_columns(pl.col("order").str.extract("-([0-9]{4})").alias("part")),
    ),
    Case(
        "extract: the first four characters",
        step("extract", column="order", what="first", length=4, output=("part",)),
        "order",
        lambda df: df.assign(part=df["order"].str[:4]),
        lambda df: df.with_columns(pl.col("order").str.slice(0, 4).alias("part")),
    ),
    Case(
        "split_column: at a mark",
        step("split_column", column="sentence"),
        "id sentence",
        _split,
        _parts,
    ),
    Case(
        "concat_columns: two",
        step("concat_columns", columns=only("city", "order"), output="both"),
        "city order",
        _joined,
        lambda df: df.with_columns(pl.concat_str("city", "order", separator=" ", ignore_nulls=True).alias("both")),
    ),
    Case(
        "explode: answers of a cell",
        step("explode", column="tags"),
        "id tags",
        _exploded,
        lambda df: df.with_columns(pl.col("tags").str.split(", ")).explode("tags"),
    ),
    Case(
        "multi_answer: five answers",
        step("multi_answer", column="tags"),
        "id tags",
        lambda df: df.join(df["tags"].str.get_dummies(", ").add_prefix("tags: ").astype(bool)),
        lambda df: df.with_columns(
            pl.col("tags").str.split(", ").list.contains(drink).alias(f"tags: {drink}")
            for drink in ("Coffee", "Juice", "Milk", "Tea", "Water")
        ),
        checked=("id", "tags"),
        differs="a missing answer is no in pandas, and missing in the step",
    ),
]
