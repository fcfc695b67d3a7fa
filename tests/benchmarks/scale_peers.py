"""What a user would write instead: the month's answers, every customer's state at every month's end, the categories.

Here: the same figures in DuckDB's SQL, pandas and PySpark, from the CSV files; and the floor. Not here: our own
(bench_scale.py), which checks that all are equal. A peer that cannot be imported is left out; NORTHSTAR_TEST_PEER names
a folder to import from.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb

Figures = dict[str, Any]
MONTHS = [f"{2023 + (11 + n) // 12}-{(11 + n) % 12 + 1:02}-01" for n in range(36)]
PEER = os.environ.get("NORTHSTAR_TEST_PEER", "")
LOADED = """
CREATE TABLE {name} AS FROM read_csv('{folder}/{name}.csv')"""
FLOOR = """
SELECT country, product_category, count(*), sum(total), avg(score) FROM orders JOIN order_lines USING (order_id)
LEFT JOIN responses USING (order_id) GROUP BY ALL"""
ROWS = """
CREATE TABLE rows AS
WITH sold AS (
    SELECT customer_email, date_trunc('month', ordered_at) AS month, CAST(round(total * 100) AS BIGINT) AS cents,
        CAST(round(refunded * 100) AS BIGINT) AS back,
        CASE WHEN refunded > 0 THEN greatest(date_trunc('month', ordered_at), coalesce(
            CASE WHEN refunded_at <= TIMESTAMPTZ '2026-11-28 12:00:00+00' THEN date_trunc('month', refunded_at)
                WHEN refunded_at IS NOT NULL THEN TIMESTAMPTZ '9999-01-01' END,
            date_trunc('month', ordered_at))) END AS back_in
    FROM orders WHERE status <> 'cancelled')
SELECT customer_email, month, sum(orders) AS orders, sum(cents) AS cents FROM (
    SELECT customer_email, month, 1 AS orders, cents FROM sold
    UNION ALL
    SELECT customer_email, back_in, -CAST(back >= cents AS INTEGER), -back FROM sold WHERE back_in < '9999-01-01')
GROUP BY ALL"""
STATES = """
CREATE TABLE states AS
SELECT customer_email, m.month, sum(orders) OVER w AS orders, sum(cents) OVER w AS cents
FROM (SELECT DISTINCT customer_email FROM rows) CROSS JOIN (SELECT unnest({months}) AS month) AS m
LEFT JOIN rows USING (customer_email, month)
WINDOW w AS (PARTITION BY customer_email ORDER BY m.month)"""
ANSWERED = """
SELECT count(*) FILTER (score >= 9), count(*) FILTER (score IN (7, 8)), count(*) FILTER (score <= 6) FROM responses
GROUP BY date_trunc('month', responded_at) ORDER BY date_trunc('month', responded_at)"""
CATEGORIES = """
SELECT CASE WHEN score >= 9 THEN 'promoter' WHEN score >= 7 THEN 'passive' WHEN score IS NOT NULL THEN 'detractor'
    ELSE 'unsurveyed' END AS category, count(*), CAST(sum(cents) AS BIGINT)
FROM states LEFT JOIN (
    SELECT customer_email, arg_max(score, (responded_at, response_id)) AS score FROM responses GROUP BY ALL)
    USING (customer_email)
