"""The tables made by counting: empty without answers, and as the DDL declares them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest
from nps.shop import PARIS, Shop, months

from pipelines.nps.by_period import scores
from pipelines.nps.by_segment import by_segment
from pipelines.nps.change_parts import change_parts
from pipelines.periods import Span, Window
from pipelines.settings import Settings

SCHEMA = Path(__file__).parents[2] / "sql" / "schema" / "nps.sql"


@pytest.mark.parametrize(
    ("name", "grain"), [("responses", "in no month"), ("responses", "none at all"), ("segments", "none at all")]
)
def test_no_input_gives_empty_tables(name: str, grain: str) -> None:
    clock, settings = PARIS, Settings()
    shop = Shop(1, clock, answers=20)
    future = Window(date(2027, 1, 1), date(2027, 3, 1))
    span = Span(future if grain == "in no month" else months(date(2026, 1, 1), date(2026, 2, 1)), clock)
    responses, segments = shop.responses(), shop.segments()
    if grain == "none at all" and name == "responses":
        responses = responses.clear()
    if name == "segments":
        segments = segments.clear()
    assert by_segment(responses, segments, span=span, settings=settings).is_empty()
    assert change_parts(responses, segments, span=span, settings=settings).is_empty()
    if name == "responses":
        assert scores(responses, span=span, settings=settings).is_empty()


@pytest.mark.parametrize("table", ["by_period", "by_segment", "change_parts"])
@pytest.mark.parametrize("answers", [0, 120])
def test_tables_have_the_columns_and_the_key_of_the_ddl(table: str, answers: int) -> None:
    shop, settings = Shop(4, PARIS, answers=answers), Settings()
    span = Span(months(date(2026, 1, 1), date(2026, 2, 1)), PARIS)
    frame = (
        scores(shop.responses(), span=span, settings=settings)
        if table == "by_period"
        else {"by_segment": by_segment, "change_parts": change_parts}[table](
            shop.responses(), shop.segments(), span=span, settings=settings
        )
    )
    with duckdb.connect() as connection:
        connection.execute(SCHEMA.read_text())
        # The weighted columns of by_period come after these (weighting.py).
        declared = pl.DataFrame(connection.sql(f"FROM nps.{table}")).schema
        assert list(frame.schema.items()) == list(declared.items())[: frame.width]
        if answers:
            places = ", ".join("?" * frame.width)
            names = ", ".join(frame.columns)
            connection.executemany(f"INSERT INTO nps.{table} ({names}) VALUES ({places})", frame.rows())
    key = [name for name in ("grain", "period_start", "stage", "dimension", "segment") if name in frame.columns]
    assert frame.select(key).rows() == sorted(set(frame.select(key).rows()))
