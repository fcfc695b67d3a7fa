"""The draw of the hold-out: the share asked for, by customer, for ever; never who reports harm."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

import duckdb
import polars as pl
import pytest

from pipelines.core.topics import URGENT
from pipelines.loop.covariates import NAMED
from pipelines.loop.holdout import DRAW, URGENT_ANSWERS, held_out
from pipelines.loop.outcomes import ONLY
from pipelines.warehouse.frames import frame, registered

START = date(2026, 12, 1)
NOBODY = pl.LazyFrame(schema={"response_id": pl.String})
Shares = tuple[tuple[date, float], ...]
TENTH: Shares = ((START, 0.1),)


def answers(customers: int, *, each: int = 1, start: date = START, named: bool = True) -> pl.DataFrame:
    """Answers of numbered customers, a day apart, as a figure reads them."""
    rows = pl.DataFrame({"customer": range(customers)}).join(pl.DataFrame({"time": range(each)}), how="cross")
    rows = rows.select(
        response_id=pl.format("r{}-{}", "customer", "time"),
        customer_id=pl.format("{}", "customer") if named else pl.lit(None, dtype=pl.String),
        response_date=pl.lit(start) + pl.duration(days="time"),
    )
    connection = duckdb.connect()
    with registered(connection, "core_responses", rows):
        return frame(connection.sql(f"SELECT *, {DRAW} FROM core_responses"))


def drawn(rows: pl.DataFrame, shares: Shares, urgent: pl.LazyFrame = NOBODY) -> pl.DataFrame:
    return held_out(rows.lazy(), urgent, shares=shares).collect()


@pytest.mark.parametrize("share", [0.0, 0.1, 0.2, 0.5])
def test_the_share_asked_for_is_held_out(share: float) -> None:
    rows = drawn(answers(20_000), ((START, share),))
    # Four standard errors.
    assert rows["is_held_out"].mean() == pytest.approx(share, abs=4 * (share * (1 - share) / 20_000) ** 0.5)
    assert rows["holdout_share"].unique().to_list() == [share]


def test_a_customer_is_held_out_with_every_answer_or_with_none() -> None:
    rows = drawn(answers(2_000, each=3), TENTH)
    by_customer = rows.group_by("customer_id").agg(pl.col("is_held_out").n_unique())
    assert by_customer["is_held_out"].unique().to_list() == [1]


def test_anonymous_answers_are_drawn_one_by_one() -> None:
    rows = drawn(answers(4_000, each=2, named=False), ((START, 0.5),))
    held = rows.with_columns(pl.col("response_id").str.split("-").list.first().alias("customer"))
    together = held.group_by("customer").agg(pl.col("is_held_out").n_unique())["is_held_out"]
    assert (together == 2).mean() == pytest.approx(0.5, abs=0.04)


def test_the_draw_is_the_md5_of_the_customer_on_every_machine() -> None:
    labels = [f"northstar follow-up hold-out customer {number}".encode() for number in range(3)]
    digests = [hashlib.md5(label, usedforsecurity=False).digest() for label in labels]
    expected = [(int.from_bytes(digest[8:], "little") >> 11) / 2**53 for digest in digests]
    assert answers(3)["draw"].to_list() == expected


def test_who_is_held_out_at_a_small_share_is_at_a_larger_one() -> None:
    rows = answers(5_000)
    small, large = drawn(rows, TENTH)["is_held_out"], drawn(rows, ((START, 0.3),))["is_held_out"]
    assert large.sum() > 2 * small.sum()
    assert not (small & ~large).any()


def test_a_later_entry_reassigns_no_earlier_answer() -> None:
    rows = answers(500, each=60)
    before = drawn(rows, TENTH)
    changed = START + timedelta(days=30)
    for share in (0.0, 0.3):
        after = drawn(rows, (*TENTH, (changed, share)))
        past = pl.col("response_date") < changed
        assert after.filter(past).equals(before.filter(past))
        assert after.filter(~past)["holdout_share"].unique().to_list() == [share]


def test_nobody_is_held_out_before_the_first_day_or_without_the_setting() -> None:
    rows = answers(500, start=START - timedelta(days=1), each=2)
    first = drawn(rows, ((START, 0.5),)).filter(pl.col("response_date") < START)
    assert not first["is_held_out"].any()
    assert first["holdout_share"].unique().to_list() == [0.0]
    assert not drawn(rows, ())["is_held_out"].any()


def test_an_answer_that_reports_harm_is_not_held_out_and_not_compared() -> None:
    rows = answers(500, each=2)
    held = drawn(rows, ((START, 0.5),)).filter("is_held_out")["customer_id"].unique()
    # Both topics in one answer are two rows.
    urgent = pl.LazyFrame({"response_id": [f"r{held[0]}-0"] * 2})
    after = drawn(rows, ((START, 0.5),), urgent).filter(pl.col("customer_id") == held[0])
    assert after.select("response_id", "holdout_share", "is_held_out").rows() == [
        (f"r{held[0]}-0", 0.0, False),
        (f"r{held[0]}-1", 0.5, True),
    ]
    assert drawn(rows, ((START, 0.5),), urgent).height == rows.height


def test_urgent_answers_are_read_by_their_topics() -> None:
    connection = duckdb.connect()
    topics = pl.DataFrame({"response_id": ["1", "2", "3"], "topic": ["price", *URGENT]})
    columns, where = URGENT_ANSWERS
    with registered(connection, "topics", topics):
        assert frame(connection.sql(f"SELECT {columns} FROM topics WHERE {where}"))["response_id"].to_list() == [
            "2",
            "3",
        ]


def test_every_figure_draws_alike_whatever_ids_it_reads() -> None:
    """A column of the table wins over a column of the same name that is selected before."""
    connection = duckdb.connect()
    rows = (
        answers(50).drop("draw").with_columns(pl.lit("detractor").alias("category"), score=5, comment=pl.lit("words"))
    )
    rows = rows.with_columns(responded_at="response_date", stage=pl.lit("relational"), order_id=pl.lit("o"))
    with registered(connection, "core_responses", rows):
        expected = frame(connection.sql(f"SELECT {DRAW} FROM core_responses"))["draw"]
        for columns, _ in (ONLY["core.responses"], NAMED["core.responses"]):
            assert frame(connection.sql(f"SELECT {columns} FROM core_responses"))["draw"].equals(expected)