WHERE month = '{last}' AND orders > 0 GROUP BY ALL ORDER BY ALL"""


def floor(landing: Path) -> Figures:
    """DuckDB reading the three files into tables, and one joined GROUP BY."""
    _loaded(landing).sql(FLOOR).fetchall()
    return {}


def sql(landing: Path) -> Figures:
    """A pure DuckDB script."""
    connection = _loaded(landing)
    months = ", ".join(f"TIMESTAMPTZ '{month} 00:00:00+00'" for month in MONTHS)
    connection.execute(ROWS)
    connection.execute(STATES.format(months=f"[{months}]"))
    states = connection.sql(
        "SELECT count(*), CAST(sum(orders) AS BIGINT), CAST(sum(cents) AS BIGINT) FROM states WHERE orders > 0 "
        "GROUP BY month ORDER BY month"
    )
    categories = connection.sql(CATEGORIES.format(last=MONTHS[-1]))
    return {
        "answers": _lists(connection.sql(ANSWERED).fetchall()),
        "states": _lists(states.fetchall()),
        "categories": _lists(categories.fetchall()),
    }


def pandas(landing: Path) -> Figures:
    """Some thirty lines of pandas."""
    import numpy as np
    import pandas as pd

    dates = ["ordered_at", "refunded_at"]
    orders = pd.read_csv(landing / "orders.csv", parse_dates=dates)
    answers = pd.read_csv(landing / "responses.csv", parse_dates=["responded_at"])
    pd.read_csv(landing / "order_lines.csv")

    def number(times: Any) -> Any:
        return (times.dt.year * 12 + times.dt.month - 2023 * 12 - 12).clip(lower=0)

    sold = orders[orders["status"] != "cancelled"].copy()
    sold["month"], sold["cents"] = number(sold["ordered_at"]), (sold["total"] * 100).round().astype(np.int64)
    sold["back"] = (sold["refunded"] * 100).round().astype(np.int64)
    known = sold["refunded_at"].isna() | (sold["refunded_at"] <= pd.Timestamp("2026-11-28T12:00:00Z"))
    refunds = sold[(sold["back"] > 0) & known].copy()
    late = number(refunds["refunded_at"].fillna(refunds["ordered_at"]))
    refunds["month"] = np.maximum(refunds["month"], late).astype(int)
    refunds["orders"], refunds["cents"] = -(refunds["back"] >= refunds["cents"]).astype(int), -refunds["back"]
    columns = ["customer_email", "month", "orders", "cents"]
    both = pd.concat([sold.assign(orders=1)[columns], refunds[columns]])
    monthly = both.groupby(["customer_email", "month"])[["orders", "cents"]].sum()
    grids = {
        name: monthly[name].unstack("month", fill_value=0).reindex(columns=range(36), fill_value=0).cumsum(axis=1)
        for name in ("orders", "cents")
    }
    is_customer = grids["orders"] > 0
    states = [
        [
            int(is_customer[m].sum()),
            int(grids["orders"][m][is_customer[m]].sum()),
            int(grids["cents"][m][is_customer[m]].sum()),
        ]
        for m in range(36)
    ]
    category = pd.cut(answers["score"], [-1, 6, 8, 10], labels=["detractor", "passive", "promoter"]).astype(str)
    answers = answers.assign(category=category, month=number(answers["responded_at"]))
    counts = answers.groupby(["month", "category"]).size().unstack(fill_value=0)
    last = answers.sort_values(["responded_at", "response_id"]).groupby("customer_email")["category"].last()
    people = grids["cents"][35][is_customer[35]].to_frame("cents")
    people["category"] = last.reindex(people.index).fillna("unsurveyed")
    summed = people.groupby("category")["cents"].agg(["size", "sum"])
    return {
        "answers": counts[["promoter", "passive", "detractor"]].to_numpy().tolist(),
        "states": states,
        "categories": [[str(name), int(size), int(cents)] for name, size, cents in summed.itertuples()],
    }


def pyspark(landing: Path) -> Figures:
    """The SQL script's statements in Spark's dialect, on the cores of this machine."""
    from pyspark.sql import SparkSession
    from pyspark.sql import functions as f

    builder = SparkSession.builder.master("local[*]").config("spark.ui.enabled", "false")
    spark = builder.config("spark.driver.memory", "6g").config("spark.sql.session.timeZone", "UTC").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    try:
        orders, answers = (
            spark.read.csv(str(landing / f"{name}.csv"), header=True, inferSchema=True)
            for name in ("orders", "responses")
        )
        states = _spark_states(spark, orders)
        totals = states.groupBy("month").agg(f.count("*"), f.sum("orders"), f.sum("cents")).orderBy("month").collect()
        score = f.col("score")
        category = f.when(score >= 9, "promoter").when(score >= 7, "passive").otherwise("detractor")
        named = answers.withColumn("category", category)
        counts = (
            named.groupBy(f.date_trunc("month", "responded_at").alias("month"))
            .pivot("category", ["promoter", "passive", "detractor"])
            .count()
            .orderBy("month")
            .collect()
        )
        newest = f.max_by("category", f.struct("responded_at", "response_id")).alias("category")
        people = states.filter(f.col("month") == f.lit(MONTHS[-1]).cast("timestamp"))
        by_category = (
            people.join(named.groupBy("customer_email").agg(newest), "customer_email", "left")
            .groupBy(f.coalesce("category", f.lit("unsurveyed")).alias("category"))
            .agg(f.count("*"), f.sum("cents"))
            .orderBy("category")
            .collect()
        )
        return {
            "answers": [[each or 0 for each in row[1:]] for row in counts],
            "states": [list(row[1:]) for row in totals],
            "categories": [list(row) for row in by_category],
        }
    finally:
        spark.stop()


def _spark_states(spark: Any, orders: Any) -> Any:
    """Every customer at every month's end: customer_email, month, orders, cents."""
    from pyspark.sql import functions as f
    from pyspark.sql.window import Window

    month = f.date_trunc("month", "ordered_at")
    until = f.lit("2026-11-28 12:00:00").cast("timestamp")
    cents, back = (f.round(f.col(name) * 100).cast("long") for name in ("total", "refunded"))
    sold = orders.filter("status <> 'cancelled'").select(
        "customer_email", month.alias("month"), cents.alias("cents"), back.alias("back"), "refunded_at"
    )
    is_back = (f.col("back") > 0) & (f.col("refunded_at").isNull() | (f.col("refunded_at") <= until))
    back_in = f.greatest("month", f.coalesce(f.date_trunc("month", "refunded_at"), f.col("month")))
    refunds = sold.filter(is_back).select(
        "customer_email",
        back_in.alias("month"),
        (-(f.col("back") >= f.col("cents")).cast("int")).alias("orders"),
        (-f.col("back")).alias("cents"),
    )
    rows = sold.select("customer_email", "month", f.lit(1).alias("orders"), "cents").union(refunds)
    monthly = rows.groupBy("customer_email", "month").agg(
        f.sum("orders").alias("orders"), f.sum("cents").alias("cents")
    )
    months = spark.createDataFrame([(each,) for each in MONTHS], ["month"]).select(f.col("month").cast("timestamp"))
    line = Window.partitionBy("customer_email").orderBy("month")
    return (
        monthly.select("customer_email")
        .distinct()
        .crossJoin(f.broadcast(months))
        .join(monthly, ["customer_email", "month"], "left")
        .select(
            "customer_email",
            "month",
            f.sum("orders").over(line).alias("orders"),
            f.sum("cents").over(line).alias("cents"),
        )
        .filter("orders > 0")
        .cache()
    )


PEERS: dict[str, Callable[[Path], Figures]] = {"floor": floor, "sql": sql, "pandas": pandas, "pyspark": pyspark}


def found() -> Iterator[str]:
    """The peers that can be imported."""
    if PEER and PEER not in sys.path:
        sys.path.append(PEER)
    yield "sql"
    yield from (name for name in ("pandas", "pyspark") if importlib.util.find_spec(name))


def _loaded(landing: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    for name in ("orders", "order_lines", "responses"):
        connection.execute(LOADED.format(name=name, folder=landing))
    return connection


def _lists(rows: list[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(row) for row in rows]
