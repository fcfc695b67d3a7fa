"""loop.actions: a list worked out by hand, and its questions and examples in a small warehouse."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from warehouse.small_warehouse import compute_all, computed_warehouse

from pipelines.loop.actions import NO_VALUE, actions
from pipelines.periods import Clock, Span, Window
from pipelines.settings import Settings
from pipelines.statistics.score import quantile
from pipelines.warehouse.frames import frame

MAY = date(2024, 5, 1)
AS_OF = datetime(2024, 5, 31, 12, tzinfo=UTC)
SPAN = Span(Window(MAY, date(2024, 6, 1)), Clock(AS_OF, "UTC"))
PERIOD = {"period_start": date(2023, 6, 1), "period_end": date(2024, 6, 1)}


def settings(**values):
    return Settings(home=Path("nowhere"), as_of=AS_OF, **values)


def segment(dimension, name, difference, *, responses=200, is_certain=True, is_reliable=True):
    """A segment that differs by `difference` +- 10 points from 1,000 - `responses` other answers."""
    return {
        "month": MAY,
        **PERIOD,
        "dimension": dimension,
        "segment": name,
        "responses": responses,
        "rest_responses": 1000 - responses,
        "difference": float(difference),
        "difference_low": float(difference - 10),
        "difference_high": float(difference + 10),
        "is_difference_reliable": is_reliable,
        "differs_from_rest": is_certain,
    }


def topic(name, impact, *, mentions=100, is_reliable=True, example="Too slow."):
    """A topic of 500 comments."""
    return {
        "month": MAY,
        **PERIOD,
        "topic": name,
        "responses": 500,
        "mentions": mentions,
        "impact": float(impact),
        "impact_low": float(impact - 1),
        "impact_high": float(impact + 1),
        "is_reliable": is_reliable,
        "example": "Never mind.",
        "detractor_example": example,
    }


def listed(segments=(), topics=(), *, worth=100.0, comments=(), **values):
    """The list of May: 1,000 answers, 2,000 buyers, of whom 500 bought Shoes."""
    by_segment = [*segments, segment("survey", "never listed", -90)]
    drivers = [*topics, topic("none", -50)]
    coverage = [("all", "all", 2000), ("product_category", "Shoes", 500)]
    responses = [
        {"response_id": f"r{number}", "response_date": day, "comment": text, "dimension": dimension, "segment": name}
        for number, (day, text, dimension, name) in enumerate(comments)
    ]
    schema = {"response_id": pl.String, "response_date": pl.Date, "comment": pl.String, "dimension": pl.String,
              "segment": pl.String}  # fmt: skip
    commented = pl.LazyFrame(responses, schema=schema)
    return actions(
        commented.select("response_id", "response_date", "comment"),
        commented.select("response_id", "dimension", "segment"),
        pl.LazyFrame({"month": [MAY], "responses": [1000]}),
        pl.LazyFrame(by_segment),
        pl.LazyFrame(drivers),
        pl.LazyFrame(
            [{"month": MAY, "dimension": dimension, "segment": name, "buyers": n} for dimension, name, n in coverage]
        ),
        pl.LazyFrame(
            {
                "month": [MAY],
                "adjusted_difference_to_detractor": [worth],
                "adjusted_low": [worth and worth - 20],
                "adjusted_high": [worth and worth + 20],
            },
            schema_overrides=dict.fromkeys(
                ("adjusted_difference_to_detractor", "adjusted_low", "adjusted_high"), pl.Float64
            ),
        ),
        span=SPAN,
        settings=settings(**values),
    )


def by_goodman(points, worth, times):
    """The interval of a product, from points and half widths."""
    z = quantile(0.95)
    (x, dx), (y, dy) = points, worth
    margin = z * ((x * dy / z) ** 2 + (y * dx / z) ** 2 + (dx * dy / z**2) ** 2) ** 0.5
    return (times * (x * y - margin), times * (x * y + margin))


def test_a_segment_by_hand():
    """A fifth of the answers, 20 points below the rest: 4 points; 500 buyers, each worth 100 / 2 per 100 points."""
    [row] = listed([segment("product_category", "Shoes", -20)]).to_dicts()
    assert (row["month"], row["rank"], row["dimension"], row["segment"]) == (MAY, 1, "product_category", "Shoes")
    assert (row["responses"], row["buyers"], row["is_certain"], row["value_reason"]) == (200, 500, True, None)
    assert [row[f"score_effect{end}"] for end in ("", "_low", "_high")] == pytest.approx([4, 2, 6])
    assert row["value_effect"] == pytest.approx(500 * 20 / 100 * 100 / 2)
    assert (row["value_effect_low"], row["value_effect_high"]) == pytest.approx(
        by_goodman((20, 10), (100, 20), 500 / 200)
    )


def test_a_topic_by_hand():
    """Half of the answers have a comment, so an impact of -3 costs 1.5 points; a tenth of 2,000 buyers mention it."""
    [row] = listed(topics=[topic("delivery", -3)]).to_dicts()
    assert (row["dimension"], row["segment"], row["responses"], row["buyers"]) == ("topic", "delivery", 100, 200)
    assert [row[f"score_effect{end}"] for end in ("", "_low", "_high")] == pytest.approx([1.5, 1, 2])
    assert row["value_effect"] == pytest.approx(200 * 15 / 100 * 100 / 2)
    assert row["example"] == "Too slow."


def test_what_is_not_listed():
    """What scores above the rest, cannot be told, has no name, or is nothing that a shop can change."""
    rows = listed(
        [
            segment("country", "AT", 5),
            segment("country", "LI", -40, is_reliable=False),
            segment("country", "unknown", -40),
            segment("country*brand", "DE*unknown", -40),
            segment("country*spend_tier", "DE*rest", -40),
            *(segment(name, "x", -40) for name in ("spend_tier", "lifecycle", "survey", "channel", "tier")),
            segment("customer_tier", "gold", -40),
        ],
        [topic("price", 4), topic("returns", -4, is_reliable=False)],
    )
    assert rows.is_empty()
    assert listed([segment("country", "DE", -5)], attributes=("country",)).height == 1


def test_the_order_and_length_of_the_list():
    """The certain first, then the most money; two of a dimension, five in all."""
    rows = listed(
        [
            *(segment("country", name, -number) for number, name in enumerate(("SE", "NO", "DE", "FR"), start=5)),
            segment("brand", "Loud", -60, is_certain=False),
            segment("brand", "Calm", -15),
            segment("delivery", "late", -30),
        ],
        [topic("delivery", -3)],
    )
    # 30, 15, 8 and 7 points of 400 buyers, 15 of 200; the uncertain brand would be the sixth.
    assert rows.select("rank", "dimension", "segment").rows() == [
        (1, "delivery", "late"),
        (2, "brand", "Calm"),
        (3, "country", "FR"),
        (4, "topic", "delivery"),
        (5, "country", "DE"),
    ]
    few = listed([segment("brand", "Loud", -60, is_certain=False), segment("country", "DE", -5)])
    assert few["segment"].to_list() == ["DE", "Loud"]
    assert few["is_certain"].to_list() == [True, False]


def test_without_a_value_the_reason_stands_in_its_place():
    """And points alone decide the order."""
    rows = listed([segment("country", "DE", -5), segment("brand", "Loud", -15)], worth=None)
    assert rows.select("segment", "value_effect", "value_effect_low", "value_reason").rows() == [
        ("Loud", None, None, NO_VALUE),
        ("DE", None, None, NO_VALUE),
    ]


def test_the_example_is_a_comment_of_the_segment_in_the_window():
    near, far = "x" * 118, "x" * 125
    comments = [
        (date(2023, 6, 1), far, "country", "DE"),
        (date(2024, 5, 31), near, "country", "DE"),
        (date(2023, 5, 31), "x" * 120, "country", "DE"),
        (date(2024, 6, 1), "x" * 120, "country", "DE"),
        (date(2024, 1, 1), "x" * 120, "country", "FR"),
    ]
    [shown] = listed([segment("country", "DE", -5)], comments=comments)["example"]
    assert shown == near
    [hidden] = listed([segment("country", "DE", -5)], comments=comments, publish_comments=False)["example"]
    assert hidden is None


def test_every_question_shows_the_figures_of_its_row(tmp_path):
    """The newest row of what the query returns is that of the list's month; segments are quoted."""
    with computed_warehouse(tmp_path, min_responses=10) as (connection, settings):
        compute_all(connection, settings)
        rows = frame(connection.sql("FROM loop.actions"))
        assert rows.height > 0
        for row in rows.to_dicts():
            shown = frame(connection.sql(row["question"])).row(0, named=True)
            count = shown.get("responses", shown.get("mentions"))
            assert (shown["month"], count) == (row["month"], row["responses"])
    [row] = listed([segment("brand", "L'Or", -15)]).to_dicts()
    assert "segment = 'L''Or'" in row["question"]
